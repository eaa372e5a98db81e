//! A table whose rows come and go: sorted by any column, searched, and cut where nobody reads on.
//!
//! A row is rendered once and its cells follow it; only cells that tell a time are told the time.

use core::cmp::Ordering;
use core::time::Duration;
use std::collections::BTreeSet;

use baton_shared::Timestamp;
use leptos::prelude::*;

use super::views::WallView;
use crate::server_clock::ServerClock;

/// How many rows are rendered at most: nobody reads more, and whoever looks for one searches.
pub const ROWS_SHOWN_MAX: usize = 200;

/// How what a cell says is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    #[default]
    Plain,
    /// To be looked at.
    Warning,
    /// To be acted on.
    Critical,
}

impl Tone {
    const fn word(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Warning => Some("warning"),
            Self::Critical => Some("critical"),
        }
    }
}

/// What a cell says; a tone never says more than the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The words.
    pub text: String,
    /// How they are meant.
    pub tone: Tone,
    /// The class of the mark before them, which says no more than they do.
    pub mark: Option<&'static str>,
}

impl Cell {
    /// Says a text that is meant in some way.
    pub const fn toned(text: String, tone: Tone) -> Self {
        Self { text, tone, mark: None }
    }

    /// Says a text with a mark before it.
    pub fn marked(text: &str, mark: &'static str) -> Self {
        Self { text: text.to_owned(), tone: Tone::Plain, mark: Some(mark) }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::toned(text, Tone::Plain)
    }
}

impl From<u32> for Cell {
    fn from(count: u32) -> Self {
        count.to_string().into()
    }
}

/// By what rows are put in order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Nothing to compare comes last.
    Number(Option<i64>),
    /// By the alphabet, without regard to case.
    Text(String),
}

impl Rank {
    /// Ranks a text.
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_lowercase())
    }

    /// Ranks a count.
    pub fn count(count: impl Into<i64>) -> Self {
        Self::Number(Some(count.into()))
    }

    /// Ranks by how long ago: what lasts longest is the highest.
    pub fn age(since: Option<Timestamp>) -> Self {
        Self::Number(since.map(|since| -since.as_millis()))
    }

    fn is_nothing(&self) -> bool {
        *self == Self::Number(None)
    }
}

/// A column.
pub struct Column<Row> {
    /// What it is called.
    pub title: &'static str,
    /// Whether its cells tell a time that goes on.
    pub timed: bool,
    /// Whether its cells are numbers.
    pub number: bool,
    /// By what it sorts.
    pub rank: fn(&Row) -> Rank,
    /// What its cells say at a time.
    pub cell: fn(&Row, Timestamp) -> Cell,
}

/// Which column rows are sorted by, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// The column's place.
    pub column: usize,
    /// From the highest down.
    pub down: bool,
}

/// Puts two ranks in order; nothing comes last either way.
pub fn compare(one: &Rank, other: &Rank, down: bool) -> Ordering {
    match (one.is_nothing(), other.is_nothing()) {
        (false, false) if down => other.cmp(one),
        (false, false) => one.cmp(other),
        (one, other) => one.cmp(&other),
    }
}

/// What can be done about a row, rendered for it.
pub type Actions<Row> = fn(Memo<Option<Row>>) -> AnyView;

/// The rows of a table; the first column holds the name of a row's thing.
#[component]
pub fn RowTable<Row, Key>(
    /// What the table is called.
    name: &'static str,
    /// The columns; the first names the row.
    columns: &'static [Column<Row>],
    /// The rows that fit what is searched.
    rows: Memo<Vec<Row>>,
    /// What tells rows apart.
    key: fn(&Row) -> Key,
    /// The server's time.
    clock: ServerClock,
    /// How rows are sorted at first.
    first: Order,
    /// What is said where there is no row.
    nothing: &'static str,
    /// What can be done about a row, beside it.
    #[prop(optional)]
    actions: Option<Actions<Row>>,
    /// What all rows come to, above them whatever the order is and whatever is searched.
    #[prop(optional)]
    total: Option<Memo<Option<Row>>>,
    /// The titles of the columns that are shown beside the first; all unless it says so.
    #[prop(optional)]
    chosen: Option<Signal<BTreeSet<String>>>,
) -> impl IntoView
where
    Row: Clone + PartialEq + Send + Sync + 'static,
    Key: Clone + PartialEq + Eq + core::hash::Hash + Send + Sync + 'static,
{
    let orders = WallView::here().orders;
    let kept =
        move || orders.with(|orders| orders.get(name).copied()).filter(|order| order.column < columns.len());
    let order = Memo::new(move |_| kept().unwrap_or(first));
    let sort = Callback::new(move |order: Order| {
        orders.update(|orders| {
            orders.insert(name.to_owned(), order);
        });
    });
    let shown = Memo::new(move |_| {
        let Order { column, down } = order.get();
        let rank = columns[column].rank;
        let mut ranked: Vec<(Rank, Key)> =
            rows.with(|rows| rows.iter().map(|row| (rank(row), key(row))).collect());
        ranked.sort_by(|(one, _), (other, _)| compare(one, other, down));
        ranked.truncate(ROWS_SHOWN_MAX);
        ranked.into_iter().map(|(_, key)| key).collect::<Vec<Key>>()
    });
    let count = Memo::new(move |_| rows.with(Vec::len));
    view! {
        <p class="wall__count hint">
            {move || match count.get() {
                0 => nothing.to_owned(),
                count if count > ROWS_SHOWN_MAX => {
                    format!("{ROWS_SHOWN_MAX} of {count} are shown. Search to see others.")
                }
                count => format!("{count} shown"),
            }}
        </p>
        <div class="wall__scroll" role="region" aria-label=name tabindex="0">
            <table class="rows">
                <thead>
                    <tr>
                        {columns
                            .iter()
                            .enumerate()
                            .map(|(place, column)| {
                                let hidden = is_hidden(place, column, chosen);
                                view! { <Head place=place column=column order=order sort=sort hidden=hidden /> }
                            })
                            .collect_view()}
                        {actions
                            .map(|_| {
                                view! {
                                    <th scope="col">
                                        <span class="for-screen-reader">"Actions"</span>
                                    </th>
                                }
                            })}
                    </tr>
                </thead>
                {total
                    .map(|total| {
                        view! {
                            <tbody class="rows__total">
                                <tr>{cells(columns, total, clock, chosen)}</tr>
                            </tbody>
                        }
                    })}
                <tbody>
                    <For
                        each=move || shown.get()
                        key=Clone::clone
                        children=move |wanted: Key| {
                            let row = Memo::new(move |_| {
                                rows.with(|rows| rows.iter().find(|row| key(row) == wanted).cloned())
                            });
                            view! {
                                <tr>
                                    {cells(columns, row, clock, chosen)}
                                    {actions
                                        .map(|actions| {
                                            view! { <td class="rows__actions">{actions(row)}</td> }
                                        })}
                                </tr>
                            }
                        }
                    />
                </tbody>
            </table>
        </div>
    }
}

/// A column's head, which sorts.
#[component]
fn Head<Row: 'static>(
    place: usize,
    column: &'static Column<Row>,
    order: Memo<Order>,
    sort: Callback<Order>,
    hidden: Signal<bool>,
) -> impl IntoView {
    let sorted = move || {
        let Order { column, down } = order.get();
        (column == place).then_some(if down { "descending" } else { "ascending" })
    };
    let clicked = move |_| {
        let now = order.get_untracked();
        // Numbers are looked at from the highest down, names from the first on.
        let down = if now.column == place { !now.down } else { column.number };
        sort.run(Order { column: place, down });
    };
    view! {
        <th scope="col" aria-sort=sorted class:rows__number=column.number hidden=hidden>
            <button class="rows__sort" type="button" on:click=clicked>
                {column.title}
                <span class="rows__arrow" aria-hidden="true">
                    {move || match sorted() {
                        Some("ascending") => "▲",
                        Some(_) => "▼",
                        None => "",
                    }}
                </span>
            </button>
        </th>
    }
}

/// Says whether a column is one that was not chosen; the first never is.
fn is_hidden<Row>(
    place: usize,
    column: &'static Column<Row>,
    chosen: Option<Signal<BTreeSet<String>>>,
) -> Signal<bool> {
    match chosen.filter(|_| place > 0) {
        Some(chosen) => Signal::derive(move || chosen.with(|chosen| !chosen.contains(column.title))),
        None => Signal::stored(false),
    }
}

fn cells<Row: Clone + PartialEq + Send + Sync + 'static>(
    columns: &'static [Column<Row>],
    row: Memo<Option<Row>>,
    clock: ServerClock,
    chosen: Option<Signal<BTreeSet<String>>>,
) -> impl IntoView {
    let cell = |(place, column)| cell(place, column, row, clock, is_hidden(place, column, chosen));
    columns.iter().enumerate().map(cell).collect_view()
}

fn cell<Row: Clone + PartialEq + Send + Sync + 'static>(
    place: usize,
    column: &'static Column<Row>,
    row: Memo<Option<Row>>,
    clock: ServerClock,
    hidden: Signal<bool>,
) -> AnyView {
    let said = Memo::new(move |_| {
        let now = if column.timed { clock.get() } else { clock.peek() };
        row.with(|row| row.as_ref().map(|row| (column.cell)(row, now)))
    });
    let text = move || said.with(|said| said.as_ref().map(|said| said.text.clone()));
    let tone = move || said.with(|said| said.as_ref().and_then(|said| said.tone.word()));
    let mark = Memo::new(move |_| said.with(|said| said.as_ref().and_then(|said| said.mark)));
    let mark = move || mark.get().map(|class| view! { <span class=class aria-hidden="true"></span> });
    if place == 0 {
        view! { <th scope="row" data-tone=tone>{text}</th> }.into_any()
    } else {
        view! {
            <td data-title=column.title data-tone=tone class:rows__number=column.number hidden=hidden>
                {mark}
                {text}
            </td>
        }
        .into_any()
    }
}

/// A field that searches the rows.
#[component]
pub fn SearchField(
    /// What is searched.
    search: RwSignal<String>,
    /// What the field is called.
    label: &'static str,
) -> impl IntoView {
    view! {
        <input
            class="field__input wall__search"
            type="search"
            aria-label=label
            placeholder=label
            prop:value=move || search.get()
            on:input=move |event| search.set(event_target_value(&event))
        />
    }
}

/// Says whether any of the texts contains what is searched, without regard to case.
pub fn fits(search: &str, texts: &[&str]) -> bool {
    let search = search.trim().to_lowercase();
    search.is_empty() || texts.iter().any(|text| text.to_lowercase().contains(&search))
}

/// Returns a span of time as a clock shows it: "0:07", "12:30", "1:02:03".
pub fn span(span: Duration) -> String {
    let secs = span.as_secs();
    let (hours, minutes, secs) = (secs / 3_600, secs / 60 % 60, secs % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{secs:02}") } else { format!("{minutes}:{secs:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_nothing_to_compare_comes_last_either_way() {
        let ranks = || vec![Rank::Number(Some(2)), Rank::Number(None), Rank::Number(Some(1))];
        let sorted = |down| {
            let mut ranks = ranks();
            ranks.sort_by(|one, other| compare(one, other, down));
            ranks
        };
        let [one, two, nothing] = [Rank::Number(Some(1)), Rank::Number(Some(2)), Rank::Number(None)];
        assert_eq!(sorted(false), [one.clone(), two.clone(), nothing.clone()]);
        assert_eq!(sorted(true), [two, one, nothing]);
    }

    #[test]
    fn what_lasts_longest_is_the_highest() {
        let at = |millis| Some(Timestamp::from_millis(millis));
        assert!(Rank::age(at(1_000)) > Rank::age(at(2_000)));
    }

    #[test]
    fn a_span_is_shown_as_on_a_clock() {
        let shown = |secs| span(Duration::from_secs(secs));
        assert_eq!([shown(7), shown(750), shown(3_723)], ["0:07", "12:30", "1:02:03"]);
    }

    #[test]
    fn a_search_finds_parts_of_words() {
        assert!(fits(" LOVE ", &["Billing", "Ada Lovelace"]));
        assert!(!fits("x", &["Billing"]));
        assert!(fits("", &[]));
    }
}
