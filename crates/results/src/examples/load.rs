//! Hand-built results for the tests of the renderings.

use crate::load::{
    Arrivals, Breach, Connecting, DuePercentiles, GeneratorRow, GuardCount, GuardKind, GuardPlan, GuardReport, Guarded,
    LoadReport, LoadVerdict, OperationRow, Percentiles, Protocol, SCHEMA, SloRow, open_doors,
};
use std::collections::BTreeMap;

/// A run that missed an objective.
pub fn missed() -> LoadReport {
    LoadReport {
        schema: SCHEMA.to_owned(),
        verdict: LoadVerdict::Fail,
        sentence: "The target missed 1 of 2 objectives over 2000 arrivals in 10.0 s: errors < 0.1%.".to_owned(),
        duration_s: 10.0,
        arrivals: Arrivals {
            due: 2000,
            sent: 2000,
            done: 2000,
            unsent: 0,
        },
        operations: vec![
            operation("publish", 1990, 10, 4_200),
            operation("renewToken", 40, 0, 900),
        ],
        generator: GeneratorRow {
            schedule_lag_us: percentiles(40),
            cpu_s: 0.6,
            max_rss_bytes: 42 * 1024 * 1024,
            healthy: true,
            counted: false,
            reasons: Vec::new(),
            users: 250,
            threads: 1,
            waited_for_user: 0,
        },
        slos: vec![
            slo("errors < 0.1%", "0.5%", false),
            slo("publish.p99 < 250ms", "42 ms", true),
        ],
        findings: vec!["10 calls were answered with 503".to_owned()],
        unauthorised: 0,
        scenario: "camera-feed".to_owned(),
        target: "https://lab:5009".to_owned(),
        seed: 7,
        protocol: Some(Protocol {
            answers: std::collections::BTreeMap::from([("HTTP/1.1".to_owned(), 2040)]),
            connections: 250,
            asked: Connecting {
                http2: false,
                streams: 1,
                keep_alive: true,
                timeout_s: 10.0,
                tls: true,
                proxy: false,
            },
        }),
        guards: None,
        addresses: std::collections::BTreeMap::new(),
        watched: None,
        ran_out: None,
        drift: Vec::new(),
    }
}

/// A run that held every objective while doors stood open.
pub fn breached() -> LoadReport {
    let mut report = missed();
    let breach = |guard, operation: &str, what: &str| Breach {
        guard,
        operation: operation.to_owned(),
        status: 200,
        at_s: 4.2,
        in_flight: 73,
        what: what.to_owned(),
    };
    let count = |refused, let_in, neither| GuardCount {
        sent: refused + let_in + neither,
        refused,
        let_in,
        statuses: BTreeMap::from([
            ("401".to_owned(), refused),
            ("200".to_owned(), let_in),
            ("503".to_owned(), neither),
        ]),
        odd: (neither > 0).then(|| "publish answered 503".to_owned()),
    };
    let guarded = Guarded {
        guards: BTreeMap::from([
            (GuardKind::NoToken, count(3, 0, 0)),
            (GuardKind::TamperedToken, count(1, 1, 1)),
        ]),
        checked: BTreeMap::from([("profile".to_owned(), 40)]),
        misdirected: BTreeMap::from([("profile".to_owned(), 1)]),
        check_us: 1200,
        breaches: vec![
            breach(Some(GuardKind::TamperedToken), "publish", "its signature was changed"),
            breach(None, "profile", "it names reader@x and not admin@x"),
        ],
    };
    report.slos = vec![slo("publish.p99 < 250ms", "42ms", true)];
    report.findings = open_doors(&guarded);
    "The doors did not stay shut.".clone_into(&mut report.sentence);
    report.guards = Some(GuardReport {
        plan: GuardPlan {
            per_s: 1.0,
            check: "sample".to_owned(),
            untried: BTreeMap::from([(
                GuardKind::WithoutPermission,
                "no account is known to lack one".to_owned(),
            )]),
        },
        guarded,
    });
    report
}

/// A run in which the generator stood still, which may have decided an objective.
pub fn undecided() -> LoadReport {
    let mut report = missed();
    report.verdict = LoadVerdict::Invalid;
    report.operations = vec![operation("publish", 2000, 0, 4_200)];
    report.findings.clear();
    let still = "the generator stood still for 0.41 s, 3.2 s after the start";
    report.sentence = format!("Undecided: 1 of 2 objectives may have been missed because {still}.");
    report.generator.healthy = false;
    report.generator.reasons = vec![still.to_owned()];
    report.slos = vec![
        slo("errors < 0.1%", "0%", true),
        SloRow {
            at_best: Some("42ms".to_owned()),
            ..slo("publish.max < 250ms", "412ms", false)
        },
    ];
    report
}

/// A run whose generator was the bottleneck.
pub fn invalid() -> LoadReport {
    let mut report = missed();
    report.verdict = LoadVerdict::Invalid;
    "The run says nothing of the target: arrivals were sent late though users were free."
        .clone_into(&mut report.sentence);
    report.operations = vec![operation("publish", 1500, 0, 8_400)];
    report.generator.healthy = false;
    report.generator.reasons = vec!["arrivals were sent late though users were free".to_owned()];
    report.slos.clear();
    report.findings.clear();
    report
}

/// A run of a hostile server: `text` wherever it can get.
pub fn hostile(text: &str) -> LoadReport {
    let mut report = missed();
    text.clone_into(&mut report.target);
    text.clone_into(&mut report.scenario);
    text.clone_into(&mut report.sentence);
    report.findings = vec![text.to_owned()];
    report.generator.reasons = vec![text.to_owned()];
    text.clone_into(&mut report.operations[0].name);
    report.operations[0].statuses.insert(text.to_owned(), 1);
    report.operations[0].reasons.insert(text.to_owned(), 1);
    let mut guards = breached().guards;
    for breach in guards.iter_mut().flat_map(|guards| &mut guards.guarded.breaches) {
        text.clone_into(&mut breach.what);
        text.clone_into(&mut breach.operation);
    }
    report.guards = guards;
    report.slos[0] = slo(text, text, false);
    report
}

fn slo(slo: &str, measured: &str, held: bool) -> SloRow {
    SloRow {
        slo: slo.to_owned(),
        measured: measured.to_owned(),
        held,
        at_best: None,
        objective: None,
    }
}

fn operation(name: &str, ok: u64, errors: u64, p50: u64) -> OperationRow {
    let mut statuses = std::collections::BTreeMap::from([("200".to_owned(), ok)]);
    if errors > 0 {
        statuses.insert("503".to_owned(), errors);
    }
    OperationRow {
        name: name.to_owned(),
        ok,
        errors,
        unended: 0,
        statuses,
        reasons: std::collections::BTreeMap::new(),
        stale: 0,
        response_us: percentiles(p50),
        service_us: percentiles(p50 / 2),
        success_us: Some(percentiles(p50)),
        due_us: Some(DuePercentiles {
            p50: Some(p50),
            p90: Some(2 * p50),
            p95: Some(4 * p50),
            p99: Some(10 * p50),
            p999: (errors == 0).then_some(20 * p50),
            max: (errors == 0).then_some(40 * p50),
        }),
        phases: Vec::new(),
    }
}

fn percentiles(p50: u64) -> Percentiles {
    Percentiles {
        p50,
        p90: 2 * p50,
        p95: 4 * p50,
        p99: 10 * p50,
        p999: 20 * p50,
        max: 40 * p50,
        mean: 1234.5,
    }
}
