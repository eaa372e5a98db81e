//! The open conversations: who has them, for how long, what help is asked for, and what can be done about each.

use baton_shared::wall::ConversationRow;
use baton_shared::{ConversationId, Owner};
use leptos::prelude::*;

use super::acting::{Acting, Asked, ask};
use super::table::{Cell, Column, Order, Rank, RowTable, SearchField, Tone, fits, span};
use crate::api;
use crate::app::DeskContext;
use crate::live_wall::LiveWall;
use crate::session::Session;
use crate::viewing::DialogShown;

/// Whether a button is there, what it is called, and what it does.
type Action = (bool, &'static str, Box<dyn Fn()>);

const COLUMNS: &[Column<ConversationRow>] = &[
    Column {
        title: "Customer",
        timed: false,
        number: false,
        rank: |row| Rank::text(&row.customer),
        cell: |row, _| row.customer.clone().into(),
    },
    Column {
        title: "Owner",
        timed: false,
        number: false,
        rank: |row| Rank::text(&owner(row)),
        cell: |row, _| owner(row).into(),
    },
    Column {
        title: "Queue",
        timed: false,
        number: false,
        rank: |row| Rank::text(&row.queue),
        cell: |row, _| row.queue.clone().into(),
    },
    Column {
        title: "Age",
        timed: true,
        number: true,
        rank: |row| Rank::age(Some(row.opened_at)),
        cell: |row, now| span(now.since(row.opened_at)).into(),
    },
    Column {
        title: "Last message",
        timed: true,
        number: true,
        rank: |row| Rank::age(Some(row.last_message_at)),
        cell: |row, now| format!("{} ago", span(now.since(row.last_message_at))).into(),
    },
    Column {
        title: "Flag",
        timed: false,
        number: false,
        rank: |row| Rank::Number(row.flag.as_ref().map(|flag| flag.at.as_millis())),
        cell: |row, _| {
            let text = row.flag.as_ref().map(|flag| format!("{}: {}", flag.by, flag.text));
            let tone = if text.is_some() { Tone::Warning } else { Tone::Plain };
            Cell::toned(text.unwrap_or_default(), tone)
        },
    },
];

/// Says who has a conversation, and where it waits that it waits.
fn owner(row: &ConversationRow) -> String {
    match row.owner {
        Owner::Agent(_) | Owner::Flow(_) | Owner::External(_) => row.owner_name.clone(),
        Owner::Queue(_) | Owner::Group(_) => format!("Waits for {}", row.owner_name),
    }
}

/// The open conversations.
#[component]
pub fn ConversationsTable(
    /// Where they are read.
    live: LiveWall,
    /// What is searched.
    search: RwSignal<String>,
) -> impl IntoView {
    let rows = Memo::new(move |_| {
        let search = search.get();
        live.read(|wall| {
            let fits = |row: &&ConversationRow| fits(&search, &[&row.customer, &row.owner_name, &row.queue]);
            wall.conversations.values().filter(fits).cloned().collect::<Vec<_>>()
        })
        .unwrap_or_default()
    });
    view! {
        <div class="wall__tools">
            <SearchField search=search label="Search conversations" />
        </div>
        <RowTable
            name="Conversations"
            columns=COLUMNS
            rows=rows
            key=|row: &ConversationRow| row.id
            clock=DeskContext::here().clock
            first=Order { column: 3, down: true }
            nothing="No such conversation is open in your teams."
            actions=actions
        />
    }
}

/// What of a row decides what can be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Subject {
    id: ConversationId,
    customer: String,
    mine: bool,
    with_agent: bool,
    may_take_over: bool,
    flagged: bool,
}

/// Where buttons stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In the row of the conversation.
    Row,
    /// Beside what is heard of it, where some go without saying.
    Heard,
}

fn actions(row: Memo<Option<ConversationRow>>) -> AnyView {
    actions_at(Place::Row, row)
}

/// Shows what can be done about a conversation that is heard.
pub fn heard_actions(live: LiveWall, conversation: ConversationId) -> AnyView {
    let row = Memo::new(move |_| live.read(|wall| wall.conversations.get(&conversation).cloned()).flatten());
    actions_at(Place::Heard, row)
}

fn actions_at(place: Place, row: Memo<Option<ConversationRow>>) -> AnyView {
    let context = DeskContext::here();
    let me = move || match context.session.get() {
        Session::SignedIn(person) => Some(Owner::Agent(person.id)),
        Session::Checking | Session::SignedOut => None,
    };
    let subject = Memo::new(move |_| {
        row.with(|row| {
            let row = row.as_ref()?;
            Some(Subject {
                id: row.id,
                customer: row.customer.clone(),
                mine: Some(row.owner) == me(),
                with_agent: matches!(row.owner, Owner::Agent(_)),
                may_take_over: row.may_take_over,
                flagged: row.flag.is_some(),
            })
        })
    });
    view! {
        {move || subject
            .get()
            .map(|subject| {
                if subject.mine {
                    return view! {
                        <a class="button" href="/">
                            "Open your desk"
                        </a>
                    }
                        .into_any();
                }
                buttons(context, subject, place)
            })}
    }
    .into_any()
}

fn buttons(context: DeskContext, subject: Subject, place: Place) -> AnyView {
    let Subject { id, customer, with_agent, may_take_over, flagged, .. } = subject;
    let acting = Acting::here();
    let pending = RwSignal::new(false);
    let described = format!("The conversation with {customer}");
    let button = move |label: &'static str, act: Box<dyn Fn()>| {
        view! {
            <button
                class="button"
                class:button--small=place == Place::Heard
                type="button"
                aria-disabled=move || pending.get().then_some("true")
                aria-description=described.clone()
                on:click=move |_| act()
            >
                {label}
            </button>
        }
        .into_any()
    };
    let hear = move |whispers: bool| {
        let show = move || {
            acting.shown.set(Some(id));
            acting.whispering.set(whispers.then_some(id));
        };
        // Whoever takes part hears it already.
        match context.live.peek(|desk| desk.joined.contains_key(&id)) {
            Some(true) => show(),
            Some(false) | None => ask(context, api::listen_in(id), pending, show),
        }
    };
    let join = move || ask(context, api::join(id), pending, move || acting.shown.set(Some(id)));
    let asked = if with_agent { Asked::Transfer(id) } else { Asked::Reassign(id) };
    let lower = move || ask(context, api::lower_flag(id), pending, || {});
    let explain = move || context.viewing.dialog.set(Some(DialogShown::Why(id)));
    let in_row = place == Place::Row;
    let all: [Action; 7] = [
        (in_row && flagged, "Lower flag", Box::new(lower)),
        (in_row, "Listen in", Box::new(move || hear(false))),
        (with_agent, "Whisper", Box::new(move || hear(true))),
        (with_agent, "Join", Box::new(join)),
        (may_take_over, "Take over", Box::new(move || acting.asked.set(Some(Asked::TakeOver(id))))),
        (in_row && !with_agent, "Why?", Box::new(explain)),
        (in_row, "Transfer", Box::new(move || acting.asked.set(Some(asked)))),
    ];
    let there = all.into_iter().filter(|(there, ..)| *there);
    there.map(|(_, label, act)| button(label, act)).collect_view().into_any()
}
