//! One line of the transfer dialog: a person, a group or a queue, whether it can take the conversation, and what happens.

use baton_shared::api::{AgentTarget, GroupTarget, QueueTarget, TransferTargets, WorkflowTarget};
use baton_shared::{ConversationId, Mode, Presence, Target, TargetKind};
use leptos::prelude::*;

use crate::browser::words::lowercase;
use crate::conversation::why::target_why_view;
use crate::presence::mark;

/// Where a conversation could go.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// To whom.
    pub target: Target,
    /// What it is called.
    pub name: String,
    /// The presence of a person.
    pub presence: Option<Presence>,
    /// How much is taken, or how long the wait is.
    pub facts: Vec<String>,
    /// The part of the capacity that is taken, in percent.
    pub taken: Option<u32>,
    /// Whether it cannot take the conversation now.
    pub closed: bool,
    /// Why not, where the facts do not say it already.
    pub why_not: Option<String>,
    /// Whether it may be left to wait for them all the same.
    pub may_park: bool,
    /// What will happen, where anything can.
    pub outcome: Option<String>,
}

/// A place that was chosen, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Which.
    pub place: Place,
    /// In which way.
    pub mode: Mode,
    /// Whether it is to wait for someone who is full or away.
    pub park: bool,
}

/// Which targets are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// People.
    Agents,
    /// Groups.
    Groups,
    /// Queues.
    Queues,
    /// Workflows.
    Workflows,
    /// Flows.
    Flows,
    /// External contacts.
    External,
}

impl Tab {
    /// Every tab, in their order.
    pub const ALL: [Self; 6] =
        [Self::Agents, Self::Groups, Self::Queues, Self::Workflows, Self::Flows, Self::External];

    /// Says whether what it lists can be consulted or join: only people can, one of them or several.
    pub const fn of_people(self) -> bool {
        match self {
            Self::Agents | Self::Groups | Self::Queues => true,
            Self::Workflows | Self::Flows | Self::External => false,
        }
    }

    /// Says whether there is something to list, where that is not to be expected; nothing is known before the list is
    /// there.
    pub fn is_there(self, targets: Option<&TransferTargets>) -> bool {
        match self {
            Self::Agents | Self::Groups | Self::Queues | Self::Workflows => true,
            Self::Flows => targets.is_some_and(|targets| !targets.flows.is_empty()),
            Self::External => targets.is_some_and(|targets| !targets.externals.is_empty()),
        }
    }

    /// Returns what it lists.
    pub const fn kind(self) -> TargetKind {
        match self {
            Self::Agents => TargetKind::Agent,
            Self::Groups => TargetKind::Group,
            Self::Queues => TargetKind::Queue,
            Self::Workflows => TargetKind::Workflow,
            Self::Flows => TargetKind::Flow,
            Self::External => TargetKind::External,
        }
    }

    /// Returns its name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Agents => "Agents",
            Self::Groups => "Groups",
            Self::Queues => "Queues",
            Self::Workflows => "Workflows",
            Self::Flows => "Flows",
            Self::External => "External",
        }
    }

    /// Returns the id of its element.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Agents => "tab-agents",
            Self::Groups => "tab-groups",
            Self::Queues => "tab-queues",
            Self::Workflows => "tab-workflows",
            Self::Flows => "tab-flows",
            Self::External => "tab-external",
        }
    }
}

impl Place {
    /// Returns the targets of a tab whose name, or one of whose skills, contains every word.
    pub fn of(targets: &TransferTargets, tab: Tab, words: &str) -> Vec<Self> {
        let words = lowercase(words);
        let matches = |text: &str| {
            let text = lowercase(text);
            words.split_whitespace().all(|word| text.contains(word))
        };
        match tab {
            Tab::Agents => {
                let found = targets.agents.iter().filter(|agent| matches(&agent.name));
                found.map(Self::agent).collect()
            }
            Tab::Groups => {
                let text = |group: &GroupTarget| format!("{} {}", group.name, group.skills.join(" "));
                targets.groups.iter().filter(|group| matches(&text(group))).map(Self::group).collect()
            }
            Tab::Queues => {
                let found = targets.queues.iter().filter(|queue| matches(&queue.name));
                found.map(Self::queue).collect()
            }
            Tab::Workflows => {
                let found = targets.workflows.iter().filter(|workflow| matches(&workflow.name));
                found.map(Self::workflow).collect()
            }
            Tab::Flows | Tab::External => {
                let others = if tab == Tab::Flows { &targets.flows } else { &targets.externals };
                let found = others.iter().filter(|other| matches(&other.name));
                found
                    .map(|other| Self::pool(other.target, &other.name, Vec::new(), &None, &other.outcome))
                    .collect()
            }
        }
    }

    /// Returns the place of a target, if it is listed.
    pub fn find(targets: &TransferTargets, target: Target) -> Option<Self> {
        let places = Tab::ALL.into_iter().flat_map(|tab| Self::of(targets, tab, ""));
        places.into_iter().find(|place| place.target == target)
    }

    fn agent(agent: &AgentTarget) -> Self {
        let percent = (agent.held * 100).checked_div(agent.limit).unwrap_or(100);
        let closed = agent.why_not.is_some();
        Self {
            target: Target::Agent(agent.id),
            name: agent.name.clone(),
            presence: Some(agent.presence),
            facts: vec![
                mark::label(agent.presence).to_owned(),
                format!("{} of {}", agent.held, agent.limit),
                format!("{percent}\u{a0}%"),
            ],
            taken: Some(percent.min(100)),
            closed,
            // Whoever cannot be reached is said to be so by their presence.
            why_not: agent.why_not.clone().filter(|_| agent.presence.reachable),
            may_park: closed && agent.may_park,
            outcome: (!closed || agent.may_park).then(|| agent.outcome.clone()),
        }
    }

    fn group(group: &GroupTarget) -> Self {
        let mut facts = vec![
            format!("{} available", group.available),
            counted(group.free, "free slot"),
            format!("{} waiting", group.waiting),
        ];
        if !group.skills.is_empty() {
            facts.insert(0, group.skills.join(", "));
        }
        Self::pool(Target::Group(group.id), &group.name, facts, &group.why_not, &group.outcome)
    }

    fn queue(queue: &QueueTarget) -> Self {
        let wait = match queue.wait_secs {
            Some(secs @ 0..60) => format!("wait about {secs} s"),
            Some(secs) => format!("wait about {} min", secs.div_ceil(60)),
            None => "wait: not enough data".to_owned(),
        };
        let facts =
            vec![format!("{} waiting", queue.waiting), format!("{} available", queue.available), wait];
        Self::pool(Target::Queue(queue.id), &queue.name, facts, &queue.why_not, &queue.outcome)
    }

    fn workflow(workflow: &WorkflowTarget) -> Self {
        let facts = vec![format!("leads to {}", workflow.goes_to)];
        let target = Target::Workflow(workflow.id);
        Self::pool(target, &workflow.name, facts, &workflow.why_not, &workflow.outcome)
    }

    fn pool(target: Target, name: &str, facts: Vec<String>, why_not: &Option<String>, outcome: &str) -> Self {
        Self {
            target,
            name: name.to_owned(),
            presence: None,
            facts,
            taken: None,
            closed: why_not.is_some(),
            why_not: why_not.clone(),
            may_park: false,
            outcome: why_not.is_none().then(|| outcome.to_owned()),
        }
    }
}

impl Place {
    /// Returns why it cannot take the conversation now; nothing where it can.
    pub fn refusal(&self) -> Option<String> {
        let gone = || format!("{} is not connected.", self.name);
        self.closed.then(|| self.why_not.clone().unwrap_or_else(gone))
    }

    /// Returns what will happen if it is chosen in this way, where that is known.
    ///
    /// The server tells it for a transfer; whoever consults or invites keeps the conversation, so nothing of it holds for
    /// them.
    pub fn outcome(&self, mode: Mode) -> Option<String> {
        match mode {
            Mode::Cold => self.outcome.clone(),
            Mode::Invite | Mode::Warm => None,
        }
    }
}

fn counted(count: u32, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// What the buttons of a line do.
#[derive(Clone, Copy)]
pub struct Doing {
    /// What is passed on.
    pub conversation: ConversationId,
    /// What the first button does.
    pub mode: Mode,
    /// Whether someone can be consulted from here too.
    pub consult_too: bool,
    /// Called with what was chosen.
    pub on_choose: Callback<Choice>,
}

impl Doing {
    /// Returns what the buttons of this target's line do: only people can be consulted.
    pub fn about(self, target: Target) -> Self {
        let consult_too =
            self.consult_too && matches!(target, Target::Agent(_) | Target::Group(_) | Target::Queue(_));
        Self { consult_too, ..self }
    }
}

/// Returns the verb of a mode, as it stands in a button and at the beginning of its name.
const fn verb(mode: Mode) -> (&'static str, &'static str) {
    match mode {
        Mode::Cold => ("Transfer", "Transfer to"),
        Mode::Warm => ("Consult", "Consult"),
        Mode::Invite => ("Invite", "Invite"),
    }
}

/// Shows a line; its button stays where the place cannot take the conversation, and says why when pressed.
pub fn place_view(place: Memo<Option<Place>>, id: String, target: Target, doing: Doing) -> AnyView {
    let read = move |read: fn(&Place) -> Option<String>| place.with(|place| place.as_ref().and_then(read));
    let is = move |is: fn(&Place) -> bool| place.with(|place| place.as_ref().is_some_and(is));
    let name = move || read(|place| Some(place.name.clone())).unwrap_or_default();
    let closed = move || is(|place| place.closed);
    let pressed = RwSignal::new(false);
    let choose = move |mode: Mode, park: bool| {
        pressed.set(true);
        if let Some(place) = place.get_untracked().filter(|place| park || !place.closed) {
            doing.on_choose.run(Choice { place, mode, park });
        }
    };
    let explained = target_why_view(doing.conversation, target, Signal::derive(name));
    let (word, words) = verb(doing.mode);
    let (described, parked, consulted) = (id.clone(), id.clone(), id.clone());
    view! {
        <li class="place" class:place--closed=closed>
            <span
                class=move || {
                    place
                        .with(|place| place.as_ref().and_then(|place| place.presence))
                        .map_or("place__queue", mark::class)
                }
                aria-hidden="true"
            ></span>
            <div class="place__words">
                <div id=id>
                    <p class="place__name">{name}</p>
                    <p class="place__facts">{move || read(|place| Some(place.facts.join(" · ")))}</p>
                    {move || {
                        read(|place| place.why_not.clone())
                            .map(|why| {
                                view! {
                                    <p class="place__why" class:place__why--pressed=move || pressed.get()>
                                        {why}
                                    </p>
                                }
                            })
                    }}
                    {move || {
                        place
                            .with(|place| place.as_ref().and_then(|place| place.outcome(doing.mode)))
                            .map(|outcome| view! { <p class="place__outcome">{outcome}</p> })
                    }}
                </div>
                {explained}
            </div>
            {move || place.with(|place| place.as_ref().and_then(|place| place.taken)).map(meter_view)}
            <div class="place__buttons">
                <button
                    class="button button--small"
                    type="button"
                    aria-label=move || format!("{words} {}", name())
                    aria-disabled=move || closed().then_some("true")
                    aria-describedby=described
                    on:click=move |_| choose(doing.mode, false)
                >
                    {word}
                </button>
                <Show when=move || doing.mode != Mode::Invite && is(|place| place.may_park)>
                    <button
                        class="button button--small"
                        type="button"
                        aria-label=move || format!("{words} {} when free", name())
                        aria-describedby=parked.clone()
                        on:click=move |_| choose(doing.mode, true)
                    >
                        "When free"
                    </button>
                </Show>
                <Show when=move || doing.consult_too && !closed()>
                    <button
                        class="button button--small button--plain"
                        type="button"
                        aria-label=move || format!("Consult {}", name())
                        aria-describedby=consulted.clone()
                        on:click=move |_| choose(Mode::Warm, false)
                    >
                        "Consult"
                    </button>
                </Show>
            </div>
        </li>
    }
    .into_any()
}

fn meter_view(percent: u32) -> AnyView {
    let full = percent >= 100;
    view! {
        <span class="meter" class:meter--full=full aria-hidden="true">
            <span class="meter__taken" style:inline-size=format!("{percent}%")></span>
        </span>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use baton_shared::api::OtherTarget;
    use baton_shared::{AgentId, FlowId, GroupId, QueueId, Status};

    fn agent(bits: u128, name: &str, held: u32, reachable: bool) -> AgentTarget {
        AgentTarget {
            id: AgentId::from_bits(bits),
            name: name.to_owned(),
            presence: Presence { status: Status::Available, reachable },
            held,
            limit: 4,
            why_not: (held == 4)
                .then(|| "Full.".to_owned())
                .or((!reachable).then(|| "Not connected".to_owned())),
            may_park: held == 4,
            outcome: "Offered at once.".to_owned(),
        }
    }

    fn targets() -> TransferTargets {
        let queue = |wait_secs| QueueTarget {
            id: QueueId::from_bits(1),
            name: "Billing".to_owned(),
            waiting: 3,
            available: 2,
            wait_secs,
            why_not: None,
            outcome: "Number 4 in line.".to_owned(),
        };
        let refunds = GroupTarget {
            id: GroupId::from_bits(1),
            name: "Refunds".to_owned(),
            skills: vec!["Billing".to_owned(), "Spanish".to_owned()],
            waiting: 0,
            available: 2,
            free: 1,
            why_not: Some("Nobody serves it.".to_owned()),
            outcome: "Offered at once.".to_owned(),
        };
        TransferTargets {
            agents: vec![
                agent(1, "Agent One", 3, true),
                agent(2, "Agent Two", 4, true),
                agent(3, "Agent Three", 0, false),
            ],
            groups: vec![refunds],
            queues: vec![queue(None), queue(Some(95)), queue(Some(40))],
            workflows: Vec::new(),
            flows: vec![other(Target::Flow(FlowId::from_bits(1)), "Reception")],
            externals: Vec::new(),
        }
    }

    fn other(target: Target, name: &str) -> OtherTarget {
        OtherTarget { target, name: name.to_owned(), outcome: "Begins at once.".to_owned() }
    }

    #[test]
    fn a_tab_of_flows_or_partners_is_there_when_there_are_some() {
        let there = |tab: Tab| tab.is_there(Some(&targets()));
        assert_eq!(Tab::ALL.map(there), [true, true, true, true, true, false]);
        assert!(!Tab::Flows.is_there(None));
        let places = Place::of(&targets(), Tab::Flows, "recep");
        assert_eq!(places[0].outcome(Mode::Cold).as_deref(), Some("Begins at once."));
    }

    #[test]
    fn every_word_must_be_in_the_name() {
        let found = |words| Place::of(&targets(), Tab::Agents, words).len();
        assert_eq!([found(""), found("AGENT"), found("two ag"), found("four")], [3, 3, 1, 0]);
    }

    #[test]
    fn capacity_is_told_in_numbers_and_percent_up_to_the_whole() {
        let places = Place::of(&targets(), Tab::Agents, "");
        assert_eq!(places[0].facts, ["Available", "3 of 4", "75\u{a0}%"]);
        assert_eq!(places[1].facts, ["Available", "4 of 4", "100\u{a0}%"]);
        assert_eq!(places[1].taken, Some(100));
        assert!(places[1].closed && places[1].why_not.is_some());
    }

    #[test]
    fn who_is_not_connected_is_said_to_be_so_once_and_promised_nothing() {
        let place = Place::of(&targets(), Tab::Agents, "three").remove(0);
        assert_eq!(place.facts[0], "Not connected");
        assert!(place.closed);
        assert_eq!((place.why_not, place.outcome), (None, None));
    }

    #[test]
    fn who_is_full_may_be_waited_for() {
        let places = Place::of(&targets(), Tab::Agents, "");
        assert!(places[1].may_park && places[1].outcome.is_some());
        assert!(!places[0].may_park);
    }

    #[test]
    fn a_group_tells_skills_and_slots_and_is_found_by_a_skill() {
        let found = Place::of(&targets(), Tab::Groups, "spanish");
        assert_eq!(found[0].facts, ["Billing, Spanish", "2 available", "1 free slot", "0 waiting"]);
        assert_eq!(found[0].outcome, None, "what cannot be chosen has no outcome");
    }

    #[test]
    fn a_wait_that_is_not_known_is_said_to_be_so() {
        let waits: Vec<_> =
            Place::of(&targets(), Tab::Queues, "").iter().map(|place| place.facts[2].clone()).collect();
        assert_eq!(waits, ["wait: not enough data", "wait about 2 min", "wait about 40 s"]);
    }
}
