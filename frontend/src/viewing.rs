//! What the agent looks at: which conversation, which pane, which dialog.

use baton_shared::desk::Thread;
use baton_shared::{ConversationId, Desk, Mode, OfferId, SegmentId, TransferId};
use leptos::prelude::*;

use crate::browser::page;
use crate::browser::storage::Place;
use crate::session::PERSONAL;

/// Where it is kept which transfers that came back need no more words.
const DISMISSED: &str = "dismissed";

/// An entry of the list of conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entry {
    /// A conversation one owns.
    Owned(ConversationId),
    /// A conversation one is consulted about.
    Consulted(TransferId, ConversationId),
    /// A conversation one takes part in beside its owner.
    Joined(ConversationId),
    /// A conversation one passed on and reads on in.
    Listening(ConversationId),
    /// A segment to be filed.
    WrapUp(SegmentId, ConversationId),
}

impl Entry {
    /// Returns the conversation it is about.
    pub const fn conversation(self) -> ConversationId {
        match self {
            Self::Owned(conversation)
            | Self::Consulted(_, conversation)
            | Self::Joined(conversation)
            | Self::Listening(conversation)
            | Self::WrapUp(_, conversation) => conversation,
        }
    }

    /// Returns the conversation if it is one's own.
    pub const fn owned(self) -> Option<ConversationId> {
        match self {
            Self::Owned(conversation) => Some(conversation),
            Self::Consulted(..) | Self::Joined(_) | Self::Listening(_) | Self::WrapUp(..) => None,
        }
    }

    /// Says whether one answers the customer in it.
    pub const fn writes(self) -> bool {
        match self {
            Self::Owned(_) | Self::Joined(_) => true,
            Self::Consulted(..) | Self::Listening(_) | Self::WrapUp(..) => false,
        }
    }

    /// Returns the thread that the desk keeps current for it; a segment to be filed has none.
    pub fn thread(self, desk: &Desk) -> Option<&Thread> {
        match self {
            Self::Owned(conversation) => desk.conversations.get(&conversation),
            Self::Consulted(transfer, _) => desk.consults.get(&transfer)?.thread.as_ref(),
            Self::Joined(conversation) => desk.joined.get(&conversation),
            Self::Listening(conversation) => desk.listening.get(&conversation),
            Self::WrapUp(..) => None,
        }
    }

    /// Returns the consultation about it, on either side.
    pub fn consult(self, desk: &Desk) -> Option<TransferId> {
        match self {
            Self::Owned(conversation) => {
                let mine = desk
                    .consults
                    .values()
                    .find(|consult| consult.conversation == conversation && consult.from == desk.me.id);
                mine.map(|consult| consult.transfer)
            }
            Self::Consulted(transfer, _) => Some(transfer),
            Self::Joined(_) | Self::Listening(_) | Self::WrapUp(..) => None,
        }
    }
}

/// A dialog over the desk; at most one is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DialogShown {
    /// To whom to transfer, whom to consult, or whom to invite.
    Transfer(ConversationId, Mode),
    /// Whether to leave an own conversation to those who take part in it.
    Leave(ConversationId),
    /// To whom to pass on all that one has.
    HandOverAll,
    /// Why a conversation is where it is.
    Why(ConversationId),
    /// Whether to end with a request that is answered later.
    CreateRequest(ConversationId),
    /// The requests.
    Requests,
    /// Whether to end.
    EndConversation(ConversationId),
    /// Why to reject.
    Reject(OfferId),
    /// What help to ask supervisors for.
    RaiseFlag(ConversationId),
    /// What to ask the sender of a transfer.
    Ask(OfferId),
    /// What to answer the receiver of a transfer.
    Answer(OfferId),
    /// The list of shortcuts.
    Shortcuts,
    /// The choices about the page.
    Settings,
    /// Whether to sign out with conversations open.
    SignOut,
}

/// Which of two panes a narrow screen shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    /// The list of conversations.
    List,
    /// The conversation.
    Thread,
}

/// What the agent looks at; a handle that can be copied.
#[derive(Clone, Copy)]
pub struct Viewing {
    /// The conversation.
    pub entry: RwSignal<Option<Entry>>,
    /// The pane.
    pub pane: RwSignal<Pane>,
    /// The dialog.
    pub dialog: RwSignal<Option<DialogShown>>,
    /// Whether the search over the conversation is open.
    pub search: RwSignal<bool>,
    /// Whether an owned conversation is being wrapped up.
    pub wrapping_up: RwSignal<bool>,
    /// Whether the details are open where there is no room for them.
    pub details: RwSignal<bool>,
    /// A conversation that was accepted while the agent was typing in another.
    pub accepted: RwSignal<Option<ConversationId>>,
    /// Whether something is typed in the conversation that is open.
    pub typed: RwSignal<bool>,
    /// The transfers that came back and need no more words.
    pub dismissed: RwSignal<Vec<TransferId>>,
}

impl Viewing {
    /// Starts with nothing chosen.
    pub fn nothing() -> Self {
        Self {
            entry: RwSignal::new(None),
            pane: RwSignal::new(Pane::List),
            dialog: RwSignal::new(None),
            search: RwSignal::new(false),
            wrapping_up: RwSignal::new(false),
            details: RwSignal::new(false),
            accepted: RwSignal::new(None),
            typed: RwSignal::new(false),
            dismissed: RwSignal::new(dismissed_before()),
        }
    }

    /// Opens an entry in the thread.
    pub fn open(self, entry: Entry) {
        if self.accepted.get_untracked() == Some(entry.conversation()) {
            self.accepted.set(None);
        }
        if self.entry.get_untracked() != Some(entry) {
            self.search.set(false);
            self.wrapping_up.set(false);
            self.details.set(false);
            self.entry.set(Some(entry));
        }
        self.pane.set(Pane::Thread);
    }

    /// Says whether a conversation is open where one can see it.
    pub fn looks_at(self, conversation: ConversationId) -> bool {
        let open = self.entry.get_untracked().is_some_and(|entry| entry.conversation() == conversation);
        let covered = page::narrow() && self.pane.get_untracked() == Pane::List;
        open && !covered && !page::hidden()
    }

    /// Opens a conversation that was accepted, unless the agent is typing in another; says whether it did.
    pub fn open_accepted(self, accepted: Entry) -> bool {
        let conversation = accepted.conversation();
        let elsewhere = self.entry.get_untracked().is_some_and(|entry| entry.conversation() != conversation);
        if elsewhere && self.typed.get_untracked() {
            self.accepted.set(Some(conversation));
            return false;
        }
        self.open(accepted);
        true
    }

    /// Notes that a transfer that came back needs no more words.
    pub fn dismiss(self, transfer: TransferId) {
        self.dismissed.update(|dismissed| {
            dismissed.push(transfer);
            let words: Vec<String> = dismissed.iter().map(TransferId::to_string).collect();
            Place::Tab.set(&format!("{PERSONAL}{DISMISSED}"), &words.join(" "));
        });
    }

    /// Forgets everything.
    pub fn clear(self) {
        self.entry.set(None);
        self.pane.set(Pane::List);
        self.dialog.set(None);
        self.search.set(false);
        self.wrapping_up.set(false);
        self.accepted.set(None);
        self.typed.set(false);
        self.dismissed.set(Vec::new());
    }
}

/// Returns what needed no more words before a reload.
fn dismissed_before() -> Vec<TransferId> {
    let kept = Place::Tab.get(&format!("{PERSONAL}{DISMISSED}")).unwrap_or_default();
    kept.split(' ').filter_map(|word| word.parse().ok()).collect()
}

/// Returns the entries of the list: what one works on, then where one listens, then what is to be filed, the newest first.
/// Nothing moves when a message comes, so that nothing moves away from under the pointer.
pub fn entries(desk: &Desk) -> Vec<Entry> {
    let owned = desk.conversations.values().map(|thread| (thread.since, Entry::Owned(thread.conversation)));
    let consulted = desk
        .consults
        .values()
        .filter(|consult| consult.thread.is_some())
        .map(|consult| (consult.since, Entry::Consulted(consult.transfer, consult.conversation)));
    let joined = desk.joined.values().map(|thread| (thread.since, Entry::Joined(thread.conversation)));
    let listening =
        desk.listening.values().map(|thread| (thread.since, Entry::Listening(thread.conversation)));
    let to_file =
        desk.wrap_ups.values().map(|card| (card.ended_at, Entry::WrapUp(card.segment, card.conversation)));
    let mut groups =
        [owned.chain(consulted).chain(joined).collect::<Vec<_>>(), listening.collect(), to_file.collect()];
    for group in &mut groups {
        group.sort_by(|one, other| other.cmp(one));
    }
    groups.into_iter().flatten().map(|(_, entry)| entry).collect()
}

/// Returns what to look at when the desk has changed: the same, or what has become of it.
pub fn followed(entry: Entry, desk: &Desk) -> Option<Entry> {
    let conversation = entry.conversation();
    let there = match entry {
        Entry::Owned(_) | Entry::Consulted(..) | Entry::Joined(_) | Entry::Listening(_) => {
            entry.thread(desk).is_some()
        }
        Entry::WrapUp(segment, _) => desk.wrap_ups.contains_key(&segment),
    };
    if there {
        return Some(entry);
    }
    let live = entries(desk).into_iter().find(|entry| {
        let live = match entry {
            Entry::Owned(_) | Entry::Consulted(..) | Entry::Joined(_) | Entry::Listening(_) => true,
            Entry::WrapUp(..) => false,
        };
        live && entry.conversation() == conversation
    });
    let to_file = desk.wrap_ups.values().filter(|card| card.conversation == conversation);
    let last = to_file.max_by_key(|card| card.ended_at).map(|card| Entry::WrapUp(card.segment, conversation));
    live.or(last)
}

/// Returns the entry that is so many places after another, going round.
pub fn neighbour(entries: &[Entry], entry: Option<Entry>, step: isize) -> Option<Entry> {
    let count = isize::try_from(entries.len()).ok().filter(|count| *count > 0)?;
    let place = entry
        .and_then(|entry| entries.iter().position(|known| *known == entry))
        .and_then(|place| isize::try_from(place).ok());
    let next = match place {
        Some(place) => (place + step).rem_euclid(count),
        None if step < 0 => count - 1,
        None => 0,
    };
    entries.get(usize::try_from(next).ok()?).copied()
}

#[cfg(test)]
pub(crate) mod tests {
    use baton_shared::desk::{Consult, Me, WrapUpCard};
    use baton_shared::{AgentId, Presence, Role, Status, Timestamp};

    use super::*;
    use crate::conversation::rows::tests::thread;

    /// Returns the desk of an agent who has nothing to do.
    pub fn desk() -> Desk {
        let presence = Presence { status: Status::Available, reachable: true };
        let me = AgentId::from_bits(1);
        Desk {
            me: Me { id: me, name: "Agent One".to_owned(), role: Role::Agent, presence, capacity: 4 },
            conversations: Default::default(),
            offers: Default::default(),
            consults: Default::default(),
            joined: Default::default(),
            listening: Default::default(),
            wrap_ups: Default::default(),
            people: Default::default(),
        }
    }

    /// Returns a consultation that Agent Two asked Agent One to.
    pub fn consult() -> Consult {
        let thread = thread(1..=2);
        Consult {
            transfer: TransferId::from_bits(5),
            conversation: thread.conversation,
            from: AgentId::from_bits(2),
            from_name: "Agent Two".to_owned(),
            agent: AgentId::from_bits(1),
            agent_name: "Agent One".to_owned(),
            note: None,
            summary: None,
            since: Timestamp::from_millis(9),
            deadline: Timestamp::from_millis(99),
            aside: Vec::new(),
            thread: Some(thread),
        }
    }

    #[test]
    fn a_consultation_becomes_what_was_handed_over_or_goes() {
        let mut desk = desk();
        let (consult, mine) = (consult(), thread(1..=2));
        let entry = Entry::Consulted(consult.transfer, consult.conversation);
        desk.consults.insert(consult.transfer, consult);
        assert_eq!((entries(&desk), followed(entry, &desk)), (vec![entry], Some(entry)));
        desk.consults.clear();
        assert_eq!(followed(entry, &desk), None);
        let owned = Entry::Owned(mine.conversation);
        desk.conversations.insert(mine.conversation, mine);
        assert_eq!(followed(entry, &desk), Some(owned));
    }

    #[test]
    fn who_passed_on_reads_on_before_they_file() {
        let mut desk = desk();
        let mine = thread(1..=2);
        let owned = Entry::Owned(mine.conversation);
        let segment = SegmentId::from_bits(3);
        let card = WrapUpCard {
            segment,
            conversation: mine.conversation,
            customer: "Ada".to_owned(),
            started_at: Timestamp::default(),
            ended_at: Timestamp::default(),
            until: None,
            ended_by: "Transferred to Agent Two".to_owned(),
            news: None,
        };
        desk.wrap_ups.insert(segment, card);
        desk.listening.insert(mine.conversation, mine.clone());
        assert_eq!(followed(owned, &desk), Some(Entry::Listening(mine.conversation)));
        let filed_last = [Entry::Listening(mine.conversation), Entry::WrapUp(segment, mine.conversation)];
        assert_eq!(entries(&desk), filed_last);
        desk.listening.clear();
        assert_eq!(followed(owned, &desk), Some(filed_last[1]));
    }

    #[test]
    fn who_takes_part_may_become_the_owner() {
        let mut desk = desk();
        let thread = thread(1..=2);
        let (joined, owned) = (Entry::Joined(thread.conversation), Entry::Owned(thread.conversation));
        desk.joined.insert(thread.conversation, thread.clone());
        assert_eq!((entries(&desk), followed(joined, &desk)), (vec![joined], Some(joined)));
        desk.joined.clear();
        desk.conversations.insert(thread.conversation, thread);
        assert_eq!(followed(joined, &desk), Some(owned));
    }

    fn owned(bits: u128) -> Entry {
        Entry::Owned(ConversationId::from_bits(bits))
    }

    #[test]
    fn the_next_entry_goes_round() {
        let entries = [owned(1), owned(2), owned(3)];
        assert_eq!(neighbour(&entries, Some(owned(3)), 1), Some(owned(1)));
        assert_eq!(neighbour(&entries, Some(owned(1)), -1), Some(owned(3)));
        assert_eq!(neighbour(&entries, None, 1), Some(owned(1)));
        assert_eq!(neighbour(&entries, Some(owned(9)), -1), Some(owned(3)));
        assert_eq!(neighbour(&[], Some(owned(9)), 1), None);
    }
}
