//! What agents did.

use std::collections::BTreeMap;

use baton_shared::Timestamp;
use baton_shared::api::{AgentFigures, AgentsReport, InsightsLag, InsightsThing};
use rusqlite::{Connection, Row};

use super::{share, thing};
use crate::insights::asking::{self, Filter, Mean, Part, count, followed, length};
use crate::insights::rows::{Followed, Kind};
use crate::insights::sums::Sums;
use crate::store::StoreError;

#[derive(Default)]
struct Tally {
    conversations: u64,
    in_progress: u64,
    missed: u64,
    rejected: u64,
    ring: Mean,
    talk: Mean,
    wrap_up: Mean,
    handle: Mean,
    first_response: Mean,
    response: Mean,
    response_max: Option<u64>,
    messages: u64,
    sent: u64,
    to: u64,
    accepted: u64,
    available_ms: u64,
    busy_ms: u64,
    away_ms: u64,
    extensions: u64,
    load: (u64, u64),
    routed: Mean,
    customer_messages: u64,
    customer_response: Mean,
    customer_response_max: Option<u64>,
    successes: u64,
}

impl Tally {
    fn talk(&mut self, row: &Row<'_>) -> rusqlite::Result<()> {
        self.conversations += 1;
        let (talk_ms, wrap_up_ms) = (length(row, 1)?, length(row, 2)?);
        match talk_ms {
            Some(talk_ms) => {
                self.talk.take(Some(talk_ms));
                self.handle.take(Some(talk_ms + wrap_up_ms.unwrap_or(0)));
            }
            None => self.in_progress += 1,
        }
        self.wrap_up.take(wrap_up_ms);
        let (ring_ms, first_response_ms) = (length(row, 3)?, length(row, 4)?);
        self.ring.take(ring_ms);
        self.first_response.take(first_response_ms);
        self.routed.take(ring_ms.zip(first_response_ms).map(|(rang, wrote)| rang + wrote));
        let responses = count(row, 5)?;
        self.response.take_sum(count(row, 6)?, responses);
        if responses > 0 {
            self.response_max = self.response_max.max(Some(count(row, 7)?));
        }
        self.messages += count(row, 8)?;
        self.extensions += count(row, 9)?;
        self.customer_messages += count(row, 10)?;
        let answers = count(row, 11)?;
        self.customer_response.take_sum(count(row, 12)?, answers);
        if answers > 0 {
            self.customer_response_max = self.customer_response_max.max(Some(count(row, 13)?));
        }
        Ok(())
    }

    /// Takes so many offers that they did not accept, with what they had in use.
    const fn declined(&mut self, kind: Kind, number: u64, (used, limit): (u64, u64)) {
        if let Kind::Missed = kind {
            self.missed += number;
        } else {
            self.rejected += number;
        }
        self.load.0 += used;
        self.load.1 += limit;
    }

    fn talks(&mut self, sums: &Sums) {
        self.conversations += sums.number;
        self.in_progress += sums.number - sums.ended;
        self.talk.take_sum(sums.lasted_ms, sums.ended);
        self.handle.take_sum(sums.lasted_ms + sums.wrap_up_ms, sums.ended);
        self.wrap_up.take_sum(sums.wrap_up_ms, sums.filed);
        self.ring.take_sum(sums.ring_ms, sums.rung);
        self.first_response.take_sum(sums.first_response_ms, sums.first);
        self.response.take_sum(sums.response_ms, sums.responses);
        if sums.responses > 0 {
            self.response_max = self.response_max.max(Some(sums.response_max_ms));
        }
        self.messages += sums.agent_messages;
        self.extensions += sums.extensions;
        self.routed.take_sum(sums.routed_response_ms, sums.routed);
        self.customer_messages += sums.customer_messages;
        self.customer_response.take_sum(sums.customer_response_ms, sums.customer_responses);
        if sums.customer_responses > 0 {
            self.customer_response_max = self.customer_response_max.max(Some(sums.customer_response_max_ms));
        }
    }

    const fn present(&mut self, looks: Option<Followed>, ms: u64) {
        if let Some(Followed::Available) = looks {
            self.available_ms += ms;
        } else if let Some(Followed::Busy) = looks {
            self.busy_ms += ms;
        } else if let Some(Followed::Away) = looks {
            self.away_ms += ms;
        }
    }

    fn figures(&self, thing: InsightsThing) -> AgentFigures {
        let signed_in_ms = self.available_ms + self.busy_ms + self.away_ms;
        AgentFigures {
            thing,
            conversations: self.conversations,
            in_progress: self.in_progress,
            missed: self.missed,
            rejected: self.rejected,
            ring_ms: self.ring.average(),
            talk_ms: self.talk.average(),
            wrap_up_ms: self.wrap_up.average(),
            handle_ms: self.handle.average(),
            first_response_ms: self.first_response.average(),
            response_ms: self.response.average(),
            response_max_ms: self.response_max,
            messages: self.messages,
            transfers_sent: self.sent,
            transfers_to: self.to,
            transfers_accepted: self.accepted,
            available_ms: self.available_ms,
            busy_ms: self.busy_ms,
            away_ms: self.away_ms,
            signed_in_ms,
            available_share: share(self.available_ms, signed_in_ms),
            wrap_up_extensions: self.extensions,
            load_when_declined: share(self.load.0, self.load.1),
            routed_response_ms: self.routed.average(),
            customer_messages: self.customer_messages,
            customer_response_ms: self.customer_response.average(),
            customer_response_max_ms: self.customer_response_max,
            successes: self.successes,
        }
    }
}

const TALK: &str =
    "place, ended_at - started_at, wrap_up_ms, ring_ms, first_response_ms, responses, response_ms,
    response_max_ms, agent_messages, extensions, customer_messages, customer_responses, customer_response_ms,
    customer_response_max_ms";

type Tallies = BTreeMap<i64, Tally>;

fn count_rows(connection: &Connection, filter: &Filter, tallies: &mut Tallies) -> Result<(), StoreError> {
    let talks = asking::segments(connection, filter, &[Kind::Talk])?;
    talks.visit(connection, (TALK, "segment_rows", ""), |row| {
        tallies.entry(row.get(0)?).or_default().talk(row)
    })?;
    for kind in [Kind::Missed, Kind::Rejected] {
        let offers = asking::segments(connection, filter, &[kind])?;
        offers.visit(connection, ("place, load_used, load_limit", "segment_rows", ""), |row| {
            let load = (length(row, 1)?.unwrap_or(0), length(row, 2)?.unwrap_or(0));
            tallies.entry(row.get(0)?).or_default().declined(kind, 1, load);
            Ok(())
        })?;
    }
    Ok(())
}

/// Counts the conversations that came to a good end with someone.
fn count_successes(
    connection: &Connection,
    filter: &Filter,
    tallies: &mut Tallies,
) -> Result<(), StoreError> {
    let mut found = asking::conversations(connection, filter)?;
    found.add("agent is not null and outcome in ('successful', 'transferred')", &[]);
    found.visit(connection, ("agent", asking::CONVERSATIONS, ""), |row| {
        tallies.entry(row.get(0)?).or_default().successes += 1;
        Ok(())
    })
}

fn count_days(connection: &Connection, filter: &Filter, tallies: &mut Tallies) -> Result<(), StoreError> {
    let columns = format!("place, {}", Sums::COLUMNS.join(", "));
    for kind in [Kind::Talk, Kind::Missed, Kind::Rejected] {
        let days = asking::days(connection, filter, &[kind])?;
        days.visit(connection, (&columns, "segment_days", ""), |row| {
            let tally = tallies.entry(row.get(0)?).or_default();
            let sums = Sums::read(row, 1)?;
            if kind == Kind::Talk {
                tally.talks(&sums);
            } else {
                tally.declined(kind, sums.number, (sums.load_used, sums.load_limit));
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Returns what each agent did, as far as `parts` of what `filter` asks for; presences are counted as far as they lie in
/// the stretch of time, those that go on until `now`.
pub(in crate::insights) fn report(
    connection: &Connection,
    (filter, parts): (&Filter, &[Part]),
    now: Timestamp,
    lag: InsightsLag,
) -> Result<AgentsReport, StoreError> {
    let mut tallies = Tallies::new();
    for part in parts {
        match part {
            Part::Rows(filter) => count_rows(connection, filter, &mut tallies)?,
            Part::Days(filter) => count_days(connection, filter, &mut tallies)?,
        }
    }
    let transfers = asking::transfers(connection, filter)?;
    transfers.visit(connection, ("sender, receiver, accepted_by", "transfer_rows", ""), |row| {
        tallies.entry(row.get(0)?).or_default().sent += 1;
        tallies.entry(row.get(1)?).or_default().to += 1;
        if let Some(agent) = row.get(2)? {
            tallies.entry(agent).or_default().accepted += 1;
        }
        Ok(())
    })?;
    count_successes(connection, filter, &mut tallies)?;
    let (from, to) = (filter.from.as_millis(), filter.to.as_millis().min(now.as_millis()));
    let presences = asking::present(connection, filter)?;
    let columns = "p.place, p.started_at, p.ended_at, p.followed_by";
    presences.visit(connection, (columns, asking::PRESENCES, ""), |row| {
        let (began, ended): (i64, Option<i64>) = (row.get(1)?, row.get(2)?);
        let ms = ended.unwrap_or(to).min(to) - began.max(from);
        let ms = u64::try_from(ms).unwrap_or(0);
        tallies.entry(row.get(0)?).or_default().present(followed(row, 3)?, ms);
        Ok(())
    })?;
    let things = asking::things(connection)?;
    let named = tallies.iter().map(|(number, tally)| tally.figures(thing(&things, *number)));
    // Transfers name queues and groups too, which are no agents.
    let mut agents: Vec<AgentFigures> = named
        .filter(|figures| figures.thing.kind == "agent")
        .filter(|figures| filter.agent.is_none_or(|agent| agent.to_string() == figures.thing.id))
        .filter(|figures| is_overseen(filter, &figures.thing))
        .collect();
    agents.sort_by(|one, other| (&one.thing.name, &one.thing.id).cmp(&(&other.thing.name, &other.thing.id)));
    Ok(AgentsReport { agents, lag })
}

/// Says whether whoever asks oversees someone: a transfer may name others.
fn is_overseen(filter: &Filter, thing: &InsightsThing) -> bool {
    thing.id.parse().is_ok_and(|agent| filter.scope.has_person(agent))
}
