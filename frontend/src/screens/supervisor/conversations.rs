//! The open conversations: who has them, for how long, and the button that takes one over.

use baton_shared::wall::ConversationRow;
use baton_shared::{ConversationId, Owner};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::table::{Column, Order, Rank, RowTable, SearchField, fits, span};
use crate::api::{self, Failure};
use crate::app::DeskContext;
use crate::browser::random;
use crate::controls::toast::Toast;
use crate::live_wall::LiveWall;
use crate::session::Session;

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

fn actions(row: Memo<Option<ConversationRow>>) -> AnyView {
    let context = DeskContext::here();
    let me = move || match context.session.get() {
        Session::SignedIn(person) => Some(Owner::Agent(person.id)),
        Session::Checking | Session::SignedOut => None,
    };
    let what = Memo::new(move |_| {
        row.with(|row| {
            let row = row.as_ref()?;
            let mine = Some(row.owner) == me();
            (mine || row.may_take_over).then(|| (row.id, row.customer.clone(), mine))
        })
    });
    let pending = RwSignal::new(false);
    view! {
        {move || what
            .get()
            .map(|(id, customer, mine)| {
                if mine {
                    return view! {
                        <a class="button" href="/">
                            "Open your desk"
                        </a>
                    }
                        .into_any();
                }
                view! {
                    <button
                        class="button"
                        type="button"
                        disabled=move || pending.get()
                        aria-description=format!("The conversation with {customer}")
                        on:click=move |_| take_over(context, id, customer.clone(), pending)
                    >
                        "Take over"
                    </button>
                }
                    .into_any()
            })}
    }
    .into_any()
}

fn take_over(context: DeskContext, id: ConversationId, customer: String, pending: RwSignal<bool>) {
    pending.set(true);
    let key = random::idempotency_key();
    spawn_local(async move {
        let answer = api::take_over(id).send(&key).await;
        let _ = pending.try_set(false);
        match answer {
            Ok(_) => {
                let text = format!("The conversation with {customer} is yours. It is at your desk.");
                context.toasts.show(Toast::notice(text));
            }
            Err(Failure::SignedOut) => context.session.signed_out(),
            Err(failure) => context.toasts.show(Toast::failure(failure.sentence())),
        }
    });
}
