//! What is said beside a conversation, by the two who consult and between a supervisor and the owner; the customer never
//! sees it.

use baton_shared::desk::Consult;
use baton_shared::{AgentId, Author, ConversationId, Message, TransferId};
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::html;
use leptos::prelude::*;

use crate::app::DeskContext;
use crate::browser::layout::SizeWatch;
use crate::browser::storage::Place;
use crate::browser::{dates, page};
use crate::controls::toast::Toast;
use crate::conversation::composer::sendable;
use crate::conversation::drafts;
use crate::conversation::message_row::handed_text;
use crate::dispatch::{Command, Slot};
use crate::reactive::{effect, memo};
use crate::session::PERSONAL;

/// The id of the field; a shortcut goes there.
pub const FIELD: &str = "aside";

/// What is written about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beside {
    /// A consultation.
    Consult(TransferId),
    /// A conversation that a supervisor hears.
    Whisper(ConversationId),
}

impl Beside {
    const fn slot(self) -> Slot {
        match self {
            Self::Consult(transfer) => Slot::Aside(transfer),
            Self::Whisper(conversation) => Slot::Whisper(conversation),
        }
    }

    const fn command(self, text: String) -> Command {
        match self {
            Self::Consult(transfer) => Command::SayAside { transfer, text },
            Self::Whisper(conversation) => Command::Whisper { conversation, text },
        }
    }

    /// Returns the field's id, its name, and what the button says.
    const fn words(self) -> [&'static str; 3] {
        match self {
            Self::Consult(_) => [FIELD, "Message aside", "Send aside"],
            Self::Whisper(_) => ["whisper", "Whisper", "Send whisper"],
        }
    }

    fn kept_as(self) -> String {
        match self {
            Self::Consult(transfer) => format!("{PERSONAL}aside.{transfer}"),
            Self::Whisper(conversation) => format!("{PERSONAL}whisper.{conversation}"),
        }
    }
}

/// What a supervisor whispered to the owner of a conversation, what they answered, and where to answer.
#[component]
pub fn Whispers(
    /// Of which conversation.
    conversation: ConversationId,
    /// What was said, oldest first.
    said: Memo<Vec<Message>>,
) -> impl IntoView {
    let me = DeskContext::here().live.my_id();
    view! {
        <section class="aside">
            <div class="aside__head">
                <h3>"Whispers"</h3>
                <p class="hint">"The customer never sees this."</p>
            </div>
            <div class="aside__log" role="log" aria-label="Whispers" tabindex="0">
                <For each=move || said.get() key=|message| message.seq let(message)>
                    {aside_view(message, me)}
                </For>
            </div>
            <AsideComposer beside=Beside::Whisper(conversation) />
        </section>
    }
}

/// The consultation's own conversation.
#[component]
pub fn SideConversation(
    /// The consultation.
    transfer: TransferId,
) -> impl IntoView {
    let context = DeskContext::here();
    let me = context.live.my_id();
    let consult = move |read: fn(&Consult) -> Option<String>| {
        let found = context.live.read(|desk| desk.consults.get(&transfer).and_then(read));
        found.flatten()
    };
    let with = memo(move || {
        let found = context.live.read(|desk| {
            let other = |consult: &Consult| match me == Some(consult.from) {
                true => consult.agent_name.clone(),
                false => consult.from_name.clone(),
            };
            desk.consults.get(&transfer).map(other)
        });
        found.flatten().unwrap_or_default()
    });
    // Whoever asks has written them, or read them before they went out; only the one who is asked has the thread here.
    let note = memo(move || consult(|consult| consult.note.clone().filter(|_| consult.thread.is_some())));
    let summary =
        memo(move || consult(|consult| consult.summary.clone().filter(|_| consult.thread.is_some())));
    let said = memo(move || {
        let found =
            context.live.read(|desk| desk.consults.get(&transfer).map(|consult| consult.aside.clone()));
        found.flatten().unwrap_or_default()
    });
    let log = NodeRef::<html::Div>::new();
    keep_seen(context, transfer, said, log);
    view! {
        <section class="aside">
            <div class="aside__head">
                <h3>{move || format!("Aside with {}", with.get())}</h3>
                <p class="hint">"The customer never sees this."</p>
            </div>
            <div
                class="aside__log"
                role="log"
                aria-label="Side conversation"
                aria-live="off"
                tabindex="0"
                node_ref=log
            >
                {move || note.get().map(|note| handed_text("Note", note))}
                {move || summary.get().map(|summary| handed_text("Summary", summary))}
                <Show when=move || said.with(Vec::is_empty)>
                    <p class="hint">"Nothing was said aside yet."</p>
                </Show>
                <For each=move || said.get() key=|message| message.seq let(message)>
                    {aside_view(message, me)}
                </For>
            </div>
            <AsideComposer beside=Beside::Consult(transfer) />
        </section>
    }
}

/// Shows one thing that was said, with who said it and when.
pub fn aside_view(message: Message, me: Option<AgentId>) -> AnyView {
    let own = me.is_some_and(|me| message.author == Author::Agent(me));
    let name = if own { "You".to_owned() } else { message.name };
    view! {
        <div class="aside__message" class:aside__message--own=own>
            <p class="message__head">
                <span class="message__author">{name}</span>
                <time class="message__time">{dates::time(message.at)}</time>
            </p>
            <p class="aside__text" dir="auto">{message.text}</p>
        </div>
    }
    .into_any()
}

/// Holds the log at its end, and notes what was on screen while the page was looked at.
fn keep_seen(context: DeskContext, transfer: TransferId, said: Memo<Vec<Message>>, log: NodeRef<html::Div>) {
    let last = memo(move || said.with(|said| said.last().map_or(0, |message| message.seq)));
    effect(move || {
        last.track();
        if let Some(log) = log.get() {
            request_animation_frame(move || log.set_scroll_top(log.scroll_height()));
        }
    });
    let watch = StoredValue::new_local(None::<SizeWatch>);
    effect(move || {
        if let Some(log) = log.get() {
            let held = log.clone();
            watch.set_value(SizeWatch::of(&log, move || held.set_scroll_top(held.scroll_height())));
        }
    });
    effect(move || {
        // Nothing tells that the page is looked at again, so it is looked for with every tick.
        context.clock.get();
        if !page::hidden() {
            context.live.aside_seen(transfer, last.get());
        }
    });
}

#[component]
fn AsideComposer(beside: Beside) -> impl IntoView {
    let context = DeskContext::here();
    let [field, name, button] = beside.words();
    let draft = drafts::kept(Place::Tab, beside.kept_as());
    let pending = move || context.dispatch.pending(beside.slot());
    let say = move || {
        page::focus(field);
        let Some(text) = draft.with_untracked(|draft| sendable(draft)).filter(|_| !untrack(pending)) else {
            return;
        };
        draft.set(String::new());
        let said = text.clone();
        context.dispatch.send_from(
            beside.command(text),
            move |refusal| {
                // What could not be said is there again, unless something else is being written.
                let _gone = draft.try_update(|draft| {
                    if draft.is_empty() {
                        *draft = said;
                    }
                });
                context.toasts.show(Toast::failure(refusal));
            },
            |_| {},
        );
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            say();
        }
    };
    view! {
        <form
            class="composer composer--aside"
            on:submit=move |event: SubmitEvent| {
                event.prevent_default();
                say();
            }
        >
            <textarea
                id=field
                class="composer__text"
                rows="1"
                dir="auto"
                aria-label=name
                placeholder=name
                prop:value=move || draft.get()
                on:input=move |event| draft.set(event_target_value(&event))
                on:keydown=on_key
            ></textarea>
            <button
                class="button composer__send"
                type="submit"
                aria-disabled=move || {
                    (pending() || draft.with(|draft| sendable(draft).is_none())).then_some("true")
                }
            >
                {button}
            </button>
        </form>
    }
}
