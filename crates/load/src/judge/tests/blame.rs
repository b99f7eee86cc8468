//! Whose fault it was.

use super::{Call, End, answered, judged, seconds, stand_still, states, steady};
use proofload_results::load::{Complaint, LoadVerdict, SloState};
use proofload_results::record::Processors;

/// A second of the run in which the generator stood still for 0.4 s: 40 of its calls look long because of that.
fn with_standstill(mut calls: Vec<Call>) -> Vec<Call> {
    let touched = calls.iter_mut().filter(|call| call.second == 3).take(40);
    for (call, place) in touched.zip(0_u64..) {
        call.response_us += 400_000 - 10_000 * place;
        call.cost_us = 1_200_000;
        call.lag_us = 200;
    }
    calls
}

#[test]
fn a_standstill_of_the_generator_leaves_undecided_what_it_can_have_decided() {
    let slos = [
        "publish.max < 250ms",
        "publish.p99 < 250ms",
        "publish.p50 < 250ms",
        "errors < 1%",
    ];
    let mut seconds = seconds(&with_standstill(steady(100, 20_000)));
    stand_still(&mut seconds, 3, 0.4);
    let judged = judged(&seconds, &slos);
    let report = &judged.report;
    assert_eq!(
        states(report),
        [SloState::Undecided, SloState::Undecided, SloState::Held, SloState::Held]
    );
    assert_eq!(report.verdict, LoadVerdict::Invalid);
    let part = "2 of 4 objectives cannot be decided (publish.max < 250ms, publish.p99 < 250ms): the generator stood still for 0.40 s, 3.2 s after the start";
    assert!(report.sentence.starts_with(part), "{}", report.sentence);
    assert!(report.slos[0].figures().contains("perhaps 20"), "{:?}", report.slos[0]);
    assert!(
        !report.generator.healthy
            && judged
                .complaints
                .iter()
                .any(|one| matches!(one, Complaint::StoodStill { .. }))
    );
}

#[test]
fn what_is_missed_without_the_touched_calls_is_the_targets() {
    let mut calls = with_standstill(steady(100, 20_000));
    // The target was slow for a while of its own.
    for call in calls.iter_mut().filter(|call| call.second == 7) {
        call.response_us = 900_000;
    }
    let mut seconds = seconds(&calls);
    stand_still(&mut seconds, 3, 0.4);
    let report = judged(&seconds, &["publish.max < 250ms", "publish.p99 < 250ms"]).report;
    assert_eq!(states(&report), [SloState::Missed, SloState::Missed]);
    assert_eq!(report.verdict, LoadVerdict::Fail);
    // Nor does a short standstill explain a long wait.
    let mut stalled = answered(5, 3_000_000);
    stalled.cost_us = 60_000;
    let mut seconds = super::seconds(&[steady(100, 20_000), vec![stalled]].concat());
    stand_still(&mut seconds, 5, 0.02);
    let report = judged(&seconds, &["publish.max < 250ms"]).report;
    assert_eq!(report.verdict, LoadVerdict::Fail, "{}", report.sentence);
}

#[test]
fn a_standstill_that_decides_nothing_is_told_and_nothing_more() {
    let mut seconds = seconds(&with_standstill(steady(100, 20_000)));
    stand_still(&mut seconds, 3, 0.4);
    let report = judged(&seconds, &["publish.p90 < 250ms"]).report;
    assert_eq!(report.verdict, LoadVerdict::Pass, "{}", report.sentence);
    assert!(report.generator.healthy);
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.contains("no verdict rests on it")),
        "{:?}",
        report.findings
    );
}

#[test]
fn a_late_generator_makes_no_errors() {
    let mut calls = steady(100, 20_000);
    for call in &mut calls {
        call.end = End::Failed;
        call.lag_us = 30_000;
        call.cost_us = 90_000;
    }
    let report = judged(&seconds(&calls), &["errors < 1%", "publish.p99 < 250ms"]).report;
    assert_eq!(report.verdict, LoadVerdict::Fail);
    assert_eq!(report.sentence, "Not one call succeeded, over 1000 arrivals in 10.0 s.");
}

#[test]
fn a_proxy_that_gives_no_connection_is_not_the_target() {
    let mut calls = steady(100, 20_000);
    for call in calls.iter_mut().filter(|call| call.second > 6) {
        call.end = End::NoProxy;
    }
    let judged = judged(&seconds(&calls), &["errors < 1%"]);
    assert_eq!(judged.report.verdict, LoadVerdict::Invalid);
    assert_eq!(judged.complaints, [Complaint::ProxyGaveOut { calls: 300 }]);
    assert!(
        judged.report.sentence.contains("the proxy gave no connection"),
        "{}",
        judged.report.sentence
    );
}

#[test]
fn ports_that_are_used_up_are_not_the_targets() {
    let mut calls = steady(100, 20_000);
    for call in calls.iter_mut().filter(|call| call.second > 6) {
        call.end = End::NoPort;
    }
    let slos = ["errors < 1%", "publish.p99 < 250ms", "publish.p50 < 250ms"];
    let judged = judged(&seconds(&calls), &slos);
    let report = &judged.report;
    assert_eq!(
        states(report),
        [SloState::Undecided, SloState::Undecided, SloState::Held]
    );
    assert_eq!(report.verdict, LoadVerdict::Invalid);
    assert_eq!(judged.complaints, [Complaint::OutOfPorts { calls: 300 }]);
    assert!(report.sentence.contains("no local port left"), "{}", report.sentence);
    // Where the target refused as many by itself, it failed all the same.
    for call in calls.iter_mut().filter(|call| call.second < 4) {
        call.end = End::Failed;
    }
    let report = super::judged(&seconds(&calls), &slos).report;
    assert_eq!(report.verdict, LoadVerdict::Fail);
    // A few decide nothing.
    let mut few = steady(100, 20_000);
    few[0].end = End::NoPort;
    let report = super::judged(&seconds(&few), &["errors < 1%"]).report;
    assert_eq!(report.verdict, LoadVerdict::Pass, "{}", report.sentence);
    assert!(
        report.findings.iter().any(|finding| finding.contains("no local port")),
        "{:?}",
        report.findings
    );
}

#[test]
fn arrivals_that_a_standstill_left_out_wait_for_no_user() {
    let mut calls = steady(100, 20_000);
    for call in calls.iter_mut().filter(|call| call.second == 9) {
        call.end = End::Missed;
    }
    let mut seconds = seconds(&calls);
    stand_still(&mut seconds, 9, 12.0);
    let judged = judged(&seconds, &["errors < 1%"]);
    assert_eq!(judged.report.verdict, LoadVerdict::Invalid);
    assert!(
        !judged
            .complaints
            .iter()
            .any(|one| matches!(one, Complaint::TooFewUsers { .. })),
        "{:?}",
        judged.complaints
    );
    let finding = "100 of 1000 arrivals were never sent because the generator stood still until the run was over";
    assert!(
        judged.report.findings.contains(&finding.to_owned()),
        "{:?}",
        judged.report.findings
    );
}

#[test]
fn a_machine_that_others_keep_is_said_to_be_busy() {
    let mut calls = steady(37, 20_000);
    for call in &mut calls {
        call.lag_us = 25_000;
        call.response_us += 25_000;
        call.cost_us = 75_000;
    }
    let mut seconds = seconds(&calls);
    for second in &mut seconds {
        second.counters.processors = Some(Processors {
            own: 0.02,
            others: 0.95,
            stolen: 0.0,
            throttled: 0.0,
        });
    }
    let report = judged(&seconds, &["publish.p99 < 40ms"]).report;
    assert_eq!(report.verdict, LoadVerdict::Invalid);
    assert!(
        report.generator.reasons[0].starts_with(Complaint::MACHINE_BUSY),
        "{:?}",
        report.generator.reasons
    );
    for second in &mut seconds {
        second.counters.processors = Some(Processors {
            own: 0.95,
            others: 0.02,
            stolen: 0.0,
            throttled: 0.0,
        });
    }
    let report = judged(&seconds, &["publish.p99 < 40ms"]).report;
    assert!(
        report.generator.reasons[0].starts_with("arrivals were sent late"),
        "{:?}",
        report.generator.reasons
    );
}

#[test]
fn lateness_within_the_limits_decides_nothing_either() {
    let mut calls = steady(100, 9_000);
    for call in calls.iter_mut().filter(|call| call.second == 2).take(8) {
        call.lag_us = 4_000;
        call.response_us += 4_000;
        call.cost_us = 12_000;
    }
    let judged = judged(&seconds(&calls), &["publish.max < 10ms"]);
    assert_eq!(judged.report.verdict, LoadVerdict::Invalid);
    assert!(
        matches!(judged.complaints[..], [Complaint::LateByAsMuch { .. }]),
        "{:?}",
        judged.complaints
    );
}

#[test]
fn records_of_earlier_versions_are_judged_as_they_are() {
    let mut calls = steady(100, 20_000);
    calls[500].response_us = 400_000;
    let report = judged(&seconds(&calls), &["publish.max < 250ms"]).report;
    assert_eq!(report.verdict, LoadVerdict::Fail);
}

#[test]
fn where_most_calls_fail_nothing_passes_though_no_objective_was_stated() {
    let of_ten = |failed: u32, end: End| {
        let mut calls = steady(100, 20_000);
        for (call, number) in calls.iter_mut().zip(0_u32..) {
            if number % 10 < failed {
                call.end = end;
            }
        }
        judged(&seconds(&calls), &[]).report
    };
    let report = of_ten(6, End::Failed);
    assert_eq!(report.verdict, LoadVerdict::Fail);
    assert_eq!(
        report.sentence,
        "Most calls failed, 600 of 1000, over 1000 arrivals in 10.0 s."
    );
    let report = of_ten(5, End::Failed);
    assert_eq!(report.verdict, LoadVerdict::Pass);
    assert!(
        report.sentence.contains("500 calls failed; no objective was stated"),
        "{}",
        report.sentence
    );
    // What failed for want of a port of ours is nobody's refusal.
    assert_eq!(of_ten(6, End::NoPort).verdict, LoadVerdict::Invalid);
}
