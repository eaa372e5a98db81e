//! What browsers are told to allow, per kind of address.

use std::fmt::Write;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;

use super::assets::OfChat;
use super::gate::is_of_customers;
use crate::config::Config;

/// The desk's content security policy: nothing looser than compiling WebAssembly.
pub const DESK_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default";

/// The chat's content security policy, up to the sites that may frame it.
pub const CHAT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// The API reference's content security policy: it has no script.
pub const REFERENCE_POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The content security policy of what is no page.
pub const NO_PAGE_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

const DESK_PERMISSIONS: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/// A year, as long as the list of sites that browsers know beforehand asks for.
const TRANSPORT_SECURITY: &str = "max-age=31536000";

/// Adds what the kind of address, and of page, asks for; what a handler set stays.
pub fn add(response: &mut Response, path: &str, config: &Config) {
    // By what is served and not by the address, under which there may be no part of the chat.
    let is_chat = response.extensions().get::<OfChat>().is_some();
    let headers = response.headers_mut();
    let fixed = |value| HeaderValue::from_static(value);
    set(headers, header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
    if config.is_https() {
        set(headers, header::STRICT_TRANSPORT_SECURITY, fixed(TRANSPORT_SECURITY));
    }
    let referrer = if is_chat { "same-origin" } else { "no-referrer" };
    set(headers, header::REFERRER_POLICY, fixed(referrer));
    if path.starts_with("/api/") {
        let is_reference = path == "/api/docs" || path == "/api/docs.css";
        let policy = if is_reference { REFERENCE_POLICY } else { NO_PAGE_POLICY };
        set(headers, header::CONTENT_SECURITY_POLICY, fixed(policy));
        set(headers, header::CACHE_CONTROL, fixed("no-store"));
        if is_of_customers(path) {
            set(headers, header::ACCESS_CONTROL_ALLOW_ORIGIN, fixed("*"));
        }
        return;
    }
    set(headers, HeaderName::from_static("permissions-policy"), fixed(DESK_PERMISSIONS));
    if is_chat {
        set(headers, header::CONTENT_SECURITY_POLICY, chat_policy(config));
    } else {
        set(headers, header::CONTENT_SECURITY_POLICY, fixed(DESK_POLICY));
        set(headers, HeaderName::from_static("cross-origin-opener-policy"), fixed("same-origin"));
    }
}

fn chat_policy(config: &Config) -> HeaderValue {
    let mut policy = CHAT_POLICY.to_owned();
    for site in &config.chat_frame_ancestors {
        // Writing to a text never fails.
        let _ = write!(policy, " {site}");
    }
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static(NO_PAGE_POLICY))
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.entry(name).or_insert(value);
}
