//! A run's report, made again from its record: the same figures whether the run was closed, killed or still goes on.

use crate::error::LoadError;
use crate::judge::offer;
use crate::judge::sentence;
use crate::judge::verdict::{self, Ending};
use crate::judge::watched;
use crate::slo::Slo;
use proofload_results::load::{Arrivals, LoadReport, LoadVerdict};
use proofload_results::record::{LatencyKind, RecordReader, RunInfo, RunStatus, Totals};
use proofload_watch::Sums;

/// The report of a recorded run. A run that was closed knows its own; of one that was killed, or still goes on, it is
/// made from the seconds on disk, and is incomplete. So is one whose record was lost in part: what it says was measured, and
/// nobody can look it up any more.
///
/// # Errors
/// The record cannot be read or is not whole.
pub fn report_of(record: &RecordReader) -> Result<LoadReport, LoadError> {
    let totals = record.totals()?;
    let run = &record.run;
    match &run.result {
        Some(result) if run.status != RunStatus::Running => Ok(marked(result.clone(), run)),
        _ => {
            let seen = Sums::recorded(&record.looks()?);
            cut_short(run, &totals, seen.as_ref())
        }
    }
}

/// The report on the sums of a run that was made in pieces, whose `status` says whether it came to its end.
///
/// # Errors
/// Its objectives cannot be read.
pub fn report_on(run: &RunInfo, totals: Totals) -> Result<LoadReport, LoadError> {
    let ending = Ending {
        interrupted: run.status != RunStatus::Complete,
        dead: false,
    };
    judge(run, totals, ending)
}

/// The report on the sums of a run that still goes on. What is under way says nothing yet: it is neither late nor failed.
///
/// # Errors
/// Its objectives cannot be read.
pub fn report_so_far(run: &RunInfo, mut totals: Totals) -> Result<LoadReport, LoadError> {
    let arrivals = totals.arrivals;
    totals.arrivals = Arrivals {
        due: arrivals.done,
        sent: arrivals.done,
        done: arrivals.done,
        unsent: 0,
    };
    totals.missed = 0;
    let ending = Ending {
        interrupted: false,
        dead: false,
    };
    let mut report = judge(run, totals, ending)?;
    report.arrivals = arrivals;
    // Whatever it comes to: nothing is judged before its end.
    report.verdict = LoadVerdict::Incomplete;
    report.sentence = sentence::so_far(&report, run);
    Ok(report)
}

fn marked(mut report: LoadReport, run: &RunInfo) -> LoadReport {
    if let Some(finding) = run.finding_on_loss() {
        if report.is_breached() {
            report.findings.insert(0, finding);
            return report;
        }
        report.verdict = LoadVerdict::Incomplete;
        report.sentence = sentence::lost(&report);
        report.findings.insert(0, finding);
    }
    report
}

fn cut_short(run: &RunInfo, totals: &Totals, seen: Option<&Sums>) -> Result<LoadReport, LoadError> {
    let interrupted = Ending {
        interrupted: true,
        dead: false,
    };
    let lacking = lacking(totals);
    let mut report = judge(run, totals.clone(), interrupted)?;
    watched::add(&mut report, seen, totals, run);
    if lacking > 0 {
        report.findings.push(format!(
            "the log of latencies ends before the counters do, or its last line was cut: {lacking} calls are in no percentile"
        ));
    }
    let seen = if report.duration_s < run.planned_s {
        format!("the first {:.0} of {:.0} s", report.duration_s, run.planned_s)
    } else {
        format!("{:.0} s, after which no more calls were to fall due", report.duration_s)
    };
    report.findings.insert(
        0,
        format!(
            "the record was never closed: the run was killed, still goes on, or its end could not be written; these are {seen}"
        ),
    );
    Ok(report)
}

/// Calls that were counted and whose latencies are not in the log.
fn lacking(totals: &Totals) -> u64 {
    let logged = |name: &str| totals.latencies(name, LatencyKind::Response).len();
    let rows = totals.operations().into_iter();
    rows.map(|row| row.statuses.values().sum::<u64>().saturating_sub(logged(&row.name)))
        .sum()
}

/// The report on the sums of a run.
pub(crate) fn judge(run: &RunInfo, mut totals: Totals, ending: Ending) -> Result<LoadReport, LoadError> {
    totals.offered_s = offer::span_s(&totals, run, run.planned_s);
    let slos: Result<Vec<Slo>, _> = run.slos.iter().map(|text| Slo::recorded(text)).collect();
    let slos = slos.map_err(LoadError::RecordedSlo)?;
    Ok(verdict::judge(&totals, &slos, run.users, ending, run).report)
}
