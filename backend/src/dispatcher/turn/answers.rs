//! The answers that keys have: the same key asked twice has one effect, in one turn or a day apart.

use std::collections::BTreeMap;

use baton_shared::command::Actor;
use baton_shared::*;

use super::{Gathered, Turns};
use crate::desk::Answer;
use crate::dispatcher::{CommandError, Key, Reply, Request};
use crate::store::StoredAnswer;

impl Turns {
    /// Asks the store once for the answers that the waiting commands' keys have; nothing if it cannot tell.
    pub(super) fn earlier_answers(&self, now: Timestamp) -> Option<BTreeMap<(String, String), StoredAnswer>> {
        let key_of = |(request, _): &(Request, Reply)| {
            request.key.as_ref().map(|key| (scope(request.actor), key.text.clone()))
        };
        let keys: Vec<_> = self.commands.iter().filter_map(key_of).collect();
        if keys.is_empty() {
            return Some(BTreeMap::new());
        }
        match self.store.answers(&keys, now) {
            Ok(answers) => {
                let found = keys.into_iter().zip(answers);
                Some(found.filter_map(|(key, answer)| answer.map(|answer| (key, answer))).collect())
            }
            Err(error) => {
                tracing::warn!(error = %crate::telemetry::chain(&error), "the answers to keys could not be read");
                None
            }
        }
    }
}

/// Returns the answer that a key already has, in this turn or from before it.
pub(super) fn known_answer(
    gathered: &Gathered,
    scope: &str,
    key: Option<&Key>,
) -> Result<Option<Answer>, CommandError> {
    let Some(key) = key else { return Ok(None) };
    let kept_under = (scope.to_owned(), key.text.clone());
    if let Some((body_hash, answer)) = gathered.answers.get(&kept_under) {
        return if *body_hash == key.body_hash {
            Ok(Some(answer.clone()))
        } else {
            Err(CommandError::KeyReused)
        };
    }
    let Some(earlier) = &gathered.earlier else { return Err(CommandError::NotCommitted) };
    match earlier.get(&kept_under) {
        Some(stored) if stored.body_hash != key.body_hash => Err(CommandError::KeyReused),
        Some(stored) => {
            serde_json::from_str(&stored.answer).map(Some).map_err(|_| CommandError::NotCommitted)
        }
        None => Ok(None),
    }
}

pub(super) fn keep_answer(gathered: &mut Gathered, scope: String, key: Key, answer: &Answer, now: Timestamp) {
    let text = serde_json::to_string(answer).expect("an answer holds nothing that JSON cannot write");
    gathered.batch.answers.push(StoredAnswer {
        scope: scope.clone(),
        key: key.text.clone(),
        body_hash: key.body_hash,
        answer: text,
        at: now,
    });
    gathered.answers.insert((scope, key.text), (key.body_hash, answer.clone()));
}

/// Whose key it is.
pub(super) fn scope(actor: Actor) -> String {
    match actor {
        Actor::Person(agent) => agent.to_string(),
        Actor::Customer(conversation) => conversation.to_string(),
        Actor::External(external) => external.to_string(),
        Actor::Visitor => "visitor".to_owned(),
        Actor::System => "system".to_owned(),
    }
}
