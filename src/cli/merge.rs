//! `proofload merge`: one record of many.

use super::load::recorded;
use super::shared::exit_of::{Ended, exit_of};
use super::shared::finish::{self, finish};
use super::shared::output::OutputArgs;
use super::shared::signals;
use super::{Console, Failure};
use crate::exit::Exit;
use clap::Args;
use proofload_deployment::halt::Interruption;
use proofload_load as load;
use proofload_load::LoadError;
use proofload_reports::load::live_line;
use proofload_results::record::{Collector, Feed};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How often streams are looked at that do not grow just now, and how often the line is drawn that says how all of them stand.
const LOOK: Duration = Duration::from_millis(100);
const DRAW: Duration = Duration::from_secs(1);

const EXAMPLES: &str = "\
Examples:
  proofload merge runs/a runs/b --out runs/whole
  proofload merge shard-*.jsonl --out runs/whole
  proofload merge --live shard-*.jsonl --out runs/whole";

/// Makes one record of the records of machines that made one load together
///
/// Histograms are added without loss and seconds aligned by wall clock. The runs must be of one scenario with the same
/// options, each with its own --shard; what else is odd about them is said in the merged report. The verdict on
/// all of them together is the exit code; a shard that is missing, was killed, or whose record is not whole makes it invalid.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct MergeArgs {
    /// Run directories, and streams that `load --out -` wrote; - is the one on stdin
    #[arg(required = true, value_name = "DIR|FILE")]
    records: Vec<PathBuf>,
    /// Directory for the merged record, new or empty
    #[arg(long, value_name = "DIR", required = true)]
    out: PathBuf,
    /// Follow streams that still grow, until each has ended or has not grown for 15 seconds
    #[arg(long)]
    live: bool,
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs the command.
///
/// # Errors
/// The records cannot be read or do not go together, or the new one cannot be written.
pub(super) fn run(args: &MergeArgs, console: &Console) -> Result<Exit, Failure> {
    args.output.check(Some(&args.out))?;
    let mut feed = Feed::open(&args.records)?;
    let mut collector = feed.collector(&args.out).map_err(LoadError::from)?;
    let mut interrupted = None;
    if args.live {
        interrupted = follow(&mut feed, &mut collector, console)?;
    } else {
        feed.read(&mut collector).map_err(LoadError::from)?;
    }
    let merged = collector.finish().map_err(LoadError::from)?;
    let (report, run) = load::judge_merged(merged, feed.looks()?, Some(&args.out))?;
    let (ended, lost) = (Ended::Load(report.verdict), run.lost.clone());
    let (run, left) = recorded(report, run, Some(&args.out), &args.output.title);
    let left = finish::unless_lost(lost.as_deref(), left);
    finish(&run, "load", Some(&args.out), left, &args.output, console)?;
    Ok(exit_of(interrupted, ended))
}

/// Follows streams to their ends, or until a signal; what had come by then is merged.
fn follow(feed: &mut Feed, collector: &mut Collector, console: &Console) -> Result<Option<Interruption>, Failure> {
    let (halt, mut drawn) = (signals::listen(console), Instant::now());
    while collector.slowest().is_some() && !halt.asked() {
        if !feed.follow(collector, Instant::now()).map_err(LoadError::from)? {
            std::thread::sleep(LOOK);
        }
        if drawn.elapsed() >= DRAW {
            drawn = Instant::now();
            console.progress(&[live_line(&collector.totals())]);
        }
    }
    console.progress(&[]);
    Ok(halt.why())
}
