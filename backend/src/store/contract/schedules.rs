//! What is kept of scheduled reports and of what became of them.

use std::collections::BTreeMap;

use baton_shared::schedule::{ReportDays, ReportForm, ReportKind, ReportPeriod, RunOutcome, ScheduleRun};
use baton_shared::*;

use super::Place;
use super::scene::{ONE, Scene, TWO, at};
use crate::store::{Content, RUNS_KEPT, Row, Scheduled};

const DAILY: ScheduleId = ScheduleId::from_bits(1);
const OTHER: ScheduleId = ScheduleId::from_bits(2);

fn settings(name: &str, target: ReportTarget) -> ReportSchedule {
    ReportSchedule {
        name: name.to_owned(),
        report: ReportKind::Agents,
        filters: BTreeMap::from([("channel".to_owned(), "web_chat".to_owned())]),
        period: ReportPeriod::LastMonth,
        zone: "Europe/Madrid".to_owned(),
        days: ReportDays::Month { day: 1 },
        minute: 540,
        form: ReportForm::Json,
        target,
    }
}

fn webhook() -> ReportTarget {
    ReportTarget::Webhook { url: "https://example.com/reports".to_owned(), secret: None }
}

fn mail() -> ReportTarget {
    ReportTarget::Mail { addresses: vec!["lead@example.com".to_owned()] }
}

fn written(schedule: ScheduleId, settings: ReportSchedule, secret: Option<&str>) -> Content {
    Content::Schedule { schedule, settings: Box::new(settings), secret: secret.map(str::to_owned) }
}

fn only(scene: &Scene) -> Scheduled {
    let mut all = scene.store.read().expect("it can be read").schedules().expect("they can be read");
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn run(due: u64, asked: bool, outcome: RunOutcome) -> ScheduleRun {
    ScheduleRun { due_at: at(due), asked, tries: 1, at: at(due), outcome }
}

/// A schedule is returned as it was written and keeps its owner, and its secret where none is given; who is written to by
/// mail has none, and once it is removed only its name is kept.
pub fn a_scheduled_report_is_returned_as_it_was_written(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let row = |owner| Row::Schedule { schedule: DAILY, owner };
    scene.turn([row(ONE)], vec![written(DAILY, settings("Monthly", webhook()), Some("whsec_1"))]);
    let first = only(&scene).since;
    scene.turn([row(TWO)], vec![written(DAILY, settings("Agents", webhook()), None)]);
    let found = only(&scene);
    assert_eq!((found.id, found.owner, &found.settings), (DAILY, ONE, &settings("Agents", webhook())));
    assert_eq!(found.secret.as_deref(), Some("whsec_1"));
    assert!(found.since >= first && found.last.is_none());
    assert_eq!(scene.store.load().expect("it can be loaded").work.schedules, [(DAILY, ONE)].into());
    scene.turn([row(ONE)], vec![written(DAILY, settings("Agents", mail()), None)]);
    assert_eq!(only(&scene).secret, None);

    scene.store.record_run(DAILY, &run(1, false, RunOutcome::Sent)).expect("it can be written");
    scene.turn([Row::ScheduleRemoved(DAILY)], Vec::new());
    assert!(scene.ask(|reading| Ok(reading.schedules()?.is_empty())));
    assert_eq!(scene.store.load().expect("it can be loaded").work.schedules, [].into());
    let names = scene.ask(|reading| reading.names());
    assert_eq!(names.schedules.get(&DAILY).map(String::as_str), Some("Agents"));
}

/// What became of a run takes the place of what was known of it; the last few are kept, of each schedule its own, and of
/// one that is removed none.
pub fn the_last_runs_of_a_report_are_kept(place: &dyn Place) {
    let mut scene = Scene::staffed(place);
    let row = Row::Schedule { schedule: DAILY, owner: ONE };
    scene.turn([row], vec![written(DAILY, settings("Monthly", mail()), None)]);
    let record = |schedule, run: &ScheduleRun| {
        scene.store.record_run(schedule, run).expect("it can be written");
    };
    let retrying = RunOutcome::Retrying { reason: "It was late.".to_owned(), next_at: at(60) };
    record(DAILY, &run(10, false, retrying));
    let failed = run(10, false, RunOutcome::Failed { reason: "It was late.".to_owned() });
    record(DAILY, &failed);
    assert_eq!(only(&scene).last_due, Some(failed.clone()));
    let asked = run(20, true, RunOutcome::Sent);
    record(DAILY, &asked);
    record(OTHER, &run(30, false, RunOutcome::Sent));
    let found = only(&scene);
    assert_eq!((found.last, found.last_due), (Some(asked), Some(failed)));
    for due in 100..100 + 2 * RUNS_KEPT as u64 {
        record(DAILY, &run(due, false, RunOutcome::Sent));
    }
    let last = run(100 + 2 * RUNS_KEPT as u64 - 1, false, RunOutcome::Sent);
    let found = only(&scene);
    assert_eq!((found.last, found.last_due), (Some(last.clone()), Some(last)));
}
