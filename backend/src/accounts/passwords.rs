//! Passwords: hashed with argon2id, a few at a time, so that signing in never takes the whole machine.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

/// How many characters a password has at least.
pub const PASSWORD_CHARS_MIN: usize = 8;

/// How many characters a password may have.
pub const PASSWORD_CHARS_MAX: usize = 256;

/// How many passwords are hashed at the same time.
const HASHING_AT_ONCE: usize = 2;

/// How many passwords may wait to be hashed, those being hashed included.
const WAITING_MAX: usize = 64;

// Source: OWASP, "Password Storage Cheat Sheet", argon2id.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// What an unknown person's password is compared with: a hash of the same cost that no password has.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LW5vYm9keSE$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why a password could not be hashed or checked.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// It is too short or too long.
    #[error(
        "A password has {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters, and this one has {chars}"
    )]
    Length {
        /// How many it has.
        chars: usize,
    },
    /// Too many wait.
    #[error("too many passwords wait to be hashed")]
    Busy,
    /// The hash function refused.
    #[error("the hash function refused")]
    Hash,
}

/// Hashes and checks passwords.
#[derive(Debug)]
pub struct Passwords {
    at_once: Semaphore,
    waiting: Semaphore,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { at_once: Semaphore::new(HASHING_AT_ONCE), waiting: Semaphore::new(WAITING_MAX) }
    }
}

impl Passwords {
    /// Returns the hash of a new password, in PHC form.
    pub async fn hash(&self, password: String) -> Result<String, PasswordError> {
        check_length(&password)?;
        self.run(move || {
            let hash = argon2()?.hash_password(password.as_bytes()).map_err(|_| PasswordError::Hash)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Says whether a password has this hash; without a hash it says no, after the same time.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, PasswordError> {
        check_length(&password)?;
        self.run(move || {
            let hash = hash.as_deref().unwrap_or(NOBODY);
            let known = PasswordHash::new(hash).map_err(|_| PasswordError::Hash)?;
            Ok(argon2()?.verify_password(password.as_bytes(), &known).is_ok())
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let _waits = self.waiting.try_acquire().map_err(|_| PasswordError::Busy)?;
        let _hashes = self.at_once.acquire().await.map_err(|_| PasswordError::Busy)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| PasswordError::Hash)?
    }
}

fn check_length(password: &str) -> Result<(), PasswordError> {
    let chars = password.chars().count();
    match (PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX).contains(&chars) {
        true => Ok(()),
        false => Err(PasswordError::Length { chars }),
    }
}

fn argon2() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| PasswordError::Hash)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_alone() {
        let passwords = Passwords::default();
        let hash = passwords.hash("correct horse".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_eq!(passwords.verify("correct horse".to_owned(), Some(hash.clone())).await, Ok(true));
        assert_eq!(passwords.verify("wrong horse".to_owned(), Some(hash)).await, Ok(false));
    }

    #[tokio::test]
    async fn an_unknown_person_is_refused_by_a_hash_of_the_same_cost() {
        assert_eq!(Passwords::default().verify("whatever it is".to_owned(), None).await, Ok(false));
        assert!(NOBODY.starts_with(&format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$")));
    }

    #[tokio::test]
    async fn a_password_of_seven_characters_is_refused() {
        let refused = Passwords::default().hash("1234567".to_owned()).await;
        assert_eq!(refused, Err(PasswordError::Length { chars: 7 }));
    }
}
