//! Realistic results, for tests of renderings in this crate and others.

use crate::capacity::{
    Broke, Cameras, CapacityReport, CapacityVerdict, Estimate, LatencyAt, Need, Purpose, SCHEMA, StepRow, StepVerdict,
    Usl, UslFit,
};
use crate::load::{Percentiles, SloRow};
use crate::objective::{Comparison, Metric, Objective};

/// A search that found what a four-worker box carries, and that it is enough.
pub fn found() -> CapacityReport {
    let steps = vec![
        step(1, Purpose::Ramp, StepVerdict::Held, 20.0, 21_000),
        step(2, Purpose::Ramp, StepVerdict::Held, 40.0, 22_000),
        step(3, Purpose::Ramp, StepVerdict::Held, 80.0, 26_000),
        step(4, Purpose::Ramp, StepVerdict::Held, 160.0, 61_000),
        step(5, Purpose::Ramp, StepVerdict::Hopeless, 320.0, 1_210_000),
        step(6, Purpose::Bisect, StepVerdict::Broke, 194.0, 402_000),
        step(7, Purpose::Edge, StepVerdict::Held, 180.0, 201_000),
        step(8, Purpose::Edge, StepVerdict::Broke, 189.0, 288_000),
        step(9, Purpose::Confirm, StepVerdict::Held, 183.0, 231_000),
        step(10, Purpose::Latency, StepVerdict::Held, 91.5, 24_000),
        step(11, Purpose::Latency, StepVerdict::Held, 146.4, 44_000),
    ];
    let latency = [(0.5, 9), (0.8, 10), (1.0, 8)].map(|(share, index): (f64, usize)| LatencyAt {
        share,
        rate_per_s: steps[index].rate_per_s,
        calls: Some(steps[index].calls),
        response_us: steps[index].response_us,
    });
    CapacityReport {
        schema: SCHEMA.to_owned(),
        verdict: CapacityVerdict::Pass,
        sentence:
            "This target carries 183 cameras at 1 frame/s (183/s, between 180 and 189/s); above that, publish.p99 < 250ms breaks first; 150/s are needed: 22% to spare"
                .to_owned(),
        sustained_per_s: Some(183.0),
        bracket_per_s: Some([180.0, 189.0]),
        limited_by: Some("publish.p99 < 250ms".to_owned()),
        broke_at: Some(Broke {
            rate_per_s: 189.0,
            measured: "288 ms".to_owned(),
        }),
        confirmed: true,
        need: Some(Need {
            rate_per_s: 150.0,
            stated: None,
            met: Some(true),
            headroom: Some(0.22),
        }),
        cameras: Some(Cameras {
            fps: 1.0,
            count: Some(183),
            megabits_per_s: None,
            gigabytes_per_day: None,
        }),
        latency: latency.to_vec(),
        slos: vec!["publish.p99 < 250ms".to_owned(), "errors < 0.1%".to_owned()],
        steps,
        usl: Usl {
            fit: Some(UslFit {
                gamma: estimate(50.1, 49.2, 51.3),
                alpha: estimate(0.012, 0.0, 0.031),
                beta: estimate(0.004, 0.002, 0.007),
                knee_in_flight: Some(estimate(15.7, 11.8, 22.1)),
                knee_per_s: Some(estimate(201.0, 192.0, 214.0)),
                points: 9,
                r_squared: 0.993,
            }),
            why_not: None,
            method: "weighted least squares, 95% intervals by residual bootstrap".to_owned(),
        },
        reasons: Vec::new(),
        findings: vec!["step 5 was given up after 2 s: calls only piled up".to_owned()],
        method: vec!["its calls are those of a single queue served by 4 workers, with 20.0 ms of work each".to_owned()],
        scenario: "camera-feed".to_owned(),
        journey: None,
        target: "https://10.0.0.123:5009".to_owned(),
        seed: 7,
        started_at: "2026-11-22T08:30:00.000Z".to_owned(),
        ended_at: "2026-11-22T08:32:41.500Z".to_owned(),
        duration_s: 161.5,
        version: "0.1.0".to_owned(),
        ran_out: None,
        held: None,
        changed: None,
        connections: None,
    }
}

/// The same search with a step in which the target paused and one that the generator spoiled: neither held, and neither broke.
pub fn with_steps_that_do_not_count() -> CapacityReport {
    let mut report = found();
    let mut paused = step(12, Purpose::Bisect, StepVerdict::Broke, 120.0, 1_400_000);
    paused.set_aside =
        Some("left out: the target answered nothing for 1.50 s, which says nothing of this rate".to_owned());
    report.steps.push(paused);
    report
        .steps
        .push(step(13, Purpose::Bisect, StepVerdict::Invalid, 130.0, 90_000));
    report
}

/// A search on a target that was faster than the generator: no number.
pub fn generator_gave_out() -> CapacityReport {
    let found = found();
    let why =
        "arrivals were sent late though users were free: half of them by 4.20 ms, 1% by 61.00 ms (limits 1 and 10 ms)";
    let mut last = step(5, Purpose::Ramp, StepVerdict::Invalid, 320.0, 90_000);
    last.reasons = vec![why.to_owned()];
    let mut steps: Vec<StepRow> = found.steps[..4].to_vec();
    steps.push(last);
    CapacityReport {
        verdict: CapacityVerdict::Invalid,
        sentence: "The generator gave out before the target did: use a faster machine, or several".to_owned(),
        sustained_per_s: None,
        bracket_per_s: None,
        limited_by: None,
        broke_at: None,
        confirmed: false,
        need: Some(Need {
            rate_per_s: 150.0,
            stated: None,
            met: None,
            headroom: None,
        }),
        cameras: Some(Cameras {
            fps: 1.0,
            count: None,
            megabits_per_s: None,
            gigabytes_per_day: None,
        }),
        latency: Vec::new(),
        steps,
        usl: Usl {
            fit: None,
            why_not: Some("throughput grows in proportion to concurrency: the steps show no curvature".to_owned()),
            ..found.usl
        },
        reasons: vec![why.to_owned()],
        findings: Vec::new(),
        method: Vec::new(),
        ..found
    }
}

fn estimate(value: f64, low: f64, high: f64) -> Estimate {
    Estimate { value, low, high }
}

/// A step at a rate with a 99th percentile; the other figures follow from these.
fn step(number: u64, purpose: Purpose, verdict: StepVerdict, rate_per_s: f64, p99: u64) -> StepRow {
    let held = verdict == StepVerdict::Held;
    let beyond = p99.saturating_sub(20_000);
    let response_us = Percentiles {
        p50: 20_000 + beyond / 20,
        p90: 20_000 + beyond / 3,
        p95: 20_000 + beyond / 2,
        p99,
        p999: p99 + p99 / 4,
        max: p99 + p99 / 2,
        mean: 20_500.0,
    };
    let achieved_per_s = rate_per_s.min(200.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an example's rates are small and positive"
    )]
    let calls = (achieved_per_s * 10.0) as u64;
    #[expect(clippy::cast_precision_loss, reason = "an example's numbers are small")]
    let start_s = number as f64 * 14.0 - 14.0;
    StepRow {
        number,
        purpose,
        verdict,
        rate_per_s,
        achieved_per_s,
        warm_up_s: 1.0,
        measured_s: 10.0,
        calls,
        errors: 0,
        response_us,
        service_us: response_us,
        in_flight: achieved_per_s * 0.024,
        steady: verdict != StepVerdict::Hopeless,
        slos: vec![
            SloRow {
                slo: "publish.p99 < 250ms".to_owned(),
                measured: format!("{}ms", p99 / 1000),
                held,
                at_best: None,
                objective: Some(Objective::new(
                    Some("publish".to_owned()),
                    Metric::Quantile { quantile: 0.99 },
                    Comparison::Less,
                    250_000.0,
                )),
            },
            SloRow {
                slo: "errors < 0.1%".to_owned(),
                measured: "0%".to_owned(),
                held: true,
                at_best: None,
                objective: Some(Objective::new(None, Metric::Errors, Comparison::Less, 0.001)),
            },
        ],
        reasons: if held {
            Vec::new()
        } else {
            vec![format!("publish.p99 < 250ms was missed: {}ms", p99 / 1000)]
        },
        set_aside: None,
        watched: None,
        start_s,
        record: Some(format!("steps/{number:02}-{rate_per_s:.0}")),
    }
}
