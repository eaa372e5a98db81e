//! What is looked for beside words.

use leptos::prelude::*;

use crate::browser::dates;
use crate::live_wall::LiveWall;

/// What is looked for, as it stands in the fields; what is empty makes no difference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    pub words: String,
    pub queue: String,
    pub agent: String,
    pub from: String,
    pub to: String,
    pub channel: String,
    pub state: String,
    pub transferred: String,
    pub score: String,
}

impl Filters {
    /// Returns the question as it stands in an address, for the page that begins behind a place.
    pub fn query(&self, before: Option<u64>) -> String {
        let fields = [
            ("q", self.words.trim().to_owned()),
            ("queue", self.queue.clone()),
            ("agent", self.agent.clone()),
            ("from", dates::day_begins(&self.from, 0).unwrap_or_default()),
            // The last day counts whole.
            ("to", dates::day_begins(&self.to, 1).unwrap_or_default()),
            ("channel", self.channel.clone()),
            ("state", self.state.clone()),
            ("transferred", self.transferred.clone()),
            ("score", self.score.clone()),
            ("before", before.map(|before| before.to_string()).unwrap_or_default()),
        ];
        let written = fields.iter().filter(|(_, value)| !value.is_empty());
        let encoded = written.map(|(name, value)| format!("{name}={}", js_sys::encode_uri_component(value)));
        encoded.collect::<Vec<_>>().join("&")
    }
}

/// The fields beside the words.
#[component]
pub fn FilterFields(
    /// Whose queues and people can be chosen.
    live: LiveWall,
    /// What stands in the fields.
    filters: RwSignal<Filters>,
) -> impl IntoView {
    // The fields stay as they are while the wall changes.
    let queues =
        untrack(|| live.read(|wall| named(wall.queues.values().map(|row| (row.id.to_string(), &row.name)))));
    let agents =
        untrack(|| live.read(|wall| named(wall.agents.values().map(|row| (row.id.to_string(), &row.name)))));
    let fixed = |choices: &[(&str, &str)]| {
        choices.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect::<Vec<_>>()
    };
    let states = fixed(&[("open", "Open"), ("closed", "Closed")]);
    let transfers = fixed(&[("true", "With transfers"), ("false", "Without transfers")]);
    let channels = fixed(&[("web_chat", "Web chat")]);
    let scores = fixed(&[
        ("1", "1: very bad"),
        ("2", "2: bad"),
        ("3", "3: okay"),
        ("4", "4: good"),
        ("5", "5: very good"),
    ]);
    view! {
        <div class="past__filters">
            <Choice label="Queue" filters=filters value=|filters| &mut filters.queue choices=queues.unwrap_or_default() />
            <Choice label="Agent" filters=filters value=|filters| &mut filters.agent choices=agents.unwrap_or_default() />
            <Day label="From" filters=filters value=|filters| &mut filters.from />
            <Day label="To" filters=filters value=|filters| &mut filters.to />
            <Choice label="State" filters=filters value=|filters| &mut filters.state choices=states />
            <Choice label="Transfers" filters=filters value=|filters| &mut filters.transferred choices=transfers />
            <Choice label="Rating" filters=filters value=|filters| &mut filters.score choices=scores />
            <Choice label="Channel" filters=filters value=|filters| &mut filters.channel choices=channels />
        </div>
    }
}

/// Returns things that can be chosen, by name.
fn named<'a>(things: impl Iterator<Item = (String, &'a String)>) -> Vec<(String, String)> {
    let mut named: Vec<(String, String)> = things.map(|(id, name)| (id, name.clone())).collect();
    named.sort_by(|one, other| one.1.cmp(&other.1));
    named
}

#[component]
fn Choice(
    label: &'static str,
    filters: RwSignal<Filters>,
    value: fn(&mut Filters) -> &mut String,
    choices: Vec<(String, String)>,
) -> impl IntoView {
    let options = choices.into_iter().map(|(key, name)| view! { <option value=key>{name}</option> });
    let options = options.collect_view();
    view! {
        <label class="field">
            <span class="field__label">{label}</span>
            <select
                class="field__input"
                on:change=move |event| filters.update(|filters| *value(filters) = event_target_value(&event))
            >
                <option value="">"Any"</option>
                {options}
            </select>
        </label>
    }
}

#[component]
fn Day(
    label: &'static str,
    filters: RwSignal<Filters>,
    value: fn(&mut Filters) -> &mut String,
) -> impl IntoView {
    view! {
        <label class="field">
            <span class="field__label">{label}</span>
            <input
                class="field__input"
                type="date"
                on:change=move |event| filters.update(|filters| *value(filters) = event_target_value(&event))
            />
        </label>
    }
}
