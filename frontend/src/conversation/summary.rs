//! The summary of a conversation that goes with a transfer: it is streamed in, and the agent has the last word.

use baton_shared::ConversationId;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;

use crate::api;
use crate::browser::event_source::{Frame, Stream};
use crate::reading;

/// Where a summary stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// It is on its way.
    #[default]
    Coming,
    /// It is there.
    Made,
    /// None came.
    Failed,
    /// The agent has written in it; nothing that comes is taken any more.
    Edited,
}

/// What is in the field, and where it comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// What is in the field.
    pub text: String,
    /// Where it stands.
    pub progress: Progress,
}

impl Draft {
    /// Adds a part that has come.
    pub fn part(&mut self, text: &str) {
        if self.progress == Progress::Coming {
            self.text.push_str(text);
        }
    }

    /// Takes the whole, once it is there.
    pub fn done(&mut self, text: String) {
        if self.progress == Progress::Coming {
            *self = Self { text, progress: Progress::Made };
        }
    }

    /// Notes that no more will come.
    pub fn broken(&mut self) {
        if self.progress == Progress::Coming {
            self.progress = if self.text.is_empty() { Progress::Failed } else { Progress::Made };
        }
    }

    /// Takes what the agent has written.
    pub fn write(&mut self, text: String) {
        *self = Self { text, progress: Progress::Edited };
    }

    /// Returns what to say about it.
    pub const fn hint(&self) -> &'static str {
        match self.progress {
            Progress::Coming => "Writing a summary…",
            Progress::Made => "Made from the conversation: correct what is wrong. Only staff see it.",
            Progress::Failed => "No summary came. Say in your own words what it is about. Only staff see it.",
            Progress::Edited => "Only staff see it.",
        }
    }
}

#[derive(Deserialize)]
struct Part {
    text: String,
}

/// Asks for a summary and returns a draft that fills as it comes, for as long as the owner lives.
pub fn streamed(conversation: ConversationId) -> RwSignal<Draft> {
    let draft = RwSignal::new(Draft::default());
    stream_into(conversation, draft);
    draft
}

/// Asks for a summary and fills a draft with it as it comes, for as long as the owner lives.
pub fn stream_into(conversation: ConversationId, draft: RwSignal<Draft>) {
    let stream = StoredValue::new_local(None::<Stream>);
    let end = move || {
        // A stream must not be dropped by its own callback, and the dialog may be closed by then.
        spawn_local(async move { drop(stream.try_update_value(Option::take)) });
    };
    let on_frame = move |frame: Frame| {
        let Ok(Part { text }) = reading::read(&frame.data) else { return };
        let whole = frame.event == "done";
        let _gone = draft.try_update(|draft| if whole { draft.done(text) } else { draft.part(&text) });
        if whole {
            end();
        }
    };
    let on_broken = move || {
        let _gone = draft.try_update(Draft::broken);
        end();
    };
    let opened = Stream::open(&api::summary_address(conversation), &["part", "done"], on_frame, on_broken);
    if opened.is_none() {
        draft.update(Draft::broken);
    }
    stream.set_value(opened);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_make_the_whole_and_the_whole_has_the_last_word() {
        let mut draft = Draft::default();
        draft.part("Charged ");
        draft.part("twice");
        assert_eq!(draft.text, "Charged twice");
        draft.done("Charged twice.".to_owned());
        assert_eq!((draft.text.as_str(), draft.progress), ("Charged twice.", Progress::Made));
    }

    #[test]
    fn what_the_agent_has_typed_is_never_overwritten() {
        let mut draft = Draft::default();
        draft.part("Charged ");
        draft.write("My own words".to_owned());
        draft.part("twice");
        draft.done("Charged twice.".to_owned());
        draft.broken();
        assert_eq!((draft.text.as_str(), draft.progress), ("My own words", Progress::Edited));
    }

    #[test]
    fn a_stream_that_breaks_leaves_what_has_come() {
        let mut draft = Draft::default();
        draft.broken();
        assert_eq!(draft.progress, Progress::Failed);
        let mut draft = Draft::default();
        draft.part("Charged");
        draft.broken();
        assert_eq!((draft.text.as_str(), draft.progress), ("Charged", Progress::Made));
    }
}
