//! The only place where an error becomes something that a client sees: problem details (RFC 9457) with a stable code.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use baton_shared::Refusal;
use baton_shared::api::Problem;

use crate::accounts::{PasswordError, SignInError};
use crate::dispatcher::CommandError;
use crate::store::StoreError;
use crate::telemetry::chain;

/// The media type of problem details.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// How long a client waits before it repeats what the server could not do at the moment.
const REPEAT_AFTER: Duration = Duration::from_secs(1);

/// Why a request was not done: what the client is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    detail: String,
    retry_after: Option<Duration>,
}

impl ApiError {
    /// Makes an error with a stable code and a sentence that says what to do.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), retry_after: None }
    }

    /// Says when to try again.
    pub fn after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Says that there is no such thing, or that the one who asks may not know of it.
    pub fn not_found(what: &'static str) -> Self {
        Refusal::NotFound { what }.into()
    }

    /// Says that nobody is signed in.
    pub fn signed_out() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "signed_out", "Nobody is signed in here, or no more. Sign in.")
    }

    /// Says that too many requests came, and when to go on.
    pub fn too_many(code: &'static str, detail: &str, wait: Duration) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, code, detail).after(wait)
    }

    /// Says that the server made a mistake; the cause is in its log, not in the answer.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "The server made a mistake, which is in its log. Repeat with the same key.",
        )
    }

    /// Says that what is asked for cannot be read at the moment.
    pub fn unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "store_unavailable",
            "The store cannot be reached at the moment. Try again.",
        )
        .after(REPEAT_AFTER)
    }

    /// Says that a command was answered with the answer to another one, which cannot be.
    pub fn unexpected(answer: &crate::dispatcher::Answer) -> Self {
        tracing::error!(?answer, "a command was answered with the answer to another one");
        Self::internal()
    }

    /// Returns the HTTP status.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the sentence that says what to do.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Returns the stable code.
    pub const fn code(&self) -> &'static str {
        self.code
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        metrics::counter!("baton_refusals_total", "code" => self.code).increment(1);
        let problem = Problem {
            kind: "about:blank".to_owned(),
            title: self.status.canonical_reason().unwrap_or("Refused").to_owned(),
            status: self.status.as_u16(),
            code: self.code.to_owned(),
            detail: self.detail,
        };
        // Five texts and numbers always become JSON.
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(wait) = self.retry_after {
            let secs = wait.as_millis().div_ceil(1_000).max(1);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(secs as u64));
        }
        response
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let status = match &refusal {
            Refusal::NotFound { .. } => StatusCode::NOT_FOUND,
            Refusal::RoleTooLow { .. }
            | Refusal::OutsideTeams
            | Refusal::NotOwner
            | Refusal::NotYourOffer => StatusCode::FORBIDDEN,
            Refusal::TextEmpty { .. }
            | Refusal::TextTooLong { .. }
            | Refusal::TooMany { .. }
            | Refusal::PolicyUnusable { .. }
            | Refusal::QueueUnusable { .. }
            | Refusal::WorkflowUnusable { .. }
            | Refusal::FlowUnusable { .. }
            | Refusal::ExternalUnusable { .. }
            | Refusal::ScheduleUnusable { .. }
            | Refusal::NotSupervisor
            | Refusal::EmailInvalid => StatusCode::UNPROCESSABLE_ENTITY,
            Refusal::ConversationClosed
            | Refusal::OfferClosed { .. }
            | Refusal::TransferOpen
            | Refusal::TransferClosed { .. }
            | Refusal::UndoOver
            | Refusal::SenderGone
            | Refusal::TargetIsOwner
            | Refusal::TargetUnavailable { .. }
            | Refusal::TargetFull { .. }
            | Refusal::WrapUpClosed
            | Refusal::EmailTaken
            | Refusal::TeamHasGroups
            | Refusal::TransfersOff
            | Refusal::ModeNotAllowed { .. }
            | Refusal::TargetNotAllowed
            | Refusal::MayNotCancel
            | Refusal::MayNotDecline
            | Refusal::HopLimit { .. }
            | Refusal::NobodyServes
            | Refusal::NotOnePlace
            | Refusal::MayNotTakeOver
            | Refusal::TargetTakesPart
            | Refusal::InviteLimit { .. }
            | Refusal::NobodyWhispered
            | Refusal::NotWithAgent
            | Refusal::FlagUp
            | Refusal::RepliedAlready
            | Refusal::SenderReleased
            | Refusal::NothingAsked
            | Refusal::InviteClosed
            | Refusal::InviteOpen
            | Refusal::LastParticipant
            | Refusal::RequestClosed
            | Refusal::NotConsulting
            | Refusal::QueueFull
            | Refusal::QueueClosed
            | Refusal::LastAdministrator
            | Refusal::NotEnded
            | Refusal::RatedAlready
            | Refusal::SurveyOff => StatusCode::CONFLICT,
        };
        Self::new(status, refusal.code(), refusal.to_string())
    }
}

impl From<CommandError> for ApiError {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Refused(refusal) => refusal.into(),
            CommandError::KeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "key_reused",
                "This `Idempotency-Key` was used with another body. Make a new key for a new command.",
            ),
            CommandError::NotCommitted => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "not_committed",
                "The store could not commit; nothing was changed. Repeat with the same key.",
            )
            .after(REPEAT_AFTER),
            CommandError::Busy => Self::too_many(
                "busy",
                "More commands wait than the server takes in. Repeat with the same key.",
                REPEAT_AFTER,
            ),
            CommandError::Stopping => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "stopping",
                "The server is stopping. Repeat with the same key once it is back.",
            )
            .after(REPEAT_AFTER),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = %chain(&error), "the store could not answer a request");
        match error {
            StoreError::Conflict { .. } | StoreError::Unavailable(_) => Self::unavailable(),
            StoreError::DurabilityUnknown(_) | StoreError::Corrupt { .. } | StoreError::Refused { .. } => {
                Self::internal()
            }
        }
    }
}

impl From<SignInError> for ApiError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Failed => Self::new(
                StatusCode::UNAUTHORIZED,
                "sign_in_failed",
                "There is no such address with this password, or it may not sign in. Check both.",
            ),
            SignInError::TooMany { wait } => {
                Self::too_many("too_many_attempts", "Too many sign-ins failed. Wait, then try again.", wait)
            }
            SignInError::Busy => {
                Self::too_many("busy", "Many people are signing in. Try again in a moment.", REPEAT_AFTER)
            }
            SignInError::Random => Self::internal(),
            SignInError::Store(error) => error.into(),
        }
    }
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Length { .. } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "password_length", format!("{error}."))
            }
            PasswordError::Busy => {
                Self::too_many("busy", "Many passwords are being set. Try again.", REPEAT_AFTER)
            }
            PasswordError::Hash => Self::internal(),
        }
    }
}
