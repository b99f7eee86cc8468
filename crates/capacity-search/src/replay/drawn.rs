//! A line of calls drawn anew, as long as one likes, at any rate.

use super::edge::{Edge, SEED};
use super::gaps::Gaps;
use super::line::Line;
use super::sample::Sample;
use super::services::{Services, sorted, whole};
use crate::evidence::number;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

/// Calls that are drawn for a rate to find about where the edge is...
const CALLS_ABOUT: u32 = 50_000;
/// ...calls for a rate so near to that...
const CALLS: u32 = 400_000;
/// ...as a logarithm...
const ABOUT: f64 = 0.03;
/// ...and, for each sample drawn anew, so many calls...
const CALLS_ANEW: u32 = 40_000;
/// ...for rates so near to the edge.
const ABOUT_ANEW: f64 = 0.16;
/// Samples drawn anew.
const SAMPLES: u32 = 12;
/// Edges are found as finely as this, as a logarithm, and stated no finer: a model is one.
const FINEST: f64 = 0.006;
/// An edge is looked for between these shares of the capacity.
const WITHIN: (f64, f64) = (0.05, 1.05);
/// Of the calls that are drawn, this part comes before the line is what it will be.
const SETTLES: usize = 20;

/// A line whose service times are drawn, and the objective it is to keep.
pub(super) struct Drawn<'a> {
    pub(super) services: &'a Services,
    pub(super) gaps: &'a Gaps,
    /// What takes longer is late, in seconds.
    pub(super) limit_s: f64,
    /// The logarithm of the share that may be late.
    pub(super) ln_share: f64,
}

impl Drawn<'_> {
    /// The rate at which the allowed share is late; its error comes from drawing the sample itself anew (bootstrap, Efron 1979).
    pub(super) fn edge(&self) -> Option<Edge> {
        let sample = &self.services.sorted_ns;
        let ln_rate = self.halved(sample, self.about()?, ABOUT, CALLS);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(SEED);
        // Samples in order, and for each the same random numbers: then nothing differs but what the samples differ in.
        let edges = (0..SAMPLES).map(|_| {
            let anew = sample.iter().map(|_| sample[rng.random_range(0..sample.len())]);
            self.halved(&sorted(anew.collect()), ln_rate, ABOUT_ANEW, CALLS_ANEW)
        });
        let error = Sample::of(edges.collect::<Vec<_>>()).deviation();
        Some(Edge {
            ln_rate,
            error: error.max(FINEST),
        })
    }

    /// About where the edge is; `None` when it is not within reach.
    fn about(&self) -> Option<f64> {
        let capacity_per_s = number(self.services.workers as u64) / self.services.mean_s().max(1e-9);
        let (low, high) = ((WITHIN.0 * capacity_per_s).ln(), (WITHIN.1 * capacity_per_s).ln());
        let (middle, half) = (f64::midpoint(low, high), (high - low) / 2.0);
        let about = self.halved(&self.services.sorted_ns, middle, half, CALLS_ABOUT);
        (about - low > FINEST && high - about > FINEST).then_some(about)
    }

    /// Where more than the allowed share begins to be late, no further than `away` from `centre`, all as logarithms of rates:
    /// by `calls` calls at every rate that is looked at.
    fn halved(&self, sample_ns: &[u64], centre: f64, away: f64, calls: u32) -> f64 {
        let drawn = self.draw(sample_ns, calls);
        let (mut low, mut high) = (centre - away, centre + away);
        while high - low > FINEST {
            let middle = f64::midpoint(low, high);
            if self.too_many_are_late(&drawn, middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
        f64::midpoint(low, high)
    }

    /// What each of `calls` calls needs, in nanoseconds, and how long after it the next one comes, as a share of the mean: the
    /// same at every rate, so that nothing differs but the rate.
    fn draw(&self, sample_ns: &[u64], calls: u32) -> Vec<(u64, f64)> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(SEED);
        let mut draw = || {
            (
                sample_ns[rng.random_range(0..sample_ns.len())],
                self.gaps.draw(&mut rng),
            )
        };
        (0..calls).map(|_| draw()).collect()
    }

    /// Whether more than the allowed share of calls is late at a rate; those that decide it are enough.
    fn too_many_are_late(&self, drawn: &[(u64, f64)], ln_rate: f64) -> bool {
        let mut line = Line::new(self.services.workers);
        let (gap_ns, limit_ns) = (1e9 / ln_rate.exp(), 1e9 * self.limit_s);
        let settled = drawn.len() / SETTLES;
        let allowed = self.ln_share.exp() * number((drawn.len() - settled) as u64);
        let (mut at, mut late) = (0.0, 0_u32);
        for (call, (needs_ns, gap)) in drawn.iter().enumerate() {
            let at_ns = whole(at);
            let done_ns = line.take(at_ns, *needs_ns);
            let response_ns = done_ns - at_ns + self.services.beside_ns;
            late += u32::from(call >= settled && number(response_ns) > limit_ns);
            if f64::from(late) + 0.5 > allowed {
                return true;
            }
            at += gap_ns * gap;
        }
        false
    }
}
