//! The figures of the machines under test themselves, read off their exporters beside a load.

mod kind;
mod line;
mod report;
mod series;

pub use kind::{KINDS, Kind, Near, OWN, Unit};
pub use line::{Look, LookWriter, read_looks};
pub use report::{RanOut, SeriesRow, SourceRow, Spent, WatchedReport};
pub use series::SeriesName;
