//! How reports of load runs are printed.

use super::rendering;
pub(super) use super::rendering::Format;
use super::{Console, Failure};
use proofload_reports::load::LoadReport;

/// Prints a report.
///
/// # Errors
/// Stdout cannot be written.
pub(super) fn print(format: Format, report: &LoadReport, console: &Console) -> Result<(), Failure> {
    console.result(&rendering::load(format, report, "load", &console.style)?)
}
