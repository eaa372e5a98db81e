//! Who may have which report sent where: asked before a schedule is kept, and again whenever it is due.

use std::sync::Arc;

use baton_shared::*;

use crate::app::App;
use crate::http::callers::Caller;
use crate::http::error::ApiError;
use crate::mail::is_address;
use crate::store::StoreError;

/// What is said where mail cannot be sent.
pub const NO_MAIL: &str = "No mail server is configured. Start the server with --smtp-host and --mail-from, or choose a \
    webhook.";

/// Why a report was not sent, or cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What the log calls it.
    pub code: &'static str,
    /// What people are told.
    pub sentence: String,
    /// Whether it may go well at another time.
    pub passes: bool,
}

impl Failure {
    /// Something that may go well at another time.
    pub fn passing(sentence: &str) -> Self {
        Self { code: "passing", sentence: sentence.to_owned(), passes: true }
    }

    /// Something that goes wrong until somebody changes something.
    pub fn lasting(sentence: &str) -> Self {
        Self { code: "lasting", sentence: sentence.to_owned(), passes: false }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = %crate::telemetry::chain(&error), "the store could not be read for a report");
        Self::passing("The store could not be read.")
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self {
            code: error.code(),
            sentence: error.detail().to_owned(),
            passes: error.status().is_server_error(),
        }
    }
}

/// Returns the person in whose name a report is made, or says why it is made no more.
pub async fn owner(app: &Arc<App>, owner: AgentId) -> Result<Caller, Failure> {
    let found = app.with_store(move |app| app.store.read()?.person(owner)).await?;
    let person = found.filter(|person| person.enabled).ok_or_else(|| {
        Failure::lasting(
            "Whoever scheduled it has left, so it is not sent. Remove it, and schedule one of your own.",
        )
    })?;
    if person.role < Role::Supervisor {
        return Err(Failure::lasting(
            "Whoever scheduled it is no supervisor any more, so it is not sent. Remove it.",
        ));
    }
    Ok(Caller::unsigned(person))
}

/// Refuses where a person of this role may not have a report sent.
///
/// Administrators have it sent wherever they like; supervisors to people who sign in here, and to the domains that whoever
/// runs the server allows.
pub async fn check_target(app: &Arc<App>, role: Role, target: &ReportTarget) -> Result<(), Failure> {
    let anywhere = role == Role::Administrator;
    let allowed =
        |domain: &str| app.config.report_domains.iter().any(|known| known.eq_ignore_ascii_case(domain));
    match target {
        ReportTarget::Mail { addresses } => {
            if app.schedules.mailer.is_none() {
                return Err(Failure::lasting(NO_MAIL));
            }
            if !addresses.iter().all(|address| is_address(address)) {
                return Err(Failure::lasting("A mail address looks like `name@example.com`."));
            }
            let domain = |address: &str| address.rsplit_once('@').is_some_and(|(_, domain)| allowed(domain));
            let outside: Vec<&String> =
                addresses.iter().filter(|address| !anywhere && !domain(address)).collect();
            if outside.is_empty() {
                return Ok(());
            }
            let people = app.with_store(|app| app.store.read()?.people()).await?;
            let known = |address: &String| {
                people.iter().any(|person| person.enabled && person.email.eq_ignore_ascii_case(address))
            };
            match outside.into_iter().all(known) {
                true => Ok(()),
                false => Err(Failure::lasting(
                    "Supervisors have reports sent to people who sign in here, and to the domains that --report-domains \
                     names. Choose such an address, or ask an administrator.",
                )),
            }
        }
        ReportTarget::Webhook { url, .. } => {
            let host = url.parse::<reqwest::Url>().ok().and_then(|url| url.host_str().map(str::to_owned));
            match anywhere || host.is_some_and(|host| allowed(&host)) {
                true => Ok(()),
                false => Err(Failure::lasting(
                    "Supervisors have reports sent to webhooks of the domains that --report-domains names. Choose such an \
                     address, or ask an administrator.",
                )),
            }
        }
    }
}
