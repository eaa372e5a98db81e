//! How a conversation was led on its way; the events that are about none say nothing.

use baton_shared::api::TimelineKind;
use baton_shared::*;

use super::{Line, Telling};

impl Telling<'_> {
    /// Tells what workflows, flows and the limits of queues did; the last of those who are asked, so that no event is
    /// forgotten: a new one does not compile until it is named here.
    pub(super) fn routing(&self, event: &Event) -> Vec<Line> {
        let sentence = match event {
            Event::WorkflowEntered { workflow, .. } => {
                format!("It entered the workflow {}", self.target(Target::Workflow(*workflow)))
            }
            Event::StepEntered { step, pool, .. } => {
                format!("Step {} of its workflow asks {}", u32::from(*step) + 1, self.pool(*pool))
            }
            Event::StepsEnded { .. } => "No step of its workflow is left".to_owned(),
            Event::SkillsDropped { .. } => "Fewer skills are asked for".to_owned(),
            Event::SkillsLowered { .. } => "Lower levels of skills are asked for".to_owned(),
            Event::QueueRelaxed { queue, .. } => format!("{} asks for less", self.queue(*queue)),
            Event::FlowAsked { flow, .. } => {
                format!("{} asked something", self.target(Target::Flow(*flow)))
            }
            Event::FlowEnded { flow, end, .. } => match end.in_words() {
                Some(words) => words.trim_end_matches('.').to_owned(),
                None => format!("{} is through", self.target(Target::Flow(*flow))),
            },
            Event::LimitLifted { .. } => "It waits without a limit, because nowhere is room".to_owned(),
            Event::ConversationIdled { .. } => {
                format!("{} was silent for so long that it takes no room", self.texts.customer)
            }
            Event::LastAgentAsked { agent, .. } => {
                format!("{}, who served the customer last, is asked alone", self.agent(*agent))
            }
            Event::EveryoneAsked { .. } => "Everyone who serves the queue is asked".to_owned(),
            Event::ConversationOpened { .. }
            | Event::MessageSent { .. }
            | Event::OwnerChanged { .. }
            | Event::ConversationClosed { .. }
            | Event::ConversationRated { .. }
            | Event::WrapUpEnded { .. }
            | Event::WrapUpExtended { .. }
            | Event::OfferMade { .. }
            | Event::OfferEnded { .. }
            | Event::OfferReplied { .. }
            | Event::TransferRequested { .. }
            | Event::TransferEnqueued { .. }
            | Event::TransferRerouted { .. }
            | Event::TransferEnded { .. }
            | Event::ConsultBegan { .. }
            | Event::AsideSent { .. }
            | Event::InviteMade { .. }
            | Event::ParticipantJoined { .. }
            | Event::InviteEnded { .. }
            | Event::ListeningBegan { .. }
            | Event::ListeningEnded { .. }
            | Event::ListenedIn { .. }
            | Event::Whispered { .. }
            | Event::Redirected { .. }
            | Event::TransferDirected { .. }
            | Event::FlagRaised { .. }
            | Event::FlagLowered { .. }
            | Event::PersonDirected { .. }
            | Event::RequestCreated { .. }
            | Event::RequestAnswered { .. }
            | Event::ServerStarted { .. }
            | Event::PersonAdded { .. }
            | Event::PersonChanged { .. }
            | Event::SkillAdded { .. }
            | Event::SkillGranted { .. }
            | Event::SkillRevoked { .. }
            | Event::QueueAdded { .. }
            | Event::QueueChanged { .. }
            | Event::QueueRulesSet { .. }
            | Event::QueueOpened { .. }
            | Event::QueueClosed { .. }
            | Event::MemberAdded { .. }
            | Event::MemberRemoved { .. }
            | Event::GroupAdded { .. }
            | Event::GroupChanged { .. }
            | Event::GroupRemoved { .. }
            | Event::WorkflowAdded { .. }
            | Event::WorkflowChanged { .. }
            | Event::WorkflowRemoved { .. }
            | Event::FlowAdded { .. }
            | Event::FlowChanged { .. }
            | Event::FlowRemoved { .. }
            | Event::ExternalAdded { .. }
            | Event::ExternalChanged { .. }
            | Event::ExternalRemoved { .. }
            | Event::ScheduleAdded { .. }
            | Event::ScheduleChanged { .. }
            | Event::ScheduleRemoved { .. }
            | Event::TeamAdded { .. }
            | Event::TeamChanged { .. }
            | Event::TeamRemoved { .. }
            | Event::PolicySet { .. }
            | Event::PolicyOverridden { .. }
            | Event::StatusChanged { .. }
            | Event::AgentReached { .. }
            | Event::AgentLost { .. } => return Vec::new(),
        };
        vec![Line::new(TimelineKind::Routing, sentence)]
    }
}
