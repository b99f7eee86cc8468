//! From sums to a verdict and the sentences that go with it.

use crate::judge::health::Symptoms;
use crate::slo::Slo;
use proofload_results::load::{GeneratorRow, LoadReport, LoadVerdict, SCHEMA, rounded};
use proofload_results::record::{RunInfo, Totals};

/// How a run ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ending {
    /// By a signal, before its time.
    pub(crate) interrupted: bool,
    /// Because the target answered nothing any more.
    pub(crate) dead: bool,
}

/// The report of a run.
pub(crate) fn report(totals: &Totals, slos: &[Slo], symptoms: &Symptoms, ending: Ending, run: &RunInfo) -> LoadReport {
    let complaints = symptoms.complaints();
    let slos: Vec<_> = slos.iter().map(|slo| slo.evaluate(totals)).collect();
    let healthy = complaints.is_empty();
    let verdict = if ending.interrupted {
        LoadVerdict::Incomplete
    } else if ending.dead {
        // Whatever the figures are worth: it answered nothing any more.
        LoadVerdict::Fail
    } else if !healthy {
        LoadVerdict::Invalid
    } else if slos.iter().any(|slo| !slo.held) {
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
        findings: findings(totals, symptoms, ending),
        unauthorised: totals.unauthorised,
        scenario: run.scenario.clone(),
        target: run.base_url.clone(),
        seed: run.seed,
    }
}

fn findings(totals: &Totals, symptoms: &Symptoms, ending: Ending) -> Vec<String> {
    let mut findings = Vec::new();
    if ending.dead {
        findings.push("the target answered nothing for 5 seconds and the run was ended".to_owned());
    }
    if totals.unauthorised > 0 {
        findings.push(format!(
            "{} calls were answered 401 although their token was renewed before its end: the target forgot or refused it",
            totals.unauthorised
        ));
    }
    if totals.arrivals.unsent > 0 {
        findings.push(format!(
            "{} arrivals were never sent: every virtual user was still waiting for the target when the time-out after the end was over",
            totals.arrivals.unsent
        ));
    }
    if symptoms.exhausted() && symptoms.complaints().is_empty() {
        findings.push(format!(
            "the target gave out: {:.1}% of the arrivals waited for one of the {} virtual users, which waited {:.1} s for an answer on average",
            symptoms.waited_share * 100.0,
            symptoms.users,
            symptoms.mean_service_us / 1e6
        ));
    }
    findings
}
