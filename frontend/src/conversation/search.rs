//! Search over a whole conversation, also over what is not in the page.

use baton_shared::{ConversationId, Message};
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::app::DeskContext;
use crate::browser::{dates, page};
use crate::controls::icon::{Icon, IconView};

/// How long to wait for another key before asking the server, in milliseconds.
const PAUSE_MS: u32 = 250;

/// What a search has found.
#[derive(Clone, Debug, PartialEq)]
enum Found {
    /// Nothing was asked.
    Unasked,
    /// These messages, the last first.
    Messages(Vec<Message>),
    /// The server did not say.
    Failed(String),
}

/// The search bar and what it has found.
#[component]
pub fn ConversationSearch(
    /// What is searched.
    conversation: ConversationId,
    /// Called with the number of the message to go to.
    on_go_to: Callback<u32>,
) -> impl IntoView {
    let context = DeskContext::here();
    let words = RwSignal::new(String::new());
    let found = RwSignal::new(Found::Unasked);
    // An answer to older words must not replace that to newer ones.
    let asked = StoredValue::new(0u32);
    let ask = move |typed: String| {
        words.set(typed.clone());
        let turn = asked.get_value() + 1;
        asked.set_value(turn);
        spawn_local(async move {
            gloo_timers::future::TimeoutFuture::new(PAUSE_MS).await;
            if asked.try_get_value() != Some(turn) {
                return;
            }
            let answer = find(conversation, typed.trim()).await;
            if asked.try_get_value() == Some(turn) {
                if let Found::Messages(messages) = &answer {
                    context.announcer.say(format!("{} found", messages.len()));
                }
                found.set(answer);
            }
        });
    };
    let close = move || {
        context.viewing.search.set(false);
        page::focus("composer");
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            close();
        }
    };
    request_animation_frame(|| page::focus("search"));
    view! {
        <search class="search" aria-label="Search conversation" on:keydown=on_key>
            <form class="search__bar" on:submit=move |event: SubmitEvent| event.prevent_default()>
                <IconView icon=Icon::Search />
                <input
                    id="search"
                    class="search__field"
                    type="search"
                    aria-label="Search conversation"
                    placeholder="Search the whole conversation"
                    autocomplete="off"
                    prop:value=move || words.get()
                    on:input=move |event| ask(event_target_value(&event))
                />
                <button
                    class="button button--plain button--icon"
                    type="button"
                    aria-label="Close search"
                    on:click=move |_| close()
                >
                    <IconView icon=Icon::Close />
                </button>
            </form>
            {move || found_view(found.get(), on_go_to)}
        </search>
    }
}

async fn find(conversation: ConversationId, words: &str) -> Found {
    if words.is_empty() {
        return Found::Unasked;
    }
    match api::search(conversation, words).await {
        Ok(page) => Found::Messages(page.messages.into_iter().rev().collect()),
        Err(failure) => Found::Failed(failure.sentence()),
    }
}

fn found_view(found: Found, on_go_to: Callback<u32>) -> AnyView {
    match found {
        Found::Unasked => ().into_any(),
        Found::Failed(sentence) => view! { <p class="refusal">{sentence}</p> }.into_any(),
        Found::Messages(messages) if messages.is_empty() => {
            view! { <p class="hint">"Nothing was found."</p> }.into_any()
        }
        Found::Messages(messages) => view! {
            <ul class="search__found">
                {messages
                    .into_iter()
                    .map(|message| {
                        let seq = message.seq;
                        view! {
                            <li>
                                <button class="search__hit" type="button" on:click=move |_| on_go_to.run(seq)>
                                    <span class="message__author">{message.name}</span>
                                    <time class="message__time">{dates::full(message.at)}</time>
                                    <span class="search__text" dir="auto">{message.text}</span>
                                </button>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        }
        .into_any(),
    }
}
