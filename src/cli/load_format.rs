//! How reports of load runs are printed.

use super::rendering;
pub(super) use super::rendering::Format;
use super::{Console, Failure};
use proofload_results::load::LoadReport;
use proofload_results::record::RecordReader;
use std::path::Path;

/// Makes sure that a run can be shown in this format, before it is made.
///
/// # Errors
/// A page needs a record.
pub(super) fn check(format: Format, out: Option<&Path>) -> Result<(), Failure> {
    if format == Format::Html && out.is_none() {
        return Err(Failure::usage(rendering::PAGE_NEEDS_RECORD));
    }
    Ok(())
}

/// Prints a report; `out` is where its record is.
///
/// # Errors
/// Stdout cannot be written.
pub(super) fn print(format: Format, report: &LoadReport, out: Option<&Path>, console: &Console) -> Result<(), Failure> {
    let record = match out {
        Some(out) if format == Format::Html => Some(RecordReader::open(out)?),
        _ => None,
    };
    console.result(&rendering::load(
        format,
        report,
        record.as_ref(),
        "load",
        &console.style,
    )?)
}
