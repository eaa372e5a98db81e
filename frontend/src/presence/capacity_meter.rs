//! How much of one's capacity is taken.

use leptos::prelude::*;

use crate::app::DeskContext;
use crate::reactive::memo;

/// Shows the conversations held, those offered included, and the limit.
#[component]
pub fn CapacityMeter() -> impl IntoView {
    let context = DeskContext::here();
    let load = memo(move || context.live.read(|desk| (desk.load(), desk.me.capacity)).unwrap_or_default());
    let label = move || {
        let (load, limit) = load.get();
        format!("{load} of {limit} conversations")
    };
    view! {
        <div class="capacity" role="img" aria-label=label title=label>
            <span class="capacity__units" aria-hidden="true">
                {move || {
                    let (load, limit) = load.get();
                    (0..limit.min(12))
                        .map(|unit| {
                            view! { <span class="capacity__unit" class:capacity__unit--taken=unit < load></span> }
                        })
                        .collect_view()
                }}
            </span>
            <span aria-hidden="true">
                {move || {
                    let (load, limit) = load.get();
                    format!("{load}/{limit}")
                }}
            </span>
        </div>
    }
}
