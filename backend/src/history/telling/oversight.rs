//! What supervisors did with a conversation, and flags.

use baton_shared::api::TimelineKind;
use baton_shared::*;

use super::{Line, Telling};

impl Telling<'_> {
    pub(super) fn oversight(&self, event: &Event) -> Vec<Line> {
        let (kind, sentence) = if let Event::ListenedIn { agent, .. } = event {
            (TimelineKind::Company, format!("{} listens in", self.agent(*agent)))
        } else if let Event::Whispered { author, .. } = event {
            (TimelineKind::Aside, format!("{} whispered", self.agent(*author)))
        } else if let Event::Redirected { agent, target, .. } = event {
            let (name, target) = (self.agent(*agent), self.target(*target));
            (TimelineKind::Transfer, format!("{name} passed it on to {target} for its owner"))
        } else if let Event::TransferDirected { agent, .. } = event {
            (
                TimelineKind::Transfer,
                format!("{} decided about the transfer for its sender", self.agent(*agent)),
            )
        } else if let Event::FlagRaised { agent, .. } = event {
            (TimelineKind::Company, format!("{} raised a flag", self.agent(*agent)))
        } else if let Event::FlagLowered { agent, .. } = event {
            (TimelineKind::Company, format!("{} lowered the flag", self.agent(*agent)))
        } else {
            return Vec::new();
        };
        vec![Line::new(kind, sentence)]
    }
}
