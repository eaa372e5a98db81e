//! What the behaviours happen to: a small contact centre, and turns that are committed one after the other.

use std::collections::BTreeSet;

use baton_shared::agent::Role;
use baton_shared::conversation::Held;
use baton_shared::offer::OfferState;
use baton_shared::queue::{Membership, Priority};
use baton_shared::segment::{OwnerCause, SegmentState};
use baton_shared::transfer::TransferState;
use baton_shared::*;

use super::Place;
use crate::store::{Batch, Content, Loaded, Marks, Reading, Row, Store, StoreError, StoredAnswer};

/// The first agent, who owns what [`owned`] makes.
pub const ONE: AgentId = AgentId::from_bits(1);
/// The second agent.
pub const TWO: AgentId = AgentId::from_bits(2);
/// The queue that new conversations wait in. It has the bits of the first agent: ids of two kinds never meet.
pub const BILLING: QueueId = QueueId::from_bits(1);
/// The other queue.
pub const SALES: QueueId = QueueId::from_bits(2);

/// A store, and where its log stands.
pub struct Scene {
    /// The store.
    pub store: Box<dyn Store>,
    /// What it held when it was opened.
    pub loaded: Loaded,
    next: u64,
}

impl Scene {
    /// Opens the store of a place.
    pub fn of(place: &dyn Place) -> Self {
        let store = place.open();
        let loaded = store.load().expect("a store that opens can be loaded");
        Self { next: loaded.work.position + 1, store, loaded }
    }

    /// Opens the store of a place and puts two agents and two queues into it.
    pub fn staffed(place: &dyn Place) -> Self {
        let mut scene = Self::of(place);
        let rows = [BILLING, SALES].map(|id| Row::Queue(queue(id))).into_iter();
        let content = vec![
            profile(ONE, "Agent One"),
            profile(TWO, "Agent Two"),
            Content::QueueName(BILLING, "Billing".to_owned()),
            Content::QueueName(SALES, "Sales".to_owned()),
        ];
        scene.turn(rows.chain([ONE, TWO].map(|id| Row::Agent(agent(id)))), content);
        scene
    }

    /// Returns a batch with one event that may be committed next.
    pub fn batch(&self, rows: impl IntoIterator<Item = Row>, content: Vec<Content>) -> Batch {
        let event = Event::AgentReached { agent: ONE };
        Batch {
            writer_epoch: self.loaded.writer_epoch,
            recorded: vec![Recorded { position: self.next, at: at(self.next), event }],
            rows: rows.into_iter().collect(),
            content,
            answers: Vec::new(),
            marks: Vec::new(),
            head: self.next,
            at: at(self.next),
        }
    }

    /// Commits a batch that must go through.
    pub fn commit(&mut self, batch: &Batch) {
        self.store.commit(batch).expect("the batch follows the last one");
        self.next += batch.recorded.len() as u64;
    }

    /// Commits a turn with these changes.
    pub fn turn(&mut self, rows: impl IntoIterator<Item = Row>, content: Vec<Content>) {
        self.commit(&self.batch(rows, content));
    }

    /// Commits a turn that only says how far a conversation has been read.
    pub fn mark(&mut self, marks: Marks) {
        self.commit(&Batch { marks: vec![marks], ..self.batch([], Vec::new()) });
    }

    /// Commits a turn that only keeps an answer.
    pub fn answer(&mut self, answer: StoredAnswer, now: Timestamp) {
        self.commit(&Batch { answers: vec![answer], at: now, ..self.batch([], Vec::new()) });
    }

    /// Tries a batch that must be refused as a conflict, and shows that it changed nothing.
    pub fn conflict(&self, batch: &Batch) {
        let before = format!("{:?}", self.store.load());
        let refused = self.store.commit(batch);
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?} should be a conflict");
        assert_eq!(format!("{:?}", self.store.load()), before);
        assert_eq!(self.log_from(1).len() as u64, self.next - 1);
    }

    /// Returns the log from a position on.
    pub fn log_from(&self, position: u64) -> Vec<Recorded> {
        let mut log = Vec::new();
        self.store.replay(position, &mut |recorded| log.push(recorded)).expect("the log can be read");
        log
    }

    /// Asks a read transaction of its own; everything asked for must be there.
    pub fn ask<Answer>(&self, ask: impl FnOnce(&dyn Reading) -> Result<Answer, StoreError>) -> Answer {
        let reading = self.store.read().expect("a read transaction begins");
        ask(&*reading).expect("what is asked for can be read")
    }
}

/// A second in the scenes' day.
pub const fn at(second: u64) -> Timestamp {
    Timestamp::from_millis(1_795_248_000_000 + second as i64 * 1_000)
}

/// A person who is available, can hold two chats and belongs to both queues.
pub fn agent(id: AgentId) -> Agent {
    Agent {
        id,
        role: Role::Agent,
        enabled: true,
        presence: Presence { status: Status::Available, reachable: true },
        capacity: [(Channel::WebChat, 2)].into(),
        interruptible: [(Channel::WebChat, 5)].into(),
        skills: skill_at(7),
        queues: [BILLING, SALES].into(),
        idle_since: at(0),
        lost_at: None,
    }
}

/// The scenes' one skill, at a level.
pub fn skill_at(level: u8) -> Skills {
    Level::new(level).map(|level| (SkillId::from_bits(1), level)).into_iter().collect()
}

/// A person's name and sign-in.
pub fn profile(agent: AgentId, name: &str) -> Content {
    let address = format!("{}@example.com", name.replace(' ', "."));
    Content::Profile { agent, name: name.to_owned(), credentials: Some((address, "hash".to_owned())) }
}

/// A queue without an estimate.
pub fn queue(id: QueueId) -> Queue {
    Queue::new(id, skill_at(3), Priority::Normal)
}

/// A conversation that waits in [`BILLING`] in epoch 0, opened at `at(number)`.
pub fn waiting(number: u64) -> Conversation {
    let search = Search::begin(Pool::Queue(BILLING), at(number), 1);
    let held = Held::Queue(Waiting::begin(Search { skills: skill_at(2), relaxed: 1, ..search }, None));
    Conversation {
        id: ConversationId::from_bits(number.into()),
        contact: ContactId::from_bits(number.into()),
        channel: Channel::WebChat,
        queue: BILLING,
        priority: Priority::Normal,
        work: Work::Interruptible,
        enqueued_at: at(number),
        ranked_at: at(number),
        segment: SegmentId::from_bits(number.into()),
        last_seq: 0,
        owners: FewSet::new(),
        last_agent: None,
        invites: Default::default(),
        listeners: Rare::new(),
        oversight: None,
        hops: 0,
        silence: None,
        state: ConversationState::Open { held, epoch: 0 },
    }
}

/// A conversation that [`ONE`] owns in epoch 1.
pub fn owned(number: u64) -> Conversation {
    let held = Held::Agent { agent: ONE, since: at(number), transfer: None };
    Conversation { state: ConversationState::Open { held, epoch: 1 }, ..waiting(number) }
}

/// The running segment of a conversation, since it was opened.
pub fn segment(conversation: &Conversation) -> Segment {
    Segment {
        id: conversation.segment,
        conversation: conversation.id,
        owner: conversation.owner().expect("the conversation is open"),
        started_at: conversation.enqueued_at,
        preceded_by: OwnerCause::Opened,
        last_seq: conversation.last_seq,
        state: SegmentState::Active,
    }
}

/// The rows of a conversation and its segment.
pub fn rows(conversation: &Conversation) -> [Row; 2] {
    [Row::Conversation(conversation.clone()), Row::Segment(segment(conversation))]
}

/// A conversation's customer.
pub fn customer(conversation: &Conversation, name: &str) -> Content {
    Content::Contact(conversation.contact, name.to_owned())
}

/// An open offer of a conversation to [`TWO`].
pub fn offer(number: u64, conversation: &Conversation, cause: OfferCause) -> Offer {
    Offer {
        id: OfferId::from_bits(number.into()),
        conversation: conversation.id,
        agent: TWO,
        cause,
        work: Work::Interruptible,
        made_at: at(number),
        state: OfferState::Open { deadline: Some(at(number + 30)) },
        replies: BTreeSet::new(),
    }
}

/// A cold transfer of a conversation by [`ONE`] under the default policy, requested at `at(number)`.
pub fn transfer(number: u64, conversation: &Conversation, target: Target, state: TransferState) -> Transfer {
    Transfer {
        id: TransferId::from_bits(number.into()),
        conversation: conversation.id,
        from: Sender::Agent(ONE),
        by: None,
        target,
        mode: Mode::Cold,
        queue: BILLING,
        work: Work::Interruptible,
        policy: TransferPolicy::default(),
        after_seq: number as u32,
        requested_at: at(number),
        state,
    }
}

/// A transfer's state while it is offered to these people, whom one offer each is made.
pub fn offered_to(target: Target, offers: &[&Offer], deadline: Option<Timestamp>) -> TransferState {
    let pool = target.pool().expect("it is passed to someone, a queue or a group");
    let mut search = Search::begin(pool, at(0), 1);
    search.offers.extend(offers.iter().map(|offer| (offer.agent, offer.id)));
    TransferState::Seeking { search, deadline }
}

/// The same conversation with an open transfer away from the agent who owns it.
pub fn leaving(conversation: &Conversation, transfer: TransferId) -> Conversation {
    let mut leaving = conversation.clone();
    match &mut leaving.state {
        ConversationState::Open { held: Held::Agent { transfer: open, .. }, .. } => *open = Some(transfer),
        ConversationState::Open { held: Held::Queue(_) | Held::Flow(_) | Held::External { .. }, .. }
        | ConversationState::Closed { .. } => panic!("an agent owns it"),
    }
    leaving
}

/// An invitation to a conversation by [`ONE`] under the default policy, made at `at(number)`.
pub fn invite(number: u64, conversation: &Conversation, target: Target, state: InviteState) -> Invite {
    Invite {
        id: InviteId::from_bits(number.into()),
        conversation: conversation.id,
        from: ONE,
        target,
        work: Work::Interruptible,
        policy: TransferPolicy::default(),
        made_at: at(number),
        state,
    }
}

/// An invitation's state until `at(60)` while these people are asked, whom one offer each is made.
pub fn asking(target: Target, offers: &[&Offer]) -> InviteState {
    let pool = target.pool().expect("the target is no workflow");
    let mut search = Search::begin(pool, at(0), 1);
    search.offers.extend(offers.iter().map(|offer| (offer.agent, offer.id)));
    InviteState::Open { search, deadline: at(60) }
}

/// An invitation's state while someone takes part by it.
pub const fn joined_by(agent: AgentId) -> InviteState {
    InviteState::Joined { agent, since: at(5) }
}

/// An invitation's state once it has ended.
pub const fn over(end: InviteEnd) -> InviteState {
    InviteState::Ended { at: at(9), end }
}

/// The same conversation with these invitations, which have not ended.
pub fn inviting(conversation: &Conversation, invites: &[&Invite]) -> Conversation {
    Conversation { invites: invites.iter().map(|invite| invite.id).collect(), ..conversation.clone() }
}

/// A group of those who have the scenes' one skill.
pub fn group(number: u64) -> Group {
    Group {
        id: GroupId::from_bits(number.into()),
        skills: [SkillId::from_bits(1)].into(),
        membership: Membership::Any,
        priority: Priority::High,
        team: Some(TeamId::from_bits(1)),
    }
}

/// A request of a conversation, created at `at(number)` under that number, with its queue.
pub fn request(number: u32, conversation: &Conversation, state: RequestState) -> Request {
    Request {
        id: RequestId::from_bits(number.into()),
        number,
        conversation: conversation.id,
        contact: conversation.contact,
        queue: conversation.queue,
        created_at: at(number.into()),
        state,
    }
}

/// Something said aside at `at(seq)`.
pub fn aside(transfer: TransferId, seq: u32, author: AgentId, text: &str) -> Content {
    Content::Aside {
        transfer,
        seq,
        id: MessageId::from_bits(u128::from(seq) << 64 | transfer.bits()),
        author,
        text: text.to_owned(),
        at: at(seq.into()),
        client_key: Some(format!("aside-{seq}")),
    }
}

/// Something said at `at(seq)`.
pub fn said(conversation: ConversationId, seq: u32, author: Author, text: &str) -> Content {
    Content::Message {
        conversation,
        seq,
        id: MessageId::from_bits(u128::from(seq) << 64 | conversation.bits()),
        author,
        text: text.to_owned(),
        at: at(seq.into()),
        client_key: Some(format!("key-{seq}")),
    }
}

/// Sixty messages, the customer's and an agent's in turn.
pub fn sixty(conversation: &Conversation) -> Vec<Content> {
    let author = |seq| if seq % 2 == 1 { Author::Customer } else { Author::Agent(ONE) };
    let said = |seq| said(conversation.id, seq, author(seq), &format!("Message {seq}"));
    let customer = customer(conversation, "Ada");
    (1..=60).map(said).chain([customer]).collect()
}

/// The numbers of messages, in their order.
pub fn numbers(messages: &[Message]) -> Vec<u32> {
    messages.iter().map(|message| message.seq).collect()
}
