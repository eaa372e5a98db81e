//! What every request passes before its handler: is it meant for this server, and does a change come from our own pages?

use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};

use super::callers::session_token;
use super::error::ApiError;
use crate::config::{Config, is_loopback_host};

/// Refuses what is not meant for this server, and changes that another site asks for.
pub fn check(parts: &Parts, config: &Config) -> Result<(), ApiError> {
    let path = parts.uri.path();
    if matches!(path, "/healthz" | "/readyz") {
        // Whoever watches over the process asks by number; nothing is told that is worth stealing.
        return Ok(());
    }
    let host = host(parts).ok_or_else(wrong_host)?;
    check_host(&host, config)?;
    if is_change(&parts.method) && is_of_session(parts, config) {
        check_origin(&parts.headers, &host, config)?;
    }
    Ok(())
}

/// Says whether an address is one of the customer's, which take a bearer token and no cookie.
pub fn is_of_customers(path: &str) -> bool {
    path == "/api/chat" || path.starts_with("/api/chat/")
}

fn host(parts: &Parts) -> Option<String> {
    let named = parts.uri.authority().map(|authority| authority.as_str());
    let host = named.or_else(|| parts.headers.get(header::HOST)?.to_str().ok())?;
    Some(host.to_ascii_lowercase())
}

fn check_host(host: &str, config: &Config) -> Result<(), ApiError> {
    let public = config.public_url.as_ref().is_some_and(|url| {
        let own_port = if url.https { ":443" } else { ":80" };
        host == url.authority || host.strip_suffix(own_port) == Some(&url.authority)
    });
    if public || is_loopback_host(host) { Ok(()) } else { Err(wrong_host()) }
}

fn wrong_host() -> ApiError {
    ApiError::new(
        StatusCode::MISDIRECTED_REQUEST,
        "wrong_host",
        "This server answers on loopback and under its --public-url only. Check the address, or set --public-url.",
    )
}

fn is_change(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn is_of_session(parts: &Parts, config: &Config) -> bool {
    let path = parts.uri.path();
    !is_of_customers(path) && (path == "/api/session" || session_token(&parts.headers, config).is_some())
}

/// Where a browser says which site asks, that decides; where it does not, the origin must be the server's own.
fn check_origin(headers: &HeaderMap, host: &str, config: &Config) -> Result<(), ApiError> {
    let ours = match headers.get("sec-fetch-site") {
        Some(site) => matches!(site.as_bytes(), b"same-origin" | b"none"),
        None => {
            headers.get(header::ORIGIN).is_some_and(|origin| is_own_origin(origin.as_bytes(), host, config))
        }
    };
    if ours {
        return Ok(());
    }
    Err(ApiError::new(
        StatusCode::FORBIDDEN,
        "cross_site",
        "A change with a session cookie must come from this server's own pages. \
         A program sends `Origin` with the server's own address, such as `http://127.0.0.1:8080`.",
    ))
}

fn is_own_origin(origin: &[u8], host: &str, config: &Config) -> bool {
    let public = config.public_url.as_ref().is_some_and(|url| url.to_string().as_bytes() == origin);
    let loopback = is_loopback_host(host) && format!("http://{host}").as_bytes() == origin;
    public || loopback
}
