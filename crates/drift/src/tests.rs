//! Courses with and without a drift, of seconds that depend on each other, with a clock that nobody waits for.

use super::*;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

/// Two hours in spans of eight seconds, each depending on the one before it by `keeps`, about `level` with a spread of `noise`, and
/// `more` in all at the end.
fn course(level: f64, more: f64, noise: f64, keeps: f64, seed: u64) -> Vec<(f64, f64)> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut state = 0.0;
    let fresh = noise * (1.0 - keeps * keeps).sqrt();
    let point = |number: i32| {
        // The sum of twelve is near enough to normal.
        let normal: f64 = (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0;
        state = keeps * state + fresh * normal;
        let at_s = f64::from(number) * 8.0 + 4.0;
        (at_s, level + more * at_s / 7200.0 + state)
    };
    (0..900).map(point).collect()
}

fn found(more: f64, keeps: f64) -> usize {
    let drifts = |seed| {
        let drift = drift(&course(100.0, more, 1.0, keeps, seed));
        drift.is_some_and(|drift| drift.p < 0.001 && drift.goes_on)
    };
    (0..60).filter(|seed| drifts(*seed)).count()
}

#[test]
fn seconds_that_depend_on_each_other_are_seldom_taken_for_a_drift() {
    for keeps in [0.0, 0.5, 0.9, 0.98] {
        assert!(found(0.0, keeps) <= 1, "{} of 60 at {keeps}", found(0.0, keeps));
    }
}

#[test]
fn a_leak_of_one_per_cent_in_ten_minutes_is_found() {
    for (keeps, least) in [(0.0, 60), (0.5, 60), (0.9, 60), (0.98, 50)] {
        assert!(found(12.0, keeps) >= least, "{} of 60 at {keeps}", found(12.0, keeps));
    }
    let drift = drift(&course(100.0, 12.0, 1.0, 0.9, 7)).unwrap();
    let per_hour = drift.slope_per_s * 3600.0;
    assert!((per_hour - 6.0).abs() < 1.0, "{per_hour}");
    let (low, high) = drift.interval_per_s;
    assert!(low < drift.slope_per_s && drift.slope_per_s < high);
    assert!(
        (drift.from - 100.0).abs() < 2.0 && (drift.to - 112.0).abs() < 2.0,
        "{drift:?}"
    );
}

#[test]
fn the_interval_holds_the_slope() {
    let holds = |seed: &u64| {
        let drift = drift(&course(100.0, 3.0, 1.0, 0.8, *seed)).unwrap();
        let (low, high) = drift.interval_per_s;
        (low..=high).contains(&(3.0 / 7200.0))
    };
    let held = (0..200).filter(holds).count();
    assert!((178..=200).contains(&held), "{held} of 200");
}

#[test]
fn what_warms_up_and_then_stands_does_not_go_on() {
    let warm = |at_s: f64| 100.0 + 20.0 * (1.0 - (-at_s / 600.0).exp());
    for seed in 0..20 {
        let points = course(0.0, 0.0, 0.5, 0.5, seed)
            .into_iter()
            .map(|(t, v)| (t, v + warm(t)));
        let drift = drift(&points.collect::<Vec<_>>()).unwrap();
        assert!(drift.p > 0.001 || !drift.goes_on, "{drift:?}");
    }
}

#[test]
fn a_saw_of_collections_is_no_drift_and_one_whose_floor_rises_is() {
    let saw = |rise: f64| {
        let point = |number: i32| {
            let at_s = f64::from(number) * 8.0;
            (at_s, 100.0 + at_s % 300.0 / 10.0 + rise * at_s / 7200.0)
        };
        drift(&(0..900).map(point).collect::<Vec<_>>()).unwrap()
    };
    assert!(saw(0.0).p > 0.001, "{:?}", saw(0.0));
    assert!(saw(15.0).p < 0.001 && saw(15.0).goes_on, "{:?}", saw(15.0));
}

#[test]
fn what_is_short_or_never_changes_has_none() {
    assert_eq!(drift(&[]), None);
    assert_eq!(drift(&[(1.0, 2.0); 5]), None);
    let flat: Vec<_> = (0..100).map(|second| (f64::from(second), 5.0)).collect();
    let drift = drift(&flat).unwrap();
    assert!(drift.slope_per_s == 0.0 && drift.p > 0.9, "{drift:?}");
}

#[test]
fn tails_are_those_of_the_normal_distribution() {
    for (z, p) in [(0.0, 1.0), (1.959_964, 0.05), (3.290_527, 0.001)] {
        assert!((two_sided(z) - p).abs() < 1e-6);
    }
}
