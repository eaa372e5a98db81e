//! One conversation: its header, its log, where to write, and what stands beside it.

use core::time::Duration;

use baton_shared::desk::Thread;
use baton_shared::{ConversationId, Desk};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::app::DeskContext;
use crate::browser::page;
use crate::controls::icon::{Icon, IconView};
use crate::controls::menu::{Menu, MenuItem};
use crate::conversation::composer::Composer;
use crate::conversation::contact_card::{ContactCard, Facts};
use crate::conversation::message_log::{LogSource, MessageLog};
use crate::conversation::message_row::{Delivery, RowContext};
use crate::conversation::search::ConversationSearch;
use crate::conversation::transcript::Transcript;
use crate::conversation::transfer_status::TransferStatus;
use crate::conversation::wrap_up::WrapUp;
use crate::outbox::{Outgoing, Progress};
use crate::viewing::{DialogShown, Entry, Pane};

/// Read marks are sent at most so often.
const MARK_EVERY: Duration = Duration::from_secs(1);

/// What can be done with a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Task {
    Transfer,
    WrapUp,
    End,
}

#[derive(Clone, Copy)]
struct OpenThread {
    context: DeskContext,
    entry: Entry,
    transcript: RwSignal<Transcript>,
    facts: RwSignal<Option<Facts>>,
    /// How far the customer's page has received and the customer has read.
    marks: RwSignal<(u32, u32)>,
    loading_earlier: RwSignal<bool>,
    go_to: RwSignal<Option<u32>>,
    found: RwSignal<Option<u32>>,
}

/// The conversation that is open.
#[component]
pub fn ThreadPane(
    /// What is open.
    entry: Entry,
) -> impl IntoView {
    let context = DeskContext::here();
    let pane = OpenThread {
        context,
        entry,
        transcript: RwSignal::default(),
        facts: RwSignal::new(None),
        marks: RwSignal::default(),
        loading_earlier: RwSignal::new(false),
        go_to: RwSignal::new(None),
        found: RwSignal::new(None),
    };
    let read = pane.fill();
    let conversation = entry.conversation();
    let owned = matches!(entry, Entry::Owned(_));
    let viewing = context.viewing;
    let wrapping_up = move || !owned || viewing.wrapping_up.get();
    let say = Callback::new(move |text: String| {
        context.outbox.say(conversation, text, context.clock.peek());
    });
    view! {
        <div class="thread" class:thread--side-open=move || wrapping_up() || viewing.details.get()>
            <ThreadHeader pane=pane />
            {owned.then(|| view! { <TransferStatus conversation=conversation /> })}
            <AcceptedElsewhere />
            <Show when=move || viewing.search.get()>
                <ConversationSearch
                    conversation=conversation
                    on_go_to=Callback::new(move |seq| pane.go_to(seq))
                />
            </Show>
            <MessageLog source=pane.log_source(read) rows=pane.row_context() />
            {if owned {
                view! { <Composer conversation=conversation on_say=say /> }.into_any()
            } else {
                view! { <p class="thread__closed">"This conversation is not yours to answer any more. File your part of it under Wrap up."</p> }
                    .into_any()
            }}
            <div class="thread__side">
                <Show when=wrapping_up>
                    <WrapUp entry=entry />
                </Show>
                <ContactCard facts=pane.facts />
            </div>
        </div>
    }
}

impl OpenThread {
    fn conversation(self) -> ConversationId {
        self.entry.conversation()
    }

    /// Fills the pane and keeps it filled; returns up to where all was read when it was opened.
    fn fill(self) -> u32 {
        let conversation = self.conversation();
        match self.entry {
            Entry::Owned(_) => {
                Effect::new(move |_| {
                    self.context.live.read_thread(conversation, |thread| self.absorb(thread));
                });
                let read = |desk: &Desk| desk.conversations.get(&conversation).map(|thread| thread.read);
                self.context.live.peek(read).flatten().unwrap_or(0)
            }
            Entry::WrapUp(..) => {
                spawn_local(async move {
                    match api::conversation(conversation).await {
                        // The pane may have been left meanwhile.
                        Ok(view) if self.transcript.is_disposed() => drop(view),
                        Ok(view) => self.absorb(&view.thread),
                        Err(failure) => {
                            self.context
                                .toasts
                                .show(crate::controls::toast::Toast::failure(failure.sentence()));
                        }
                    }
                });
                u32::MAX
            }
        }
    }

    fn absorb(self, thread: &Thread) {
        let changed = self.transcript.try_update_untracked(|transcript| transcript.absorb(thread));
        if changed == Some(true) {
            self.transcript.notify();
        }
        let facts = Some(Facts::of(thread));
        if self.facts.with_untracked(|known| *known != facts) {
            self.facts.set(facts);
        }
        let marks = (thread.customer_delivered, thread.customer_read);
        if self.marks.get_untracked() != marks {
            self.marks.set(marks);
        }
    }

    fn customer(self) -> Option<String> {
        self.facts.with(|facts| facts.as_ref().map(|facts| facts.customer.clone()))
    }

    fn log_source(self, read_at_opening: u32) -> LogSource {
        let conversation = self.conversation();
        let context = self.context;
        let outgoing = Memo::new(move |_| context.outbox.of(conversation));
        self.let_go_of_what_is_shown(outgoing);
        let owned = matches!(self.entry, Entry::Owned(_));
        let typing = Memo::new(move |_| {
            let typing = owned && context.live.is_typing(conversation, context.clock.get());
            self.customer().filter(|_| typing)
        });
        LogSource {
            transcript: self.transcript,
            outgoing: outgoing.into(),
            read_at_opening,
            go_to: self.go_to,
            typing: typing.into(),
            on_earlier: Callback::new(move |()| self.load_earlier()),
            on_seen: self.reader(),
        }
    }

    /// Takes out of the outbox what the transcript shows.
    fn let_go_of_what_is_shown(self, outgoing: Memo<Vec<Outgoing>>) {
        Effect::new(move |_| {
            let shown: Vec<String> = self.transcript.with(|transcript| {
                let messages = transcript.messages();
                let is_shown = |outgoing: &&Outgoing| {
                    let said =
                        matches!(outgoing.progress, Progress::Said(seq) if seq <= transcript.last_seq());
                    let mut recent = messages.iter().rev().take(200);
                    said || recent.any(|message| message.client_key.as_ref() == Some(&outgoing.key))
                };
                outgoing.with(|outgoing| {
                    outgoing.iter().filter(is_shown).map(|shown| shown.key.clone()).collect()
                })
            });
            for key in shown {
                self.context.outbox.remove(&key);
            }
        });
    }

    /// Returns what to call with how far the agent has seen; the server hears of it once a second at most.
    fn reader(self) -> Callback<u32> {
        let conversation = self.conversation();
        let owned = matches!(self.entry, Entry::Owned(_));
        let (seen, due) = (StoredValue::new(0u32), StoredValue::new(false));
        let read = move || {
            self.context.live.peek(|desk| desk.conversations.get(&conversation).map(|thread| thread.read))
        };
        // What was seen in the last second before the pane is left was read too.
        on_cleanup(move || {
            let unsaid = seen.try_get_value().filter(|_| due.try_get_value() == Some(true));
            if let Some(seq) = unsaid.filter(|seq| read().flatten().is_some_and(|read| read < *seq)) {
                spawn_local(async move { drop(api::mark_read(conversation, seq).await) });
            }
        });
        Callback::new(move |seq: u32| {
            if !owned || seq <= seen.get_value() || read().flatten().is_none_or(|read| seq <= read) {
                return;
            }
            seen.set_value(seq);
            if !due.get_value() {
                due.set_value(true);
                spawn_local(async move { drop(api::mark_read(conversation, seq).await) });
                set_timeout(
                    move || {
                        // The pane may be gone by then, and its values with it.
                        let (Some(seen), Some(_)) =
                            (seen.try_get_value(), due.try_update_value(|due| *due = false))
                        else {
                            return;
                        };
                        if seen > seq {
                            spawn_local(async move { drop(api::mark_read(conversation, seen).await) });
                        }
                    },
                    MARK_EVERY,
                );
            }
        })
    }

    fn row_context(self) -> RowContext {
        let context = self.context;
        let me = context.live.my_id();
        RowContext {
            me,
            delivery: Memo::new(move |_| {
                let (delivered, read) = self.marks.get();
                self.transcript.with(|transcript| Delivery::of(transcript.messages(), me, delivered, read))
            }),
            found: self.found,
            opened_at: context.clock.peek(),
            on_retry: Callback::new(move |key: String| context.outbox.retry(&key)),
            on_discard: Callback::new(move |key: String| context.outbox.remove(&key)),
        }
    }

    fn load_earlier(self) {
        if !self.loading_earlier.get_untracked() {
            spawn_local(async move {
                self.load_page().await;
            });
        }
    }

    /// Loads one page; says whether it brought anything.
    async fn load_page(self) -> bool {
        let Some(first) = self.transcript.try_with_untracked(Transcript::first_seq).flatten() else {
            return false;
        };
        if first <= 1 || self.loading_earlier.try_set(true).is_some() {
            return false;
        }
        let page = api::messages_before(self.conversation(), first).await;
        let _gone = self.loading_earlier.try_set(false);
        match page {
            Ok(page) if !page.messages.is_empty() => {
                self.transcript.try_update(|transcript| transcript.absorb_earlier(page.messages)).is_some()
            }
            _ => false,
        }
    }

    /// Goes to a message that a search has found, and loads all that lies between first.
    fn go_to(self, seq: u32) {
        self.found.set(Some(seq));
        spawn_local(async move {
            let at_hand = move || {
                self.transcript
                    .try_with_untracked(|transcript| transcript.first_seq().is_some_and(|first| first <= seq))
            };
            while at_hand() == Some(false) && self.load_page().await {}
            let _gone = self.go_to.try_set(Some(seq));
        });
    }
}

#[component]
fn ThreadHeader(pane: OpenThread) -> impl IntoView {
    let viewing = pane.context.viewing;
    let queue = move || pane.facts.with(|facts| facts.as_ref().map(|facts| facts.queue.clone()));
    let search = move |_| {
        viewing.search.update(|search| *search = !*search);
    };
    view! {
        <header class="thread__header">
            <button
                class="button button--plain button--icon thread__back"
                type="button"
                aria-label="Back to the list"
                on:click=move |_| viewing.pane.set(Pane::List)
            >
                <IconView icon=Icon::Back />
            </button>
            <div class="thread__who">
                <h2 class="thread__name">{move || pane.customer()}</h2>
                <p class="thread__queue">{queue}</p>
            </div>
            <button
                class="button button--plain button--icon"
                type="button"
                aria-label="Search"
                aria-expanded=move || viewing.search.get().to_string()
                on:click=search
            >
                <IconView icon=Icon::Search />
            </button>
            <button
                class="button button--plain button--icon thread__details"
                type="button"
                aria-label="Details"
                aria-expanded=move || viewing.details.get().to_string()
                on:click=move |_| viewing.details.update(|details| *details = !*details)
            >
                <IconView icon=Icon::Info />
            </button>
            <TaskMenu pane=pane />
        </header>
    }
}

#[component]
fn TaskMenu(pane: OpenThread) -> impl IntoView {
    let viewing = pane.context.viewing;
    let (entry, conversation) = (pane.entry, pane.conversation());
    let item = |value, label| MenuItem { value, label, mark: None, chosen: None };
    let items = match entry {
        Entry::Owned(_) => vec![
            item(Task::Transfer, "Transfer"),
            item(Task::WrapUp, "Wrap up"),
            item(Task::End, "End conversation"),
        ],
        Entry::WrapUp(..) => vec![item(Task::WrapUp, "Wrap up")],
    };
    let choose = Callback::new(move |task| match task {
        Task::Transfer => viewing.dialog.set(Some(DialogShown::Transfer(conversation))),
        Task::WrapUp => {
            viewing.wrapping_up.set(true);
            request_animation_frame(|| page::focus("disposition"));
        }
        Task::End => viewing.dialog.set(Some(DialogShown::EndConversation(conversation))),
    });
    view! {
        <Menu id="task" name="Task" items=Signal::stored(items) on_choose=choose>
            <span>"Task"</span>
            <IconView icon=Icon::Chevron />
        </Menu>
    }
}

/// Says that a conversation was accepted while the agent was typing in this one.
#[component]
fn AcceptedElsewhere() -> impl IntoView {
    let context = DeskContext::here();
    let accepted = move || {
        let conversation = context.viewing.accepted.get()?;
        context.live.read_thread(conversation, |thread| (conversation, thread.customer.clone()))
    };
    view! {
        {move || {
            accepted()
                .map(|(conversation, customer)| {
                    view! {
                        <div class="banner banner--pending">
                            <p>{format!("You accepted {customer} while writing here.")}</p>
                            <button
                                class="button button--small"
                                type="button"
                                on:click=move |_| context.viewing.open(Entry::Owned(conversation))
                            >
                                {format!("Open {customer}")}
                            </button>
                        </div>
                    }
                })
        }}
    }
}
