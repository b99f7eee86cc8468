//! `proofload merge`: one record of many.

use super::load_format::{self, Format};
use super::load_page;
use super::{Console, Failure};
use crate::exit::Exit;
use clap::Args;
use proofload_load as load;
use proofload_results::record::{RecordError, RecordReader};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  proofload merge runs/a runs/b --out runs/whole";

/// Makes one record of the records of machines that made one load together
///
/// Histograms are added without loss and seconds aligned by wall clock. The runs must be of one scenario with the same
/// options, each with its own --shard; what else is odd about them is said in the merged report. Exit code 0 says that they
/// were merged, whatever the verdict.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct MergeArgs {
    /// Run directories
    #[arg(required = true, value_name = "DIR")]
    directories: Vec<PathBuf>,
    /// Directory for the merged record, new or empty
    #[arg(long, value_name = "DIR", required = true)]
    out: PathBuf,
    /// What to print on stdout
    #[arg(long, value_enum, default_value_t = Format::Console)]
    format: Format,
}

/// Runs the command.
///
/// # Errors
/// The records cannot be read or do not go together, or the new one cannot be written.
pub(super) fn run(args: &MergeArgs, console: &Console) -> Result<Exit, Failure> {
    let records: Result<Vec<RecordReader>, RecordError> = args
        .directories
        .iter()
        .map(|directory| RecordReader::open(directory))
        .collect();
    let report = load::merge(records?, &args.out)?;
    load_page::leave(&args.out, &report)?;
    load_format::print(args.format, &report, Some(&args.out), console)?;
    console.note(&format!("recorded in {}", args.out.display()));
    Ok(Exit::Passed)
}
