//! One record of many: the runs of several machines that made one load together.
//!
//! Histograms are added, which loses nothing: all have the same bounds. Seconds are aligned by wall clock.

mod align;
mod collector;
mod feed;
mod plan;
mod source;

pub use collector::{CollectError, Collector, Heard, Live, Merged};

pub use feed::{Feed, SILENCE};

use super::RecordReader;
use super::merge_error::MergeError;
use std::path::Path;

/// Merges records that are on disk into a new one in `out`, as far as it can be written; it is to be closed with its result. A record
/// that was never closed counts as cut: its run was killed, or still goes on.
///
/// # Errors
/// They are not parts of one load: another scenario, plan or seed, the same share twice, or other times; or one cannot be read.
pub fn merge_records(records: Vec<RecordReader>, out: &Path) -> Result<Merged, MergeError> {
    let mut feed = Feed::of(records);
    let mut collector = feed.collector(out)?;
    feed.read(&mut collector)?;
    collector.finish()
}

#[cfg(test)]
mod tests;
