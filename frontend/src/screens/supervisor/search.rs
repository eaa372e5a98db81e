//! Looking back: conversations by what was said in them, and beside them all that happened to one.

use baton_shared::ConversationId;
use baton_shared::api::{Found, FoundPage, Snippet, Timeline};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self, Failure};
use crate::app::DeskContext;
use crate::browser::{dates, page};
use crate::conversation::questions::Refusal;
use crate::live_wall::LiveWall;

mod filters;
mod timeline;

use filters::{FilterFields, Filters};
use timeline::{TITLE, TimelineView};

/// What was looked for and found.
#[derive(Clone, Copy)]
struct Looking {
    context: DeskContext,
    filters: RwSignal<Filters>,
    found: RwSignal<Option<Vec<Found>>>,
    next: RwSignal<Option<u64>>,
    refusal: RwSignal<Option<String>>,
    chosen: RwSignal<Option<ConversationId>>,
    timeline: RwSignal<Option<Timeline>>,
    /// The number of the last question: an answer to an earlier one is old.
    asked: StoredValue<u32>,
}

impl Looking {
    fn new(context: DeskContext) -> Self {
        Self {
            context,
            filters: RwSignal::new(Filters::default()),
            found: RwSignal::new(None),
            next: RwSignal::new(None),
            refusal: RwSignal::new(None),
            chosen: RwSignal::new(None),
            timeline: RwSignal::new(None),
            asked: StoredValue::new(0),
        }
    }

    /// Looks for what the filters say, from the beginning or where the last page ended.
    fn look(self, before: Option<u64>) {
        let query = self.filters.with_untracked(|filters| filters.query(before));
        let asked = self.asked.try_update_value(|asked| {
            *asked += 1;
            *asked
        });
        self.refusal.set(None);
        spawn_local(async move {
            let answer = api::find_conversations(&query).await;
            if self.asked.try_get_value() != asked {
                return;
            }
            match answer {
                Ok(FoundPage { conversations, next, .. }) => {
                    self.next.set(next);
                    self.found.update(|found| match (before, found) {
                        (Some(_), Some(found)) => found.extend(conversations),
                        (_, found) => *found = Some(conversations),
                    });
                }
                Err(failure) => self.failed(&failure),
            }
        });
    }

    /// Shows what happened to a conversation.
    fn choose(self, conversation: ConversationId) {
        self.chosen.set(Some(conversation));
        self.timeline.set(None);
        self.refusal.set(None);
        spawn_local(async move {
            let answer = api::timeline(conversation).await;
            if self.chosen.try_get_untracked() != Some(Some(conversation)) {
                return;
            }
            match answer {
                Ok(timeline) => {
                    self.timeline.set(Some(timeline));
                    // It stands below what was found where there is room for one of them.
                    if page::narrow() {
                        request_animation_frame(|| page::focus(TITLE));
                    }
                }
                Err(failure) => self.failed(&failure),
            }
        });
    }

    fn failed(self, failure: &Failure) {
        match failure {
            Failure::SignedOut => self.context.session.signed_out(),
            Failure::Unreachable | Failure::Later { .. } | Failure::Refused { .. } => {
                self.refusal.set(Some(failure.sentence()));
            }
        }
    }
}

/// The search, its results, and the history of one of them.
#[component]
pub fn SearchPart(
    /// Whose queues and people can be chosen.
    live: LiveWall,
    /// The conversation whose history is shown at first, if one was chosen elsewhere; it is forgotten then.
    opened: RwSignal<Option<ConversationId>>,
) -> impl IntoView {
    let looking = Looking::new(DeskContext::here());
    looking.look(None);
    if let Some(conversation) = opened.get_untracked() {
        opened.set(None);
        looking.choose(conversation);
    }
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        looking.look(None);
    };
    let filters = looking.filters;
    let count = move || match looking.found.with(|found| found.as_ref().map(Vec::len)) {
        None => "Looking…".to_owned(),
        Some(0) => "No such conversation was found in your teams.".to_owned(),
        Some(1) if looking.next.get().is_none() => "1 conversation".to_owned(),
        Some(count) if looking.next.get().is_none() => format!("{count} conversations"),
        Some(count) => format!("The newest {count} conversations"),
    };
    let results = move || {
        let found = looking.found.get().unwrap_or_default();
        found.into_iter().map(|found| view! { <FoundRow looking=looking found=found /> }).collect_view()
    };
    view! {
        <form class="past__form" role="search" on:submit=submit>
            <input
                class="field__input past__words"
                type="search"
                aria-label="Search conversations"
                placeholder="Search conversations"
                maxlength="200"
                prop:value=move || filters.with(|filters| filters.words.clone())
                on:input=move |event| filters.update(|filters| filters.words = event_target_value(&event))
            />
            <button class="button button--primary" type="submit">
                "Search"
            </button>
            <FilterFields live=live filters=filters />
        </form>
        <Refusal refusal=looking.refusal />
        <div class="past">
            <section class="past__found" aria-labelledby="found-title">
                <h2 id="found-title" class="for-screen-reader">
                    "Found"
                </h2>
                <p class="hint" role="status">
                    {count}
                </p>
                <ol class="past__list">{results}</ol>
                <Show when=move || looking.next.get().is_some()>
                    <button
                        class="button"
                        type="button"
                        on:click=move |_| looking.look(looking.next.get_untracked())
                    >
                        "Show more"
                    </button>
                </Show>
            </section>
            {move || match (looking.timeline.get(), looking.chosen.get()) {
                (Some(timeline), _) => view! { <TimelineView timeline=timeline /> }.into_any(),
                (None, Some(_)) => view! { <p class="hint">"Loading…"</p> }.into_any(),
                (None, None) => {
                    view! { <p class="hint past__none">"Choose a conversation to see all that happened to it."</p> }.into_any()
                }
            }}
        </div>
    }
}

/// Says in a few words where a conversation was and how it ended.
fn about(found: &Found) -> String {
    let mut words = vec![found.queue.clone(), dates::full(found.opened_at)];
    if !found.agents.is_empty() {
        words.push(found.agents.join(", "));
    }
    if found.closed_at.is_none() {
        words.push("open".to_owned());
    }
    match found.transfers {
        0 => {}
        1 => words.push("1 transfer".to_owned()),
        count => words.push(format!("{count} transfers")),
    }
    words.extend(found.score.map(|score| format!("rated {score} of 5")));
    words.join(" · ")
}

#[component]
fn FoundRow(looking: Looking, found: Found) -> impl IntoView {
    let id = found.conversation;
    let about = about(&found);
    let snippets = found.snippets.into_iter().map(snippet_view).collect_view();
    view! {
        <li class="found">
            <button
                class="found__choose"
                type="button"
                aria-pressed=move || (looking.chosen.get() == Some(id)).to_string()
                on:click=move |_| looking.choose(id)
            >
                <span class="found__customer">{found.customer}</span>
                " "
                <span class="found__about">{about}</span>
            </button>
            {snippets}
        </li>
    }
}

fn snippet_view(snippet: Snippet) -> AnyView {
    let parts = snippet.parts.into_iter().map(|part| match part.hit {
        true => view! { <mark>{part.text}</mark> }.into_any(),
        false => part.text.into_any(),
    });
    let parts = parts.collect_view();
    view! {
        <p class="found__snippet">
            <span class="found__who">{snippet.sentence} ": "</span>
            {parts}
        </p>
    }
    .into_any()
}
