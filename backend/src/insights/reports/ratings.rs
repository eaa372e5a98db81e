//! What customers said of conversations that had ended.

use std::collections::BTreeMap;

use baton_shared::Timestamp;
use baton_shared::api::{
    InsightsLag, InsightsThing, RatingCut, RatingItem, RatingsPage, RatingsReport, TransfersRated,
};
use rusqlite::{Connection, Row};

use super::lists::{Page, id};
use super::{cuts, share, thing};
use crate::insights::asking::{self, Filter, Things, count};
use crate::store::StoreError;

/// How many gave each score.
#[derive(Clone, Copy, Default)]
struct Scores([u64; 5]);

impl Scores {
    fn take(&mut self, score: u8) {
        let place = usize::from(score).checked_sub(1);
        if let Some(place) = place.and_then(|place| self.0.get_mut(place)) {
            *place += 1;
        }
    }

    fn rated(self) -> u64 {
        self.0.iter().sum()
    }

    /// Returns the average, to two places.
    fn average(self) -> Option<f64> {
        let sum: u64 = self.0.iter().zip(1_u64..).map(|(count, score)| count * score).sum();
        super::average(sum, self.rated())
    }
}

fn cut(thing: Option<InsightsThing>, scores: Scores) -> RatingCut {
    let [score_1, score_2, score_3, score_4, score_5] = scores.0;
    let (rated, average) = (scores.rated(), scores.average());
    RatingCut { thing, rated, average, score_1, score_2, score_3, score_4, score_5 }
}

/// Returns how many customers were asked of the conversations that came in the time, and how many answered.
fn surveys(connection: &Connection, filter: &Filter) -> Result<(u64, u64), StoreError> {
    let (mut asked, mut answered) = (0, 0);
    let mut found = asking::conversations(connection, &Filter { outcome: None, ..filter.clone() })?;
    found.add("surveyed = 1", &[]);
    found.visit(connection, ("rated", asking::SURVEYS, ""), |row| {
        asked += 1;
        answered += count(row, 0)?;
        Ok(())
    })?;
    Ok((asked, answered))
}

/// Returns what customers said, by the last agent, by queue and by how often it was passed on.
pub(in crate::insights) fn report(
    connection: &Connection,
    filter: &Filter,
    lag: InsightsLag,
) -> Result<RatingsReport, StoreError> {
    let mut all = Scores::default();
    let (mut by_agent, mut by_queue) = (BTreeMap::new(), BTreeMap::new());
    let mut by_transfers: BTreeMap<u32, Scores> = BTreeMap::new();
    let ratings = asking::ratings(connection, filter)?;
    ratings.visit(connection, ("score, agent, queue, transfers", "rating_rows", ""), |row| {
        let score = row.get(0)?;
        all.take(score);
        by_agent.entry(row.get(1)?).or_insert_with(Scores::default).take(score);
        by_queue.entry(Some(row.get(2)?)).or_insert_with(Scores::default).take(score);
        by_transfers.entry(row.get(3)?).or_default().take(score);
        Ok(())
    })?;
    let (asked, answered) = surveys(connection, filter)?;
    let things = asking::things(connection)?;
    let rated = |(transfers, scores): (u32, Scores)| {
        let [score_1, score_2, score_3, score_4, score_5] = scores.0;
        TransfersRated {
            transfers,
            rated: scores.rated(),
            average: scores.average(),
            score_1,
            score_2,
            score_3,
            score_4,
            score_5,
        }
    };
    let [score_1, score_2, score_3, score_4, score_5] = all.0;
    Ok(RatingsReport {
        rated: all.rated(),
        average: all.average(),
        score_1,
        score_2,
        score_3,
        score_4,
        score_5,
        asked,
        answered,
        answered_share: share(answered, asked),
        by_agent: cuts(by_agent, &things, |scores| scores.rated(), cut),
        by_queue: cuts(by_queue, &things, |scores| scores.rated(), cut),
        by_transfers: by_transfers.into_iter().map(rated).collect(),
        lag,
    })
}

const RATING: &str =
    "rated_at, conversation, (select c.id from conversations c where c.number = conversation),
    score, agent, queue, channel, transfers";

/// Returns ratings, the first that was given first.
pub(in crate::insights) fn list(
    connection: &Connection,
    filter: &Filter,
    page: Page,
    lag: InsightsLag,
) -> Result<RatingsPage, StoreError> {
    let (filter, things) = (&page.narrow(filter), asking::things(connection)?);
    let mut conditions = asking::ratings(connection, filter)?;
    if let Some((at, number)) = page.after {
        asking::after(&mut conditions, "rated_at, conversation", &[at, number]);
    }
    let end = format!("order by rated_at, conversation limit {}", page.limit);
    let (mut places, mut ratings) = (Vec::new(), Vec::new());
    conditions.visit(connection, (RATING, "rating_rows", &end), |row| {
        places.push((row.get(0)?, row.get(1)?));
        ratings.push(rating(row, &things)?);
        Ok(())
    })?;
    Ok(RatingsPage { ratings, next: page.next(&places), lag })
}

fn rating(row: &Row<'_>, things: &Things) -> rusqlite::Result<RatingItem> {
    Ok(RatingItem {
        conversation: id(row, 2)?,
        rated_at: Timestamp::from_millis(row.get(0)?),
        score: row.get(3)?,
        agent: row.get::<_, Option<i64>>(4)?.map(|number| thing(things, number)),
        queue: thing(things, row.get(5)?),
        channel: row.get(6)?,
        transfers: row.get(7)?,
    })
}
