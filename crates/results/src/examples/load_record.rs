//! A record as a long run leaves it, made without a run: for tests of renderings in this crate and others.

use crate::load::{Connecting, GeneratorRow, LoadReport, LoadVerdict, SCHEMA, SloRow, rounded};
use crate::objective::{Comparison, Metric, Objective};
use crate::record::{
    Counters, HistogramTag, Lag, Machine, RUN_SCHEMA, RecordError, RecordWriter, RunInfo, RunStatus, Second, StageSpan,
    Totals, latency_histogram,
};
use hdrhistogram::Histogram;
use std::path::Path;

/// What happens to the target in the course of the run, as shares of its length.
const STALL: std::ops::Range<f64> = 0.62..0.66;
const REFUSALS: std::ops::Range<f64> = 0.8..0.83;
/// Calls per second of each operation: name, rate, and the median it takes in microseconds.
const OPERATIONS: [(&str, u64, f64); 3] = [
    ("publish", 140, 21_000.0),
    ("publishWithResponse", 40, 34_000.0),
    ("listTags", 20, 3_100.0),
];

/// Writes the record of a run of so many seconds into a new directory: a ramp, a stall of the target in which p99 misses
/// its objective, tokens that are refused, and a generator that is late for a while.
///
/// # Errors
/// The directory cannot be written.
pub fn write_record(directory: &Path, seconds: u32) -> Result<LoadReport, RecordError> {
    write(directory, run(seconds), seconds, 1.0)
}

/// Writes the record of the same load on a slower target, from another machine.
///
/// # Errors
/// The directory cannot be written.
pub fn write_slower_record(directory: &Path, seconds: u32) -> Result<LoadReport, RecordError> {
    let mut run = run(seconds);
    run.machine.cpus = 8;
    run.seed = 8;
    write(directory, run, seconds, 1.4)
}

fn write(directory: &Path, mut run: RunInfo, seconds: u32, slowdown: f64) -> Result<LoadReport, RecordError> {
    let mut writer = RecordWriter::create(directory, &run)?;
    let mut totals = Totals::default();
    let mut draw = Draw(run.seed);
    for number in 0..seconds {
        let second = second(number, f64::from(number) / f64::from(seconds), slowdown, &mut draw);
        totals.add(&second);
        writer.write_second(&second)?;
    }
    let report = report(&totals, run.seed);
    run.status = RunStatus::Complete;
    run.ended_at = Some("2026-11-22T07:00:00Z".to_owned());
    run.result = Some(report.clone());
    writer.write_run(&run)?;
    Ok(report)
}

/// What a record says of a run of so many seconds.
pub fn run(seconds: u32) -> RunInfo {
    let length_s = f64::from(seconds);
    let stage = |from: f64, to: f64, what: &str| StageSpan {
        start_s: rounded(from * length_s),
        length_s: rounded((to - from) * length_s),
        what: what.to_owned(),
    };
    RunInfo {
        schema: RUN_SCHEMA.to_owned(),
        version: "0.1.0".to_owned(),
        status: RunStatus::Running,
        scenario: "field-mix".to_owned(),
        target: "lab".to_owned(),
        base_url: "https://10.0.0.123:5009".to_owned(),
        started_at: "2026-11-22T06:00:00Z".to_owned(),
        started_unix_ns: 1_795_327_200_000_000_000,
        ended_at: None,
        planned_s: length_s,
        seed: 7,
        shard: "1/1".to_owned(),
        shard_from: None,
        scenario_digest: None,
        clock: None,
        users: 250,
        threads: 1,
        slos: ["publish.p99 < 250ms", "errors < 0.1%"].map(str::to_owned).to_vec(),
        machine: Machine {
            os: "linux".to_owned(),
            arch: "x86_64".to_owned(),
            cpus: 4,
        },
        guards: None,
        connecting: Some(Connecting {
            http2: false,
            streams: 1,
            keep_alive: true,
            timeout_s: 10.0,
            tls: true,
            proxy: false,
        }),
        expected_arrivals: None,
        requests: None,
        stages: vec![
            stage(0.0, 0.25, "ramp to 200/s"),
            stage(0.25, 0.9, "hold"),
            stage(0.9, 1.0, "ramp to 50/s"),
        ],
        parts: Vec::new(),
        turns: None,
        lost: None,
        result: None,
    }
}

/// One second, at a share of the run.
fn second(number: u32, at: f64, slowdown: f64, draw: &mut Draw) -> Second {
    let load = if at < 0.25 {
        0.1 + at * 3.6
    } else if at < 0.9 {
        1.0
    } else {
        1.0 - (at - 0.9) * 7.5
    };
    let slower = slowdown * if STALL.contains(&at) { 14.0 } else { 1.0 + 0.5 * load };
    let mut second = Second::new(Counters {
        second: u64::from(number),
        start_s: f64::from(number),
        length_s: 1.0,
        busy: 0.2 + 0.3 * load,
        cpu_s: 0.3 * load,
        rss_bytes: 42_000_000,
        ..Counters::default()
    });
    for (name, rate, median_us) in OPERATIONS {
        let calls = scaled(rate, load);
        let refused = if name == "publish" && REFUSALS.contains(&at) {
            calls / 20
        } else {
            0
        };
        let (mut response, mut service) = (latency_histogram(), latency_histogram());
        for _ in 0..calls {
            let us = draw.latency(median_us * slower);
            put(&mut service, us);
            put(
                &mut response,
                us + if STALL.contains(&at) {
                    draw.latency(400_000.0)
                } else {
                    draw.below(900)
                },
            );
        }
        add(&mut second, name, "response", &response);
        add(&mut second, name, "service", &service);
        let counters = &mut second.counters;
        let mut statuses = [("200".to_owned(), calls - refused)]
            .into_iter()
            .collect::<std::collections::BTreeMap<_, _>>();
        if refused > 0 {
            statuses.insert("401".to_owned(), refused);
            counters.errors.insert(name.to_owned(), refused);
        }
        counters.statuses.insert(name.to_owned(), statuses);
        counters.unauthorised += refused;
        counters.due += calls;
        counters.sent += calls;
        counters.done += calls;
    }
    let counters = &mut second.counters;
    counters.in_flight = scaled(5, load) * if STALL.contains(&at) { 30 } else { 1 } + draw.below(3);
    counters.backlog = if STALL.contains(&at) { 20 + draw.below(30) } else { 0 };
    lag(&mut second, (0.4..0.42).contains(&at), draw);
    second
}

fn lag(second: &mut Second, late: bool, draw: &mut Draw) {
    let mut lag = latency_histogram();
    for _ in 0..second.counters.due {
        put(&mut lag, draw.latency(if late { 6_000.0 } else { 90.0 }));
    }
    second.counters.lag_us = Lag {
        p50: lag.value_at_quantile(0.5),
        p99: lag.value_at_quantile(0.99),
        max: lag.max(),
    };
    second.add(HistogramTag::lag(), &lag);
}

fn put(histogram: &mut Histogram<u64>, us: u64) {
    histogram.saturating_record(us);
}

fn add(second: &mut Second, operation: &str, kind: &str, histogram: &Histogram<u64>) {
    let tag = format!("{operation}.{kind}.ok").parse().expect("a tag");
    second.add(tag, histogram);
}

fn scaled(figure: u64, share: f64) -> u64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an example's figures are small and positive"
    )]
    let scaled = (figure as f64 * share).round() as u64;
    scaled
}

fn report(totals: &Totals, seed: u64) -> LoadReport {
    let operations = totals.operations();
    let publish = totals.operation("publish").response_us.p99;
    #[expect(clippy::cast_precision_loss, reason = "an example's figures are small")]
    let share = 100.0 * operations.iter().map(|row| row.errors).sum::<u64>() as f64
        / operations.iter().map(|row| row.ok + row.errors).sum::<u64>().max(1) as f64;
    let slo = |slo: &str, measured: String, held: bool, objective: Objective| SloRow {
        slo: slo.to_owned(),
        measured,
        held,
        at_best: None,
        objective: Some(objective),
    };
    LoadReport {
        schema: SCHEMA.to_owned(),
        verdict: LoadVerdict::Fail,
        sentence: "The target missed 2 of 2 objectives: publish.p99 < 250ms, errors < 0.1%.".to_owned(),
        duration_s: rounded(totals.duration_s),
        arrivals: totals.arrivals,
        operations,
        generator: GeneratorRow {
            schedule_lag_us: totals.lag(),
            cpu_s: rounded(totals.cpu_s),
            max_rss_bytes: totals.max_rss_bytes,
            healthy: true,
            counted: false,
            reasons: Vec::new(),
            users: 250,
            threads: 1,
            waited_for_user: 0,
        },
        slos: vec![
            slo(
                "publish.p99 < 250ms",
                format!("{}ms", publish / 1_000),
                publish < 250_000,
                Objective::new(
                    Some("publish".to_owned()),
                    Metric::Quantile { quantile: 0.99 },
                    Comparison::Less,
                    250_000.0,
                ),
            ),
            slo(
                "errors < 0.1%",
                format!("{share:.3}%"),
                share < 0.1,
                Objective::new(None, Metric::Errors, Comparison::Less, 0.001),
            ),
        ],
        findings: vec![format!(
            "{} calls were answered 401 with a token that, by what the target says of it, was still valid",
            totals.unauthorised
        )],
        unauthorised: totals.unauthorised,
        scenario: "field-mix".to_owned(),
        target: "https://10.0.0.123:5009".to_owned(),
        seed,
        protocol: None,
        guards: None,
        addresses: std::collections::BTreeMap::new(),
        watched: None,
        ran_out: None,
        drift: Vec::new(),
    }
}

/// Numbers that look random and are the same every time (Lehmer's generator of Park and Miller, 1988).
struct Draw(u64);

impl Draw {
    fn share(&mut self) -> f64 {
        self.0 = self.0 * 48_271 % 2_147_483_647;
        #[expect(clippy::cast_precision_loss, reason = "smaller than 2^31")]
        let share = self.0 as f64 / 2_147_483_647.0;
        share
    }

    fn below(&mut self, bound: u32) -> u64 {
        scaled(u64::from(bound), self.share())
    }

    /// A latency around a median, in microseconds, with the long tail that servers have.
    fn latency(&mut self, median_us: f64) -> u64 {
        let normal = (0..6).map(|_| self.share()).sum::<f64>() - 3.0;
        let tail = if self.share() < 0.01 {
            3.0 + 3.0 * self.share()
        } else {
            1.0
        };
        scaled(1, median_us * (normal * 0.35).exp() * tail)
    }
}
