//! What stands in the log, row by row: messages, days, transfers, and the line up to which all was read.

use baton_shared::{Author, Message, Timestamp};

use crate::browser::dates::LocalDays;
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
pub fn rows(transcript: &Transcript, outgoing: &[Outgoing], read: u32) -> Vec<Row> {
    let mut builder = Builder::new(transcript, read);
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
    days: LocalDays,
    day: Option<i64>,
    handoff: usize,
    read: u32,
    line_drawn: bool,
    last: Option<&'a Message>,
}

impl<'a> Builder<'a> {
    fn new(transcript: &'a Transcript, read: u32) -> Self {
        let first = transcript.first_seq().unwrap_or(1);
        let handoff = transcript.handoffs().iter().take_while(|handoff| handoff.after_seq + 1 < first).count();
        Self {
            transcript,
            rows: Vec::with_capacity(transcript.messages().len() + 16),
            days: LocalDays::default(),
            day: None,
            handoff,
            read,
            line_drawn: false,
            last: None,
        }
    }

    fn message(&mut self, place: usize) {
        let message = &self.transcript.messages()[place];
        self.handoffs_after(message.seq - 1);
        let day = self.days.of(message.at);
        if self.day != Some(day) {
            self.day = Some(day);
            self.push(u64::from(message.seq) << 3 | 2, Kind::Day(message.at));
        }
        let news = message.seq > self.read && message.author == Author::Customer;
        // Where nothing was read before, everything is new and a line says nothing.
        if news && !self.line_drawn && self.read > 0 {
            self.line_drawn = true;
            self.push(4, Kind::Unread);
        }
        let continues = self.last.is_some_and(|last| continues(last, message));
        self.push(
            u64::from(message.seq) << 3 | u64::from(continues),
            Kind::Message { place, continues },
        );
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

fn continues(last: &Message, message: &Message) -> bool {
    last.author == message.author && message.at.as_millis() - last.at.as_millis() < GROUP_MS
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use baton_shared::desk::{Handoff, Thread};
    use baton_shared::{Channel, ConversationId, MessageId, SegmentId, TransferId};

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
            attributes: std::collections::BTreeMap::new(),
            messages: seqs.map(message).collect(),
            handoffs: Vec::new(),
            read: 0,
            customer_delivered: 0,
            customer_read: 0,
            transfer: None,
            returned: None,
        }
    }

    fn handoff(after_seq: u32) -> Handoff {
        Handoff {
            transfer: TransferId::from_bits(1),
            from: "Agent One".to_owned(),
            to: "Agent Two".to_owned(),
            note: None,
            at: Timestamp::default(),
            after_seq,
        }
    }
}
