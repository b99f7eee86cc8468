use super::*;
use crate::{Cell, Design, Series, measure};
use proofload_results::gate::Needs;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

/// Seconds of so many calls each, spread evenly over 20% around `centre_us`, of which `errors` fail in every second.
fn run(seconds: u64, calls: u64, centre_us: f64, errors: u64, seed: u64) -> Series {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut series = Series::default();
    for _ in 0..seconds {
        let mut cell = Cell::new(1.0);
        for _ in 0..calls {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a response time")]
            cell.succeed((centre_us * rng.random_range(0.9..1.1)) as u64, 1);
        }
        cell.fail(errors);
        series.push(&cell);
    }
    series
}

fn compared(baseline: &[Series], candidate: &[Series]) -> Vec<Comparison> {
    let settings = Settings::default();
    let evidence = measure("publish", baseline, candidate, Design::Apart, &settings);
    judge(&evidence, &settings, settings.alpha())
}

#[track_caller]
fn of(comparisons: &[Comparison], metric: Metric) -> &Comparison {
    comparisons.iter().find(|one| one.metric == metric).unwrap()
}

#[test]
fn holm_goes_step_by_step_and_stops() {
    let levels = holm(&[Some(0.2), Some(0.001), None, Some(0.02)], 0.03);
    let expected = [0.015, 0.01, 0.03, 0.015];
    for (level, expected) in levels.iter().zip(expected) {
        assert!((level - expected).abs() < 1e-12, "{levels:?}");
    }
}

#[test]
fn the_same_passes_and_the_slower_does_not() {
    let baseline = [run(30, 200, 50_000.0, 0, 1)];
    let same = compared(&baseline, &[run(30, 200, 50_000.0, 0, 2)]);
    assert_eq!(overall(&same), GateVerdict::NotRegressed, "{same:#?}");
    let slower = compared(&baseline, &[run(30, 200, 55_000.0, 0, 2)]);
    assert_eq!(overall(&slower), GateVerdict::Regressed);
    for metric in [Metric::P50, Metric::P90, Metric::P99] {
        let comparison = of(&slower, metric);
        assert_eq!(comparison.verdict, GateVerdict::Regressed, "{comparison:?}");
        let [low, high] = comparison.interval.unwrap();
        assert!(low.get() > 1.05 && low < comparison.ratio.unwrap() && comparison.ratio.unwrap() < high);
    }
    assert_eq!(of(&slower, Metric::Throughput).verdict, GateVerdict::NotRegressed);
}

#[test]
fn what_nobody_cares_about_is_no_regression() {
    let slower = compared(&[run(30, 200, 1_000.0, 0, 1)], &[run(30, 200, 1_500.0, 0, 2)]);
    let p50 = of(&slower, Metric::P50);
    assert_eq!(p50.verdict, GateVerdict::NotRegressed);
    assert!((p50.limit_ratio.unwrap().get() - 3.0).abs() < 0.1, "{p50:?}");
}

#[test]
fn errors_on_one_side_only_have_a_difference_and_no_ratio() {
    let baseline = [run(30, 200, 50_000.0, 0, 1)];
    let failing = compared(&baseline, &[run(30, 200, 50_000.0, 4, 2)]);
    let errors = of(&failing, Metric::ErrorRate);
    assert_eq!(
        (errors.verdict, errors.ratio, errors.interval),
        (GateVerdict::Regressed, None, None)
    );
    assert!(errors.difference_interval.unwrap()[0].get() > 0.005);
    assert_eq!(
        errors.note.as_deref(),
        Some("no call of the baseline failed, so there is no ratio")
    );
    let clean = compared(&baseline, &baseline);
    assert_eq!(of(&clean, Metric::ErrorRate).verdict, GateVerdict::NotRegressed);
}

#[test]
fn a_slump_of_throughput_is_one() {
    let slump = compared(&[run(30, 200, 50_000.0, 0, 1)], &[run(30, 150, 50_000.0, 0, 2)]);
    let throughput = of(&slump, Metric::Throughput);
    assert_eq!(throughput.verdict, GateVerdict::Regressed);
    let [low, high] = throughput.interval.unwrap();
    assert!(
        low.get() < 0.75 && high.get() > 0.75 && high.get() < 1.0 / 1.05,
        "{throughput:?}"
    );
}

#[test]
fn a_second_says_nothing_and_says_so() {
    let one = [run(1, 5000, 50_000.0, 0, 1)];
    let comparisons = compared(&one, &[run(60, 200, 80_000.0, 0, 2)]);
    assert_eq!(overall(&comparisons), GateVerdict::Inconclusive);
    for comparison in &comparisons {
        assert_eq!(comparison.interval, None);
        assert_eq!(
            comparison.note.as_deref(),
            Some("1 and 60 s were measured: at least 10 s on each side are needed")
        );
        assert_eq!(
            comparison.needs,
            Some(Needs::Seconds {
                more: finite(9.0).unwrap()
            })
        );
    }
}

#[test]
fn nothing_measured_and_nothing_but_errors_are_no_figures() {
    for strange in [
        vec![],
        vec![Series::default()],
        vec![run(30, 0, 1.0, 0, 1)],
        vec![run(30, 0, 1.0, 9, 1)],
    ] {
        for (baseline, candidate) in [(&strange, &vec![run(30, 50, 9_000.0, 0, 1)]), (&strange, &strange)] {
            for comparison in compared(baseline, candidate)
                .iter()
                .chain(&compared(candidate, baseline))
            {
                if comparison.metric.quantile().is_some() {
                    assert_eq!(comparison.verdict, GateVerdict::Inconclusive, "{comparison:?}");
                }
            }
        }
    }
    let failing = compared(&[run(30, 50, 9_000.0, 0, 1)], &[run(30, 0, 1.0, 50, 1)]);
    assert_eq!(of(&failing, Metric::ErrorRate).verdict, GateVerdict::Regressed);
}

#[test]
fn too_few_calls_say_how_many_are_needed() {
    let comparisons = compared(&[run(30, 10, 50_000.0, 0, 1)], &[run(30, 10, 50_000.0, 0, 2)]);
    let p99 = of(&comparisons, Metric::P99);
    assert_eq!(
        p99.note.as_deref(),
        Some("300 and 300 calls succeeded: a p99 needs 1000 on each side")
    );
    assert_eq!(
        p99.needs,
        Some(Needs::Seconds {
            more: finite(70.0).unwrap()
        })
    );
}

#[test]
fn runs_that_differ_widen_the_interval() {
    let width = |comparisons: &[Comparison]| {
        let [low, high] = of(comparisons, Metric::P50).interval.unwrap();
        high.get() / low.get()
    };
    let runs = |factors: [f64; 3], seed| -> Vec<Series> {
        let each = factors.iter().zip(seed..);
        each.map(|(factor, seed)| run(30, 200, 50_000.0 * factor, 0, seed))
            .collect()
    };
    let alike = compared(&runs([1.0; 3], 1), &runs([1.0; 3], 4));
    let differing = compared(&runs([0.95, 1.0, 1.05], 1), &runs([0.95, 1.0, 1.05], 4));
    assert!(
        width(&differing) > 1.1 && width(&alike) < 1.02,
        "{} {}",
        width(&differing),
        width(&alike)
    );
    assert!(matches!(
        of(&differing, Metric::P50).needs,
        Some(Needs::Runs { more: 1.. })
    ));
}

#[test]
fn a_seed_makes_the_same_figures_again() {
    let (baseline, candidate) = ([run(30, 200, 50_000.0, 1, 1)], [run(30, 200, 52_000.0, 0, 2)]);
    assert_eq!(compared(&baseline, &candidate), compared(&baseline, &candidate));
}

#[test]
fn pairs_cancel_what_slows_both() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(9);
    let (mut baseline, mut candidate) = (Series::default(), Series::default());
    for pair in 0..20 {
        let speed = 50_000.0 * rng.random_range(0.7..1.3);
        baseline.push(&run(1, 200, speed, 0, pair).cells()[0]);
        candidate.push(&run(1, 200, speed, 0, 100 + pair).cells()[0]);
    }
    let settings = Settings::default();
    let judged = |design| {
        let evidence = measure("publish", &[baseline.clone()], &[candidate.clone()], design, &settings);
        judge(&evidence, &settings, settings.alpha())
    };
    assert_eq!(
        of(&judged(Design::Apart), Metric::P50).verdict,
        GateVerdict::Inconclusive
    );
    assert_eq!(
        of(&judged(Design::Pairs), Metric::P50).verdict,
        GateVerdict::NotRegressed
    );
}

/// Seconds of 204 calls, of which four take `tail_us`, and the others 45 to 55 ms.
fn tailed(seconds: u64, tail_us: impl Fn(u64) -> u64, seed: u64) -> Series {
    let mut series = Series::default();
    for (second, cell) in (0..).zip(run(seconds, 200, 50_000.0, 0, seed).cells()) {
        let mut cell = cell.clone();
        cell.succeed(tail_us(second), 4);
        series.push(&cell);
    }
    series
}

#[test]
fn a_p99_that_cannot_be_decided_is_left_out_unless_it_looks_worse_or_somebody_named_it() {
    // The tail jumps from second to second: no p99 within 5% can be had from 30 of them.
    let jumps = |add: u64| move |second: u64| 80_000 + add + 9_000 * (second * 7 % 11);
    let baseline = [tailed(30, jumps(0), 1)];
    let same = compared(&baseline, &[tailed(30, jumps(0), 2)]);
    let p99 = of(&same, Metric::P99);
    assert_eq!((p99.verdict, p99.judged), (GateVerdict::Inconclusive, false), "{p99:?}");
    assert!(p99.needs.is_some() && p99.detectable.is_some(), "{p99:?}");
    assert_eq!(overall(&same), GateVerdict::NotRegressed);
    assert_eq!(so_far(&same), GateVerdict::Inconclusive, "there is time to decide it");

    let looks_worse = compared(&baseline, &[tailed(30, jumps(12_000), 2)]);
    let p99 = of(&looks_worse, Metric::P99);
    assert_eq!((p99.verdict, p99.judged), (GateVerdict::Inconclusive, true), "{p99:?}");
    assert_eq!(overall(&looks_worse), GateVerdict::Inconclusive);

    let worse = compared(&baseline, &[tailed(30, jumps(150_000), 2)]);
    assert_eq!(of(&worse, Metric::P99).verdict, GateVerdict::Regressed);
    assert_eq!(overall(&worse), GateVerdict::Regressed);

    for name in ["p99", "publish.p99"] {
        let settings = Settings {
            named: vec![name.parse().unwrap()],
            ..Settings::default()
        };
        let candidate = [tailed(30, jumps(0), 2)];
        let evidence = measure("publish", &baseline, &candidate, Design::Apart, &settings);
        let named = judge(&evidence, &settings, settings.alpha());
        assert!(of(&named, Metric::P99).judged);
        assert_eq!(overall(&named), GateVerdict::Inconclusive, "{name}");
    }
}

#[test]
fn two_pauses_are_no_p99() {
    let mut few = run(30, 60, 50_000.0, 0, 1);
    for second in [3, 17] {
        let mut pause = Cell::new(0.0);
        pause.succeed(900_000, 40);
        let mut whole = Series::default();
        for (index, cell) in few.cells().iter().enumerate() {
            whole.push(cell);
            if index == second {
                whole.extend(&pause);
            }
        }
        few = whole;
    }
    let comparisons = compared(&[few.clone()], &[few]);
    let p99 = of(&comparisons, Metric::P99);
    assert_eq!(p99.verdict, GateVerdict::Inconclusive);
    assert!(
        p99.note.as_ref().unwrap().contains("fell into about 2 and 2 seconds"),
        "{p99:?}"
    );
}

#[test]
fn a_run_that_drifts_widens_the_interval_and_says_so() {
    let drifting = |from: f64, to: f64, seed| {
        let mut series = Series::default();
        for second in 0..30_u32 {
            let centre = from + (to - from) * f64::from(second) / 30.0;
            series.push(&run(1, 200, centre, 0, seed + u64::from(second)).cells()[0]);
        }
        series
    };
    let comparisons = compared(&[run(30, 200, 50_000.0, 0, 1)], &[drifting(50_000.0, 62_000.0, 100)]);
    let p50 = of(&comparisons, Metric::P50);
    assert_eq!(p50.verdict, GateVerdict::Inconclusive, "{p50:?}");
    assert!(p50.interval.unwrap()[0].get() < 1.0, "{p50:?}");
    assert!(p50.note.as_ref().unwrap().contains("within the candidate's"), "{p50:?}");
    assert_eq!(p50.needs, Some(Needs::Runs { more: 2 }));
    // Twice as slow is twice as slow, whatever drifts.
    let slow = compared(&[run(30, 200, 50_000.0, 0, 1)], &[drifting(100_000.0, 120_000.0, 100)]);
    assert_eq!(of(&slow, Metric::P50).verdict, GateVerdict::Regressed);
}

#[test]
fn throughput_is_what_became_of_the_arrivals_and_not_how_many_there_were() {
    let arrivals = |seed: u64, answered: f64| {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut series = Series::default();
        for _ in 0..30 {
            let due: u64 = rng.random_range(150..250);
            let mut cell = Cell::new(1.0).offering(due, 200.0);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "some hundred calls"
            )]
            cell.succeed(50_000, (due as f64 * answered) as u64);
            series.push(&cell);
        }
        series
    };
    let same = compared(&[arrivals(1, 1.0)], &[arrivals(2, 1.0)]);
    let throughput = of(&same, Metric::Throughput);
    assert_eq!(throughput.verdict, GateVerdict::NotRegressed);
    assert!(
        (throughput.baseline.unwrap().get() - 200.0).abs() < 1e-6,
        "{throughput:?}"
    );
    let shed = compared(&[arrivals(1, 1.0)], &[arrivals(2, 0.9)]);
    assert_eq!(of(&shed, Metric::Throughput).verdict, GateVerdict::Regressed);
}
