//! How transfers go, as administrators set it.

use baton_shared::command::Actor;
use baton_shared::policy::{PolicyOverride, PolicyScope};
use baton_shared::*;

use super::{Circumstances, Decided};

pub(super) fn set(
    with: &Circumstances<'_>,
    actor: Actor,
    preset: Preset,
    policy: Box<TransferPolicy>,
) -> Result<Decided, Refusal> {
    let policies = &with.state.policies;
    if policies.preset == preset && policies.workspace == *policy {
        return Ok(Decided::done(Vec::new()));
    }
    check(&Policies { workspace: policy.as_ref().clone(), ..policies.clone() })?;
    Ok(Decided::done(vec![Event::PolicySet { preset, policy, by: who(actor) }]))
}

pub(super) const fn who(actor: Actor) -> Option<AgentId> {
    match actor {
        Actor::Person(agent) => Some(agent),
        Actor::Customer(_) | Actor::External(_) | Actor::Visitor | Actor::System => None,
    }
}

/// Refuses policies of which one cannot be used, wherever it holds.
fn check(policies: &Policies) -> Result<(), Refusal> {
    match policies.fault() {
        Some(fault) => Err(Refusal::PolicyUnusable { fault }),
        None => Ok(()),
    }
}

pub(super) fn set_override(
    with: &Circumstances<'_>,
    actor: Actor,
    scope: PolicyScope,
    set: Box<PolicyOverride>,
) -> Result<Decided, Refusal> {
    let there = match scope {
        PolicyScope::Queue(queue) => with.state.queues.contains_key(&queue),
        PolicyScope::Channel(_) => true,
    };
    if !there {
        return Err(Refusal::NotFound { what: "queue" });
    }
    if set.grace_secs.is_some() {
        // Whoever is lost may have conversations of several queues and channels.
        return Err(Refusal::PolicyUnusable {
            fault: "Set how long lost agents keep their conversations for the workspace, not for a part of it.",
        });
    }
    let mut policies = with.state.policies.clone();
    policies.set_override(scope, &set);
    if policies == with.state.policies {
        return Ok(Decided::done(Vec::new()));
    }
    check(&policies)?;
    Ok(Decided::done(vec![Event::PolicyOverridden { scope, set, by: who(actor) }]))
}
