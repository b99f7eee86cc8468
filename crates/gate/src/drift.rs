//! Whether the candidate still answers as it did: snapshots and accepted deviations.

use super::error::GateError;
use proofload_conformance as conformance;
use proofload_conformance::accepted::{self, Accepted};
use proofload_conformance_snapshots as snapshot;
use proofload_contract::Contract;
use proofload_deployment::Target;
use proofload_results::events::Observer;
use proofload_results::gate::{Conformance, GateReport, GateVerdict};
use proofload_results::text;
use proofload_results::validate::Verdict;
use std::path::Path;

/// What the candidate's answers are held against.
#[derive(Debug, Clone, Copy)]
pub struct Drift<'a> {
    /// The directory of the snapshots.
    pub snapshot: &'a Path,
    /// Deviations that somebody answers for.
    pub accepted: Option<&'a Accepted>,
}

/// Validates the candidate, holds it against its snapshots, and puts what came of it into the report.
///
/// # Errors
/// It could not be tested, or the snapshots cannot be read or written.
pub async fn drift(
    report: &mut GateReport,
    target: &Target,
    against: Drift<'_>,
    options: &conformance::ConformanceOptions,
    observer: &dyn Observer,
) -> Result<(), GateError> {
    let mut outcome = conformance::run(target, Contract::bundled(), options, observer).await?;
    snapshot::hold(&mut outcome, against.snapshot, true)?;
    if let Some(accepted) = against.accepted {
        let today = chrono::Utc::now().date_naive();
        accepted::apply(&mut outcome.report, accepted, accepted::Run { today, whole: true });
    }
    let cases = outcome.report.cases;
    let fresh = cases
        .iter()
        .filter(|case| case.probe == snapshot::PROBE && case.verdict == Verdict::Skip);
    let fresh = fresh.filter(|case| case.accepted.is_none()).count();
    if fresh > 0 {
        report.warnings.push(format!(
            "{fresh} operations had no snapshot to be held against; there are some now in {}",
            text::line(&against.snapshot.to_string_lossy())
        ));
    }
    let deviates = |verdict| matches!(verdict, Verdict::Fail | Verdict::Error);
    settle(
        report,
        Conformance {
            verdict: match outcome.report.verdict {
                Verdict::Fail => GateVerdict::Regressed,
                Verdict::Error => GateVerdict::Inconclusive,
                Verdict::Pass | Verdict::Warn | Verdict::Skip => GateVerdict::NotRegressed,
            },
            base_url: target.base.to_string(),
            snapshot: against.snapshot.to_string_lossy().into_owned(),
            summary: outcome.report.summary,
            deviations: cases.into_iter().filter(|case| deviates(case.verdict)).collect(),
        },
    );
    Ok(())
}

/// A candidate that answers differently has regressed, however fast it is.
fn settle(report: &mut GateReport, conformance: Conformance) {
    let summary = conformance.summary;
    let drifted = conformance
        .deviations
        .iter()
        .filter(|case| case.probe == snapshot::PROBE)
        .count();
    match conformance.verdict {
        GateVerdict::Regressed => {
            report.verdict = GateVerdict::Regressed;
            report.reasons.insert(
                0,
                format!(
                    "{} conformance cases fail, and nobody accepted them; {drifted} operations answer differently from their \
                     snapshots",
                    summary.fail
                ),
            );
        }
        GateVerdict::Inconclusive => {
            if report.verdict == GateVerdict::NotRegressed {
                report.verdict = GateVerdict::Inconclusive;
            }
            report
                .reasons
                .push(format!("{} conformance cases could not be tested", summary.error));
        }
        GateVerdict::NotRegressed => {}
    }
    report.conformance = Some(conformance);
}
