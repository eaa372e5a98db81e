//! The people: whether they can be reached, since when, and what they hold.

use baton_shared::wall::AgentRow;
use leptos::prelude::*;

use super::acting::{Acting, Asked};
use super::table::{Cell, Column, Order, Rank, RowTable, SearchField, Tone, fits, span};
use crate::app::DeskContext;
use crate::live_wall::LiveWall;
use crate::presence::mark;

const COLUMNS: &[Column<AgentRow>] = &[
    Column {
        title: "Agent",
        timed: false,
        number: false,
        rank: |row| Rank::text(&row.name),
        cell: |row, _| row.name.clone().into(),
    },
    Column {
        title: "Status",
        timed: false,
        number: false,
        rank: |row| Rank::text(mark::label(row.presence)),
        cell: |row, _| Cell::marked(mark::label(row.presence), mark::class(row.presence)),
    },
    Column {
        title: "For",
        timed: true,
        number: true,
        rank: |row| Rank::age(Some(row.since)),
        cell: |row, now| span(now.since(row.since)).into(),
    },
    Column {
        title: "Load",
        timed: false,
        number: true,
        rank: |row| Rank::count(row.load),
        cell: |row, _| {
            let full = row.load >= row.capacity && row.capacity > 0;
            let words = if full { ", full" } else { "" };
            let tone = if full { Tone::Warning } else { Tone::Plain };
            Cell::toned(format!("{} of {}{words}{}", row.load, row.capacity, ringing(row.offers)), tone)
        },
    },
    Column {
        title: "Conversations",
        timed: false,
        number: true,
        rank: |row| Rank::count(row.conversations),
        cell: |row, _| row.conversations.into(),
    },
    Column {
        title: "Missed today",
        timed: false,
        number: true,
        rank: |row| Rank::count(row.missed),
        cell: |row, _| row.missed.into(),
    },
];

/// Says how many offers ring with somebody; nothing where none does.
fn ringing(offers: u32) -> String {
    match offers {
        0 => String::new(),
        1 => ", 1 offer ringing".to_owned(),
        offers => format!(", {offers} offers ringing"),
    }
}

/// The people.
#[component]
pub fn AgentsTable(
    /// Where they are read.
    live: LiveWall,
    /// What is searched.
    search: RwSignal<String>,
) -> impl IntoView {
    let rows = Memo::new(move |_| {
        let search = search.get();
        live.read(|wall| {
            let fits = |row: &&AgentRow| fits(&search, &[&row.name, mark::label(row.presence)]);
            wall.agents.values().filter(fits).cloned().collect::<Vec<_>>()
        })
        .unwrap_or_default()
    });
    view! {
        <div class="wall__tools">
            <SearchField search=search label="Search agents" />
        </div>
        <RowTable
            name="Agents"
            columns=COLUMNS
            rows=rows
            key=|row: &AgentRow| row.id
            clock=DeskContext::here().clock
            first=Order { column: 0, down: false }
            nothing="There is no such person in your teams."
            actions=actions
        />
    }
}

fn actions(row: Memo<Option<AgentRow>>) -> AnyView {
    let acting = Acting::here();
    let person = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| (row.id, row.name.clone()))));
    view! {
        {move || person
            .get()
            .map(|(id, name)| {
                view! {
                    <button
                        class="button"
                        type="button"
                        aria-description=name
                        on:click=move |_| acting.asked.set(Some(Asked::Person(id)))
                    >
                        "Manage"
                    </button>
                }
            })}
    }
    .into_any()
}
