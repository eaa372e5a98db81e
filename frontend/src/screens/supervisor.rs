//! The wall: what supervisors see of the work of their teams, and where they step in.

use baton_shared::Role;
use baton_shared::api::SignedIn;
use leptos::prelude::*;

use crate::app::DeskContext;
use crate::controls::icon::{Icon, IconView};
use crate::controls::tab_list::TabList;
use crate::conversation::why::WhyDialog;
use crate::live_wall::{LiveWall, WallLink};
use crate::screens::admin::AdminPage;
use crate::screens::header::sign_out;

pub mod acting;
pub mod agents;
pub mod conversations;
pub mod counting;
pub mod directing;
pub mod heard;
pub mod insights;
pub mod passing;
pub mod queues;
pub mod search;
pub mod table;
pub mod taking_over;
pub mod thresholds;
pub mod transfers;
pub mod views;

use acting::Acting;
use agents::AgentsTable;
use conversations::ConversationsTable;
use directing::DirectingDialog;
use heard::HeardConversation;
use insights::InsightsPart;
use insights::state::OpenConversation;
use passing::PassingDialog;
use queues::QueuesTable;
use search::SearchPart;
use taking_over::TakeOverDialog;
use transfers::TransfersTable;
use views::{ViewTools, WallView};

/// The address of the wall.
pub const PATH: &str = "/supervisor";

/// What is shown of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Queues,
    Agents,
    Conversations,
    Transfers,
    Insights,
    Search,
}

impl Part {
    const ALL: [Self; 6] =
        [Self::Queues, Self::Agents, Self::Conversations, Self::Transfers, Self::Insights, Self::Search];

    const fn name(self) -> &'static str {
        match self {
            Self::Queues => "Queues",
            Self::Agents => "Agents",
            Self::Conversations => "Conversations",
            Self::Transfers => "Transfers",
            Self::Insights => "Insights",
            Self::Search => "Search",
        }
    }

    const fn tab(self) -> &'static str {
        match self {
            Self::Queues => "queues-tab",
            Self::Agents => "agents-tab",
            Self::Conversations => "conversations-tab",
            Self::Transfers => "transfers-tab",
            Self::Insights => "insights-tab",
            Self::Search => "search-tab",
        }
    }
}

/// The page, for whom it is meant.
#[component]
pub fn SupervisorScreen(
    /// Who is signed in.
    person: SignedIn,
) -> impl IntoView {
    let context = DeskContext::here();
    let content = if person.role >= Role::Supervisor {
        view! { <LiveView /> }.into_any()
    } else {
        view! { <NotYours /> }.into_any()
    };
    view! {
        <div class="wall">
            <header class="header">
                <a class="brand wall__home" href="/">
                    "Baton"
                </a>
                <p class="header__name">{person.name}</p>
                <div class="header__tools">
                    <a class="button button--plain" href="/">
                        "Desk"
                    </a>
                    <a
                        class="button button--plain button--icon"
                        href=AdminPage::Transfers.path()
                        aria-label="Administration"
                    >
                        <IconView icon=Icon::Administration />
                    </a>
                    <button
                        class="button button--plain button--icon"
                        type="button"
                        aria-label="Sign out"
                        on:click=move |_| sign_out(context)
                    >
                        <IconView icon=Icon::SignOut />
                    </button>
                </div>
            </header>
            <main class="wall__main">{content}</main>
        </div>
    }
}

#[component]
fn NotYours() -> impl IntoView {
    view! {
        <h1>"Wall"</h1>
        <p>"Supervisors see the work of their teams here. Ask an administrator to be one."</p>
        <p>
            <a href="/">"Go to your desk"</a>
        </p>
    }
}

#[component]
fn LiveView() -> impl IntoView {
    let live = LiveWall::watch(DeskContext::here());
    let there = Memo::new(move |_| live.read(|_| ()).is_some());
    view! {
        <h1 class="for-screen-reader">"Wall"</h1>
        {move || {
            if there.get() {
                view! { <WallBody live=live /> }.into_any()
            } else {
                view! { <p class="hint">"Loading…"</p> }.into_any()
            }
        }}
    }
}

#[component]
fn WallBody(live: LiveWall) -> impl IntoView {
    let looked_at = WallView::begin();
    let WallView { part, search, .. } = looked_at;
    Acting::provide();
    follow_address(part);
    // Rows of reports lead to what happened to their conversations.
    let opened = RwSignal::new(None);
    provide_context(OpenConversation(Callback::new(move |conversation| {
        opened.set(Some(conversation));
        part.set(Part::Search);
    })));
    let ownerless = Memo::new(move |_| live.read(|wall| wall.ownerless).unwrap_or_default());
    let tabs = Part::ALL.into_iter().map(|part| (part, part.tab(), part.name())).collect();
    view! {
        <div class="wall__bar">
            <TabList name="What is shown" tabs=tabs chosen=part />
            <ViewTools view=looked_at />
            <p class="wall__ownerless" data-tone=move || (ownerless.get() > 0).then_some("critical")>
                {move || format!("Conversations without an owner: {}", ownerless.get())}
            </p>
        </div>
        <p class="wall__link" role="status">
            {move || match live.link() {
                WallLink::Connecting => "Connecting…",
                WallLink::Connected => "",
                WallLink::Lost => "The connection is lost. What is shown is old; it comes back by itself.",
            }}
        </p>
        <div class="wall__body">
        <section class="wall__part" role="tabpanel" aria-labelledby=move || part.get().tab()>
            {move || match part.get() {
                Part::Queues => view! { <QueuesTable live=live search=search /> }.into_any(),
                Part::Agents => view! { <AgentsTable live=live search=search /> }.into_any(),
                Part::Conversations => view! { <ConversationsTable live=live search=search /> }.into_any(),
                Part::Transfers => view! { <TransfersTable live=live search=search /> }.into_any(),
                Part::Insights => view! { <InsightsPart live=live /> }.into_any(),
                Part::Search => view! { <SearchPart live=live opened=opened /> }.into_any(),
            }}
        </section>
        <HeardConversation live=live />
        </div>
        <PassingDialog />
        <TakeOverDialog live=live />
        <WhyDialog />
        <DirectingDialog />
    }
}

/// Shows the reports where the page's address asks for one, and follows the Back button into them and out of them.
fn follow_address(part: RwSignal<Part>) {
    if insights::is_asked_for() {
        part.set(Part::Insights);
    }
    let stepped = window_event_listener(leptos::ev::popstate, move |_| {
        match (insights::is_asked_for(), part.get_untracked() == Part::Insights) {
            (true, false) => part.set(Part::Insights),
            (false, true) => part.set(Part::Queues),
            (true, true) | (false, false) => {}
        }
    });
    on_cleanup(move || stepped.remove());
}
