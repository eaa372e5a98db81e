//! What stands where one wrote, once a conversation is over for one.

use baton_shared::SegmentId;
use leptos::prelude::*;

use crate::app::DeskContext;
use crate::reactive::memo;

/// Says what ended one's part, and where it is filed.
#[component]
pub fn Over(
    /// One's part.
    segment: SegmentId,
) -> impl IntoView {
    let context = DeskContext::here();
    let ended_by = memo(move || {
        let ended = |desk: &baton_shared::Desk| desk.wrap_ups.get(&segment).map(|card| card.ended_by.clone());
        context.live.read(ended).flatten()
    });
    view! {
        <p class="thread__closed">
            {move || ended_by.get().map(|ended_by| format!("{ended_by}. "))}
            "This conversation is over for you. File your part of it under Wrap up."
        </p>
    }
}
