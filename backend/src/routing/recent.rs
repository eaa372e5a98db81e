//! What was looked up last.

use std::sync::atomic::{AtomicU32, Ordering};

/// The place that was looked up last: events come in groups about the same thing, and then nothing has to be hashed.
///
/// It is only ever a guess that is checked, so that it does not matter who writes it when.
#[derive(Debug, Default)]
pub(super) struct Recent(AtomicU32);

impl Recent {
    pub(super) fn get(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn set(&self, place: u32) {
        self.0.store(place, Ordering::Relaxed);
    }
}

impl Clone for Recent {
    fn clone(&self) -> Self {
        Self(AtomicU32::new(self.get()))
    }
}
