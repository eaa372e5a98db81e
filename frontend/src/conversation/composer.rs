//! Where the agent writes.

use baton_shared::ConversationId;
use baton_shared::message::MESSAGE_CHARS_MAX;
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::app::DeskContext;
use crate::browser::page;
use crate::browser::storage::Place;
use crate::controls::icon::{Icon, IconView};
use crate::conversation::drafts;
use crate::reactive::{effect, memo};

/// The customer is told at most so often that the agent is typing, in milliseconds.
const TYPING_EVERY_MS: f64 = 3_000.0;

/// The number of characters left from which on it is shown.
const LEFT_SHOWN: usize = 500;

/// Returns what a draft would be sent as: nothing if there is nothing in it, or too much.
pub fn sendable(draft: &str) -> Option<String> {
    let text = draft.trim();
    (!text.is_empty() && text.chars().count() <= MESSAGE_CHARS_MAX).then(|| text.to_owned())
}

/// The message box.
#[component]
pub fn Composer(
    /// Where it is said.
    conversation: ConversationId,
    /// Called with the text to say.
    on_say: Callback<String>,
) -> impl IntoView {
    let context = DeskContext::here();
    let draft = drafts::kept(Place::Browser, drafts::message_to(conversation));
    effect(move || context.viewing.typed.set(draft.with(|draft| !draft.trim().is_empty())));
    on_cleanup(move || context.viewing.typed.set(false));
    let told_ms = StoredValue::new(f64::MIN);
    let say = move || {
        if let Some(text) = draft.with_untracked(|draft| sendable(draft)) {
            draft.set(String::new());
            told_ms.set_value(f64::MIN);
            on_say.run(text);
        }
        page::focus("composer");
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            say();
        }
    };
    let left = memo(move || draft.with(|draft| chars_left(draft)));
    view! {
        <form
            class="composer"
            on:submit=move |event: SubmitEvent| {
                event.prevent_default();
                say();
            }
        >
            <textarea
                id="composer"
                class="composer__text"
                rows="1"
                dir="auto"
                aria-label="Message"
                aria-describedby="composer-left"
                placeholder="Write a message"
                prop:value=move || draft.get()
                on:input=move |event| {
                    draft.set(event_target_value(&event));
                    tell_typing(context, conversation, told_ms);
                }
                on:keydown=on_key
            ></textarea>
            <p id="composer-left" class="composer__left">
                {move || left.get().map(words_left)}
            </p>
            <button
                class="button button--primary composer__send"
                type="submit"
                aria-label="Send"
                aria-disabled=move || draft.with(|draft| sendable(draft).is_none()).then_some("true")
            >
                <span>"Send"</span>
                <IconView icon=Icon::Send />
            </button>
        </form>
    }
}

/// Tells the customer that the owner is typing; of those who take part beside them nothing is told.
fn tell_typing(context: DeskContext, conversation: ConversationId, told_ms: StoredValue<f64>) {
    let now_ms = page::monotonic_ms();
    let owned = context.live.peek(|desk| desk.conversations.contains_key(&conversation)).unwrap_or(false);
    if owned && now_ms - told_ms.get_value() >= TYPING_EVERY_MS {
        told_ms.set_value(now_ms);
        spawn_local(async move { drop(api::typing(conversation).await) });
    }
}

/// Returns how many characters are left, negative if there are too many; nothing while there are plenty.
fn chars_left(draft: &str) -> Option<i64> {
    // No character takes less than a byte, so most drafts need no counting.
    if draft.len() + LEFT_SHOWN < MESSAGE_CHARS_MAX {
        return None;
    }
    let left = MESSAGE_CHARS_MAX as i64 - draft.trim().chars().count() as i64;
    (left <= LEFT_SHOWN as i64).then_some(left)
}

fn words_left(left: i64) -> String {
    let count = left.unsigned_abs();
    let noun = if count == 1 { "character" } else { "characters" };
    if left < 0 { format!("{count} {noun} too many") } else { format!("{count} {noun} left") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_not_sent_and_do_not_frame_what_is() {
        assert_eq!(sendable(" \n "), None);
        assert_eq!(sendable(" hello\nyou \n"), Some("hello\nyou".to_owned()));
    }

    #[test]
    fn a_message_that_is_too_long_is_not_sent() {
        assert!(sendable(&"é".repeat(MESSAGE_CHARS_MAX)).is_some());
        assert!(sendable(&"é".repeat(MESSAGE_CHARS_MAX + 1)).is_none());
        assert_eq!(chars_left("short"), None);
        assert_eq!(chars_left(&"é".repeat(MESSAGE_CHARS_MAX + 1)), Some(-1));
    }
}
