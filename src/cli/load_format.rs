//! How reports of load runs are printed.

use super::{Console, Failure};
use clap::ValueEnum;
use proofload_reports::load::LoadReport;
use proofload_reports::load_console;

/// What to print on stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A summary for people
    Console,
    /// JSON, schema proofload.load/1
    Json,
}

/// Prints a report.
///
/// # Errors
/// Stdout cannot be written.
pub(super) fn print(format: Format, report: &LoadReport, console: &Console) -> Result<(), Failure> {
    match format {
        Format::Console => console.result(&load_console::render(report, &console.style)),
        Format::Json => {
            let json = serde_json::to_string_pretty(report).map_err(Failure::could_not_test)?;
            console.result(&(json + "\n"))
        }
    }
}
