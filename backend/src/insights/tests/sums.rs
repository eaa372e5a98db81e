//! Sums of days against the rows that they are of, on random work that goes on for days.

use rusqlite::Connection;
use rusqlite::types::Value;
use serde::Serialize;

use super::reference::random_work;
use super::*;
use crate::insights::asking::{Part, parts};
use crate::routing::Scope;
use crate::seeded::Seeded;

/// Returns every row of the sums.
fn dump(connection: &Connection) -> Vec<Vec<Value>> {
    let mut all = connection.prepare("select * from segment_days").unwrap();
    let width = all.column_count();
    let rows = all.query_map([], |row| (0..width).map(|column| row.get(column)).collect()).unwrap();
    rows.map(Result::unwrap).collect()
}

/// Says that the sums are those of the rows.
fn check_sums(scene: &Scene, seed: u64) {
    let mut file = Connection::open(scene.data.path().join(LAYOUT.file)).unwrap();
    let moment = file.transaction().unwrap();
    let kept = dump(&moment);
    sum_up(&moment).unwrap();
    assert_eq!(kept, dump(&moment), "seed {seed}");
    assert!(!kept.is_empty());
}

fn text(report: &impl Serialize) -> String {
    serde_json::to_string(report).unwrap()
}

/// Returns the reports that use sums, counted by the given parts.
fn reported(scene: &Scene, filter: &Filter, parts: &[Part]) -> [String; 4] {
    let levels = Levels { target_ms: Some(30_000), short_ms: 4_000 };
    let queues = |levels| {
        scene.insights.report(|rows, lag| reports::queues::report(rows, parts, levels, lag)).unwrap()
    };
    let now = scene.clock.now();
    [
        text(&queues(Levels::USUAL)),
        text(&queues(levels)),
        text(
            &scene
                .insights
                .report(|rows, lag| reports::agents::report(rows, (filter, parts), now, lag))
                .unwrap(),
        ),
        text(&scene.insights.report(|rows, lag| reports::moves::report(rows, parts, lag)).unwrap()),
    ]
}

fn filters(random: &mut Seeded, end: Timestamp) -> Vec<Filter> {
    let third = end.since(NOW).as_millis() as u64 / 3;
    let mut time = |from| NOW.plus(Duration::from_millis(from + random.below(third)));
    let some = Filter::all(time(0), time(2 * third));
    let agents = [100, 102].map(AgentId::from_bits);
    let scope = Scope::Teams {
        people: agents.into(),
        queues: [QueueId::from_bits(201)].into(),
        groups: std::collections::BTreeSet::new(),
    };
    let mut filters = Vec::new();
    for filter in [all(), some] {
        filters.push(Filter { agent: Some(agents[0]), ..filter.clone() });
        filters.push(Filter { queue: Some(QueueId::from_bits(200)), ..filter.clone() });
        filters.push(Filter { channel: Some(Channel::WebChat), ..filter.clone() });
        filters.push(Filter { scope: scope.clone(), ..filter.clone() });
        filters.push(filter);
    }
    filters
}

#[test]
fn sums_of_days_are_those_of_the_rows_and_reports_by_them_those_by_rows() {
    let fresh: u64 = std::process::id().into();
    for seed in [11, 12, fresh] {
        let mut random = Seeded::from_seed(seed);
        let story = random_work(&mut random, (900, 1_200_000));
        let mut scene = Scene::empty();
        let (mut told, end) = (0, story.recorded.len());
        while told < end {
            let next = (told + 1 + random.below(300) as usize).min(end);
            scene.tell(&story.recorded[told..next]);
            told = next;
            check_sums(&scene, seed);
            if random.below(3) == 0 {
                scene.restart();
                scene.head.committed(told as u64, story.recorded[told - 1].at);
            }
        }
        let mut by_days = 0;
        for filter in filters(&mut random, story.recorded[end - 1].at) {
            let apart = parts(&filter);
            by_days += apart.iter().filter(|part| matches!(part, Part::Days(_))).count();
            let rows = [Part::Rows(filter.clone())];
            assert_eq!(
                reported(&scene, &filter, &apart),
                reported(&scene, &filter, &rows),
                "seed {seed}: {filter:?}"
            );
        }
        assert!(by_days == 10, "the work goes on for days");
    }
}
