//! Scheduled reports: listed with what became of them, set up in a dialog, sent at once, removed.
//!
//! Only here the days and times are not the reader's but those of each schedule's own zone.

use baton_shared::api::{ScheduleView, SchedulesView};
use baton_shared::queue::Weekday;
use baton_shared::schedule::{ReportDays, ReportForm, RunOutcome, ScheduleRun};
use baton_shared::{ReportSchedule, ReportTarget, ScheduleId, Timestamp};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::state::Insights;
use crate::api;
use crate::browser::zones::{self, Style};
use crate::controls::dialog::Dialog;
use crate::conversation::questions::Refusal;
use crate::reactive::effect;

mod coming;
mod form;

use form::ScheduleDialog;

/// What is asked about a scheduled report.
#[derive(Clone, PartialEq)]
enum Question {
    Add,
    Change(ScheduleView),
    Remove(ScheduleView),
}

/// The list; a handle that can be copied.
#[derive(Clone, Copy)]
struct Schedules {
    insights: Insights,
    found: RwSignal<Option<SchedulesView>>,
    /// Why there is no list, or why nothing was sent.
    refusal: RwSignal<Option<String>>,
    /// What was done last, for those who do not see it.
    done: RwSignal<String>,
    asked: RwSignal<Option<Question>>,
    sending: RwSignal<Option<ScheduleId>>,
}

impl Schedules {
    fn fetch(self) {
        spawn_local(async move {
            let answer = api::schedules::schedules().await;
            match answer {
                Ok(found) => drop(self.found.try_set(Some(found))),
                Err(failure) => drop(self.refusal.try_set(self.insights.failed(&failure))),
            }
        });
    }

    fn saved(self, done: String) {
        self.asked.set(None);
        self.refusal.set(None);
        self.done.set(done);
        self.fetch();
    }

    fn send_now(self, view: &ScheduleView) {
        if self.sending.with_untracked(Option::is_some) {
            return;
        }
        let (id, name) = (view.id, view.settings.name.clone());
        self.sending.set(Some(id));
        self.refusal.set(None);
        self.done.set(format!("Sending {name}…"));
        spawn_local(async move {
            let answer = api::schedules::send_now(id).await;
            if self.sending.try_set(None).is_some() {
                return;
            }
            match answer.as_ref().map(|run| &run.outcome) {
                Ok(RunOutcome::Sent) => self.done.set(format!("{name} was sent.")),
                Ok(RunOutcome::Failed { reason } | RunOutcome::Retrying { reason, .. }) => {
                    self.done.set(String::new());
                    self.refusal.set(Some(format!("{name} was not sent. {reason}")));
                }
                Err(failure) => {
                    self.done.set(String::new());
                    self.refusal.set(self.insights.failed(failure));
                }
            }
            self.fetch();
        });
    }
}

/// The scheduled reports.
#[component]
pub fn SchedulesPart(
    /// Whose queues and people reports can be narrowed to.
    insights: Insights,
) -> impl IntoView {
    let schedules = Schedules {
        insights,
        found: RwSignal::new(None),
        refusal: RwSignal::new(None),
        done: RwSignal::new(String::new()),
        asked: RwSignal::new(None),
        sending: RwSignal::new(None),
    };
    // At first, and whenever something may have become of one of them.
    effect(move || {
        insights.live.track_schedules();
        schedules.fetch();
    });
    let ids = Memo::new(move |_| {
        schedules.found.with(|found| {
            found.as_ref().map(|found| found.schedules.iter().map(|view| view.id).collect::<Vec<_>>())
        })
    });
    let nothing = move || {
        let said = match ids.with(|ids| ids.as_ref().map(Vec::is_empty)) {
            Some(true) => "No report is scheduled yet.",
            None if schedules.refusal.with(Option::is_none) => "Loading…",
            Some(false) | None => return None,
        };
        Some(view! { <p class="hint">{said}</p> })
    };
    view! {
        <section class="report__section" aria-labelledby="schedules-title">
            <div class="schedules__head">
                <h2 id="schedules-title">"Scheduled reports"</h2>
                <button class="button" type="button" on:click=move |_| schedules.asked.set(Some(Question::Add))>
                    "Schedule a report"
                </button>
            </div>
            <p class="hint">
                "Each is made at its time of what whoever scheduled it may see, and sent by mail or to a program. Who leaves has none sent."
            </p>
            <Refusal refusal=schedules.refusal />
            <p class="schedules__done" role="status">
                {move || schedules.done.get()}
            </p>
            {nothing}
            <ul class="schedules">
                <For each=move || ids.get().unwrap_or_default() key=|id| *id let:id>
                    <Scheduled schedules=schedules id=id />
                </For>
            </ul>
        </section>
        {move || match schedules.asked.get()? {
            Question::Add => Some(dialog(schedules, None)),
            Question::Change(view) => Some(dialog(schedules, Some(view))),
            Question::Remove(view) => {
                Some(view! { <RemoveDialog schedules=schedules view=view /> }.into_any())
            }
        }}
    }
}

fn dialog(schedules: Schedules, view: Option<ScheduleView>) -> AnyView {
    let found = schedules.found.get_untracked();
    let (mail, domains) = found.map_or((false, Vec::new()), |found| (found.mail, found.domains));
    let saved = Callback::new(move |name: String| schedules.saved(format!("{name} is saved.")));
    let close = Callback::new(move |()| schedules.asked.set(None));
    view! {
        <ScheduleDialog
            insights=schedules.insights
            before=view
            mail=mail
            domains=domains
            on_saved=saved
            on_close=close
        />
    }
    .into_any()
}

/// One of them, which keeps its place and the focus in it while what it says changes.
#[component]
fn Scheduled(schedules: Schedules, id: ScheduleId) -> impl IntoView {
    let view = Memo::new(move |_| {
        let of = |found: &SchedulesView| found.schedules.iter().find(|view| view.id == id).cloned();
        schedules.found.with(|found| found.as_ref().and_then(of))
    });
    let read = move |words: fn(&ScheduleView) -> String| {
        move || view.with(|view| view.as_ref().map(words).unwrap_or_default())
    };
    let label = move |before: &'static str, after: &'static str| {
        move || view.with(|view| view.as_ref().map(|view| format!("{before} {}{after}", view.settings.name)))
    };
    let wrong = move || {
        let last =
            |view: &ScheduleView| view.last.as_ref().is_some_and(|run| run.outcome != RunOutcome::Sent);
        view.with(|view| view.as_ref().is_some_and(last)).then_some("critical")
    };
    let stopped = move || {
        let sentence = view.with(|view| view.as_ref()?.stopped.clone());
        sentence.map(|sentence| view! { <p class="refusal">{sentence}</p> })
    };
    let ask = move |question: fn(ScheduleView) -> Question| {
        move |_| schedules.asked.set(view.get_untracked().map(question))
    };
    let send = move |_| {
        view.with_untracked(|view| view.iter().for_each(|view| schedules.send_now(view)));
    };
    view! {
        <li class="schedule">
            <h3 class="schedule__name">{read(|view| view.settings.name.clone())}</h3>
            <p>{read(|view| format!("{} · {}", what(&view.settings), when(&view.settings)))}</p>
            <dl class="schedule__facts">
                <dt>"To"</dt>
                <dd>{read(|view| whereto(&view.settings.target))}</dd>
                <dt>"Of"</dt>
                <dd>{read(|view| view.owner_name.clone())}</dd>
                <dt>"Next"</dt>
                <dd>{read(next)}</dd>
                <dt>"Last"</dt>
                <dd data-tone=wrong>{read(last)}</dd>
            </dl>
            {stopped}
            <div class="schedule__tools">
                <button
                    class="button button--small"
                    type="button"
                    aria-label=label("Send", " now")
                    aria-disabled=move || schedules.sending.with(|sending| (*sending == Some(id)).then_some("true"))
                    on:click=send
                >
                    "Send now"
                </button>
                <button
                    class="button button--small"
                    type="button"
                    aria-label=label("Change", "")
                    on:click=ask(Question::Change)
                >
                    "Change"
                </button>
                <button
                    class="button button--small"
                    type="button"
                    aria-label=label("Remove", "")
                    on:click=ask(Question::Remove)
                >
                    "Remove"
                </button>
            </div>
        </li>
    }
}

/// Returns when it is sent next, and of which days it is then.
fn next(view: &ScheduleView) -> String {
    let Some(at) = view.next_at else { return "Not sent".to_owned() };
    let (zone, last) = (&view.settings.zone, view.last.as_ref());
    // What is tried again is of the days before its first try.
    let due_at = match last.map(|run| &run.outcome) {
        Some(RunOutcome::Retrying { next_at, .. }) if *next_at == at => last.map_or(at, |run| run.due_at),
        Some(RunOutcome::Retrying { .. } | RunOutcome::Sent | RunOutcome::Failed { .. }) | None => at,
    };
    let (due, _) = coming::shown_in(zone, due_at);
    let days = coming::covered_in_words(view.settings.period, due);
    format!("{}, with {days}", zones::written(zone, Style::Full, at))
}

/// Returns what became of it last.
fn last(view: &ScheduleView) -> String {
    let written = |at| zones::written(&view.settings.zone, Style::Full, at);
    view.last.as_ref().map_or_else(|| "Not yet".to_owned(), |run| became(run, written))
}

#[component]
fn RemoveDialog(schedules: Schedules, view: ScheduleView) -> impl IntoView {
    let refusal = RwSignal::new(None::<String>);
    let (id, name) = (view.id, view.settings.name);
    let kept = StoredValue::new(name.clone());
    let close = Callback::new(move |()| schedules.asked.set(None));
    let remove = move |_| {
        spawn_local(async move {
            match api::schedules::remove(id).await {
                Ok(()) => schedules.saved(format!("{} is removed.", kept.get_value())),
                Err(failure) => refusal.set(schedules.insights.failed(&failure)),
            }
        });
    };
    view! {
        <Dialog name=format!("Remove {name}") open=Signal::stored(true) on_close=close>
            <h2>{format!("Remove the scheduled report {}?", kept.get_value())}</h2>
            <p>"It is sent no more. What was sent stays where it is."</p>
            <Refusal refusal=refusal />
            <div class="dialog__buttons">
                <button class="button" type="button" on:click=move |_| close.run(())>
                    "Keep it"
                </button>
                <button class="button button--danger" type="button" on:click=remove>
                    "Remove report"
                </button>
            </div>
        </Dialog>
    }
}

/// Returns which report it is, of which time and in which form.
fn what(settings: &ReportSchedule) -> String {
    let form = match settings.form {
        ReportForm::Csv => "CSV",
        ReportForm::Json => "JSON",
    };
    format!("{}, {}, as {form}", settings.report.label(), settings.period.label().to_lowercase())
}

/// Returns on which days and at which time it is due.
fn when(settings: &ReportSchedule) -> String {
    let days = match &settings.days {
        ReportDays::Day => "Every day".to_owned(),
        ReportDays::Week { days } if days.len() == Weekday::ALL.len() => "Every day".to_owned(),
        ReportDays::Week { days } => {
            let names: Vec<&str> = days.iter().map(|day| day.label()).collect();
            format!("Every {}", names.join(", "))
        }
        ReportDays::Month { day } => format!("On day {day} of each month"),
    };
    format!("{days} at {}, {}", clock(settings.minute), settings.zone.replace('_', " "))
}

/// Returns where it is sent.
fn whereto(target: &ReportTarget) -> String {
    match target {
        ReportTarget::Mail { addresses } => addresses.join(", "),
        ReportTarget::Webhook { url, .. } => url.clone(),
    }
}

/// Returns a minute of the day as a clock shows it.
fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// Returns what became of a run, its times as `written` says.
fn became(run: &ScheduleRun, written: impl Fn(Timestamp) -> String) -> String {
    let at = written(run.at);
    match &run.outcome {
        RunOutcome::Sent => format!("Sent {at}"),
        RunOutcome::Failed { reason } => format!("Not sent {at}. {reason}"),
        RunOutcome::Retrying { reason, next_at } => {
            format!("Not sent {at}. {reason} It is tried again {}.", written(*next_at))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use baton_shared::schedule::{ReportKind, ReportPeriod};

    use super::*;

    fn settings(days: ReportDays) -> ReportSchedule {
        ReportSchedule {
            name: "Weekly".to_owned(),
            report: ReportKind::Queues,
            filters: BTreeMap::new(),
            period: ReportPeriod::LastWeek,
            zone: "America/New_York".to_owned(),
            days,
            minute: 485,
            form: ReportForm::Csv,
            target: ReportTarget::Mail {
                addresses: vec!["a@b.example".to_owned(), "c@b.example".to_owned()],
            },
        }
    }

    #[test]
    fn a_schedule_is_told_in_words() {
        let days = [Weekday::Friday, Weekday::Monday].into();
        let weekly = settings(ReportDays::Week { days });
        assert_eq!(what(&weekly), "Queues and groups, last week, as CSV");
        assert_eq!(when(&weekly), "Every Monday, Friday at 08:05, America/New York");
        assert_eq!(whereto(&weekly.target), "a@b.example, c@b.example");
        let all = settings(ReportDays::Week { days: Weekday::ALL.into() });
        assert_eq!(when(&all), when(&settings(ReportDays::Day)));
        assert!(when(&settings(ReportDays::Month { day: 31 })).starts_with("On day 31 of each month at"));
    }

    #[test]
    fn what_became_of_a_run_says_why_and_when_again() {
        let written = |at: Timestamp| format!("at {}", at.as_millis());
        let run = |outcome| {
            let at = Timestamp::from_millis(1);
            ScheduleRun { due_at: at, asked: false, tries: 1, at, outcome }
        };
        assert_eq!(became(&run(RunOutcome::Sent), written), "Sent at 1");
        let (reason, next_at) = ("It was late.".to_owned(), Timestamp::from_millis(2));
        let retrying = run(RunOutcome::Retrying { reason: reason.clone(), next_at });
        assert_eq!(became(&retrying, written), "Not sent at 1. It was late. It is tried again at 2.");
        assert_eq!(became(&run(RunOutcome::Failed { reason }), written), "Not sent at 1. It was late.");
    }
}
