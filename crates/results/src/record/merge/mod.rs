//! One record of many: the runs of several machines that made one load together.
//!
//! Histograms are added, which loses nothing: all have the same bounds. Seconds are aligned by wall clock.

mod align;
mod collector;
mod plan;
mod source;

pub use collector::{CollectError, Collector, Heard, Live, Merged};

use super::merge_error::MergeError;
use super::{RecordReader, RecordWriter, RunStatus};
use std::path::Path;

/// Merges records that are on disk into a new one in `out`, as far as it can be written; it is to be closed with its result. A record
/// that was never closed counts as cut: its run was killed, or still goes on.
///
/// # Errors
/// They are not parts of one load: another scenario, plan or seed, the same share twice, or other times; or one cannot be read.
pub fn merge_records(mut records: Vec<RecordReader>, out: &Path) -> Result<Merged, MergeError> {
    if records.is_empty() {
        return Err(MergeError::Nothing);
    }
    records.sort_by_key(|record| record.run.started_unix_ns);
    let mut collector = Collector::new(records.iter().map(RecordReader::directory), None);
    for (source, record) in records.iter().enumerate() {
        collector.begin(source, record.run.clone())?;
    }
    // Refuses what is not whole before anything is written.
    for record in &records {
        record.totals()?;
    }
    RecordWriter::check(out)?;
    let mut collector = Collector::new(records.iter().map(RecordReader::directory), Some(out));
    let mut seconds = Vec::new();
    for (source, record) in records.iter().enumerate() {
        seconds.push(record.seconds()?);
        collector.begin(source, record.run.clone())?;
    }
    while let Some(source) = collector.slowest() {
        match seconds[source].next() {
            Some(second) => collector.second(source, second?),
            None if records[source].run.status == RunStatus::Running => collector.cut(source, NEVER_CLOSED),
            None => collector.end(source, None),
        }
    }
    collector.finish()
}

/// Why a record that is on disk ends before its run did.
const NEVER_CLOSED: &str = "it was never closed: its run was killed, or still goes on";

#[cfg(test)]
mod tests;
