//! What a run says, over runs made up call by call.

mod blame;
mod doors;
mod offer;
mod properties;

use crate::judge::verdict::{Ending, Judged, judge};
use crate::slo::Slo;
use proofload_results::load::{
    Breach, Complaint, Connecting, GuardCount, GuardKind, GuardPlan, LoadReport, LoadVerdict, Percentiles, SloState,
};
use proofload_results::record::{
    Counters, HistogramTag, Lag, LatencyKind, Machine, RUN_SCHEMA, RunInfo, RunStatus, Second, Standstill, Totals,
    latency_histogram,
};
use std::collections::BTreeMap;

/// How an arrival ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Answered,
    Failed,
    /// It timed out while the generator stood still.
    Excused,
    NoPort,
    NoProxy,
    /// All users were busy until the end.
    Unsent,
    /// The generator stood still until the end.
    Missed,
}

/// An arrival of one call.
#[derive(Debug, Clone, Copy)]
struct Call {
    second: u32,
    shard: usize,
    operation: &'static str,
    end: End,
    response_us: u64,
    service_us: u64,
    /// By so much the generator may have lengthened it.
    cost_us: u64,
    lag_us: u64,
    waited: bool,
}

/// A call that was answered as it should be.
fn answered(second: u32, response_us: u64) -> Call {
    Call {
        second,
        shard: 0,
        operation: "publish",
        end: End::Answered,
        response_us,
        service_us: response_us.min(20_000),
        cost_us: 0,
        lag_us: 80,
        waited: false,
    }
}

/// So many calls a second over 10 s, each answered after so long.
fn steady(per_s: u32, response_us: u64) -> Vec<Call> {
    (0..10 * per_s)
        .map(|number| answered(number / per_s, response_us))
        .collect()
}

/// The seconds in which these calls were made; what else the generator did in them is added by whoever knows.
fn seconds(calls: &[Call]) -> Vec<Second> {
    let mut seconds: Vec<Second> = (0..10)
        .map(|number| {
            Second::new(Counters {
                second: number,
                start_s: f64::from(u32::try_from(number).unwrap()),
                length_s: 1.0,
                ..Counters::default()
            })
        })
        .collect();
    for call in calls {
        count(&mut seconds[call.second as usize], call);
    }
    for second in &mut seconds {
        let lag = second.histograms.get(&HistogramTag::lag());
        let lag = lag.map(Percentiles::of).unwrap_or_default();
        second.counters.lag_us = Lag {
            p50: lag.p50,
            p99: lag.p99,
            max: lag.max,
        };
    }
    seconds
}

fn count(second: &mut Second, call: &Call) {
    let counters = &mut second.counters;
    let name = call.operation.to_owned();
    counters.due += 1;
    counters.waited_for_user += u64::from(call.waited);
    if call.end == End::Missed {
        counters.missed += 1;
    }
    if matches!(call.end, End::Missed | End::Unsent) {
        return;
    }
    counters.sent += 1;
    counters.done += 1;
    let (status, outcome) = match call.end {
        End::Answered => ("200", "ok"),
        End::Failed => ("503", "error"),
        End::Excused => ("timeout", "error"),
        End::NoProxy => (Complaint::PROXY, "error"),
        _ => (Complaint::OUT_OF_PORTS, "error"),
    };
    let statuses = counters.statuses.entry(name.clone()).or_default();
    *statuses.entry(status.to_owned()).or_default() += 1;
    if outcome == "error" {
        *counters.errors.entry(name.clone()).or_default() += 1;
    }
    if matches!(call.end, End::Excused | End::NoPort | End::NoProxy) {
        *counters.excused.entry(name.clone()).or_default() += 1;
    }
    let mut put = |tag: HistogramTag, us: u64| {
        let histogram = second.histograms.entry(tag).or_insert_with(latency_histogram);
        histogram.record(us.max(1)).unwrap();
    };
    let tag = |kind: &str| format!("{name}.{kind}.{outcome}").parse().unwrap();
    put(tag("response"), call.response_us);
    put(tag("service"), call.service_us);
    put(HistogramTag::lag(), call.lag_us);
    if call.end == End::Answered && call.cost_us > 0 {
        put(HistogramTag::succeeded(&name, LatencyKind::Delayed), call.response_us);
        let at_best = call.response_us.saturating_sub(call.cost_us);
        put(HistogramTag::succeeded(&name, LatencyKind::AtBest), at_best);
    }
}

fn run(slos: &[&str]) -> RunInfo {
    RunInfo {
        schema: RUN_SCHEMA.to_owned(),
        version: "0.1.0".to_owned(),
        status: RunStatus::Complete,
        scenario: "camera-feed".to_owned(),
        target: "lab".to_owned(),
        base_url: "https://lab.example".to_owned(),
        started_at: "2026-11-22T06:00:00Z".to_owned(),
        started_unix_ns: 1_795_327_200_000_000_000,
        ended_at: None,
        planned_s: 10.0,
        seed: 7,
        shard: "1/1".to_owned(),
        shard_from: None,
        scenario_digest: None,
        clock: None,
        users: 8,
        threads: 2,
        slos: slos.iter().map(|slo| (*slo).to_owned()).collect(),
        machine: Machine::here(),
        guards: None,
        connecting: Some(Connecting {
            http2: false,
            streams: 1,
            keep_alive: true,
            timeout_s: 10.0,
            tls: true,
            proxy: false,
        }),
        expected_arrivals: Some(1000.0),
        requests: None,
        stages: Vec::new(),
        parts: Vec::new(),
        turns: None,
        lost: None,
        result: None,
    }
}

const WHOLE: Ending = Ending {
    interrupted: false,
    dead: false,
};

fn judged(seconds: &[Second], slos: &[&str]) -> Judged {
    let mut totals = Totals::default();
    for second in seconds {
        totals.add(second);
    }
    totals.offered_s = totals.offered_s.min(10.0);
    let stated: Vec<Slo> = slos.iter().map(|text| Slo::recorded(text).unwrap()).collect();
    judge(&totals, &stated, 8, WHOLE, &run(slos))
}

fn states(report: &LoadReport) -> Vec<SloState> {
    report.slos.iter().map(proofload_results::load::SloRow::state).collect()
}

/// The generator stood still for so long in a second.
fn stand_still(seconds: &mut [Second], second: usize, length_s: f64) {
    let at_s = seconds[second].counters.start_s + 0.2;
    seconds[second].counters.standstill = Some(Standstill {
        longest_s: length_s,
        at_s,
        total_s: length_s,
    });
}

/// A second in which a tampered token was let in, and another refused.
fn open_door(second: &mut Second) {
    let count = GuardCount {
        sent: 2,
        refused: 1,
        let_in: 1,
        statuses: BTreeMap::from([("200".to_owned(), 1), ("401".to_owned(), 1)]),
        odd: None,
    };
    let guarded = &mut second.counters.guarded;
    guarded.guards.insert(GuardKind::TamperedToken, count);
    guarded.keep(Breach {
        guard: Some(GuardKind::TamperedToken),
        operation: "publish".to_owned(),
        status: 200,
        at_s: 1.5,
        in_flight: 60,
        what: "its signature was changed".to_owned(),
    });
}

#[test]
fn a_door_that_was_open_fails_a_run_whatever_else_it_was() {
    let mut run = run(&["publish.p99 < 1s"]);
    run.guards = Some(GuardPlan::default());
    let stated = [Slo::recorded("publish.p99 < 1s").unwrap()];
    for (interrupted, dead) in [(false, false), (true, false), (false, true)] {
        let mut totals = Totals::default();
        let mut seconds = seconds(&steady(20, 5_000));
        open_door(&mut seconds[0]);
        for second in &seconds {
            totals.add(second);
        }
        let report = judge(&totals, &stated, 8, Ending { interrupted, dead }, &run).report;
        assert_eq!(report.verdict, LoadVerdict::Fail);
        assert!(report.slos.iter().all(|slo| slo.held), "objectives are another matter");
        for text in [&report.sentence, &report.findings[0]] {
            assert!(
                text.contains("1 of 2 calls with a tampered token were let in (publish answered 200"),
                "{text}"
            );
        }
    }
}

#[test]
fn what_is_under_way_says_nothing_of_a_run_that_goes_on() {
    use crate::judge::recorded::report_so_far;
    // Of 40 arrivals of the first second 30 are out still, or wait for a user.
    let mut second = seconds(&(0..10).map(|_| answered(0, 20_000)).collect::<Vec<_>>()).swap_remove(0);
    second.counters.due = 40;
    second.counters.sent = 25;
    let mut totals = Totals::default();
    totals.add(&second);
    let info = RunInfo {
        status: RunStatus::Running,
        ..run(&["publish.p99 < 250ms", "errors < 1%"])
    };
    let report = report_so_far(&info, totals.clone()).unwrap();
    assert_eq!(states(&report), [SloState::Held, SloState::Held]);
    assert_eq!(
        report.verdict,
        LoadVerdict::Incomplete,
        "nothing is judged before its end"
    );
    assert_eq!(
        report.sentence,
        "1 of 10 s: all 2 objectives hold so far, over 10 arrivals."
    );
    assert_eq!((report.arrivals.due, report.arrivals.sent), (40, 25));
    let missed = report_so_far(&run(&["publish.p50 < 1ms"]), totals).unwrap();
    assert_eq!(
        missed.sentence,
        "1 of 10 s: 1 of 1 objective missed so far, over 10 arrivals: publish.p50 < 1ms."
    );
    let nothing = report_so_far(&run(&[]), Totals::default()).unwrap();
    assert_eq!(nothing.sentence, "0 of 10 s: no call has ended yet.");
}
