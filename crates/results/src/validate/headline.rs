//! The one sentence over a conformance run, which every rendering takes.

use super::{Summary, ValidateReport, Verdict};
use crate::figures;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A verdict in a word, and the sentence that goes with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headline {
    /// `Passed`, `Failed`.
    pub word: String,
    /// What was tested with which accounts, how it came out, and what was not tested.
    pub sentence: String,
}

impl Headline {
    /// The headline of a report.
    pub(super) fn of(report: &ValidateReport) -> Self {
        let mut sentence = outcome(report);
        let scope = report.run.as_ref().and_then(|run| run.scope.as_ref());
        if let Some(scope) = scope {
            if !sentence.is_empty() {
                sentence.push_str("; tested: ");
            }
            sentence.push_str(&scope.to_string());
            let not_tested = scope.not_tested();
            if !not_tested.is_empty() {
                sentence.push_str("; not tested: ");
                sentence.push_str(&not_tested.join(", "));
            }
        } else if sentence.is_empty() {
            sentence = format!(
                "{}; with which accounts, the record does not say",
                judged(report.summary)
            );
        }
        sentence.push('.');
        Self {
            word: word(report).to_owned(),
            sentence,
        }
    }
}

fn word(report: &ValidateReport) -> &'static str {
    if report.is_incomplete() {
        return "Interrupted";
    }
    match report.verdict {
        Verdict::Pass => "Passed",
        Verdict::Warn => "Passed with warnings",
        Verdict::Fail => "Failed",
        Verdict::Error => "Not fully tested",
        Verdict::Skip => "Skipped",
    }
}

fn judged(summary: Summary) -> String {
    figures::of(summary.pass + summary.fail + summary.warn, "case", "cases")
}

/// How it came out; nothing where it simply passed.
fn outcome(report: &ValidateReport) -> String {
    let summary = report.summary;
    if report.is_incomplete() {
        return interrupted(report);
    }
    let errors = match summary.error {
        0 => String::new(),
        errors => format!(", {} could not be tested", figures::grouped(errors as u64)),
    };
    match report.verdict {
        Verdict::Fail => {
            let causes = report.causes.iter().filter(|cause| cause.fail > 0).count();
            let causes = figures::of(causes, "cause", "causes");
            let failed = figures::grouped(summary.fail as u64);
            format!("{failed} of {} failed, by {causes}{errors}", judged(summary))
        }
        Verdict::Error if summary.error == 0 => "not one case was tested".to_owned(),
        Verdict::Error => format!(
            "{} could not be tested, of {} none failed",
            figures::of(summary.error, "case", "cases"),
            judged(summary)
        ),
        Verdict::Warn => format!(
            "{} from what such servers do by custom, none fails",
            figures::of(summary.warn, "case deviates", "cases deviate")
        ),
        Verdict::Pass | Verdict::Skip => String::new(),
    }
}

/// What an interrupted run can say.
fn interrupted(report: &ValidateReport) -> String {
    let summary = report.summary;
    let tested = summary.pass + summary.fail + summary.warn;
    let so_far = match (summary.fail, summary.warn) {
        (0, 0) => "none of them failed".to_owned(),
        (0, warned) => format!("none of them failed, {} warned", figures::grouped(warned as u64)),
        (failed, _) => format!("{} of them failed", figures::grouped(failed as u64)),
    };
    format!(
        "the run was stopped after {} of {}, {so_far}; the others say nothing of the deployment",
        figures::grouped(tested as u64),
        figures::of(summary.total(), "case", "cases")
    )
}

impl fmt::Display for Headline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.word, self.sentence)
    }
}
