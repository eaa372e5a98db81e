//! Three people, a queue and a group under one policy, on a clock that is moved by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use baton::clock::ManualClock;
use baton::desk::targets::{Standings, standings};
use baton::desk::{self, Circumstances};
use baton::dispatcher::{Answer, CommandError, Parts, Request, Turns};
use baton::feed::Feed;
use baton::ids::IdSource;
use baton::routing::{OpenWork, RoutingState};
use baton_shared::command::Actor;
use baton_shared::queue::{Membership, Priority};
use baton_shared::segment::Disposition;
use baton_shared::*;
use serde_json::json;
use tokio::sync::oneshot;

use crate::slate::Slate;

/// What one row is played on.
pub struct Scene {
    turns: Turns,
    slate: Arc<Slate>,
    clock: Arc<ManualClock>,
    log: Vec<Recorded>,
    reachable: BTreeSet<AgentId>,
    /// Who has what in the first place.
    pub ada: AgentId,
    /// Whom most things are passed to.
    pub bob: AgentId,
    /// Who is there besides.
    pub cem: AgentId,
    /// Where conversations wait; everyone is a member.
    pub queue: QueueId,
    /// Another queue; everyone is a member.
    pub other_queue: QueueId,
    /// A group that everyone belongs to.
    pub group: GroupId,
    /// What the last request asked for.
    pub note: Option<String>,
}

impl Scene {
    /// Sets the scene: everyone is available and holds at most two conversations.
    pub fn under(policy: &TransferPolicy) -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_795_248_000_000)));
        let slate = Arc::new(Slate::holding(OpenWork::default()));
        let ids = IdSource::from_seed(1);
        let parts = Parts { store: slate.clone(), clock: clock.clone(), ids, feed: Feed::silent() };
        let nobody = AgentId::from_bits(0);
        let mut scene = Self {
            turns: Turns::load(parts).unwrap(),
            slate,
            clock,
            log: Vec::new(),
            reachable: BTreeSet::new(),
            ada: nobody,
            bob: nobody,
            cem: nobody,
            queue: QueueId::from_bits(0),
            other_queue: QueueId::from_bits(0),
            group: GroupId::from_bits(0),
            note: None,
        };
        scene.set_policy(policy);
        let priority = Priority::Normal;
        for place in 0..2 {
            let (name, skills) = (format!("queue {place}"), Skills::new());
            let queue = scene.added(Command::AddQueue { name, skills, priority }).parse().unwrap();
            *[&mut scene.queue, &mut scene.other_queue][place] = queue;
        }
        let (name, skills, membership) = ("Everyone".to_owned(), BTreeSet::new(), Membership::All);
        scene.group = scene
            .added(Command::AddGroup { name, skills, membership, priority, team: None })
            .parse()
            .unwrap();
        for place in 0..3 {
            let agent = scene.add_person(place);
            *[&mut scene.ada, &mut scene.bob, &mut scene.cem][place] = agent;
        }
        let (agents, supervisors) = ([scene.ada, scene.bob].into(), [scene.cem].into());
        scene.added(Command::AddTeam { name: "Everyone".to_owned(), agents, supervisors });
        scene
    }

    fn add_person(&mut self, place: usize) -> AgentId {
        let agent = self.added(Command::AddPerson {
            name: format!("agent {place}"),
            email: format!("agent-{place}@example.com"),
            password_hash: String::new(),
            role: if place == 2 { Role::Supervisor } else { Role::Agent },
            capacity: BTreeMap::from([(Channel::WebChat, 2)]),
            interruptible: Default::default(),
        });
        let agent = agent.parse().unwrap();
        for queue in [self.queue, self.other_queue] {
            self.give(Actor::System, Command::AddMember { queue, agent }).unwrap();
        }
        self.reach(agent);
        self.choose(agent, Status::Available);
        // Who came first has been idle longest.
        self.wait(1);
        agent
    }

    /// Sets how transfers go.
    pub fn set_policy(&mut self, policy: &TransferPolicy) {
        let command = Command::SetPolicy { preset: Preset::Baton, policy: Box::new(policy.clone()) };
        self.give(Actor::System, command).unwrap();
    }

    /// Gives a command.
    pub fn give(&mut self, actor: Actor, command: Command) -> Result<Answer, CommandError> {
        let (reply, mut answer) = oneshot::channel();
        self.turns.add(Request { actor, key: None, command }, reply);
        self.turns.take();
        self.log.extend(self.slate.take());
        answer.try_recv().unwrap()
    }

    /// Gives a command of a person.
    pub fn asks(&mut self, agent: AgentId, command: Command) -> Result<Answer, CommandError> {
        self.give(Actor::Person(agent), command)
    }

    fn added(&mut self, command: Command) -> String {
        let answer = self.give(Actor::System, command).unwrap();
        let Answer::Added { id } = answer else { panic!("could not be added: {answer:?}") };
        id
    }

    /// Lets a browser of someone answer from here on.
    pub fn reach(&mut self, agent: AgentId) {
        self.reachable.insert(agent);
        self.give(Actor::System, Command::BeginLease { agent }).unwrap();
    }

    /// Takes someone's browser away.
    pub fn lose(&mut self, agent: AgentId) {
        self.reachable.remove(&agent);
        self.give(Actor::System, Command::EndLease { agent }).unwrap();
    }

    /// Lets someone choose a status.
    pub fn choose(&mut self, agent: AgentId, status: Status) {
        self.asks(agent, Command::SetStatus { status }).unwrap();
    }

    /// Adds a group of whoever has these skills.
    pub fn add_group(
        &mut self,
        name: &str,
        skills: BTreeSet<SkillId>,
        membership: Membership,
        priority: Priority,
    ) -> GroupId {
        self.added(Command::AddGroup { name: name.to_owned(), team: None, skills, membership, priority })
            .parse()
            .unwrap()
    }

    /// Adds a flow that asks something.
    pub fn add_flow(&mut self) -> FlowId {
        let asks = json!({"kind": "ask", "text": "Which order?", "attribute": "order"});
        let definition = json!({
            "name": "Orders", "entrance": null, "lasts_secs": 60, "fallback": self.queue,
            "steps": [{"name": "order", "does": asks}],
        });
        let definition = serde_json::from_value(definition).unwrap();
        self.added(Command::AddFlow { definition }).parse().unwrap()
    }

    /// Adds an external contact.
    pub fn add_external(&mut self) -> ExternalId {
        let (name, url) = ("Partner".to_owned(), "https://partner.example.com".to_owned());
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned();
        self.added(Command::AddExternal { name, url, secret }).parse().unwrap()
    }

    /// Adds a skill that nobody has.
    pub fn add_skill(&mut self, name: &str) -> SkillId {
        self.added(Command::AddSkill { name: name.to_owned() }).parse().unwrap()
    }

    /// Gives someone a skill at a level.
    pub fn grant(&mut self, agent: AgentId, skill: SkillId, level: Level) {
        self.give(Actor::System, Command::GrantSkill { agent, skill, level }).unwrap();
    }

    /// Sets the rules of the queue in which customers come.
    pub fn set_rules(&mut self, rules: QueueRules) {
        self.set_queue(Skills::new(), rules);
    }

    /// Sets what the queue in which customers come asks for, and its rules.
    pub fn set_queue(&mut self, skills: Skills, rules: QueueRules) {
        let (queue, name, priority) = (self.queue, "queue 0".to_owned(), Priority::Normal);
        let rules = Some(Box::new(rules));
        self.give(Actor::System, Command::ChangeQueue { queue, name, skills, priority, rules }).unwrap();
    }

    /// Lets time pass.
    pub fn wait(&mut self, secs: u64) {
        for _ in 0..secs {
            self.clock.advance(Duration::from_secs(1));
            for agent in &self.reachable {
                self.turns.renew_lease(*agent);
            }
            self.turns.take();
        }
        self.log.extend(self.slate.take());
    }

    /// Lets a customer come.
    pub fn customer(&mut self) -> ConversationId {
        self.begins().unwrap()
    }

    /// Lets a customer try to come.
    pub fn begins(&mut self) -> Result<ConversationId, CommandError> {
        let (name, text) = ("Ada".to_owned(), "Hello".to_owned());
        let (channel, queue, attributes) = (Channel::WebChat, self.queue, BTreeMap::new());
        let start = Command::StartConversation { name, text, channel, queue, attributes };
        let answer = self.give(Actor::Visitor, start)?;
        let Answer::Started { conversation } = answer else { panic!("could not be started: {answer:?}") };
        Ok(conversation)
    }

    /// Lets a customer come whom this person answers.
    pub fn answered_by(&mut self, agent: AgentId) -> ConversationId {
        let others: Vec<AgentId> =
            [self.ada, self.bob, self.cem].into_iter().filter(|other| *other != agent).collect();
        let were = |scene: &Self, id: AgentId| scene.state().agents[&id].presence.status;
        let before: Vec<(AgentId, Status)> = others.iter().map(|id| (*id, were(self, *id))).collect();
        others.iter().for_each(|other| self.choose(*other, Status::Busy));
        let conversation = self.customer();
        if self.owner(conversation) != Owner::Agent(agent) {
            self.accept(agent, conversation);
        }
        before.into_iter().for_each(|(other, status)| self.choose(other, status));
        conversation
    }

    /// Fills a person up.
    pub fn fill(&mut self, agent: AgentId) {
        self.answered_by(agent);
        self.answered_by(agent);
    }

    /// Passes a conversation on.
    pub fn pass(
        &mut self,
        by: AgentId,
        conversation: ConversationId,
        target: Target,
    ) -> Result<TransferId, CommandError> {
        self.request(by, conversation, target, Mode::Cold, false)
    }

    /// Passes a conversation on in a mode; `park` lets it wait for the person.
    pub fn request(
        &mut self,
        by: AgentId,
        conversation: ConversationId,
        target: Target,
        mode: Mode,
        park: bool,
    ) -> Result<TransferId, CommandError> {
        let (note, summary) = (self.note.clone(), None);
        let request =
            Command::RequestTransfer { conversation, target, mode, note, summary, edited: None, park };
        let answer = self.asks(by, request)?;
        let Answer::Transfer { transfer } = answer else { panic!("no transfer: {answer:?}") };
        Ok(transfer)
    }

    /// Returns what a command would write, without giving it.
    pub fn would_write(&self, by: AgentId, command: Command) -> Result<usize, Refusal> {
        let mut ids = IdSource::from_seed(9);
        let (state, now) = (self.state(), self.state().at);
        let mut with = Circumstances { state, now, ids: &mut ids, key: None, judged: None, former: None };
        desk::decide(&mut with, Actor::Person(by), command).map(|decided| decided.content.len())
    }

    /// Takes a transfer back.
    pub fn cancel(&mut self, by: AgentId, conversation: ConversationId) -> Result<Answer, CommandError> {
        let transfer = self.state().conversations[&conversation].transfer().expect("it is being passed on");
        self.asks(by, Command::CancelTransfer { conversation, transfer })
    }

    fn offer(&self, agent: AgentId, conversation: ConversationId) -> OfferId {
        let mut offers = self.state().offers_to(agent);
        offers.find(|offer| offer.conversation == conversation).expect("it is offered").id
    }

    /// Accepts what is offered.
    pub fn accept(&mut self, agent: AgentId, conversation: ConversationId) {
        let offer = self.offer(agent, conversation);
        self.asks(agent, Command::AcceptOffer { offer }).unwrap();
    }

    /// Refuses what is offered.
    pub fn reject(&mut self, agent: AgentId, conversation: ConversationId) -> Result<Answer, CommandError> {
        self.reject_saying(agent, conversation, "")
    }

    /// Refuses what is offered, with a reason.
    pub fn reject_saying(
        &mut self,
        agent: AgentId,
        conversation: ConversationId,
        reason: &str,
    ) -> Result<Answer, CommandError> {
        let (offer, reason) = (self.offer(agent, conversation), reason.to_owned());
        self.asks(agent, Command::RejectOffer { offer, reason })
    }

    /// Ends a conversation.
    pub fn end(&mut self, by: AgentId, conversation: ConversationId) -> Result<Answer, CommandError> {
        let (disposition, notes) = (Some(Disposition::Resolved), None);
        self.asks(by, Command::EndConversation { conversation, disposition, notes })
    }

    /// Everything that happened, in its order.
    pub fn log(&self) -> &[Recorded] {
        &self.log
    }

    /// Returns the state.
    pub fn state(&self) -> &RoutingState {
        self.turns.state()
    }

    /// Returns who owns a conversation.
    pub fn owner(&self, conversation: ConversationId) -> Owner {
        self.state().conversations[&conversation].owner().expect("it is open")
    }

    /// Says whether a conversation is open.
    pub fn open(&self, conversation: ConversationId) -> bool {
        self.state().conversations.contains_key(&conversation)
    }

    /// Returns to whom a conversation is offered.
    pub fn offered(&self, conversation: ConversationId) -> BTreeSet<AgentId> {
        let offers = self.state().offers.values();
        offers.filter(|offer| offer.conversation == conversation).map(|offer| offer.agent).collect()
    }

    /// Returns someone's status.
    pub fn status(&self, agent: AgentId) -> Status {
        self.state().agents[&agent].presence.status
    }

    /// Says whether someone has to file what they had of a conversation.
    pub fn in_wrap_up(&self, agent: AgentId, conversation: ConversationId) -> bool {
        self.state().wrap_ups.values().any(|segment| {
            segment.conversation == conversation
                && segment.owner == Owner::Agent(agent)
                && matches!(segment.state, SegmentState::WrapUp { .. })
        })
    }

    /// Returns who takes part besides the owner.
    pub fn participants(&self, conversation: ConversationId) -> Vec<AgentId> {
        self.state().participants(&self.state().conversations[&conversation]).collect()
    }

    /// Returns the numbers of the requests that were made, in their order.
    pub fn requests(&self) -> Vec<u32> {
        let mut numbers = Vec::new();
        for recorded in &self.log {
            if let Event::RequestCreated { number, .. } = recorded.event {
                numbers.push(number);
            }
        }
        numbers
    }

    /// Says whether someone reads on.
    pub fn listens(&self, agent: AgentId, conversation: ConversationId) -> bool {
        self.state().conversations[&conversation].listeners.contains(&agent)
    }

    /// Returns how the transfers of a conversation ended, in their order.
    pub fn ends(&self, conversation: ConversationId) -> Vec<TransferEnd> {
        let mut ends = Vec::new();
        for recorded in &self.log {
            if let Event::TransferEnded { conversation: of, end, .. } = &recorded.event
                && *of == conversation
            {
                ends.push(*end);
            }
        }
        ends
    }

    /// Returns the list of targets that a conversation's owner sees.
    pub fn targets(&self, by: AgentId, conversation: ConversationId) -> Standings {
        standings(self.state(), conversation, by, self.state().at).expect("its owner asks")
    }

    /// Invites someone.
    pub fn invite(
        &mut self,
        by: AgentId,
        conversation: ConversationId,
        agent: AgentId,
    ) -> Result<Answer, CommandError> {
        let target = Target::Agent(agent);
        self.asks(by, Command::Invite { conversation, target, note: None })
    }
}
