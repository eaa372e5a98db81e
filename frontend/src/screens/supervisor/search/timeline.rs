//! All that happened to a conversation, in its order, and who was shown what.

use std::collections::BTreeSet;

use baton_shared::api::{Seen, Timeline, TimelineEntry, TimelineKind};
use leptos::prelude::*;

use crate::browser::dates;

/// The id of the heading.
pub const TITLE: &str = "timeline-title";

/// The history of a conversation.
#[component]
pub fn TimelineView(
    /// What is told.
    timeline: Timeline,
) -> impl IntoView {
    let hidden = RwSignal::new(BTreeSet::<TimelineKind>::new());
    let there: BTreeSet<TimelineKind> = timeline.entries.iter().map(|entry| entry.kind).collect();
    let kinds = TimelineKind::ALL.into_iter().filter(|kind| there.contains(kind));
    let kinds = kinds.map(|kind| view! { <KindField kind=kind hidden=hidden /> }).collect_view();
    let entries = StoredValue::new(timeline.entries);
    let shown = move || {
        let hidden = hidden.get();
        let shown = entries.with_value(|entries| {
            entries.iter().filter(|entry| !hidden.contains(&entry.kind)).cloned().collect::<Vec<_>>()
        });
        shown.into_iter().map(entry_view).collect_view()
    };
    let ended = timeline.closed_at.map(|at| format!(" · ended {}", dates::full(at))).unwrap_or_default();
    let rated = timeline.score.map(|score| format!(" · rated {score} of 5")).unwrap_or_default();
    view! {
        <section class="past__timeline" aria-labelledby=TITLE>
            <h2 id=TITLE tabindex="-1">
                {timeline.customer}
            </h2>
            <p class="hint">
                {timeline.queue} " · opened " {dates::full(timeline.opened_at)} {ended} {rated}
            </p>
            <fieldset class="past__kinds">
                <legend>"Show"</legend>
                {kinds}
            </fieldset>
            // A list that scrolls is reached by keyboard too.
            <div class="past__scroll" role="group" aria-labelledby=TITLE tabindex="0">
                <ol class="past__entries" aria-label="What happened">
                    {shown}
                </ol>
            </div>
        </section>
    }
}

#[component]
fn KindField(kind: TimelineKind, hidden: RwSignal<BTreeSet<TimelineKind>>) -> impl IntoView {
    let change = move |event| {
        let is_shown = event_target_checked(&event);
        hidden.update(|hidden| {
            if is_shown {
                hidden.remove(&kind);
            } else {
                hidden.insert(kind);
            }
        });
    };
    view! {
        <label class="choice">
            <input type="checkbox" prop:checked=move || hidden.with(|hidden| !hidden.contains(&kind)) on:change=change />
            {kind.label()}
        </label>
    }
}

fn entry_view(entry: TimelineEntry) -> AnyView {
    let seen = seen_by(&entry.seen_by);
    view! {
        <li class="past__entry">
            <time datetime=entry.at.to_string()>{dates::exact(entry.at)}</time>
            <div>
                <p class="past__sentence">{entry.sentence}</p>
                {entry.text.map(|text| view! { <p class="past__text" dir="auto">{text}</p> })}
                {seen.map(|seen| view! { <p class="hint">{seen}</p> })}
            </div>
        </li>
    }
    .into_any()
}

/// Says who was shown a text, and when; nothing where nobody was.
fn seen_by(seen: &[Seen]) -> Option<String> {
    let each = seen.iter().map(|seen| format!("{} ({})", seen.name, dates::time(seen.at)));
    let each: Vec<String> = each.collect();
    (!each.is_empty()).then(|| format!("Seen by {}", each.join(", ")))
}
