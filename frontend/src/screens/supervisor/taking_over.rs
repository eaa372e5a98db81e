//! Whether to take a conversation from whoever has it: it is asked first, because nothing gives it back.

use baton_shared::ConversationId;
use leptos::prelude::*;

use super::acting::{Acting, Asked, ask};
use crate::api;
use crate::app::DeskContext;
use crate::controls::dialog::Dialog;
use crate::controls::toast::Toast;
use crate::live_wall::LiveWall;

/// The dialog.
#[component]
pub fn TakeOverDialog(
    /// Where it is read whose the conversation is.
    live: LiveWall,
) -> impl IntoView {
    let context = DeskContext::here();
    let acting = Acting::here();
    let pending = RwSignal::new(false);
    let about = Memo::new(move |_| match acting.asked.get() {
        Some(Asked::TakeOver(conversation)) => Some(conversation),
        Some(Asked::Transfer(_) | Asked::Reassign(_) | Asked::Person(_)) | None => None,
    });
    let row = Memo::new(move |_| {
        let conversation = about.get()?;
        live.read(|wall| wall.conversations.get(&conversation).cloned()).flatten()
    });
    let close = Callback::new(move |()| acting.asked.set(None));
    let question = move || {
        row.get().map(|row| format!("Take the conversation with {} from {}?", row.customer, row.owner_name))
    };
    let take_over = move |conversation: ConversationId| {
        let customer = row.with_untracked(|row| row.as_ref().map(|row| row.customer.clone()));
        close.run(());
        ask(context, api::take_over(conversation), pending, move || {
            let with = customer.map_or_else(String::new, |customer| format!(" with {customer}"));
            let text = format!("The conversation{with} is yours. It is at your desk.");
            context.toasts.show(Toast::notice(text));
        });
    };
    view! {
        <Dialog name="Take over" open=Signal::derive(move || row.with(Option::is_some)) on_close=close>
            <h2>"Take over"</h2>
            <p>{question}</p>
            <p class="hint">"It moves to your desk, and you answer from there."</p>
            <div class="dialog__buttons">
                <button class="button" type="button" on:click=move |_| close.run(())>
                    "Cancel"
                </button>
                <button
                    class="button button--primary"
                    type="button"
                    on:click=move |_| about.get_untracked().into_iter().for_each(take_over)
                >
                    "Take over"
                </button>
            </div>
        </Dialog>
    }
}
