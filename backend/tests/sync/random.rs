//! Whatever two agents, a supervisor and their customers could do, in an order that a seed chooses.

use std::time::Duration;

use baton_shared::command::Actor;
use baton_shared::segment::{Disposition, SegmentState};
use baton_shared::*;

use crate::bots;
use crate::play::text;
use crate::stage::Stage;

/// SplitMix64, so that a seed gives the same run on every machine.
pub struct Random(pub u64);

impl Random {
    /// Returns a number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// Plays one thing at random; most are refused where they make no sense.
pub fn play(stage: &mut Stage, random: &mut Random) {
    let agent = stage.everyone()[random.below(3) as usize];
    let open: Vec<ConversationId> = stage.turns.state().conversations.keys().copied().collect();
    let conversation = open.get(random.below(open.len().max(1) as u64) as usize).copied();
    let offers: Vec<Offer> = stage.turns.state().offers.values().cloned().collect();
    match (random.below(18), conversation) {
        (0..=1, _) | (_, None) => {
            stage.customer_comes(stage.queue);
        }
        (2..=5, _) if !offers.is_empty() => {
            let offer = &offers[random.below(offers.len() as u64) as usize];
            let command = match random.below(7) {
                0 => Command::RejectOffer { offer: offer.id, reason: text("no") },
                1 => Command::ReplyToOffer { offer: offer.id, reply: ShortReply::Soon },
                2 => Command::AskSender { offer: offer.id, text: text("Why?") },
                _ => Command::AcceptOffer { offer: offer.id },
            };
            drop(stage.give(Actor::Person(offer.agent), command));
        }
        (6, _) => {
            let status = match random.below(4) {
                0 => Status::Away,
                1 => Status::Finishing,
                _ => Status::Available,
            };
            stage.give(Actor::Person(agent), Command::SetStatus { status }).unwrap();
        }
        (7, _) if random.below(3) == 0 => {
            stage.give(Actor::System, Command::EndLease { agent }).unwrap();
        }
        (7 | 8, _) => {
            stage.keep_leases();
            stage.advance(Duration::from_secs(random.below(40)));
        }
        (9, _) => file(stage, random),
        (10..=13, Some(conversation)) => play_together(stage, random, conversation, agent),
        (_, Some(conversation)) => play_in(stage, random, conversation, agent),
    }
}

/// Files what someone has to file, or takes more time for it.
fn file(stage: &mut Stage, random: &mut Random) {
    let state = stage.turns.state();
    let unfiled = state.wrap_ups.values().find_map(|segment| match (segment.owner, segment.state) {
        (Owner::Agent(agent), SegmentState::WrapUp { .. }) => Some((segment.id, agent)),
        (Owner::Agent(_) | Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_), _) => {
            None
        }
    });
    let Some((segment, agent)) = unfiled else { return };
    let command = match random.below(2) {
        0 => Command::ExtendWrapUp { segment },
        _ => Command::CompleteWrapUp { segment, disposition: Disposition::Resolved, notes: None },
    };
    drop(stage.give(Actor::Person(agent), command));
}

/// Plays what several people do about a conversation.
fn play_together(stage: &mut Stage, random: &mut Random, conversation: ConversationId, agent: AgentId) {
    let owner = stage.owner_of(conversation).unwrap_or(agent);
    let state = stage.turns.state();
    let invites: Vec<InviteId> = state.conversations[&conversation].invites.iter().copied().collect();
    let group = state.groups.keys().next().copied();
    let invite = invites.get(random.below(invites.len().max(1) as u64) as usize).copied();
    let asked = invite.and_then(|invite| state.invite_offers(invite).next());
    let asked = asked.map(|offer| (offer.agent, Command::AcceptOffer { offer: offer.id }));
    let to = |target| Command::Invite { conversation, target, note: None };
    let (actor, command) = match (random.below(11), invite, group, asked) {
        (0, Some(invite), _, _) => (owner, Command::CancelInvite { conversation, invite }),
        (1, _, _, _) => (agent, Command::LeaveConversation { conversation }),
        (2, Some(_), _, _) => (owner, Command::LeaveConversation { conversation }),
        (3, _, _, _) => (stage.lead, Command::TakeOver { conversation }),
        (4, _, _, _) => (agent, Command::SendMessage { conversation, text: text("Me too") }),
        (5, _, Some(group), _) => (owner, to(Target::Group(group))),
        (6, _, _, _) => (owner, to(Target::Queue(stage.queue))),
        (7..=9, _, _, Some(asked)) => asked,
        (_, _, _, _) => (owner, to(Target::Agent(agent))),
    };
    drop(stage.give(Actor::Person(actor), command));
}

/// Plays something in a conversation: by its owner where an agent owns it.
fn play_in(stage: &mut Stage, random: &mut Random, conversation: ConversationId, agent: AgentId) {
    if let Some((actor, command)) = bots::next(stage, random, conversation) {
        return drop(stage.give(actor, command));
    }
    let owner = stage.owner_of(conversation);
    let actor = owner.map_or(Actor::Customer(conversation), Actor::Person);
    let transfers = stage.turns.state().transfers.values();
    let transfer =
        transfers.filter(|transfer| transfer.conversation == conversation).map(|one| one.id).next();
    let person = Actor::Person(owner.unwrap_or(agent));
    let command = match (random.below(10), transfer) {
        (0..=1, _) => Command::SendMessage { conversation, text: text("Well") },
        (2, _) => {
            let command = Command::StopListening { conversation };
            return drop(stage.give(Actor::Person(agent), command));
        }
        (3, _) if random.below(2) == 0 => Command::CreateRequest { conversation, note: Some(text("later")) },
        (3, _) => Command::EndConversation { conversation, disposition: None, notes: None },
        (4..=5, Some(transfer)) => {
            let command = Command::CancelTransfer { conversation, transfer };
            return drop(stage.give(person, command));
        }
        (6, Some(transfer)) => Command::HandOver { conversation, transfer },
        (7, Some(transfer)) => {
            let command = Command::LeaveConsult { transfer };
            return drop(stage.give(Actor::Person(agent), command));
        }
        (8..=9, Some(transfer)) => {
            let command = Command::SendAside { transfer, text: text("Between us") };
            return drop(stage.give(Actor::Person(agent), command));
        }
        (_, None) | (_, Some(_)) => {
            let group = stage.turns.state().groups.keys().next().copied();
            let state = stage.turns.state();
            let workflow = state.workflows.keys().next().copied().map(Target::Workflow);
            let flow = state.flows.keys().next_back().copied().map(Target::Flow);
            let external = state.externals.first().copied().map(Target::External);
            let others: Vec<Target> = workflow.into_iter().chain(flow).chain(external).collect();
            let target = match (random.below(4), group) {
                (0, _) if others.is_empty() => Target::Queue(stage.queue),
                (0, _) => others[random.below(others.len() as u64) as usize],
                (1, Some(group)) => Target::Group(group),
                (2, _) => Target::Agent(agent),
                (_, _) => Target::Agent(stage.other(owner.unwrap_or(agent))),
            };
            let mode = if random.below(2) == 0 { Mode::Warm } else { Mode::Cold };
            let (note, summary, park) = (Some(text("n")), Some(text("s")), random.below(2) == 0);
            let command =
                Command::RequestTransfer { conversation, target, mode, note, summary, edited: None, park };
            return drop(stage.give(person, command));
        }
    };
    drop(stage.give(actor, command));
}
