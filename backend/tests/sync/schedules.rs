//! Reports that are sent again and again, which change nobody's desk.

use std::collections::BTreeMap;

use baton::dispatcher::Answer;
use baton_shared::command::Actor;
use baton_shared::schedule::{ReportDays, ReportForm, ReportKind, ReportPeriod, SCHEDULES_EACH_MAX};
use baton_shared::*;

use crate::play::text;
use crate::stage::Stage;

fn settings() -> Box<ReportSchedule> {
    Box::new(ReportSchedule {
        name: text("Daily"),
        report: ReportKind::Queues,
        filters: BTreeMap::new(),
        period: ReportPeriod::Yesterday,
        zone: text("UTC"),
        days: ReportDays::Day,
        minute: 540,
        form: ReportForm::Csv,
        target: ReportTarget::Mail { addresses: vec![text("lead@example.com")] },
    })
}

/// Plays what can be done with them, by whom they belong to and by others.
pub fn everything(stage: &mut Stage) {
    let (agent, lead) = (stage.one, stage.lead);
    let add = Command::AddSchedule { settings: settings() };
    assert!(stage.give(Actor::Person(agent), add.clone()).is_err(), "agents have no reports");
    assert!(stage.give(Actor::System, add.clone()).is_err(), "a report is somebody's");
    let added = stage.give(Actor::Person(lead), add.clone());
    let Ok(Answer::Added { id }) = added else { panic!("no schedule: {added:?}") };
    let schedule: ScheduleId = id.parse().unwrap();
    assert_eq!(stage.turns.state().schedules, [(schedule, lead)].into());
    let restarted = stage.restarts_everyone(|stage| {
        let settings = Box::new(ReportSchedule { minute: 600, ..*settings() });
        stage.give(Actor::Person(lead), Command::ChangeSchedule { schedule, settings }).unwrap();
    });
    assert!(!restarted, "nobody's desk shows it");
    let unsigned = ReportTarget::Webhook { url: text("https://example.com"), secret: None };
    let unsigned = Box::new(ReportSchedule { target: unsigned, ..*settings() });
    assert!(stage.give(Actor::Person(lead), Command::AddSchedule { settings: unsigned }).is_err());
    let remove = Command::RemoveSchedule { schedule };
    assert!(stage.give(Actor::Person(agent), remove.clone()).is_err(), "it is not theirs");
    stage.check_every_cut_point();
    for _ in 1..SCHEDULES_EACH_MAX {
        stage.give(Actor::Person(lead), add.clone()).unwrap();
    }
    assert!(stage.give(Actor::Person(lead), add).is_err(), "they have as many as one may have");
    stage.give(Actor::Person(lead), remove.clone()).unwrap();
    assert!(stage.give(Actor::Person(lead), remove).is_err(), "it is removed");
    stage.check_every_cut_point();
}
