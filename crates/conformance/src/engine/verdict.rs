//! From findings to the report.

use super::plan::PlannedCase;
use crate::evidence::Collector;
use crate::site::RELIABILITY;
use bytes::Bytes;
use proofload_contract::{Contract, Severity};
use proofload_probing::findings::{Cause, Finding, FindingKind, OBSERVED_BODY};
use proofload_results::evidence;
use proofload_results::validate::{CaseResult, Verdict};

/// So many calls are made anew where only some are lost.
const LOST_CALLS: usize = 200;

/// A case and what was found.
pub(crate) struct Judged {
    pub(crate) case: PlannedCase,
    pub(crate) finding: Finding,
}

/// The exchange that decided a case, as snapshots want it. Known secrets are redacted.
#[derive(Clone)]
pub struct Observation {
    /// The case's id.
    pub case: String,
    /// The `operationId`.
    pub operation: String,
    /// The status.
    pub status: u16,
    /// The `Content-Type`, when there was one.
    pub content_type: Option<String>,
    /// The beginning of the body, at most 64 KiB.
    pub body: Bytes,
    /// Whether the body was longer.
    pub cut: bool,
}

impl Judged {
    /// The exchange behind the verdict.
    pub(crate) fn observation(&self) -> Option<Observation> {
        let exchange = self.finding.exchange.as_ref()?;
        Some(Observation {
            case: self.case.id.clone(),
            operation: self.case.operation.clone(),
            status: exchange.status(),
            content_type: exchange.header(http::header::CONTENT_TYPE).map(str::to_owned),
            body: exchange.redacted_body(OBSERVED_BODY),
            cut: exchange.is_longer_than(OBSERVED_BODY),
        })
    }

    /// The line of the report.
    pub(crate) fn result(self, contract: &Contract, strict: bool, collector: &mut Collector) -> CaseResult {
        let Self { case, mut finding } = self;
        let mut steps = std::mem::take(&mut finding.steps);
        if finding.kind == FindingKind::Untestable {
            // What was answered as usual shows nothing of why the case could not be tested.
            let last = steps.iter().rposition(|step| step.is_in_the_way());
            steps.truncate(last.map_or(0, |last| last + 1));
        }
        let took = finding.took;
        let words = finding.words();
        let source = finding.source.unwrap_or(case.clause.source);
        let verdict = verdict(finding.kind, source.severity(), strict);
        let operation = contract.operation(&case.operation);
        // Passed cases are many; their exchanges are not worth their bytes.
        let shown = finding.exchange.filter(|_| finding.kind == FindingKind::Deviates);
        let body_file = format!("{}/{}.body", evidence::FOLDER, evidence::file_name(&case.id));
        // Where only some calls are lost, one call shows nothing.
        let times = match steps.last() {
            Some(step) if case.clause.name == RELIABILITY.name && !step.draft.once => LOST_CALLS,
            _ => 1,
        };
        let result = CaseResult {
            id: case.id,
            // What belongs to no operation is of the deployment as a whole.
            operation: operation.map_or_else(|| case.operation.clone(), ToString::to_string),
            probe: case.clause.name.to_owned(),
            account: case.account,
            verdict,
            severity: source.severity(),
            source,
            expected: finding.expected,
            observed: finding.observed,
            detail: detail(case.clause.text, finding.kind, source.severity(), words),
            cause: finding.cause.as_ref().and_then(Cause::common),
            curl: shown.as_ref().map(|exchange| exchange.curl(&body_file)),
            evidence: None,
            time_s: Some(took.as_secs_f64()),
            accepted: None,
            exchange: shown.as_ref().map(|exchange| exchange.record()),
            diff: None,
        };
        if matches!(verdict, Verdict::Fail | Verdict::Warn | Verdict::Error) {
            collector.add(&result, &steps, times);
        }
        result
    }
}

/// In a strict run a broken SHOULD fails, so that every rendering and count agrees with the verdict of the run.
fn verdict(kind: FindingKind, severity: Severity, strict: bool) -> Verdict {
    match (kind, severity) {
        (FindingKind::Holds, _) | (FindingKind::Deviates, Severity::Note) => Verdict::Pass,
        (FindingKind::Deviates, Severity::Must) => Verdict::Fail,
        (FindingKind::Deviates, Severity::Should) if strict => Verdict::Fail,
        (FindingKind::Deviates, Severity::Should) => Verdict::Warn,
        (FindingKind::Skipped, _) => Verdict::Skip,
        (FindingKind::Untestable, _) => Verdict::Error,
    }
}

fn detail(clause: &str, kind: FindingKind, severity: Severity, note: Option<String>) -> String {
    match (kind, note) {
        (FindingKind::Skipped | FindingKind::Untestable, Some(reason)) => reason,
        (FindingKind::Deviates, note) if severity == Severity::Note => {
            format!(
                "Noted only, for this is assumed and stated nowhere: {clause} {}",
                note.unwrap_or_default()
            )
        }
        (_, Some(note)) => format!("{clause} ({note})"),
        (_, None) => clause.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severity_and_strictness_weigh_a_deviation() {
        use FindingKind::{Deviates, Holds, Skipped, Untestable};
        for (kind, severity, lenient, strict) in [
            (Holds, Severity::Must, Verdict::Pass, Verdict::Pass),
            (Deviates, Severity::Must, Verdict::Fail, Verdict::Fail),
            (Deviates, Severity::Should, Verdict::Warn, Verdict::Fail),
            (Deviates, Severity::Note, Verdict::Pass, Verdict::Pass),
            (Skipped, Severity::Should, Verdict::Skip, Verdict::Skip),
            (Untestable, Severity::Should, Verdict::Error, Verdict::Error),
        ] {
            assert_eq!(verdict(kind, severity, false), lenient, "{kind:?} {severity}");
            assert_eq!(verdict(kind, severity, true), strict, "{kind:?} {severity}, strict");
        }
    }
}
