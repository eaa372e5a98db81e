//! Where words stand in texts, found by the same rules as in the index.

use baton_shared::api::SnippetPart;
use rusqlite::{Connection, params};

use super::words_of;
use crate::search::Sought;
use crate::store::StoreError;

/// What stands before and behind what was found; no text has either, because they are taken out.
const MARKS: [char; 2] = ['\u{2}', '\u{3}'];

/// How many words of a text are shown.
const WORDS_SHOWN: i64 = 24;

/// Finds words in texts; it holds the texts of one conversation at a time, in memory.
#[derive(Debug)]
pub struct Marking {
    connection: Connection,
    /// Any of the words.
    expression: String,
}

impl Marking {
    /// Prepares to find words, at least one.
    pub fn of(sought: &[Sought]) -> Result<Self, StoreError> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch(
            "create virtual table texts using fts5 (text, tokenize = 'unicode61 remove_diacritics 2');",
        )?;
        Ok(Self { connection, expression: words_of(sought, " OR ") })
    }

    /// Returns the places of the texts with the most of the words, at most `limit`, each with what is shown of it.
    pub fn mark(&self, texts: &[&str], limit: u32) -> Result<Vec<(usize, Vec<SnippetPart>)>, StoreError> {
        self.connection.execute("delete from texts", [])?;
        let mut insert = self.connection.prepare_cached("insert into texts (rowid, text) values (?1, ?2)")?;
        for (place, text) in texts.iter().enumerate() {
            let plain: String = text.chars().filter(|letter| !MARKS.contains(letter)).collect();
            insert.execute(params![place as i64, plain])?;
        }
        let mut find = self.connection.prepare_cached(
            "select rowid, snippet(texts, 0, ?2, ?3, '…', ?4) from texts where texts match ?1
             order by rank limit ?5",
        )?;
        let [before, behind] = MARKS.map(String::from);
        let found = find.query_map(params![self.expression, before, behind, WORDS_SHOWN, limit], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        })?;
        let mut marked = Vec::new();
        for one in found {
            let (place, text) = one?;
            marked.push((usize::try_from(place).unwrap_or_default(), parts(&text)));
        }
        marked.sort_by_key(|(place, _)| *place);
        Ok(marked)
    }
}

/// Cuts a text at its marks.
fn parts(marked: &str) -> Vec<SnippetPart> {
    let mut parts = Vec::new();
    let mut hit = false;
    for text in marked.split(MARKS) {
        if !text.is_empty() {
            parts.push(SnippetPart { text: text.to_owned(), hit });
        }
        hit = !hit;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_for_is_marked_without_regard_to_case_and_accents() {
        let sought = [Sought::Phrase("perdu".to_owned()), Sought::Beginning("factu".to_owned())];
        let marking = Marking::of(&sought).expect("it opens");
        let texts = ["Rien", "J'ai PERDÚ la \u{2}facture <b>", "Bonjour"];
        let marked = marking.mark(&texts, 3).expect("it can be asked");
        let part = |text: &str, hit| SnippetPart { text: text.to_owned(), hit };
        let expected = vec![
            part("J'ai ", false),
            part("PERDÚ", true),
            part(" la ", false),
            part("facture", true),
            part(" <b>", false),
        ];
        assert_eq!(marked, [(1, expected)]);
        assert_eq!(marking.mark(&["Rien"], 3).expect("it can be asked"), []);
    }
}
