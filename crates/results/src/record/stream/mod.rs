//! The record as a stream: what a run directory holds, line by line on one pipe, as the run goes.
//!
//! It is JSON lines. Each begins with `{"n":`, counted from 0 without a gap, and says its `kind`:
//!
//! | kind | when | holds |
//! |---|---|---|
//! | `wait` | any number, before the run begins | ready, and what its machine's clock says ([`Wait`]) |
//! | `run` | once, when the first arrival is about to fall due | what `run.json` holds then |
//! | `latencies` | before a second whose histograms do not fit one line | some of them |
//! | `second` | each second | its counters, and (the rest of) its histograms |
//! | `end` | once, last | `run.json` as it is in the end, how many lines and seconds there were, SHA-256 of all lines before it |
//!
//! A line stays below [`PIPE_LINE_BYTES`] where it can: container runtimes break longer ones, and what a program writes to stderr at
//! that moment would stand in the middle. Lines that do not begin so are other people's (a log joins stdout and stderr) and are skipped.

mod error;
mod line;
mod reader;
mod shared;
mod writer;

pub use error::StreamError;
pub use line::Wait;
pub use reader::{Event, StreamReader, StreamedSecond, is_ours};
pub use shared::RecordStream;
pub use writer::StreamWriter;

/// Lines are kept shorter than this where they can be, in bytes: container runtimes write a log in pieces of 16 KiB.
pub const PIPE_LINE_BYTES: usize = 15 << 10;
/// No line is longer, in bytes; a reader refuses one that is.
pub const MOST_LINE_BYTES: usize = 1 << 20;

#[cfg(test)]
mod tests;
