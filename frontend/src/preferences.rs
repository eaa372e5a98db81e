//! What a person has chosen about the page itself; kept in their browser.

use leptos::prelude::*;

use crate::browser::page;
use crate::browser::storage::Place;

const THEME: &str = "baton.theme";
const SOUND: &str = "baton.sound";

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Every theme, in the order of the list.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Returns the word shown to people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::System => "As the system",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// The choices; a handle that can be copied.
#[derive(Clone, Copy)]
pub struct Preferences {
    theme: RwSignal<Theme>,
    sound: RwSignal<bool>,
}

impl Preferences {
    /// Reads what was chosen, and shows it.
    pub fn load() -> Self {
        let kept = Place::Browser.get(THEME);
        let theme = Theme::ALL.into_iter().find(|theme| theme.attribute() == kept.as_deref());
        let sound = Place::Browser.get(SOUND).is_none_or(|sound| sound == "on");
        let preferences =
            Self { theme: RwSignal::new(theme.unwrap_or(Theme::System)), sound: RwSignal::new(sound) };
        page::set_theme(preferences.theme.get_untracked().attribute());
        preferences
    }

    /// Returns the theme, and tracks it.
    pub fn theme(self) -> Theme {
        self.theme.get()
    }

    /// Chooses a theme.
    pub fn choose_theme(self, theme: Theme) {
        match theme.attribute() {
            Some(attribute) => Place::Browser.set(THEME, attribute),
            None => Place::Browser.remove(THEME),
        }
        page::set_theme(theme.attribute());
        self.theme.set(theme);
    }

    /// Says whether sounds are wanted, and tracks it.
    pub fn sound(self) -> bool {
        self.sound.get()
    }

    /// Says whether sounds are wanted.
    pub fn sound_now(self) -> bool {
        self.sound.get_untracked()
    }

    /// Chooses whether sounds are wanted.
    pub fn choose_sound(self, wanted: bool) {
        Place::Browser.set(SOUND, if wanted { "on" } else { "off" });
        self.sound.set(wanted);
    }
}
