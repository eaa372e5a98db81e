//! Past days under a change: a form, and what the same days were, give again, and would have been.
//!
//! Nothing is asked for until someone asks: days take a while to play.

use std::sync::Arc;

use baton_shared::api::{WhatIfChange, WhatIfFigures, WhatIfLine, WhatIfReport, WhatIfStaffing, WhatIfWish};
use baton_shared::policy::PolicyOverride;
use baton_shared::{Preset, QueueId};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::asked::By;
use super::figures::{Figure, FigureTable, Head, Line, Sorting, number_head, text_head};
use super::section;
use super::state::Insights;
use super::words;
use crate::api;
use crate::api::insights::Form;
use crate::app::DeskContext;
use crate::browser::saving;
use crate::controls::toast::Toast;
use crate::screens::supervisor::table::Order;

/// How many people can be added or left out.
const PEOPLE_MAX: i32 = 50;

const HEADS: &[Head] = &[
    text_head("What is measured"),
    number_head("Recorded"),
    number_head("Played without the change"),
    number_head("Played with the change"),
    number_head("Difference made"),
];

/// A number that is shown, as what it is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shown {
    Count(u64),
    Lasted(Option<u64>),
    Share(Option<f64>),
    Number(Option<f64>),
}

/// What is shown of figures, by its name.
type Row = (&'static str, fn(&WhatIfFigures) -> Shown);

const ROWS: [Row; 19] = [
    ("Conversations", |figures| Shown::Count(figures.conversations)),
    ("Unfinished", |figures| Shown::Count(figures.unfinished)),
    ("Waits accepted", |figures| Shown::Count(figures.accepted)),
    ("Waits abandoned", |figures| Shown::Count(figures.abandoned)),
    ("Share abandoned", |figures| Shown::Share(figures.abandoned_share)),
    ("Average wait", |figures| Shown::Lasted(figures.wait_ms)),
    ("Half waited at most", |figures| Shown::Lasted(figures.wait_median_ms)),
    ("95 of 100 waited at most", |figures| Shown::Lasted(figures.wait_p95_ms)),
    ("Service level", |figures| Shown::Share(figures.service_level)),
    ("Transfers", |figures| Shown::Count(figures.transfers)),
    ("Successful transfers", |figures| Shown::Count(figures.transfers_successful)),
    ("Failed transfers", |figures| Shown::Count(figures.transfers_failed)),
    ("Cancelled transfers", |figures| Shown::Count(figures.transfers_cancelled)),
    ("Returns to the sender", |figures| Shown::Count(figures.returns)),
    ("Offers for each conversation", |figures| Shown::Number(figures.offers_per_conversation)),
    ("Offers missed", |figures| Shown::Count(figures.offers_missed)),
    ("People", |figures| Shown::Count(figures.people)),
    ("Busy on average", |figures| Shown::Share(figures.busy_share)),
    ("Busy at most", |figures| Shown::Share(figures.busy_share_max)),
];

impl Shown {
    fn figure(self) -> Figure {
        match self {
            Self::Count(count) => Figure::count(count),
            Self::Lasted(ms) => Figure::lasted(ms),
            Self::Share(share) => Figure::share(share),
            Self::Number(number) => Figure::tenths(number),
        }
    }

    /// Returns its number; nothing where it is of nothing.
    fn number(self) -> Option<f64> {
        match self {
            Self::Count(count) => Some(count as f64),
            Self::Lasted(ms) => ms.map(|ms| ms as f64),
            Self::Share(number) | Self::Number(number) => number,
        }
    }

    /// Returns how much more this is than another; nothing where one of them is of nothing. How much the other differs from
    /// what was recorded is the error, and what lies within it may be nothing but that.
    fn difference(self, before: Self, recorded: Self) -> Figure {
        let difference = self.more_than(before);
        let apart = |one: Self, other: Self| Some((one.number()? - other.number()?).abs());
        let measured = apart(self, before).zip(apart(before, recorded));
        let is_within = measured.is_some_and(|(apart, error)| apart <= error);
        let signed = difference.text.as_deref().filter(|text| text.starts_with(['+', '−']));
        match signed.filter(|_| is_within).map(|text| format!("{text}, within the error")) {
            Some(text) => Figure { text: Some(text), ..difference.slight() },
            None => difference,
        }
    }

    fn more_than(self, before: Self) -> Figure {
        let signed = |more: f64, words: &dyn Fn(f64) -> String| {
            let text = words(more.abs());
            let same = words(0.0) == text;
            let sign = if same {
                ""
            } else if more > 0.0 {
                "+"
            } else {
                "−"
            };
            Figure::text_at(format!("{sign}{text}"), (more * 1_000.0).round() as i64)
        };
        match (self, before) {
            (Self::Count(now), Self::Count(before)) => {
                signed(now as f64 - before as f64, &|number| words::count(number as u64))
            }
            (Self::Lasted(Some(now)), Self::Lasted(Some(before))) => {
                signed(now as f64 - before as f64, &|ms| words::lasted(ms as u64))
            }
            (Self::Share(Some(now)), Self::Share(Some(before))) => {
                signed(now - before, &|share| format!("{:.1} points", share * 100.0))
            }
            (Self::Number(Some(now)), Self::Number(Some(before))) => {
                signed(now - before, &|number| format!("{number:.1}"))
            }
            (Self::Count(_) | Self::Lasted(_) | Self::Share(_) | Self::Number(_), _) => Figure::nothing(),
        }
    }
}

/// What is chosen to be different; a handle that can be copied.
#[derive(Clone, Copy)]
struct Chosen {
    preset: RwSignal<Option<Preset>>,
    /// Whose staffing: a queue's id; nothing for everybody.
    queue: RwSignal<Option<QueueId>>,
    people: RwSignal<i32>,
}

impl Chosen {
    fn change(self) -> WhatIfChange {
        let (people, percent) = (self.people.get_untracked(), 0);
        let staffing = WhatIfStaffing { queue: self.queue.get_untracked(), team: None, people, percent };
        WhatIfChange {
            preset: self.preset.get_untracked(),
            switches: PolicyOverride::default(),
            staffing: if people == 0 { Vec::new() } else { vec![staffing] },
        }
    }
}

/// What was asked for last, and what came of it; a handle that can be copied.
#[derive(Clone, Copy)]
struct Played {
    wish: StoredValue<Option<WhatIfWish>>,
    report: RwSignal<Option<Arc<WhatIfReport>>>,
    /// The report as the server wrote it.
    text: StoredValue<String>,
    failure: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
}

/// The report.
#[component]
pub fn WhatIfView(
    /// The reports.
    insights: Insights,
) -> impl IntoView {
    // What is played is of the days that were chosen when it was asked for, however current other reports are.
    insights.lag.set(None);
    let chosen = Chosen { preset: RwSignal::new(None), queue: RwSignal::new(None), people: RwSignal::new(0) };
    let played = Played {
        wish: StoredValue::new(None),
        report: RwSignal::new(None),
        text: StoredValue::new(String::new()),
        failure: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    let run = move || {
        if !played.busy.get_untracked() {
            play(insights, chosen, played);
        }
    };
    let said = move || {
        let there = played.report.with(Option::is_some);
        match (played.busy.get(), there) {
            (true, _) => "The days are being played. That can take a minute.",
            (false, true) => "The days were played.",
            (false, false) => "",
        }
    };
    view! {
        {section("What is to be different", view! { <ChangeForm insights=insights chosen=chosen played=played run=run /> }.into_any())}
        <p class="what-if__said hint" role="status">{said}</p>
        {move || played.failure.get().map(|sentence| view! { <p class="refusal" role="alert">{sentence}</p> })}
        {move || played.report.get().map(|report| outcome(insights, played, &report))}
    }
}

/// Has the days played under what is chosen.
fn play(insights: Insights, chosen: Chosen, played: Played) {
    let (first, last) = untrack(|| insights.days());
    let queue = insights.asked.with_untracked(|asked| asked.filter.get(&By::Queue).cloned());
    let wish = WhatIfWish {
        from: first.to_string(),
        to: last.plus(1).to_string(),
        zone: Some(untrack(|| insights.zone())),
        queue: queue.and_then(|id| id.parse().ok()),
        change: chosen.change(),
        seed: None,
    };
    played.busy.set(true);
    played.failure.set(None);
    spawn_local(async move {
        let answer = api::insights::what_if(&wish, Form::Json).await;
        let read = answer.and_then(|text| Ok((api::read::<WhatIfReport>(&text)?, text)));
        if played.busy.try_set(false).is_some() {
            return;
        }
        match read {
            Ok((report, text)) => {
                played.wish.set_value(Some(wish));
                played.text.set_value(text);
                played.report.set(Some(Arc::new(report)));
            }
            Err(failure) => {
                played.report.set(None);
                played.failure.set(insights.failed(&failure));
            }
        }
    });
}

/// What is to be different, and the button.
#[component]
fn ChangeForm(
    insights: Insights,
    chosen: Chosen,
    played: Played,
    run: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let presets = [
        Preset::Baton,
        Preset::Flex,
        Preset::FlexPlugin,
        Preset::Salesforce,
        Preset::Superoffice,
        Preset::Vivocha,
    ];
    let preset_options = presets.iter().enumerate().map(|(place, preset)| {
        view! { <option value=place.to_string()>{preset.label()}</option> }
    });
    let choose_preset = move |text: String| {
        let place = text.parse::<usize>().ok();
        chosen.preset.set(place.and_then(|place| presets.get(place).copied()));
    };
    let queues = Memo::new(move |_| {
        let named = insights
            .live
            .read(|wall| wall.queues.values().map(|row| (row.id, row.name.clone())).collect::<Vec<_>>());
        let mut named = named.unwrap_or_default();
        named.sort_by_cached_key(|(id, name)| (name.to_lowercase(), *id));
        named
    });
    let queue_options = move || {
        let options = queues.get().into_iter().map(|(id, name)| {
            view! {
                <option value=id.to_string() selected=move || chosen.queue.get() == Some(id)>
                    {format!("In {name}")}
                </option>
            }
        });
        options.collect_view()
    };
    view! {
        <form
            class="what-if__form"
            aria-label="The change"
            on:submit=move |event| {
                event.prevent_default();
                run();
            }
        >
            <label class="range__field">
                <span class="range__label">"Transfer policy"</span>
                <select class="field__input" on:change=move |event| choose_preset(event_target_value(&event))>
                    <option value="">"As it is"</option>
                    {preset_options.collect_view()}
                </select>
            </label>
            <label class="range__field">
                <span class="range__label">"Staffing"</span>
                <select
                    class="field__input"
                    on:change=move |event| chosen.queue.set(event_target_value(&event).parse().ok())
                >
                    <option value="">"Everywhere"</option>
                    {queue_options}
                </select>
            </label>
            <PeopleField people=chosen.people />
            <button
                class="button button--primary"
                type="submit"
                aria-disabled=move || played.busy.get().to_string()
            >
                {move || if played.busy.get() { "Running…" } else { "Run" }}
            </button>
        </form>
    }
}

/// How many people more or fewer, with a button on either side.
#[component]
fn PeopleField(people: RwSignal<i32>) -> impl IntoView {
    let set = move |number: i32| people.set(number.clamp(-PEOPLE_MAX, PEOPLE_MAX));
    let step = move |label: &'static str, sign: &'static str, by: i32| {
        view! {
            <button class="button" type="button" aria-label=label on:click=move |_| set(people.get_untracked() + by)>
                {sign}
            </button>
        }
    };
    view! {
        <div class="range__field">
            <label class="range__label" for="what-if-people">
                "People more or fewer"
            </label>
            <div class="what-if__people">
                {step("One person fewer", "−", -1)}
                <input
                    id="what-if-people"
                    class="field__input"
                    type="number"
                    min=-PEOPLE_MAX
                    max=PEOPLE_MAX
                    step="1"
                    prop:value=move || people.get().to_string()
                    on:change=move |event| {
                        set(event_target_value(&event).parse().unwrap_or(0));
                        people.notify();
                    }
                /> {step("One person more", "+", 1)}
            </div>
        </div>
    }
}

/// What came of it.
fn outcome(insights: Insights, played: Played, report: &Arc<WhatIfReport>) -> AnyView {
    let sentences =
        |list: &[String]| list.iter().map(|sentence| view! { <li>{sentence.clone()}</li> }).collect_view();
    let changes = if report.changes.is_empty() {
        view! { <p>"Nothing was changed, so what differs is chance."</p> }.into_any()
    } else {
        view! { <ul class="what-if__list">{sentences(&report.changes)}</ul> }.into_any()
    };
    let left_out = match report.not_played {
        0 => String::new(),
        count => words::counted(count, "conversation was not played.", "conversations were not played."),
    };
    let about = format!(
        "“Recorded” is what the log says; then the same days were played again, without the change and with it. \
         How much the first two differ is the error of the model: a difference of no more than that says nothing. Chance was drawn from the number {}. {left_out}",
        report.seed,
    );
    let head = view! {
        {changes}
        <p class="hint">{about}</p>
        <FilesRow insights=insights played=played />
    };
    // One at a time is open, so that two tables of the same name are never on the page.
    let queues = report.queues.iter().map(|line| {
        let name = line.queue.as_ref().map(|queue| queue.name.clone()).unwrap_or_default();
        view! {
            <details class="what-if__queue" name="what-if-queue">
                <summary>{name}</summary>
                {table(insights, "Figures of one queue", line)}
            </details>
        }
    });
    let queues = view! { <div class="what-if__queues">{queues.collect_view()}</div> };
    let assumed = view! { <ul class="what-if__list">{sentences(&report.assumptions)}</ul> };
    view! {
        <div class="report" aria-busy=move || played.busy.get().to_string()>
            {section("What was changed", head.into_any())}
            {section("Altogether", table(insights, "Altogether", &report.all))}
            {(!report.queues.is_empty()).then(|| section("Each queue", queues.into_any()))}
            {section("What was assumed", assumed.into_any())}
        </div>
    }
    .into_any()
}

fn table(insights: Insights, name: &'static str, line: &WhatIfLine) -> AnyView {
    let lines = Arc::new(lines(line));
    view! {
        <FigureTable
            insights=insights
            name=name
            heads=HEADS
            lines=Signal::derive(move || lines.clone())
            first=Order { column: 0, down: false }
            nothing=""
            sorting=Sorting::Fixed
        />
    }
    .into_any()
}

/// Returns the rows of a table, in their order.
fn lines(line: &WhatIfLine) -> Vec<Line> {
    let row = |(place, (name, shown)): (usize, &Row)| {
        let [recorded, as_it_was, what_if] = [&line.recorded, &line.as_it_was, &line.what_if].map(shown);
        Line {
            key: place.to_string(),
            figures: vec![
                Figure::text_at((*name).to_owned(), place as i64),
                recorded.figure(),
                as_it_was.figure(),
                what_if.figure(),
                what_if.difference(as_it_was, recorded),
            ],
        }
    };
    ROWS.iter().enumerate().map(row).collect()
}

/// The buttons that keep what came of it as a file.
#[component]
fn FilesRow(insights: Insights, played: Played) -> impl IntoView {
    let toasts = DeskContext::here().toasts;
    let save = move |wish: &WhatIfWish, form: Form, text: &str| {
        let name = format!("what if {} to {}.{}", wish.from, wish.to, form.ending());
        if !saving::save(&name, form.media_type(), text) {
            toasts.show(Toast::failure("The browser did not take the file. Allow downloads and try again."));
        }
    };
    let as_json = move |_| {
        if let Some(wish) = played.wish.get_value() {
            save(&wish, Form::Json, &played.text.get_value());
        }
    };
    let as_csv = move |_| {
        let Some(wish) = played.wish.get_value().filter(|_| !played.busy.get_untracked()) else { return };
        played.busy.set(true);
        spawn_local(async move {
            // The same wish gives the same days, so the table is that of the page.
            let answer = api::insights::what_if(&wish, Form::Csv).await;
            if played.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(text) => save(&wish, Form::Csv, &text),
                Err(failure) => {
                    if let Some(sentence) = insights.failed(&failure) {
                        toasts.show(Toast::failure(sentence));
                    }
                }
            }
        });
    };
    view! {
        <p class="figures__downloads">
            <button class="button button--plain button--small" type="button" on:click=as_csv>
                "Download CSV"
            </button>
            <button class="button button--plain button--small" type="button" on:click=as_json>
                "Download JSON"
            </button>
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(now: Shown, before: Shown) -> Option<String> {
        now.difference(before, before).text
    }

    #[test]
    fn a_difference_says_its_sign_and_what_it_is_of() {
        assert_eq!(said(Shown::Count(7), Shown::Count(5)).as_deref(), Some("+2"));
        assert_eq!(said(Shown::Count(5), Shown::Count(5)).as_deref(), Some("0"));
        let lasted = |ms| Shown::Lasted(Some(ms));
        assert_eq!(said(lasted(0), lasted(120_000)).as_deref(), Some("−2 min"));
        let share = |share| Shown::Share(Some(share));
        assert_eq!(said(share(0.5), share(0.25)).as_deref(), Some("+25.0 points"));
        assert_eq!(said(Shown::Lasted(None), lasted(5)), None);
    }

    #[test]
    fn a_difference_within_the_error_says_so_and_stands_back() {
        let [now, before] = [60_000, 120_000].map(|ms| Shown::Lasted(Some(ms)));
        let of = |recorded| now.difference(before, Shown::Lasted(recorded));
        assert_eq!(
            (of(Some(180_000)).text.as_deref(), of(Some(180_000)).slight),
            (Some("−1 min, within the error"), true)
        );
        assert_eq!((of(Some(150_000)).text.as_deref(), of(Some(150_000)).slight), (Some("−1 min"), false));
        assert!(!of(None).slight, "without an error nothing lies within it");
        let same = now.difference(now, before);
        assert!(!same.slight && !same.text.is_some_and(|text| text.contains("error")));
    }

    #[test]
    fn every_figure_has_a_row_of_its_own_in_the_order_of_the_list() {
        let figures = WhatIfFigures::none();
        let [recorded, as_it_was, what_if] = [figures.clone(), figures.clone(), figures];
        let rows = lines(&WhatIfLine { queue: None, recorded, as_it_was, what_if });
        assert_eq!(rows.len(), ROWS.len());
        assert_eq!(rows[5].figures[0].text.as_deref(), Some("Average wait"));
        assert!(rows.iter().all(|row| row.figures.len() == HEADS.len()));
    }
}
