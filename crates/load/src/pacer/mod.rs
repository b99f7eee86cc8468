//! When arrivals are due: a pure function of time and count. No clock runs here.
//!
//! A [`Schedule`] says how many arrivals are expected up to a time; its inverse says when the n-th is due.
//! A constant process takes whole counts, a Poisson process takes the running sum of exponential gaps:
//! by the time-rescaling theorem that makes a Poisson process of whatever rate the schedule has at each moment.

mod crowd;
mod stage;

pub use crowd::Crowd;
pub use stage::{Stage, Users};

use proofload_deployment::units::{Level, Rate, Shard};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use std::time::Duration;

/// How the rate goes over the run: linear pieces, one after the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Piece {
    /// Seconds since the start of the run.
    from_s: f64,
    lasts_s: f64,
    /// Arrivals per second at its beginning and at its end.
    rate_from: f64,
    rate_to: f64,
    /// Arrivals expected before it.
    before: f64,
}

impl Schedule {
    /// One rate all the time.
    pub fn constant(rate: Rate, lasts: Duration) -> Self {
        Self::staged(rate.into(), &[Stage::Hold { lasts }])
    }

    /// A rate to begin with, and stages that change it.
    pub fn staged(begin: Level, stages: &[Stage]) -> Self {
        let mut schedule = Self { pieces: Vec::new() };
        let mut rate = begin.get();
        for stage in stages {
            let lasts = stage.lasts().as_secs_f64();
            match stage {
                Stage::Ramp { to, .. } => {
                    schedule.push(lasts, rate, to.get());
                    rate = to.get();
                }
                Stage::Hold { .. } => schedule.push(lasts, rate, rate),
                Stage::Spike { to, .. } => schedule.push(lasts, to.get(), to.get()),
            }
        }
        schedule
    }

    /// The same schedule with every rate multiplied by `share`.
    #[must_use]
    pub fn scaled(&self, share: f64) -> Self {
        let scale = |piece: &Piece| Piece {
            rate_from: piece.rate_from * share,
            rate_to: piece.rate_to * share,
            before: piece.before * share,
            ..*piece
        };
        Self {
            pieces: self.pieces.iter().map(scale).collect(),
        }
    }

    fn push(&mut self, lasts_s: f64, rate_from: f64, rate_to: f64) {
        if lasts_s <= 0.0 {
            return;
        }
        let from_s = self.pieces.last().map_or(0.0, |last| last.from_s + last.lasts_s);
        let before = self.expected();
        self.pieces.push(Piece {
            from_s,
            lasts_s,
            rate_from,
            rate_to,
            before,
        });
    }

    /// How long all stages take together.
    pub fn duration(&self) -> Duration {
        let last = self.pieces.last();
        Duration::from_secs_f64(last.map_or(0.0, |last| last.from_s + last.lasts_s))
    }

    /// Arrivals expected over the whole run.
    pub fn expected(&self) -> f64 {
        self.pieces.last().map_or(0.0, |last| last.before + last.arrivals())
    }

    /// The highest rate of the run, in arrivals per second.
    pub fn peak_per_s(&self) -> f64 {
        let rates = self.pieces.iter().flat_map(|piece| [piece.rate_from, piece.rate_to]);
        rates.fold(0.0, f64::max)
    }

    /// When the `count`-th arrival is due, in nanoseconds since the start; `None` when that is after the end.
    fn due_ns(&self, count: f64, piece: &mut usize) -> Option<u64> {
        while let Some(current) = self.pieces.get(*piece) {
            if count < current.before + current.arrivals() {
                let due_s = current.from_s + current.when(count - current.before);
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "seconds of a run are small and positive"
                )]
                return Some((due_s * 1e9).round() as u64);
            }
            *piece += 1;
        }
        None
    }
}

impl Piece {
    fn arrivals(&self) -> f64 {
        f64::midpoint(self.rate_from, self.rate_to) * self.lasts_s
    }

    /// Seconds into the piece at which `count` arrivals were expected: the root of `rate t + slope t^2 / 2 = count`,
    /// written so that a slope of nearly 0 loses no digits.
    fn when(&self, count: f64) -> f64 {
        let slope = (self.rate_to - self.rate_from) / self.lasts_s;
        let root = self
            .rate_from
            .mul_add(self.rate_from, 2.0 * slope * count)
            .max(0.0)
            .sqrt();
        let denominator = self.rate_from + root;
        if denominator > 0.0 {
            (2.0 * count / denominator).min(self.lasts_s)
        } else {
            0.0
        }
    }
}

/// How arrivals are spread around the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Process {
    /// Evenly.
    Constant,
    /// At random, independent of each other, as many sources together arrive.
    Poisson {
        /// The same seed gives the same arrivals.
        seed: u64,
    },
}

/// An arrival: its number in the whole stream and when it is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// Counted over the whole stream, from 0.
    pub number: u64,
    /// Nanoseconds since the start of the run.
    pub due_ns: u64,
}

/// The arrivals of a schedule in order of time. However it is shared, the shares together are the same stream.
#[derive(Debug, Clone)]
pub struct Arrivals {
    schedule: Schedule,
    piece: usize,
    spread: Spread,
    next_number: u64,
    share: Shard,
}

#[derive(Debug, Clone)]
enum Spread {
    Even,
    Random { rng: Xoshiro256PlusPlus, count: f64 },
}

impl Arrivals {
    /// The share of the arrivals of `schedule` under `process`.
    pub fn new(schedule: Schedule, process: Process, share: Shard) -> Self {
        Self {
            schedule,
            piece: 0,
            spread: match process {
                Process::Constant => Spread::Even,
                Process::Poisson { seed } => Spread::Random {
                    rng: Xoshiro256PlusPlus::seed_from_u64(seed),
                    count: 0.0,
                },
            },
            next_number: 0,
            share,
        }
    }

    /// The count at which the arrival with the next number is due.
    fn next_count(&mut self) -> f64 {
        match &mut self.spread {
            #[expect(clippy::cast_precision_loss, reason = "2^53 arrivals are never reached")]
            Spread::Even => self.next_number as f64,
            Spread::Random { rng, count } => {
                let uniform: f64 = rng.random();
                *count -= (1.0 - uniform).ln();
                *count
            }
        }
    }
}

impl Iterator for Arrivals {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        if matches!(self.spread, Spread::Even) {
            // Numbers of other shares cost nothing when the spread is even.
            let ahead = (self.share.index + self.share.of - self.next_number % self.share.of) % self.share.of;
            self.next_number += ahead;
        }
        loop {
            let count = self.next_count();
            let number = self.next_number;
            self.next_number += 1;
            if number % self.share.of == self.share.index {
                let due_ns = self.schedule.due_ns(count, &mut self.piece)?;
                return Some(Arrival { number, due_ns });
            }
            if count >= self.schedule.expected() {
                return None;
            }
        }
    }
}

#[cfg(test)]
#[expect(
    clippy::cast_precision_loss,
    reason = "counts and times of a test are far below 2^53"
)]
mod tests;
