//! One table of shortcuts, which drives both the handler and the list that `?` opens.

/// What a shortcut does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Opens the list of shortcuts.
    ShowShortcuts,
    /// Opens the next conversation.
    NextConversation,
    /// Opens the conversation before.
    PreviousConversation,
    /// Accepts the first offer.
    AcceptOffer,
    /// Opens what was accepted while typing.
    OpenAccepted,
    /// Puts the focus in the message box.
    WriteMessage,
    /// Searches the conversation.
    SearchConversation,
    /// Opens the transfer dialog.
    Transfer,
    /// Opens the transfer dialog to consult someone.
    Consult,
    /// Puts the focus where one writes aside.
    WriteAside,
    /// Opens the list of requests.
    ShowRequests,
    /// Opens the wrap-up.
    WrapUp,
    /// Opens the menu of statuses.
    ChooseStatus,
}

/// A shortcut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortcut {
    /// The keys, as shown to people.
    pub keys: &'static [&'static str],
    /// What it does, as shown to people.
    pub label: &'static str,
    /// What it does.
    pub action: Action,
    chord: Chord,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chord {
    /// This character, while nobody is typing.
    Plain(&'static str),
    /// Alt and a key, named by its place on the keyboard: with Alt some systems write other characters.
    Alt(&'static str),
    /// Ctrl, or Cmd on a Mac, and a character.
    Command(&'static str),
}

/// Every shortcut, in the order of the list.
pub const SHORTCUTS: [Shortcut; 13] = [
    shortcut(
        &["Alt", "A"],
        "Accept the first incoming conversation",
        Action::AcceptOffer,
        Chord::Alt("KeyA"),
    ),
    shortcut(&["Alt", "O"], "Open what you accepted while typing", Action::OpenAccepted, Chord::Alt("KeyO")),
    shortcut(&["Alt", "↓"], "Next conversation", Action::NextConversation, Chord::Alt("ArrowDown")),
    shortcut(&["Alt", "↑"], "Previous conversation", Action::PreviousConversation, Chord::Alt("ArrowUp")),
    shortcut(&["Alt", "M"], "Write a message", Action::WriteMessage, Chord::Alt("KeyM")),
    shortcut(&["Alt", "T"], "Transfer the conversation", Action::Transfer, Chord::Alt("KeyT")),
    shortcut(&["Alt", "C"], "Consult someone", Action::Consult, Chord::Alt("KeyC")),
    shortcut(&["Alt", "N"], "Write aside, in a consultation", Action::WriteAside, Chord::Alt("KeyN")),
    shortcut(&["Alt", "W"], "Wrap up", Action::WrapUp, Chord::Alt("KeyW")),
    shortcut(&["Alt", "R"], "Show the requests", Action::ShowRequests, Chord::Alt("KeyR")),
    shortcut(&["Alt", "S"], "Choose your status", Action::ChooseStatus, Chord::Alt("KeyS")),
    shortcut(&["Ctrl", "F"], "Search the conversation", Action::SearchConversation, Chord::Command("f")),
    shortcut(&["?"], "Show this list", Action::ShowShortcuts, Chord::Plain("?")),
];

const fn shortcut(
    keys: &'static [&'static str],
    label: &'static str,
    action: Action,
    chord: Chord,
) -> Shortcut {
    Shortcut { keys, label, action, chord }
}

/// A key that was pressed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Press {
    /// The character it writes, or its name.
    pub key: String,
    /// Its place on the keyboard.
    pub code: String,
    /// Whether Alt is held.
    pub alt: bool,
    /// Whether Ctrl or Cmd is held.
    pub command: bool,
    /// Whether the focus is in a field that takes text.
    pub typing: bool,
}

/// Returns what a key does.
pub fn action(press: &Press) -> Option<Action> {
    SHORTCUTS.iter().find(|shortcut| shortcut.chord.matches(press)).map(|shortcut| shortcut.action)
}

impl Chord {
    fn matches(self, press: &Press) -> bool {
        match self {
            Self::Plain(key) => !press.alt && !press.command && !press.typing && press.key == key,
            Self::Alt(code) => press.alt && !press.command && press.code == code,
            Self::Command(key) => press.command && !press.alt && press.key.eq_ignore_ascii_case(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: &str, code: &str) -> Press {
        Press { key: key.to_owned(), code: code.to_owned(), ..Press::default() }
    }

    #[test]
    fn a_question_mark_in_a_message_stays_a_question_mark() {
        assert_eq!(action(&press("?", "Slash")), Some(Action::ShowShortcuts));
        assert_eq!(action(&Press { typing: true, ..press("?", "Slash") }), None);
    }

    #[test]
    fn alt_goes_by_the_place_of_the_key() {
        assert_eq!(action(&Press { alt: true, ..press("å", "KeyA") }), Some(Action::AcceptOffer));
        assert_eq!(action(&press("a", "KeyA")), None);
    }

    #[test]
    fn no_two_shortcuts_share_a_chord() {
        for (place, one) in SHORTCUTS.iter().enumerate() {
            assert!(SHORTCUTS[..place].iter().all(|other| other.chord != one.chord), "{}", one.label);
        }
    }
}
