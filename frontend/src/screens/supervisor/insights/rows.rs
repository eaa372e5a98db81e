//! The rows behind a number, page by page, and the way from a row to its conversation.

use std::collections::BTreeMap;

use baton_shared::ConversationId;
use baton_shared::api::{
    ConversationItem, ConversationsPage, RatingItem, RatingsPage, SegmentItem, SegmentsPage, TransferItem,
    TransfersPage,
};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::asked::{Asked, List, Rows};
use super::figures::{AskLink, Downloads};
use super::state::{Insights, OpenConversation};
use super::words;
use crate::api::{self, Failure};
use crate::browser::page;
use crate::browser::zones::{self, Style};

mod marks;

use marks::fits_transfer;

/// How many rows are shown first, and added each time.
const ROWS_ADDED: usize = 50;

/// How many pages are looked through before someone is asked whether to go on.
const PAGES_MAX: usize = 10;

/// The element that has the focus when rows are opened.
const TITLE: &str = "rows-title";

/// A row as it is shown: what it says in each column, and its conversation.
#[derive(Clone, Debug, PartialEq)]
struct Shown {
    key: String,
    cells: Vec<String>,
    conversation: Option<ConversationId>,
}

/// What was found so far.
#[derive(Clone, Debug, Default, PartialEq)]
struct Found {
    rows: Vec<Shown>,
    /// Where the rest begins; nothing at the end.
    next: Option<String>,
    /// Who rows name, by id.
    names: BTreeMap<String, String>,
}

static TRANSFER_HEADS: [&str; 11] = [
    "Asked for",
    "From",
    "To",
    "Outcome",
    "Type",
    "Transfer no.",
    "Offers",
    "Until accepted",
    "Until the reply",
    "Accepted by",
    "With it",
];

static SEGMENT_HEADS: [&str; 12] = [
    "Began",
    "Kind",
    "Lasted",
    "Agent",
    "Queue",
    "Preceded by",
    "Followed by",
    "Destination",
    "First response",
    "Messages",
    "Waiting before",
    "In use",
];

static RATING_HEADS: [&str; 5] = ["Rated", "Score", "Agent", "Queue", "Transfers"];

static CONVERSATION_HEADS: [&str; 9] = [
    "Opened",
    "Came to",
    "Agent",
    "Queue",
    "Transfers",
    "Messages",
    "Average response",
    "Customer’s average response",
    "Rating",
];

/// Rows as they are looked for; a handle that can be copied.
#[derive(Clone, Copy)]
struct Looking {
    insights: Insights,
    rows: StoredValue<Rows>,
    found: RwSignal<Option<Found>>,
    failure: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    /// The number of the last question: an answer to an earlier one is old.
    asked: StoredValue<u32>,
}

impl Looking {
    fn new(insights: Insights, rows: Rows) -> Self {
        Self {
            insights,
            rows: StoredValue::new(rows),
            found: RwSignal::new(None),
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
            asked: StoredValue::new(0),
        }
    }

    /// Looks from the beginning, or from a place on.
    fn look(self, after: Option<String>) {
        let rows = self.rows.get_value();
        let number = self.asked.get_value() + 1;
        self.asked.set_value(number);
        self.busy.set(true);
        self.failure.set(None);
        let limit = ROWS_ADDED.to_string();
        let (zone, path) = untrack(|| {
            let path = self.insights.rows_path(list_path(rows.list), &rows, &[("limit", &limit)]);
            (self.insights.zone(), path)
        });
        spawn_local(async move {
            let answer = gather(&path, &rows, &zone, after.clone()).await;
            if self.asked.try_get_value() != Some(number) {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(more) => self.found.update(|found| match (after, found) {
                    (Some(_), Some(found)) => {
                        found.rows.extend(more.rows);
                        found.names.extend(more.names);
                        found.next = more.next;
                    }
                    (_, found) => *found = Some(more),
                }),
                Err(error) => self.failure.set(self.insights.failed(&error)),
            }
        });
    }

    /// Looks from where the last page ended.
    fn look_further(self) {
        let next = self.found.with_untracked(|found| found.as_ref().and_then(|found| found.next.clone()));
        if next.is_some() && !self.busy.get_untracked() {
            self.look(next);
        }
    }

    fn shows(self, shows: impl Fn(&Found) -> bool) -> bool {
        self.found.with(|found| found.as_ref().is_some_and(shows))
    }
}

/// The rows.
#[component]
pub fn RowsView(
    /// The reports.
    insights: Insights,
    /// Which rows.
    rows: Rows,
) -> impl IntoView {
    let looking = Looking::new(insights, rows.clone());
    Effect::new(move |_| {
        // Other days or filters are looked through from the beginning.
        insights.asked.track();
        looking.look(None);
    });
    request_animation_frame(|| page::focus(TITLE));
    let list = rows.list;
    let name = list_name(list);
    let back = Memo::new(move |_| insights.asked.with(Asked::without_rows));
    let report = move || insights.asked.with(|asked| asked.report.name());
    let source = Signal::derive(move || {
        looking.rows.with_value(|rows| insights.rows_path(list_path(rows.list), rows, &[]))
    });
    view! {
        <section class="report__section" aria-labelledby=TITLE>
            <p>
                <AskLink insights=insights asked=back>
                    "← Back to “" {report} "”"
                </AskLink>
            </p>
            <h2 id=TITLE tabindex="-1">
                {move || looking.found.with(|found| title(&rows, insights, found.as_ref()))}
            </h2>
            <p class="hint" role="status">
                {move || note(looking)}
            </p>
            {move || looking.failure.get().map(|sentence| view! { <p class="refusal" role="alert">{sentence}</p> })}
            <Show when=move || looking.shows(|found| !found.rows.is_empty())>
                <ShownRows list=list found=looking.found />
            </Show>
            <Show when=move || looking.shows(|found| found.next.is_some())>
                <p>
                    <button
                        class="button"
                        type="button"
                        aria-disabled=move || looking.busy.get().to_string()
                        on:click=move |_| looking.look_further()
                    >
                        "Show more"
                    </button>
                </p>
            </Show>
            <Downloads insights=insights name=name source=source />
        </section>
    }
}

/// The table of what was found.
#[component]
fn ShownRows(list: List, found: RwSignal<Option<Found>>) -> impl IntoView {
    let heads = match list {
        List::Transfers => &TRANSFER_HEADS[..],
        List::Segments => &SEGMENT_HEADS[..],
        List::Ratings => &RATING_HEADS,
        List::Conversations => &CONVERSATION_HEADS,
    };
    let rows = move || found.with(|found| found.as_ref().map(|found| found.rows.clone())).unwrap_or_default();
    view! {
        <div class="figures__scroll" role="region" aria-label=list_name(list) tabindex="0">
            <table class="rows">
                <thead>
                    <tr>
                        {heads.iter().map(|head| view! { <th scope="col">{*head}</th> }).collect_view()}
                        <th scope="col">"Conversation"</th>
                    </tr>
                </thead>
                <tbody>
                    <For
                        each=rows
                        key=|row| (row.key.clone(), row.cells.clone())
                        children=move |row: Shown| row_view(heads, row)
                    />
                </tbody>
            </table>
        </div>
    }
}

const fn list_name(list: List) -> &'static str {
    match list {
        List::Transfers => "Transfers",
        List::Segments => "Segments",
        List::Ratings => "Ratings",
        List::Conversations => "Conversations",
    }
}

const fn list_path(list: List) -> &'static str {
    match list {
        List::Transfers => "transfers/list",
        List::Segments => "segments",
        List::Ratings => "ratings/list",
        List::Conversations => "conversations/list",
    }
}

/// Says how many rows are shown, or what to do where there is none.
fn note(looking: Looking) -> String {
    let busy = looking.busy.get();
    let failed = looking.failure.with(Option::is_some);
    looking.found.with(|found| match found {
        None if failed => String::new(),
        None => "Loading…".to_owned(),
        Some(_) if busy => "Loading…".to_owned(),
        Some(Found { rows, next: None, .. }) if rows.is_empty() => {
            "Nothing of this kind in this time. Choose a longer one, or clear the filters.".to_owned()
        }
        Some(Found { rows, next, .. }) => {
            let rest = if next.is_some() { "The first " } else { "" };
            format!("{rest}{}", words::counted(rows.len() as u64, "row", "rows"))
        }
    })
}

/// Fetches rows from a place on, until there are some to show, the end, or enough was looked through.
async fn gather(path: &str, rows: &Rows, zone: &str, mut after: Option<String>) -> Result<Found, Failure> {
    let mut found = Found::default();
    for _ in 0..PAGES_MAX {
        let from = after.as_ref().map(|after| format!("&after={after}")).unwrap_or_default();
        let path = format!("{path}{from}");
        after = match rows.list {
            List::Transfers => {
                let page = api::insights::report::<TransfersPage>(&path).await?;
                let fit = page.transfers.iter().filter(|item| fits_transfer(rows, item));
                found.rows.extend(fit.map(|item| transfer(item, zone)));
                for item in &page.transfers {
                    for thing in [&item.sender, &item.receiver] {
                        found.names.insert(thing.id.clone(), thing.name.clone());
                    }
                }
                page.next
            }
            List::Segments => {
                let page = api::insights::report::<SegmentsPage>(&path).await?;
                found.rows.extend(page.segments.iter().map(|item| segment(item, zone)));
                for thing in
                    page.segments.iter().flat_map(|item| [&item.agent, &item.queue, &item.group]).flatten()
                {
                    found.names.insert(thing.id.clone(), thing.name.clone());
                }
                page.next
            }
            List::Ratings => {
                let page = api::insights::report::<RatingsPage>(&path).await?;
                found.rows.extend(page.ratings.iter().map(|item| rating(item, zone)));
                for item in &page.ratings {
                    for thing in item.agent.iter().chain([&item.queue]) {
                        found.names.insert(thing.id.clone(), thing.name.clone());
                    }
                }
                page.next
            }
            List::Conversations => {
                let page = api::insights::report::<ConversationsPage>(&path).await?;
                found.rows.extend(page.conversations.iter().map(|item| conversation(item, zone)));
                for item in &page.conversations {
                    for thing in item.agent.iter().chain([&item.queue]) {
                        found.names.insert(thing.id.clone(), thing.name.clone());
                    }
                }
                page.next
            }
        };
        if after.is_none() || found.rows.len() >= ROWS_ADDED {
            break;
        }
    }
    found.next = after;
    Ok(found)
}

const NONE: &str = "–";

fn lasted(ms: Option<u64>) -> String {
    ms.map_or_else(|| NONE.to_owned(), words::lasted)
}

fn word(word: Option<&str>) -> String {
    word.map_or_else(|| NONE.to_owned(), words::read_word)
}

fn transfer(item: &TransferItem, zone: &str) -> Shown {
    let mut outcome = words::came_to(&item.outcome, item.reason.as_deref());
    if item.ping_pong {
        outcome.push_str(", ping-pong");
    }
    let accepted_by = item.accepted_by.as_ref().map_or_else(|| NONE.to_owned(), |agent| agent.name.clone());
    Shown {
        key: item.id.to_string(),
        cells: vec![
            zones::written(zone, Style::Full, item.requested_at),
            item.sender.name.clone(),
            item.receiver.name.clone(),
            outcome,
            words::read_word(&item.transfer_type),
            item.hop.to_string(),
            item.offers.to_string(),
            lasted(item.request_to_accept_ms),
            lasted(item.request_to_reply_ms),
            accepted_by,
            carried(item),
        ],
        conversation: Some(item.conversation),
    }
}

/// Says what went with a transfer: "Note, summary (changed), opened".
fn carried(item: &TransferItem) -> String {
    let summary = match item.summary_edited {
        Some(true) => "summary (changed)",
        Some(false) | None => "summary",
    };
    let said = [(item.note, "note"), (item.summary, summary), (item.note_opened, "opened")];
    let said: Vec<&str> = said.into_iter().filter(|(is, _)| *is).map(|(_, said)| said).collect();
    if said.is_empty() { NONE.to_owned() } else { words::read_word(&said.join(", ")) }
}

fn segment(item: &SegmentItem, zone: &str) -> Shown {
    let name = |thing: &Option<baton_shared::api::InsightsThing>| {
        thing.as_ref().map_or_else(|| NONE.to_owned(), |thing| thing.name.clone())
    };
    let place = if item.group.is_some() { &item.group } else { &item.queue };
    let messages = match (item.agent_messages, item.customer_messages) {
        (None, None) => NONE.to_owned(),
        (agent, customer) => format!("{} and {}", agent.unwrap_or(0), customer.unwrap_or(0)),
    };
    let began = zones::written(zone, Style::Full, item.started_at);
    let kind = words::kind(&item.kind);
    Shown {
        key: format!("{} {} {:?} {:?}", item.started_at, item.kind, item.id, item.agent),
        cells: vec![
            began,
            kind,
            words::lasted(item.lasted_ms),
            name(&item.agent),
            name(place),
            word(item.preceded_by.as_deref()),
            word(item.followed_by.as_deref()),
            item.destination.clone().unwrap_or_else(|| NONE.to_owned()),
            lasted(item.first_response_ms),
            messages,
            item.ahead.map_or_else(|| NONE.to_owned(), words::count),
            match (item.load_used, item.load_limit) {
                (Some(used), Some(limit)) => format!("{used} of {limit}"),
                (_, _) => NONE.to_owned(),
            },
        ],
        conversation: item.conversation,
    }
}

fn rating(item: &RatingItem, zone: &str) -> Shown {
    let agent = item.agent.as_ref().map_or_else(|| NONE.to_owned(), |agent| agent.name.clone());
    Shown {
        key: item.conversation.to_string(),
        cells: vec![
            zones::written(zone, Style::Full, item.rated_at),
            format!("{} of 5", item.score),
            agent,
            item.queue.name.clone(),
            item.transfers.to_string(),
        ],
        conversation: Some(item.conversation),
    }
}

fn conversation(item: &ConversationItem, zone: &str) -> Shown {
    let agent = item.agent.as_ref().map_or_else(|| NONE.to_owned(), |agent| agent.name.clone());
    let messages = match (item.agent_messages, item.customer_messages) {
        (Some(ours), Some(theirs)) => format!("{ours} and {theirs}"),
        (_, _) => NONE.to_owned(),
    };
    let rating = match (item.surveyed, item.rated) {
        (_, true) => "Given",
        (true, false) => "Asked for",
        (false, false) => NONE,
    };
    Shown {
        key: item.conversation.to_string(),
        cells: vec![
            zones::written(zone, Style::Full, item.opened_at),
            words::ending(&item.outcome),
            agent,
            item.queue.name.clone(),
            item.transfers.to_string(),
            messages,
            lasted(item.response_ms),
            lasted(item.customer_response_ms),
            rating.to_owned(),
        ],
        conversation: Some(item.conversation),
    }
}

fn row_view(heads: &'static [&'static str], row: Shown) -> AnyView {
    let open = use_context::<OpenConversation>();
    let began = row.cells.first().cloned().unwrap_or_default();
    let conversation = match (row.conversation, open) {
        (None, _) => NONE.into_any(),
        (Some(id), None) => view! { <code>{id.to_string()}</code> }.into_any(),
        (Some(id), Some(OpenConversation(open))) => view! {
            <button
                class="button button--small"
                type="button"
                aria-description=format!("The conversation of {began}")
                on:click=move |_| open.run(id)
            >
                "Show"
            </button>
        }
        .into_any(),
    };
    let cells = row.cells.into_iter().zip(heads.iter().copied()).enumerate().map(|(place, (text, head))| {
        if place == 0 {
            view! { <th scope="row">{text}</th> }.into_any()
        } else {
            view! { <td data-title=head>{text}</td> }.into_any()
        }
    });
    let cells = cells.collect_view();
    view! {
        <tr>
            {cells} <td data-title="Conversation" class="rows__actions">
                {conversation}
            </td>
        </tr>
    }
    .into_any()
}

/// Says which rows these are: "Transfers: failed, by Agent One".
fn title(rows: &Rows, insights: Insights, found: Option<&Found>) -> String {
    let name = |id: &str| {
        let known = found.and_then(|found| found.names.get(id).cloned());
        let known = known.or_else(|| {
            insights.live.read(|wall| {
                let agents = wall.agents.values().map(|row| (row.id.to_string(), &row.name));
                let queues = wall.queues.values().map(|row| (row.id.to_string(), &row.name));
                agents.chain(queues).find(|(known, _)| known == id).map(|(_, name)| name.clone())
            })?
        });
        known.unwrap_or_else(|| "someone".to_owned())
    };
    marks::title(rows, name)
}
