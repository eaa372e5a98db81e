//! Why offers were refused, told apart without keeping the words.
//!
//! What people wrote stays where it is kept, and can be erased there. A report keeps a number for each reason, which is
//! the same for reasons that differ in case, blanks and the full stop alone; the words are looked up when it is shown.

use baton_shared::OfferId;
use sha2::{Digest, Sha256};

use super::fold::Changes;
use crate::store::{Store, StoreError};

/// Stands for a refusal without a reason.
pub(super) const NONE: i64 = 0;

/// Gives refusals the numbers of their reasons.
pub(super) fn take(changes: &mut Changes, store: &dyn Store) -> Result<(), StoreError> {
    let mut refused = changes.segments.values_mut().filter(|row| row.reason == Some(NONE)).peekable();
    if refused.peek().is_none() {
        return Ok(());
    }
    let reading = store.read()?;
    for row in refused {
        let offer = row.id.as_ref().and_then(|id| id.parse::<OfferId>().ok());
        let words = offer.map(|offer| reading.reason(offer)).transpose()?.flatten();
        row.reason = Some(words.map_or(NONE, |words| number(&words)));
    }
    Ok(())
}

/// Returns the number that stands for a reason.
fn number(words: &str) -> i64 {
    let words = words.trim().trim_end_matches(['.', '!']).to_lowercase();
    let plain = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if plain.is_empty() {
        return NONE;
    }
    let [a, b, c, d, e, f, g, h, ..]: [u8; 32] = Sha256::digest(plain).into();
    // Above zero, which stands for none.
    (i64::from_be_bytes([a, b, c, d, e, f, g, h]) & i64::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_that_say_the_same_have_one_number() {
        assert_eq!(number("At lunch"), number("  at  LUNCH. "));
        assert_ne!(number("At lunch"), number("At lunch?"));
        assert_eq!([number(""), number(" . ")], [NONE; 2]);
    }
}
