//! From sums to a verdict and the sentences that go with it.

use crate::judge::health::Symptoms;
use crate::slo::Slo;
use proofload_results::load::{GeneratorRow, LoadReport, LoadVerdict, SCHEMA, rounded};
use proofload_results::record::{HELD_UP_US, RunInfo, Totals};
use std::time::Duration;

/// How a run ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ending {
    /// By a signal, before its time.
    pub(crate) interrupted: bool,
    /// Because the target answered nothing any more.
    pub(crate) dead: bool,
}

/// The report of a run.
pub(crate) fn report(
    totals: &Totals,
    stated: &[Slo],
    symptoms: &Symptoms,
    ending: Ending,
    run: &RunInfo,
) -> LoadReport {
    let complaints = symptoms.complaints();
    // A shard is not the load: only all of them together can keep or miss an objective.
    let stated = if run.is_part() { &[] } else { stated };
    let slos: Vec<_> = stated.iter().map(|slo| slo.evaluate(totals)).collect();
    let healthy = complaints.is_empty();
    // A late generator makes no errors: what the target refused or failed it did whatever the figures are worth.
    let failed = !totals.has_success() || stated.iter().any(|slo| slo.is_broken_by_failures(totals));
    let missed = slos.iter().any(|slo| !slo.held) || totals.arrivals.unsent > 0;
    let verdict = if ending.interrupted {
        LoadVerdict::Incomplete
    } else if ending.dead || (failed && totals.arrivals.sent > 0) {
        LoadVerdict::Fail
    } else if !healthy {
        LoadVerdict::Invalid
    } else if failed || missed {
        LoadVerdict::Fail
    } else {
        LoadVerdict::Pass
    };
    LoadReport {
        schema: SCHEMA.to_owned(),
        verdict,
        duration_s: rounded(totals.duration_s),
        arrivals: totals.arrivals,
        operations: totals.operations(),
        generator: GeneratorRow {
            schedule_lag_us: symptoms.lag,
            cpu_s: rounded(totals.cpu_s),
            max_rss_bytes: totals.max_rss_bytes,
            healthy,
            reasons: complaints.iter().map(ToString::to_string).collect(),
            users: run.users,
            threads: run.threads,
            waited_for_user: totals.waited_for_user,
        },
        slos,
        findings: findings(totals, symptoms, ending, run),
        unauthorised: totals.unauthorised,
        scenario: run.scenario.clone(),
        target: run.base_url.clone(),
        seed: run.seed,
    }
}

fn findings(totals: &Totals, symptoms: &Symptoms, ending: Ending, run: &RunInfo) -> Vec<String> {
    let mut findings = Vec::new();
    if ending.dead {
        findings.push("the target answered nothing for 5 seconds and the run was ended".to_owned());
    }
    if totals.unauthorised > 0 {
        findings.push(format!(
            "{} calls were answered 401 with a token that the target had given out and that had not ended, as far as it says",
            totals.unauthorised
        ));
    }
    if run.is_part() && !run.slos.is_empty() {
        findings.push(format!(
            "this is shard {} of a load: its objectives are judged when all shards are merged",
            run.shard
        ));
    }
    if totals.arrivals.sent > 0 && !totals.has_success() {
        findings.push("not one call of the scenario succeeded".to_owned());
    }
    if totals.arrivals.unsent > 0 {
        findings.push(format!(
            "{} of {} arrivals were never sent: every virtual user was busy until the run was over; they count as errors and as later than any limit",
            totals.arrivals.unsent, totals.arrivals.due
        ));
    }
    if symptoms.exhausted() && symptoms.complaints().is_empty() {
        findings.push(format!(
            "the target held its callers up: {:.1}% of the arrivals waited for one of the {} virtual users, most of them while answers took more than {:.0} s or did not come",
            symptoms.waited_share * 100.0,
            symptoms.users,
            Duration::from_micros(HELD_UP_US).as_secs_f64()
        ));
    }
    findings
}
