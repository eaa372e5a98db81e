//! How long it takes to find conversations among those of 5 million segments.
//!
//! The words are made up, and as often as words are in languages: the second most frequent one half as often as the
//! first (Zipf's law). A conversation has two and a half segments on average, and as many owners.

use std::time::Duration;

use anyhow::Context;
use baton::history::Facets;
use baton::search::{Facet, Sought, Wanted};
use baton::seeded::Seeded;
use baton::store::sqlite::SqliteStore;
use baton::store::sqlite::search::{self, Document, SearchIndex};
use baton_shared::*;

use crate::machine::now;
use crate::report::{Better, Goal, Pair, Row, say};

/// How many segments there are.
const SEGMENTS: u64 = 5_000_000;

/// How many conversations these make: five segments are two conversations.
const CONVERSATIONS: u64 = SEGMENTS * 2 / 5;

/// How many words a conversation has.
const WORDS: u64 = 72;

/// How many different words there are.
const VOCABULARY: u64 = 60_000;

/// How many queues and people there are.
const QUEUES: u64 = 200;
const PEOPLE: u64 = 2_000;

/// How many conversations are written in one transaction.
const WRITTEN_AT_ONCE: u64 = 5_000;

/// How often each kind of question is asked.
const ASKED: usize = 60;

/// The time in which 95 of 100 answers must be there, in milliseconds.
const LIMIT_MS: f64 = 200.0;

/// The time from which conversations are opened, one a second.
const BEGINNING_MS: i64 = 1_700_000_000_000;

/// Fills an index and measures it; for fewer conversations than all, `conversations` says how many.
pub fn run(conversations: Option<u64>) -> anyhow::Result<Vec<Row>> {
    let conversations = conversations.unwrap_or(CONVERSATIONS);
    let folder = tempfile::tempdir()?;
    let store = SqliteStore::open(folder.path())?;
    let (index, mut indexer) = search::open(folder.path(), &store)?;
    let mut random = Seeded::from_seed(17);
    let began = now();
    let mut number = 0;
    while number < conversations {
        let until = conversations.min(number + WRITTEN_AT_ONCE);
        let documents: Vec<Document> = (number..until).map(|number| document(&mut random, number)).collect();
        indexer.load(&documents)?;
        number = until;
    }
    let bytes = std::fs::metadata(folder.path().join("search.db"))?.len();
    say(&format!(
        "  {conversations} conversations indexed in {} s, {} MB",
        began.elapsed().as_secs(),
        bytes / 1_000_000
    ))?;
    let mut rows = Vec::new();
    let mut all = Vec::new();
    for (name, question) in QUESTIONS {
        let mut times = Vec::with_capacity(ASKED);
        for _ in 0..ASKED {
            times.push(time(&index, &question(&mut random, conversations))?);
        }
        all.extend_from_slice(&times);
        rows.push(row(&format!("search-{name}"), &mut times)?);
    }
    rows.insert(0, row("search", &mut all)?);
    Ok(rows)
}

fn time(index: &SearchIndex, wanted: &Wanted) -> anyhow::Result<Duration> {
    let began = now();
    let hits = index.find(wanted)?;
    std::hint::black_box(hits);
    Ok(began.elapsed())
}

fn row(name: &str, times: &mut [Duration]) -> anyhow::Result<Row> {
    times.sort_unstable();
    let slow = times.get(times.len() * 95 / 100).context("something was asked")?;
    let goal = Goal {
        name: "search",
        unit: "ms at p95",
        better: Better::Lower,
        must: 1.0,
        aim: 0.25,
        reference_version: "the limit".to_owned(),
    };
    goal.row(name, &[Pair { ours: slow.as_secs_f64() * 1_000.0, reference: LIMIT_MS }])
}

/// Returns a word by its rank: syllables that no two ranks share.
fn word(rank: u64) -> String {
    const SYLLABLES: [&str; 16] =
        ["ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "zu", "cha"];
    let (mut rest, mut word) = (rank + 16, String::new());
    while rest > 0 {
        word.push_str(SYLLABLES[(rest % 16) as usize]);
        rest /= 16;
    }
    word
}

/// Returns a rank, the first ones most often.
fn rank(random: &mut Seeded) -> u64 {
    let share = random.below(1 << 30) as f64 / (1_u64 << 30) as f64;
    ((VOCABULARY as f64).powf(share) - 1.0) as u64
}

fn queue(number: u64) -> QueueId {
    QueueId::from_bits(u128::from(number + 1))
}

fn person(number: u64) -> AgentId {
    AgentId::from_bits(u128::from(number + 1))
}

fn document(random: &mut Seeded, number: u64) -> Document {
    let text: Vec<String> = (0..WORDS).map(|_| word(rank(random))).collect();
    let first = random.below(QUEUES);
    let mut owners = vec![Owner::Queue(queue(first)), Owner::Agent(person(random.below(PEOPLE)))];
    if number.is_multiple_of(2) {
        owners.push(Owner::Agent(person(random.below(PEOPLE))));
    }
    let opened_at = Timestamp::from_millis(BEGINNING_MS + number.cast_signed() * 1_000);
    Document {
        conversation: ConversationId::from_bits(u128::from(number + 1)),
        positions: (0..30).map(|event| number * 40 + event + 1).collect(),
        text: text.join(" "),
        facets: Facets {
            owners,
            queue: Some(queue(first)),
            channel: Channel::WebChat,
            opened_at,
            closed_at: Some(opened_at),
            transfers: u32::from(number.is_multiple_of(2)),
            score: (number.is_multiple_of(7)).then(|| Score::new((number % 5) as u8 + 1)).flatten(),
        },
    }
}

type Question = fn(&mut Seeded, u64) -> Wanted;

/// What is asked, each kind under its name.
const QUESTIONS: [(&str, Question); 11] = [
    ("common-word", |random, _| words(vec![phrase(random.below(20))])),
    ("rare-word", |random, _| words(vec![phrase(20_000 + random.below(20_000))])),
    ("two-words", |random, _| words(vec![phrase(random.below(300)), phrase(rank(random))])),
    ("three-words", |random, _| {
        words(vec![phrase(random.below(50)), phrase(random.below(50)), phrase(2_000 + random.below(9_000))])
    }),
    ("two-in-a-row", |random, _| {
        words(vec![Sought::Phrase(format!("{} {}", word(random.below(100)), word(random.below(100))))])
    }),
    ("beginning-2", |random, _| words(vec![beginning(random, 2)])),
    ("beginning-4", |random, _| words(vec![beginning(random, 4)])),
    ("beginning-6", |random, _| words(vec![beginning(random, 6)])),
    ("one-person", |random, _| Wanted {
        facets: vec![vec![Facet::Owner(Owner::Agent(person(random.below(PEOPLE))))]],
        ..words(vec![phrase(random.below(300))])
    }),
    ("one-team", |random, _| {
        let team: Vec<Facet> =
            (0..10).map(|_| Facet::Owner(Owner::Queue(queue(random.below(QUEUES))))).collect();
        let people: Vec<Facet> =
            (0..30).map(|_| Facet::Owner(Owner::Agent(person(random.below(PEOPLE))))).collect();
        let scope = team.into_iter().chain(people).collect();
        Wanted { facets: vec![scope], ..words(vec![phrase(random.below(300)), phrase(rank(random))]) }
    }),
    ("an-old-week", |random, conversations| {
        let from = BEGINNING_MS + random.below(conversations).cast_signed() * 1_000 / 2;
        Wanted {
            from: Some(Timestamp::from_millis(from)),
            to: Some(Timestamp::from_millis(from + 7 * 24 * 3_600_000)),
            facets: vec![vec![Facet::Transferred(true)]],
            ..words(vec![phrase(random.below(300))])
        }
    }),
];

fn phrase(rank: u64) -> Sought {
    Sought::Phrase(word(rank))
}

fn beginning(random: &mut Seeded, letters: usize) -> Sought {
    Sought::Beginning(word(rank(random)).chars().take(letters).collect())
}

fn words(sought: Vec<Sought>) -> Wanted {
    Wanted { sought, limit: 21, ..Wanted::default() }
}
