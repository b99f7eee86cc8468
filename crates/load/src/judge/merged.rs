//! One record of many, and the verdict on all of them together.

use crate::error::LoadError;
use crate::judge::health::complaints;
use crate::judge::recorded::judge;
use crate::judge::sentence;
use crate::judge::verdict::Ending;
use proofload_results::load::{Complaint, LoadReport, LoadVerdict, SloState};
use proofload_results::record::{Merge, MergeError, RecordReader, RunInfo, RunStatus};
use std::path::Path;

/// Merges the records of runs that made one load together into a new one in `out`: the report on all of them, and what the new
/// record says, which names why it was lost if it could not be written.
///
/// # Errors
/// They do not go together, one cannot be read or is not whole, or the new one must not be written.
pub fn merge(records: Vec<RecordReader>, out: &Path) -> Result<(LoadReport, RunInfo), LoadError> {
    let mut unhealthy = Unhealthy::default();
    for record in &records {
        unhealthy.look_at(record)?;
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
    unhealthy.weigh(&mut report);
    if let Some(missing) = merge.missing {
        // A part is not the whole, whatever its figures.
        if report.verdict != LoadVerdict::Incomplete && !report.is_breached() {
            report.verdict = LoadVerdict::Invalid;
            report.sentence = sentence::not_whole(&missing);
        }
        report.findings.insert(0, missing);
    }
    run.result = Some(report.clone());
    recording.close(&mut run);
    report.findings.splice(0..0, run.finding_on_loss());
    Ok((report, run))
}

/// Shards whose generators were not healthy: one that was the bottleneck must not disappear in the sum of healthy ones.
#[derive(Default)]
struct Unhealthy {
    reasons: Vec<String>,
    /// Whether one of them was so in a way that is not counted call by call.
    beyond_count: bool,
}

impl Unhealthy {
    fn look_at(&mut self, record: &RecordReader) -> Result<(), LoadError> {
        let run = &record.run;
        let generator = run.result.as_ref().map(|result| &result.generator);
        let Some(generator) = generator.filter(|generator| !generator.healthy) else {
            return Ok(());
        };
        let named = generator
            .reasons
            .iter()
            .map(|reason| format!("shard {}: {reason}", run.shard));
        self.reasons.extend(named);
        // Of a record that was merged already it is not known whose complaints they are.
        let complaints = complaints(&record.totals()?, run.users);
        self.beyond_count |= !run.parts.is_empty() || !complaints.iter().all(Complaint::is_counted);
        Ok(())
    }

    /// Makes the verdict invalid, unless the target failed whatever the generators did.
    fn weigh(self, report: &mut LoadReport) {
        let Some(first) = self.reasons.first() else { return };
        let missed = report.slos.iter().any(|slo| slo.state() == SloState::Missed);
        let surely_failed = missed || report.operations.iter().all(|row| row.ok == 0);
        report.generator.healthy = false;
        let stays = match report.verdict {
            LoadVerdict::Incomplete | LoadVerdict::Invalid => true,
            LoadVerdict::Fail => report.is_breached() || (surely_failed && !self.beyond_count),
            LoadVerdict::Pass => false,
        };
        if !stays {
            report.verdict = LoadVerdict::Invalid;
            report.sentence = sentence::not_whole(first);
        }
        report.generator.reasons.extend(self.reasons);
    }
}

impl From<MergeError> for LoadError {
    fn from(error: MergeError) -> Self {
        match error {
            MergeError::Record(error) => Self::Record(error),
            other => Self::Merge(Box::new(other)),
        }
    }
}
