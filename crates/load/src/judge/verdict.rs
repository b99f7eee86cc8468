//! From sums to a verdict and the sentences that go with it.

use crate::judge::doors;
use crate::judge::health::Symptoms;
use crate::judge::offer;
use crate::judge::sentence;
use crate::slo::Slo;
use proofload_results::load::{
    Complaint, GeneratorRow, LoadReport, LoadVerdict, Protocol, SCHEMA, SloRow, SloState, open_doors, rounded,
    unreached,
};
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

/// What came of a run, and what was wrong with its generator.
pub(crate) struct Judged {
    pub(crate) report: LoadReport,
    pub(crate) complaints: Vec<Complaint>,
}

/// Judges a run: the one place that does, whether it was just made, read from its record, or merged.
pub(crate) fn judge(totals: &Totals, stated: &[Slo], users: u64, ending: Ending, run: &RunInfo) -> Judged {
    // A shard is not the load: only all of them together can keep or miss an objective.
    let stated = if run.is_part() { &[] } else { stated };
    let slos: Vec<SloRow> = stated.iter().map(|slo| slo.evaluate(totals)).collect();
    let symptoms = Symptoms::of(totals, users);
    let any = |state| slos.iter().any(|slo| slo.state() == state);
    let no_success = totals.arrivals.sent > 0 && !totals.has_success();
    // What was never offered is nobody's doing.
    let unoffered = slos.iter().any(SloRow::is_beyond_the_offer);
    let delayed = |slo: &SloRow| slo.state() == SloState::Undecided && !slo.is_beyond_the_offer();
    let undecided = slos.iter().any(delayed) || totals.missed > 0 || (no_success && totals.is_excused());
    let complaints = symptoms.complaints(undecided);
    // A late generator makes no errors: what the target refused or failed it did whatever the figures are worth. And an
    // objective that is missed with every delayed call at its best is missed by the target.
    let mostly_failed = stated.is_empty() && Slo::most_succeed().is_broken_by_failures(totals);
    let failed = (no_success && !totals.is_excused())
        || (mostly_failed && totals.arrivals.sent > 0)
        || stated
            .iter()
            .any(|slo| slo.is_broken_by_failures(totals) && totals.arrivals.sent > 0)
        || (any(SloState::Missed) && complaints.iter().all(Complaint::is_counted));
    // A door that was seen open was open, whatever else went on, and whatever was not measured any more.
    let verdict = if totals.guarded.is_breached() {
        LoadVerdict::Fail
    } else if ending.interrupted || (run.is_part() && ending.dead) {
        LoadVerdict::Incomplete
    } else if run.is_part() {
        LoadVerdict::Part
    } else if ending.dead || failed {
        LoadVerdict::Fail
    } else if undecided || !complaints.is_empty() {
        LoadVerdict::Invalid
    } else if any(SloState::Missed) || totals.arrivals.unsent > 0 || !totals.has_success() {
        LoadVerdict::Fail
    } else if unoffered {
        LoadVerdict::Invalid
    } else {
        LoadVerdict::Pass
    };
    let protocol = run.connecting.map(|asked| Protocol {
        answers: totals.answers.clone(),
        connections: totals.connections,
        asked,
    });
    let mut report = LoadReport {
        schema: SCHEMA.to_owned(),
        verdict,
        sentence: String::new(),
        duration_s: rounded(totals.duration_s),
        arrivals: totals.arrivals,
        operations: totals.operations(),
        generator: generator(totals, &symptoms, &complaints, run),
        slos,
        findings: findings(totals, &symptoms, &complaints, ending, run),
        unauthorised: totals.unauthorised,
        scenario: run.scenario.clone(),
        target: run.base_url.clone(),
        seed: run.seed,
        protocol,
        guards: doors::report(totals, run),
        addresses: totals.addresses.clone(),
        watched: None,
        ran_out: None,
        drift: Vec::new(),
    };
    if let Some(guards) = &report.guards {
        report.findings.extend(doors::findings(guards));
    }
    if let Some(protocol) = &report.protocol {
        let unanswered = report.operations.iter().flat_map(|row| row.reasons.values()).sum();
        report.findings.extend(protocol.not_had(run.users, unanswered));
    }
    report.sentence = sentence::of(&report, ending, !totals.has_success(), run);
    Judged { report, complaints }
}

fn generator(totals: &Totals, symptoms: &Symptoms, complaints: &[Complaint], run: &RunInfo) -> GeneratorRow {
    GeneratorRow {
        schedule_lag_us: symptoms.lag,
        cpu_s: rounded(totals.cpu_s),
        max_rss_bytes: totals.max_rss_bytes,
        healthy: complaints.is_empty(),
        counted: !complaints.is_empty() && complaints.iter().all(Complaint::is_counted),
        reasons: complaints.iter().map(ToString::to_string).collect(),
        users: run.users,
        threads: run.threads,
        waited_for_user: totals.waited_for_user,
    }
}

fn findings(
    totals: &Totals,
    symptoms: &Symptoms,
    complaints: &[Complaint],
    ending: Ending,
    run: &RunInfo,
) -> Vec<String> {
    let mut findings = open_doors(&totals.guarded);
    if ending.dead {
        findings.push("no call was answered for 5 seconds and the run was ended".to_owned());
    }
    if totals.unauthorised > 0 {
        findings.push(format!(
            "{} answered 401 with a token that, by what the target says of it, was still valid",
            counted(totals.unauthorised, "call was", "calls were")
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
    findings.extend(often_stale(totals));
    if !ending.interrupted && !ending.dead {
        findings.extend(offer::short_of(totals, run));
    }
    findings.extend(totals.notes.iter().cloned());
    findings.extend(unreached(&totals.addresses));
    findings.extend(unsent(totals));
    if symptoms.exhausted() && complaints.is_empty() {
        findings.push(format!(
            "the target held its callers up: {:.1}% of the arrivals waited for one of the {} virtual users, most of them while answers took more than {:.0} s or did not come",
            symptoms.waited_share * 100.0,
            symptoms.users,
            Duration::from_micros(HELD_UP_US).as_secs_f64()
        ));
    }
    if complaints.is_empty() {
        // Whoever sees one long call shall know what it was, though it decided nothing.
        findings.extend(
            symptoms
                .harmless()
                .map(|complaint| format!("{complaint}; no verdict rests on it")),
        );
    }
    findings
}

/// So many calls that are sent once more are no chance, where they are one in ten.
const OFTEN_STALE: u64 = 10;

/// That more calls were lost with connections that were idle before than chance explains.
fn often_stale(totals: &Totals) -> Option<String> {
    let stale: u64 = totals.operations().iter().map(|row| row.stale).sum();
    let (calls, _) = totals.calls();
    // Over HTTP/2 the server says itself that it did nothing of a call.
    let is_alone = !totals.answers.contains_key("HTTP/2");
    (is_alone && stale >= OFTEN_STALE && stale.saturating_mul(10) >= calls).then(|| {
        format!(
            "{stale} of {calls} calls were lost with connections that had carried others and were idle, and were sent once more: so many \
             are not closed by chance just then; beyond one in ten such calls count as failed"
        )
    })
}

fn counted(figure: u64, one: &str, many: &str) -> String {
    format!("{figure} {}", if figure == 1 { one } else { many })
}

/// What was never sent, and because of whom.
fn unsent(totals: &Totals) -> Vec<String> {
    let arrivals = &totals.arrivals;
    let missed = totals.missed.min(arrivals.unsent);
    let waited = arrivals.unsent - missed;
    let mut sentences = Vec::new();
    if waited > 0 {
        sentences.push(format!(
            "{waited} of {} arrivals were never sent: every virtual user was busy until the run was over; they count as errors and as later than any limit",
            arrivals.due
        ));
    }
    if missed > 0 {
        sentences.push(format!(
            "{missed} of {} arrivals were never sent because the generator stood still until the run was over",
            arrivals.due
        ));
    }
    sentences
}
