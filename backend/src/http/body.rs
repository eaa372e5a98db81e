//! Reads bodies: everything that can be wrong with one is found here, before a handler runs.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Path, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Request, StatusCode, header};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::{DeserializeOwned, IgnoredAny};
use sha2::{Digest, Sha256};

use super::error::ApiError;
use crate::dispatcher::Key;

/// How many bytes a body may have.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

/// How many levels of lists and objects a body may have.
pub const BODY_LEVELS_MAX: usize = 32;

/// How long a body may take to arrive.
pub const BODY_WITHIN: Duration = Duration::from_secs(30);

/// How many characters an idempotency key has at least.
pub const KEY_CHARS_MIN: usize = 8;

/// How many characters an idempotency key may have.
pub const KEY_CHARS_MAX: usize = 64;

/// The header that carries an idempotency key.
pub const KEY_HEADER: &str = "idempotency-key";

/// A body read as JSON; an empty body counts as `{}`.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request<Body>, _state: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let bytes = read(&parts.headers, body).await?;
        parse(&bytes).map(Self)
    }
}

/// A command's body, and the idempotency key that makes its repetition harmless.
#[derive(Debug)]
pub struct Keyed<T> {
    /// The key, with the hash of what it was sent with.
    pub key: Key,
    /// The body.
    pub body: T,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Keyed<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request<Body>, _state: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let text = key_in(&parts.headers, KEY_HEADER)?;
        let bytes = read(&parts.headers, body).await?;
        Ok(Self { key: key_of(text, &parts, &bytes), body: parse(&bytes)? })
    }
}

/// Returns a key with the hash of what it was sent with.
pub(super) fn key_of(text: String, parts: &Parts, body: &[u8]) -> Key {
    let mut hash = Sha256::new();
    for part in [parts.method.as_str().as_bytes(), parts.uri.path().as_bytes(), body] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    Key { text, body_hash: hash.finalize().into() }
}

/// Ids in a path; one that is no id of the kind asked for is a thing that does not exist.
#[derive(Debug)]
pub struct Ids<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Ids<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let ids = Path::<T>::from_request_parts(parts, state).await;
        ids.map(|Path(ids)| Self(ids)).map_err(|_| ApiError::not_found("id"))
    }
}

/// What stands after the question mark.
#[derive(Debug)]
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let asked = Query::<T>::from_request_parts(parts, state).await;
        asked.map(|Query(asked)| Self(asked)).map_err(|rejection| {
            ApiError::new(StatusCode::BAD_REQUEST, "query_invalid", format!("{}.", rejection.body_text()))
        })
    }
}

/// Returns the key in a header, or refuses its absence and what is none.
pub(super) fn key_in(headers: &HeaderMap, header: &str) -> Result<String, ApiError> {
    let Some(value) = headers.get(header) else {
        return Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            "key_missing",
            "Send an `Idempotency-Key` header with a key of your own making, and the same key when you repeat.",
        ));
    };
    let known = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    match value.to_str() {
        Ok(text)
            if (KEY_CHARS_MIN..=KEY_CHARS_MAX).contains(&text.len()) && text.as_bytes().iter().all(known) =>
        {
            Ok(text.to_owned())
        }
        Ok(_) | Err(_) => Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            "key_invalid",
            "An `Idempotency-Key` has 8 to 64 characters from `A-Z a-z 0-9 _ -`.",
        )),
    }
}

/// Reads a body that is JSON or nothing, within its limits.
pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, ApiError> {
    let collected = tokio::time::timeout(BODY_WITHIN, Limited::new(body, BODY_BYTES_MAX).collect());
    let bytes = match collected.await {
        Ok(Ok(collected)) => collected.to_bytes(),
        Err(_) => {
            return Err(ApiError::new(
                StatusCode::REQUEST_TIMEOUT,
                "too_slow",
                format!("A body arrives within {} seconds. Send it again.", BODY_WITHIN.as_secs()),
            ));
        }
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            return Err(ApiError::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                format!("A body has at most {BODY_BYTES_MAX} bytes."),
            ));
        }
        Ok(Err(_)) => {
            return Err(ApiError::new(
                StatusCode::BAD_REQUEST,
                "cut_off",
                "The body ended too early. Send it again.",
            ));
        }
    };
    if !bytes.is_empty() && !is_json(headers) {
        return Err(ApiError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not_json",
            "Send the body as JSON, with `Content-Type: application/json`.",
        ));
    }
    Ok(bytes)
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next()).unwrap_or("");
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// Reads JSON; nothing counts as `{}`.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| ApiError::new(StatusCode::BAD_REQUEST, "not_utf8", "Write the body in UTF-8."))?;
    if levels(text) > BODY_LEVELS_MAX {
        return Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            "too_deep",
            format!("A body has at most {BODY_LEVELS_MAX} levels of lists and objects."),
        ));
    }
    let text = if text.is_empty() { "{}" } else { text };
    // A list would be taken for the fields in their order, which nobody means.
    if !text.trim_ascii_start().starts_with('{') {
        serde_json::from_str::<IgnoredAny>(text).map_err(|error| shape_error(&error))?;
        return Err(wrong_shape("an object was expected"));
    }
    serde_json::from_str(text).map_err(|error| shape_error(&error))
}

fn wrong_shape(why: &str) -> ApiError {
    let detail = format!("The body is not what this address takes: {why}.");
    ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "wrong_shape", detail)
}

fn shape_error(error: &serde_json::Error) -> ApiError {
    use serde_json::error::Category;
    let text = error.to_string();
    match error.classify() {
        Category::Data if text.starts_with("unknown field") => {
            let detail = format!("The body holds more than this address takes: {text}.");
            ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "unknown_field", detail)
        }
        Category::Data => wrong_shape(&text),
        Category::Syntax | Category::Eof | Category::Io => {
            ApiError::new(StatusCode::BAD_REQUEST, "malformed", format!("The body is no JSON: {text}."))
        }
    }
}

/// Counts the deepest level of lists and objects, without building anything.
fn levels(text: &str) -> usize {
    let (mut level, mut deepest) = (0usize, 0usize);
    let (mut in_text, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                level += 1;
                deepest = deepest.max(level);
            }
            b'}' | b']' if !in_text => level = level.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_a_text_are_no_levels() {
        assert_eq!(levels(r#"{"a":["[[[\"[[["]}"#), 2);
        assert_eq!(levels(r#""#), 0);
    }

    #[test]
    fn an_unknown_field_is_told_from_a_wrong_shape() {
        let unknown = parse::<baton_shared::api::NewMessage>(br#"{"text":"a","more":1}"#).unwrap_err();
        assert_eq!(unknown.code(), "unknown_field");
        let wrong = parse::<baton_shared::api::NewMessage>(br#"{"text":1}"#).unwrap_err();
        assert_eq!(wrong.code(), "wrong_shape");
        let cut = parse::<baton_shared::api::NewMessage>(br#"{"text":"#).unwrap_err();
        assert_eq!(cut.code(), "malformed");
    }
}
