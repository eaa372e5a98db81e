//! Who may sign in, and what proves who someone is: passwords, sessions and customers' tokens.
//!
//! No token and no password is stored: only their hashes are, and a customer's token is computed anew each time.
//! Deliberately absent: roles. What a person may do is checked where a request comes in, in `http::callers`.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use baton_shared::{AgentId, ConversationId, Timestamp};

use crate::clock::Clock;
use crate::store::{Session, Store, StoreError};

pub mod attempts;
pub mod customer_token;
pub mod passwords;

use attempts::Attempts;
use customer_token::CustomerTokens;
pub use passwords::{PasswordError, Passwords};

/// How long a sign-in lasts without being used.
pub const SESSION_IDLE_MAX: Duration = Duration::from_secs(12 * 60 * 60);

/// How long a sign-in lasts at most.
pub const SESSION_AGE_MAX: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How often the use of a sign-in is remembered at most.
pub const SESSION_TOUCHED_EVERY: Duration = Duration::from_secs(60);

/// A session's hash, by which the store knows it.
pub type TokenHash = [u8; 32];

/// Why a sign-in was refused.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The address or the password is wrong, or the person may not sign in.
    #[error("the address or the password is wrong")]
    Failed,
    /// Too many sign-ins failed for this account or from this address.
    #[error("too many sign-ins failed")]
    TooMany {
        /// When to try again.
        wait: Duration,
    },
    /// More passwords wait to be checked than is good.
    #[error("too many passwords wait to be checked")]
    Busy,
    /// The machine gives no randomness.
    #[error("the machine gives no randomness")]
    Random,
    /// The store could not answer.
    #[error("the store could not answer")]
    Store(#[from] StoreError),
}

/// A sign-in that succeeded.
#[derive(Debug)]
pub struct NewSession {
    /// What the browser proves itself with; it is shown to nobody else and stored nowhere.
    pub token: String,
    /// What the store keeps.
    pub session: Session,
}

/// Passwords, sessions and customers' tokens.
pub struct Accounts {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    passwords: Passwords,
    attempts: Attempts,
    customers: CustomerTokens,
}

impl Accounts {
    /// Makes the accounts of a store.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let secret = store.secret("customer_token", random()?)?;
        Ok(Self {
            store,
            clock,
            passwords: Passwords::default(),
            attempts: Attempts::default(),
            customers: CustomerTokens::new(secret),
        })
    }

    /// Returns the hash of a new password.
    pub async fn hash_password(&self, password: String) -> Result<String, PasswordError> {
        self.passwords.hash(password).await
    }

    /// Checks an address and a password, and begins a session.
    ///
    /// An unknown address takes as long as a wrong password, and both count as a failure.
    pub async fn sign_in(
        &self,
        email: &str,
        password: String,
        from: IpAddr,
    ) -> Result<NewSession, SignInError> {
        let now = self.clock.now();
        // Counted before the password is checked, so that a hundred guesses at once are a hundred.
        let attempt = self.attempts.begin(email, from, now).map_err(|wait| SignInError::TooMany { wait })?;
        let outcome = self.check(email, password, now).await;
        if !matches!(outcome, Err(SignInError::Failed)) {
            self.attempts.forgive(&attempt);
        }
        outcome
    }

    async fn check(&self, email: &str, password: String, now: Timestamp) -> Result<NewSession, SignInError> {
        let store = self.store.clone();
        let address = email.trim().to_owned();
        let known = blocking(move || store.credentials(&address)).await?;
        let hash = known.as_ref().map(|known| known.password_hash.clone());
        let matches = match self.passwords.verify(password, hash).await {
            Ok(matches) => matches,
            Err(PasswordError::Length { .. }) => false,
            Err(PasswordError::Busy | PasswordError::Hash) => return Err(SignInError::Busy),
        };
        let agent = match known {
            Some(known) if matches && known.enabled => known.agent,
            Some(_) | None => return Err(SignInError::Failed),
        };
        let token = random().map_err(|_| SignInError::Random)?;
        let session =
            Session { token_hash: customer_token::sha256(&token), agent, created_at: now, seen_at: now };
        let (store, kept) = (self.store.clone(), session.clone());
        blocking(move || store.add_session(&kept)).await?;
        Ok(NewSession { token: customer_token::base64(&token), session })
    }

    /// Returns the session that a browser's token stands for, if it is in force; it blocks.
    pub fn session(&self, token: &str) -> Result<Option<Session>, StoreError> {
        let Some(token) = customer_token::unbase64(token) else { return Ok(None) };
        self.session_by_hash(&customer_token::sha256(&token))
    }

    /// Returns a session by its hash, if it is in force; it blocks.
    pub fn session_by_hash(&self, hash: &TokenHash) -> Result<Option<Session>, StoreError> {
        let now = self.clock.now();
        let Some(session) = self.store.session(hash)? else { return Ok(None) };
        if !in_force(&session, now) {
            Self::note(self.store.remove_session(hash))?;
            return Ok(None);
        }
        if now.since(session.seen_at) >= SESSION_TOUCHED_EVERY {
            Self::note(self.store.touch_session(hash, now))?;
        }
        Ok(Some(session))
    }

    /// A store that cannot write at the moment, as on a full disk, keeps nobody from reading; a write that may be lost
    /// does.
    fn note(written: Result<(), StoreError>) -> Result<(), StoreError> {
        match written {
            Ok(()) => Ok(()),
            Err(lost @ StoreError::DurabilityUnknown(_)) => Err(lost),
            Err(error) => {
                tracing::warn!(error = %crate::telemetry::chain(&error), "the use of a session was not noted");
                Ok(())
            }
        }
    }

    /// Ends a session; it blocks.
    pub fn sign_out(&self, hash: &TokenHash) -> Result<(), StoreError> {
        self.store.remove_session(hash)
    }

    /// Ends every session of a person; it blocks.
    pub fn sign_out_everywhere(&self, agent: AgentId) -> Result<(), StoreError> {
        self.store.remove_sessions(agent)
    }

    /// Returns what the customer of a conversation proves themselves with.
    pub fn customer_token(&self, conversation: ConversationId) -> String {
        self.customers.issue(conversation)
    }

    /// Returns the conversation whose customer a token proves.
    pub fn customer(&self, token: &str) -> Option<ConversationId> {
        self.customers.verify(token)
    }
}

/// Says whether a session is neither idle for too long nor too old.
pub fn in_force(session: &Session, now: Timestamp) -> bool {
    now.since(session.seen_at) < SESSION_IDLE_MAX && now.since(session.created_at) < SESSION_AGE_MAX
}

/// Returns 256 bits that nobody can guess.
pub fn random() -> Result<[u8; 32], getrandom::Error> {
    let mut bits = [0; 32];
    getrandom::fill(&mut bits)?;
    Ok(bits)
}

/// Runs what blocks beside the requests; a panic in it goes on in the caller, and a write that may be lost ends the
/// process.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.inspect_err(crate::vital::end_if_lost),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(cancelled) => Err(StoreError::Unavailable(Box::new(cancelled))),
        },
    }
}
