//! The dialog in which a report is scheduled; the server says what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};

use baton_shared::api::ScheduleView;
use baton_shared::queue::Weekday;
use baton_shared::schedule::{ReportDays, ReportForm, ReportKind, ReportPeriod};
use baton_shared::{ReportSchedule, ReportTarget, Timestamp};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::super::asked::By;
use super::super::range_bar::{Choice, Select, by_name, channels};
use super::super::state::{Insights, own_zone};
use super::{clock, coming};
use crate::api;
use crate::app::DeskContext;
use crate::browser::{random, zones};
use crate::controls::dialog::{Dialog, Width};
use crate::conversation::questions::Refusal;

/// By what scheduled reports are narrowed here; what else a schedule has stays as it is.
const NARROWED_BY: [By; 4] = [By::Queue, By::Agent, By::Group, By::Channel];

/// What is said where the server can send no mail.
const NO_MAIL: &str = "This server has no mail server, so nothing can be sent by mail: a webhook works without one. For mail, \
    start the server with --smtp-host and --mail-from, or set BATON_SMTP_HOST and BATON_MAIL_FROM.";

/// On which days a report is due, as it is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Often {
    Day,
    Week,
    Month,
}

/// A schedule in the making.
#[derive(Clone, Debug, PartialEq)]
struct Draft {
    name: String,
    report: ReportKind,
    filters: BTreeMap<String, String>,
    period: ReportPeriod,
    zone: String,
    often: Often,
    weekdays: BTreeSet<Weekday>,
    month_day: String,
    time: String,
    form: ReportForm,
    by_mail: bool,
    addresses: String,
    url: String,
    secret: String,
}

impl Draft {
    fn new(zone: String, by_mail: bool) -> Self {
        Self {
            name: String::new(),
            report: ReportKind::Transfers,
            filters: BTreeMap::new(),
            period: ReportPeriod::Yesterday,
            zone,
            often: Often::Day,
            weekdays: BTreeSet::from([Weekday::Monday]),
            month_day: "1".to_owned(),
            time: clock(8 * 60),
            form: ReportForm::Csv,
            by_mail,
            addresses: String::new(),
            url: String::new(),
            secret: String::new(),
        }
    }

    fn of(settings: &ReportSchedule) -> Self {
        let mut draft = Self {
            name: settings.name.clone(),
            report: settings.report,
            filters: settings.filters.clone(),
            period: settings.period,
            time: clock(settings.minute),
            form: settings.form,
            ..Self::new(settings.zone.clone(), true)
        };
        match &settings.days {
            ReportDays::Day => {}
            ReportDays::Week { days } => (draft.often, draft.weekdays) = (Often::Week, days.clone()),
            ReportDays::Month { day } => (draft.often, draft.month_day) = (Often::Month, day.to_string()),
        }
        match &settings.target {
            ReportTarget::Mail { addresses } => draft.addresses = addresses.join("\n"),
            ReportTarget::Webhook { url, .. } => (draft.by_mail, draft.url) = (false, url.clone()),
        }
        draft
    }

    /// Returns the days on which it is due and at which minute, or what is to be filled in first.
    fn due(&self) -> Result<(ReportDays, u16), &'static str> {
        let (hour, minute) = self.time.split_once(':').ok_or("Give a time such as 08:00.")?;
        let number = |text: &str| text.get(..2)?.parse::<u16>().ok();
        let (hour, minute) = number(hour).zip(number(minute)).ok_or("Give a time such as 08:00.")?;
        let days = match self.often {
            Often::Day => ReportDays::Day,
            Often::Week => ReportDays::Week { days: self.weekdays.clone() },
            Often::Month => {
                let day = self.month_day.trim().parse();
                ReportDays::Month {
                    day: day.map_err(|_| "Give the day of the month as a number from 1 to 31.")?,
                }
            }
        };
        Ok((days, hour * 60 + minute))
    }

    /// Says when it is sent next and of which days it is then; nothing while that is not filled in.
    fn coming(&self, now: Timestamp) -> Option<String> {
        let (days, minute) = self.due().ok()?;
        let (today, now_minute) = coming::shown_in(&self.zone, now);
        let due = coming::due_next(&days, minute, today, now_minute)?;
        let covered = coming::covered_in_words(self.period, due);
        Some(format!("Next sent {} at {}, with {covered}.", coming::in_words(due), clock(minute)))
    }

    /// Returns what it makes, or what is to be filled in first.
    fn settings(&self) -> Result<ReportSchedule, &'static str> {
        let (days, minute) = self.due()?;
        let words = self.addresses.split([',', ';', '\n', ' ']).map(str::trim);
        let target = match self.by_mail {
            true => ReportTarget::Mail {
                addresses: words.filter(|word| !word.is_empty()).map(str::to_owned).collect(),
            },
            false => ReportTarget::Webhook {
                url: self.url.trim().to_owned(),
                secret: Some(self.secret.trim().to_owned()).filter(|secret| !secret.is_empty()),
            },
        };
        Ok(ReportSchedule {
            name: self.name.trim().to_owned(),
            report: self.report,
            filters: self.filters.clone(),
            period: self.period,
            zone: self.zone.clone(),
            days,
            minute,
            form: self.form,
            target,
        })
    }
}

/// Asks what a report is to be.
#[component]
pub fn ScheduleDialog(
    /// Whose queues and people it can be narrowed to.
    insights: Insights,
    /// What it is now; nothing for a new one.
    before: Option<ScheduleView>,
    /// Whether the server can send mail.
    mail: bool,
    /// The domains to which supervisors may have it sent.
    domains: Vec<String>,
    /// Called with its name once it is saved.
    on_saved: Callback<String>,
    /// Called where it is not to be saved.
    on_close: Callback<()>,
) -> impl IntoView {
    let (title, button) = match &before {
        Some(before) => (format!("Change {}", before.settings.name), "Save report"),
        None => ("Schedule a report".to_owned(), "Schedule it"),
    };
    let id = before.as_ref().map(|before| before.id);
    let draft = RwSignal::new(match &before {
        Some(before) => Draft::of(&before.settings),
        None => Draft::new(own_zone(), mail),
    });
    let refusal = RwSignal::new(None::<String>);
    // The same schedule sent twice is added once.
    let key = StoredValue::new((None::<ReportSchedule>, String::new()));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let settings = match draft.with_untracked(Draft::settings) {
            Ok(settings) => settings,
            Err(fault) => return refusal.set(Some(fault.to_owned())),
        };
        if key.with_value(|(sent, _)| sent.as_ref() != Some(&settings)) {
            key.set_value((Some(settings.clone()), random::idempotency_key()));
        }
        let key = key.with_value(|(_, key)| key.clone());
        refusal.set(None);
        spawn_local(async move {
            match api::schedules::save(id, &settings, &key).await {
                Ok(()) => on_saved.run(settings.name),
                Err(failure) => drop(refusal.try_set(insights.failed(&failure))),
            }
        });
    };
    let hint = StoredValue::new(target_hint(&domains));
    view! {
        <Dialog name=title.clone() open=Signal::stored(true) on_close=on_close width=Width::Wide>
            <form on:submit=submit>
                <h2>{title.clone()}</h2>
                {(!mail).then(|| view! { <p class="schedule__notice">{NO_MAIL}</p> })}
                <WhatFields insights=insights draft=draft />
                <WhenFields draft=draft />
                <WhereFields draft=draft hint=hint.get_value() keeps_secret=id.is_some() />
                <div class="dialog__foot">
                    <Refusal refusal=refusal />
                    <div class="dialog__buttons">
                        <button class="button" type="button" on:click=move |_| on_close.run(())>
                            "Back"
                        </button>
                        <button class="button button--primary" type="submit">
                            {button}
                        </button>
                    </div>
                </div>
            </form>
        </Dialog>
    }
}

fn target_hint(domains: &[String]) -> String {
    let domains = match domains {
        [] => String::new(),
        domains => format!(", and to {}", domains.join(", ")),
    };
    format!("Supervisors have reports sent to people who sign in here{domains}; administrators anywhere.")
}

/// A field for one line of text.
#[component]
fn TextField(
    label: &'static str,
    #[prop(default = "text")] kind: &'static str,
    draft: RwSignal<Draft>,
    read: fn(&Draft) -> &String,
    write: fn(&mut Draft) -> &mut String,
    #[prop(default = true)] required: bool,
) -> impl IntoView {
    view! {
        <label class="field">
            <span class="range__label">{label}</span>
            <input
                class="field__input"
                type=kind
                autocomplete="off"
                required=required
                prop:value=move || draft.with(|draft| read(draft).clone())
                on:input=move |event| draft.update(|draft| *write(draft) = event_target_value(&event))
            />
        </label>
    }
}

/// A choice among a few values, each with its word and its name.
fn choose<Value: Copy + PartialEq + Send + Sync + 'static>(
    label: &'static str,
    draft: RwSignal<Draft>,
    values: Vec<(Value, &'static str)>,
    read: fn(&Draft) -> Value,
    write: fn(&mut Draft, Value),
) -> AnyView {
    let choices: Vec<Choice> =
        values.iter().map(|(_, name)| ((*name).to_owned(), (*name).to_owned())).collect();
    let known = StoredValue::new(values);
    let name = Signal::derive(move || {
        let value = draft.with(read);
        let named =
            known.with_value(|values| values.iter().find(|(one, _)| *one == value).map(|(_, name)| *name));
        named.unwrap_or_default().to_owned()
    });
    let chosen = Callback::new(move |chosen: String| {
        let value =
            known.with_value(|values| values.iter().find(|(_, name)| *name == chosen).map(|(one, _)| *one));
        if let Some(value) = value {
            draft.update(|draft| write(draft, value));
        }
    });
    view! { <Select label=label class="field" value=name choices=choices on_choice=chosen /> }.into_any()
}

#[component]
fn WhatFields(insights: Insights, draft: RwSignal<Draft>) -> impl IntoView {
    let reports = ReportKind::ALL.map(|kind| (kind, kind.label())).to_vec();
    let forms = vec![(ReportForm::Csv, "CSV, for spreadsheets"), (ReportForm::Json, "JSON, for programs")];
    let filters = NARROWED_BY.map(|by| view! { <FilterField insights=insights draft=draft by=by /> });
    view! {
        <TextField label="Name" draft=draft read=|draft| &draft.name write=|draft| &mut draft.name />
        <div class="schedule__fields">
            {choose("Report", draft, reports, |draft| draft.report, |draft, report| draft.report = report)}
            {choose("Written as", draft, forms, |draft| draft.form, |draft, form| draft.form = form)}
        </div>
        <fieldset class="choices">
            <legend>"Only what is of"</legend>
            <div class="schedule__fields">{filters.into_iter().collect_view()}</div>
        </fieldset>
    }
}

/// One thing that the report can be narrowed to.
#[component]
fn FilterField(insights: Insights, draft: RwSignal<Draft>, by: By) -> impl IntoView {
    let known = RwSignal::new(Vec::<Choice>::new());
    let of_wall = |choices: Option<Vec<Choice>>| by_name(choices.unwrap_or_default());
    let label = match by {
        By::Queue => {
            let read = || {
                insights.live.read(|wall| {
                    wall.queues.values().map(|row| (row.id.to_string(), row.name.clone())).collect()
                })
            };
            known.set(of_wall(untrack(read)));
            "Queue"
        }
        By::Agent => {
            let read = || {
                insights.live.read(|wall| {
                    wall.agents.values().map(|row| (row.id.to_string(), row.name.clone())).collect()
                })
            };
            known.set(of_wall(untrack(read)));
            "Agent"
        }
        By::Group => {
            spawn_local(async move {
                if let Ok(found) = api::groups().await {
                    let choices = found.into_iter().map(|group| (group.id.to_string(), group.name)).collect();
                    drop(known.try_set(choices));
                }
            });
            "Group"
        }
        By::Channel => {
            known.set(channels());
            "Channel"
        }
        By::Outcome => "Outcome",
    };
    let value =
        Signal::derive(move || draft.with(|draft| draft.filters.get(by.word()).cloned().unwrap_or_default()));
    let choices = Memo::new(move |_| {
        let mut all = vec![(String::new(), "All".to_owned())];
        known.with(|known| all.extend(known.iter().cloned()));
        // What the schedule names is chosen even where the list does not have it.
        let chosen = value.get();
        if !all.iter().any(|(known, _)| *known == chosen) {
            all.push((chosen, "Another".to_owned()));
        }
        all
    });
    let chosen = Callback::new(move |chosen: String| {
        draft.update(|draft| {
            if chosen.is_empty() {
                draft.filters.remove(by.word());
            } else {
                draft.filters.insert(by.word().to_owned(), chosen);
            }
        });
    });
    view! { <Select label=label class="field" value=value choices=choices on_choice=chosen /> }
}

#[component]
fn WhenFields(draft: RwSignal<Draft>) -> impl IntoView {
    let clock = DeskContext::here().clock;
    let periods = ReportPeriod::ALL.map(|period| (period, period.label())).to_vec();
    let coming = Memo::new(move |_| draft.with(|draft| draft.coming(clock.peek())));
    let often = vec![
        (Often::Day, "Every day"),
        (Often::Week, "On days of the week"),
        (Often::Month, "On a day of the month"),
    ];
    let mut all = zones::all();
    // A browser may not list its own zone, nor the one that another browser chose.
    let listed = [draft.with_untracked(|draft| draft.zone.clone()), "UTC".to_owned()];
    all.extend(listed.into_iter().filter(|zone| !zones::all().contains(zone)));
    let zones: Vec<Choice> = all.into_iter().map(|zone| (zone.clone(), zone.replace('_', " "))).collect();
    let zone = Signal::derive(move || draft.with(|draft| draft.zone.clone()));
    let choose_zone = Callback::new(move |zone| draft.update(|draft| draft.zone = zone));
    let how_often = Memo::new(move |_| draft.with(|draft| draft.often));
    let day = move |day: Weekday| {
        let set = move |event: leptos::ev::Event| {
            let on = event_target_checked(&event);
            draft.update(|draft| {
                if on {
                    draft.weekdays.insert(day);
                } else {
                    draft.weekdays.remove(&day);
                }
            });
        };
        view! {
            <label class="choice">
                <input
                    type="checkbox"
                    prop:checked=move || draft.with(|draft| draft.weekdays.contains(&day))
                    on:change=set
                />
                {day.label()}
            </label>
        }
    };
    view! {
        <div class="schedule__fields">
            {choose("Sent", draft, often, |draft| draft.often, |draft, often| draft.often = often)}
            <TextField label="At" kind="time" draft=draft read=|draft| &draft.time write=|draft| &mut draft.time />
            <Select label="Time zone" class="field" value=zone choices=zones on_choice=choose_zone />
            {choose("Days of the report", draft, periods, |draft| draft.period, |draft, period| draft.period = period)}
        </div>
        <Show when=move || how_often.get() == Often::Week>
            <fieldset class="choices">
                <legend>"On"</legend>
                <div class="schedule__days">{Weekday::ALL.map(day).into_iter().collect_view()}</div>
            </fieldset>
        </Show>
        <Show when=move || how_often.get() == Often::Month>
            <TextField
                label="Day of the month; a shorter month’s last day"
                kind="number"
                draft=draft
                read=|draft| &draft.month_day
                write=|draft| &mut draft.month_day
            />
        </Show>
        <p class="hint" role="status">
            {move || coming.get()}
        </p>
    }
}

#[component]
fn WhereFields(draft: RwSignal<Draft>, hint: String, keeps_secret: bool) -> impl IntoView {
    let ways = vec![(true, "By mail"), (false, "To a webhook")];
    let by_mail = Memo::new(move |_| draft.with(|draft| draft.by_mail));
    let secret =
        if keeps_secret { "Secret; empty leaves the one that there is" } else { "Secret to sign with" };
    let make_secret = move |_| {
        if let Some(made) = random::signing_secret() {
            draft.update(|draft| draft.secret = made);
        }
    };
    let mail = move || {
        view! {
            <label class="field">
                <span class="range__label">"Mail addresses, one a line"</span>
                <textarea
                    class="field__input"
                    rows="3"
                    required
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=move || draft.with(|draft| draft.addresses.clone())
                    on:input=move |event| draft.update(|draft| draft.addresses = event_target_value(&event))
                ></textarea>
            </label>
        }
        .into_any()
    };
    let webhook = move || {
        view! {
            <TextField label="Address" kind="url" draft=draft read=|draft| &draft.url write=|draft| &mut draft.url />
            <div class="schedule__secret">
                <TextField
                    label=secret
                    draft=draft
                    read=|draft| &draft.secret
                    write=|draft| &mut draft.secret
                    required=!keeps_secret
                />
                <button class="button" type="button" aria-description="A random secret" on:click=make_secret>
                    "Make one"
                </button>
            </div>
            <p class="hint">
                "The secret is whsec_ and 24 to 64 bytes in base 64. Copy it to the program that takes the report: it is never shown again."
            </p>
        }
        .into_any()
    };
    view! {
        {choose("How", draft, ways, |draft| draft.by_mail, |draft, by_mail| draft.by_mail = by_mail)}
        {move || if by_mail.get() { mail() } else { webhook() }}
        <p class="hint">{hint}</p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(days: ReportDays, target: ReportTarget) -> ReportSchedule {
        ReportSchedule {
            name: "Weekly".to_owned(),
            report: ReportKind::Waits,
            filters: BTreeMap::from([
                ("queue".to_owned(), "que_1".to_owned()),
                ("since".to_owned(), "creation".to_owned()),
            ]),
            period: ReportPeriod::LastMonth,
            zone: "Europe/Madrid".to_owned(),
            days,
            minute: 23 * 60 + 59,
            form: ReportForm::Json,
            target,
        }
    }

    #[test]
    fn what_is_not_changed_in_the_form_stays_as_it_is() {
        let mail = ReportTarget::Mail { addresses: vec!["a@b.example".to_owned(), "c@b.example".to_owned()] };
        let webhook = ReportTarget::Webhook { url: "https://b.example".to_owned(), secret: None };
        for (days, target) in [
            (ReportDays::Day, mail),
            (ReportDays::Week { days: [Weekday::Sunday].into() }, webhook.clone()),
            (ReportDays::Month { day: 31 }, webhook),
        ] {
            let settings = settings(days, target);
            assert_eq!(Draft::of(&settings).settings(), Ok(settings));
        }
    }

    #[test]
    fn addresses_are_told_apart_however_they_are_listed() {
        let draft = Draft {
            addresses: "a@b.example, c@b.example;\n d@b.example\n\n".to_owned(),
            ..Draft::new("UTC".to_owned(), true)
        };
        let made = draft.settings().expect("it is whole");
        let addresses = ["a@b.example", "c@b.example", "d@b.example"].map(str::to_owned).to_vec();
        assert_eq!(made.target, ReportTarget::Mail { addresses });
        assert_eq!(made.minute, 480);
    }

    #[test]
    fn what_is_not_filled_in_is_asked_for() {
        let whole = Draft::new("UTC".to_owned(), true);
        assert!(Draft { time: String::new(), ..whole.clone() }.settings().is_err());
        assert!(
            Draft { often: Often::Month, month_day: "x".to_owned(), ..whole.clone() }.settings().is_err()
        );
        assert!(whole.settings().is_ok());
    }
}
