//! One record of many, and the verdict on all of them together.

use crate::error::LoadError;
use crate::judge::recorded::judge;
use crate::judge::sentence;
use crate::judge::verdict::Ending;
use crate::judge::watched;
use proofload_results::load::{LoadReport, LoadVerdict, SloState};
use proofload_results::record::{Feed, MergeError, Merged, RecordReader, RunInfo, RunStatus};
use proofload_results::watched::{Look, LookWriter};
use proofload_watch::Sums;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// Merges the records of runs that made one load together into a new one in `out`: the report on all of them, and what the new
/// record says, which names why it was lost if it could not be written.
///
/// # Errors
/// They do not go together, one cannot be read or is not whole, or the new one must not be written.
pub fn merge(records: Vec<RecordReader>, out: &Path) -> Result<(LoadReport, RunInfo), LoadError> {
    let mut feed = Feed::of(records);
    let mut collector = feed.collector(out)?;
    feed.read(&mut collector)?;
    judge_merged(collector.finish()?, feed.looks()?, Some(out))
}

/// Judges runs that made one load together, once, and closes their merged record: the report on all of them, and what the record
/// says, which names why it was lost if it could not be written. `looks` is when each part began and what was read off the machines
/// under test in it; it is kept beside the record in `out`.
///
/// # Errors
/// Their objectives cannot be read.
pub fn judge_merged(
    merged: Merged,
    looks: Vec<(u64, Vec<Look>)>,
    out: Option<&Path>,
) -> Result<(LoadReport, RunInfo), LoadError> {
    let looks = joined(looks, merged.run.started_unix_ns);
    if let Some(out) = out {
        keep(&looks, out);
    }
    let (mut run, totals) = (merged.run, merged.totals);
    let ending = Ending {
        interrupted: run.status != RunStatus::Complete,
        dead: false,
    };
    let mut report = judge(&run, totals.clone(), ending)?;
    watched::add(&mut report, Sums::recorded(&looks).as_ref(), &totals, &run);
    report.findings.extend(merged.notes);
    Unhealthy::of(&merged.runs).weigh(&mut report);
    if !merged.lacking.is_empty() {
        // A part is not the whole, whatever its figures.
        if !report.is_breached() {
            report.verdict = LoadVerdict::Invalid;
            report.sentence = sentence::not_whole(&sentence::several(&merged.lacking));
        }
        report.findings.splice(0..0, merged.lacking);
    }
    run.result = Some(report.clone());
    if let Some(recording) = merged.recording {
        recording.close(&mut run);
    }
    report.findings.splice(0..0, run.finding_on_loss());
    Ok((report, run))
}

/// One course of looks at each machine: of those whom several shards watched, as the first of them saw it, placed by the wall clocks.
fn joined(shards: Vec<(u64, Vec<Look>)>, start_unix_ns: u64) -> Vec<Look> {
    let mut all: Vec<Look> = Vec::new();
    for (started_unix_ns, looks) in shards {
        let later_s = Duration::from_nanos(started_unix_ns.saturating_sub(start_unix_ns)).as_secs_f64();
        let known: BTreeSet<String> = all.iter().map(|look| look.source.clone()).collect();
        let new = looks.into_iter().filter(|look| !known.contains(&look.source));
        all.extend(new.map(|look| Look {
            at_s: look.at_s + later_s,
            ..look
        }));
    }
    all.sort_by(|one, other| one.at_s.total_cmp(&other.at_s));
    all
}

/// Writes them beside the merged record; where that cannot be, the record itself says so.
fn keep(looks: &[Look], out: &Path) {
    if let (false, Ok(mut writer)) = (looks.is_empty(), LookWriter::create(out)) {
        for look in looks {
            writer.write(look);
        }
    }
}

/// Shards whose generators were not healthy: one that was the bottleneck must not disappear in the sum of healthy ones.
#[derive(Default)]
struct Unhealthy {
    reasons: Vec<String>,
    /// Whether one of them was so in a way that is not counted call by call.
    beyond_count: bool,
}

impl Unhealthy {
    fn of(runs: &[RunInfo]) -> Self {
        let mut unhealthy = Self::default();
        for run in runs {
            let generator = run.result.as_ref().map(|result| &result.generator);
            let Some(generator) = generator.filter(|generator| !generator.healthy) else {
                continue;
            };
            let named = generator.reasons.iter();
            let named = named.map(|reason| format!("shard {}: {reason}", run.shard));
            unhealthy.reasons.extend(named);
            // Of a record that was merged already it is not known whose complaints they are.
            unhealthy.beyond_count |= !run.parts.is_empty() || !generator.counted;
        }
        unhealthy
    }

    /// Makes the verdict invalid, unless the target failed whatever the generators did.
    fn weigh(self, report: &mut LoadReport) {
        let Some(first) = self.reasons.first() else { return };
        let missed = report.slos.iter().any(|slo| slo.state() == SloState::Missed);
        let surely_failed = missed || report.operations.iter().all(|row| row.ok == 0);
        report.generator.healthy = false;
        let stays = match report.verdict {
            LoadVerdict::Incomplete | LoadVerdict::Invalid | LoadVerdict::Part => true,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_two_shards_watched_is_told_of_once() {
        let look = |source: &str, at_s| Look {
            at_s,
            source: source.to_owned(),
            ..Look::default()
        };
        let first = (1_000_000_000, vec![look("box", 0.5), look("box", 1.5)]);
        let second = (2_000_000_000, vec![look("box", 0.5), look("gpu", 0.25)]);
        let folder = tempfile::tempdir().unwrap();
        let all = joined(vec![first, second], 1_000_000_000);
        let placed: Vec<_> = all
            .iter()
            .map(|look| (look.source.as_str(), (look.at_s * 100.0).round()))
            .collect();
        assert_eq!(placed, [("box", 50.0), ("gpu", 125.0), ("box", 150.0)]);
        keep(&all, folder.path());
        assert_eq!(proofload_results::watched::read_looks(folder.path()).unwrap(), all);
    }
}
