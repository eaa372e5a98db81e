//! How many sign-ins failed lately: per account and address, so that a password cannot be guessed from one place; per
//! account, so that it cannot be from many; and per address, so that many accounts cannot be tried from one place.
//!
//! Whoever knows somebody's address can keep them from signing in only from where they sit, or from many places at once.
//!
//! The counts live in memory and are bounded: at the limit the half that failed least recently is forgotten.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use baton_shared::Timestamp;

use super::customer_token::sha256;

/// How many sign-ins of one account from one address may fail in [`ATTEMPTS_WINDOW`].
pub const PLACE_FAILURES_MAX: usize = 10;

/// How many sign-ins of one account may fail in [`ATTEMPTS_WINDOW`], from wherever.
pub const ACCOUNT_FAILURES_MAX: usize = 100;

/// How many sign-ins from one address may fail in [`ATTEMPTS_WINDOW`].
pub const ADDRESS_FAILURES_MAX: usize = 30;

/// How far the counts look back.
pub const ATTEMPTS_WINDOW: Duration = Duration::from_secs(15 * 60);

/// How many accounts and addresses are remembered.
const REMEMBERED_MAX: usize = 10_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Counted {
    /// The hash of what someone tried to sign in with, so that no person's address is kept in memory, and from where.
    Place([u8; 32], IpAddr),
    /// The same hash.
    Account([u8; 32]),
    Address(IpAddr),
}

impl Counted {
    const fn failures_max(self) -> usize {
        match self {
            Self::Place(..) => PLACE_FAILURES_MAX,
            Self::Account(_) => ACCOUNT_FAILURES_MAX,
            Self::Address(_) => ADDRESS_FAILURES_MAX,
        }
    }
}

/// A sign-in that counts as failed unless it is forgiven.
#[derive(Debug)]
pub struct Attempt {
    counted: [Counted; 3],
    at: Timestamp,
}

/// Counts sign-ins that failed.
#[derive(Debug, Default)]
pub struct Attempts {
    failures: Mutex<BTreeMap<Counted, VecDeque<Timestamp>>>,
}

impl Attempts {
    /// Counts a sign-in as failed, or says how long to wait where too many did.
    pub fn begin(&self, email: &str, from: IpAddr, now: Timestamp) -> Result<Attempt, Duration> {
        let account = sha256(email.trim().to_lowercase().as_bytes());
        let counted = [Counted::Place(account, from), Counted::Account(account), Counted::Address(from)];
        let mut failures = self.failures();
        let waits =
            counted.iter().filter_map(|one| wait_for(failures.get_mut(one)?, one.failures_max(), now));
        if let Some(wait) = waits.max() {
            return Err(wait);
        }
        for one in counted {
            make_room(&mut failures, now);
            failures.entry(one).or_default().push_back(now);
        }
        Ok(Attempt { counted, at: now })
    }

    /// Takes back that a sign-in failed.
    pub fn forgive(&self, attempt: &Attempt) {
        let mut failures = self.failures();
        for one in &attempt.counted {
            let Some(times) = failures.get_mut(one) else { continue };
            if let Some(place) = times.iter().position(|at| *at == attempt.at) {
                times.remove(place);
            }
            if times.is_empty() {
                failures.remove(one);
            }
        }
    }

    fn failures(&self) -> MutexGuard<'_, BTreeMap<Counted, VecDeque<Timestamp>>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns how long to wait until one more may fail; nothing if one may at once.
fn wait_for(times: &mut VecDeque<Timestamp>, failures_max: usize, now: Timestamp) -> Option<Duration> {
    while times.front().is_some_and(|at| now.since(*at) >= ATTEMPTS_WINDOW) {
        times.pop_front();
    }
    let oldest = times.front().filter(|_| times.len() >= failures_max)?;
    Some(oldest.plus(ATTEMPTS_WINDOW).since(now))
}

fn make_room(failures: &mut BTreeMap<Counted, VecDeque<Timestamp>>, now: Timestamp) {
    if failures.len() < REMEMBERED_MAX {
        return;
    }
    failures.retain(|_, times| times.back().is_some_and(|at| now.since(*at) < ATTEMPTS_WINDOW));
    if failures.len() >= REMEMBERED_MAX {
        // Half at a time, so that making room costs next to nothing for each that comes.
        let mut by_age: Vec<_> =
            failures.iter().map(|(counted, times)| (times.back().copied(), *counted)).collect();
        by_age.sort_unstable();
        for (_, counted) in &by_age[..by_age.len() / 2] {
            failures.remove(counted);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn elsewhere(number: u32) -> IpAddr {
        IpAddr::V4((0x0a00_0000 + number).into())
    }

    #[test]
    fn the_eleventh_failure_of_an_account_waits_where_it_failed_until_the_first_is_forgotten() {
        let attempts = Attempts::default();
        let at = Timestamp::from_millis(1_000_000);
        for _ in 0..PLACE_FAILURES_MAX {
            attempts.begin("Ada@example.com", HERE, at).unwrap();
        }
        assert_eq!(attempts.begin("ada@EXAMPLE.com ", HERE, at).unwrap_err(), ATTEMPTS_WINDOW);
        assert!(attempts.begin("bob@example.com", HERE, at).is_ok());
        assert!(attempts.begin("ada@example.com", elsewhere(1), at).is_ok());
        assert!(attempts.begin("ada@example.com", HERE, at.plus(ATTEMPTS_WINDOW)).is_ok());
    }

    #[test]
    fn an_account_may_fail_a_hundred_times_from_many_places() {
        let attempts = Attempts::default();
        let at = Timestamp::from_millis(1_000_000);
        for number in 0..ACCOUNT_FAILURES_MAX as u32 {
            attempts.begin("ada@example.com", elsewhere(number), at).unwrap();
        }
        assert_eq!(attempts.begin("ada@example.com", HERE, at).unwrap_err(), ATTEMPTS_WINDOW);
        assert!(attempts.begin("bob@example.com", HERE, at).is_ok());
    }

    #[test]
    fn an_address_may_fail_thirty_times_over_many_accounts() {
        let attempts = Attempts::default();
        let at = Timestamp::from_millis(1_000_000);
        for account in 0..ADDRESS_FAILURES_MAX {
            attempts.begin(&format!("{account}@example.com"), HERE, at).unwrap();
        }
        assert!(attempts.begin("another@example.com", HERE, at).is_err());
    }

    #[test]
    fn a_success_is_not_counted() {
        let attempts = Attempts::default();
        let at = Timestamp::from_millis(1_000_000);
        for _ in 0..ADDRESS_FAILURES_MAX * 2 {
            let attempt = attempts.begin("ada@example.com", HERE, at).unwrap();
            attempts.forgive(&attempt);
        }
        assert!(attempts.failures().is_empty());
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let attempts = Attempts::default();
        let at = Timestamp::from_millis(1_000_000);
        for number in 0..REMEMBERED_MAX as u32 {
            attempts.begin(&format!("{number}@example.com"), elsewhere(number), at).unwrap();
        }
        let remembered = attempts.failures().len();
        assert!((REMEMBERED_MAX / 2..=REMEMBERED_MAX).contains(&remembered), "{remembered}");
    }
}
