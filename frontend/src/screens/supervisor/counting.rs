//! How the wall counts: when a day begins and by whose clocks, and by which times a service level is judged; kept in the
//! browser.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::insights::range_bar::{Choice, Select};
use super::insights::state::own_zone;
use crate::browser::storage::Place;
use crate::browser::zones;
use crate::controls::dialog::Dialog;
use crate::live_wall::LiveWall;

const KEPT: &str = "baton.wall.counting";

/// How the wall counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counting {
    /// By the clocks of which zone; the browser's own where none was chosen.
    pub zone: Option<String>,
    /// At which minute of the day counting begins anew.
    pub minute: u16,
    /// Within how many seconds is in time, instead of each queue's own target.
    pub target_secs: Option<u32>,
    /// Who leaves within so many seconds does not count; as usual where nothing was chosen.
    pub short_secs: Option<u32>,
}

impl Counting {
    /// Returns what every server understands: days of UTC, and nothing else.
    pub fn plain() -> Self {
        Self { zone: Some("UTC".to_owned()), ..Self::default() }
    }

    /// Returns what was chosen in this browser.
    pub fn load() -> Self {
        let kept = Place::Browser.get(KEPT);
        let kept: Option<Self> = kept.and_then(|kept| serde_json::from_str(&kept).ok());
        kept.unwrap_or_default()
    }

    /// Keeps it in this browser.
    pub fn keep(&self) {
        // Texts and numbers always become JSON.
        Place::Browser.set(KEPT, &serde_json::to_string(self).unwrap_or_default());
    }

    /// Returns the zone by whose clocks a day begins.
    pub fn zone(&self) -> String {
        self.zone.clone().unwrap_or_else(own_zone)
    }

    /// Returns what it asks the server for, as it stands in an address.
    pub fn query(&self) -> String {
        let zone = self.zone();
        let zone = js_sys::encode_uri_component(&zone);
        let mut query = format!("zone={zone}&day_begins={}", clock(self.minute));
        for (name, secs) in [("target_secs", self.target_secs), ("short_secs", self.short_secs)] {
            if let Some(secs) = secs {
                query.push_str(&format!("&{name}={secs}"));
            }
        }
        query
    }

    /// Returns the words for the time since a day began.
    pub fn today(&self) -> String {
        format!("today since {}, {}", clock(self.minute), self.zone().replace('_', " "))
    }
}

/// Returns a minute of the day as a clock shows it.
fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// Reads what a clock shows.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str| text.get(..2)?.parse::<u16>().ok();
    number(hour).zip(number(minute)).map(|(hour, minute)| hour * 60 + minute)
}

/// Asks how the wall counts.
#[component]
pub fn CountingDialog(
    /// The wall.
    live: LiveWall,
    /// Whether it is open.
    asked: RwSignal<bool>,
) -> impl IntoView {
    let close = Callback::new(move |()| asked.set(false));
    view! {
        <Dialog name="Counting" open=asked on_close=close>
            <CountingForm live=live close=close />
        </Dialog>
    }
}

#[component]
fn CountingForm(live: LiveWall, close: Callback<()>) -> impl IntoView {
    let before = untrack(|| live.counting());
    let secs = |secs: Option<u32>| secs.map(|secs| secs.to_string()).unwrap_or_default();
    let zone = RwSignal::new(before.zone());
    let begins = RwSignal::new(clock(before.minute));
    let target = RwSignal::new(secs(before.target_secs));
    let short = RwSignal::new(secs(before.short_secs));
    let mut all = zones::all();
    // A browser may not list its own zone, nor the one that another browser chose.
    let listed = [before.zone(), own_zone(), "UTC".to_owned()];
    all.extend(listed.into_iter().filter(|zone| !zones::all().contains(zone)));
    all.sort_unstable();
    all.dedup();
    let choices: Vec<Choice> = all.into_iter().map(|zone| (zone.clone(), zone.replace('_', " "))).collect();
    let submitted = move |event: SubmitEvent| {
        event.prevent_default();
        let chosen = zone.get_untracked();
        let number = |text: RwSignal<String>| text.with_untracked(|text| text.trim().parse().ok());
        live.count(Counting {
            // Whoever travels with their own zone keeps it their own.
            zone: (chosen != own_zone()).then_some(chosen),
            minute: begins.with_untracked(|begins| minute(begins)).unwrap_or_default(),
            target_secs: number(target),
            short_secs: number(short),
        });
        close.run(());
    };
    let usual = move |_| {
        live.count(Counting::default());
        close.run(());
    };
    let number = move |label: &'static str, value: RwSignal<String>, min: &'static str| {
        view! {
            <label class="field">
                <span class="field__label">{label}</span>
                <input
                    class="field__input"
                    type="number"
                    min=min
                    max="86400"
                    prop:value=move || value.get()
                    on:input=move |event| value.set(event_target_value(&event))
                />
            </label>
        }
    };
    view! {
        <form class="counting" on:submit=submitted>
            <h2>"Counting"</h2>
            <p class="hint">"How queues and missed offers are counted for you. It holds in this browser."</p>
            <Select
                label="Time zone of the day"
                class="field"
                value=Signal::from(zone)
                choices=choices
                on_choice=Callback::new(move |chosen| zone.set(chosen))
            />
            <label class="field">
                <span class="field__label">"The day begins at"</span>
                <input
                    class="field__input"
                    type="time"
                    required
                    prop:value=move || begins.get()
                    on:input=move |event| begins.set(event_target_value(&event))
                />
            </label>
            {number("Target in seconds; empty for each queue’s own", target, "1")}
            {number("Short abandon below seconds; empty for 10", short, "0")}
            <div class="dialog__buttons">
                <button class="button" type="button" on:click=usual>
                    "As at first"
                </button>
                <button class="button" type="button" on:click=move |_| close.run(())>
                    "Close"
                </button>
                <button class="button button--primary" type="submit">
                    "Count so"
                </button>
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_the_day_is_read_as_it_is_shown() {
        for (minute_of, shown) in [(0, "00:00"), (390, "06:30"), (1_439, "23:59")] {
            assert_eq!((clock(minute_of), minute(shown)), (shown.to_owned(), Some(minute_of)));
        }
        // Some browsers add seconds.
        assert_eq!(minute("06:30:00"), Some(390));
        assert_eq!(minute(""), None);
    }

    #[test]
    fn what_another_build_kept_is_read_as_far_as_it_goes() {
        let kept: Counting = serde_json::from_str(r#"{"minute":390,"zone":"Europe/Madrid"}"#).unwrap();
        let expected =
            Counting { zone: Some("Europe/Madrid".to_owned()), minute: 390, ..Counting::default() };
        assert_eq!(kept, expected);
    }
}
