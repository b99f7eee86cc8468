//! `proofload fleet`: one load from many machines of a cluster.

mod arguments;
mod lines;

use super::load::recorded;
use super::shared::exit_of::{Ended, exit_of};
use super::shared::finish::{self, finish};
use super::shared::format::{Format, PAGE_NEEDS_RECORD};
use super::shared::output::OutputArgs;
use super::shared::session::{Intent, watched};
use super::shared::signals;
use super::{Console, Failure};
use crate::exit::Exit;
use arguments::{ClusterArgs, RunArgs};
use clap::{Args, Subcommand};
use lines::Lines;
use proofload_fleet::{self as fleet, FleetError, Halts, Outcome, Plan};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  proofload fleet --shards 8 --image registry.example/proofload:0.1.0 --scenario camera-feed --rate 4000/s --duration 5m --target lab --out runs/x
  proofload fleet --print --shards 8 --image registry.example/proofload:0.1.0 --url https://identities.lab.example:5009 --username svc-proof
  proofload fleet stop pl-7f3a --namespace loadtest
  proofload fleet collect pl-7f3a --namespace loadtest --out runs/x";

const STOP: &str = "\
Examples:
  proofload fleet stop pl-7f3a
  proofload fleet stop pl-7f3a --namespace loadtest";

const COLLECT: &str = "\
Examples:
  proofload fleet collect pl-7f3a --out runs/x
  proofload fleet collect pl-7f3a --namespace loadtest --out runs/x --keep";

/// Load a deployment from many machines of a Kubernetes cluster
///
/// Creates an indexed Job whose pods each make a share of the load, begin at the same instant and send their records as they are
/// made. These are merged without loss and judged once; then the Job is deleted. A shard that is lost makes the result invalid
/// (exit code 4), whatever its figures. If this command dies, the load ends by itself, and `collect` makes the record whole.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true,
    mut_arg("scenario", super::shared::arguments::open_where_rated))]
pub(super) struct FleetArgs {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    run: RunArgs,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Ask the shards of a fleet to end their records
    #[command(after_help = STOP)]
    Stop(StopArgs),
    /// Make the record of a fleet whose command is gone
    ///
    /// Follows shards that still run, and reads the logs of those that ended; what is not there any more makes the result invalid.
    #[command(after_help = COLLECT)]
    Collect(CollectArgs),
}

#[derive(Debug, Args)]
struct StopArgs {
    /// Its name
    name: String,
    #[command(flatten)]
    cluster: ClusterArgs,
}

#[derive(Debug, Args)]
struct CollectArgs {
    /// Its name
    name: String,
    /// Directory for the merged record, new or empty
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Leave the Job where it is
    #[arg(long)]
    keep: bool,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    cluster: ClusterArgs,
}

/// Runs the command.
///
/// # Errors
/// The fleet could not be made, stopped or collected.
pub(super) async fn run(args: FleetArgs, console: &Console) -> Result<Exit, Failure> {
    match args.action {
        None => Box::pin(load(args.run, console)).await,
        Some(Action::Stop(args)) => {
            let told = fleet::stop(&args.name, &args.cluster.open().await?).await?;
            console.note(&format!("told {told} shards of {} to end their records", args.name));
            Ok(Exit::Passed)
        }
        Some(Action::Collect(args)) => {
            args.output.check(Some(&args.out))?;
            let (cluster, lines) = (args.cluster.open().await?, Lines::new(console, None));
            let out = Some(args.out.as_path());
            let halts = halts(console);
            let collected = fleet::collect(&args.name, &cluster, (out, args.keep), &lines, &halts);
            let outcome = watched(console, Box::pin(collected)).await?;
            shown(outcome, out, &args.output, console)
        }
    }
}

async fn load(args: RunArgs, console: &Console) -> Result<Exit, Failure> {
    let out = args.out();
    if out.is_none() {
        args.output.refuse(Format::Html, PAGE_NEEDS_RECORD)?;
    }
    args.output.check(out)?;
    let seed = args.seed();
    let mut plan = args.plan(seed, console).await?;
    if args.print {
        console.result(&fleet::printed(&plan).map_err(FleetError::from)?)?;
        return Ok(Exit::Passed);
    }
    let cluster = args.cluster.open().await?;
    plan.namespace.clone_from(&cluster.namespace);
    let (lines, halts) = (Lines::new(console, Some(seed)), halts(console));
    let made = fleet::run(&plan, &cluster, (out, args.keep), &lines, &halts);
    let outcome = watched(console, Box::pin(made))
        .await
        .map_err(|error| advised(error, &plan))?;
    shown(outcome, out, &args.output, console)
}

/// What came of a fleet, as a load run that was made here is shown.
fn shown(outcome: Outcome, out: Option<&Path>, output: &OutputArgs, console: &Console) -> Result<Exit, Failure> {
    let (ended, lost) = (Ended::Load(outcome.report.verdict), outcome.run.lost.clone());
    let (run, left) = recorded(outcome.report, outcome.run, out, &output.title);
    let left = finish::unless_lost(lost.as_deref(), left);
    finish(&run, "load", out, left, output, console)?;
    Ok(exit_of(outcome.interrupted, ended))
}

fn halts(console: &Console) -> Halts {
    let (orderly, at_once) = signals::listen_twice(console);
    Halts { orderly, at_once }
}

/// A failure with what can be done about it.
fn advised(error: FleetError, plan: &Plan) -> Failure {
    let advice = match &error {
        FleetError::Cluster(fleet::ClusterError::NotPermitted { .. }) => {
            Some("`proofload fleet --print` shows the Role that is needed".to_owned())
        }
        FleetError::Cluster(fleet::ClusterError::Exists { .. }) => Some(format!(
            "give --name another one, or see to it with `proofload fleet collect {}`",
            plan.name
        )),
        FleetError::LostFromSight { name, .. } => Some(format!(
            "`proofload fleet collect {name} --namespace {} --out DIR` makes its record whole",
            plan.namespace
        )),
        _ => None,
    };
    let mut failure = Failure::from(error);
    if let Some(advice) = advice {
        failure.sentence = format!("{}; {advice}", failure.sentence);
    }
    failure
}

impl RunArgs {
    /// What the fleet is to be.
    async fn plan(&self, seed: u64, console: &Console) -> Result<Plan, Failure> {
        let workload = self.workload()?;
        let shards = self.shards()?;
        fleet::check_shares(&workload, self.users(), shards).map_err(FleetError::from)?;
        let chosen = self.chosen().await?;
        chosen.announce(console);
        Intent::load(self.timeout(), self.permission()).allowed_on(&chosen.target)?;
        if chosen.target.base.is_loopback() {
            console.note(&format!(
                "warning: {} is each shard itself, and not this machine: give the address at which pods reach the target",
                chosen.target.base
            ));
        }
        let (load, files) = self.told(&workload, &chosen.target, seed, console)?;
        Ok(self.planned(&workload, shards, load, files)?)
    }
}
