//! `proofload baseline`: keeps, lists and prunes the load runs that later runs are held against.

use super::shared::values::duration;
use super::{Console, Failure};
use crate::exit::Exit;
use chrono::Utc;
use clap::{Args, Subcommand, ValueEnum};
use proofload_gate::baseline::{self, Baseline, BaselineError, Filter, Policy, Store};
use proofload_reports::console::{Column, Table};
use proofload_results::record::RecordReader;
use proofload_results::text;
use serde_json::json;
use std::path::PathBuf;
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  proofload baseline keep runs/x --branch main
  proofload baseline list
  proofload baseline path --branch main --scenario camera-feed
  proofload baseline prune --keep 5 --dry-run";

const KEEP: &str = "\
Examples:
  proofload baseline keep runs/x --branch main
  proofload baseline keep runs/1 runs/2 runs/3 --branch main --commit 1f2e3d4";

const LIST: &str = "\
Examples:
  proofload baseline list
  proofload baseline list --branch main --format json";

const PATH: &str = "\
Examples:
  proofload baseline path --branch main --scenario camera-feed
  proofload baseline path --branch main --like runs/x --count 3";

const PRUNE: &str = "\
Examples:
  proofload baseline prune --keep 5
  proofload baseline prune --older-than 30days --branch main --dry-run";

/// Keep, list and prune the load runs that later runs are held against
///
/// Baselines stand in a directory by scenario and branch. `path` says where the newest are, for `proofload gate`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct BaselineArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Copy load runs into the store
    #[command(after_help = KEEP)]
    Keep(KeepArgs),
    /// Show what is in the store, the newest first
    #[command(after_help = LIST)]
    List(ListArgs),
    /// Print the directories of the newest baselines, one on each line
    #[command(after_help = PATH)]
    Path(PathArgs),
    /// Remove old baselines; the newest of each scenario and branch stays
    #[command(after_help = PRUNE)]
    Prune(PruneArgs),
}

#[derive(Debug, Args)]
struct StoreArgs {
    /// Directory of the baselines
    #[arg(long, value_name = "DIR", default_value = "baselines", env = "PROOFLOAD_BASELINES")]
    store: PathBuf,
}

#[derive(Debug, Args)]
struct KeepArgs {
    /// Run directories of `proofload load --out`: complete, and not invalid
    #[arg(required = true, value_name = "DIR")]
    runs: Vec<PathBuf>,
    /// The branch they stand for
    #[arg(long, value_name = "NAME")]
    branch: String,
    /// The commit that was run
    #[arg(long, value_name = "ID")]
    commit: Option<String>,
    #[command(flatten)]
    store: StoreArgs,
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Of this branch only
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,
    /// Of this scenario only
    #[arg(long, value_name = "NAME")]
    scenario: Option<String>,
    /// What to print on stdout
    #[arg(long, value_enum, default_value_t = Format::Console)]
    format: Format,
    #[command(flatten)]
    store: StoreArgs,
}

#[derive(Debug, Args)]
struct PathArgs {
    /// Of this branch
    #[arg(long, value_name = "NAME")]
    branch: String,
    /// Of this scenario
    #[arg(long, value_name = "NAME", required_unless_present = "like", conflicts_with = "like")]
    scenario: Option<String>,
    /// Of the scenario of this run
    #[arg(long, value_name = "DIR")]
    like: Option<PathBuf>,
    /// How many at most, the newest first
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    count: u16,
    #[command(flatten)]
    store: StoreArgs,
}

#[derive(Debug, Args)]
#[group(id = "what", args = ["keep", "older_than"], required = true, multiple = true)]
struct PruneArgs {
    /// Leave so many of each scenario and branch
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    keep: Option<u16>,
    /// Remove those that are older, such as 30days
    #[arg(long, value_name = "AGE", value_parser = duration)]
    older_than: Option<Duration>,
    /// Of this branch only
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,
    /// Of this scenario only
    #[arg(long, value_name = "NAME")]
    scenario: Option<String>,
    /// Say what would be removed, and remove nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    store: StoreArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table for people
    Console,
    /// proofload.baselines/1
    Json,
}

/// Runs the command.
///
/// # Errors
/// A run is not fit to be a baseline, there is none, or the store cannot be read or written.
pub(super) fn run(args: BaselineArgs, console: &Console) -> Result<Exit, Failure> {
    match args.action {
        Action::Keep(args) => keep(&args, console)?,
        Action::List(args) => list(args, console)?,
        Action::Path(args) => path(args, console)?,
        Action::Prune(args) => prune(args, console)?,
    }
    Ok(Exit::Passed)
}

fn keep(args: &KeepArgs, console: &Console) -> Result<(), Failure> {
    let store = Store::at(&args.store.store);
    for run in &args.runs {
        let kept = store.keep(run, &args.branch, args.commit.as_deref(), Utc::now())?;
        if kept.before {
            console.note(&format!("{} had been kept before", run.display()));
        }
        console.result(&format!("{}\n", kept.path.display()))?;
    }
    Ok(())
}

fn list(args: ListArgs, console: &Console) -> Result<(), Failure> {
    let filter = Filter {
        branch: args.branch,
        scenario: args.scenario,
    };
    let baselines = listed(&Store::at(&args.store.store), &filter, console)?;
    if args.format == Format::Json {
        let document = json!({ "schema": "proofload.baselines/1", "baselines": baselines });
        return console.result(&text::json(&format!("{document:#}\n")));
    }
    let mut table = Table::new(vec![
        Column::words("scenario"),
        Column::words("branch"),
        Column::words("run of"),
        Column::words("commit").need(3),
        Column::words("target").need(2),
        Column::words("version").need(1),
        Column::words("directory"),
    ]);
    for baseline in &baselines {
        table.row([
            baseline.scenario.clone(),
            baseline.branch.clone(),
            baseline.started_at.format("%Y-%m-%d %H:%M:%S").to_string(),
            baseline.commit.clone().unwrap_or_default(),
            baseline.base_url.clone(),
            baseline.version.clone(),
            baseline.path.display().to_string(),
        ]);
    }
    let (text, _) = table.render(&console.style);
    console.result(&console.style.finish(text))
}

fn path(args: PathArgs, console: &Console) -> Result<(), Failure> {
    let store = Store::at(&args.store.store);
    let scenario = match &args.like {
        Some(run) => Some(RecordReader::open(run)?.run.scenario),
        None => args.scenario,
    };
    let filter = Filter {
        branch: Some(args.branch),
        scenario,
    };
    let baselines = listed(&store, &filter, console)?;
    if baselines.is_empty() {
        let (branch, scenario) = (filter.branch.unwrap_or_default(), filter.scenario.unwrap_or_default());
        return Err(BaselineError::None {
            wanted: format!("of branch {branch:?} and scenario {scenario:?}"),
            store: store.root().to_owned(),
        }
        .into());
    }
    let newest = baselines.iter().take(usize::from(args.count));
    let lines: Vec<String> = newest.map(|baseline| baseline.path.display().to_string()).collect();
    console.result(&(lines.join("\n") + "\n"))
}

fn prune(args: PruneArgs, console: &Console) -> Result<(), Failure> {
    let store = Store::at(&args.store.store);
    let filter = Filter {
        branch: args.branch,
        scenario: args.scenario,
    };
    let policy = Policy {
        keep: args.keep.map(usize::from),
        older_than: args.older_than,
    };
    let baselines = listed(&store, &filter, console)?;
    let going = baseline::chosen(&baselines, policy, Utc::now());
    for baseline in &going {
        if !args.dry_run {
            store.remove(baseline)?;
        }
        console.result(&format!("{}\n", baseline.path.display()))?;
    }
    let (verb, count, all) = (
        if args.dry_run { "would be" } else { "were" },
        going.len(),
        baselines.len(),
    );
    console.note(&format!("{count} of {all} baselines {verb} removed"));
    Ok(())
}

/// What is in the store; what cannot be read is named on stderr.
fn listed(store: &Store, filter: &Filter, console: &Console) -> Result<Vec<Baseline>, Failure> {
    let (baselines, odd) = store.list(filter)?;
    for sentence in odd {
        console.note(&format!("warning: {sentence}"));
    }
    Ok(baselines)
}
