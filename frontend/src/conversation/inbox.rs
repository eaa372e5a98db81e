//! The list of conversations.

use baton_shared::desk::Thread;
use baton_shared::{AgentId, Author, Desk, Timestamp, TransferId};
use leptos::prelude::*;

use crate::app::DeskContext;
use crate::conversation::transfer_status::standing;
use crate::reactive::memo;
use crate::server_clock::brief;
use crate::viewing::{Entry, Pane, entries};

/// What an entry of the list shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxLine {
    /// The customer's name.
    pub customer: String,
    /// Where it came from, or what is to be done.
    pub source: String,
    /// The last message, or what ended the segment.
    pub last: String,
    /// When that was.
    pub at: Timestamp,
    /// How many of the customer's messages are unread.
    pub unread: usize,
    /// How many messages aside are unread.
    pub aside: usize,
    /// Something that stands out.
    pub state: Option<LineState>,
}

/// Something about an entry that stands out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineState {
    /// It is being transferred: how that stands.
    Transferring(String),
    /// Its transfer came back.
    Returned(TransferId),
    /// One is consulted about it, by whom.
    Consulted(String),
    /// One takes part in it beside its owner.
    TakingPart,
    /// One reads on in it.
    Listening,
    /// It is to be filed.
    WrapUp,
}

impl InboxLine {
    /// Reads an entry from the desk.
    pub fn of(desk: &Desk, entry: Entry) -> Option<Self> {
        match entry {
            Entry::Owned(_) => entry.thread(desk).map(|thread| Self::of_thread(thread, desk.me.id)),
            Entry::Consulted(transfer, _) => {
                let consult = desk.consults.get(&transfer)?;
                let state = Some(LineState::Consulted(consult.from_name.clone()));
                Some(Self { unread: 0, state, ..Self::of_thread(consult.thread.as_ref()?, desk.me.id) })
            }
            Entry::Joined(_) => {
                let line = Self::of_thread(entry.thread(desk)?, desk.me.id);
                Some(Self { unread: 0, state: Some(LineState::TakingPart), ..line })
            }
            Entry::Listening(_) => {
                let line = Self::of_thread(entry.thread(desk)?, desk.me.id);
                Some(Self { unread: 0, state: Some(LineState::Listening), ..line })
            }
            Entry::WrapUp(segment, _) => desk.wrap_ups.get(&segment).map(|card| Self {
                customer: card.customer.clone(),
                source: String::new(),
                last: card.ended_by.clone(),
                at: card.ended_at,
                unread: 0,
                aside: 0,
                state: Some(LineState::WrapUp),
            }),
        }
    }

    fn of_thread(thread: &Thread, me: AgentId) -> Self {
        let state = match (&thread.transfer, &thread.returned) {
            (Some(transfer), _) => Some(LineState::Transferring(standing(transfer))),
            (None, Some(returned)) => Some(LineState::Returned(returned.transfer)),
            (None, None) => None,
        };
        let last = thread.messages.last();
        Self {
            customer: thread.customer.clone(),
            source: thread.queue.clone(),
            last: last.map_or_else(String::new, |message| match message.author {
                Author::Customer => message.text.clone(),
                Author::Agent(agent) if agent == me => format!("You: {}", message.text),
                Author::Agent(_) | Author::Flow(_) | Author::External(_) => {
                    format!("{}: {}", message.name, message.text)
                }
            }),
            at: last.map_or(thread.since, |message| message.at),
            unread: thread.unread(),
            aside: 0,
            state,
        }
    }
}

/// The list.
#[component]
pub fn Inbox() -> impl IntoView {
    let context = DeskContext::here();
    let listed = memo(move || context.live.read(entries).unwrap_or_default());
    view! {
        <nav class="inbox" aria-label="Conversations">
            <h2 class="side-title">
                "Conversations"
                <span class="side-title__count">{move || listed.with(Vec::len)}</span>
            </h2>
            <Show when=move || listed.with(Vec::is_empty)>
                <p class="inbox__empty">"Nothing here yet."</p>
            </Show>
            <ul class="inbox__list">
                <For each=move || listed.get() key=|entry| *entry let(entry)>
                    <li>
                        <InboxEntry entry=entry />
                    </li>
                </For>
            </ul>
        </nav>
    }
}

#[component]
fn InboxEntry(entry: Entry) -> impl IntoView {
    let context = DeskContext::here();
    let current = move || context.viewing.entry.get() == Some(entry);
    let line = memo(move || {
        let mut line = context.live.read(|desk| InboxLine::of(desk, entry)).flatten()?;
        let consult = context.live.read(|desk| entry.consult(desk)).flatten();
        line.aside = consult.map_or(0, |consult| context.live.unread_aside(consult));
        // What stands open is being read: its mark is on the way.
        if current() && context.viewing.pane.get() == Pane::Thread {
            line.unread = 0;
        }
        if let Some(LineState::Returned(transfer)) = line.state
            && context.viewing.dismissed.with(|dismissed| dismissed.contains(&transfer))
        {
            line.state = None;
        }
        Some(line)
    });
    let typing =
        memo(move || entry.writes() && context.live.is_typing(entry.conversation(), context.clock.get()));
    let open = move |_| context.viewing.open(entry);
    view! {
        <button
            class="inbox-entry"
            class:inbox-entry--current=current
            class:inbox-entry--unread=move || line.with(|line| line.as_ref().is_some_and(|line| line.unread > 0))
            type="button"
            aria-current=move || current().then_some("true")
            on:click=open
        >
            {move || line.get().map(|line| line_view(line, typing, context))}
        </button>
    }
}

fn line_view(line: InboxLine, typing: Memo<bool>, context: DeskContext) -> AnyView {
    let at = line.at;
    let age = memo(move || brief(context.clock.get().since(at)));
    let state = line.state.map(|state| {
        let (class, words) = match state {
            LineState::Transferring(standing) => ("tag tag--pending", standing),
            LineState::Returned(_) => ("tag tag--warning", "Came back".to_owned()),
            LineState::Consulted(from) => ("tag tag--pending", format!("Consulted by {from}")),
            LineState::TakingPart => ("tag tag--pending", "Taking part".to_owned()),
            LineState::Listening => ("tag", "Listening".to_owned()),
            LineState::WrapUp => ("tag", "Wrap-up".to_owned()),
        };
        view! { <span class=class>{words}</span> }
    });
    view! {
        <span class="inbox-entry__top">
            <span class="inbox-entry__name">{line.customer}</span>
            <span class="inbox-entry__age">{age}</span>
        </span>
        <span class="inbox-entry__last" class:inbox-entry__last--typing=move || typing.get()>
            {move || if typing.get() { "typing…".to_owned() } else { line.last.clone() }}
        </span>
        <span class="inbox-entry__bottom">
            <span class="inbox-entry__queue">{line.source}</span>
            {state}
            {(line.aside > 0)
                .then(|| {
                    view! {
                        <span class="count count--aside">
                            {line.aside} <span class="for-screen-reader">" unread aside"</span>
                        </span>
                    }
                })}
            {(line.unread > 0)
                .then(|| {
                    view! {
                        <span class="count">
                            {line.unread} <span class="for-screen-reader">" unread"</span>
                        </span>
                    }
                })}
        </span>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::rows::tests::thread;
    use crate::viewing::tests::{consult, desk};

    #[test]
    fn what_one_is_consulted_about_says_by_whom_and_has_nothing_to_answer() {
        let mut desk = desk();
        let consult = consult();
        let entry = Entry::Consulted(consult.transfer, consult.conversation);
        desk.consults.insert(consult.transfer, consult);
        let line = InboxLine::of(&desk, entry).expect("it is there");
        assert_eq!(line.state, Some(LineState::Consulted("Agent Two".to_owned())));
        assert_eq!(line.unread, 0, "the customer is answered by somebody else");
    }

    #[test]
    fn where_one_takes_part_is_marked() {
        let mut desk = desk();
        let thread = thread(1..=2);
        let entry = Entry::Joined(thread.conversation);
        desk.joined.insert(thread.conversation, thread);
        let line = InboxLine::of(&desk, entry).expect("it is there");
        assert_eq!((line.unread, line.state), (0, Some(LineState::TakingPart)));
    }

    #[test]
    fn where_one_listens_is_marked() {
        let mut desk = desk();
        let thread = thread(1..=2);
        let entry = Entry::Listening(thread.conversation);
        desk.listening.insert(thread.conversation, thread);
        let line = InboxLine::of(&desk, entry).expect("it is there");
        assert_eq!((line.unread, line.state), (0, Some(LineState::Listening)));
    }
}
