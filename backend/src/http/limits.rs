//! How often one may ask: token buckets in memory, bounded, with the business rule beside each number.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use baton_shared::{AgentId, ConversationId, Timestamp};

use super::error::ApiError;

/// How many conversations may be opened from one address in a minute: a school or an office shares one address.
pub const CHATS_PER_MINUTE: u32 = 300;

/// How often it may be asked from one address in a minute whether conversations can be opened: each page asks as it is shown.
pub const OPENINGS_PER_MINUTE: u32 = 600;

/// How many messages a customer may send in ten seconds: more than anyone types.
pub const MESSAGES_PER_TEN_SECS: u32 = 20;

/// How many signs of a customer's typing are passed on in ten seconds: a page gives one every three seconds, and a
/// customer may have eight.
pub const TYPING_PER_TEN_SECS: u32 = 30;

/// How many read marks a customer may send in ten seconds: a page sends one each second at most.
pub const MARKS_PER_TEN_SECS: u32 = 80;

/// How often a customer may read in ten seconds: snapshots, pages of messages and the opening of streams together.
pub const READS_PER_TEN_SECS: u32 = 80;

/// How many scheduled reports a person may have sent at once in a minute: enough to try one out.
pub const SENDINGS_PER_MINUTE: u32 = 6;

/// How many buckets of a kind are remembered.
const BUCKETS_MAX: usize = 10_000;

/// Every limit that is counted in time.
#[derive(Debug)]
pub struct Limits {
    chats: Buckets<IpAddr>,
    openings: Buckets<IpAddr>,
    messages: Buckets<ConversationId>,
    typing: Buckets<ConversationId>,
    marks: Buckets<ConversationId>,
    reads: Buckets<ConversationId>,
    sendings: Buckets<AgentId>,
}

impl Default for Limits {
    fn default() -> Self {
        let in_ten_secs = |tokens| Buckets::new(tokens, Duration::from_secs(10));
        Self {
            chats: Buckets::new(CHATS_PER_MINUTE, Duration::from_secs(60)),
            openings: Buckets::new(OPENINGS_PER_MINUTE, Duration::from_secs(60)),
            messages: in_ten_secs(MESSAGES_PER_TEN_SECS),
            typing: in_ten_secs(TYPING_PER_TEN_SECS),
            marks: in_ten_secs(MARKS_PER_TEN_SECS),
            reads: in_ten_secs(READS_PER_TEN_SECS),
            sendings: Buckets::new(SENDINGS_PER_MINUTE, Duration::from_secs(60)),
        }
    }
}

impl Limits {
    /// Counts a conversation opened from an address.
    pub fn chat(&self, from: IpAddr, now: Timestamp) -> Result<(), ApiError> {
        self.chats.take(from, now).map_err(|wait| {
            ApiError::too_many(
                "too_many_chats",
                "Too many conversations were opened from here. Wait a moment.",
                wait,
            )
        })
    }

    /// Counts that it is asked from an address whether conversations can be opened.
    pub fn opening(&self, from: IpAddr, now: Timestamp) -> Result<(), ApiError> {
        self.openings.take(from, now).map_err(|wait| {
            ApiError::too_many("too_many_reads", "This is read too often. Wait a moment.", wait)
        })
    }

    /// Counts a message of a customer.
    pub fn message(&self, conversation: ConversationId, now: Timestamp) -> Result<(), ApiError> {
        self.messages.take(conversation, now).map_err(|wait| {
            ApiError::too_many(
                "too_many_messages",
                "These are too many messages at once. Wait a moment.",
                wait,
            )
        })
    }

    /// Counts that a person has a report sent at once.
    pub fn sending(&self, agent: AgentId, now: Timestamp) -> Result<(), ApiError> {
        self.sendings.take(agent, now).map_err(|wait| {
            ApiError::too_many("too_many_sendings", "Reports were sent too often. Wait a moment.", wait)
        })
    }

    /// Counts a sign of a customer's typing, and says whether it is to be passed on.
    pub fn typing(&self, conversation: ConversationId, now: Timestamp) -> bool {
        self.typing.take(conversation, now).is_ok()
    }

    /// Counts a customer's read mark.
    pub fn mark(&self, conversation: ConversationId, now: Timestamp) -> Result<(), ApiError> {
        self.marks.take(conversation, now).map_err(|wait| {
            ApiError::too_many("too_many_marks", "These are too many read marks. Wait a moment.", wait)
        })
    }

    /// Counts that a customer reads.
    pub fn read(&self, conversation: ConversationId, now: Timestamp) -> Result<(), ApiError> {
        self.reads.take(conversation, now).map_err(|wait| {
            ApiError::too_many("too_many_reads", "This is read too often. Wait a moment.", wait)
        })
    }
}

/// Token buckets by key, each kept as the one time at which it will be full again.
///
/// Source of the form: ITU-T I.371, "generic cell rate algorithm", virtual scheduling.
#[derive(Debug)]
struct Buckets<K> {
    refill_every: Duration,
    full_after: Duration,
    full_at: Mutex<BTreeMap<K, Timestamp>>,
}

impl<K: Ord + Copy> Buckets<K> {
    fn new(tokens: u32, window: Duration) -> Self {
        Self { refill_every: window / tokens, full_after: window, full_at: Mutex::default() }
    }

    /// Takes a token, or says when there will be one.
    fn take(&self, key: K, now: Timestamp) -> Result<(), Duration> {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let until_full = full_at.get(&key).map_or(Duration::ZERO, |at| at.since(now));
        let after = until_full + self.refill_every;
        if after > self.full_after {
            return Err(after - self.full_after);
        }
        if full_at.len() >= BUCKETS_MAX {
            full_at.retain(|_, at| *at > now);
        }
        if full_at.len() >= BUCKETS_MAX {
            // The fuller half says least about its owners, and half at a time costs next to nothing for each.
            let mut by_fullness: Vec<_> = full_at.iter().map(|(key, at)| (*at, *key)).collect();
            by_fullness.sort_unstable();
            for (_, key) in &by_fullness[..by_fullness.len() / 2] {
                full_at.remove(key);
            }
        }
        full_at.insert(key, now.plus(after));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_its_tokens_at_once_and_then_one_by_one() {
        let buckets = Buckets::new(4, Duration::from_secs(8));
        let at = Timestamp::from_millis(1_000_000);
        for _ in 0..4 {
            assert_eq!(buckets.take(1, at), Ok(()));
        }
        assert_eq!(buckets.take(1, at), Err(Duration::from_secs(2)));
        assert_eq!(buckets.take(2, at), Ok(()));
        assert_eq!(buckets.take(1, at.plus(Duration::from_secs(2))), Ok(()));
    }

    #[test]
    fn buckets_are_bounded() {
        let buckets = Buckets::new(4, Duration::from_secs(8));
        for key in 0..BUCKETS_MAX * 2 {
            buckets.take(key, Timestamp::from_millis(1_000_000)).unwrap();
        }
        let remembered = buckets.full_at.lock().unwrap().len();
        assert!((BUCKETS_MAX / 2..=BUCKETS_MAX).contains(&remembered), "{remembered}");
    }
}
