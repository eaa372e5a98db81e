//! The agent desk.

use baton_shared::Mode;
use baton_shared::desk::OfferCard;
use baton_shared::policy::Decline;
use leptos::prelude::*;

use crate::app::{DeskContext, Loading};
use crate::browser::page;
use crate::browser::storage::Place;
use crate::connection::Link;
use crate::conversation::aside;
use crate::conversation::hand_over_all::HandOverAllDialog;
use crate::conversation::inbox::Inbox;
use crate::conversation::offer::{self, Incoming};
use crate::conversation::participants::LeaveDialog;
use crate::conversation::questions::{EndConversationDialog, WordsDialog};
use crate::conversation::requests::{CreateRequestDialog, RequestsButton, RequestsDialog};
use crate::conversation::thread::{ThreadPane, accepted_entry};
use crate::conversation::transfer_dialog::TransferDialog;
use crate::conversation::why::WhyDialog;
use crate::conversation::wrap_up;
use crate::keyboard::Action;
use crate::reactive::{effect, memo};
use crate::screens::header::{Header, SignOutDialog};
use crate::screens::settings::SettingsDialog;
use crate::screens::shortcut_list::ShortcutDialog;
use crate::server_clock::secs_left;
use crate::session::PERSONAL;
use crate::viewing::{DialogShown, Entry, Pane, entries, followed, neighbour};

/// How long after a consultation or a participation it is clear whether the conversation is one's own, which comes after
/// its end.
const HANDED_OVER_WITHIN: core::time::Duration = core::time::Duration::from_millis(600);

/// Where it is kept which conversation is open.
const OPEN: &str = "open";

/// The desk of the person who is signed in.
#[component]
pub fn DeskScreen() -> impl IntoView {
    let context = DeskContext::here();
    let present = memo(move || context.live.present());
    view! {
        <Show when=move || present.get() fallback=LoadingWithBanner>
            <Desk />
        </Show>
    }
}

#[component]
fn LoadingWithBanner() -> impl IntoView {
    view! {
        <ConnectionBanner />
        <Loading />
    }
}

#[component]
fn Desk() -> impl IntoView {
    let context = DeskContext::here();
    follow_desk(context);
    keep_step(context);
    let viewing = context.viewing;
    let skip = |event: leptos::ev::MouseEvent| {
        // Following the address would be a step of the browser's history.
        event.prevent_default();
        page::focus("conversation");
    };
    view! {
        <div class="desk" class:desk--thread=move || viewing.pane.get() == Pane::Thread>
            <a class="skip-link" href="#conversation" on:click=skip>
                "Skip to the conversation"
            </a>
            <Header />
            <ConnectionBanner />
            <main class="desk__body">
                <div class="desk__side">
                    <Incoming />
                    <Inbox />
                    <RequestsButton />
                </div>
                <div id="conversation" class="desk__main" tabindex="-1">
                    {move || match viewing.entry.get() {
                        Some(entry) => view! { <ThreadPane entry=entry /> }.into_any(),
                        None => view! { <NothingOpen /> }.into_any(),
                    }}
                </div>
            </main>
        </div>
        <TransferDialog />
        <HandOverAllDialog />
        <LeaveDialog />
        <WhyDialog />
        <EndConversationDialog />
        <CreateRequestDialog />
        <RequestsDialog />
        <WordsDialog />
        <ShortcutDialog />
        <SettingsDialog />
        <SignOutDialog />
    }
}

#[component]
fn NothingOpen() -> impl IntoView {
    let context = DeskContext::here();
    let sentence = memo(move || {
        let refusable = |card: &OfferCard| card.decline != Decline::No;
        let (offered, available) = context
            .live
            .read(|desk| {
                let offered = desk.offers.values().map(refusable).reduce(|one, other| one || other);
                (offered, desk.me.presence.available())
            })
            .unwrap_or_default();
        let connected = context.connection.link() == Link::Connected;
        match (offered, connected && available) {
            (Some(true), _) => "A conversation is offered to you: accept it, or reject it.",
            (Some(false), _) => "A conversation is offered to you: accept it.",
            (None, true) => "You are available: the next conversation comes to you.",
            (None, false) if !connected => "Nothing can be offered to you without a connection.",
            (None, false) => "Set your status to Available to be offered conversations.",
        }
    });
    view! {
        <div class="nothing-open">
            <h2 class="nothing-open__title">"No conversation is open"</h2>
            <p>{sentence}</p>
            <p class="nothing-open__hint">
                <kbd>"?"</kbd>
                " shows every shortcut"
            </p>
        </div>
    }
}

/// Keeps what is looked at in step with what is there.
fn follow_desk(context: DeskContext) {
    let viewing = context.viewing;
    reopen(context);
    let seen = StoredValue::new(None::<Entry>);
    let look_again = RwSignal::new(());
    let waited_for = StoredValue::new(None::<Entry>);
    effect(move || {
        look_again.track();
        let Some(entry) = viewing.entry.get() else { return };
        let Some(next) = context.live.read(|desk| followed(entry, desk)) else { return };
        if next == Some(entry) {
            seen.set_value(next);
            return;
        }
        if seen.get_value() != Some(entry) {
            return;
        }
        let waits = match entry {
            Entry::Consulted(..) | Entry::Joined(_) => {
                next.is_none() && waited_for.get_value() != Some(entry)
            }
            Entry::Owned(_) | Entry::Listening(_) | Entry::WrapUp(..) => false,
        };
        match next {
            Some(next) => {
                viewing.open(next);
                // What was being written in may be gone, and the focus with it.
                page::refocus(match next {
                    Entry::WrapUp(..) => wrap_up::TITLE,
                    Entry::Owned(_) | Entry::Consulted(..) | Entry::Joined(_) | Entry::Listening(_) => {
                        "conversation"
                    }
                });
            }
            None if waits => {
                waited_for.set_value(Some(entry));
                set_timeout(move || look_again.try_set(()).unwrap_or_default(), HANDED_OVER_WITHIN);
            }
            None => {
                viewing.entry.set(None);
                viewing.pane.set(Pane::List);
                page::refocus("conversation");
            }
        }
    });
}

/// Opens what was open in this tab before a reload, and keeps in mind what is open from now on.
fn reopen(context: DeskContext) {
    let viewing = context.viewing;
    let name = format!("{PERSONAL}{OPEN}");
    let kept = Place::Tab.get(&name).filter(|_| viewing.entry.get_untracked().is_none());
    if let Some(kept) = kept {
        let mut there = context.live.peek(entries).unwrap_or_default().into_iter();
        if let Some(entry) = there.find(|entry| entry.conversation().to_string() == kept) {
            viewing.open(entry);
        }
    }
    effect(move || match viewing.entry.get() {
        Some(entry) if viewing.pane.get() == Pane::Thread => {
            Place::Tab.set(&name, &entry.conversation().to_string());
        }
        _ => Place::Tab.remove(&name),
    });
}

/// Makes an open conversation a step of the browser's history where there is room for one pane only,
/// so that Back leads to the list and not away from the desk.
fn keep_step(context: DeskContext) {
    let viewing = context.viewing;
    let leaving = StoredValue::new(false);
    let follow = move |pane: Pane| {
        let (open, on_step) = (pane == Pane::Thread, page::on_step());
        if open && !on_step && page::narrow() && !leaving.get_value() {
            page::add_step();
        } else if !open && on_step && !leaving.get_value() {
            leaving.set_value(true);
            page::take_step_back();
        }
    };
    effect(move || follow(viewing.pane.get()));
    let stepped = window_event_listener(leptos::ev::popstate, move |_| {
        if leaving.get_value() {
            leaving.set_value(false);
            // Something may have been opened meanwhile.
            follow(viewing.pane.get_untracked());
        } else if page::narrow() {
            let open = page::on_step() && viewing.entry.get_untracked().is_some();
            viewing.pane.set(if open { Pane::Thread } else { Pane::List });
        }
    });
    on_cleanup(move || stepped.remove());
}

/// Tells the truth about the connection, and about being reachable.
#[component]
pub fn ConnectionBanner() -> impl IntoView {
    let context = DeskContext::here();
    let unreachable = memo(move || {
        context.live.read(|desk| !desk.me.presence.reachable).unwrap_or(false)
            && context.connection.link() == Link::Connected
    });
    // Right after a start one is unreachable for a moment; that is not worth a word.
    let long_unreachable = RwSignal::new(false);
    effect(move || {
        long_unreachable.set(false);
        if unreachable.get() {
            set_timeout(
                move || {
                    // The banner may be gone by then, and what it watched with it.
                    if let Some(still) = unreachable.try_get_untracked() {
                        let _gone = long_unreachable.try_set(still);
                    }
                },
                core::time::Duration::from_secs(4),
            );
        }
    });
    view! {
        <section class="connection" aria-label="Connection">
        {move || match context.connection.link() {
            Link::Connected if long_unreachable.get() => {
                view! {
                    <div class="banner banner--warning">
                        <p>
                            <strong>"You are unreachable. "</strong>
                            "The server does not hear this page, so no conversation is offered to you."
                        </p>
                    </div>
                }
                    .into_any()
            }
            Link::Connected if context.connection.outdated() => view! { <OutdatedBanner /> }.into_any(),
            Link::Connected => ().into_any(),
            Link::Connecting => {
                view! {
                    <div class="banner">
                        <p>"Connecting…"</p>
                    </div>
                }
                    .into_any()
            }
            Link::Lost { .. } => view! { <LostBanner /> }.into_any(),
        }}
        </section>
    }
}

#[component]
fn OutdatedBanner() -> impl IntoView {
    view! {
        <div class="banner">
            <p>
                <strong>"Baton was updated. "</strong>
                "This page reloads itself once nothing is typed or offered."
            </p>
            <button class="button button--small" type="button" on:click=|_| page::reload()>
                "Reload now"
            </button>
        </div>
    }
}

#[component]
fn LostBanner() -> impl IntoView {
    let context = DeskContext::here();
    context.announcer.say("The connection is lost.");
    let sentence = move || match context.connection.link() {
        Link::Lost { since, retry_at } => {
            let now = context.clock.get();
            let since = crate::browser::dates::time(since);
            match secs_left(retry_at, now) {
                0 => format!("No connection since {since}. Trying again…"),
                secs => format!("No connection since {since}. Next try in {secs} s."),
            }
        }
        Link::Connecting | Link::Connected => String::new(),
    };
    view! {
        <div class="banner banner--danger">
            <p>
                <strong>"You are unreachable. "</strong>
                {sentence}
                " What you write is kept and sent as soon as the server answers."
            </p>
            <button class="button button--small" type="button" on:click=move |_| context.connection.try_now()>
                "Try now"
            </button>
        </div>
    }
}

/// Does what a shortcut says; says whether there was anything to do.
pub fn act(context: DeskContext, action: Action) -> bool {
    let viewing = context.viewing;
    let owned = viewing.entry.get_untracked().and_then(Entry::owned);
    // A shortcut does what the menu would: nothing where the policy does not allow it.
    let pass_on = |mode: Mode| {
        let allowed = |desk: &baton_shared::Desk| {
            let thread = desk.conversations.get(&owned?)?;
            thread.choices.modes.contains(&mode).then_some(thread.conversation)
        };
        match context.live.peek(allowed).flatten() {
            Some(conversation) => viewing.dialog.set(Some(DialogShown::Transfer(conversation, mode))),
            None => return false,
        }
        true
    };
    match action {
        Action::ShowShortcuts => viewing.dialog.set(Some(DialogShown::Shortcuts)),
        Action::NextConversation => return step(context, 1),
        Action::PreviousConversation => return step(context, -1),
        Action::AcceptOffer => return offer::accept_first(context),
        Action::OpenAccepted => match accepted(context) {
            Some(entry) => viewing.open(entry),
            None => return false,
        },
        Action::WriteMessage => page::focus("composer"),
        Action::ChooseStatus => page::click("status"),
        Action::SearchConversation => {
            if viewing.entry.get_untracked().is_none() {
                return false;
            }
            viewing.search.set(true);
            request_animation_frame(|| page::select_text("search"));
        }
        Action::Transfer => return pass_on(Mode::Cold),
        Action::Consult => return pass_on(Mode::Warm),
        Action::WriteAside => page::focus(aside::FIELD),
        Action::ShowRequests => viewing.dialog.set(Some(DialogShown::Requests)),
        Action::WrapUp => {
            let readable = viewing.entry.get_untracked().is_some_and(|entry| match entry {
                Entry::Owned(_) | Entry::WrapUp(..) => false,
                Entry::Consulted(..) | Entry::Joined(_) | Entry::Listening(_) => true,
            });
            if readable {
                return false;
            }
            viewing.wrapping_up.set(true);
            request_animation_frame(|| page::focus("disposition"));
        }
    }
    true
}

/// Returns what was accepted while the agent was typing in another conversation.
fn accepted(context: DeskContext) -> Option<Entry> {
    let conversation = context.viewing.accepted.get_untracked()?;
    context.live.peek(|desk| accepted_entry(desk, conversation)).flatten()
}

fn step(context: DeskContext, step: isize) -> bool {
    let viewing = context.viewing;
    let entries = context.live.peek(entries).unwrap_or_default();
    let next = neighbour(&entries, viewing.entry.get_untracked(), step);
    if let Some(next) = next {
        viewing.open(next);
        request_animation_frame(|| page::focus("composer"));
    }
    next.is_some()
}
