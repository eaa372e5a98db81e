//! Small questions before something that cannot be undone: why to reject, whether to end.

use baton_shared::command::{QUESTION_CHARS_MAX, REASON_CHARS_MAX};
use baton_shared::policy::Decline;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::app::DeskContext;
use crate::browser::page;
use crate::controls::dialog::Dialog;
use crate::dispatch::Command;
use crate::viewing::DialogShown;

/// Asks why a transfer or an invitation is rejected.
#[component]
pub fn RejectDialog() -> impl IntoView {
    let context = DeskContext::here();
    let dialog = context.viewing.dialog;
    let offer = move || match dialog.get() {
        Some(DialogShown::Reject(offer)) => Some(offer),
        _ => None,
    };
    let reason = RwSignal::new(String::new());
    let refusal = RwSignal::new(None::<String>);
    let open = Signal::derive(move || offer().is_some());
    let close = Callback::new(move |()| {
        dialog.set(None);
        reason.set(String::new());
        refusal.set(None);
    });
    // An offer that is over cannot be rejected.
    Effect::new(move |_| {
        let gone = offer()
            .is_some_and(|offer| context.live.read(|desk| !desk.offers.contains_key(&offer)).unwrap_or(true));
        if gone {
            close.run(());
        }
    });
    let required = Memo::new(move |_| {
        let rule = |offer| context.live.read(|desk| desk.offers.get(&offer).map(|card| card.decline));
        offer().and_then(rule).flatten() == Some(Decline::NeedReason)
    });
    let invited = Memo::new(move |_| {
        let invited = |offer| context.live.read(|desk| desk.offers.get(&offer)?.invite.as_ref().map(drop));
        offer().and_then(invited).flatten().is_some()
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(offer) = untrack(offer) else { return };
        if required.get_untracked() && reason.with_untracked(|reason| reason.trim().is_empty()) {
            refusal.set(Some("Say why: a reason is required.".to_owned()));
            page::focus("reject-reason");
            return;
        }
        context.attention.answering(offer);
        let command = Command::Reject { offer, reason: reason.get_untracked().trim().to_owned() };
        context.dispatch.send_from(
            command,
            move |sentence| refusal.set(Some(sentence)),
            move |_| close.run(()),
        );
    };
    view! {
        <Dialog name="Reject" open=open on_close=close>
            <form on:submit=submit>
                <h2>{move || if invited.get() { "Reject the invitation" } else { "Reject the transfer" }}</h2>
                <label class="field">
                    <span class="field__label">"Reason"</span>
                    <input
                        id="reject-reason"
                        class="field__input"
                        type="text"
                        autocomplete="off"
                        maxlength=REASON_CHARS_MAX.to_string()
                        aria-required=move || required.get().then_some("true")
                        aria-describedby="reject-hint"
                        bind:value=reason
                    />
                </label>
                <p id="reject-hint" class="hint">
                    {move || {
                        if required.get() {
                            "The sender sees it. It is required."
                        } else {
                            "The sender sees it. You can leave it empty."
                        }
                    }}
                </p>
                <Refusal refusal=refusal />
                <div class="dialog__buttons">
                    <button class="button" type="button" on:click=move |_| close.run(())>
                        "Back"
                    </button>
                    <button class="button button--danger" type="submit">
                        "Reject"
                    </button>
                </div>
            </form>
        </Dialog>
    }
}

/// Asks what to ask the sender of a transfer, or what to answer its receiver.
#[component]
pub fn QuestionDialog() -> impl IntoView {
    let context = DeskContext::here();
    let dialog = context.viewing.dialog;
    let about = Memo::new(move |_| match dialog.get() {
        Some(DialogShown::Ask(offer)) => Some((offer, true)),
        Some(DialogShown::Answer(offer)) => Some((offer, false)),
        _ => None,
    });
    let asks = move || about.get().is_some_and(|(_, asks)| asks);
    let text = RwSignal::new(String::new());
    let refusal = RwSignal::new(None::<String>);
    let open = Signal::derive(move || about.get().is_some());
    let close = Callback::new(move |()| {
        dialog.set(None);
        text.set(String::new());
        refusal.set(None);
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some((offer, asks)) = about.get_untracked() else { return };
        let text = text.get_untracked();
        let command = if asks { Command::Ask { offer, text } } else { Command::Answer { offer, text } };
        context.dispatch.send_from(
            command,
            move |sentence| refusal.set(Some(sentence)),
            move |_| close.run(()),
        );
    };
    view! {
        <Dialog name="Question" open=open on_close=close>
            <form on:submit=submit>
                <h2>{move || if asks() { "Ask the sender" } else { "Answer the question" }}</h2>
                <label class="field">
                    <span class="field__label">{move || if asks() { "Question" } else { "Answer" }}</span>
                    <input
                        class="field__input"
                        type="text"
                        autocomplete="off"
                        maxlength=QUESTION_CHARS_MAX.to_string()
                        bind:value=text
                    />
                </label>
                <p class="hint">"Only staff see it, and once: the time to accept goes on."</p>
                <Refusal refusal=refusal />
                <div class="dialog__buttons">
                    <button class="button" type="button" on:click=move |_| close.run(())>
                        "Back"
                    </button>
                    <button class="button button--primary" type="submit">
                        {move || if asks() { "Ask" } else { "Answer" }}
                    </button>
                </div>
            </form>
        </Dialog>
    }
}

/// Asks whether a conversation is to be ended.
#[component]
pub fn EndConversationDialog() -> impl IntoView {
    let context = DeskContext::here();
    let dialog = context.viewing.dialog;
    let conversation = move || match dialog.get() {
        Some(DialogShown::EndConversation(conversation)) => Some(conversation),
        _ => None,
    };
    let refusal = RwSignal::new(None::<String>);
    let open = Signal::derive(move || conversation().is_some());
    let close = Callback::new(move |()| {
        dialog.set(None);
        refusal.set(None);
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(conversation) = untrack(conversation) else { return };
        let command = Command::Close { conversation, disposition: None, notes: None };
        context.dispatch.send_from(
            command,
            move |sentence| refusal.set(Some(sentence)),
            move |_| close.run(()),
        );
    };
    view! {
        <Dialog name="End conversation" open=open on_close=close>
            <form on:submit=submit>
                <h2>"End this conversation?"</h2>
                <p>"The customer can write no more in it. You can file it afterwards."</p>
                <Refusal refusal=refusal />
                <div class="dialog__buttons">
                    <button class="button" type="button" on:click=move |_| close.run(())>
                        "Keep it open"
                    </button>
                    <button class="button button--danger" type="submit">
                        "End conversation"
                    </button>
                </div>
            </form>
        </Dialog>
    }
}

/// Says inside a dialog why something was refused.
#[component]
pub fn Refusal(
    /// The sentence, if there is one.
    refusal: RwSignal<Option<String>>,
) -> impl IntoView {
    view! {
        <div role="alert">
            {move || refusal.get().map(|sentence| view! { <p class="refusal">{sentence}</p> })}
        </div>
    }
}
