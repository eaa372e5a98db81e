//! What is written and not sent yet: it is kept in the browser until it is sent or the agent signs out.

use baton_shared::{ConversationId, Mode};
use leptos::prelude::*;

use crate::browser::storage::Place;
use crate::reactive::effect;
use crate::session::PERSONAL;

/// What the names of notes that go with transfers begin with.
const NOTES: &str = "note.";

/// Returns a draft that is kept under a name whenever it changes, and not once it is empty.
pub fn kept(place: Place, name: String) -> RwSignal<String> {
    let draft = RwSignal::new(place.get(&name).unwrap_or_default());
    effect(move || {
        draft.with(|draft| match draft.is_empty() {
            true => place.remove(&name),
            false => place.set(&name, draft),
        });
    });
    draft
}

/// Returns the name that what is written to a customer is kept under.
pub fn message_to(conversation: ConversationId) -> String {
    format!("{PERSONAL}draft.{conversation}")
}

/// Returns the note that is kept for a transfer or an invitation; for a transfer after one that came back, where none is
/// kept, the note that was sent with that.
pub fn note_about(conversation: ConversationId, mode: Mode, sent: Option<String>) -> RwSignal<String> {
    let note = kept(Place::Browser, note_name(conversation, mode));
    if let Some(sent) = sent.filter(|_| mode != Mode::Invite && note.with_untracked(String::is_empty)) {
        note.set(sent);
    }
    note
}

/// Forgets a note that was sent.
pub fn forget_note(conversation: ConversationId, mode: Mode) {
    Place::Browser.remove(&note_name(conversation, mode));
}

fn note_name(conversation: ConversationId, mode: Mode) -> String {
    let to = if mode == Mode::Invite { ".invite" } else { "" };
    format!("{PERSONAL}{NOTES}{conversation}{to}")
}

/// Forgets the notes about all conversations but these.
pub fn forget_notes_but(kept: &[ConversationId]) {
    let prefix = format!("{PERSONAL}{NOTES}");
    let kept: Vec<String> = kept.iter().map(ConversationId::to_string).collect();
    Place::Browser.remove_where(|name| {
        let about = name.strip_prefix(&prefix);
        about.is_some_and(|about| !kept.iter().any(|kept| about.starts_with(kept.as_str())))
    });
}
