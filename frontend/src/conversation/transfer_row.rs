//! One line of the transfer dialog: a person or a queue, and whether it can take the conversation.

use baton_shared::api::{AgentTarget, QueueTarget, TransferTargets};
use baton_shared::{Presence, Target};
use leptos::prelude::*;

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
    /// Why it cannot take the conversation.
    pub why_not: Option<String>,
}

/// Which targets are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// People.
    Agents,
    /// Queues.
    Queues,
}

impl Place {
    /// Returns the targets of a tab whose name contains every word.
    pub fn of(targets: &TransferTargets, tab: Tab, words: &str) -> Vec<Self> {
        let words = words.to_lowercase();
        let places: Vec<Self> = match tab {
            Tab::Agents => targets.agents.iter().map(Self::agent).collect(),
            Tab::Queues => targets.queues.iter().map(Self::queue).collect(),
        };
        let matches = |place: &Self| {
            let name = place.name.to_lowercase();
            words.split_whitespace().all(|word| name.contains(word))
        };
        places.into_iter().filter(matches).collect()
    }

    fn agent(agent: &AgentTarget) -> Self {
        let percent = (agent.held * 100).checked_div(agent.limit).unwrap_or(100);
        Self {
            target: Target::Agent(agent.id),
            name: agent.name.clone(),
            presence: Some(agent.presence),
            facts: vec![
                mark::label(agent.presence).to_owned(),
                format!("{percent} % ({} of {})", agent.held, agent.limit),
            ],
            taken: Some(percent.min(100)),
            why_not: agent.why_not.clone(),
        }
    }

    fn queue(queue: &QueueTarget) -> Self {
        let wait = match queue.wait_secs {
            Some(secs @ 0..60) => format!("wait about {secs} s"),
            Some(secs) => format!("wait about {} min", secs.div_ceil(60)),
            None => "wait: not enough data".to_owned(),
        };
        Self {
            target: Target::Queue(queue.id),
            name: queue.name.clone(),
            presence: None,
            facts: vec![format!("{} waiting", queue.waiting), format!("{} available", queue.available), wait],
            taken: None,
            why_not: queue.why_not.clone(),
        }
    }
}

/// Shows a line; the button stays where the place cannot take the conversation, and says why when pressed.
pub fn place_view(place: Memo<Option<Place>>, id: String, on_choose: Callback<Place>) -> AnyView {
    let name = move || place.with(|place| place.as_ref().map(|place| place.name.clone()).unwrap_or_default());
    let why_not = move || place.with(|place| place.as_ref().and_then(|place| place.why_not.clone()));
    let pressed = RwSignal::new(false);
    let choose = move |_| {
        pressed.set(true);
        if let Some(place) = place.get_untracked().filter(|place| place.why_not.is_none()) {
            on_choose.run(place);
        }
    };
    let described = id.clone();
    view! {
        <li class="place" class:place--closed=move || why_not().is_some()>
            <span
                class=move || {
                    place
                        .with(|place| place.as_ref().and_then(|place| place.presence))
                        .map_or("place__queue", mark::class)
                }
                aria-hidden="true"
            ></span>
            <div class="place__words">
                <p class="place__name">{name}</p>
                <p class="place__facts">
                    {move || {
                        place.with(|place| place.as_ref().map(|place| place.facts.join(" · ")).unwrap_or_default())
                    }}
                </p>
                <p id=id class="place__why" class:place__why--pressed=move || pressed.get()>
                    {why_not}
                </p>
            </div>
            {move || place.with(|place| place.as_ref().and_then(|place| place.taken)).map(meter_view)}
            <button
                class="button button--small"
                type="button"
                aria-label=move || format!("Transfer to {}", name())
                aria-disabled=move || why_not().map(|_| "true")
                aria-describedby=described
                on:click=choose
            >
                "Transfer"
            </button>
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
    use baton_shared::{AgentId, QueueId, Status};

    fn targets() -> TransferTargets {
        let agent = |bits, name: &str, held| AgentTarget {
            id: AgentId::from_bits(bits),
            name: name.to_owned(),
            presence: Presence { status: Status::Available, reachable: true },
            held,
            limit: 4,
            why_not: (held == 4).then(|| "Full.".to_owned()),
        };
        let queue = |wait_secs| QueueTarget {
            id: QueueId::from_bits(1),
            name: "Billing".to_owned(),
            waiting: 3,
            available: 2,
            wait_secs,
            why_not: None,
        };
        TransferTargets {
            agents: vec![agent(1, "Agent One", 1), agent(2, "Agent Two", 4)],
            queues: vec![queue(None), queue(Some(95)), queue(Some(40))],
        }
    }

    #[test]
    fn every_word_must_be_in_the_name() {
        let found = |words| Place::of(&targets(), Tab::Agents, words).len();
        assert_eq!([found(""), found("AGENT"), found("two ag"), found("three")], [2, 2, 1, 0]);
    }

    #[test]
    fn capacity_is_told_in_percent() {
        let places = Place::of(&targets(), Tab::Agents, "");
        assert_eq!(places[0].facts, ["Available", "25 % (1 of 4)"]);
        assert_eq!(places[1].taken, Some(100));
        assert!(places[1].why_not.is_some());
    }

    #[test]
    fn a_wait_that_is_not_known_is_said_to_be_so() {
        let waits: Vec<_> =
            Place::of(&targets(), Tab::Queues, "").iter().map(|place| place.facts[2].clone()).collect();
        assert_eq!(waits, ["wait: not enough data", "wait about 2 min", "wait about 40 s"]);
    }
}
