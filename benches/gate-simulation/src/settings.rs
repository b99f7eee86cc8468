//! The settings that are tried.

use crate::tally::Pair;
use crate::world::{Build, Shape, World};
use proofload_gate_statistics::{
    Design, Evidence, FEWEST_CELLS, Looks, Series, Settings, judge, measure, overall, so_far,
};
use proofload_results::gate::{Comparison, GateVerdict, Metric};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;

/// The shift that must be found.
const SHIFT: Build = Build::Slower(1.10);
/// A regression of the tail alone: under ordinary noise p99 is 20% longer, p90 3%, p50 less than 1%.
const TAIL: Build = Build::SlowTail(0.03);

/// A world, and how it is looked at.
pub(crate) struct Setting {
    pub(crate) name: &'static str,
    world: World,
    look: Look,
    /// What the candidate does.
    change: Build,
}

/// How a world is looked at.
#[derive(Clone, Copy)]
enum Look {
    /// So many recorded runs a side.
    Runs(usize),
    /// In turns, as many pairs of blocks of one second as the world has seconds, at most.
    Turns,
}

/// 200 calls a second for 30 s, log-normal, on a machine whose speed wobbles by 1% from second to second: ordinary noise.
/// (The medians of single seconds of a mock on two busy cores wobble by less.)
const ORDINARY: World = World {
    shape: Shape::LogNormal(0.3),
    seconds: 30,
    rate: 200.0,
    wobble: (0.01, 0.5),
    pauses: 0.0,
    drift: 0.0,
    between: 0.0,
    errors: 0.001,
    burst: 0.0,
};

const fn shaped(shape: Shape) -> World {
    World { shape, ..ORDINARY }
}

const fn wobbling(deviation: f64, kept: f64, seconds: usize) -> World {
    World {
        wobble: (deviation, kept),
        seconds,
        ..ORDINARY
    }
}

const fn pausing(seconds: usize) -> World {
    World {
        pauses: 0.2,
        seconds,
        ..ORDINARY
    }
}

const DRIFTING: World = World {
    drift: 0.05,
    ..ORDINARY
};

const DIFFERING: World = World {
    between: 0.03,
    ..ORDINARY
};

const BURSTS: World = World {
    errors: 0.01,
    burst: 0.3,
    ..ORDINARY
};

const FEW: World = World { rate: 10.0, ..ORDINARY };

const ALL: &[(&str, World, Look)] = &[
    ("ordinary noise, 30 s", ORDINARY, Look::Runs(1)),
    ("independent seconds", wobbling(0.0, 0.0, 30), Look::Runs(1)),
    ("restless: 2%, 0.5 kept", wobbling(0.02, 0.5, 30), Look::Runs(1)),
    ("wider: deviation 0.5", shaped(Shape::LogNormal(0.5)), Look::Runs(1)),
    ("bimodal", shaped(Shape::Bimodal), Look::Runs(1)),
    ("heavy tail", shaped(Shape::HeavyTail), Look::Runs(1)),
    ("autocorrelated: 5%, 0.7 kept", wobbling(0.05, 0.7, 30), Look::Runs(1)),
    ("the same, 5 min", wobbling(0.05, 0.7, 300), Look::Runs(1)),
    ("strongly: 5%, 0.9 kept", wobbling(0.05, 0.9, 30), Look::Runs(1)),
    ("the same, 5 min", wobbling(0.05, 0.9, 300), Look::Runs(1)),
    ("pauses of 200 ms, one in 5 s", pausing(30), Look::Runs(1)),
    ("the same, 5 min", pausing(300), Look::Runs(1)),
    ("errors in bursts: 1%", BURSTS, Look::Runs(1)),
    ("few calls: 10/s", FEW, Look::Runs(1)),
    ("drifting: 5% over a run", DRIFTING, Look::Runs(1)),
    ("ordinary, 3 runs a side", ORDINARY, Look::Runs(3)),
    ("runs differ by 3%, 1 a side", DIFFERING, Look::Runs(1)),
    ("the same, 2 a side", DIFFERING, Look::Runs(2)),
    ("the same, 3 a side", DIFFERING, Look::Runs(3)),
    ("the same, 5 a side", DIFFERING, Look::Runs(5)),
    ("in turns: ordinary, up to 30 pairs", ORDINARY, Look::Turns),
    (
        "in turns: strongly, up to 60 pairs",
        wobbling(0.05, 0.9, 60),
        Look::Turns,
    ),
    ("in turns: drifting, up to 30 pairs", DRIFTING, Look::Turns),
    ("in turns: pauses, up to 60 pairs", pausing(60), Look::Turns),
];

/// The same with a regression of the tail alone.
const TAILS: &[(&str, World, Look)] = &[
    ("tail alone: ordinary noise, 30 s", ORDINARY, Look::Runs(1)),
    ("tail alone: ordinary, 3 runs a side", ORDINARY, Look::Runs(3)),
    ("tail alone: restless, 30 s", wobbling(0.02, 0.5, 30), Look::Runs(1)),
    ("tail alone: heavy tail, 30 s", shaped(Shape::HeavyTail), Look::Runs(1)),
    ("tail alone: pauses, 30 s", pausing(30), Look::Runs(1)),
    ("tail alone: in turns, up to 30 pairs", ORDINARY, Look::Turns),
];

pub(crate) fn all() -> Vec<Setting> {
    let all = ALL.iter().map(|row| (row, SHIFT));
    let each = all.chain(TAILS.iter().map(|row| (row, TAIL)));
    let settings = each.map(|((name, world, look), change)| Setting {
        name,
        world: *world,
        look: *look,
        change,
    });
    settings.collect()
}

impl Setting {
    /// One pair without a change and one with the shift.
    pub(crate) fn try_pair(&self, seed: u64, pair: u64) -> Pair {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed ^ pair.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let settings = Settings {
            seed: pair,
            ..Settings::default()
        };
        let [without, with] = [Build::SAME, self.change].map(|build| self.gate(build, &settings, &mut rng));
        let covered = |metric| {
            let own: Vec<Evidence> = without
                .evidence
                .iter()
                .filter(|one| one.metric() == metric)
                .cloned()
                .collect();
            covers(judge(&own, &settings, settings.alpha()).pop().as_ref())
        };
        let p50 = with
            .comparisons
            .iter()
            .find(|comparison| comparison.metric == Metric::P50);
        Pair {
            without: overall(&without.comparisons),
            with: overall(&with.comparisons),
            p50: p50.map_or(GateVerdict::Inconclusive, |comparison| comparison.verdict),
            covered: match self.look {
                Look::Runs(_) => [Metric::P50, Metric::P90, Metric::P99, Metric::Throughput].map(covered),
                // At a time that the data chose, an interval holds the truth in another share of cases.
                Look::Turns => [None; 4],
            },
            seconds: [without.seconds, with.seconds],
        }
    }

    fn gate(&self, build: Build, settings: &Settings, rng: &mut Xoshiro256PlusPlus) -> Answer {
        match self.look {
            Look::Runs(runs) => {
                let mut side = |build| -> Vec<Series> { (0..runs).map(|_| self.world.run(build, rng)).collect() };
                let (baseline, candidate) = (side(Build::SAME), side(build));
                let evidence = measure("publish", &baseline, &candidate, Design::Apart, settings);
                Answer {
                    comparisons: judge(&evidence, settings, settings.alpha()),
                    evidence,
                    seconds: self.world.seconds * runs,
                }
            }
            Look::Turns => self.in_turns(build, settings, rng),
        }
    }

    /// As the interleaved gate goes on: pair by pair, until a look is sure.
    fn in_turns(&self, build: Build, settings: &Settings, rng: &mut Xoshiro256PlusPlus) -> Answer {
        let whole = self.world.interleaved(build, rng);
        let looks = Looks::new(settings.alpha(), self.world.seconds, FEWEST_CELLS);
        let mut sides = [Series::default(), Series::default()];
        let mut answer = Answer {
            evidence: Vec::new(),
            comparisons: Vec::new(),
            seconds: 0,
        };
        for pairs in 1..=self.world.seconds {
            for (side, whole) in sides.iter_mut().zip(&whole) {
                side.push(&whole.cells()[pairs - 1]);
            }
            if !looks.due(pairs) {
                continue;
            }
            let [baseline, candidate] = [&sides[..1], &sides[1..]];
            let evidence = measure("publish", baseline, candidate, Design::Pairs, settings);
            answer = Answer {
                comparisons: judge(&evidence, settings, looks.level(pairs)),
                evidence,
                seconds: pairs,
            };
            if so_far(&answer.comparisons) != GateVerdict::Inconclusive {
                break;
            }
        }
        answer
    }
}

/// What one gate said.
struct Answer {
    evidence: Vec<Evidence>,
    comparisons: Vec<Comparison>,
    /// On each side.
    seconds: usize,
}

/// Whether the interval holds the true ratio, 1; none when there is none.
fn covers(comparison: Option<&Comparison>) -> Option<bool> {
    let [low, high] = comparison?.interval?;
    Some((low.get()..=high.get()).contains(&1.0))
}
