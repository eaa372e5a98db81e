//! What happens in a run, counted.

use std::collections::BTreeMap;

use baton_shared::*;

/// What happened in a run, so that a run in which a thing never happened fails.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    counts: BTreeMap<&'static str, u64>,
}

impl Tally {
    /// Counts one more.
    pub fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    /// Counts an event, and what came of it.
    pub fn count_event(&mut self, event: &Event) {
        self.count(event.name());
        if let Event::OfferEnded { end, .. } = event {
            self.count(match end {
                OfferEnd::Accepted => "offer accepted",
                OfferEnd::Declined => "offer declined",
                OfferEnd::TimedOut => "offer timed_out",
                OfferEnd::Cancelled => "offer cancelled",
                OfferEnd::Rescinded => "offer rescinded",
                OfferEnd::TargetGone => "offer target_gone",
            });
        }
        if let Event::TransferEnded { end, .. } = event {
            self.count(match end {
                TransferEnd::Completed => "transfer completed",
                TransferEnd::Returned => "transfer returned",
                TransferEnd::Cancelled => "transfer cancelled",
                TransferEnd::Expired => "transfer expired",
                TransferEnd::Abandoned => "transfer abandoned",
                TransferEnd::Superseded => "transfer superseded",
                TransferEnd::CalledOff => "transfer called off",
                TransferEnd::Failed => "transfer failed",
            });
        }
        if let Event::TransferRequested { target: Target::Workflow(_), .. } = event {
            self.count("workflow entered by a transfer");
        }
        if let Event::FlowEnded { end, .. } = event {
            self.count(match end {
                FlowEnd::PassedOn => "flow passed on",
                FlowEnd::Ended => "flow ended",
                FlowEnd::Through => "flow through",
                FlowEnd::TooManySteps => "flow took too many steps",
                FlowEnd::TimeOver => "flow's time over",
                FlowEnd::NotUnderstood => "flow understood nothing",
                FlowEnd::TargetRefused => "flow's target refused",
                FlowEnd::Changed => "flow changed meanwhile",
                FlowEnd::Removed => "flow removed meanwhile",
                FlowEnd::Unreadable | FlowEnd::NoSuchStep => "flow could not be played",
            });
        }
        if let Event::OwnerChanged { to, .. } = event {
            match to {
                Owner::Flow(_) => self.count("to a flow"),
                Owner::External(_) => self.count("to a partner"),
                Owner::Agent(_) | Owner::Queue(_) | Owner::Group(_) => {}
            }
        }
        if let Event::WorkflowEntered { filter: None, .. } = event {
            self.count("no filter matched");
        }
        if let Event::StepEntered { pool: Pool::Agent(_), .. } = event {
            self.count("a known agent asked");
        }
        if let Event::OwnerChanged { to: Owner::Group(_), .. } = event {
            self.count("to a group");
        }
        if let Event::TransferEnded { end: TransferEnd::Completed, consulted: Some(_), .. } = event {
            self.count("handed over");
        }
        if let Event::WrapUpEnded { disposition: None, .. } = event {
            self.count("wrap-up over");
        }
        if let Event::StatusChanged { status: Status::Offline, .. } = event {
            self.count("finished");
        }
        if let Event::InviteEnded { end, .. } = event {
            self.count(match end {
                InviteEnd::Left => "invite left",
                InviteEnd::Cancelled => "invite cancelled",
                InviteEnd::Declined => "invite declined",
                InviteEnd::Expired => "invite expired",
                InviteEnd::TookOver => "invite took over",
                InviteEnd::Closed => "invite closed",
            });
        }
        if let Event::OwnerChanged { cause, .. } = event {
            self.count(match cause {
                segment::OwnerCause::Opened => "opened",
                segment::OwnerCause::Accepted(_) => "accepted from the queue",
                segment::OwnerCause::Transferred(_) => "transferred",
                segment::OwnerCause::TakenBack(_) => "taken back",
                segment::OwnerCause::Released => "released",
                segment::OwnerCause::Parked(_) => "parked",
                segment::OwnerCause::Returned(_) => "came back",
                segment::OwnerCause::Expired(_) => "left to the queue",
                segment::OwnerCause::Lost => "lost",
                segment::OwnerCause::TakenOver(_) => "taken over",
                segment::OwnerCause::Redirected => "redirected",
                segment::OwnerCause::Left(_) => "left to a participant",
                segment::OwnerCause::Routed(_) => "routed",
                segment::OwnerCause::Overflowed(_) => "overflowed",
                segment::OwnerCause::Entered(_) => "begun in a flow",
            });
        }
    }

    /// Adds another run's counts.
    pub fn add(&mut self, other: &Self) {
        for (what, count) in &other.counts {
            *self.counts.entry(what).or_default() += count;
        }
    }

    /// Returns what the simulation is for and never happened.
    pub fn missing(&self) -> Vec<&'static str> {
        let wanted = [
            "crash",
            "clock set back",
            "commit refused",
            "same key again",
            "conversation_opened",
            "message_sent",
            "offer_made",
            "offer accepted",
            "offer declined",
            "offer timed_out",
            "offer cancelled",
            "offer rescinded",
            "offer target_gone",
            "offer_replied",
            "transfer completed",
            "transfer returned",
            "transfer cancelled",
            "transfer expired",
            "transfer abandoned",
            "taken back",
            "conversation_closed",
            "wrap_up_ended",
            "agent_reached",
            "agent_lost",
            "released",
            "lost",
            "parked",
            "came back",
            "left to the queue",
            "transfer failed",
            "transfer_rerouted",
            "consult_began",
            "aside_sent",
            "handed over",
            "listening_began",
            "listening_ended",
            "request_created",
            "policy_set",
            "policy_overridden",
            "group_changed",
            "group_removed",
            "to a group",
            "taken over",
            "transfer superseded",
            "finished",
            "wrap_up_extended",
            "wrap-up over",
            "invite_made",
            "participant_joined",
            "invite left",
            "invite cancelled",
            "invite declined",
            "invite expired",
            "invite took over",
            "invite closed",
            "workflow_changed",
            "workflow_removed",
            "workflow_entered",
            "workflow entered by a transfer",
            "no filter matched",
            "step_entered",
            "a known agent asked",
            "skills_dropped",
            "skills_lowered",
            "queue_relaxed",
            "interrupted",
            "steps_ended",
            "routed",
            "overflowed",
            "limit_lifted",
            "queue_rules_set",
            "deflected at once",
            "conversation_rated",
            "rated twice",
            "turned away",
            "queue_opened",
            "queue_closed",
            "found it closed",
            "left a question",
            "last_agent_asked",
            "conversation_idled",
            "everyone_asked",
            "begun in a flow",
            "to a flow",
            "flow_asked",
            "flow through",
            "flow's time over",
        ];
        wanted.into_iter().filter(|what| self.counts.get(what).is_none_or(|count| *count == 0)).collect()
    }
}
