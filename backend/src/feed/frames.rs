//! The wire form of a stream. Source: HTML Living Standard, section 9.2, "Server-sent events".

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;

use super::audience::Audience;

/// How many frames are kept for readers who come back.
const FRAMES_KEPT_MAX: usize = 32_768;

/// How many bytes of frames are kept for readers who come back.
const BYTES_KEPT_MAX: usize = 32 * 1024 * 1024;

/// Returns the text of a cursor: which start of the server, and which event since.
pub(super) fn cursor(boot: &str, seq: u64) -> String {
    format!("{boot}-{seq}")
}

/// Reads a cursor of this start of the server.
pub(super) fn parse_cursor(boot: &str, text: &str) -> Option<u64> {
    text.strip_prefix(boot)?.strip_prefix('-')?.parse().ok()
}

/// Writes an event; JSON text holds no line break, so data cannot pose as another field.
pub(super) fn event(name: &str, id: Option<&str>, data: &impl Serialize) -> Bytes {
    let json = serde_json::to_string(data).expect("what is sent holds nothing that JSON cannot write");
    let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
    Bytes::from(format!("{id}event: {name}\ndata: {json}\n\n"))
}

/// A frame with its place on the streams and who may see it.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) seq: u64,
    pub(super) audience: Arc<Audience>,
    pub(super) bytes: Bytes,
}

/// The last frames, for readers who come back.
#[derive(Debug, Default)]
pub(super) struct Kept {
    frames: VecDeque<Frame>,
    bytes: usize,
    /// Every frame with a number above this one is here.
    complete_after: u64,
}

impl Kept {
    pub(super) fn begin(&mut self, head: u64) {
        *self = Self { complete_after: head, ..Self::default() };
    }

    pub(super) fn push(&mut self, frame: Frame) {
        self.bytes += frame.bytes.len();
        self.frames.push_back(frame);
        while self.frames.len() > FRAMES_KEPT_MAX || self.bytes > BYTES_KEPT_MAX {
            let Some(dropped) = self.frames.pop_front() else { return };
            self.bytes -= dropped.bytes.len();
            self.complete_after = self.complete_after.max(dropped.seq);
        }
    }

    /// Returns the frames after `seq`, or nothing if some of them are gone.
    pub(super) fn after(&self, seq: u64) -> Option<impl Iterator<Item = &Frame>> {
        if seq < self.complete_after {
            return None;
        }
        let first = self.frames.partition_point(|frame| frame.seq <= seq);
        Some(self.frames.range(first..))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(seq: u64) -> Frame {
        Frame { seq, audience: Arc::new(Audience::People(Vec::new())), bytes: Bytes::from_static(b"x") }
    }

    #[test]
    fn frames_come_back_from_every_cut_point_that_is_kept() {
        let mut kept = Kept::default();
        kept.begin(10);
        (11..=20).for_each(|seq| kept.push(frame(seq)));
        for cut in 10..=20 {
            let after: Vec<u64> = kept.after(cut).unwrap().map(|frame| frame.seq).collect();
            assert_eq!(after, (cut + 1..=20).collect::<Vec<_>>());
        }
        assert!(kept.after(9).is_none());
    }

    #[test]
    fn a_cut_point_whose_frames_were_dropped_is_refused() {
        let mut kept = Kept::default();
        (1..=FRAMES_KEPT_MAX as u64 + 5).for_each(|seq| kept.push(frame(seq)));
        assert!(kept.after(4).is_none());
        assert!(kept.after(5).is_some());
    }

    #[test]
    fn a_cursor_of_another_start_is_not_read() {
        assert_eq!(parse_cursor("ab", &cursor("ab", 7)), Some(7));
        assert_eq!(parse_cursor("ab", &cursor("ac", 7)), None);
        assert_eq!(parse_cursor("ab", "ab-"), None);
        assert_eq!(parse_cursor("ab", "ab--7"), None);
    }

    #[test]
    fn data_with_line_breaks_stays_one_field() {
        let bytes = event("desk", Some("c-1"), &"a\nid: forged\r\n\nevent: x");
        let text = std::str::from_utf8(&bytes).unwrap();
        assert_eq!(text.lines().count(), 4, "id, event, data, and the empty line: {text:?}");
    }
}
