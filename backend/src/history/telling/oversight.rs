//! What supervisors did with a conversation, and flags.

use baton_shared::api::TimelineKind;
use baton_shared::*;

use super::{Line, Reach, Telling};

impl Telling<'_> {
    pub(super) fn oversight(&self, position: u64, event: &Event) -> Vec<Line> {
        let said =
            |line: Line, text: Option<&String>, by| line.with(text.cloned(), Some(by), Reach::Only(None));
        let line = if let Event::ListenedIn { agent, .. } = event {
            Line::new(TimelineKind::Company, format!("{} listens in", self.agent(*agent)))
        } else if let Event::Whispered { author, seq, .. } = event {
            let whispered = Line::new(TimelineKind::Aside, format!("{} whispered", self.agent(*author)));
            said(whispered, self.texts.whispers.get(seq), *author)
        } else if let Event::Redirected { agent, target, .. } = event {
            let (name, target) = (self.agent(*agent), self.target(*target));
            Line::new(TimelineKind::Transfer, format!("{name} passed it on to {target} for its owner"))
        } else if let Event::TransferDirected { agent, .. } = event {
            let name = self.agent(*agent);
            Line::new(TimelineKind::Transfer, format!("{name} decided about the transfer for its sender"))
        } else if let Event::FlagRaised { agent, .. } = event {
            let raised = Line::new(TimelineKind::Company, format!("{} raised a flag", self.agent(*agent)));
            said(raised, self.texts.flags.get(&position), *agent)
        } else if let Event::FlagLowered { agent, .. } = event {
            Line::new(TimelineKind::Company, format!("{} lowered the flag", self.agent(*agent)))
        } else {
            return Vec::new();
        };
        vec![line]
    }
}
