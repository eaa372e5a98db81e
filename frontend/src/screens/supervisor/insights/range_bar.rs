//! The line that says what all reports are of: the days, the time zone, and what they are narrowed by.

use std::collections::BTreeMap;

use baton_shared::Channel;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::asked::{Asked, By, Range, Report};
use super::days::Day;
use super::state::{Insights, own_zone};
use super::words;
use crate::api;
use crate::browser::zones;

/// A choice of a select: its value, and what it is called.
pub type Choice = (String, String);

/// What stands for an own range among the named ones.
const OWN: &str = "own";

/// The id of what is folded away where there is little room.
const FOLDED: &str = "range-folded";

/// The bar.
#[component]
pub fn RangeBar(
    /// The reports.
    insights: Insights,
) -> impl IntoView {
    let groups = RwSignal::new(Vec::<Choice>::new());
    spawn_local(async move {
        if let Ok(found) = api::groups().await {
            let choices = found.into_iter().map(|group| (group.id.to_string(), group.name)).collect();
            drop(groups.try_set(choices));
        }
    });
    let queues = Memo::new(move |_| {
        let rows = insights
            .live
            .read(|wall| wall.queues.values().map(|row| (row.id.to_string(), row.name.clone())).collect());
        by_name(rows.unwrap_or_default())
    });
    let agents = Memo::new(move |_| {
        let rows = insights
            .live
            .read(|wall| wall.agents.values().map(|row| (row.id.to_string(), row.name.clone())).collect());
        by_name(rows.unwrap_or_default())
    });
    let outcomes = Memo::new(move |_| insights.asked.with(|asked| asked.report == Report::Transfers));
    // Days that are played again are played as a whole.
    let whole = Memo::new(move |_| insights.asked.with(|asked| asked.report == Report::WhatIf));
    let narrowed = Memo::new(move |_| insights.asked.with(|asked| !asked.filter.is_empty()));
    // Only where there is little room they are folded away; elsewhere the style shows them all the same.
    let unfolded = RwSignal::new(false);
    let chosen = Memo::new(move |_| {
        insights.asked.with(|asked| asked.filter.len() + usize::from(asked.zone.is_some()))
    });
    view! {
        <form class="range" aria-label="What the reports are of" on:submit=|event| event.prevent_default()>
            <PeriodFields insights=insights />
            <button
                class="button range__fold"
                type="button"
                aria-expanded=move || unfolded.get().to_string()
                aria-controls=FOLDED
                on:click=move |_| unfolded.update(|unfolded| *unfolded = !*unfolded)
            >
                {move || match chosen.get() {
                    0 => "Filters".to_owned(),
                    count => format!("Filters, {count} set"),
                }}
            </button>
            <div id=FOLDED class="range__folded" class:range__folded--open=move || unfolded.get()>
            <ZoneField insights=insights />
            <FilterField insights=insights by=By::Queue label="Queue" choices=queues />
            <Show when=move || !whole.get()>
                <FilterField insights=insights by=By::Agent label="Agent" choices=agents />
                <FilterField insights=insights by=By::Group label="Group" choices=groups />
                <FilterField insights=insights by=By::Channel label="Channel" choices=channels() />
            </Show>
            <Show when=move || outcomes.get()>
                <FilterField insights=insights by=By::Outcome label="Outcome" choices=outcome_choices() />
            </Show>
            <Show when=move || narrowed.get()>
                <button
                    class="button button--plain range__clear"
                    type="button"
                    on:click=move |_| insights.change(|asked| asked.filter = BTreeMap::new())
                >
                    "Clear filters"
                </button>
            </Show>
            </div>
        </form>
    }
}

/// Returns choices by what they are called.
pub fn by_name(mut choices: Vec<Choice>) -> Vec<Choice> {
    choices.sort_by_cached_key(|(id, name)| (name.to_lowercase(), id.clone()));
    choices
}

/// Returns the channels to choose from.
pub fn channels() -> Vec<Choice> {
    let word = |channel: Channel| serde_json::to_value(channel).ok()?.as_str().map(str::to_owned);
    Channel::ALL.into_iter().filter_map(word).map(|word| (word.clone(), words::read_word(&word))).collect()
}

fn outcome_choices() -> Vec<Choice> {
    words::OUTCOMES.iter().map(|(word, label)| ((*word).to_owned(), (*label).to_owned())).collect()
}

/// The days: by name, or from one to another.
#[component]
fn PeriodFields(insights: Insights) -> impl IntoView {
    let own = Memo::new(move |_| insights.asked.with(|asked| matches!(asked.range, Range::Own(..))));
    let value = move || {
        let range = insights.asked.with(|asked| asked.range);
        let named = Range::NAMED.iter().find(|(named, ..)| *named == range);
        named.map_or(OWN, |(_, word, _)| *word).to_owned()
    };
    let choose = move |word: String| {
        let (first, last) = untrack(|| insights.days());
        let named = Range::NAMED.iter().find(|(_, known, _)| *known == word);
        let range = named.map_or(Range::Own(first, last), |(range, ..)| *range);
        insights.change(|asked| asked.range = range);
    };
    let mut choices: Vec<Choice> =
        Range::NAMED.iter().map(|(_, word, label)| ((*word).to_owned(), (*label).to_owned())).collect();
    choices.push((OWN.to_owned(), "Own range".to_owned()));
    let set = move |text: &str, first_end: bool| {
        let Ok(day) = text.parse::<Day>() else { return };
        insights.change(|asked| {
            if let Range::Own(first, last) = asked.range {
                // The other end goes along where the days would be the wrong way round.
                asked.range =
                    if first_end { Range::Own(day, last.max(day)) } else { Range::Own(first.min(day), day) };
            }
        });
    };
    view! {
        <Select label="Period" value=Signal::derive(value) choices=choices on_choice=Callback::new(choose) />
        <Show when=move || own.get()>
            <label class="range__field">
                <span class="range__label">"From"</span>
                <input
                    class="field__input"
                    type="date"
                    required
                    prop:value=move || insights.days().0.to_string()
                    on:change=move |event| set(&event_target_value(&event), true)
                />
            </label>
            <label class="range__field">
                <span class="range__label">"To"</span>
                <input
                    class="field__input"
                    type="date"
                    required
                    prop:value=move || insights.days().1.to_string()
                    on:change=move |event| set(&event_target_value(&event), false)
                />
            </label>
        </Show>
    }
}

/// The time zone whose days are meant.
#[component]
fn ZoneField(insights: Insights) -> impl IntoView {
    let own = own_zone();
    let mut choices = vec![(String::new(), format!("Yours ({own})")), ("UTC".to_owned(), "UTC".to_owned())];
    let others = zones::all().into_iter().filter(|zone| zone != "UTC");
    choices.extend(others.map(|zone| (zone.clone(), zone.replace('_', " "))));
    let value = move || insights.asked.with(|asked| asked.zone.clone().unwrap_or_default());
    let choose = move |zone: String| {
        insights.change(|asked| asked.zone = (!zone.is_empty()).then_some(zone));
    };
    view! { <Select label="Time zone" value=Signal::derive(value) choices=choices on_choice=Callback::new(choose) /> }
}

/// One thing that the reports can be narrowed by.
#[component]
fn FilterField(
    insights: Insights,
    by: By,
    label: &'static str,
    #[prop(into)] choices: Signal<Vec<Choice>>,
) -> impl IntoView {
    let value = move || insights.asked.with(|asked| asked.filter.get(&by).cloned().unwrap_or_default());
    let choose = move |value: String| {
        insights.change(|asked: &mut Asked| {
            if value.is_empty() {
                asked.filter.remove(&by);
            } else {
                asked.filter.insert(by, value);
            }
        });
    };
    let all = Memo::new(move |_| {
        let mut all = vec![(String::new(), "All".to_owned())];
        choices.with(|choices| all.extend(choices.iter().cloned()));
        // What an address names is chosen even where the list does not have it.
        let chosen = value();
        if !all.iter().any(|(known, _)| *known == chosen) {
            all.push((chosen, "Another".to_owned()));
        }
        all
    });
    view! { <Select label=label value=Signal::derive(value) choices=all on_choice=Callback::new(choose) /> }
}

/// A select with its label above it.
#[component]
pub fn Select(
    /// What is chosen.
    label: &'static str,
    /// The class of the whole.
    #[prop(default = "range__field")]
    class: &'static str,
    /// The value that is chosen.
    value: Signal<String>,
    /// The values with their names.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// Called with another value.
    on_choice: Callback<String>,
) -> impl IntoView {
    let options = move || {
        choices.with(|choices| {
            let options = choices.iter().cloned().map(|(choice, name)| {
                let chosen = choice.clone();
                view! {
                    <option value=choice selected=move || value.with(|value| *value == chosen)>
                        {name}
                    </option>
                }
            });
            options.collect_view()
        })
    };
    view! {
        <label class=class>
            <span class="range__label">{label}</span>
            <select
                class="field__input"
                prop:value=move || {
                    choices.track();
                    value.get()
                }
                on:change=move |event| on_choice.run(event_target_value(&event))
            >
                {options}
            </select>
        </label>
    }
}
