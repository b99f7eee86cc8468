//! One record of many, and the verdict on all of them together.

use crate::error::LoadError;
use crate::judge::recorded::judge;
use crate::judge::verdict::Ending;
use proofload_results::load::{LoadReport, LoadVerdict};
use proofload_results::record::{Merge, MergeError, RecordReader, RunInfo, RunStatus};
use std::path::Path;

/// Merges the records of runs that made one load together into a new one in `out`: the report on all of them, and what the new
/// record says, which names why it was lost if it could not be written.
///
/// # Errors
/// They do not go together, one cannot be read or is not whole, or the new one must not be written.
pub fn merge(records: Vec<RecordReader>, out: &Path) -> Result<(LoadReport, RunInfo), LoadError> {
    let mut unhealthy = Vec::new();
    for record in &records {
        let generator = record.run.result.iter().map(|result| &result.generator);
        let reasons = generator
            .filter(|generator| !generator.healthy)
            .flat_map(|row| &row.reasons);
        unhealthy.extend(reasons.map(|reason| format!("shard {}: {reason}", record.run.shard)));
    }
    let merge = Merge::plan(records)?;
    let (recording, totals) = merge.write(out)?;
    let mut run = merge.run.clone();
    let ending = Ending {
        interrupted: run.status != RunStatus::Complete,
        dead: false,
    };
    let mut report = judge(&run, totals, ending)?;
    report.findings.extend(merge.notes);
    if let Some(missing) = merge.missing {
        // A part is not the whole, whatever its figures.
        report.findings.insert(0, missing);
        if report.verdict != LoadVerdict::Incomplete {
            report.verdict = LoadVerdict::Invalid;
        }
    }
    if !unhealthy.is_empty() {
        // A generator that was the bottleneck must not disappear in the sum of healthy ones.
        report.generator.healthy = false;
        report.generator.reasons.extend(unhealthy);
        if report.verdict != LoadVerdict::Incomplete {
            report.verdict = LoadVerdict::Invalid;
        }
    }
    run.result = Some(report.clone());
    recording.close(&mut run);
    report.findings.splice(0..0, run.finding_on_loss());
    Ok((report, run))
}

impl From<MergeError> for LoadError {
    fn from(error: MergeError) -> Self {
        match error {
            MergeError::Record(error) => Self::Record(error),
            other => Self::Merge(Box::new(other)),
        }
    }
}
