//! What stands in the log, row by row: messages, days, transfers, and the line up to which all was read.

use baton_shared::{Author, Message, Timestamp};

use crate::conversation::transcript::Transcript;
use crate::outbox::{Outgoing, Progress};

/// Messages of one author that follow each other within this time stand together.
const GROUP_MS: i64 = 5 * 60_000;

/// What a row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The day of what follows.
    Day(Timestamp),
    /// The line up to which all was read.
    Unread,
    /// The transfer at this place of the transcript.
    Handoff(usize),
    /// The message at this place of the transcript; without a head where it continues the one above.
    Message {
        /// Its place.
        place: usize,
        /// Whether it continues the one above.
        continues: bool,
    },
    /// The message at this place of the outbox.
    Outgoing(usize),
}

/// A row, and the key by which it is known when others come before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its key.
    pub key: u64,
    /// What it shows.
    pub kind: Kind,
}

/// Returns the rows of a transcript and of what is on its way; all up to `read` was read when it was opened.
pub fn rows(
    transcript: &Transcript,
    outgoing: &[Outgoing],
    read: u32,
    day_of: &mut dyn FnMut(Timestamp) -> i64,
) -> Vec<Row> {
    let line = if outgoing.is_empty() { line_before(transcript, read) } else { None };
    let mut builder = Builder::new(transcript, line, day_of);
    for place in 0..transcript.messages().len() {
        builder.message(place);
    }
    builder.handoffs_after(transcript.last_seq());
    builder.outgoing(outgoing);
    builder.rows
}

struct Builder<'a> {
    transcript: &'a Transcript,
    rows: Vec<Row>,
    day_of: &'a mut dyn FnMut(Timestamp) -> i64,
    day: Option<i64>,
    handoff: usize,
    /// The message that the line stands before.
    line: Option<u32>,
    last: Option<&'a Message>,
}

impl<'a> Builder<'a> {
    fn new(
        transcript: &'a Transcript,
        line: Option<u32>,
        day_of: &'a mut dyn FnMut(Timestamp) -> i64,
    ) -> Self {
        let first = transcript.first_seq().unwrap_or(1);
        let handoff =
            transcript.handoffs().iter().take_while(|handoff| handoff.after_seq + 1 < first).count();
        Self {
            transcript,
            rows: Vec::with_capacity(transcript.messages().len() + 16),
            day_of,
            day: None,
            handoff,
            line,
            last: None,
        }
    }

    fn message(&mut self, place: usize) {
        let message = &self.transcript.messages()[place];
        self.handoffs_after(message.seq - 1);
        let day = (self.day_of)(message.at);
        if self.day != Some(day) {
            self.day = Some(day);
            self.push(u64::from(message.seq) << 3 | 2, Kind::Day(message.at));
        }
        if self.line == Some(message.seq) {
            self.push(4, Kind::Unread);
        }
        let continues = self.last.is_some_and(|last| continues(last, message));
        self.push(u64::from(message.seq) << 3 | u64::from(continues), Kind::Message { place, continues });
        self.last = Some(message);
    }

    /// Adds the transfers that follow the message with this number.
    fn handoffs_after(&mut self, seq: u32) {
        while let Some(handoff) = self.transcript.handoffs().get(self.handoff) {
            if handoff.after_seq > seq {
                break;
            }
            self.push((self.handoff as u64) << 3 | 3, Kind::Handoff(self.handoff));
            self.handoff += 1;
        }
    }

    fn outgoing(&mut self, outgoing: &[Outgoing]) {
        for (place, message) in outgoing.iter().enumerate() {
            let said = match message.progress {
                Progress::Said(seq) => seq <= self.transcript.last_seq(),
                Progress::Waiting | Progress::Sending | Progress::Refused(_) => false,
            };
            if !said {
                let refused = matches!(message.progress, Progress::Refused(_));
                let known = message.key.get(..14).and_then(|key| u64::from_str_radix(key, 16).ok());
                self.push(
                    known.unwrap_or(place as u64) << 3 | (5 + u64::from(refused)),
                    Kind::Outgoing(place),
                );
            }
        }
    }

    /// Adds a row; only a message can be continued by the one after it.
    fn push(&mut self, key: u64, kind: Kind) {
        self.last = None;
        self.rows.push(Row { key, kind });
    }
}

/// Returns the message that the line up to which all was read stands before.
/// Where nothing was read before, everything is new and a line says nothing; what was answered is not new.
fn line_before(transcript: &Transcript, read: u32) -> Option<u32> {
    let messages = transcript.messages();
    let by_customer = |message: &&Message| message.author == Author::Customer;
    let news = messages.iter().find(|message| message.seq > read && by_customer(message))?.seq;
    let answer = messages.iter().rev().find(|message| !by_customer(message));
    let answered = answer.is_some_and(|answer| answer.seq > news);
    (read > 0 && !answered).then_some(news)
}

fn continues(last: &Message, message: &Message) -> bool {
    last.author == message.author && message.at.as_millis() - last.at.as_millis() < GROUP_MS
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use baton_shared::desk::{Handoff, Thread, TransferChoices};
    use baton_shared::{AgentId, Channel, ConversationId, MessageId, SegmentId, TransferId, TransferPolicy};

    /// Returns a message of the customer.
    pub fn message(seq: u32) -> Message {
        Message {
            seq,
            id: MessageId::from_bits(u128::from(seq)),
            author: Author::Customer,
            name: "Ada".to_owned(),
            text: format!("message {seq}"),
            at: Timestamp::from_millis(i64::from(seq) * 1_000),
            client_key: None,
        }
    }

    /// Returns a thread with messages of the customer.
    pub fn thread(seqs: std::ops::RangeInclusive<u32>) -> Thread {
        Thread {
            conversation: ConversationId::from_bits(1),
            segment: SegmentId::from_bits(1),
            customer: "Ada".to_owned(),
            queue: "Sales".to_owned(),
            channel: Channel::WebChat,
            opened_at: Timestamp::default(),
            since: Timestamp::default(),
            attributes: Default::default(),
            messages: seqs.map(message).collect(),
            handoffs: Vec::new(),
            read: 0,
            customer_delivered: 0,
            customer_read: 0,
            transfer: None,
            returned: None,
            owner: None,
            invites: Vec::new(),
            choices: TransferChoices::from(&TransferPolicy::default()),
            flag: None,
            whispers: Vec::new(),
        }
    }

    fn handoff(after_seq: u32) -> Handoff {
        Handoff {
            transfer: TransferId::from_bits(1),
            from: "Agent One".to_owned(),
            by: None,
            to: "Agent Two".to_owned(),
            note: None,
            summary: None,
            aside: Vec::new(),
            at: Timestamp::default(),
            after_seq,
        }
    }

    fn outgoing(progress: Progress) -> Outgoing {
        Outgoing {
            key: "0123456789abcdef".to_owned(),
            conversation: ConversationId::from_bits(1),
            text: "hello".to_owned(),
            at: Timestamp::default(),
            progress,
        }
    }

    const DAY_MS: i64 = 86_400_000;

    fn kinds(thread: &Thread, outgoing: &[Outgoing], read: u32) -> Vec<Kind> {
        let mut transcript = Transcript::default();
        transcript.absorb(thread);
        let mut day_of = |at: Timestamp| at.as_millis().div_euclid(DAY_MS);
        let rows = rows(&transcript, outgoing, read, &mut day_of);
        let keys: std::collections::BTreeSet<_> = rows.iter().map(|row| row.key).collect();
        assert_eq!(keys.len(), rows.len(), "keys are unique");
        rows.into_iter().map(|row| row.kind).collect()
    }

    const fn shown(place: usize, continues: bool) -> Kind {
        Kind::Message { place, continues }
    }

    #[test]
    fn messages_that_follow_each_other_stand_together_until_the_day_changes() {
        let mut thread = thread(1..=3);
        thread.messages[2].at = Timestamp::from_millis(DAY_MS);
        let day = |at| Kind::Day(Timestamp::from_millis(at));
        let expected = [day(1_000), shown(0, false), shown(1, true), day(DAY_MS), shown(2, false)];
        assert_eq!(kinds(&thread, &[], 0), expected);
    }

    #[test]
    fn the_line_stands_before_the_first_news_of_the_customer() {
        let found = kinds(&thread(1..=3), &[], 2);
        assert_eq!(found[2..], [shown(1, true), Kind::Unread, shown(2, false)]);
        assert!(!kinds(&thread(1..=3), &[], 3).contains(&Kind::Unread));
    }

    #[test]
    fn where_nothing_was_read_there_is_no_line() {
        assert!(!kinds(&thread(1..=3), &[], 0).contains(&Kind::Unread));
    }

    #[test]
    fn the_line_goes_once_what_is_new_was_answered_and_does_not_come_back() {
        let mut talk = thread(1..=5);
        talk.messages[3].author = Author::Agent(AgentId::from_bits(1));
        assert!(!kinds(&talk, &[], 2).contains(&Kind::Unread));
        assert!(kinds(&talk, &[], 4).contains(&Kind::Unread), "what came after the answer is new");
        let news = thread(1..=3);
        assert!(!kinds(&news, &[outgoing(Progress::Waiting)], 2).contains(&Kind::Unread));
    }

    #[test]
    fn a_transfer_stands_after_the_message_it_followed_and_only_if_that_is_at_hand() {
        let mut talk = thread(3..=5);
        talk.handoffs = vec![handoff(1), handoff(3), handoff(5)];
        let found = kinds(&talk, &[], 5);
        assert_eq!(
            found[1..],
            [shown(0, false), Kind::Handoff(1), shown(1, false), shown(2, true), Kind::Handoff(2)]
        );
    }

    #[test]
    fn a_message_on_its_way_goes_once_the_transcript_has_it() {
        let last = |progress| kinds(&thread(1..=2), &[outgoing(progress)], 2).pop();
        assert_eq!(last(Progress::Waiting), Some(Kind::Outgoing(0)));
        assert_eq!(last(Progress::Said(3)), Some(Kind::Outgoing(0)));
        assert_eq!(last(Progress::Said(2)), Some(shown(1, true)));
    }
}
