//! Whether the process answers, and whether it can work.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;

use super::error::ApiError;
use crate::app::App;

/// How long the store and the dispatcher may take before the server counts as not ready.
const READY_WITHIN: Duration = Duration::from_secs(2);

/// Says that the process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// Says whether the store can be read and commands are decided.
pub async fn ready(State(app): State<Arc<App>>) -> Result<&'static str, ApiError> {
    match tokio::time::timeout(READY_WITHIN, app.is_ready()).await {
        Ok(true) => Ok("ok\n"),
        Ok(false) | Err(_) => Err(ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "not_ready",
            "The store or the dispatcher does not answer; the server's log says why.",
        )
        .after(READY_WITHIN)),
    }
}
