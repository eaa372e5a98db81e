//! Scheduled reports: who may have how many, and whose they are.
//!
//! What the zones, the filters and the receivers are worth is judged before, beside the core; the sending is done there too.

use baton_shared::command::{Actor, NAME_CHARS_MAX};
use baton_shared::schedule::{SCHEDULES_EACH_MAX, SCHEDULES_MAX};
use baton_shared::*;

use super::{Answer, Circumstances, Decided, checked_text, person};
use crate::content::Content;
use crate::routing::RoutingState;

pub(super) fn add(
    with: &mut Circumstances<'_>,
    actor: Actor,
    settings: Box<ReportSchedule>,
) -> Result<Decided, Refusal> {
    let (state, by) = (with.state, person(actor)?);
    if role(state, by) < Some(Role::Supervisor) {
        return Err(Refusal::RoleTooLow { needed: Role::Supervisor });
    }
    let own = state.schedules.values().filter(|owner| **owner == by).count();
    if own >= SCHEDULES_EACH_MAX {
        return Err(Refusal::TooMany { what: "scheduled reports of yours", max: SCHEDULES_EACH_MAX });
    }
    if state.schedules.len() >= SCHEDULES_MAX {
        return Err(Refusal::TooMany { what: "scheduled reports", max: SCHEDULES_MAX });
    }
    if let ReportTarget::Webhook { secret: None, .. } = &settings.target {
        return Err(Refusal::ScheduleUnusable { fault: "Give a secret to sign with." });
    }
    let schedule = with.ids.schedule();
    let content = vec![checked(schedule, settings)?];
    let events = vec![Event::ScheduleAdded { schedule, by }];
    Ok(Decided { events, content, ..Decided::new(Answer::Added { id: schedule.to_string() }) })
}

pub(super) fn change(
    with: &Circumstances<'_>,
    actor: Actor,
    schedule: ScheduleId,
    settings: Box<ReportSchedule>,
) -> Result<Decided, Refusal> {
    let by = check_may(with.state, actor, schedule)?;
    let content = vec![checked(schedule, settings)?];
    let events = vec![Event::ScheduleChanged { schedule, by }];
    Ok(Decided { events, content, ..Decided::new(Answer::Done) })
}

pub(super) fn remove(
    with: &Circumstances<'_>,
    actor: Actor,
    schedule: ScheduleId,
) -> Result<Decided, Refusal> {
    let by = check_may(with.state, actor, schedule)?;
    Ok(Decided::done(vec![Event::ScheduleRemoved { schedule, by }]))
}

/// Takes the secret out of what a report is to be: they are kept apart.
fn checked(schedule: ScheduleId, mut settings: Box<ReportSchedule>) -> Result<Content, Refusal> {
    settings.name = checked_text("name", &settings.name, NAME_CHARS_MAX)?;
    if let Some(fault) = settings.fault() {
        return Err(Refusal::ScheduleUnusable { fault });
    }
    let secret = match &mut settings.target {
        ReportTarget::Mail { .. } => None,
        ReportTarget::Webhook { secret, .. } => secret.take(),
    };
    Ok(Content::Schedule { schedule, settings, secret })
}

fn role(state: &RoutingState, agent: AgentId) -> Option<Role> {
    state.agents.get(&agent).map(|agent| agent.role)
}

/// Returns who asks, if it is their own report or they are an administrator; for others there is no such report.
fn check_may(state: &RoutingState, actor: Actor, schedule: ScheduleId) -> Result<AgentId, Refusal> {
    let by = person(actor)?;
    let owner = state.schedules.get(&schedule);
    let may = owner.is_some_and(|owner| *owner == by || role(state, by) == Some(Role::Administrator));
    if may { Ok(by) } else { Err(Refusal::NotFound { what: "scheduled report" }) }
}
