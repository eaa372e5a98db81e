//! What cannot be answered in a conversation: a request is created, and answered later by whoever can.

use baton_shared::api::RequestView;
use baton_shared::command::NOTE_CHARS_MAX;
use baton_shared::desk::Thread;
use baton_shared::{ConversationId, RequestId};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::app::DeskContext;
use crate::browser::{dates, page};
use crate::controls::dialog::{Dialog, Width};
use crate::controls::toast::Toast;
use crate::conversation::message_row::handed_text;
use crate::conversation::offer::History;
use crate::conversation::questions::Refusal;
use crate::conversation::wrap_up::written;
use crate::dispatch::{Command, Outcome, Slot};
use crate::reactive::memo;
use crate::server_clock::brief;
use crate::viewing::DialogShown;

/// The id of the field that an answer is written in.
const ANSWER: &str = "request-answer";

/// Opens the list of requests; it stands under the list of conversations.
#[component]
pub fn RequestsButton() -> impl IntoView {
    let context = DeskContext::here();
    view! {
        <div class="side-foot">
            <button
                class="button button--plain button--small"
                type="button"
                on:click=move |_| context.viewing.dialog.set(Some(DialogShown::Requests))
            >
                "Requests"
            </button>
        </div>
    }
}

/// Asks whether a conversation is to end with a request.
#[component]
pub fn CreateRequestDialog() -> impl IntoView {
    let context = DeskContext::here();
    let dialog = context.viewing.dialog;
    let conversation = memo(move || match dialog.get() {
        Some(DialogShown::CreateRequest(conversation)) => Some(conversation),
        _ => None,
    });
    let note = RwSignal::new(String::new());
    let refusal = RwSignal::new(None::<String>);
    let open = Signal::derive(move || conversation.get().is_some());
    let close = Callback::new(move |()| {
        dialog.set(None);
        note.set(String::new());
        refusal.set(None);
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(conversation) = conversation.get_untracked() else { return };
        let command =
            Command::CreateRequest { conversation, note: note.with_untracked(|note| written(note)) };
        context.dispatch.send_from(
            command,
            move |sentence| refusal.set(Some(sentence)),
            move |outcome| {
                close.run(());
                if let Outcome::Requested(request) = outcome {
                    tell_number(context, request);
                }
            },
        );
    };
    let pending = move || {
        let conversation = conversation.get();
        conversation
            .is_some_and(|conversation: ConversationId| {
                context.dispatch.pending(Slot::Conversation(conversation))
            })
            .then_some("true")
    };
    view! {
        <Dialog name="Create request" open=open on_close=close>
            <form on:submit=submit>
                <h2>"Create a request"</h2>
                <p>
                    "The conversation ends, and the customer is told the number of the request. Somebody answers it later: the transcript goes with it, and the customer's address where it is known."
                </p>
                <div class="field">
                    <div class="field__head">
                        <label class="field__label" for="request-note">
                            "Note"
                        </label>
                        <span class="field__need" aria-hidden="true">
                            "optional"
                        </span>
                    </div>
                    <textarea
                        id="request-note"
                        class="field__input field__input--tall"
                        rows="3"
                        dir="auto"
                        maxlength=NOTE_CHARS_MAX.to_string()
                        aria-describedby="request-note-hint"
                        bind:value=note
                    ></textarea>
                    <p id="request-note-hint" class="hint">
                        "Only staff see it. Say what is to be done."
                    </p>
                </div>
                <Refusal refusal=refusal />
                <div class="dialog__buttons">
                    <button class="button" type="button" on:click=move |_| close.run(())>
                        "Back"
                    </button>
                    <button class="button button--primary" type="submit" aria-disabled=pending>
                        "Create request"
                    </button>
                </div>
            </form>
        </Dialog>
    }
}

/// Says under which number people will ask for a request.
fn tell_number(context: DeskContext, created: RequestId) {
    spawn_local(async move {
        let listed = api::requests().await.unwrap_or_default();
        let sentence = match listed.iter().find(|request| request.id == created) {
            Some(request) => format!("Request {} is created. The customer is told.", request.number),
            None => "The request is created. The customer is told its number.".to_owned(),
        };
        context.announcer.say(sentence.clone());
        context.toasts.show(Toast::notice(sentence));
    });
}

/// What the server says about the requests.
#[derive(Clone, Debug, PartialEq)]
enum Listed {
    /// Nothing yet.
    Loading,
    /// These.
    Requests(Vec<RequestView>),
    /// The server did not say.
    Failed(String),
}

/// The list of requests, and where they are answered.
#[component]
pub fn RequestsDialog() -> impl IntoView {
    let dialog = DeskContext::here().viewing.dialog;
    let open = Signal::derive(move || dialog.get() == Some(DialogShown::Requests));
    let close = Callback::new(move |()| dialog.set(None));
    view! {
        <Dialog name="Requests" open=open on_close=close width=Width::Wide>
            <RequestList on_close=close />
        </Dialog>
    }
}

#[component]
fn RequestList(on_close: Callback<()>) -> impl IntoView {
    let listed = RwSignal::new(Listed::Loading);
    let fetch = move || {
        spawn_local(async move {
            let found = match api::requests().await {
                Ok(requests) => Listed::Requests(requests),
                Err(failure) => Listed::Failed(failure.sentence()),
            };
            // The dialog may be closed by then.
            let _gone = listed.try_set(found);
        });
    };
    fetch();
    let answering = RwSignal::new(None::<RequestId>);
    let answered = Callback::new(move |()| {
        answering.set(None);
        fetch();
    });
    view! {
        <h2>"Requests"</h2>
        <div class="requests">
            {move || match listed.get() {
                Listed::Loading => view! { <p class="hint">"Loading…"</p> }.into_any(),
                Listed::Failed(sentence) => view! { <p class="refusal">{sentence}</p> }.into_any(),
                Listed::Requests(requests) if requests.is_empty() => {
                    view! { <p class="hint">"There are no requests."</p> }.into_any()
                }
                Listed::Requests(requests) => {
                    requests
                        .into_iter()
                        .map(|request| request_view(request, answering, answered))
                        .collect_view()
                        .into_any()
                }
            }}
        </div>
        <div class="dialog__buttons">
            <button class="button" type="button" on:click=move |_| on_close.run(())>
                "Close"
            </button>
        </div>
    }
}

fn request_view(
    request: RequestView,
    answering: RwSignal<Option<RequestId>>,
    answered: Callback<()>,
) -> AnyView {
    let context = DeskContext::here();
    let (id, number, conversation) = (request.id, request.number, request.conversation);
    let name = format!("Request {number}");
    let age = brief(context.clock.peek().since(request.created_at));
    let facts = facts(&request, &age);
    let begin = move |_| {
        answering.set(Some(id));
        request_animation_frame(|| page::focus(ANSWER));
    };
    let closed = request.answer.map(|answer| {
        let by = request.answered_by.unwrap_or_default();
        let at = request.answered_at.map(dates::full).unwrap_or_default();
        view! {
            {handed_text("Answer", answer)}
            <p class="hint">{format!("Answered by {by}, {at}")}</p>
        }
    });
    let open = closed.is_none();
    let answer_button = move || {
        (open && answering.get() != Some(id)).then(|| {
            view! {
                <button
                    class="button button--small"
                    type="button"
                    aria-label=format!("Answer request {number}")
                    on:click=begin
                >
                    "Answer"
                </button>
            }
        })
    };
    view! {
        <article class="request" class:request--answered=!open aria-label=name.clone()>
            <header class="request__head">
                <div>
                    <h3>{format!("{name}: {}", request.customer)}</h3>
                    <p class="hint">{facts}</p>
                </div>
                {answer_button}
            </header>
            {request.note.map(|note| handed_text("Note", note))}
            {closed}
            {move || {
                (open && answering.get() == Some(id))
                    .then(|| view! {
                        <Transcript conversation=conversation />
                        <AnswerForm request=id number=number answered=answered />
                    })
            }}
        </article>
    }
    .into_any()
}

/// Returns a line about a request: its queue, its age, and where the customer can be reached.
fn facts(request: &RequestView, age: &str) -> String {
    let age = if age == "now" { "just now".to_owned() } else { format!("{age} ago") };
    let address = request.address.as_deref().unwrap_or("no address");
    [request.queue.as_str(), age.as_str(), address].join(" · ")
}

/// What was said, fetched when it is to be answered.
#[component]
fn Transcript(conversation: ConversationId) -> impl IntoView {
    let thread = RwSignal::new(None::<Result<Thread, String>>);
    spawn_local(async move {
        let found = api::conversation(conversation).await;
        let found = found.map(|view| view.thread).map_err(|failure| failure.sentence());
        // The dialog may be closed by then.
        let _gone = thread.try_set(Some(found));
    });
    move || match thread.get() {
        None => view! { <p class="hint">"Loading…"</p> }.into_any(),
        Some(Ok(thread)) => view! { <History thread=thread /> }.into_any(),
        Some(Err(sentence)) => view! { <p class="refusal">{sentence}</p> }.into_any(),
    }
}

#[component]
fn AnswerForm(request: RequestId, number: u32, answered: Callback<()>) -> impl IntoView {
    let context = DeskContext::here();
    let text = RwSignal::new(String::new());
    let refusal = RwSignal::new(None::<String>);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(text) = text.with_untracked(|text| written(text)) else {
            refusal.set(Some("Write the answer first.".to_owned()));
            page::focus(ANSWER);
            return;
        };
        context.dispatch.send_from(
            Command::AnswerRequest { request, text },
            move |sentence| drop(refusal.try_set(Some(sentence))),
            move |_| {
                context.announcer.say(format!("Request {number} is answered."));
                let _gone = answered.try_run(());
            },
        );
    };
    view! {
        <form class="request__form" on:submit=submit>
            <div class="field">
                <label class="field__label" for=ANSWER>
                    "Answer"
                </label>
                <textarea
                    id=ANSWER
                    class="field__input field__input--tall"
                    rows="3"
                    dir="auto"
                    aria-describedby="request-answer-hint"
                    bind:value=text
                ></textarea>
                <p id="request-answer-hint" class="hint">
                    "The customer sees it on the page of the conversation. No mail is sent: write to their address as well where they may not come back."
                </p>
            </div>
            <Refusal refusal=refusal />
            <div class="dialog__buttons">
                <button
                    class="button button--primary"
                    type="submit"
                    aria-disabled=move || {
                        context.dispatch.pending(Slot::Request(request)).then_some("true")
                    }
                >
                    "Send answer"
                </button>
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use baton_shared::Timestamp;

    #[test]
    fn a_request_tells_its_queue_its_age_and_where_the_customer_is_reached() {
        let mut request = RequestView {
            id: RequestId::from_bits(1),
            number: 7,
            conversation: ConversationId::from_bits(1),
            customer: "Ada".to_owned(),
            address: None,
            queue: "Billing".to_owned(),
            note: None,
            created_at: Timestamp::default(),
            answered_at: None,
            answered_by: None,
            answer: None,
        };
        assert_eq!(facts(&request, "now"), "Billing · just now · no address");
        request.address = Some("ada@example.com".to_owned());
        assert_eq!(facts(&request, "3 h"), "Billing · 3 h ago · ada@example.com");
    }
}
