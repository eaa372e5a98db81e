//! A ring that empties.

use leptos::prelude::*;

/// The ring's length in the units of its picture, which is drawn with `pathLength`: so many that whole ones are fine enough,
/// because writing fractions takes 7 kB of the desk's download.
const WHOLE: f64 = 1000.0;

/// Shows which part is left, and a text in the middle.
#[component]
pub fn Ring(
    /// From 1 down to 0.
    #[prop(into)]
    part: Signal<f64>,
    /// What stands in the middle.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    let gone = move || ((WHOLE * (1.0 - part.get())) as u32).to_string();
    view! {
        <span class="ring" class:ring--urgent=move || part.get() < 0.25 aria-hidden="true">
            <svg viewBox="0 0 36 36">
                <circle class="ring__track" cx="18" cy="18" r="15.5" />
                <circle
                    class="ring__left"
                    cx="18"
                    cy="18"
                    r="15.5"
                    pathLength="1000"
                    stroke-dasharray="1000"
                    stroke-dashoffset=gone
                />
            </svg>
            <span class="ring__text">{text}</span>
        </span>
    }
}
