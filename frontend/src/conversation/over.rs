//! What stands where one wrote, once a conversation is over for one.

use baton_shared::{ConversationId, SegmentId};
use leptos::prelude::*;

use crate::app::DeskContext;
use crate::browser::page;
use crate::browser::storage::Place;
use crate::conversation::drafts;
use crate::conversation::wrap_up::written;
use crate::reactive::memo;

/// The id of the field with what was not sent.
const UNSENT: &str = "unsent";

/// Says what ended one's part, and where it is filed.
#[component]
pub fn Over(
    /// One's part.
    segment: SegmentId,
) -> impl IntoView {
    let context = DeskContext::here();
    let ended_by = memo(move || {
        let ended = |desk: &baton_shared::Desk| desk.wrap_ups.get(&segment).map(|card| card.ended_by.clone());
        context.live.read(ended).flatten()
    });
    view! {
        <p class="thread__closed">
            {move || ended_by.get().map(|ended_by| format!("{ended_by}. "))}
            "This conversation is over for you. File your part of it under Wrap up."
        </p>
    }
}

/// What was written and not sent when a conversation left, to be taken elsewhere; nothing where one still writes in it.
#[component]
pub fn Unsent(
    /// Where.
    conversation: ConversationId,
) -> impl IntoView {
    let context = DeskContext::here();
    let writes = context.live.peek(|desk| {
        desk.conversations.contains_key(&conversation) || desk.joined.contains_key(&conversation)
    });
    let draft = Place::Browser.get(&drafts::message_to(conversation)).filter(|_| writes != Some(true));
    let copied = RwSignal::new(false);
    let copy = move |_| {
        if page::copy(UNSENT) {
            copied.set(true);
            context.announcer.say("It is copied.");
        }
    };
    draft.as_deref().and_then(written).map(|text| {
        view! {
            <section class="composer" aria-label="Not sent">
                <textarea
                    id=UNSENT
                    class="composer__text"
                    rows="1"
                    dir="auto"
                    aria-label="Not sent"
                    readonly
                    prop:value=text
                ></textarea>
                <p class="composer__left">"You wrote this and did not send it."</p>
                <button class="button composer__send" type="button" on:click=copy>
                    {move || if copied.get() { "Copied" } else { "Copy" }}
                </button>
            </section>
        }
    })
}
