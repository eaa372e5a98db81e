//! The thread that keeps the streams.

use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};

use baton_shared::command::Actor;
use baton_shared::*;
use bytes::Bytes;
use serde_json::json;
use tokio::sync::mpsc;

use super::audience::{Audience, Projected, Sent, project};
use super::frames::{Frame, Kept, cursor, event, parse_cursor};
use super::spread::{RESTARTED, STOPPED};
use super::walls::{Outcome, Walls};
use super::{BYTES_WAITING_MAX, Message, Parts, Published, Reader, Watcher, What};
use crate::store::{Reading, StoreError};

/// How often a heartbeat is sent.
pub const HEARTBEAT_EVERY: Duration = Duration::from_secs(20);

/// How often a waiting customer is told their place at most.
pub const LINE_EVERY: Duration = Duration::from_secs(1);

struct Stream {
    reader: Reader,
    frames: mpsc::Sender<Bytes>,
    sizes: Sizes,
}

/// How large the last frames were that were given to a stream.
#[derive(Debug, Default)]
struct Sizes {
    last: VecDeque<usize>,
    bytes: usize,
}

impl Sizes {
    /// Notes one more frame where so many wait already; false if they would be too large together.
    fn add(&mut self, waiting: usize, size: usize) -> bool {
        // Frames are taken in the order in which they were given, so those that wait are the last.
        while self.last.len() > waiting {
            self.bytes -= self.last.pop_front().unwrap_or_default();
        }
        if !self.last.is_empty() && self.bytes + size > BYTES_WAITING_MAX {
            return false;
        }
        self.last.push_back(size);
        self.bytes += size;
        true
    }
}

/// Every open stream, and the last frames.
pub(super) struct Streams {
    parts: Parts,
    boot: Arc<str>,
    reserved: Arc<AtomicU64>,
    kept: Kept,
    /// The number of the last event that was turned into frames.
    tail: u64,
    streams: BTreeMap<u64, Stream>,
    next_stream: u64,
    people: BTreeMap<AgentId, Vec<u64>>,
    customers: BTreeMap<ConversationId, Vec<u64>>,
    /// Readers whose snapshot is ahead of the frames, by a moment.
    early: Vec<(u64, Reader, mpsc::Sender<Bytes>)>,
    heartbeat_at: Timestamp,
    line_at: Timestamp,
    lines_changed: bool,
    told: BTreeMap<ConversationId, (Option<u32>, Option<u64>)>,
    walls: Walls,
    /// When each waiting customer was last told that they are not forgotten, or was first seen waiting.
    reassured: BTreeMap<ConversationId, Timestamp>,
}

impl Streams {
    pub(super) fn new(parts: Parts, boot: Arc<str>, reserved: Arc<AtomicU64>) -> Self {
        let now = parts.clock.now();
        Self {
            parts,
            boot,
            reserved,
            kept: Kept::default(),
            tail: 0,
            streams: BTreeMap::new(),
            next_stream: 0,
            people: BTreeMap::new(),
            customers: BTreeMap::new(),
            early: Vec::new(),
            heartbeat_at: now.plus(HEARTBEAT_EVERY),
            line_at: now,
            lines_changed: false,
            told: BTreeMap::new(),
            walls: Walls::default(),
            reassured: BTreeMap::new(),
        }
    }

    pub(super) fn run(&mut self, waiting: &Receiver<Message>) {
        let _guard = crate::vital::VitalThread("feed");
        loop {
            let lines = self.lines_changed.then_some(self.line_at);
            let walls = self.walls.due();
            let due = [lines, walls].into_iter().flatten().fold(self.heartbeat_at, Timestamp::min);
            let message = match self.parts.clock.until(due) {
                Some(timeout) => match waiting.recv_timeout(timeout) {
                    Ok(message) => message,
                    Err(RecvTimeoutError::Timeout) => Message::Tick,
                    Err(RecvTimeoutError::Disconnected) => return,
                },
                None => match waiting.recv() {
                    Ok(message) => message,
                    Err(_) => return,
                },
            };
            match message {
                Message::Begin(head) => self.begin(head),
                Message::Publish(published) => self.publish(&published),
                Message::Subscribe(reader, after, frames) => self.subscribe(reader, after.as_deref(), frames),
                Message::Wall(watcher, reply) => drop(reply.send(self.show_wall(watcher))),
                Message::Typing(conversation, actor) => self.typing(conversation, actor),
                Message::ScheduleRan => self.tell_walls_of_schedules(),
                Message::CloseSession(closed) => self.close(|reader| match reader {
                    Reader::Person { session, .. } | Reader::Wall { session, .. } => *session == closed,
                    Reader::Customer(_) => false,
                }),
                Message::ClosePerson(closed) => self.close(|reader| match reader {
                    Reader::Person { agent, .. } | Reader::Wall { watcher: Watcher { agent, .. }, .. } => {
                        *agent == closed
                    }
                    Reader::Customer(_) => false,
                }),
                Message::Tick => {}
                Message::Stop => return self.stop(),
            }
            self.keep_time();
            metrics::gauge!("baton_streams_open").set(self.streams.len() as f64);
        }
    }

    fn begin(&mut self, head: u64) {
        self.kept.begin(head);
        self.tail = head;
        self.reserved.fetch_max(head, Ordering::SeqCst);
    }

    fn publish(&mut self, published: &[Published]) {
        let now = self.parts.clock.now();
        let store = self.parts.store.clone();
        match store.read() {
            Ok(reading) => {
                published.iter().for_each(|one| self.publish_one(one, reading.as_ref(), now));
                self.publish_to_walls(published, reading.as_ref());
            }
            Err(error) => {
                tracing::warn!(error = %crate::telemetry::chain(&error), "events could not be shown");
                self.tail = published.last().map_or(self.tail, |last| last.seq);
                self.walls.clear();
                self.restart_everyone(self.tail);
            }
        }
        for (after, reader, frames) in std::mem::take(&mut self.early) {
            self.resume(reader, after, frames);
        }
    }

    fn publish_one(&mut self, published: &Published, reading: &dyn Reading, now: Timestamp) {
        self.lines_changed |= moves_lines(&published.what);
        self.tail = published.seq;
        match project(reading, published, now) {
            Ok(Projected::Frames(frames)) => frames.into_iter().for_each(|(audience, sent)| {
                self.send(published.seq, audience, &sent);
            }),
            Ok(Projected::Restart) => self.restart_staff(published.seq),
            Err(error) => {
                // What cannot be read cannot be shown: everyone starts again, and asks until it can.
                tracing::warn!(error = %crate::telemetry::chain(&error), "events could not be shown");
                self.restart_everyone(published.seq);
            }
        }
        if let What::Happened(Event::PersonChanged { agent: changed, .. }) = &published.what {
            // Whoever may do more or less than before starts again, if they still may.
            self.close(|reader| match reader {
                Reader::Person { agent, .. } | Reader::Wall { watcher: Watcher { agent, .. }, .. } => {
                    agent == changed
                }
                Reader::Customer(_) => false,
            });
        }
    }

    fn send(&mut self, seq: u64, audience: Audience, sent: &Sent) {
        let id = cursor(&self.boot, seq);
        let bytes = match sent {
            Sent::Desk(events) if events.is_empty() => return,
            Sent::Chat(events) if events.is_empty() => return,
            Sent::Wall(events) if events.is_empty() => return,
            Sent::Desk(events) => event("desk", Some(&id), events),
            Sent::Chat(events) => event("chat", Some(&id), events),
            Sent::Wall(events) => event("wall", Some(&id), events),
        };
        for stream in self.listening(&audience) {
            self.push(stream, bytes.clone());
        }
        self.kept.push(Frame { seq, audience: Arc::new(audience), bytes });
    }

    fn listening(&self, audience: &Audience) -> Vec<u64> {
        let of_people = |people: &BTreeMap<AgentId, Vec<u64>>, agent: &AgentId| {
            people.get(agent).cloned().unwrap_or_default()
        };
        match audience {
            Audience::People(agents) => {
                agents.iter().flat_map(|agent| of_people(&self.people, agent)).collect()
            }
            Audience::StaffBut(but) => {
                let others = self.people.iter().filter(|(agent, _)| *agent != but);
                others.flat_map(|(_, streams)| streams.iter().copied()).collect()
            }
            Audience::Customer(conversation) => self.customers.get(conversation).cloned().unwrap_or_default(),
            Audience::Wall(watcher) => self.walls.streams_of(watcher),
        }
    }

    /// Gives a stream a frame; a reader who left or has too many waiting is disconnected.
    fn push(&mut self, id: u64, bytes: Bytes) {
        let Some(stream) = self.streams.get_mut(&id) else { return };
        let waiting = stream.frames.max_capacity() - stream.frames.capacity();
        if !stream.sizes.add(waiting, bytes.len()) || stream.frames.try_send(bytes).is_err() {
            self.forget(id);
        }
    }

    fn forget(&mut self, id: u64) {
        let Some(stream) = self.streams.remove(&id) else { return };
        match stream.reader {
            Reader::Person { agent, .. } => remove_listener(&mut self.people, &agent, id),
            Reader::Wall { watcher, .. } => {
                self.walls.remove_stream(&watcher, id, self.parts.clock.now());
            }
            Reader::Customer(conversation) => {
                remove_listener(&mut self.customers, &conversation, id);
                if !self.customers.contains_key(&conversation) {
                    self.told.remove(&conversation);
                }
            }
        }
    }

    fn subscribe(&mut self, reader: Reader, after: Option<&str>, frames: mpsc::Sender<Bytes>) {
        let hello = json!({ "build": self.parts.build, "now": self.parts.clock.now() });
        if frames.try_send(event("hello", None, &hello)).is_err() {
            return;
        }
        let after = match after {
            None => Some(self.tail),
            Some(text) => parse_cursor(&self.boot, text),
        };
        let reserved = self.reserved.load(Ordering::SeqCst);
        match after.filter(|after| *after <= reserved) {
            Some(after) if after > self.tail => self.early.push((after, reader, frames)),
            Some(after) => self.resume(reader, after, frames),
            None => drop(frames.try_send(restart(0))),
        }
    }

    /// Sends what a reader missed and keeps their stream, or tells them to start again.
    fn resume(&mut self, reader: Reader, after: u64, frames: mpsc::Sender<Bytes>) {
        if after > self.tail {
            self.early.push((after, reader, frames));
            return;
        }
        let Some(kept) = self.kept.after(after) else {
            return drop(frames.try_send(restart(0)));
        };
        let mut missed = kept.filter(|frame| may_see(&reader, &frame.audience));
        if missed.any(|frame| frames.try_send(frame.bytes.clone()).is_err()) {
            return;
        }
        if let Reader::Wall { watcher, .. } = &reader {
            let Some(rows) = self.walls.resume(watcher, after) else {
                return drop(frames.try_send(restart(0)));
            };
            if frames.try_send(event("wall", None, &rows)).is_err() {
                return;
            }
        }
        let beat = self.heartbeat();
        if frames.try_send(beat).is_err() {
            return;
        }
        let id = self.next_stream;
        self.next_stream += 1;
        match &reader {
            Reader::Person { agent, .. } => self.people.entry(*agent).or_default().push(id),
            Reader::Wall { watcher, .. } => self.walls.add_stream(watcher, id),
            Reader::Customer(conversation) => {
                self.customers.entry(*conversation).or_default().push(id);
                self.told.remove(conversation);
                self.lines_changed = true;
            }
        }
        self.streams.insert(id, Stream { reader, frames, sizes: Sizes::default() });
    }

    fn heartbeat(&self) -> Bytes {
        let beat = json!({ "head": cursor(&self.boot, self.tail), "now": self.parts.clock.now() });
        event("heartbeat", None, &beat)
    }

    /// Sends what is due by the clock.
    fn keep_time(&mut self) {
        let now = self.parts.clock.now();
        let over = self.walls.take_over(now);
        if !over.is_empty() {
            self.close(|reader| matches!(reader, Reader::Wall { watcher, .. } if over.contains(watcher)));
        }
        let told = self.walls.tell(now);
        self.send_walls(told);
        if now >= self.heartbeat_at {
            self.heartbeat_at = now.plus(HEARTBEAT_EVERY);
            let beat = self.heartbeat();
            let everyone: Vec<u64> = self.streams.keys().copied().collect();
            everyone.into_iter().for_each(|id| self.push(id, beat.clone()));
            if let Err(error) = self.reassure(now) {
                tracing::warn!(error = %crate::telemetry::chain(&error), "who waits could not be read");
            }
            // A cursor that was reserved but never committed is not going to come.
            for (_, _, frames) in std::mem::take(&mut self.early) {
                drop(frames.try_send(restart(0)));
            }
        }
        if self.lines_changed && now >= self.line_at {
            self.line_at = now.plus(LINE_EVERY);
            self.lines_changed = false;
            if let Err(error) = self.tell_places(now) {
                tracing::warn!(error = %crate::telemetry::chain(&error), "places in line could not be read");
            }
        }
    }

    /// Tells each customer who has waited on for as long as the policy says that they are not forgotten.
    fn reassure(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let mut due = Vec::new();
        {
            let reading = self.parts.store.read()?;
            let policies = reading.policies()?;
            self.reassured.retain(|conversation, _| self.customers.contains_key(conversation));
            for conversation in self.customers.keys() {
                let waits = reading.conversation(*conversation)?.filter(|found| found.waiting().is_some());
                let Some(found) = waits else {
                    self.reassured.remove(conversation);
                    continue;
                };
                let every = policies.holding(found.queue, found.channel).notice_secs;
                let last = *self.reassured.entry(*conversation).or_insert(now);
                if every > 0 && now.since(last).as_secs() >= u64::from(every) {
                    due.push(*conversation);
                }
            }
        }
        for conversation in due {
            self.reassured.insert(conversation, now);
            let notice =
                event("notice", None, &json!({ "text": "You are still in line. Thank you for waiting" }));
            for stream in self.listening(&Audience::Customer(conversation)) {
                self.push(stream, notice.clone());
            }
        }
        Ok(())
    }

    /// Tells each waiting customer who listens their place, where it changed.
    fn tell_places(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let mut places = Vec::new();
        {
            let reading = self.parts.store.read()?;
            for conversation in self.customers.keys() {
                if let Some(Phase::Waiting { position, wait_secs, .. }) = reading.phase(*conversation, now)? {
                    places.push((*conversation, (position, wait_secs)));
                }
            }
        }
        for (conversation, place) in places {
            if self.told.insert(conversation, place) == Some(place) {
                continue;
            }
            let line = event("line", None, &json!({ "position": place.0, "wait_secs": place.1 }));
            for stream in self.listening(&Audience::Customer(conversation)) {
                self.push(stream, line.clone());
            }
        }
        Ok(())
    }

    fn typing(&mut self, conversation: ConversationId, actor: Actor) {
        let told = match actor {
            Actor::Customer(_) => self.tell_owner_of_typing(conversation),
            Actor::Person(agent) => self.tell_customer_of_typing(conversation, agent),
            Actor::External(_) | Actor::Visitor | Actor::System => Ok(()),
        };
        if let Err(error) = told {
            tracing::warn!(error = %crate::telemetry::chain(&error), "typing could not be shown");
        }
    }

    /// Says that a list of scheduled reports is to be fetched anew, and not whose: the list is of what its reader may see.
    fn tell_walls_of_schedules(&mut self) {
        let bytes = event("schedules", None, &json!({}));
        let walls = self.streams.iter().filter(|(_, stream)| matches!(stream.reader, Reader::Wall { .. }));
        let walls: Vec<u64> = walls.map(|(id, _)| *id).collect();
        walls.into_iter().for_each(|stream| self.push(stream, bytes.clone()));
    }

    fn tell_owner_of_typing(&mut self, conversation: ConversationId) -> Result<(), StoreError> {
        let open = self.parts.store.read()?.conversation(conversation)?;
        if let Some(Owner::Agent(agent)) = open.and_then(|open| open.owner()) {
            let bytes = event("typing", None, &json!({ "conversation": conversation }));
            for stream in self.listening(&Audience::People(vec![agent])) {
                self.push(stream, bytes.clone());
            }
        }
        Ok(())
    }

    fn tell_customer_of_typing(
        &mut self,
        conversation: ConversationId,
        agent: AgentId,
    ) -> Result<(), StoreError> {
        let Some(me) = self.parts.store.read()?.me(agent)? else { return Ok(()) };
        let bytes = event("typing", None, &json!({ "name": me.name }));
        for stream in self.listening(&Audience::Customer(conversation)) {
            self.push(stream, bytes.clone());
        }
        Ok(())
    }

    fn close(&mut self, closed: impl Fn(&Reader) -> bool) {
        self.early.retain(|(_, reader, _)| !closed(reader));
        let ids: Vec<u64> =
            self.streams.iter().filter(|(_, stream)| closed(&stream.reader)).map(|(id, _)| *id).collect();
        let count = ids.len() as u64;
        for (place, id) in (0..).zip(ids) {
            self.push(id, restart(RESTARTED.after_ms(place, count)));
            self.forget(id);
        }
    }

    /// Takes what was committed for the walls that are watched.
    fn publish_to_walls(&mut self, published: &[Published], reading: &dyn Reading) {
        let mut outcome = Outcome::GoOn;
        for one in published {
            match self.walls.take(one, reading) {
                Ok(Outcome::GoOn) => {}
                Ok(Outcome::BeginAnew) => outcome = Outcome::BeginAnew,
                Err(error) => {
                    tracing::warn!(error = %crate::telemetry::chain(&error), "walls could not be kept up to date");
                    self.walls.clear();
                    return self.restart_walls();
                }
            }
        }
        if outcome == Outcome::BeginAnew {
            self.walls.begin_anew();
            self.restart_walls();
        }
    }

    fn show_wall(&mut self, watcher: Watcher) -> Option<(Wall, u64)> {
        let (store, now) = (self.parts.store.clone(), self.parts.clock.now());
        // What they are told next is what changed since; without this it would be what changed since they were told last.
        if self.walls.knows(&watcher) {
            let told = self.walls.tell_now(now);
            self.send_walls(told);
        }
        match self.walls.show(watcher, self.tail, now, store.as_ref()) {
            Ok(wall) => Some((wall, self.tail)),
            Err(error) => {
                tracing::warn!(error = %crate::telemetry::chain(&error), "a wall could not be read");
                None
            }
        }
    }

    fn send_walls(&mut self, told: Vec<(Watcher, Vec<WallEvent>)>) {
        for (watcher, events) in told {
            self.send(self.tail, Audience::Wall(watcher), &Sent::Wall(events));
        }
    }

    fn restart_walls(&mut self) {
        self.close(|reader| matches!(reader, Reader::Wall { .. }));
    }

    fn restart_staff(&mut self, seq: u64) {
        self.close(|reader| matches!(reader, Reader::Person { .. }));
        self.kept.begin(seq);
    }

    fn restart_everyone(&mut self, seq: u64) {
        self.close(|_| true);
        self.kept.begin(seq);
    }

    /// Ends every stream, each with another time after which to come again.
    fn stop(&mut self) {
        let count = self.streams.len() as u64;
        for (place, stream) in (0..).zip(self.streams.values()) {
            let after_ms = STOPPED.after_ms(place, count);
            drop(stream.frames.try_send(match stream.reader {
                // A browser that reads the stream itself keeps `retry` from the page.
                Reader::Person { .. } | Reader::Wall { .. } => {
                    event("stopping", None, &json!({ "after_ms": after_ms }))
                }
                Reader::Customer(_) => Bytes::from(format!("retry: {after_ms}\n\n")),
            }));
        }
        self.streams.clear();
    }
}

fn restart(after_ms: u64) -> Bytes {
    event("restart", None, &json!({ "after_ms": after_ms }))
}

pub(super) fn remove_listener<Id: Ord>(listeners: &mut BTreeMap<Id, Vec<u64>>, of: &Id, id: u64) {
    if let Some(streams) = listeners.get_mut(of) {
        streams.retain(|stream| *stream != id);
        if streams.is_empty() {
            listeners.remove(of);
        }
    }
}

fn may_see(reader: &Reader, audience: &Audience) -> bool {
    match (reader, audience) {
        (Reader::Person { agent, .. }, Audience::People(agents)) => agents.contains(agent),
        (Reader::Person { agent, .. }, Audience::StaffBut(but)) => agent != but,
        (Reader::Customer(own), Audience::Customer(conversation)) => own == conversation,
        (Reader::Wall { watcher, .. }, Audience::Wall(of)) => watcher == of,
        (Reader::Person { .. }, Audience::Customer(_) | Audience::Wall(_))
        | (Reader::Wall { .. }, Audience::People(_) | Audience::StaffBut(_) | Audience::Customer(_))
        | (Reader::Customer(_), Audience::People(_) | Audience::StaffBut(_) | Audience::Wall(_)) => false,
    }
}

/// Says whether someone's place in a line may have changed.
fn moves_lines(what: &What) -> bool {
    match what {
        What::Happened(event) => matches!(
            event,
            Event::ConversationOpened { .. } | Event::OwnerChanged { .. } | Event::ConversationClosed { .. }
        ),
        What::Read(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_for_a_reader_is_bounded_in_bytes_too() {
        let mut sizes = Sizes::default();
        let half = BYTES_WAITING_MAX / 2;
        assert!(sizes.add(0, half) && sizes.add(1, half));
        assert!(!sizes.add(2, 1), "nothing was taken");
        assert!(sizes.add(1, half), "the first was taken");
        assert!(sizes.add(0, BYTES_WAITING_MAX * 2), "a single frame may be larger");
        assert!(!sizes.add(1, 1));
        assert!(sizes.add(0, 1));
    }
}
