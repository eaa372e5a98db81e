//! The transfers that have not ended, with what is left of their time.

use baton_shared::transfer::Mode;
use baton_shared::wall::TransferRow;
use leptos::prelude::*;

use super::table::{Cell, Column, Order, Rank, RowTable, SearchField, Tone, fits, span};
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
            Cell { text: format!("{left} s"), tone }
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
        />
    }
}
