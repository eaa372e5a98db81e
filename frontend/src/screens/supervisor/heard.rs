//! The conversation beside the wall: what a supervisor hears of it, what they whisper, and what they write once they take
//! part.

use baton_shared::desk::Thread;
use baton_shared::{ConversationId, Desk};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::acting::{Acting, ask};
use super::conversations::heard_actions;
use crate::api;
use crate::app::DeskContext;
use crate::browser::dates::LocalDays;
use crate::browser::random;
use crate::controls::toast::Toast;
use crate::conversation::aside::Whispers;
use crate::conversation::composer::sendable;
use crate::conversation::message_row::{Content, Delivery, RowContext, row_view};
use crate::conversation::rows::rows;
use crate::conversation::transcript::Transcript;
use crate::live_wall::LiveWall;

/// How a supervisor is in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Listens,
    TakesPart,
}

/// Returns which conversation is shown: the one that was chosen, or else the first that is heard.
fn shown(desk: &Desk, chosen: Option<ConversationId>) -> Option<(ConversationId, Part)> {
    let joined = desk.joined.keys().map(|id| (*id, Part::TakesPart));
    let mut heard: Vec<_> = joined.chain(desk.listening.keys().map(|id| (*id, Part::Listens))).collect();
    // What was chosen comes first.
    heard.sort_by_key(|(id, _)| Some(*id) != chosen);
    heard.first().copied()
}

fn thread(desk: &Desk, id: ConversationId) -> Option<&Thread> {
    desk.joined.get(&id).or_else(|| desk.listening.get(&id))
}

/// The conversation that is heard, as long as one is.
#[component]
pub fn HeardConversation(
    /// Where it is read what can be done about it.
    live: LiveWall,
) -> impl IntoView {
    let context = DeskContext::here();
    let acting = Acting::here();
    let heard = Memo::new(move |_| {
        let chosen = acting.shown.get();
        context.live.read(|desk| shown(desk, chosen)).flatten()
    });
    move || heard.get().map(|(id, part)| view! { <Panel live=live id=id part=part /> })
}

#[component]
fn Panel(live: LiveWall, id: ConversationId, part: Part) -> impl IntoView {
    let context = DeskContext::here();
    let acting = Acting::here();
    let of_thread = move |read: fn(&Thread) -> String| {
        Memo::new(move |_| context.live.read(|desk| thread(desk, id).map(read)).flatten().unwrap_or_default())
    };
    let customer = of_thread(|thread| thread.customer.clone());
    let owner = of_thread(|thread| thread.owner.clone().unwrap_or_else(|| "Nobody".to_owned()));
    let transcript = Memo::new(move |_| {
        let mut transcript = Transcript::default();
        context.live.read(|desk| thread(desk, id).map(|thread| transcript.absorb(thread)));
        transcript
    });
    let marks = Memo::new(move |_| {
        let marks = |thread: &Thread| (thread.customer_delivered, thread.customer_read);
        context.live.read(|desk| thread(desk, id).map(marks)).flatten().unwrap_or_default()
    });
    let whispers = Memo::new(move |_| {
        let found = context.live.read(|desk| thread(desk, id).map(|thread| thread.whispers.clone()));
        found.flatten().unwrap_or_default()
    });
    let whispered =
        Memo::new(move |_| acting.whispering.get() == Some(id) || whispers.with(|said| !said.is_empty()));
    let pending = RwSignal::new(false);
    let (status, button) = match part {
        Part::Listens => ("Listening", "Stop listening"),
        Part::TakesPart => ("Taking part", "Leave"),
    };
    let leave = move |_| {
        let change = match part {
            Part::Listens => api::stop_listening(id),
            Part::TakesPart => api::leave_conversation(id),
        };
        ask(context, change, pending, move || acting.whispering.set(None));
    };
    view! {
        <section class="heard" aria-label="Conversation">
            <header class="heard__head">
                <div>
                    <h2>{move || customer.get()}</h2>
                    <p class="hint">{move || format!("With {}", owner.get())}</p>
                </div>
                <p class="heard__status" role="status">
                    {status}
                </p>
                <div class="heard__actions">
                    {(part == Part::Listens).then(|| heard_actions(live, id))}
                    <button
                        class="button button--small"
                        type="button"
                        aria-disabled=move || pending.get().then_some("true")
                        on:click=leave
                    >
                        {button}
                    </button>
                </div>
            </header>
            <Log transcript=transcript marks=marks />
            {(part == Part::TakesPart).then(|| view! { <Writing id=id /> })}
            <Show when=move || whispered.get()>
                <Whispers conversation=id said=whispers />
            </Show>
        </section>
    }
}

/// What was said and passed on, in the rows that the thread has.
#[component]
fn Log(transcript: Memo<Transcript>, marks: Memo<(u32, u32)>) -> impl IntoView {
    let context = DeskContext::here();
    let me = context.live.my_id();
    let shown = Memo::new(move |_| {
        let mut days = LocalDays::default();
        transcript.with(|transcript| rows(transcript, &[], 0, &mut |at| days.of(at)))
    });
    let of_rows = RowContext {
        me,
        delivery: Memo::new(move |_| {
            let (delivered, read) = marks.get();
            transcript.with(|transcript| Delivery::of(transcript.messages(), me, delivered, read))
        }),
        found: RwSignal::new(None),
        opened_at: context.clock.peek(),
        // What is on its way stands in the field until it is there.
        on_retry: Callback::new(|_| {}),
        on_discard: Callback::new(|_| {}),
    };
    view! {
        <div class="heard__log" role="log" aria-label="Messages" tabindex="0">
            <For each=move || shown.get() key=|row| row.key let(row)>
                {row_view(
                    row.key,
                    transcript.with_untracked(|transcript| Content::of(transcript, &[], row.kind)),
                    of_rows,
                )}
            </For>
        </div>
    }
}

/// Where a supervisor who takes part writes to the customer.
#[component]
fn Writing(id: ConversationId) -> impl IntoView {
    let context = DeskContext::here();
    let draft = RwSignal::new(String::new());
    let pending = RwSignal::new(false);
    let say = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(text) = draft.with_untracked(|draft| sendable(draft)).filter(|_| !pending.get_untracked())
        else {
            return;
        };
        pending.set(true);
        let key = random::idempotency_key();
        spawn_local(async move {
            let said = api::say(id, text, &key).await;
            let _gone = pending.try_set(false);
            match said {
                Ok(_) => drop(draft.try_set(String::new())),
                Err(api::Failure::SignedOut) => context.session.signed_out(),
                Err(failure) => context.toasts.show(Toast::failure(failure.sentence())),
            }
        });
    };
    view! {
        <form class="composer composer--aside" on:submit=say>
            <textarea
                class="composer__text"
                rows="2"
                dir="auto"
                aria-label="Message"
                placeholder="Write to the customer"
                bind:value=draft
            ></textarea>
            <button
                class="button composer__send"
                type="submit"
                aria-disabled=move || {
                    (pending.get() || draft.with(|draft| sendable(draft).is_none())).then_some("true")
                }
            >
                "Send"
            </button>
        </form>
    }
}
