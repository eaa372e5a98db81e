//! What a screen reader is told: one live region for the whole page.

use leptos::prelude::*;

/// Speaks through the one live region; a handle that can be copied.
#[derive(Clone, Copy)]
pub struct Announcer {
    said: RwSignal<(u32, String)>,
}

impl Announcer {
    /// Starts in silence.
    pub fn silent() -> Self {
        Self { said: RwSignal::default() }
    }

    /// Says a sentence.
    pub fn say(self, sentence: impl Into<String>) {
        let sentence = sentence.into();
        self.said.update(|said| *said = (said.0.wrapping_add(1), sentence));
    }
}

/// The live region.
#[component]
pub fn LiveRegion(
    /// Who speaks.
    announcer: Announcer,
) -> impl IntoView {
    // A sentence said twice is heard twice only if its element is a new one.
    view! {
        <div class="for-screen-reader" aria-live="polite" aria-atomic="true">
            {move || {
                let (count, sentence) = announcer.said.get();
                let odd = count % 2 == 1;
                view! { <p data-odd=odd.to_string()>{sentence}</p> }
            }}
        </div>
    }
}
