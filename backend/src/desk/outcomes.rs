//! What would happen to a conversation that is passed on, in a sentence: who is asked, what becomes of it if nobody accepts,
//! and when its sender is released.

use core::time::Duration;

use baton_shared::external::CALL_LASTS;
use baton_shared::policy::{Fallback, OnExpiry, OnNoAnswer, Release, SAFETY};
use baton_shared::*;

use super::targets::{Hours, PoolStanding, Unaccepted, WorkflowStanding};
use super::transfers::Placement;

/// Whose conversation is passed on, as the one who is told what will happen sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Their own.
    Own,
    /// Another agent's: a supervisor passes it on.
    Agents,
    /// Nobody's: a supervisor moves what waits.
    Nobodys,
}

impl Whose {
    /// Says to whom it returns.
    const fn sender(self) -> &'static str {
        match self {
            Self::Own => "you",
            Self::Agents | Self::Nobodys => "its agent",
        }
    }

    /// Says that the sender is released at once.
    const fn released(self) -> &'static str {
        match self {
            Self::Own => "You are released at once",
            Self::Agents | Self::Nobodys => "Its agent is released at once",
        }
    }
}

/// Says what will happen to a transfer to a named person; `queue` is what the conversation's queue is called.
pub fn outcome_for_agent(policy: &TransferPolicy, placement: Placement, queue: &str, whose: Whose) -> String {
    if whose == Whose::Nobodys {
        return format!(
            "Offered to them alone for {} s, then to everyone who serves {queue}.",
            policy.offer_secs
        );
    }
    let at_once = match (policy.release, placement) {
        (Release::Request, _) | (Release::AcceptOrFull, Placement::Wait) => true,
        (Release::Accept | Release::AcceptOrFull, _) => false,
    };
    let released = if at_once { format!(" {}.", whose.released()) } else { String::new() };
    let then = unaccepted(policy, QueueId::from_bits(0));
    let lasts = policy.transfer_lasts();
    // A sender who was released has the safety time, where the policy sets none.
    let ends = match lasts.or(at_once.then_some(SAFETY)) {
        None => "stays until it is answered".to_owned(),
        Some(lasts) => after(lasts, then, queue, whose),
    };
    match placement {
        Placement::Wait => match lasts {
            None if !at_once => "Waits until they are free.".to_owned(),
            lasts => {
                let minutes = lasts.unwrap_or(SAFETY).max(SAFETY).as_secs() / 60;
                format!("Waits until they are free, at most {minutes} minutes.{released}")
            }
        },
        Placement::Next => format!("Offered to the next in {queue}; {ends}.{released}"),
        Placement::Offer => match policy.on_no_answer {
            // A transfer whose time is over first never comes to the next.
            OnNoAnswer::Next if lasts.is_none_or(|lasts| lasts > policy.offer_lasts()) => {
                let secs = policy.offer_secs;
                // The queue has what is passed on to its members after the sender was released.
                let last = if at_once || lasts.is_none() { String::new() } else { format!("; {ends}") };
                format!("Offered at once; after {secs} s to the next in {queue}{last}.{released}")
            }
            OnNoAnswer::Next | OnNoAnswer::Return | OnNoAnswer::Keep => {
                format!("Offered at once; {ends}.{released}")
            }
        },
    }
}

/// Says what becomes of a conversation whose transfer nobody accepts in time, if its sender is there; `queue` is the one it
/// is of.
pub(super) fn unaccepted(policy: &TransferPolicy, queue: QueueId) -> Unaccepted {
    match (policy.on_expiry, policy.fallback) {
        _ if policy.return_to_sender => Unaccepted::Returns,
        (OnExpiry::Return, _) => Unaccepted::Returns,
        (OnExpiry::Request, _) | (OnExpiry::Fallback, Fallback::Request) => Unaccepted::Request,
        (OnExpiry::Fallback, Fallback::Queue) => Unaccepted::Queue(queue),
    }
}

/// Says what becomes of a conversation that nobody accepted for a time.
fn after(lasts: Duration, then: Unaccepted, queue: &str, whose: Whose) -> String {
    let secs = lasts.as_secs();
    match then {
        Unaccepted::Returns => format!("returns to {} after {secs} s", whose.sender()),
        Unaccepted::Queue(_) => format!("goes to {queue} after {secs} s"),
        Unaccepted::Request => format!("becomes a request after {secs} s"),
    }
}

/// Says what will happen to a transfer to a flow.
pub fn outcome_for_flow(policy: &TransferPolicy, whose: Whose) -> String {
    format!("Begins at once. {}", released(policy, whose))
}

/// Says what will happen to a transfer to an external contact.
pub fn outcome_for_external(whose: Whose) -> String {
    format!("Asked at once; returns to {} after {} s.", whose.sender(), CALL_LASTS.as_secs())
}

/// Says what will happen to a transfer to a workflow; `name` says what a queue is called.
pub fn outcome_for_workflow<'a>(
    policy: &TransferPolicy,
    standing: &WorkflowStanding,
    asks: Option<&str>,
    name: impl Fn(QueueId) -> &'a str,
    whose: Whose,
) -> String {
    let queue = name(standing.place.id);
    match asks {
        Some(asks) => format!("Goes to {queue} and is offered to {asks} first. {}", released(policy, whose)),
        None => format!("Goes to {queue}. {}", outcome_for_pool(policy, &standing.place, name, whose)),
    }
}

/// Says what will happen to a transfer to a queue or group; `name` says what a queue is called.
pub fn outcome_for_pool<'a, Id>(
    policy: &TransferPolicy,
    standing: &PoolStanding<Id>,
    name: impl Fn(QueueId) -> &'a str,
    whose: Whose,
) -> String {
    let place = match (standing.available, standing.ahead) {
        (0, ahead) => format!("Nobody is free; number {} in line", ahead + 1),
        (_, 0) => "Offered at once".to_owned(),
        (_, ahead) => format!("Number {} in line", ahead + 1),
    };
    let ends = match standing.ends {
        None => String::new(),
        Some((lasts, then)) => {
            let queue = match then {
                Unaccepted::Queue(queue) => name(queue),
                Unaccepted::Returns | Unaccepted::Request => "",
            };
            format!("; {}", after(lasts, then, queue, whose))
        }
    };
    let (begins, closes) = match standing.hours {
        Hours::Open => ("", ""),
        Hours::EndAtClosing => ("", "; becomes a request when the queue closes"),
        Hours::Closed => ("The queue is closed. ", ""),
    };
    match whose {
        Whose::Nobodys => format!("{begins}{place}."),
        Whose::Own | Whose::Agents => {
            format!("{begins}{place}{ends}{closes}. {}", released(policy, whose))
        }
    }
}

/// Says when the sender of a conversation that has an owner at once is released.
fn released(policy: &TransferPolicy, whose: Whose) -> String {
    let released = whose.released();
    match policy.undo_lasts().as_secs() {
        0 => format!("{released}."),
        secs => format!("{released}; undo for {secs} s."),
    }
}

#[cfg(test)]
mod tests {
    use baton_shared::policy::Cancel;

    use super::*;

    const SALES: QueueId = QueueId::from_bits(2);

    fn for_agent(policy: &TransferPolicy, placement: Placement) -> String {
        outcome_for_agent(policy, placement, "Billing", Whose::Own)
    }

    #[test]
    fn the_outcome_for_a_person_is_said_in_a_sentence() {
        let of = |preset: Preset, placement| for_agent(&preset.policy(), placement);
        let offer = Placement::Offer;
        assert_eq!(of(Preset::Baton, offer), "Offered at once; returns to you after 60 s.");
        assert_eq!(of(Preset::Baton, Placement::Wait), "Waits until they are free, at most 15 minutes.");
        assert_eq!(of(Preset::Flex, offer), "Offered at once; after 120 s to the next in Billing.");
        let next = "Offered to the next in Billing; stays until it is answered.";
        assert_eq!(of(Preset::Flex, Placement::Next), next);
        let released = "Offered at once; after 120 s to the next in Billing. You are released at once.";
        assert_eq!(of(Preset::FlexPlugin, offer), released);
        assert_eq!(of(Preset::Salesforce, offer), "Offered at once; stays until it is answered.");
        let waits = "Waits until they are free, at most 15 minutes. You are released at once.";
        assert_eq!(of(Preset::Salesforce, Placement::Wait), waits);
    }

    #[test]
    fn what_nobody_answers_ends_as_the_policy_says() {
        let lost = |on_expiry, fallback| TransferPolicy {
            return_to_sender: false,
            on_no_answer: OnNoAnswer::Keep,
            on_expiry,
            fallback,
            ..Default::default()
        };
        for (on_expiry, fallback, then) in [
            (OnExpiry::Return, Fallback::Request, "returns to you after 60 s"),
            (OnExpiry::Fallback, Fallback::Queue, "goes to Billing after 60 s"),
            (OnExpiry::Fallback, Fallback::Request, "becomes a request after 60 s"),
            (OnExpiry::Request, Fallback::Queue, "becomes a request after 60 s"),
        ] {
            let policy = lost(on_expiry, fallback);
            assert_eq!(for_agent(&policy, Placement::Offer), format!("Offered at once; {then}."));
            // An offer that nobody answers takes the time of its transfer with it.
            let missed = TransferPolicy { on_no_answer: OnNoAnswer::Return, ..policy };
            assert_eq!(for_agent(&missed, Placement::Offer), format!("Offered at once; {then}."));
        }
    }

    #[test]
    fn what_goes_to_the_next_says_where_it_ends() {
        let policy = TransferPolicy { on_no_answer: OnNoAnswer::Next, offer_secs: 20, ..Default::default() };
        let ends = "Offered at once; after 20 s to the next in Billing; returns to you after 60 s.";
        assert_eq!(for_agent(&policy, Placement::Offer), ends);
        let short = TransferPolicy { offer_secs: 60, ..policy };
        let never = "Offered at once; returns to you after 60 s.";
        assert_eq!(
            for_agent(&short, Placement::Offer),
            never,
            "its time is over before anyone else is asked"
        );
    }

    fn standing(available: u32, ahead: u32) -> PoolStanding<QueueId> {
        PoolStanding {
            id: SALES,
            waiting: ahead + 2,
            ahead,
            available,
            free: available,
            wait_secs: None,
            refusal: None,
            ends: None,
            hours: Hours::Open,
        }
    }

    fn sales_or_nothing(queue: QueueId) -> &'static str {
        if queue == SALES { "Sales" } else { "" }
    }

    fn for_pool(policy: &TransferPolicy, standing: &PoolStanding<QueueId>) -> String {
        outcome_for_pool(policy, standing, sales_or_nothing, Whose::Own)
    }

    #[test]
    fn the_outcome_for_a_queue_or_group_is_said_in_a_sentence() {
        let outcome =
            |policy: &TransferPolicy, available, ahead| for_pool(policy, &standing(available, ahead));
        let default = TransferPolicy::default();
        let undo = "You are released at once; undo for 5 s.";
        assert_eq!(outcome(&default, 2, 0), format!("Offered at once. {undo}"));
        assert_eq!(outcome(&default, 2, 3), format!("Number 4 in line. {undo}"));
        assert_eq!(outcome(&default, 0, 0), format!("Nobody is free; number 1 in line. {undo}"));
        let never = TransferPolicy { cancel: Cancel::Never, ..default };
        assert_eq!(outcome(&never, 1, 0), "Offered at once. You are released at once.");
    }

    #[test]
    fn limits_and_hours_are_part_of_the_outcome() {
        let policy = TransferPolicy { cancel: Cancel::Never, ..TransferPolicy::default() };
        let begin = standing(1, 0);
        let ends = |then| PoolStanding { ends: Some((Duration::from_secs(60), then)), ..begin.clone() };
        let hours = |hours| PoolStanding { hours, ..begin.clone() };
        for (standing, says) in [
            (ends(Unaccepted::Returns), "Offered at once; returns to you after 60 s."),
            (ends(Unaccepted::Queue(SALES)), "Offered at once; goes to Sales after 60 s."),
            (ends(Unaccepted::Request), "Offered at once; becomes a request after 60 s."),
            (hours(Hours::EndAtClosing), "Offered at once; becomes a request when the queue closes."),
            (hours(Hours::Closed), "The queue is closed. Offered at once."),
        ] {
            assert_eq!(for_pool(&policy, &standing), format!("{says} You are released at once."));
        }
    }

    #[test]
    fn a_supervisor_is_told_of_the_agent_and_of_what_waits() {
        let policy = TransferPolicy::default();
        let (offer, waits) = (Placement::Offer, standing(2, 3));
        let agents = outcome_for_agent(&policy, offer, "Billing", Whose::Agents);
        assert_eq!(agents, "Offered at once; returns to its agent after 60 s.");
        let pool = |whose| outcome_for_pool(&policy, &waits, sales_or_nothing, whose);
        assert_eq!(pool(Whose::Agents), "Number 4 in line. Its agent is released at once; undo for 5 s.");
        assert_eq!(pool(Whose::Nobodys), "Number 4 in line.");
        let alone = format!(
            "Offered to them alone for {} s, then to everyone who serves Billing.",
            policy.offer_lasts().as_secs()
        );
        assert_eq!(outcome_for_agent(&policy, offer, "Billing", Whose::Nobodys), alone);
    }
}
