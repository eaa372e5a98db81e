//! How conversations moved from one place to another.

use std::collections::BTreeMap;

use baton_shared::api::{FlowBetween, FlowsBetweenReport, InsightsLag, InsightsThing};
use rusqlite::Connection;

use crate::insights::asking::{self, Filter, Part, Things, count};
use crate::insights::rows::Kind;
use crate::insights::sums::{FROM_AGENTS, FROM_OUTSIDE};
use crate::store::StoreError;

/// A place in the picture: none, all agents together, or what a number stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Place {
    Outside,
    Agents,
    Of(i64),
}

impl Place {
    fn of(things: &Things, number: Option<i64>) -> Self {
        let Some(number) = number else { return Self::Outside };
        if things.get(&number).is_some_and(|thing| thing.kind == "agent") {
            Self::Agents
        } else {
            Self::Of(number)
        }
    }

    fn thing(self, things: &Things) -> Option<InsightsThing> {
        match self {
            Self::Outside => None,
            Self::Agents => {
                Some(InsightsThing { kind: "agent".to_owned(), id: String::new(), name: "Agents".to_owned() })
            }
            Self::Of(number) => Some(super::thing(things, number)),
        }
    }
}

const KINDS: [Kind; 4] = [Kind::Wait, Kind::Talk, Kind::Bot, Kind::External];

type Ways = BTreeMap<(Place, Place), u64>;

fn count_rows(
    connection: &Connection,
    filter: &Filter,
    things: &Things,
    ways: &mut Ways,
) -> Result<(), StoreError> {
    let mut rows: BTreeMap<(Option<i64>, Option<i64>), u64> = BTreeMap::new();
    let slices = asking::segments(connection, filter, &KINDS)?;
    slices.visit(connection, ("place, came_from, closes", "segment_rows", ""), |row| {
        let place: i64 = row.get(0)?;
        *rows.entry((row.get(1)?, Some(place))).or_default() += 1;
        if row.get(2)? {
            *rows.entry((Some(place), None)).or_default() += 1;
        }
        Ok(())
    })?;
    for ((from, to), count) in rows {
        *ways.entry((Place::of(things, from), Place::of(things, to))).or_default() += count;
    }
    Ok(())
}

fn count_days(
    connection: &Connection,
    filter: &Filter,
    things: &Things,
    ways: &mut Ways,
) -> Result<(), StoreError> {
    let days = asking::days(connection, filter, &KINDS)?;
    days.visit(connection, ("place, came_from, number, closes", "segment_days", ""), |row| {
        let to = Place::of(things, row.get(0)?);
        let from = match row.get(1)? {
            FROM_AGENTS => Place::Agents,
            FROM_OUTSIDE => Place::Outside,
            number => Place::of(things, Some(number)),
        };
        *ways.entry((from, to)).or_default() += count(row, 2)?;
        let closes = count(row, 3)?;
        if closes > 0 {
            *ways.entry((to, Place::Outside)).or_default() += closes;
        }
        Ok(())
    })
}

/// Returns how often each way was gone, most often first.
pub(in crate::insights) fn report(
    connection: &Connection,
    parts: &[Part],
    lag: InsightsLag,
) -> Result<FlowsBetweenReport, StoreError> {
    let things = asking::things(connection)?;
    let mut ways = Ways::new();
    for part in parts {
        match part {
            Part::Rows(filter) => count_rows(connection, filter, &things, &mut ways)?,
            Part::Days(filter) => count_days(connection, filter, &things, &mut ways)?,
        }
    }
    let way = |((from, to), count): ((Place, Place), u64)| FlowBetween {
        from: from.thing(&things),
        to: to.thing(&things),
        count,
    };
    let mut flows: Vec<FlowBetween> = ways.into_iter().map(way).collect();
    flows.sort_by_key(|flow| std::cmp::Reverse(flow.count));
    Ok(FlowsBetweenReport { flows, lag })
}
