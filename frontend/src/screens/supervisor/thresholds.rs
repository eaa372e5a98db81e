//! From where on a queue's figures are to be looked at, and from where on to be acted on; kept in the browser.

use leptos::prelude::*;

use super::table::{Cell, Tone};
use crate::browser::storage::Place;
use crate::controls::dialog::Dialog;

const KEPT: &str = "baton.wall.thresholds";

/// Two bounds of a figure; without them it is never judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// From here on it is to be looked at.
    pub warning: Option<u32>,
    /// From here on it is to be acted on.
    pub critical: Option<u32>,
    /// Whether what is low is bad, rather than what is high.
    pub low_is_bad: bool,
}

impl Bounds {
    const fn high(warning: u32, critical: u32) -> Self {
        Self { warning: Some(warning), critical: Some(critical), low_is_bad: false }
    }

    fn reached(self, bound: Option<u32>, value: u32) -> bool {
        bound.is_some_and(|bound| if self.low_is_bad { value <= bound } else { value >= bound })
    }

    /// Returns how a figure is meant.
    pub fn tone(self, value: u32) -> Tone {
        if self.reached(self.critical, value) {
            Tone::Critical
        } else if self.reached(self.warning, value) {
            Tone::Warning
        } else {
            Tone::Plain
        }
    }

    /// Returns what a cell says of a figure; the tone has a mark besides its colour.
    pub fn judged(self, text: String, value: u32) -> Cell {
        let tone = self.tone(value);
        let mark = match tone {
            Tone::Plain => return text.into(),
            Tone::Warning => "!",
            Tone::Critical => "!!",
        };
        Cell::toned(format!("{text} {mark}"), tone)
    }
}

/// The bounds of each figure that is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Of how many wait.
    pub waiting: Bounds,
    /// Of how long the first one waits, in seconds.
    pub longest: Bounds,
    /// Of the service level, in percent.
    pub level: Bounds,
    /// Of how many of a hundred leave.
    pub abandoned: Bounds,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            waiting: Bounds::high(5, 10),
            longest: Bounds::high(60, 180),
            level: Bounds { warning: Some(85), critical: Some(70), low_is_bad: true },
            abandoned: Bounds::high(5, 10),
        }
    }
}

impl Thresholds {
    const NAMES: [&'static str; 4] =
        ["Waiting", "Longest wait, in seconds", "Service level, in percent", "Abandoned, in percent"];

    fn all(&mut self) -> [&mut Bounds; 4] {
        [&mut self.waiting, &mut self.longest, &mut self.level, &mut self.abandoned]
    }

    /// Returns what was chosen in this browser.
    pub fn load() -> Self {
        Place::Browser.get(KEPT).map_or_else(Self::default, |kept| Self::read(&kept))
    }

    /// Reads bounds as they are kept: two numbers for each figure, nothing where there is no bound.
    fn read(kept: &str) -> Self {
        let mut thresholds = Self::default();
        let mut numbers = kept.split(',').map(|number| number.parse().ok());
        for bounds in thresholds.all() {
            let (Some(warning), Some(critical)) = (numbers.next(), numbers.next()) else {
                return Self::default();
            };
            (bounds.warning, bounds.critical) = (warning, critical);
        }
        thresholds
    }

    fn written(mut self) -> String {
        let number = |bound: Option<u32>| bound.map(|bound| bound.to_string()).unwrap_or_default();
        let bounds =
            self.all().map(|bounds| format!("{},{}", number(bounds.warning), number(bounds.critical)));
        bounds.join(",")
    }
}

/// Asks for the bounds of each figure.
#[component]
pub fn ThresholdsDialog(
    /// What holds.
    thresholds: RwSignal<Thresholds>,
    /// Whether it is open.
    asked: RwSignal<bool>,
) -> impl IntoView {
    let set = move |place: usize, critical: bool, event: leptos::ev::Event| {
        let bound = event_target_value(&event).trim().parse().ok();
        thresholds.update(|thresholds| {
            let bounds = &mut *thresholds.all()[place];
            *if critical { &mut bounds.critical } else { &mut bounds.warning } = bound;
        });
        Place::Browser.set(KEPT, &thresholds.get_untracked().written());
    };
    let field = move |place: usize, critical: bool| {
        let label =
            format!("{}: {}", Thresholds::NAMES[place], if critical { "critical" } else { "warning" });
        let value = move || {
            let mut thresholds = thresholds.get();
            let bounds = *thresholds.all()[place];
            let bound = if critical { bounds.critical } else { bounds.warning };
            bound.map(|bound| bound.to_string()).unwrap_or_default()
        };
        view! {
            <input
                class="field__input"
                type="number"
                min="0"
                aria-label=label
                prop:value=value
                on:change=move |event| set(place, critical, event)
            />
        }
    };
    let row = move |place: usize| {
        view! {
            <tr>
                <th scope="row">{Thresholds::NAMES[place]}</th>
                <td>{field(place, false)}</td>
                <td>{field(place, true)}</td>
            </tr>
        }
    };
    let usual = move |_| {
        Place::Browser.remove(KEPT);
        thresholds.set(Thresholds::default());
    };
    view! {
        <Dialog name="Thresholds" open=asked on_close=Callback::new(move |()| asked.set(false))>
            <h2>"Thresholds"</h2>
            <p class="hint">
                "A figure that reaches one is marked with ! or !!. An empty field marks nothing. They hold in this browser."
            </p>
            <table class="thresholds">
                <thead>
                    <tr>
                        <td></td>
                        <th scope="col">"Warning"</th>
                        <th scope="col">"Critical"</th>
                    </tr>
                </thead>
                <tbody>{(0..Thresholds::NAMES.len()).map(row).collect_view()}</tbody>
            </table>
            <div class="dialog__buttons">
                <button class="button" type="button" on:click=usual>
                    "As at first"
                </button>
                <button class="button button--primary" type="button" on:click=move |_| asked.set(false)>
                    "Close"
                </button>
            </div>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_as_it_was() {
        let mut thresholds = Thresholds::default();
        thresholds.waiting.warning = None;
        thresholds.level.critical = Some(50);
        assert_eq!(Thresholds::read(&thresholds.written()), thresholds);
        assert_eq!(Thresholds::read("1,2"), Thresholds::default(), "of another build");
    }

    #[test]
    fn a_figure_is_judged_by_the_side_that_is_bad() {
        let thresholds = Thresholds::default();
        let waiting = [4, 5, 10].map(|value| thresholds.waiting.tone(value));
        assert_eq!(waiting, [Tone::Plain, Tone::Warning, Tone::Critical]);
        let level = [86, 85, 70].map(|value| thresholds.level.tone(value));
        assert_eq!(level, [Tone::Plain, Tone::Warning, Tone::Critical]);
        assert_eq!(thresholds.waiting.judged("12".to_owned(), 12).text, "12 !!");
        assert_eq!(Bounds::default().tone(u32::MAX), Tone::Plain);
    }
}
