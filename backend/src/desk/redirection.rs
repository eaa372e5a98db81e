//! Passing on what someone else has or what waits, by a supervisor.
//!
//! What an agent has is transferred as if they had asked for it, so that it comes back to them where nobody takes it; a
//! transfer that is under way is superseded. What waits is put in another line, or offered to one person alone for a
//! while.

use baton_shared::command::Actor;
use baton_shared::segment::{OwnerCause, WrapUp};
use baton_shared::*;

use super::offers::owner_changed;
use super::supervision::overseen;
use super::transfers::{self, Wish};
use super::{Circumstances, Decided, returns};

pub(super) fn redirect(
    with: &mut Circumstances<'_>,
    actor: Actor,
    conversation: ConversationId,
    target: Target,
    note: Option<String>,
) -> Result<Decided, Refusal> {
    let state = with.state;
    let (agent, open) = overseen(state, actor, conversation)?;
    let from = open.owner().ok_or(Refusal::ConversationClosed)?;
    let mut events = vec![Event::Redirected { conversation, agent, target }];
    events.extend(returns::end_all(state, open, OfferEnd::Rescinded, TransferEnd::Superseded));
    let decided = match from {
        Owner::Agent(owner) => {
            let (mode, summary, edited, park) = (Mode::Cold, None, None, false);
            let by = (owner != agent).then_some(agent);
            let wish = Wish { conversation, target, mode, note, summary, edited, park, by };
            transfers::pass_on(with, open, owner, wish)?
        }
        Owner::Queue(_) | Owner::Group(_) | Owner::Flow(_) | Owner::External(_) => {
            Decided::done(reassigned(with, open, from, target)?)
        }
    };
    events.extend(decided.events);
    Ok(Decided { events, ..decided })
}

/// Puts what no agent has where it is to wait from now on.
fn reassigned(
    with: &mut Circumstances<'_>,
    open: &Conversation,
    from: Owner,
    target: Target,
) -> Result<Vec<Event>, Refusal> {
    let to = match target {
        Target::Agent(agent) => return named(with, open, from, agent),
        Target::Queue(queue) => Owner::Queue(queue),
        Target::Group(group) => Owner::Group(group),
        Target::Workflow(_) | Target::Flow(_) | Target::External(_) => return Err(Refusal::NotOnePlace),
    };
    if to == from {
        return Err(Refusal::TargetIsOwner);
    }
    transfers::check_pool(with.state, open, target)?;
    let segment = with.ids.segment();
    Ok(vec![owner_changed(open, from, to, OwnerCause::Redirected, WrapUp::None, segment)])
}

/// Asks one person alone for as long as an offer lasts; then everyone is asked.
fn named(
    with: &mut Circumstances<'_>,
    open: &Conversation,
    from: Owner,
    agent: AgentId,
) -> Result<Vec<Event>, Refusal> {
    let (state, queue) = (with.state, Owner::Queue(open.queue));
    let known = state.agents.get(&agent).filter(|agent| agent.enabled);
    let known = known.ok_or(Refusal::NotFound { what: "person" })?;
    transfers::room(state, known, open.channel, open.work)?;
    let goes_its_way = open.waiting().is_some_and(|waiting| waiting.route.is_some());
    let mut events = Vec::new();
    if from != queue || goes_its_way {
        let segment = with.ids.segment();
        events.push(owner_changed(open, from, queue, OwnerCause::Redirected, WrapUp::None, segment));
    }
    let until = with.now.plus(state.policy(open).offer_lasts());
    events.push(Event::LastAgentAsked { conversation: open.id, agent, until });
    Ok(events)
}
