//! The transfers that have not ended, with what is left of their time.

use baton_shared::transfer::Mode;
use baton_shared::wall::{Standing, TransferRow};
use baton_shared::{ConversationId, TransferId};
use leptos::prelude::*;

use super::acting::ask;
use super::table::{Cell, Column, Order, Rank, RowTable, SearchField, Tone, fits, span};
use crate::api::{self, Change};
use crate::app::DeskContext;
use crate::live_wall::LiveWall;
use crate::server_clock::secs_left;

/// From how many seconds before its end a transfer is to be looked at.
const SOON_SECS: u64 = 10;

const COLUMNS: &[Column<TransferRow>] = &[
    Column {
        title: "Customer",
        timed: false,
        number: false,
        rank: |row| Rank::text(&row.customer),
        cell: |row, _| row.customer.clone().into(),
    },
    Column {
        title: "From",
        timed: false,
        number: false,
        rank: |row| Rank::text(&row.from),
        cell: |row, _| row.from.clone().into(),
    },
    Column {
        title: "To",
        timed: false,
        number: false,
        rank: |row| Rank::text(&row.to),
        cell: |row, _| row.to.clone().into(),
    },
    Column {
        title: "Way",
        timed: false,
        number: false,
        rank: |row| Rank::text(way(row.mode)),
        cell: |row, _| way(row.mode).to_owned().into(),
    },
    Column {
        title: "Where it stands",
        timed: false,
        number: false,
        rank: |row| Rank::text(row.stands.label()),
        cell: |row, _| row.stands.label().to_owned().into(),
    },
    Column {
        title: "For",
        timed: true,
        number: true,
        rank: |row| Rank::age(Some(row.requested_at)),
        cell: |row, now| span(now.since(row.requested_at)).into(),
    },
    Column {
        title: "Ends in",
        timed: true,
        number: true,
        rank: |row| Rank::Number(row.deadline.map(|deadline| deadline.as_millis())),
        cell: |row, now| {
            let Some(deadline) = row.deadline else { return "no limit".to_owned().into() };
            let left = secs_left(deadline, now);
            let tone = if left <= SOON_SECS { Tone::Warning } else { Tone::Plain };
            Cell::toned(format!("{left} s"), tone)
        },
    },
];

const fn way(mode: Mode) -> &'static str {
    match mode {
        Mode::Cold => "Direct",
        Mode::Warm => "After a talk",
        Mode::Invite => "Invitation",
    }
}

/// The transfers.
#[component]
pub fn TransfersTable(
    /// Where they are read.
    live: LiveWall,
    /// What is searched.
    search: RwSignal<String>,
) -> impl IntoView {
    let rows = Memo::new(move |_| {
        let search = search.get();
        live.read(|wall| {
            let fits = |row: &&TransferRow| fits(&search, &[&row.customer, &row.from, &row.to]);
            wall.transfers.values().filter(fits).cloned().collect::<Vec<_>>()
        })
        .unwrap_or_default()
    });
    view! {
        <div class="wall__tools">
            <SearchField search=search label="Search transfers" />
        </div>
        <RowTable
            name="Transfers"
            columns=COLUMNS
            rows=rows
            key=|row: &TransferRow| row.id
            clock=DeskContext::here().clock
            first=Order { column: 6, down: false }
            nothing="No transfer is under way in your teams."
            actions=actions
        />
    }
}

fn actions(row: Memo<Option<TransferRow>>) -> AnyView {
    let context = DeskContext::here();
    let pending = RwSignal::new(false);
    let button = move |label: &'static str, change: fn(ConversationId, TransferId) -> Change| {
        let described = move || {
            row.with(|row| row.as_ref().map(|row| format!("{}’s transfer to {}", row.customer, row.to)))
        };
        let act = move |_| {
            let asked = row.with_untracked(|row| row.as_ref().map(|row| change(row.conversation, row.id)));
            if let Some(asked) = asked {
                ask(context, asked, pending, || {});
            }
        };
        view! {
            <button
                class="button"
                type="button"
                aria-disabled=move || pending.get().then_some("true")
                aria-description=described
                on:click=act
            >
                {label}
            </button>
        }
    };
    let consulting = Memo::new(move |_| {
        row.with(|row| row.as_ref().is_some_and(|row| row.stands == Standing::Consulting))
    });
    view! {
        {move || consulting.get().then(|| button("Hand over", api::hand_over))}
        {button("Call off", api::cancel_transfer)}
    }
    .into_any()
}
