//! `proofload report`: shows again what a load run recorded.

use super::load_format::{self, Format};
use super::{Console, Failure};
use crate::exit::Exit;
use crate::load;
use clap::Args;
use proofload_reports::record::{RecordError, RecordReader};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  proofload report runs/x
  proofload report runs/x --format json";

/// Shows what load runs recorded, while they go on, after their end, and after they were killed
///
/// Takes the directories that `proofload load --out` or `proofload merge --out` wrote. Exit code 0 says that every record
/// could be read, whatever its verdict; 2 that a directory holds none; 3 that one is damaged.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ReportArgs {
    /// Run directories; each is shown in turn
    #[arg(required = true, value_name = "DIR")]
    directories: Vec<PathBuf>,
    /// What to print on stdout, one report after the other
    #[arg(long, value_enum, default_value_t = Format::Console)]
    format: Format,
}

/// Runs the command.
///
/// # Errors
/// A directory holds no record, or a damaged one. Nothing is shown then.
pub(super) fn run(args: &ReportArgs, console: &Console) -> Result<Exit, Failure> {
    let mut reports = Vec::new();
    for directory in &args.directories {
        reports.push(load::report_of(&RecordReader::open(directory)?)?);
    }
    for report in &reports {
        load_format::print(args.format, report, console)?;
    }
    Ok(Exit::Passed)
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Missing(_) | RecordError::Cut(_) | RecordError::Damaged { .. } => Self::could_not_test(error),
            _ => Self::usage(error),
        }
    }
}
