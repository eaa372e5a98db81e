//! Small questions before something that cannot be undone: why to reject, whether to end.

use baton_shared::command::{QUESTION_CHARS_MAX, REASON_CHARS_MAX};
use baton_shared::policy::Decline;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::app::DeskContext;
use crate::browser::page;
use crate::controls::dialog::Dialog;
use crate::dispatch::Command;
use crate::reactive::{effect, memo};
use crate::viewing::DialogShown;

/// The id of the field.
const WORDS: &str = "words";

/// What is said of a question and of its answer.
const ONCE: &str = "Only staff see it, and once: the time to accept goes on.";

/// Which words are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asking {
    /// Why an offer is rejected.
    Reason,
    /// What the sender of a transfer is asked.
    Question,
    /// What its receiver is answered.
    Answer,
}

/// Asks for a few words about an offer: why it is rejected, a question to the sender, or the answer to one.
#[component]
pub fn WordsDialog() -> impl IntoView {
    let context = DeskContext::here();
    let dialog = context.viewing.dialog;
    let about = memo(move || match dialog.get() {
        Some(DialogShown::Reject(offer)) => Some((offer, Asking::Reason)),
        Some(DialogShown::Ask(offer)) => Some((offer, Asking::Question)),
        Some(DialogShown::Answer(offer)) => Some((offer, Asking::Answer)),
        _ => None,
    });
    let text = RwSignal::new(String::new());
    let refusal = RwSignal::new(None::<String>);
    let close = Callback::new(move |()| {
        dialog.set(None);
        text.set(String::new());
        refusal.set(None);
    });
    // Of an offer that is over nothing can be said any more; the sender has none of their own.
    effect(move || {
        let gone = about.get().is_some_and(|(offer, asking)| {
            asking != Asking::Answer
                && context.live.read(|desk| !desk.offers.contains_key(&offer)).unwrap_or(true)
        });
        if gone {
            close.run(());
        }
    });
    let rule = move || {
        let offer = about.get()?.0;
        context.live.read(|desk| desk.offers.get(&offer).map(|card| (card.decline, card.invite.is_some())))?
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some((offer, asking)) = about.get_untracked() else { return };
        let words = text.get_untracked().trim().to_owned();
        let required = untrack(rule).is_some_and(|(decline, _)| decline == Decline::NeedReason);
        let command = match asking {
            Asking::Reason if required && words.is_empty() => {
                refusal.set(Some("Say why: a reason is required.".to_owned()));
                page::focus(WORDS);
                return;
            }
            Asking::Reason => {
                context.attention.answering(offer);
                Command::Reject { offer, reason: words }
            }
            Asking::Question => Command::Ask { offer, text: words },
            Asking::Answer => Command::Answer { offer, text: words },
        };
        context.dispatch.send_from(
            command,
            move |sentence| refusal.set(Some(sentence)),
            move |_| close.run(()),
        );
    };
    // The heading, the field's name, what is said about it, and the button.
    let texts = move |asking| match asking {
        Asking::Reason => {
            let (decline, invited) = rule().unwrap_or((Decline::AskReason, false));
            let heading = if invited { "Reject the invitation" } else { "Reject the transfer" };
            let hint = match decline {
                Decline::NeedReason => "The sender sees it. It is required.",
                Decline::No | Decline::Yes | Decline::AskReason => {
                    "The sender sees it. You can leave it empty."
                }
            };
            [heading, "Reason", hint, "Reject"]
        }
        Asking::Question => ["Ask the sender", "Question", ONCE, "Ask"],
        Asking::Answer => ["Answer the question", "Answer", ONCE, "Answer"],
    };
    let form = move |asking: Asking| {
        let word = move |place: usize| move || texts(asking)[place];
        let needed = move || rule().is_some_and(|(decline, _)| decline == Decline::NeedReason);
        view! {
            <form on:submit=submit>
                <h2>{word(0)}</h2>
                <label class="field">
                    <span class="field__label">{word(1)}</span>
                    <input
                        id=WORDS
                        class="field__input"
                        type="text"
                        autocomplete="off"
                        autofocus
                        maxlength=if asking == Asking::Reason { REASON_CHARS_MAX } else { QUESTION_CHARS_MAX }.to_string()
                        aria-required=move || (asking == Asking::Reason && needed()).then_some("true")
                        aria-describedby="words-hint"
                        bind:value=text
                    />
                </label>
                <p id="words-hint" class="hint">
                    {word(2)}
                </p>
                <Refusal refusal=refusal />
                <div class="dialog__buttons">
                    <button class="button" type="button" on:click=move |_| close.run(())>
                        "Back"
                    </button>
                    <button
                        class=if asking == Asking::Reason { "button button--danger" } else { "button button--primary" }
                        type="submit"
                    >
                        {word(3)}
                    </button>
                </div>
            </form>
        }
        .into_any()
    };
    let shows = move |rejects: bool| {
        memo(move || {
            about.get().map(|(_, asking)| asking).filter(|asking| (*asking == Asking::Reason) == rejects)
        })
    };
    // One closure for both, so that what it shows is compiled once.
    let dialog_of = move |name: &'static str, shown: Memo<Option<Asking>>| {
        view! {
            <Dialog name=name open=Signal::derive(move || shown.get().is_some()) on_close=close>
                {move || shown.get().map(form)}
            </Dialog>
        }
        .into_any()
    };
    view! {
        {dialog_of("Reject", shows(true))}
        {dialog_of("Question", shows(false))}
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
