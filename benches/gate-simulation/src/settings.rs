//! The settings that are tried.

use crate::tally::Pair;
use crate::world::{Shape, World};
use proofload_gate_statistics::{Design, Series, Settings, judge, measure, overall};
use proofload_reports::gate::{Comparison, GateVerdict, Metric};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;

/// The shift that must be found.
const SHIFT: f64 = 1.10;

/// A world, and how it is looked at.
pub(crate) struct Setting {
    pub(crate) name: &'static str,
    world: World,
    runs: usize,
}

/// 200 calls a second for 30 s, log-normal, on a machine whose speed wobbles by 2% from second to second: ordinary noise.
const ORDINARY: World = World {
    shape: Shape::LogNormal(0.3),
    seconds: 30,
    rate: 200.0,
    wobble: (0.02, 0.5),
    pauses: 0.0,
    drift: 0.0,
    between: 0.0,
    errors: 0.001,
    burst: 0.0,
};

pub(crate) fn all() -> Vec<Setting> {
    let one = |name, world| Setting { name, world, runs: 1 };
    let several = |name, runs, world| Setting { name, world, runs };
    vec![
        one("ordinary", ORDINARY),
        one(
            "independent seconds",
            World {
                wobble: (0.0, 0.0),
                ..ORDINARY
            },
        ),
        one(
            "wider: deviation 0.5",
            World {
                shape: Shape::LogNormal(0.5),
                ..ORDINARY
            },
        ),
        one(
            "bimodal",
            World {
                shape: Shape::Bimodal,
                ..ORDINARY
            },
        ),
        one(
            "heavy tail",
            World {
                shape: Shape::HeavyTail,
                ..ORDINARY
            },
        ),
        one(
            "autocorrelated: 5%, 0.7 kept",
            World {
                wobble: (0.05, 0.7),
                ..ORDINARY
            },
        ),
        one(
            "autocorrelated, 5 min",
            World {
                wobble: (0.05, 0.7),
                seconds: 300,
                ..ORDINARY
            },
        ),
        one(
            "strongly: 5%, 0.9 kept",
            World {
                wobble: (0.05, 0.9),
                ..ORDINARY
            },
        ),
        one(
            "strongly, 5 min",
            World {
                wobble: (0.05, 0.9),
                seconds: 300,
                ..ORDINARY
            },
        ),
        one(
            "pauses, one in 5 s",
            World {
                pauses: 0.2,
                ..ORDINARY
            },
        ),
        one(
            "pauses, 5 min",
            World {
                pauses: 0.2,
                seconds: 300,
                ..ORDINARY
            },
        ),
        one(
            "error bursts",
            World {
                errors: 0.01,
                burst: 0.3,
                ..ORDINARY
            },
        ),
        one("few calls: 10/s", World { rate: 10.0, ..ORDINARY }),
        one(
            "drifting: 5% over a run",
            World {
                drift: 0.05,
                ..ORDINARY
            },
        ),
        one(
            "runs differ by 3%, 1 a side",
            World {
                between: 0.03,
                ..ORDINARY
            },
        ),
        several(
            "runs differ by 3%, 2 a side",
            2,
            World {
                between: 0.03,
                ..ORDINARY
            },
        ),
        several(
            "runs differ by 3%, 3 a side",
            3,
            World {
                between: 0.03,
                ..ORDINARY
            },
        ),
        several(
            "runs differ by 3%, 5 a side",
            5,
            World {
                between: 0.03,
                ..ORDINARY
            },
        ),
        several("ordinary, 3 a side", 3, ORDINARY),
    ]
}

impl Setting {
    /// One pair without a change and one with the shift.
    pub(crate) fn try_pair(&self, seed: u64, pair: u64) -> Pair {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed ^ pair.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut side = |slower| -> Vec<Series> { (0..self.runs).map(|_| self.world.run(slower, &mut rng)).collect() };
        let (baseline, same, slower) = (side(1.0), side(1.0), side(SHIFT));
        let settings = Settings {
            seed: pair,
            ..Settings::default()
        };
        let alpha = settings.alpha();
        let unchanged = measure("publish", &baseline, &same, Design::Apart, &settings);
        let changed = measure("publish", &baseline, &slower, Design::Apart, &settings);
        let covered = |metric| {
            let own: Vec<_> = unchanged.iter().filter(|one| one.metric() == metric).cloned().collect();
            let comparison = judge(&own, &settings, alpha).pop();
            covers(comparison.as_ref())
        };
        let changed = judge(&changed, &settings, alpha);
        let p50 = changed.iter().find(|comparison| comparison.metric == Metric::P50);
        Pair {
            without: overall(&judge(&unchanged, &settings, alpha)),
            with: overall(&changed),
            p50: p50.map_or(GateVerdict::Inconclusive, |comparison| comparison.verdict),
            covered: [Metric::P50, Metric::P90, Metric::P99, Metric::Throughput].map(covered),
        }
    }
}

/// Whether the interval holds the true ratio, 1; none when there is none.
fn covers(comparison: Option<&Comparison>) -> Option<bool> {
    let [low, high] = comparison?.interval?;
    Some((low.get()..=high.get()).contains(&1.0))
}
