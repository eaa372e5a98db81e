//! Pictures without words; whoever shows one gives the control its name.

use leptos::prelude::*;

/// A picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Setting up.
    Administration,
    /// Backwards.
    Back,
    /// A menu opens.
    Chevron,
    /// Closes.
    Close,
    /// Details.
    Info,
    /// Keys.
    Keyboard,
    /// Search.
    Search,
    /// Sends.
    Send,
    /// Choices.
    Settings,
    /// Leaves.
    SignOut,
    /// Passes on.
    Transfer,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Administration => {
                "M10 2.8 16 5v4.6c0 3.6-2.4 6.4-6 7.6-3.6-1.2-6-4-6-7.6V5ZM7.4 9.8l1.9 1.9 3.5-3.6"
            }
            Self::Back => "M12.5 4.5 7 10l5.5 5.5",
            Self::Chevron => "m5.5 8 4.5 4.5L14.5 8",
            Self::Close => "m5 5 10 10M15 5 5 15",
            Self::Info => "M10 9v5M10 6.2v.1M10 17.5a7.5 7.5 0 1 1 0-15 7.5 7.5 0 0 1 0 15Z",
            Self::Keyboard => {
                "M3.5 5h13a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-13a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1ZM5.5 8h.1M8.5 8h.1M11.5 8h.1M14.5 8h.1M7 12h6"
            }
            Self::Search => "m13 13 4 4M14.5 8.7a5.8 5.8 0 1 1-11.6 0 5.8 5.8 0 0 1 11.6 0Z",
            Self::Send => "M3 10h13M10.5 4.5 16 10l-5.5 5.5",
            Self::Settings => {
                "M3 6h6M13.5 6H17M3 14h3.5M11 14h6M11.3 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM8.7 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z"
            }
            Self::SignOut => "M8 3.5H4.5a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1H8M8.5 10H17M13.5 6.5 17 10l-3.5 3.5",
            Self::Transfer => "M3 7h12M11.5 3.5 15 7l-3.5 3.5M17 13H5M8.5 9.5 5 13l3.5 3.5",
        }
    }
}

/// Shows a picture.
#[component]
pub fn IconView(
    /// Which.
    icon: Icon,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
            <path d=icon.path() />
        </svg>
    }
}
