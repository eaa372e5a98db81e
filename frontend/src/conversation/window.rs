//! Which rows of a long list are worth having in the page.
//!
//! Each row has a height: estimated until it was on screen, measured from then on.
//! Sums of heights come from a Fenwick tree, so that finding a row and moving one cost O(log n).

use core::ops::Range;

/// At most so many rows are in the page at once, however low they are.
pub const ROWS_MAX: usize = 70;

/// The heights of rows, in pixels.
#[derive(Clone, Debug, Default)]
pub struct Heights {
    heights: Vec<f64>,
    /// A Fenwick tree: `sums[i]` is the sum of the heights of a block that ends with row `i`.
    sums: Vec<f64>,
}

impl Heights {
    /// Returns how many rows there are.
    pub fn len(&self) -> usize {
        self.heights.len()
    }

    /// Says whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.heights.is_empty()
    }

    /// Adds a row at the end.
    pub fn push(&mut self, height: f64) {
        let end = self.heights.len() + 1;
        let block = end & end.wrapping_neg();
        let before: f64 = self.before(end - 1) - self.before(end - block);
        self.heights.push(height);
        self.sums.push(before + height);
    }

    /// Drops the rows from a place on.
    pub fn truncate(&mut self, len: usize) {
        self.heights.truncate(len);
        self.sums.truncate(len);
    }

    /// Gives a row another height and returns by how much it grew.
    pub fn set(&mut self, row: usize, height: f64) -> f64 {
        let Some(known) = self.heights.get_mut(row) else { return 0.0 };
        let grown = height - *known;
        *known = height;
        let mut end = row + 1;
        while end <= self.sums.len() {
            self.sums[end - 1] += grown;
            end += end & end.wrapping_neg();
        }
        grown
    }

    /// Returns the height of all rows before a place.
    pub fn before(&self, row: usize) -> f64 {
        let mut end = row.min(self.sums.len());
        let mut sum = 0.0;
        while end > 0 {
            sum += self.sums[end - 1];
            end &= end - 1;
        }
        sum
    }

    /// Returns the height of all rows.
    pub fn total(&self) -> f64 {
        self.before(self.len())
    }

    /// Returns the row at a distance from the top; the last one beyond the end.
    pub fn row_at(&self, distance: f64) -> usize {
        let mut step = self.sums.len().checked_ilog2().map_or(0, |bits| 1 << bits);
        let (mut row, mut left) = (0, distance);
        while step > 0 {
            if row + step <= self.sums.len() && self.sums[row + step - 1] <= left {
                row += step;
                left -= self.sums[row - 1];
            }
            step /= 2;
        }
        row.min(self.len().saturating_sub(1))
    }

    /// Returns the rows that touch a viewport, and some more on either side.
    pub fn window(&self, top: f64, viewport: f64, beyond: f64) -> Range<usize> {
        if self.is_empty() {
            return 0..0;
        }
        let first = self.row_at((top - beyond).max(0.0));
        let end = (self.row_at(top + viewport + beyond) + 1).min(first + ROWS_MAX);
        first..end
    }

    /// Returns the rows that touch a viewport at the very end, and some more above.
    pub fn last_window(&self, viewport: f64, beyond: f64) -> Range<usize> {
        let first = self.row_at((self.total() - viewport - beyond).max(0.0));
        first.max(self.len().saturating_sub(ROWS_MAX))..self.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heights(heights: &[f64]) -> Heights {
        let mut made = Heights::default();
        heights.iter().for_each(|height| made.push(*height));
        made
    }

    #[test]
    fn the_row_at_a_distance_is_the_one_that_covers_it() {
        let rows = heights(&[10.0, 20.0, 30.0, 40.0, 50.0]);
        let found: Vec<_> =
            [0.0, 9.9, 10.0, 29.9, 30.0, 60.0, 149.0, 999.0].iter().map(|at| rows.row_at(*at)).collect();
        assert_eq!(found, [0, 0, 1, 1, 2, 3, 4, 4]);
    }

    #[test]
    fn a_measured_height_moves_everything_below_it() {
        let mut rows = heights(&[10.0; 9]);
        assert!((rows.set(3, 25.0) - 15.0).abs() < 1e-9);
        let tops: Vec<_> = (0..=9).map(|row| rows.before(row)).collect();
        assert_eq!(tops, [0.0, 10.0, 20.0, 30.0, 55.0, 65.0, 75.0, 85.0, 95.0, 105.0]);
    }

    #[test]
    fn rows_that_were_dropped_leave_no_height_behind() {
        let mut rows = heights(&[10.0; 6]);
        rows.truncate(3);
        rows.push(5.0);
        rows.push(5.0);
        assert!((rows.total() - 40.0).abs() < 1e-9);
        assert_eq!(rows.row_at(36.0), 4);
    }

    #[test]
    fn the_window_over_ten_thousand_rows_is_small() {
        let rows = heights(&[24.0; 10_000]);
        let middle = rows.window(120_000.0, 900.0, 300.0);
        assert!(middle.contains(&5_000) && middle.len() <= ROWS_MAX, "{middle:?}");
        let last = rows.last_window(900.0, 300.0);
        assert!(last.end == 10_000 && last.len() <= ROWS_MAX, "{last:?}");
        assert_eq!(Heights::default().window(0.0, 900.0, 300.0), 0..0);
        assert_eq!(Heights::default().last_window(900.0, 300.0), 0..0);
    }
}
