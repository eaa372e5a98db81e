//! Flows made at random, partners who answer at random, and what they do with what they took.

use baton::routing::RoutingState;
use baton_shared::command::Actor;
use baton_shared::flow::{Canned, Check, Does, FlowStep};
use baton_shared::*;

use crate::random::Random;
use crate::ways::EXPRESSIONS;

/// The flows and the external contacts of a contact centre.
#[derive(Default)]
pub struct Bots {
    pub flows: Vec<FlowId>,
    pub externals: Vec<ExternalId>,
}

impl Bots {
    /// Returns one of them to pass a conversation on to.
    pub fn target(&self, random: &mut Random) -> Target {
        if random.chance(50) {
            Target::Flow(random.pick(&self.flows))
        } else {
            Target::External(random.pick(&self.externals))
        }
    }

    /// Returns a flow that passes on to one of these targets, or to whom the others do.
    pub fn any_flow(
        &self,
        random: &mut Random,
        others: &[Target],
        queues: &[QueueId],
    ) -> Box<FlowDefinition> {
        let count = 1 + random.below(4);
        let names: Vec<String> = (0..count).map(|number| format!("step {number}")).collect();
        let bots = self.flows.iter().map(|flow| Target::Flow(*flow));
        let bots = bots.chain(self.externals.iter().map(|external| Target::External(*external)));
        let targets: Vec<Target> = bots.chain(others.iter().copied()).collect();
        let steps = names.iter().map(|name| step(random, name, &names, &targets)).collect();
        Box::new(FlowDefinition {
            name: "flow".to_owned(),
            entrance: random.chance(20).then_some(Channel::WebChat),
            lasts_secs: 20 + random.below(100) as u32,
            steps,
            fallback: random.pick(queues),
        })
    }

    /// Returns what a partner does next, or what a customer says to a flow, if anyone can do anything.
    pub fn someone_acts(&self, random: &mut Random, state: &RoutingState) -> Option<(Actor, Command)> {
        let calling = |transfer: &&Transfer| matches!(transfer.state, TransferState::Calling { .. });
        let calls: Vec<TransferId> =
            state.transfers.values().filter(calling).map(|transfer| transfer.id).collect();
        if !calls.is_empty() {
            let answer = match random.below(3) {
                0 => CallAnswer::Decline { reason: "busy".to_owned() },
                _ => CallAnswer::Accept,
            };
            return Some((Actor::System, Command::AnswerCall { transfer: random.pick(&calls), answer }));
        }
        let asked = state.conversations.matching(|open| open.run().is_some());
        if !asked.is_empty() && random.chance(60) {
            let conversation = asked[random.below(asked.len() as u64) as usize].id;
            let command = Command::SendMessage { conversation, text: "Yes".to_owned() };
            return Some((Actor::Customer(conversation), command));
        }
        let held = self.externals.iter().flat_map(|external| {
            state.held_by(Owner::External(*external)).into_iter().map(|open| (*external, open.id))
        });
        let held: Vec<(ExternalId, ConversationId)> = held.collect();
        if held.is_empty() {
            return None;
        }
        let (external, conversation) = random.pick(&held);
        let command = match random.below(4) {
            0 => Command::ReturnConversation { conversation, note: Some("done".to_owned()) },
            1 => Command::EndConversation { conversation, disposition: None, notes: None },
            _ => Command::SendMessage { conversation, text: "from afar".to_owned() },
        };
        Some((Actor::External(external), command))
    }
}

fn step(random: &mut Random, name: &str, names: &[String], targets: &[Target]) -> FlowStep {
    let text = || "Words about {answer}".to_owned();
    let there = |random: &mut Random| random.chance(50).then(|| random.pick(names));
    let does = match random.below(9) {
        0 => Does::Say { text: text() },
        1..=3 => Does::Ask {
            text: text(),
            attribute: "answer".to_owned(),
            check: random.pick(&[
                None,
                Some(Check::Number),
                Some(Check::Choice { of: vec!["YES".to_owned()] }),
            ]),
            again: None,
            tries: 1 + random.below(3) as u8,
            otherwise: there(random),
        },
        4 => Does::Set { attribute: "tier".to_owned(), value: "gold".to_owned() },
        5 => Does::Branch {
            when: random.pick(&EXPRESSIONS).0.to_owned(),
            then: random.pick(names),
            otherwise: there(random),
        },
        6 => {
            let keywords = vec![random.pick(&["yes".to_owned(), "no".to_owned()])];
            Does::Answer { answers: vec![Canned { keywords, text: text() }], otherwise: there(random) }
        }
        7 if random.chance(60) => Does::End { text: None },
        _ => Does::Transfer { target: random.pick(targets), note: Some(text()) },
    };
    let next = match does {
        Does::Transfer { .. } | Does::End { .. } => None,
        Does::Say { .. }
        | Does::Ask { .. }
        | Does::Set { .. }
        | Does::Branch { .. }
        | Does::Answer { .. } => random.chance(20).then(|| random.pick(names)),
    };
    FlowStep { name: name.to_owned(), does, next }
}
