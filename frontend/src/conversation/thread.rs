//! One conversation: its header, its log, where to write, and what stands beside it.

use core::time::Duration;

use baton_shared::desk::{Thread, TransferChoices};
use baton_shared::{ConversationId, Desk, Mode};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::app::DeskContext;
use crate::browser::page;
use crate::controls::icon::{Icon, IconView};
use crate::controls::menu::{Menu, MenuItem};
use crate::conversation::aside::{SideConversation, Whispers};
use crate::conversation::composer::Composer;
use crate::conversation::contact_card::{ContactCard, Facts};
use crate::conversation::message_log::{LogSource, MessageLog};
use crate::conversation::message_row::{Delivery, RowContext};
use crate::conversation::over::{Over, Unsent};
use crate::conversation::participants::{Participants, leave, takes_part};
use crate::conversation::search::ConversationSearch;
use crate::conversation::transcript::Transcript;
use crate::conversation::transfer_status::{ConsultedStatus, ListeningStatus, TransferStatus};
use crate::conversation::wrap_up::WrapUp;
use crate::dispatch::Command;
use crate::outbox::{Outgoing, Progress};
use crate::reactive::{effect, memo};
use crate::viewing::{DialogShown, Entry, Pane, entries};

/// Read marks are sent at most so often.
const MARK_EVERY: Duration = Duration::from_secs(1);

/// What can be done with a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Task {
    Transfer,
    Consult,
    Invite,
    Leave,
    RaiseFlag,
    LowerFlag,
    CreateRequest,
    WrapUp,
    End,
}

impl Task {
    const fn label(self) -> &'static str {
        match self {
            Self::Transfer => "Transfer",
            Self::Consult => "Consult",
            Self::Invite => "Invite",
            Self::Leave => "Leave",
            Self::RaiseFlag => "Raise flag",
            Self::LowerFlag => "Lower flag",
            Self::CreateRequest => "Create request",
            Self::WrapUp => "Wrap up",
            Self::End => "End conversation",
        }
    }

    /// Returns what can be done with an entry, where transfers may go these ways; an owner can leave to a participant, and
    /// lower a flag that is up.
    fn of(entry: Entry, choices: Option<&TransferChoices>, shared: bool, flagged: bool) -> Vec<Self> {
        match entry {
            Entry::Owned(_) => {
                let allowed = |mode| choices.is_some_and(|choices| choices.modes.contains(&mode));
                let transfer = allowed(Mode::Cold).then_some(Self::Transfer);
                let consult = allowed(Mode::Warm).then_some(Self::Consult);
                let invite = allowed(Mode::Invite).then_some(Self::Invite);
                let leave = shared.then_some(Self::Leave);
                let flag = if flagged { Self::LowerFlag } else { Self::RaiseFlag };
                let others = [flag, Self::CreateRequest, Self::WrapUp, Self::End];
                [transfer, consult, invite, leave].into_iter().flatten().chain(others).collect()
            }
            Entry::Joined(_) => vec![Self::Leave],
            Entry::WrapUp(..) => vec![Self::WrapUp],
            Entry::Consulted(..) | Entry::Listening(_) => Vec::new(),
        }
    }
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
    let viewing = context.viewing;
    let wrapping_up = move || match entry {
        Entry::Owned(_) => viewing.wrapping_up.get(),
        Entry::WrapUp(..) => true,
        Entry::Consulted(..) | Entry::Joined(_) | Entry::Listening(_) => false,
    };
    let consult = memo(move || context.live.read(|desk| entry.consult(desk)).flatten());
    let whispers = context.live.watch_entry(entry, |thread| thread.whispers.clone());
    let whispers = memo(move || whispers.get().unwrap_or_default());
    let whispered = memo(move || whispers.with(|whispers| !whispers.is_empty()));
    let flag = context.live.watch_entry(entry, |thread| thread.flag.clone());
    let say = Callback::new(move |text: String| {
        context.outbox.say(conversation, text, context.clock.peek());
    });
    view! {
        <div
            class="thread"
            class:thread--side-open=move || wrapping_up() || viewing.details.get()
            class:thread--consulting=move || consult.get().is_some() || whispered.get()
        >
            <ThreadHeader pane=pane />
            {match entry {
                Entry::Owned(_) => view! { <TransferStatus conversation=conversation /> }.into_any(),
                Entry::Consulted(transfer, _) => view! { <ConsultedStatus transfer=transfer /> }.into_any(),
                Entry::Listening(_) => view! { <ListeningStatus conversation=conversation /> }.into_any(),
                Entry::Joined(_) | Entry::WrapUp(..) => ().into_any(),
            }}
            <Participants entry=entry />
            <AcceptedElsewhere />
            {move || {
                let flag = flag.get().flatten()?;
                Some(view! { <p class="banner banner--pending">{format!("Flag raised: {flag}")}</p> })
            }}
            <Show when=move || viewing.search.get()>
                <ConversationSearch
                    conversation=conversation
                    on_go_to=Callback::new(move |seq| pane.go_to(seq))
                />
            </Show>
            <MessageLog source=pane.log_source(read) rows=pane.row_context() />
            {match entry {
                Entry::Owned(_) | Entry::Joined(_) => {
                    view! { <Composer conversation=conversation on_say=say /> }.into_any()
                }
                Entry::WrapUp(segment, _) => {
                    view! {
                        <Unsent conversation=conversation />
                        <Over segment=segment />
                    }
                        .into_any()
                }
                Entry::Listening(_) => view! { <Unsent conversation=conversation /> }.into_any(),
                Entry::Consulted(..) => ().into_any(),
            }}
            <div class="thread__side">
                {move || consult.get().map(|transfer| view! { <SideConversation transfer=transfer /> })}
                <Show when=move || whispered.get()>
                    <Whispers conversation=conversation said=whispers />
                </Show>
                <Show when=wrapping_up>
                    <WrapUp entry=entry />
                </Show>
                <ContactCard facts=pane.facts explained=pane.explained() />
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
            Entry::Owned(_) | Entry::Consulted(..) | Entry::Joined(_) | Entry::Listening(_) => {
                let entry = self.entry;
                effect(move || {
                    self.context.live.read(|desk| entry.thread(desk).map(|thread| self.absorb(thread)));
                });
                // The mark is the owner's: to whoever only reads it says nothing of what is new.
                match entry.owned() {
                    Some(_) => {
                        let read = |desk: &Desk| entry.thread(desk).map(|thread| thread.read);
                        self.context.live.peek(read).flatten().unwrap_or(0)
                    }
                    None => u32::MAX,
                }
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
        let facts = Some(Facts::of(thread, self.entry));
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

    /// Returns the conversation where its details can say why it is where it is: its banner says it while it is passed on.
    fn explained(self) -> Signal<Option<ConversationId>> {
        let transferred = self.context.live.watch_entry(self.entry, |thread| thread.transfer.is_some());
        let owned = self.entry.owned().is_some();
        Signal::derive(move || {
            transferred.get().filter(|transferred| !(owned && *transferred)).map(|_| self.conversation())
        })
    }

    fn log_source(self, read_at_opening: u32) -> LogSource {
        let conversation = self.conversation();
        let context = self.context;
        let outgoing = memo(move || context.outbox.of(conversation));
        self.let_go_of_what_is_shown(outgoing);
        let writes = self.entry.writes();
        let typing = memo(move || {
            let typing = writes && context.live.is_typing(conversation, context.clock.get());
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
        effect(move || {
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
        let owned = self.entry.owned().is_some();
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
            delivery: memo(move || {
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
    let choices = pane.context.live.watch_entry(entry, |thread| thread.choices.clone());
    let shared = pane.context.live.watch_entry(entry, |thread| takes_part(&thread.invites).next().is_some());
    let flagged = pane.context.live.watch_entry(entry, |thread| thread.flag.is_some());
    let tasks = memo(move || {
        let (shared, flagged) = (shared.get().unwrap_or(false), flagged.get().unwrap_or(false));
        choices.with(|choices| Task::of(entry, choices.as_ref(), shared, flagged))
    });
    let items = Signal::derive(move || {
        let item =
            |task: Task| MenuItem { value: task, label: task.label(), mark: None, hint: None, chosen: None };
        tasks.get().into_iter().map(item).collect::<Vec<_>>()
    });
    let show = move |dialog| viewing.dialog.set(Some(dialog));
    let choose = Callback::new(move |task| match task {
        Task::Transfer => show(DialogShown::Transfer(conversation, Mode::Cold)),
        Task::Consult => show(DialogShown::Transfer(conversation, Mode::Warm)),
        Task::Invite => show(DialogShown::Transfer(conversation, Mode::Invite)),
        Task::Leave => leave(pane.context, entry),
        Task::RaiseFlag => show(DialogShown::RaiseFlag(conversation)),
        Task::LowerFlag => pane.context.dispatch.send(Command::LowerFlag { conversation }, |_| {}),
        Task::CreateRequest => show(DialogShown::CreateRequest(conversation)),
        Task::WrapUp => {
            viewing.wrapping_up.set(true);
            request_animation_frame(|| page::focus("disposition"));
        }
        Task::End => show(DialogShown::EndConversation(conversation)),
    });
    view! {
        <Show when=move || tasks.with(|tasks| !tasks.is_empty())>
            <Menu id="task" name="Task" items=items on_choose=choose>
                <span>"Task"</span>
                <IconView icon=Icon::Chevron />
            </Menu>
        </Show>
    }
}

/// Says that a conversation was accepted while the agent was typing in this one.
#[component]
fn AcceptedElsewhere() -> impl IntoView {
    let context = DeskContext::here();
    let accepted = move || {
        let conversation = context.viewing.accepted.get()?;
        let found = context.live.read(|desk| {
            let entry = accepted_entry(desk, conversation)?;
            Some((entry, entry.thread(desk)?.customer.clone()))
        });
        found.flatten()
    };
    view! {
        {move || {
            accepted()
                .map(|(entry, customer)| {
                    view! {
                        <div class="banner banner--pending">
                            <p>{format!("You accepted {customer} while writing here.")}</p>
                            <button
                                class="button button--small"
                                type="button"
                                on:click=move |_| context.viewing.open(entry)
                            >
                                {format!("Open {customer}")}
                            </button>
                        </div>
                    }
                })
        }}
    }
}

/// Returns where a conversation is to be found that was accepted: as one's own, as one that one is consulted about, or as
/// one that one takes part in.
pub fn accepted_entry(desk: &Desk, conversation: ConversationId) -> Option<Entry> {
    let known = entries(desk).into_iter();
    known.filter(|entry| entry.conversation() == conversation).find(|entry| entry.thread(desk).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use baton_shared::{SegmentId, TransferPolicy};

    #[test]
    fn the_menu_offers_what_the_policy_allows() {
        let owned = Entry::Owned(ConversationId::from_bits(1));
        let labels = |policy: &TransferPolicy| {
            let choices = TransferChoices::from(policy);
            Task::of(owned, Some(&choices), false, false).into_iter().map(Task::label).collect::<Vec<_>>()
        };
        let policy = TransferPolicy::default();
        let all =
            ["Transfer", "Consult", "Invite", "Raise flag", "Create request", "Wrap up", "End conversation"];
        assert_eq!(labels(&policy), all);
        let off = TransferPolicy { enabled: false, ..policy.clone() };
        assert_eq!(labels(&off), all[3..]);
        let cold = TransferPolicy { modes: [Mode::Cold].into(), ..policy };
        assert_eq!(
            labels(&cold),
            ["Transfer", "Raise flag", "Create request", "Wrap up", "End conversation"]
        );
        assert!(Task::of(owned, None, false, true).contains(&Task::LowerFlag));
    }

    #[test]
    fn what_is_not_ones_own_can_only_be_filed() {
        let conversation = ConversationId::from_bits(1);
        let filed = Entry::WrapUp(SegmentId::from_bits(1), conversation);
        assert_eq!(Task::of(filed, None, false, false), [Task::WrapUp]);
        assert_eq!(Task::of(Entry::Listening(conversation), None, false, false), []);
    }

    #[test]
    fn who_takes_part_can_leave_and_the_owner_can_leave_it_to_them() {
        let conversation = ConversationId::from_bits(1);
        let choices = TransferChoices::from(&TransferPolicy::default());
        assert_eq!(Task::of(Entry::Joined(conversation), Some(&choices), true, false), [Task::Leave]);
        let owned = |shared| Task::of(Entry::Owned(conversation), Some(&choices), shared, false);
        assert!(owned(true).contains(&Task::Leave) && !owned(false).contains(&Task::Leave));
    }
}
