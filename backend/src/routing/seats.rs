//! One seat for each agent: what they hold, and where they stand.
//!
//! A seat is found by the number that the register of agents gives its agent, so that an event about someone looks them up
//! once and finds everything that routing knows of them in one place.

use std::ops::{Index, IndexMut};

use baton_shared::*;
use prefetch_index::prefetch_index;

use super::RoutingState;
use super::capacity::Load;
use super::line::Standing;

/// A seat's number: that of its agent in the register of agents.
pub(super) type SeatId = u32;

/// What is computed for one agent, in as few lines of the processor's memory as it takes.
#[repr(align(64))]
#[derive(Clone, Debug, Default)]
pub(super) struct Seat {
    pub(super) load: Load,
    pub(super) standing: Standing,
}

/// Every seat.
#[derive(Clone, Debug, Default)]
pub(super) struct Seats(Vec<Seat>);

impl Seats {
    /// Makes seats until there are so many.
    pub(super) fn grow(&mut self, many: usize) {
        if self.0.len() < many {
            self.0.resize_with(many, Seat::default);
        }
    }

    /// Asks for the memory of a seat that is looked at soon.
    pub(super) fn prefetch(&self, seat: SeatId) {
        prefetch_index(&self.0, seat as usize);
        if let Some(Seat { standing, .. }) = self.0.get(seat as usize) {
            prefetch_index(std::slice::from_ref(standing), 0);
        }
    }
}

impl Index<SeatId> for Seats {
    type Output = Seat;

    fn index(&self, seat: SeatId) -> &Seat {
        &self.0[seat as usize]
    }
}

impl IndexMut<SeatId> for Seats {
    fn index_mut(&mut self, seat: SeatId) -> &mut Seat {
        &mut self.0[seat as usize]
    }
}

impl RoutingState {
    /// Returns an agent's seat.
    pub(super) fn seat_of(&self, agent: AgentId) -> Option<&Seat> {
        self.agents.number(&agent).map(|seat| &self.index.seats[seat])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_four_lines_of_memory() {
        assert_eq!(size_of::<Seat>(), 4 * 64);
    }
}
