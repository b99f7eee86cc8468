//! Runs whose truth is known.

use proofload_gate_statistics::{Cell, Series};
use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;

/// Median response time without anything in the way, in microseconds.
const MEDIAN_US: f64 = 50_000.0;

/// The shape of the response times within a second.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    /// Log-normal, with this deviation of the logarithm.
    LogNormal(f64),
    /// Four in five around the median, one in five around four times as much.
    Bimodal,
    /// Log-normal, and one in fifty from a Pareto tail of index 1.5: finite mean, infinite variance.
    HeavyTail,
}

/// What a build does to the response times.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Build {
    /// All are so many times as long.
    Slower(f64),
    /// This share of them is twice as long.
    SlowTail(f64),
}

impl Build {
    /// The one that everything is compared with.
    pub(crate) const SAME: Self = Self::Slower(1.0);

    fn of(self, us: f64, rng: &mut Xoshiro256PlusPlus) -> f64 {
        match self {
            Self::Slower(factor) => us * factor,
            Self::SlowTail(share) => us * if rng.random_bool(share) { 2.0 } else { 1.0 },
        }
    }
}

/// How one run comes about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct World {
    pub(crate) shape: Shape,
    pub(crate) seconds: usize,
    /// Calls per second, as a Poisson process.
    pub(crate) rate: f64,
    /// The machine's speed from second to second: deviation of its logarithm, and how much of it the next second keeps.
    pub(crate) wobble: (f64, f64),
    /// Pauses of 200 ms like a garbage collector's, so many a second.
    pub(crate) pauses: f64,
    /// Deviation of the logarithm of the speed between the beginning and the end of a run.
    pub(crate) drift: f64,
    /// Deviation of the logarithm of the speed between runs.
    pub(crate) between: f64,
    /// Share of calls that fail.
    pub(crate) errors: f64,
    /// Failures come in seconds of trouble, in which this share fails.
    pub(crate) burst: f64,
}

impl World {
    /// A run of a build.
    pub(crate) fn run(&self, build: Build, rng: &mut Xoshiro256PlusPlus) -> Series {
        let mut series = Series::default();
        let offset = self.between * normal(rng);
        let slope = self.drift * normal(rng);
        let mut wobble = self.wobble.0 * normal(rng);
        for second in 0..self.seconds {
            let at = as_f64(second) / as_f64(self.seconds);
            let cell = self.second(build, (offset + slope * at + wobble).exp(), rng);
            wobble = self.next(wobble, rng);
            series.push(&cell);
        }
        series
    }

    /// Both sides of an interleaved comparison: blocks of one second in turns, on the same machine.
    pub(crate) fn interleaved(&self, candidate: Build, rng: &mut Xoshiro256PlusPlus) -> [Series; 2] {
        let mut sides = [Series::default(), Series::default()];
        let slope = self.drift * normal(rng);
        let mut wobble = self.wobble.0 * normal(rng);
        for pair in 0..self.seconds {
            let first = usize::from(rng.random_bool(0.5));
            for (turn, side) in [first, 1 - first].into_iter().enumerate() {
                let at = (as_f64(pair) + 0.5 * as_f64(turn)) / as_f64(self.seconds);
                let build = if side == 1 { candidate } else { Build::SAME };
                sides[side].push(&self.second(build, (slope * at + wobble).exp(), rng));
                wobble = self.next(wobble, rng);
            }
        }
        sides
    }

    fn next(&self, wobble: f64, rng: &mut Xoshiro256PlusPlus) -> f64 {
        let (deviation, kept) = self.wobble;
        kept * wobble + deviation * (1.0 - kept * kept).sqrt() * normal(rng)
    }

    fn second(&self, build: Build, speed: f64, rng: &mut Xoshiro256PlusPlus) -> Cell {
        let calls = poisson(self.rate, rng);
        let mut cell = Cell::new(1.0).offering(u64::from(calls), self.rate);
        let pauses = poisson(self.pauses, rng);
        let trouble = self.burst > 0.0 && rng.random_bool(self.errors / self.burst);
        let failing = if self.burst > 0.0 {
            if trouble { self.burst } else { 0.0 }
        } else {
            self.errors
        };
        for _ in 0..calls {
            if failing > 0.0 && rng.random_bool(failing) {
                cell.fail(1);
                continue;
            }
            let waiting: f64 = (0..pauses)
                // A call that falls into the pause waits for the rest of it.
                .map(|_| (200_000.0 - rng.random_range(0.0..1_000_000.0_f64)).max(0.0))
                .sum();
            let us = build.of(self.shape.draw(rng) + waiting, rng) * speed;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "as a histogram would count it"
            )]
            cell.succeed(us.round().min(6e8) as u64, 1);
        }
        cell
    }
}

impl Shape {
    fn draw(self, rng: &mut Xoshiro256PlusPlus) -> f64 {
        match self {
            Self::LogNormal(deviation) => MEDIAN_US * (deviation * normal(rng)).exp(),
            Self::Bimodal => {
                let slow = if rng.random_bool(0.2) { 4.0 } else { 1.0 };
                slow * MEDIAN_US * (0.15 * normal(rng)).exp()
            }
            Self::HeavyTail => {
                let tail = if rng.random_bool(0.02) {
                    rng.random_range(f64::EPSILON..1.0).powf(-1.0 / 1.5)
                } else {
                    1.0
                };
                tail * MEDIAN_US * (0.3 * normal(rng)).exp()
            }
        }
    }
}

fn as_f64(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

/// A standard normal deviate (Box and Muller 1958).
fn normal(rng: &mut Xoshiro256PlusPlus) -> f64 {
    let radius = (-2.0 * rng.random_range(f64::MIN_POSITIVE..1.0_f64).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.random_range(0.0..1.0_f64)).cos()
}

/// A Poisson count (Knuth, in steps that do not underflow).
fn poisson(mean: f64, rng: &mut Xoshiro256PlusPlus) -> u32 {
    let mut left = mean;
    let mut count = 0;
    while left > 0.0 {
        let step = left.min(100.0);
        let mut product: f64 = rng.random_range(0.0..1.0);
        let limit = (-step).exp();
        while product > limit {
            count += 1;
            product *= rng.random_range(0.0..1.0_f64);
        }
        left -= step;
    }
    count
}
