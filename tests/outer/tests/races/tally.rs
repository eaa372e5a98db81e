//! Who won how often.

use std::fmt;

use anyhow::ensure;

/// Of a hundred rounds each contender wins at least so many.
const PERCENT_MIN: u64 = 1;

/// Of how many contenders each is named.
const NAMED_MAX: usize = 4;

/// How often each contender won.
#[derive(Clone, Debug)]
pub struct Tally {
    wins: Vec<(String, u64)>,
}

impl Tally {
    /// Nobody has won so far.
    pub fn of(contenders: impl IntoIterator<Item = String>) -> Self {
        Self { wins: contenders.into_iter().map(|contender| (contender, 0)).collect() }
    }

    /// Counts a win of the contender with this number.
    pub fn won(&mut self, contender: usize) {
        self.wins[contender].1 += 1;
    }

    /// Fails if a contender won too seldom, of so many rounds in which it could win.
    pub fn check(&self, rounds: u64) -> anyhow::Result<()> {
        for (contender, wins) in &self.wins {
            ensure!(wins * 100 >= rounds * PERCENT_MIN, "{contender} won {wins} of {rounds} rounds: {self}");
        }
        Ok(())
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (least, most) =
            (self.wins.iter().map(|(_, wins)| wins).min(), self.wins.iter().map(|(_, wins)| wins).max());
        if let (Some(least), Some(most), true) = (least, most, self.wins.len() > NAMED_MAX) {
            return write!(f, "each of {} won {least} to {most}", self.wins.len());
        }
        let wins: Vec<String> =
            self.wins.iter().map(|(contender, wins)| format!("{contender} {wins}")).collect();
        f.write_str(&wins.join(", "))
    }
}
