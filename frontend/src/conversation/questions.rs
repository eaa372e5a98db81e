//! Small questions before something that cannot be undone: why to reject, whether to end.

use baton_shared::command::{FLAG_CHARS_MAX, QUESTION_CHARS_MAX, REASON_CHARS_MAX};
use baton_shared::policy::Decline;
use baton_shared::{ConversationId, OfferId};
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

const REJECT: &str = "Reject";
const QUESTION: &str = "Question";
const FLAG: &str = "Raise flag";

/// What is said of a question and of its answer.
const ONCE: &str = "Only staff see it. One question and one answer; the time to accept keeps running.";

/// Which words are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asking {
    /// Why an offer is rejected.
    Reason(OfferId),
    /// What the sender of a transfer is asked.
    Question(OfferId),
    /// What its receiver is answered.
    Answer(OfferId),
    /// What help supervisors are asked for.
    Flag(ConversationId),
}

impl Asking {
    const fn rejects(self) -> bool {
        matches!(self, Self::Reason(_))
    }

    /// Returns the name of the dialog that asks for it.
    const fn dialog(self) -> &'static str {
        match self {
            Self::Reason(_) => REJECT,
            Self::Question(_) | Self::Answer(_) => QUESTION,
            Self::Flag(_) => FLAG,
        }
    }

    const fn chars_max(self) -> usize {
        match self {
            Self::Reason(_) => REASON_CHARS_MAX,
            Self::Question(_) | Self::Answer(_) => QUESTION_CHARS_MAX,
            Self::Flag(_) => FLAG_CHARS_MAX,
        }
    }
}

/// Asks for a few words: why an offer is rejected, a question to the sender, the answer to one, or what help is needed.
#[component]
pub fn WordsDialog() -> impl IntoView {
    let context = DeskContext::here();
    let dialog = context.viewing.dialog;
    let about = memo(move || match dialog.get() {
        Some(DialogShown::Reject(offer)) => Some(Asking::Reason(offer)),
        Some(DialogShown::Ask(offer)) => Some(Asking::Question(offer)),
        Some(DialogShown::Answer(offer)) => Some(Asking::Answer(offer)),
        Some(DialogShown::RaiseFlag(conversation)) => Some(Asking::Flag(conversation)),
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
        let gone = about.get().is_some_and(|asking| match asking {
            Asking::Reason(offer) | Asking::Question(offer) => {
                context.live.read(|desk| !desk.offers.contains_key(&offer)).unwrap_or(true)
            }
            Asking::Answer(_) | Asking::Flag(_) => false,
        });
        if gone {
            close.run(());
        }
    });
    let rule = move || {
        let Asking::Reason(offer) = about.get()? else { return None };
        context.live.read(|desk| desk.offers.get(&offer).map(|card| (card.decline, card.invite.is_some())))?
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(asking) = about.get_untracked() else { return };
        let words = text.get_untracked().trim().to_owned();
        let required = untrack(rule).is_some_and(|(decline, _)| decline == Decline::NeedReason);
        let command = match asking {
            Asking::Reason(_) if required && words.is_empty() => {
                refusal.set(Some("Say why: a reason is required.".to_owned()));
                page::focus(WORDS);
                return;
            }
            Asking::Reason(offer) => {
                context.attention.answering(offer);
                Command::Reject { offer, reason: words }
            }
            Asking::Question(offer) => Command::Ask { offer, text: words },
            Asking::Answer(offer) => Command::Answer { offer, text: words },
            Asking::Flag(conversation) => Command::RaiseFlag { conversation, text: words },
        };
        context.dispatch.send_from(
            command,
            move |sentence| refusal.set(Some(sentence)),
            move |_| close.run(()),
        );
    };
    // The heading, the field's name, what is said about it, and the button.
    let texts = move |asking| match asking {
        Asking::Reason(_) => {
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
        Asking::Question(_) => ["Ask the sender", "Question", ONCE, "Ask"],
        Asking::Answer(_) => ["Answer the question", "Answer", ONCE, "Answer"],
        Asking::Flag(_) => ["Raise a flag", "Message", "Your supervisors see it.", "Raise flag"],
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
                        maxlength=asking.chars_max().to_string()
                        aria-required=move || (asking.rejects() && needed()).then_some("true")
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
                        class=if asking.rejects() { "button button--danger" } else { "button button--primary" }
                        type="submit"
                    >
                        {word(3)}
                    </button>
                </div>
            </form>
        }
        .into_any()
    };
    let shows =
        move |dialog: &'static str| memo(move || about.get().filter(|asking| asking.dialog() == dialog));
    // One closure for all, so that what it shows is compiled once.
    let dialog_of = move |name: &'static str| {
        let shown = shows(name);
        view! {
            <Dialog name=name open=Signal::derive(move || shown.get().is_some()) on_close=close>
                {move || shown.get().map(form)}
            </Dialog>
        }
        .into_any()
    };
    view! {
        {dialog_of(REJECT)}
        {dialog_of(QUESTION)}
        {dialog_of(FLAG)}
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
