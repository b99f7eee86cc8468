//! Over which time a rate is taken, and what is said of calls that did not come.

use super::{WHOLE, answered, judge, run, seconds, steady};
use crate::judge::offer::span_s;
use crate::judge::verdict::Ending;
use crate::slo::Slo;
use proofload_results::load::{LoadReport, LoadVerdict};
use proofload_results::record::{RunInfo, Totals};

fn totals(seconds: &[proofload_results::record::Second]) -> Totals {
    let mut totals = Totals::default();
    for second in seconds {
        totals.add(second);
    }
    totals
}

fn judged(totals: &Totals, ending: Ending, slo: &str, change: impl FnOnce(&mut RunInfo)) -> LoadReport {
    let mut run = run(&[slo]);
    change(&mut run);
    let mut totals = totals.clone();
    totals.offered_s = span_s(&totals, &run, run.planned_s);
    judge(&totals, &[Slo::recorded(slo).unwrap()], 8, ending, &run).report
}

/// Five calls of 300 ms in a record of 0.3 s.
fn five() -> Totals {
    let mut seconds = seconds(&[answered(0, 300_000); 5]);
    seconds.truncate(1);
    seconds[0].counters.length_s = 0.3;
    totals(&seconds)
}

#[test]
fn of_so_many_calls_the_rate_is_over_the_time_until_they_were_done() {
    let report = judged(&five(), WHOLE, "rate >= 50/s", |run| {
        (run.expected_arrivals, run.requests, run.planned_s) = (None, Some(5), 1e9);
    });
    assert_eq!(report.slos[0].measured, "16.7/s");
    assert!(!report.slos[0].held);
}

#[test]
fn of_one_call_a_minute_the_rate_is_no_more_than_that() {
    let mut seconds = seconds(&[answered(0, 5_000)]);
    seconds.truncate(1);
    let report = judged(&totals(&seconds), WHOLE, "rate >= 1000/s", |run| {
        (run.expected_arrivals, run.requests, run.planned_s) = (Some(1.0 / 60_000.0), Some(1), 0.001);
    });
    assert_eq!(report.verdict, LoadVerdict::Invalid, "{}", report.sentence);
    assert!(
        report.slos[0].measured.starts_with("0.016"),
        "{}",
        report.slos[0].measured
    );
    let whole = judged(&totals(&seconds), WHOLE, "rate >= 1/min", |run| {
        (run.expected_arrivals, run.requests, run.planned_s) = (Some(1.0 / 60_000.0), Some(1), 0.001);
    });
    assert_eq!(whole.verdict, LoadVerdict::Pass, "{}", whole.sentence);
}

#[test]
fn a_rate_that_was_not_offered_says_nothing_of_the_target() {
    let totals = totals(&seconds(&steady(20, 5_000)));
    let report = judged(&totals, WHOLE, "rate >= 100/s", |_| {});
    assert_eq!(report.verdict, LoadVerdict::Invalid);
    assert_eq!(
        report.sentence,
        "1 of 1 objective cannot be decided (rate >= 100/s): no more than 20/s were offered; a target answers what it is sent, so send more, or ask for less."
    );
    assert!(report.generator.healthy);
}

#[test]
fn calls_that_did_not_come_are_told() {
    let totals = totals(&seconds(&steady(2, 5_000)));
    let told = |requests| {
        let report = judged(&totals, WHOLE, "p99 < 1s", |run| run.requests = requests);
        report
            .findings
            .iter()
            .any(|finding| finding.contains("only 20 of the 1000 calls"))
    };
    assert!(told(Some(1000)));
    assert!(!told(Some(20)) && !told(None));
}

#[test]
fn an_interruption_at_the_end_is_told_as_what_it_was() {
    let totals = totals(&seconds(&steady(2, 5_000)));
    let interrupted = Ending {
        interrupted: true,
        dead: false,
    };
    let sentence = |planned_s| judged(&totals, interrupted, "p99 < 1s", |run| run.planned_s = planned_s).sentence;
    assert!(sentence(10.0).starts_with("The run was interrupted after 10.0 s, when its 10.0 s were over: all"));
    assert!(sentence(4.0).contains("after 10.0 s, when its 4.0 s were over"));
    assert!(sentence(12.0).starts_with("The run ended before its time, after 10.0 of 12.0 s"));
}
