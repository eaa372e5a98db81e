//! A server without a network, two agents and a supervisor, and everyone's view kept up to date by events alone.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use baton::clock::{Clock, ManualClock};
use baton::dispatcher::{Answer, CommandError, Key, Parts, Request, Turns};
use baton::feed::{self, Feed, HEARTBEAT_EVERY, Reader, Watcher};
use baton::ids::IdSource;
use baton::store::Store;
use baton::store::sqlite::SqliteStore;
use baton::wall::{Board, Counting};
use baton_shared::command::Actor;
use baton_shared::message::MESSAGES_SHOWN;
use baton_shared::*;
use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

/// Returns a capacity for web chat.
pub fn capacity(units: u32) -> BTreeMap<Channel, u32> {
    BTreeMap::from([(Channel::WebChat, units)])
}

/// A desk kept up to date by events, and the stream they come on.
struct Watched {
    agent: AgentId,
    desk: Desk,
    frames: mpsc::Receiver<Bytes>,
}

/// A customer's view kept up to date by events, and the stream they come on.
struct WatchedChat {
    conversation: ConversationId,
    chat: ChatView,
    frames: mpsc::Receiver<Bytes>,
}

/// A wall kept up to date by events, and the stream they come on.
struct WatchedWall {
    wall: Wall,
    frames: mpsc::Receiver<Bytes>,
}

/// A server without a network, driven step by step.
pub struct Stage {
    pub turns: Turns,
    pub one: AgentId,
    pub two: AgentId,
    /// A supervisor, who belongs to no queue and is Offline at first.
    pub lead: AgentId,
    pub queue: QueueId,
    /// Both agents, led by the supervisor.
    pub team: TeamId,
    /// Every command that was given.
    pub given: Vec<Command>,
    /// Every change of a desk that was seen.
    pub seen: Vec<DeskEvent>,
    pub store: Arc<SqliteStore>,
    pub clock: Arc<ManualClock>,
    /// The feed's own clock, so that a heartbeat can be asked for without letting a deadline pass.
    feed_clock: Arc<ManualClock>,
    feed: Feed,
    runtime: tokio::runtime::Runtime,
    watched: Vec<Watched>,
    chats: Vec<WatchedChat>,
    /// The supervisor's.
    wall: Option<WatchedWall>,
    wall_cut_points: Vec<(Wall, String)>,
    /// Every change of a wall that was seen.
    pub wall_seen: Vec<WallEvent>,
    cut_points: Vec<(AgentId, Desk, String)>,
    chat_cut_points: Vec<(ConversationId, ChatView, String)>,
    keys: u64,
    pub folder: tempfile::TempDir,
}

/// What a stream says up to its next heartbeat.
enum Read {
    Frames(Vec<(String, String)>),
    Restart,
}

impl Stage {
    /// Opens a store in a new folder and adds two agents, a supervisor and a queue.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(SqliteStore::open(folder.path()).unwrap());
        let start = Timestamp::from_millis(1_795_248_000_000);
        let (clock, feed_clock) = (Arc::new(ManualClock::at(start)), Arc::new(ManualClock::at(start)));
        let feed = Feed::start(feed::Parts {
            store: store.clone(),
            clock: feed_clock.clone(),
            boot: 7,
            build: "test".to_owned(),
        })
        .unwrap();
        let mut turns = Turns::load(Parts {
            store: store.clone(),
            clock: clock.clone(),
            ids: IdSource::from_seed(1),
            feed: feed.clone(),
        })
        .unwrap();
        turns.record_start().unwrap();
        let nobody = AgentId::from_bits(0);
        let mut stage = Self {
            turns,
            one: nobody,
            two: nobody,
            lead: nobody,
            queue: QueueId::from_bits(0),
            team: TeamId::from_bits(0),
            given: Vec::new(),
            seen: Vec::new(),
            store,
            clock,
            feed_clock,
            feed,
            runtime: tokio::runtime::Builder::new_current_thread().build().unwrap(),
            watched: Vec::new(),
            chats: Vec::new(),
            wall: None,
            wall_cut_points: Vec::new(),
            wall_seen: Vec::new(),
            cut_points: Vec::new(),
            chat_cut_points: Vec::new(),
            keys: 0,
            folder,
        };
        stage.set_up();
        stage
    }

    fn set_up(&mut self) {
        let (name, skills) = ("Billing".to_owned(), Default::default());
        let added =
            self.give(Actor::System, Command::AddQueue { name, skills, priority: Default::default() });
        self.queue = id_of(added).parse().unwrap();
        self.one = self.add_person("Agent One", Role::Agent);
        self.two = self.add_person("Agent Two", Role::Agent);
        self.lead = self.add_person("Lead", Role::Supervisor);
        for agent in [self.one, self.two] {
            let queue = self.queue;
            self.give(Actor::System, Command::AddMember { queue, agent }).unwrap();
        }
        let (agents, supervisors) = ([self.one, self.two].into(), [self.lead].into());
        let added =
            self.give(Actor::System, Command::AddTeam { name: "Team".to_owned(), agents, supervisors });
        self.team = id_of(added).parse().unwrap();
        for agent in self.everyone() {
            let (desk, frames) = self.open_desk(agent);
            self.watched.push(Watched { agent, desk, frames });
        }
        self.wall = Some(self.open_wall());
    }

    fn add_person(&mut self, name: &str, role: Role) -> AgentId {
        let added = self.give(
            Actor::System,
            Command::AddPerson {
                name: name.to_owned(),
                email: format!("{}@example.com", name.replace(' ', "-")),
                password_hash: String::new(),
                role,
                capacity: capacity(3),
                interruptible: Default::default(),
            },
        );
        id_of(added).parse().unwrap()
    }

    fn open_desk(&self, agent: AgentId) -> (Desk, mpsc::Receiver<Bytes>) {
        let (desk, cursor) = self.fresh_desk(agent);
        let frames = self.subscribe(Reader::Person { agent, session: [0; 32] }, cursor);
        (desk, frames)
    }

    fn subscribe(&self, reader: Reader, cursor: String) -> mpsc::Receiver<Bytes> {
        self.runtime.block_on(self.feed.subscribe(reader, Some(cursor)))
    }

    fn fresh_desk(&self, agent: AgentId) -> (Desk, String) {
        let reading = self.store.read().unwrap();
        (reading.desk(agent).unwrap().unwrap(), self.feed.cursor(reading.head().unwrap()))
    }

    fn fresh_chat(&self, conversation: ConversationId) -> (ChatView, String) {
        let reading = self.store.read().unwrap();
        let now = Timestamp::from_millis(0);
        (reading.chat(conversation, now).unwrap().unwrap(), self.feed.cursor(reading.head().unwrap()))
    }

    /// Gives a command, lets everyone see what came of it, and compares each view with a fresh one.
    pub fn give(&mut self, actor: Actor, command: Command) -> Result<Answer, CommandError> {
        self.given.push(command.clone());
        self.keys += 1;
        let key = Some(Key { text: format!("key-{:08}", self.keys), body_hash: [0; 32] });
        let (reply, mut answer) = oneshot::channel();
        // A handoff stands where it stood by time, to the millisecond.
        self.clock.advance(Duration::from_millis(1));
        self.turns.add(Request { actor, key, command }, reply);
        self.turns.take();
        self.check();
        answer.try_recv().expect("a turn answers every command")
    }

    /// Lets time pass, with whatever falls due.
    pub fn advance(&mut self, by: Duration) {
        self.clock.advance(by);
        self.turns.take();
        self.check();
    }

    /// Returns both agents and the supervisor.
    pub const fn everyone(&self) -> [AgentId; 3] {
        [self.one, self.two, self.lead]
    }

    /// Keeps everyone reachable.
    pub fn keep_leases(&mut self) {
        for agent in self.everyone() {
            self.turns.renew_lease(agent);
        }
    }

    /// Opens a conversation, watched from then on.
    pub fn customer_comes(&mut self, queue: QueueId) -> ConversationId {
        self.customer_opens(Actor::Visitor, queue)
    }

    /// Opens a conversation of a customer who had one before, watched from then on.
    pub fn customer_returns(&mut self, earlier: ConversationId, queue: QueueId) -> ConversationId {
        self.customer_opens(Actor::Customer(earlier), queue)
    }

    fn customer_opens(&mut self, actor: Actor, queue: QueueId) -> ConversationId {
        let attributes = BTreeMap::from([("page".to_owned(), "/pricing".to_owned())]);
        let (name, text) = ("Ada".to_owned(), "My invoice is wrong".to_owned());
        let channel = Channel::WebChat;
        let start = Command::StartConversation { name, text, channel, queue, attributes };
        let Ok(Answer::Started { conversation }) = self.give(actor, start) else { panic!("no conversation") };
        let (chat, cursor) = self.fresh_chat(conversation);
        let frames = self.subscribe(Reader::Customer(conversation), cursor);
        self.chats.push(WatchedChat { conversation, chat, frames });
        conversation
    }

    /// Returns the first offer that is out for a conversation, and to whom.
    pub fn offer_of(&self, conversation: ConversationId) -> (OfferId, AgentId) {
        *self.offers_of(conversation).first().expect("it is offered to someone")
    }

    /// Returns the offers that are out for a conversation, and to whom.
    pub fn offers_of(&self, conversation: ConversationId) -> Vec<(OfferId, AgentId)> {
        let state = self.turns.state();
        let offers = state.open_offers(&state.conversations[&conversation]);
        offers.map(|offer| (offer.id, offer.agent)).collect()
    }

    /// Returns the offer that is out for an invitation, and to whom.
    pub fn invite_offer_of(&self, invite: InviteId) -> (OfferId, AgentId) {
        let mut offers = self.turns.state().invite_offers(invite).map(|offer| (offer.id, offer.agent));
        offers.next().expect("someone is asked to join")
    }

    /// Returns the agent who owns a conversation.
    pub fn owner_of(&self, conversation: ConversationId) -> Option<AgentId> {
        match self.turns.state().conversations.get(&conversation)?.owner()? {
            Owner::Agent(agent) => Some(agent),
            Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_) => None,
        }
    }

    /// Returns the other of the two agents.
    pub fn other(&self, agent: AgentId) -> AgentId {
        if agent == self.one { self.two } else { self.one }
    }

    /// Returns a segment that an agent has to file.
    pub fn wrap_up_of(&self, agent: AgentId) -> SegmentId {
        let (desk, _) = self.fresh_desk(agent);
        *desk.wrap_ups.keys().next().expect("something is to be filed")
    }

    /// Returns the whole log.
    pub fn log(&self) -> Vec<Recorded> {
        let mut log = Vec::new();
        self.store.replay(1, &mut |recorded| log.push(recorded)).unwrap();
        log
    }

    fn check(&mut self) {
        self.beat();
        for mut watched in std::mem::take(&mut self.watched) {
            let (fresh, cursor) = self.fresh_desk(watched.agent);
            match read_to_heartbeat(&mut watched.frames, &cursor) {
                Read::Frames(frames) => apply_to_desk(&mut watched.desk, &frames, &mut self.seen),
                Read::Restart => (watched.desk, watched.frames) = self.open_desk(watched.agent),
            }
            assert_same_desk(&watched.desk, &fresh);
            self.cut_points.push((watched.agent, fresh, cursor));
            self.watched.push(watched);
        }
        self.check_wall();
        for mut watched in std::mem::take(&mut self.chats) {
            let (fresh, cursor) = self.fresh_chat(watched.conversation);
            match read_to_heartbeat(&mut watched.frames, &cursor) {
                Read::Frames(frames) => apply_to_chat(&mut watched.chat, &frames),
                Read::Restart => panic!("customers start again only when the server does"),
            }
            assert_same_chat(&watched.chat, &fresh);
            self.chat_cut_points.push((watched.conversation, fresh, cursor));
            match watched.chat.phase {
                // Whoever is asked for a rating, or waits for the answer to a request, goes on looking.
                Phase::Closed { survey: Some(Survey::Asked), .. } => self.chats.push(watched),
                Phase::Closed { request: None, .. } | Phase::Closed { answer: Some(_), .. } => {}
                Phase::Closed { .. }
                | Phase::Waiting { .. }
                | Phase::Active { .. }
                | Phase::Transferring { .. } => self.chats.push(watched),
            }
        }
    }

    fn watcher(&self) -> Watcher {
        Watcher { agent: self.lead, counting: Counting::default() }
    }

    fn open_wall(&self) -> WatchedWall {
        let (wall, cursor) = self.runtime.block_on(self.feed.wall(self.watcher())).expect("it can be read");
        let reader = Reader::Wall { watcher: self.watcher(), session: [0; 32] };
        WatchedWall { wall, frames: self.subscribe(reader, cursor) }
    }

    /// Returns what the supervisor oversees, computed from the store alone, and the place on the streams.
    fn fresh_wall(&self) -> (Wall, String) {
        let now = self.feed_clock.now();
        let board = Board::load(self.store.as_ref(), now).unwrap();
        let head = self.store.read().unwrap().head().unwrap();
        (board.wall(&board.view(self.lead, &Counting::default(), now), now), self.feed.cursor(head))
    }

    fn check_wall(&mut self) {
        let Some(mut watched) = self.wall.take() else { return };
        let (fresh, cursor) = self.fresh_wall();
        match read_to_heartbeat(&mut watched.frames, &cursor) {
            Read::Frames(frames) => apply_to_wall(&mut watched.wall, &frames, &mut self.wall_seen),
            Read::Restart => watched = self.open_wall(),
        }
        assert_same("a wall", &watched.wall, &fresh);
        self.wall_cut_points.push((fresh, cursor));
        self.wall = Some(watched);
    }

    /// From every snapshot that was taken: resuming after its cursor gives what the store shows, or says to start again.
    fn check_wall_cut_points(&mut self) {
        let mut resumed = 0;
        for (mut wall, cursor) in std::mem::take(&mut self.wall_cut_points) {
            let (fresh, head) = self.fresh_wall();
            let mut frames =
                self.subscribe(Reader::Wall { watcher: self.watcher(), session: [0; 32] }, cursor);
            if let Read::Frames(frames) = read_to_heartbeat(&mut frames, &head) {
                apply_to_wall(&mut wall, &frames, &mut self.wall_seen);
                assert_same("a wall", &wall, &fresh);
                resumed += 1;
            }
        }
        assert!(resumed > 0, "at least the last snapshots can be resumed from");
    }

    /// Asks for a heartbeat on every stream, after everything that was published before.
    fn beat(&self) {
        let nobody = Reader::Customer(ConversationId::from_bits(0));
        let mut opened = self.runtime.block_on(self.feed.subscribe(nobody, None));
        opened.blocking_recv().expect("a stream that is opened says hello");
        self.feed_clock.advance(HEARTBEAT_EVERY);
        self.feed.tick();
    }

    /// From every snapshot that was taken: resuming after its cursor gives what a fresh one shows, or says to start again.
    pub fn check_every_cut_point(&mut self) {
        let mut resumed = 0;
        for (agent, mut desk, cursor) in std::mem::take(&mut self.cut_points) {
            let (fresh, head) = self.fresh_desk(agent);
            let mut frames = self.subscribe(Reader::Person { agent, session: [0; 32] }, cursor);
            if let Read::Frames(frames) = read_to_heartbeat(&mut frames, &head) {
                apply_to_desk(&mut desk, &frames, &mut self.seen);
                assert_same_desk(&desk, &fresh);
                resumed += 1;
            }
        }
        assert!(resumed > 0, "at least the last snapshots can be resumed from");
        self.check_wall_cut_points();
        for (conversation, mut chat, cursor) in std::mem::take(&mut self.chat_cut_points) {
            let (fresh, head) = self.fresh_chat(conversation);
            let mut frames = self.subscribe(Reader::Customer(conversation), cursor);
            if let Read::Frames(frames) = read_to_heartbeat(&mut frames, &head) {
                apply_to_chat(&mut chat, &frames);
                assert_same_chat(&chat, &fresh);
            }
        }
    }

    /// Says whether every person has to start again from the cursor of the snapshot that was taken last.
    pub fn restarts_everyone(&mut self, give: impl FnOnce(&mut Self)) -> bool {
        let before = self.everyone().map(|agent| (agent, self.fresh_desk(agent)));
        give(self);
        before.into_iter().all(|(agent, (_, cursor))| {
            let (_, head) = self.fresh_desk(agent);
            let mut frames = self.subscribe(Reader::Person { agent, session: [0; 32] }, cursor);
            matches!(read_to_heartbeat(&mut frames, &head), Read::Restart)
        })
    }

    /// Returns the views that a person has at the moment.
    pub fn desk_of(&self, agent: AgentId) -> Desk {
        self.fresh_desk(agent).0
    }

    /// Returns what happens to a customer's conversation at the moment.
    pub fn phase_of(&self, conversation: ConversationId) -> Phase {
        self.fresh_chat(conversation).0.phase
    }
}

fn id_of(answer: Result<Answer, CommandError>) -> String {
    match answer {
        Ok(Answer::Added { id }) => id,
        other => panic!("nothing was added: {other:?}"),
    }
}

/// Reads a stream up to the heartbeat that carries this cursor.
fn read_to_heartbeat(frames: &mut mpsc::Receiver<Bytes>, cursor: &str) -> Read {
    let mut read = Vec::new();
    loop {
        let Some(bytes) = frames.blocking_recv() else { return Read::Restart };
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let field =
            |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("").to_owned();
        match field("event: ").as_str() {
            "restart" => return Read::Restart,
            "heartbeat" if field("data: ").contains(&format!("\"{cursor}\"")) => return Read::Frames(read),
            name => read.push((name.to_owned(), field("data: "))),
        }
    }
}

fn apply_to_desk(desk: &mut Desk, frames: &[(String, String)], seen: &mut Vec<DeskEvent>) {
    for (_, data) in frames.iter().filter(|(name, _)| name == "desk") {
        let events: Vec<DeskEvent> = serde_json::from_str(data).unwrap();
        for event in events {
            desk.apply(&event);
            seen.push(event);
        }
    }
}

fn apply_to_wall(wall: &mut Wall, frames: &[(String, String)], seen: &mut Vec<WallEvent>) {
    for (_, data) in frames.iter().filter(|(name, _)| name == "wall") {
        let events: Vec<WallEvent> = serde_json::from_str(data).unwrap();
        for event in events {
            wall.apply(&event);
            seen.push(event);
        }
    }
}

fn apply_to_chat(chat: &mut ChatView, frames: &[(String, String)]) {
    for (_, data) in frames.iter().filter(|(name, _)| name == "chat") {
        let events: Vec<ChatEvent> = serde_json::from_str(data).unwrap();
        events.iter().for_each(|event| chat.apply(event));
    }
}

fn assert_same_desk(kept: &Desk, fresh: &Desk) {
    let mut kept = kept.clone();
    let owned = kept.conversations.values_mut();
    let offered = kept.offers.values_mut().map(|offer| &mut offer.thread);
    let consulted = kept.consults.values_mut().filter_map(|consult| consult.thread.as_mut());
    let others = kept.joined.values_mut().chain(kept.listening.values_mut());
    for thread in owned.chain(offered).chain(consulted).chain(others) {
        // A page keeps the earlier messages it has; a snapshot brings the last ones.
        let surplus = thread.messages.len().saturating_sub(MESSAGES_SHOWN);
        thread.messages.drain(..surplus);
    }
    assert_same("a desk", &kept, fresh);
}

/// Fails with what differs, and nothing else.
fn assert_same<View: serde::Serialize>(what: &str, kept: &View, fresh: &View) {
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    leaves("", &serde_json::to_value(kept).unwrap(), &mut before);
    leaves("", &serde_json::to_value(fresh).unwrap(), &mut after);
    let both: Vec<String> =
        before.keys().filter(|path| before.get(*path) == after.get(*path)).cloned().collect();
    for path in both {
        before.remove(&path);
        after.remove(&path);
    }
    assert_eq!(before, after, "{what}: what the events made, and what a fresh snapshot shows otherwise");
}

/// Adds what a value holds to `found`, by where it stands.
fn leaves(path: &str, value: &serde_json::Value, found: &mut BTreeMap<String, String>) {
    match value {
        serde_json::Value::Object(fields) => {
            found.insert(path.to_owned(), "{}".to_owned());
            fields.iter().for_each(|(name, value)| leaves(&format!("{path}/{name}"), value, found));
        }
        serde_json::Value::Array(values) => {
            found.insert(path.to_owned(), format!("{} values", values.len()));
            (0..).zip(values).for_each(|(place, value): (usize, _)| {
                leaves(&format!("{path}/{place}"), value, found);
            });
        }
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_) => drop(found.insert(path.to_owned(), value.to_string())),
    }
}

fn assert_same_chat(kept: &ChatView, fresh: &ChatView) {
    let mut kept = kept.clone();
    let surplus = kept.messages.len().saturating_sub(MESSAGES_SHOWN);
    kept.messages.drain(..surplus);
    let place = |phase: &Phase| match phase {
        // A place in line is told apart, at most once a second.
        Phase::Waiting { queue, .. } => format!("waiting in {queue}"),
        Phase::Active { .. } | Phase::Transferring { .. } | Phase::Closed { .. } => format!("{phase:?}"),
    };
    assert_eq!(kept.messages, fresh.messages);
    assert_eq!((kept.read, place(&kept.phase)), (fresh.read, place(&fresh.phase)));
}
