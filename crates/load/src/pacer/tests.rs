//! Tables of due instants.

use super::*;

fn rate(per_s: f64) -> Rate {
    Rate::per_s(per_s).unwrap()
}

fn level(per_s: f64) -> Level {
    rate(per_s).into()
}

fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn dues(schedule: &Schedule, process: Process, share: Shard) -> Vec<u64> {
    Arrivals::new(schedule.clone(), process, share)
        .map(|arrival| arrival.due_ns)
        .collect()
}

#[test]
fn a_constant_rate_is_a_grid() {
    let grid = dues(&Schedule::constant(rate(4.0), s(1)), Process::Constant, Shard::ALL);
    assert_eq!(grid, [0, 250_000_000, 500_000_000, 750_000_000]);
    let fast = dues(&Schedule::constant(rate(50_000.0), s(2)), Process::Constant, Shard::ALL);
    assert_eq!(fast.len(), 100_000);
    assert!(fast.windows(2).all(|pair| pair[1] - pair[0] == 20_000));
}

#[test]
fn a_ramp_is_due_at_the_roots_of_its_integral() {
    // From 1/s to 3/s in 2 s: t + t^2/2 = n, so t = sqrt(1 + 2n) - 1.
    let schedule = Schedule::staged(
        level(1.0),
        &[Stage::Ramp {
            lasts: s(2),
            to: level(3.0),
        }],
    );
    for (due, n) in dues(&schedule, Process::Constant, Shard::ALL)
        .iter()
        .zip([0.0_f64, 1.0, 2.0, 3.0])
    {
        let expected = ((1.0 + 2.0 * n).sqrt() - 1.0) * 1e9;
        assert!((*due as f64 - expected).abs() < 2.0, "{n}: {due} {expected}");
    }
    assert_eq!(dues(&schedule, Process::Constant, Shard::ALL).len(), 4);
}

#[test]
fn stages_follow_each_other_and_a_spike_goes_back() {
    let schedule = Schedule::staged(
        level(10.0),
        &[
            Stage::Hold { lasts: s(1) },
            Stage::Spike {
                lasts: s(1),
                to: level(100.0),
            },
            Stage::Hold { lasts: s(1) },
            Stage::Ramp {
                lasts: Duration::ZERO,
                to: level(20.0),
            },
            Stage::Hold { lasts: s(1) },
        ],
    );
    let dues = dues(&schedule, Process::Constant, Shard::ALL);
    let in_second = |second: u64| dues.iter().filter(|due| **due / 1_000_000_000 == second).count();
    assert_eq!(
        [in_second(0), in_second(1), in_second(2), in_second(3)],
        [10, 100, 10, 20]
    );
    assert_eq!(schedule.duration(), s(4));
    assert!((schedule.peak_per_s() - 100.0).abs() < f64::EPSILON);
}

#[test]
fn poisson_is_repeatable_and_has_the_rate_and_the_spread() {
    let schedule = Schedule::constant(rate(1000.0), s(20));
    let first = dues(&schedule, Process::Poisson { seed: 7 }, Shard::ALL);
    assert_eq!(first, dues(&schedule, Process::Poisson { seed: 7 }, Shard::ALL));
    assert_ne!(first, dues(&schedule, Process::Poisson { seed: 8 }, Shard::ALL));
    let count = first.len() as f64;
    assert!((count - 20_000.0).abs() < 5.0 * 20_000.0_f64.sqrt(), "{count}");
    // The gaps of a Poisson process have a standard deviation equal to their mean.
    let gaps: Vec<f64> = first.windows(2).map(|pair| (pair[1] - pair[0]) as f64).collect();
    let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
    let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
    assert!(
        (variance.sqrt() / mean - 1.0).abs() < 0.05,
        "{}",
        variance.sqrt() / mean
    );
}

#[test]
fn shares_together_are_the_whole_stream() {
    let schedule = Schedule::staged(
        level(50.0),
        &[Stage::Ramp {
            lasts: s(3),
            to: level(200.0),
        }],
    );
    for process in [Process::Constant, Process::Poisson { seed: 3 }] {
        let whole: Vec<Arrival> = Arrivals::new(schedule.clone(), process, Shard::ALL).collect();
        let mut together = Vec::new();
        for machine in 0..2 {
            for thread in 0..3 {
                let share = Shard { index: machine, of: 2 }.split(Shard { index: thread, of: 3 });
                together.extend(Arrivals::new(schedule.clone(), process, share));
            }
        }
        together.sort_by_key(|arrival| arrival.number);
        assert_eq!(together, whole);
    }
}

#[test]
fn scaling_keeps_the_shape() {
    let schedule = Schedule::staged(
        level(10.0),
        &[Stage::Ramp {
            lasts: s(2),
            to: level(30.0),
        }],
    );
    let half = schedule.scaled(0.5);
    assert!((half.expected() - schedule.expected() / 2.0).abs() < 1e-9);
    assert_eq!(half.duration(), schedule.duration());
}

#[test]
fn a_ramp_comes_from_nothing_and_goes_to_nothing() {
    let up_and_down = [
        Stage::Ramp {
            lasts: s(10),
            to: level(10.0),
        },
        Stage::Ramp {
            lasts: s(10),
            to: Level::NONE,
        },
        Stage::Hold { lasts: s(5) },
    ];
    let schedule = Schedule::staged(Level::NONE, &up_and_down);
    let dues = dues(&schedule, Process::Constant, Shard::ALL);
    assert_eq!(dues.len(), 100);
    // t^2 / 2 = n on the way up, and as far from the end on the way down.
    assert!((dues[32] as f64 - 8.0e9).abs() < 2.0, "{}", dues[32]);
    assert!((dues[68] as f64 - 12.0e9).abs() < 2.0, "{}", dues[68]);
    assert!(dues.windows(2).all(|pair| pair[0] < pair[1]) && dues[99] < 20_000_000_000);
}
