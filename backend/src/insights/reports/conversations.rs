//! What became of conversations, and what was written in them.

use baton_shared::Timestamp;
use baton_shared::api::{ConversationItem, ConversationsPage, ConversationsReport, InsightsLag};
use rusqlite::{Connection, Row};

use super::lists::{Page, id};
use super::{average, average_and_most, thing};
use crate::insights::asking::{self, Filter, Things, count};
use crate::insights::rows::Ending;
use crate::store::StoreError;

const COLUMNS: &str =
    "outcome, transfers, agent_messages, customer_messages, responses, response_ms, response_max_ms,
    customer_responses, customer_response_ms, customer_response_max_ms";

/// How many ways a conversation can end, and how many numbers of transfers are told apart.
const ENDINGS: usize = Ending::Unfinalized as usize + 1;
const HOPS: usize = 4;

/// How long answers of one side took.
#[derive(Default)]
struct Answers {
    number: u64,
    sum_ms: u64,
    max_ms: u64,
}

impl Answers {
    fn take(&mut self, row: &Row<'_>, column: usize) -> rusqlite::Result<()> {
        let number = count(row, column)?;
        if number > 0 {
            self.number += number;
            self.sum_ms += count(row, column + 1)?;
            self.max_ms = self.max_ms.max(count(row, column + 2)?);
        }
        Ok(())
    }
}

#[derive(Default)]
struct Tally {
    endings: [u64; ENDINGS],
    hops: [u64; HOPS],
    transfers: u64,
    agent_messages: u64,
    customer_messages: u64,
    ours: Answers,
    theirs: Answers,
}

impl Tally {
    fn take(&mut self, row: &Row<'_>) -> rusqlite::Result<()> {
        let ending = Ending::of_word(row.get_ref(0)?.as_str()?).unwrap_or(Ending::InProgress);
        self.endings[ending as usize] += 1;
        let transfers = count(row, 1)?;
        self.transfers += transfers;
        self.hops[usize::try_from(transfers).unwrap_or(HOPS).min(HOPS - 1)] += 1;
        if ending != Ending::InProgress {
            self.agent_messages += count(row, 2)?;
            self.customer_messages += count(row, 3)?;
            self.ours.take(row, 4)?;
            self.theirs.take(row, 7)?;
        }
        Ok(())
    }

    fn report(&self, lag: InsightsLag) -> ConversationsReport {
        let conversations = self.endings.iter().sum();
        let of = |ending: Ending| self.endings[ending as usize];
        let ended = conversations - of(Ending::InProgress);
        let side = |answers: &Answers| average_and_most((answers.sum_ms, answers.number), answers.max_ms);
        let ((response_ms, response_max_ms), theirs) = (side(&self.ours), side(&self.theirs));
        let [transfers_0, transfers_1, transfers_2, transfers_3_or_more] = self.hops;
        ConversationsReport {
            conversations,
            in_progress: of(Ending::InProgress),
            successful: of(Ending::Successful),
            transferred: of(Ending::Transferred),
            no_interaction: of(Ending::NoInteraction),
            cancelled: of(Ending::Cancelled),
            abandoned: of(Ending::Abandoned),
            dissuaded: of(Ending::Dissuaded),
            unfinalized: of(Ending::Unfinalized),
            transfers_0,
            transfers_1,
            transfers_2,
            transfers_3_or_more,
            transfers_per_conversation: average(self.transfers, conversations),
            agent_messages: average(self.agent_messages, ended),
            customer_messages: average(self.customer_messages, ended),
            response_ms,
            response_max_ms,
            customer_response_ms: theirs.0,
            customer_response_max_ms: theirs.1,
            lag,
        }
    }
}

/// Returns what became of conversations.
pub(in crate::insights) fn report(
    connection: &Connection,
    filter: &Filter,
    lag: InsightsLag,
) -> Result<ConversationsReport, StoreError> {
    let mut tally = Tally::default();
    let found = asking::conversations(connection, filter)?;
    found.visit(connection, (COLUMNS, asking::CONVERSATIONS, ""), |row| tally.take(row))?;
    Ok(tally.report(lag))
}

const CONVERSATION: &str =
    "opened_at, number, id, closed_at, outcome, agent, queue, channel, transfers, agent_messages,
    customer_messages, responses, response_ms, response_max_ms, customer_responses, customer_response_ms,
    customer_response_max_ms, surveyed, rated";

/// Returns conversations, the first that was opened first.
pub(in crate::insights) fn list(
    connection: &Connection,
    filter: &Filter,
    page: Page,
    lag: InsightsLag,
) -> Result<ConversationsPage, StoreError> {
    let (filter, things) = (&page.narrow(filter), asking::things(connection)?);
    let mut conditions = asking::conversations(connection, filter)?;
    asking::narrow_conversations(filter, &mut conditions);
    if let Some((at, number)) = page.after {
        asking::after(&mut conditions, "opened_at, number", &[at, number]);
    }
    let surveys = filter.only.iter().any(|word| word == "surveyed" || word == "rated");
    let table = match (filter.conversation, surveys) {
        (Some(_), _) => "conversations",
        (None, true) => asking::SURVEYS,
        (None, false) => asking::CONVERSATIONS,
    };
    let end = format!("order by opened_at, number limit {}", page.limit);
    let (mut places, mut conversations) = (Vec::new(), Vec::new());
    conditions.visit(connection, (CONVERSATION, table, &end), |row| {
        places.push((row.get(0)?, row.get(1)?));
        conversations.push(conversation(row, &things)?);
        Ok(())
    })?;
    Ok(ConversationsPage { conversations, next: page.next(&places), lag })
}

fn conversation(row: &Row<'_>, things: &Things) -> rusqlite::Result<ConversationItem> {
    let closed_at: Option<i64> = row.get(3)?;
    let ended = closed_at.is_some();
    // What is under way is counted at its end.
    let side = |column: usize| {
        let number = if ended { count(row, column)? } else { 0 };
        Ok::<_, rusqlite::Error>(average_and_most((count(row, column + 1)?, number), count(row, column + 2)?))
    };
    let ((response_ms, response_max_ms), theirs) = (side(11)?, side(14)?);
    Ok(ConversationItem {
        conversation: id(row, 2)?,
        opened_at: Timestamp::from_millis(row.get(0)?),
        ended_at: closed_at.map(Timestamp::from_millis),
        outcome: row.get(4)?,
        agent: row.get::<_, Option<i64>>(5)?.map(|number| thing(things, number)),
        queue: thing(things, row.get(6)?),
        channel: row.get(7)?,
        transfers: row.get(8)?,
        agent_messages: ended.then_some(row.get(9)?),
        customer_messages: ended.then_some(row.get(10)?),
        response_ms,
        response_max_ms,
        customer_response_ms: theirs.0,
        customer_response_max_ms: theirs.1,
        surveyed: row.get(17)?,
        rated: row.get(18)?,
    })
}
