//! `proofload merge`: one record of many.

use super::load::recorded;
use super::shared::exit_of::{Ended, exit_of};
use super::shared::finish::{self, finish};
use super::shared::output::OutputArgs;
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
/// options, each with its own --shard; what else is odd about them is said in the merged report. The verdict on
/// all of them together is the exit code; a missing shard makes it invalid.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct MergeArgs {
    /// Run directories
    #[arg(required = true, value_name = "DIR")]
    directories: Vec<PathBuf>,
    /// Directory for the merged record, new or empty
    #[arg(long, value_name = "DIR", required = true)]
    out: PathBuf,
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs the command.
///
/// # Errors
/// The records cannot be read or do not go together, or the new one cannot be written.
pub(super) fn run(args: &MergeArgs, console: &Console) -> Result<Exit, Failure> {
    args.output.check(Some(&args.out))?;
    let records: Result<Vec<RecordReader>, RecordError> = args
        .directories
        .iter()
        .map(|directory| RecordReader::open(directory))
        .collect();
    let (report, run) = load::merge(records?, &args.out)?;
    let (ended, lost) = (Ended::Load(report.verdict), run.lost.clone());
    let (run, left) = recorded(report, run, Some(&args.out), &args.output.title);
    let left = finish::unless_lost(lost.as_deref(), left);
    finish(&run, "load", Some(&args.out), left, &args.output, console)?;
    Ok(exit_of(None, ended))
}
