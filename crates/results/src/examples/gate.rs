//! A gate report as real runs give it, for tests and for whoever renders one.

use crate::gate::{
    Comparison, Conformance, Finite, GateReport, GateVerdict, Look, Metric, Mode, Needs, Override, Run, SCHEMA,
    Sequential, Settings, Side, Undecided,
};
use crate::record::{Machine, RunStatus};
use crate::validate::{CaseResult, Summary, Verdict};
use proofload_contract::{Severity, Source};

/// Recorded runs of two operations: a regression, an operation that did not change, a comparison that cannot be decided,
/// errors on one side only, a drifted answer, and two warnings.
pub fn regressed() -> GateReport {
    let mut comparisons = vec![
        latency("publish", Metric::P50, [20_140.0, 22_310.0], [1.089, 1.126], 1.072),
        latency("publish", Metric::P90, [24_880.0, 27_120.0], [1.071, 1.113], 1.079),
        Comparison {
            verdict: GateVerdict::Inconclusive,
            needs: Some(Needs::Seconds { more: finite(240.0) }),
            ..latency("publish", Metric::P99, [61_200.0, 66_400.0], [0.912, 1.264], 1.31)
        },
        error_rate("publish"),
        throughput("publish", [199.8, 199.6], [0.994, 1.004]),
    ];
    comparisons.extend([
        unchanged("listTags", Metric::P50, [3_120.0, 3_090.0], [0.951, 1.032]),
        unchanged("listTags", Metric::P90, [4_460.0, 4_510.0], [0.969, 1.061]),
        Comparison {
            interval: None,
            difference_interval: None,
            verdict: GateVerdict::Inconclusive,
            detectable: None,
            detectable_ratio: None,
            block_s: None,
            needs: Some(Needs::Seconds { more: finite(70.0) }),
            note: Some("300 and 298 calls: a p99 needs 1000 on each side".to_owned()),
            ..unchanged("listTags", Metric::P99, [9_800.0, 12_050.0], [0.8, 1.6])
        },
        throughput("listTags", [10.0, 9.93], [0.983, 1.003]),
    ]);
    GateReport {
        schema: SCHEMA.to_owned(),
        status: RunStatus::Complete,
        verdict: GateVerdict::Regressed,
        inconclusive: Undecided::Invalid,
        version: "0.1.0".to_owned(),
        mode: Mode::Records,
        scenario: "camera-feed".to_owned(),
        baseline: side(&["runs/main-1", "runs/main-2"], 4),
        candidate: side(&["runs/branch-1", "runs/branch-2"], 8),
        settings: settings(),
        comparisons,
        reasons: vec![
            "publish.p50 is 10.8% higher than the baseline (95% interval 8.9% to 12.6%), and 5.0% are tolerated"
                .to_owned(),
            "publish.p99 cannot be decided: about 4 minutes more on each side would settle it".to_owned(),
            "1 answer differs from its snapshot".to_owned(),
        ],
        warnings: vec![
            "the generators ran on different machines: linux x86_64 with 4 processors, linux x86_64 with 8".to_owned(),
        ],
        sequential: None,
        conformance: Some(conformance()),
    }
}

/// Two live deployments in turns, decided before the time was up.
pub fn interleaved() -> GateReport {
    let comparisons = vec![
        unchanged("publish", Metric::P50, [20_110.0, 20_150.0], [0.998, 1.006]),
        unchanged("publish", Metric::P90, [20_380.0, 20_410.0], [0.994, 1.009]),
        unchanged("publish", Metric::P99, [22_240.0, 22_190.0], [0.971, 1.022]),
        throughput("publish", [200.0, 200.0], [0.999, 1.001]),
    ];
    let look = |pairs, spent, verdict| Look {
        pairs,
        spent: finite(spent),
        verdict,
    };
    GateReport {
        verdict: GateVerdict::NotRegressed,
        mode: Mode::Interleaved,
        baseline: live("http://127.0.0.1:8081"),
        candidate: live("http://127.0.0.1:8082"),
        comparisons,
        reasons: vec!["nothing is worse by more than is tolerated".to_owned()],
        warnings: Vec::new(),
        sequential: Some(Sequential {
            method: "Lan-DeMets alpha spending".to_owned(),
            block_s: finite(1.0),
            pairs: 16,
            planned_pairs: 40,
            looks: vec![
                look(8, 0.0074, GateVerdict::Inconclusive),
                look(16, 0.0059, GateVerdict::NotRegressed),
            ],
            elapsed_s: finite(34.2),
        }),
        conformance: None,
        ..regressed()
    }
}

fn finite(figure: f64) -> Finite {
    Finite::new(figure).unwrap_or_default()
}

fn settings() -> Settings {
    Settings {
        tolerance: finite(0.05),
        tolerances: vec![Override {
            what: "p99".to_owned(),
            tolerance: finite(0.2),
        }],
        floor_us: finite(1_000.0),
        error_floor: finite(0.005),
        confidence: finite(0.95),
        resamples: 1_000,
        seed: 7,
    }
}

/// A response time that regressed; values in microseconds.
fn latency(
    operation: &str,
    metric: Metric,
    [baseline, candidate]: [f64; 2],
    interval: [f64; 2],
    detectable: f64,
) -> Comparison {
    let limit = (baseline * 1.05).max(baseline + 1_000.0);
    Comparison {
        operation: operation.to_owned(),
        metric,
        baseline: Finite::new(baseline),
        candidate: Finite::new(candidate),
        ratio: Finite::new(candidate / baseline),
        interval: Some(interval.map(finite)),
        difference: Finite::new(candidate - baseline),
        difference_interval: Some(interval.map(|end| finite((end - 1.0) * baseline))),
        limit: Finite::new(limit),
        limit_ratio: Finite::new(limit / baseline),
        verdict: GateVerdict::Regressed,
        judged: true,
        detectable: Finite::new(detectable * baseline),
        detectable_ratio: Finite::new(detectable),
        block_s: Finite::new(3.0),
        needs: None,
        note: None,
    }
}

fn unchanged(operation: &str, metric: Metric, values: [f64; 2], interval: [f64; 2]) -> Comparison {
    Comparison {
        verdict: GateVerdict::NotRegressed,
        ..latency(operation, metric, values, interval, 1.39)
    }
}

/// None on the baseline's side, some on the candidate's.
fn error_rate(operation: &str) -> Comparison {
    Comparison {
        ratio: None,
        interval: None,
        limit: Finite::new(0.005),
        limit_ratio: None,
        detectable: Finite::new(0.0064),
        detectable_ratio: None,
        difference: Finite::new(0.0003),
        difference_interval: Some([finite(-0.0004), finite(0.0011)]),
        note: Some("no call of the baseline failed, so there is no ratio".to_owned()),
        ..unchanged(operation, Metric::ErrorRate, [0.0, 0.0003], [0.0, 0.0])
    }
}

fn throughput(operation: &str, [baseline, candidate]: [f64; 2], interval: [f64; 2]) -> Comparison {
    Comparison {
        limit: Finite::new(baseline / 1.05),
        limit_ratio: Finite::new(1.0 / 1.05),
        detectable: Finite::new(0.94 * baseline),
        detectable_ratio: Finite::new(0.94),
        ..unchanged(operation, Metric::Throughput, [baseline, candidate], interval)
    }
}

fn side(directories: &[&str], cpus: u64) -> Side {
    let runs = directories.iter().enumerate().map(|(index, directory)| Run {
        directory: Some((*directory).to_owned()),
        target: "lab".to_owned(),
        base_url: "https://lab.example:5009".to_owned(),
        version: "0.1.0".to_owned(),
        started_at: format!("2026-11-22T06:{index:02}:00Z"),
        measured_s: finite(30.0),
        rate: Finite::new(200.0),
        seed: 7 + index as u64,
        users: 250,
        shard: "1/1".to_owned(),
        machine: Machine {
            os: "linux".to_owned(),
            arch: "x86_64".to_owned(),
            cpus,
        },
    });
    Side {
        runs: runs.collect(),
        measured_s: finite(60.0),
    }
}

fn live(base_url: &str) -> Side {
    let mut side = side(&["-"], 2);
    for run in &mut side.runs {
        run.directory = None;
        base_url.clone_into(&mut run.base_url);
    }
    side
}

fn conformance() -> Conformance {
    Conformance {
        verdict: GateVerdict::Regressed,
        base_url: "https://lab.example:5009".to_owned(),
        snapshot: "snapshots".to_owned(),
        summary: Summary {
            pass: 411,
            fail: 1,
            ..Summary::default()
        },
        deviations: vec![CaseResult {
            id: "getTag/snapshot".to_owned(),
            operation: "GET /api/v1/Tags/{tagId}".to_owned(),
            probe: "snapshot".to_owned(),
            account: None,
            verdict: Verdict::Fail,
            severity: Severity::Must,
            source: Source::Seed,
            expected: "as in the snapshot".to_owned(),
            observed: "2 lines differ".to_owned(),
            detail: "Answers differ from the snapshot.".to_owned(),
            cause: None,
            curl: None,
            evidence: None,
            time_s: None,
            accepted: None,
            exchange: None,
            diff: Some("--- snapshot\n+++ now\n@@ -1,2 +1,2 @@\n-no-token: 401\n+no-token: 403\n".to_owned()),
        }],
    }
}
