//! `proofload report`: shows again what a command left in its run directory.

use super::advice::Reason;
use super::rendering::{self, Format, Found};
use super::{Console, Failure};
use crate::exit::Exit;
use clap::Args;
use proofload_results::record::RecordError;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  proofload report runs/x
  proofload report runs/before runs/after
  proofload report runs/before runs/after --format html > both.html
  proofload report runs/x --format junit > report.xml
  proofload report runs/x --format markdown >> $GITHUB_STEP_SUMMARY";

/// Shows what a command left in its run directory, in any format
///
/// Takes the directories that commands wrote with --out, also while a load run goes on and after it was killed. Several load
/// runs are shown side by side, as a page over each other. Exit code 0 says that all could be read, whatever their verdict; 2 that a directory
/// holds nothing of ours, or something of another version; 3 that one is damaged.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ReportArgs {
    /// Run directories
    #[arg(required = true, value_name = "DIR")]
    directories: Vec<PathBuf>,
    /// What to print on stdout
    #[arg(long, value_enum, default_value_t = Format::Console)]
    format: Format,
}

/// Runs the command.
///
/// # Errors
/// A directory holds no result, or a damaged one. Nothing is shown then.
pub(super) fn run(args: &ReportArgs, console: &Console) -> Result<Exit, Failure> {
    let found: Result<Vec<Found>, Failure> = args.directories.iter().map(|path| Found::in_directory(path)).collect();
    rendering::print(args.format, &found?, console)?;
    Ok(Exit::Passed)
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Missing(_) | RecordError::Cut(_) | RecordError::Damaged { .. } => Self::could_not_test(error),
            _ => Self::usage(&error).because(Reason::of_record(&error)),
        }
    }
}
