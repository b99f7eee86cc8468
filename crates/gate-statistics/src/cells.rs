//! What was measured, second by second.

use crate::grid;
use std::collections::BTreeMap;

/// More cells than this in a run are put together in pairs: an hour needs no finer grain than five seconds, and memory
/// does not grow with the length of the run.
const MAX_CELLS: usize = 1024;

/// Fewer cells than this, on either side, do not say how much they vary.
pub const FEWEST_CELLS: usize = 10;

/// One operation in one second of a run (or a few seconds, of a long one; or a block of an interleaved comparison).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cell {
    /// Its length, in seconds.
    length_s: f64,
    /// How long its arrivals take at the planned rate, in seconds.
    offered_s: f64,
    /// Calls that succeeded.
    ok: u64,
    /// Calls that failed or timed out.
    errors: u64,
    /// Response times of the calls that succeeded: bin and count.
    bins: BTreeMap<u16, u64>,
}

impl Cell {
    /// A cell of some length, in seconds, without calls. A length that is no positive number counts as none.
    pub fn new(length_s: f64) -> Self {
        let length_s = if length_s.is_finite() { length_s.max(0.0) } else { 0.0 };
        Self {
            length_s,
            offered_s: length_s,
            ..Self::default()
        }
    }

    /// With so many arrivals, where the plan is so many a second: throughput is then what became of these arrivals, and how
    /// many a random process made of the plan says nothing.
    #[must_use]
    pub fn offering(mut self, arrivals: u64, planned_per_s: f64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "no run has 2^53 calls")]
        let offered_s = arrivals as f64 / planned_per_s;
        if offered_s.is_finite() {
            self.offered_s = offered_s.max(0.0);
        }
        self
    }

    /// Adds calls that succeeded, with their response time in microseconds.
    pub fn succeed(&mut self, response_us: u64, calls: u64) {
        self.ok = self.ok.saturating_add(calls);
        let count = self.bins.entry(grid::bin(response_us)).or_default();
        *count = count.saturating_add(calls);
    }

    /// Adds calls that failed.
    pub fn fail(&mut self, calls: u64) {
        self.errors = self.errors.saturating_add(calls);
    }

    /// Adds the calls of another cell, and its time.
    pub fn absorb(&mut self, other: &Self) {
        self.length_s += other.length_s;
        self.offered_s += other.offered_s;
        self.ok = self.ok.saturating_add(other.ok);
        self.errors = self.errors.saturating_add(other.errors);
        for (bin, calls) in &other.bins {
            let count = self.bins.entry(*bin).or_default();
            *count = count.saturating_add(*calls);
        }
    }

    /// As long and with as many arrivals, without any call.
    fn silent(&self) -> Self {
        Self {
            length_s: self.length_s,
            offered_s: self.offered_s,
            ..Self::default()
        }
    }

    /// Its length, in seconds.
    pub fn length_s(&self) -> f64 {
        self.length_s
    }

    pub(crate) fn offered_s(&self) -> f64 {
        self.offered_s
    }

    #[expect(clippy::cast_precision_loss, reason = "no run has 2^53 calls")]
    pub(crate) fn ok(&self) -> f64 {
        self.ok as f64
    }

    #[expect(clippy::cast_precision_loss, reason = "no run has 2^53 calls")]
    pub(crate) fn errors(&self) -> f64 {
        self.errors as f64
    }

    pub(crate) fn bins(&self) -> impl Iterator<Item = (u16, u64)> {
        self.bins.iter().map(|(bin, count)| (*bin, *count))
    }
}

/// One operation in one run: its cells in order, at most `MAX_CELLS` of them.
#[derive(Debug, Clone, Default)]
pub struct Series {
    cells: Vec<Cell>,
    /// How many of what was pushed make one cell.
    grain: usize,
    /// How many went into the last one.
    filled: usize,
}

impl Series {
    /// Adds the next second.
    pub fn push(&mut self, cell: &Cell) {
        self.grain = self.grain.max(1);
        match self.cells.last_mut() {
            Some(last) if self.filled < self.grain => {
                last.absorb(cell);
                self.filled += 1;
            }
            _ => {
                self.cells.push(cell.clone());
                self.filled = 1;
            }
        }
        if self.cells.len() > MAX_CELLS {
            self.halve();
        }
    }

    /// Adds a piece of a second that is too short to stand alone to the one before it.
    pub fn extend(&mut self, piece: &Cell) {
        match self.cells.last_mut() {
            Some(last) => last.absorb(piece),
            None => self.push(piece),
        }
    }

    /// Adds calls to the last second, such as those that were answered after the last arrival was due.
    pub fn append(&mut self, calls: &Cell) {
        if let Some(last) = self.cells.last_mut() {
            let (length_s, offered_s) = (last.length_s, last.offered_s);
            last.absorb(calls);
            (last.length_s, last.offered_s) = (length_s, offered_s);
        }
    }

    fn halve(&mut self) {
        let pairs = self.cells.chunks(2).map(|pair| {
            let mut sum = pair[0].clone();
            pair[1..].iter().for_each(|other| sum.absorb(other));
            sum
        });
        let halved: Vec<Cell> = pairs.collect();
        // Their number is odd: the last one has only begun to be filled and stands alone.
        self.cells = halved;
        self.grain *= 2;
    }

    /// The cells.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// As many cells of the same length, without any call.
    #[must_use]
    pub fn silent(&self) -> Self {
        Self {
            cells: self.cells.iter().map(Cell::silent).collect(),
            ..*self
        }
    }

    /// The calls of all cells, those that failed included.
    pub fn calls(&self) -> u64 {
        let calls = self.cells.iter().map(|cell| cell.ok.saturating_add(cell.errors));
        calls.fold(0, u64::saturating_add)
    }

    /// The time of all cells, in seconds.
    pub fn length_s(&self) -> f64 {
        self.cells.iter().map(Cell::length_s).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_series_loses_no_call_and_no_time() {
        let mut series = Series::default();
        for second in 0..5000_u64 {
            let mut cell = Cell::new(1.0);
            cell.succeed(1000 + second, 3);
            cell.fail(1);
            series.push(&cell);
        }
        let cells = series.cells();
        assert!(
            cells.len() <= MAX_CELLS && cells.len() > MAX_CELLS / 2,
            "{}",
            cells.len()
        );
        assert_eq!(cells.iter().map(|cell| cell.ok).sum::<u64>(), 15_000);
        assert_eq!(cells.iter().map(|cell| cell.errors).sum::<u64>(), 5_000);
        assert!((series.length_s() - 5000.0).abs() < 1e-6);
        let full = &cells[..cells.len() - 1];
        assert!(full.iter().all(|cell| (cell.length_s - full[0].length_s).abs() < 1e-6));
    }

    #[test]
    fn calls_after_the_end_take_no_time() {
        let mut series = Series::default();
        series.append(&Cell::new(1.0));
        assert_eq!(series.cells(), []);
        series.push(&Cell::new(1.0));
        let mut late = Cell::new(0.5);
        late.succeed(7, 2);
        series.append(&late);
        assert_eq!((series.cells()[0].ok, series.length_s()), (2, 1.0));
    }
}
