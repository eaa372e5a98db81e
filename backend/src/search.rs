//! Looking for conversations by what was said in them, and by what is known of them.
//!
//! What people type is cut into words here, and nothing of it is ever taken for the syntax of a query.

use std::path::Path;
use std::sync::Arc;

use baton_shared::*;

use crate::clock::Clock;
use crate::following::{Follower, Head};
use crate::routing::Scope;
use crate::store::sqlite::search::{self, SearchIndex};
use crate::store::{Store, StoreError};

/// How many characters may be looked for.
pub const SOUGHT_CHARS_MAX: usize = 200;

/// How many words and phrases are looked for; what follows is left out.
pub const SOUGHT_MAX: usize = 16;

/// A word must have so many characters for others that begin with it to be found too.
const BEGINNING_CHARS_MIN: usize = 2;

/// The index of words, and what keeps it current.
#[derive(Clone)]
pub struct Searching {
    /// The index.
    pub index: SearchIndex,
    /// What keeps it current.
    pub follower: Follower,
}

impl Searching {
    /// Opens the index of a data folder, or begins an empty one, and has it follow the log.
    pub fn start(
        data_dir: &Path,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        head: &Head,
    ) -> Result<Self, StoreError> {
        let (index, indexer) = search::open(data_dir, store.as_ref())?;
        let follower = Follower::start(indexer, store, clock, head)
            .map_err(|error| StoreError::Unavailable(error.into()))?;
        Ok(Self { index, follower })
    }
}

/// Something that is looked for in texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sought {
    /// These words, one after the other.
    Phrase(String),
    /// A word that begins so.
    Beginning(String),
}

/// Cuts what was typed into what is looked for: words, and phrases in quotation marks; all of it must be there.
///
/// A word that ends in an asterisk, and the last one that is not in quotation marks, also finds words that begin with it.
pub fn sought(typed: &str) -> Vec<Sought> {
    let mut sought = Vec::new();
    // Every other piece stands in quotation marks.
    for (piece, quoted) in typed.split(['"', '“', '”', '„']).zip([false, true].into_iter().cycle()) {
        if quoted {
            sought.extend(clean(piece).map(Sought::Phrase));
            continue;
        }
        for word in piece.split_whitespace() {
            let begins = word.ends_with('*');
            sought.extend(clean(word).map(|word| match begins {
                true => beginning(word),
                false => Sought::Phrase(word),
            }));
        }
    }
    let open = !typed.trim_end().ends_with(['"', '”', '“']);
    if open && let Some(Sought::Phrase(last)) = sought.last() {
        let last = beginning(last.clone());
        sought.pop();
        sought.push(last);
    }
    sought.truncate(SOUGHT_MAX);
    sought
}

fn beginning(word: String) -> Sought {
    let letters = word.chars().filter(|letter| letter.is_alphanumeric()).count();
    if letters >= BEGINNING_CHARS_MIN { Sought::Beginning(word) } else { Sought::Phrase(word) }
}

/// Returns letters and digits with a space for everything between them; nothing where there are none.
fn clean(text: &str) -> Option<String> {
    let spaced: String =
        text.chars().map(|letter| if is_part_of_word(letter) { letter } else { ' ' }).collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let any = words.iter().any(|word| word.chars().any(char::is_alphanumeric));
    any.then(|| words.join(" "))
}

/// Says whether a character belongs to a word: letters, digits, and the marks that are set over them.
fn is_part_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&letter)
}

/// Something by which conversations are told apart beside their words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facet {
    /// Someone or something owned it.
    Owner(Owner),
    /// How the customer wrote.
    Channel(Channel),
    /// Whether it is open.
    Open(bool),
    /// Whether a transfer was asked for.
    Transferred(bool),
    /// How good the customer says it was.
    Score(Score),
}

/// Which conversations are looked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// What is in their texts, all of it.
    pub sought: Vec<Sought>,
    /// What holds of them: of each list at least one.
    pub facets: Vec<Vec<Facet>>,
    /// Opened at this time or later.
    pub from: Option<Timestamp>,
    /// Opened before this time.
    pub to: Option<Timestamp>,
    /// Only those that come after this one in the list of what was found.
    pub before: Option<u64>,
    /// How many at most.
    pub limit: u32,
}

/// Returns what holds of the conversations that someone oversees, at least one of it; nothing where that is everything.
pub fn within(scope: &Scope) -> Option<Vec<Facet>> {
    let Scope::Teams { people, queues, groups } = scope else { return None };
    let queues = queues.iter().map(|queue| Owner::Queue(*queue));
    let groups = groups.iter().map(|group| Owner::Group(*group));
    let people = people.iter().map(|person| Owner::Agent(*person));
    Some(queues.chain(groups).chain(people).map(Facet::Owner).collect())
}

/// Says whether someone who oversees this may look back at a conversation: any of its owners is in it.
pub fn may_look_back(scope: &Scope, owners: &[Owner]) -> bool {
    let Scope::Teams { people, queues, groups } = scope else { return true };
    owners.iter().any(|owner| match owner {
        Owner::Agent(agent) => people.contains(agent),
        Owner::Queue(queue) => queues.contains(queue),
        Owner::Group(group) => groups.contains(group),
        Owner::Flow(_) | Owner::External(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(words: &str) -> Sought {
        Sought::Phrase(words.to_owned())
    }

    fn begins(word: &str) -> Sought {
        Sought::Beginning(word.to_owned())
    }

    #[test]
    fn words_and_phrases_are_told_apart() {
        assert_eq!(sought("lost parcel"), [phrase("lost"), begins("parcel")]);
        assert_eq!(sought("\"lost parcel\" refund"), [phrase("lost parcel"), begins("refund")]);
        assert_eq!(sought("inv* \"lost parcel\""), [begins("inv"), phrase("lost parcel")]);
        assert_eq!(sought("\"lost parcel"), [begins("lost parcel")], "a quotation mark that is not closed");
        assert_eq!(sought("a"), [phrase("a")], "too short to be a beginning");
        assert_eq!(sought("Größe e\u{301}t"), [phrase("Größe"), begins("e\u{301}t")]);
    }

    #[test]
    fn nothing_that_is_typed_is_syntax() {
        assert_eq!(sought("NEAR(a b)"), [phrase("NEAR a"), phrase("b")]);
        assert_eq!(sought("facets:que AND - ^x"), [phrase("facets que"), phrase("AND"), phrase("x")]);
        for empty in ["", " ", "\"\"", "***", "()-^:", "\0", "\"", "😀"] {
            assert_eq!(sought(empty), [], "{empty:?}");
        }
        let many = "word ".repeat(100);
        assert_eq!(sought(&many).len(), SOUGHT_MAX);
    }
}
