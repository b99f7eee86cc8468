//! The record: what a load run leaves on disk, written as the run goes, and read again by every rendering.
//!
//! | file | what |
//! |---|---|
//! | `run.json` | what ran, where, when, how it ended ([`RunInfo`]) |
//! | `latency.hlog` | standard `HdrHistogram` interval log (V2), one interval a second for each tag ([`HistogramTag`]) |
//! | `counters.jsonl` | one line a second ([`Counters`]) |
//!
//! The same goes line by line over one pipe where there is no disk to keep it on ([`stream`]), and a [`Collector`] makes one record
//! of the records or streams of many machines.
//!
//! A kill loses at most the second that was under way: the last line of either log may be cut and is skipped then.

mod counters;
mod courses;
mod error;
#[cfg(test)]
mod examples;
mod hlog;
mod merge;
mod merge_error;
mod reader;
mod reasons;
mod recording;
mod run_info;
mod second;
mod shards;
mod standstill;
pub mod stream;
mod totals;
mod writer;

pub use counters::{Counters, Lag};
pub use courses::Courses;
pub use error::RecordError;
pub use hlog::{CallOutcome, HistogramTag, Interval, Intervals, LatencyKind};
pub use merge::{CollectError, Collector, Feed, Heard, Live, Merged, SILENCE, merge_records};
pub use merge_error::MergeError;
pub use reader::{RecordReader, Seconds};
pub use reasons::add_reason;
pub use recording::Recording;
pub use run_info::{ClockState, Machine, Part, RUN_SCHEMA, RunInfo, RunStatus, StageSpan, Turns, TurnsSide};
pub use second::Second;
pub use standstill::{Crowd, Processors, Standstill};
pub use totals::{HELD_UP_US, SATURATED, Totals};
pub use writer::RecordWriter;

use hdrhistogram::Histogram;

/// The smallest latency a histogram tells from 0, in microseconds.
const LOWEST_US: u64 = 1;
/// The largest latency a histogram holds: ten minutes, in microseconds. What takes longer counts as this.
pub const HIGHEST_US: u64 = 600_000_000;
/// Significant decimal digits of every latency.
const DIGITS: u8 = 3;

/// An empty histogram of a part of calls, in microseconds: as [`latency_histogram`], with two significant digits, because there are
/// many, and all are written every second.
pub fn part_histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(LOWEST_US, HIGHEST_US, 2).expect("the bounds are constants that fit")
}

/// An empty latency histogram, in microseconds.
pub fn latency_histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(LOWEST_US, HIGHEST_US, DIGITS).expect("the bounds are constants that fit")
}
