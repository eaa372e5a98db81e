//! To whom a conversation is transferred: choose, add a note, confirm.

use core::time::Duration;

use baton_shared::api::TransferTargets;
use baton_shared::transfer::UNDO_LASTS;
use baton_shared::{ConversationId, Target, TransferId};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::app::DeskContext;
use crate::browser::page;
use crate::controls::dialog::{Dialog, Width};
use crate::controls::tab_list::TabList;
use crate::controls::toast::Toast;
use crate::conversation::questions::Refusal;
use crate::conversation::transfer_row::{Place, Tab, place_view};
use crate::conversation::wrap_up::written;
use crate::dispatch::{Command, Outcome, Slot};
use crate::server_clock::every;
use crate::viewing::{DialogShown, Entry};

/// How often the list is fetched anew while it is open.
const REFRESH_EVERY: Duration = Duration::from_secs(2);

/// Where the agent is in the dialog.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    /// Chooses.
    Choosing,
    /// Has chosen, and adds a note.
    Confirming(Place),
}

/// What the server says about where a conversation could go.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Targets {
    /// The list, once it is there.
    pub listed: Option<TransferTargets>,
    /// Why it is not fresh.
    pub failure: Option<String>,
}

impl Targets {
    fn take(&mut self, answer: Result<TransferTargets, api::Failure>) {
        match answer {
            Ok(listed) => *self = Self { listed: Some(listed), failure: None },
            Err(failure) => self.failure = Some(failure.sentence()),
        }
    }
}

/// The dialog.
#[component]
pub fn TransferDialog() -> impl IntoView {
    let dialog = DeskContext::here().viewing.dialog;
    let conversation = Memo::new(move |_| match dialog.get() {
        Some(DialogShown::Transfer(conversation)) => Some(conversation),
        _ => None,
    });
    let open = Signal::derive(move || conversation.get().is_some());
    let close = Callback::new(move |()| dialog.set(None));
    view! {
        <Dialog name="Transfer" open=open on_close=close width=Width::Wide>
            {move || {
                conversation
                    .get()
                    .map(|conversation| {
                        let targets = fresh_targets(conversation);
                        view! { <TransferSteps conversation=conversation targets=targets on_close=close /> }
                    })
            }}
        </Dialog>
    }
}

/// The steps of a transfer.
#[component]
pub fn TransferSteps(
    /// What is transferred.
    conversation: ConversationId,
    /// Where it could go.
    targets: RwSignal<Targets>,
    /// Called when the dialog has done its work or is given up.
    on_close: Callback<()>,
) -> impl IntoView {
    let step = RwSignal::new(Step::Choosing);
    view! {
        {move || match step.get() {
            Step::Choosing => {
                let choose = Callback::new(move |place| step.set(Step::Confirming(place)));
                view! { <Choosing targets=targets on_choose=choose on_close=on_close /> }.into_any()
            }
            Step::Confirming(place) => {
                let back = Callback::new(move |()| step.set(Step::Choosing));
                view! { <Confirming conversation=conversation place=place on_back=back on_close=on_close /> }
                    .into_any()
            }
        }}
    }
}

#[component]
fn Choosing(targets: RwSignal<Targets>, on_choose: Callback<Place>, on_close: Callback<()>) -> impl IntoView {
    let tab = RwSignal::new(Tab::Agents);
    let words = RwSignal::new(String::new());
    let places = Memo::new(move |_| {
        targets.with(|targets| {
            let targets = targets.listed.as_ref()?;
            Some(words.with(|words| Place::of(targets, tab.get(), words)))
        })
    });
    let listed = Memo::new(move |_| {
        places.with(|places| places.iter().flatten().map(|place| place.target).collect::<Vec<_>>())
    });
    let place = move |target: Target| {
        Memo::new(move |_| {
            places.with(|places| places.iter().flatten().find(|place| place.target == target).cloned())
        })
    };
    let tabs = vec![(Tab::Agents, "tab-agents", "Agents"), (Tab::Queues, "tab-queues", "Queues")];
    view! {
        <h2>"Transfer"</h2>
        <TabList name="Where to" tabs=tabs chosen=tab />
        <input
            class="field__input"
            type="search"
            aria-label="Search"
            placeholder="Search by name"
            autocomplete="off"
            autofocus
            bind:value=words
        />
        <div
            class="places"
            role="tabpanel"
            aria-labelledby=move || if tab.get() == Tab::Agents { "tab-agents" } else { "tab-queues" }
        >
            <ul class="places__list">
                <For each=move || listed.get() key=|target| *target let(target)>
                    {place_view(place(target), why_id(target), on_choose)}
                </For>
            </ul>
            {move || {
                places
                    .with(|places| match places {
                        None => Some("Loading…"),
                        Some(places) if places.is_empty() => Some("Nobody by this name."),
                        Some(_) => None,
                    })
                    .map(|words| view! { <p class="hint">{words}</p> })
            }}
        </div>
        {move || {
            targets.with(|targets| targets.failure.clone()).map(|failure| view! { <p class="refusal">{failure}</p> })
        }}
        <div class="dialog__buttons">
            <button class="button" type="button" on:click=move |_| on_close.run(())>
                "Close"
            </button>
        </div>
    }
}

fn why_id(target: Target) -> String {
    match target {
        Target::Agent(id) => format!("why-{id}"),
        Target::Queue(id) => format!("why-{id}"),
    }
}

/// Fetches the list, and again every other second and whenever somebody's presence changes.
fn fresh_targets(conversation: ConversationId) -> RwSignal<Targets> {
    let context = DeskContext::here();
    let targets = RwSignal::new(Targets::default());
    let fetch = move || {
        spawn_local(async move {
            let answer = api::transfer_targets(conversation).await;
            // The dialog may have been closed meanwhile.
            if let Some(mut known) = targets.try_get_untracked() {
                known.take(answer);
                let _gone = targets.try_set(known);
            }
        });
    };
    let people = Memo::new(move |_| context.live.read(|desk| desk.people.clone()));
    Effect::new(move |_| {
        people.track();
        fetch();
    });
    every(REFRESH_EVERY, fetch);
    targets
}

#[component]
fn Confirming(
    conversation: ConversationId,
    place: Place,
    on_back: Callback<()>,
    on_close: Callback<()>,
) -> impl IntoView {
    let context = DeskContext::here();
    let note = RwSignal::new(String::new());
    let refusal = RwSignal::new(None::<String>);
    let (target, to) = (place.target, place.name.clone());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let note = note.with_untracked(|note| written(note));
        let to = to.clone();
        context.dispatch.send_from(
            Command::Transfer { conversation, target, note },
            move |sentence| drop(refusal.try_set(Some(sentence))),
            move |outcome| {
                on_close.run(());
                if let Outcome::Transferred(transfer) = outcome {
                    requested(context, conversation, target, transfer, &to);
                }
            },
        );
    };
    request_animation_frame(|| page::focus("transfer-note"));
    view! {
        <form on:submit=submit>
            <h2>{format!("Transfer to {}", place.name)}</h2>
            <p class="hint">{consequence(target)}</p>
            <label class="field">
                <span class="field__label">"Notes for agent"</span>
                <textarea
                    id="transfer-note"
                    class="field__input field__input--tall"
                    rows="4"
                    aria-describedby="transfer-note-hint"
                    bind:value=note
                ></textarea>
            </label>
            <p id="transfer-note-hint" class="hint">
                "Only staff see it. Say what was tried and what is still to be done."
            </p>
            <Refusal refusal=refusal />
            <div class="dialog__buttons">
                <button class="button" type="button" on:click=move |_| on_back.run(())>
                    "Back"
                </button>
                <button
                    class="button button--primary"
                    type="submit"
                    aria-disabled=move || {
                        context.dispatch.pending(Slot::Conversation(conversation)).then_some("true")
                    }
                >
                    "Confirm transfer"
                </button>
            </div>
        </form>
    }
}

const fn consequence(target: Target) -> &'static str {
    match target {
        Target::Agent(_) => "The conversation stays yours until it is accepted, and you can go on writing.",
        Target::Queue(_) => "The conversation leaves you at once and keeps its place by its original age.",
    }
}

/// Says what has begun; a transfer to a queue can be taken back for a moment.
fn requested(
    context: DeskContext,
    conversation: ConversationId,
    target: Target,
    transfer: TransferId,
    to: &str,
) {
    match target {
        Target::Agent(_) => context.announcer.say(format!("Transferring to {to}.")),
        Target::Queue(_) => {
            let undo = Callback::new(move |()| {
                let command = Command::CancelTransfer { conversation, transfer };
                context.dispatch.send(command, move |_| context.viewing.open(Entry::Owned(conversation)));
            });
            let sentence = format!("Transferred to {to}.");
            context.announcer.say(sentence.clone());
            context.toasts.show(Toast::notice(sentence).with_action("Undo", undo).shown_for(UNDO_LASTS));
        }
    }
}
