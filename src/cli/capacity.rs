//! `proofload capacity`: searches for the highest rate at which the objectives hold.

use super::shared::arguments::{
    AccountsArgs, ConnectionArgs, GeneratorArgs, ObjectiveArgs, PermissionArg, ScenarioArgs, SearchArgs, SeedArg,
};
use super::shared::exit_of::{Ended, exit_of};
use super::shared::finish::{self, finish};
use super::shared::output::OutputArgs;
use super::shared::progress_lines::ProgressLines;
use super::shared::session::{Intent, Opened, watched};
use super::shared::target_options::TargetOptions;
use super::shared::values;
use super::shared::watch_targets::WatchTargetArgs;
use super::{Console, Failure};
use crate::exit::Exit;
use clap::Args;
use proofload_advice::{self as advice, Offered};
use proofload_capacity as capacity;
use proofload_capacity::CapacityOptions;
use proofload_deployment::units::{Rate, span};
use proofload_load as load;
use proofload_reports::Rendering as _;
use proofload_results::files;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  proofload capacity --slo 'publish.p99 < 250ms'
  proofload capacity --target lab --slo 'publish.p99 < 250ms' --slo 'errors < 0.1%' --need 150/s --fps 2 --out runs/box
  proofload capacity --scenario token-churn --slo 'renewToken.p99 < 100ms' --format json
  proofload capacity --scenario field-mix --journey caller --slo 'p99 < 1s' --max-time 5m";

/// Searches for the highest rate at which the objectives hold
///
/// Makes load runs at one rate after the other until the limit is known within 5%, confirms it, and says how many cameras
/// that is. Exit code 1 says that --need was not met or that nothing held at all, 4 that it cannot be said: the
/// generator gave out first, or the target's capacity moved.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, mut_arg("scenario", |scenario| {
    scenario
        .default_value("camera-feed")
        .help("Scenario: a shipped one (see `proofload scenarios`) or a file; the search sets its rate and duration")
}))]
pub(super) struct CapacityArgs {
    #[command(flatten)]
    target: TargetOptions,
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// Search on this journey of the scenario alone
    #[arg(long, value_name = "NAME")]
    journey: Option<String>,
    #[command(flatten)]
    objectives: ObjectiveArgs,
    #[command(flatten)]
    search: SearchArgs,
    /// Where the search begins
    #[arg(long, value_name = "RATE", default_value_t = default_start(), allow_hyphen_values = true)]
    start: Rate,
    /// How long the shortest steps are measured, in whole seconds
    #[arg(long, value_name = "TIME", default_value = default_step(), value_parser = values::step, allow_hyphen_values = true)]
    step: Duration,
    /// Directory for the record, new or empty: capacity.json, report.html, and a run directory for each step
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    seed: SeedArg,
    #[command(flatten)]
    generator: GeneratorArgs,
    #[command(flatten)]
    accounts: AccountsArgs,
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(flatten)]
    machines: WatchTargetArgs,
    #[command(flatten)]
    permission: PermissionArg,
}

fn default_start() -> Rate {
    Rate::per_s(capacity::START_PER_S).expect("the engine's own rate is one")
}

fn default_step() -> &'static str {
    static SHOWN: LazyLock<String> = LazyLock::new(|| span::display(capacity::STEP));
    &SHOWN
}

/// Runs the command.
///
/// # Errors
/// The search could not be made, or not be shown everywhere.
pub(super) async fn run(args: CapacityArgs, console: &Console) -> Result<Exit, Failure> {
    let out = args.out.as_deref();
    args.output.check(out)?;
    let mut workload = args.scenario.workload()?;
    args.objectives.add_to(&mut workload)?;
    let mut options = args.options();
    args.accounts.put_into(&mut options.load, console)?;
    capacity::check(&workload, &options)?;
    let intent = Intent::load(&args.generator.timeout, &args.permission);
    let opened = Opened::open(args.target.choose().await?, intent, console).await?;
    options.load.watch = args.machines.start(opened.exporters())?;
    let lines = ProgressLines(console.clone());
    let search = capacity::run(&workload, opened.target(), &options, Arc::new(lines), &opened.halt);
    let outcome = Box::pin(watched(console, search)).await?;
    let report = &outcome.report;
    let left = out.map_or(Ok(()), |out| {
        finish::leave(out, files::PAGE, args.output.title.page(report.html()))
    });
    let left = finish::unless_lost(outcome.lost.as_deref(), left);
    finish(report, "capacity", out, left, &args.output, console)?;
    console.advise(advice::on_search(&outcome, &Offered::by::<CapacityArgs>()));
    Ok(exit_of(outcome.interrupted, Ended::Capacity(report.verdict)))
}

impl CapacityArgs {
    fn options(&self) -> CapacityOptions {
        CapacityOptions {
            load: load::LoadOptions {
                http2: self.connection.http2(),
                keep_alive: !self.connection.no_keep_alive,
                retry_stale: !self.connection.no_retry_stale,
                spread: self.connection.spread(),
                ..self.generator.options(self.seed.get(), &self.permission)
            },
            out: self.out.clone(),
            need: self.search.need,
            fps: self.search.fps,
            journey: self.journey.clone(),
            start: self.start,
            most: self.search.max_rate,
            step: self.step,
            max_time: self.search.max_time,
            hold: self.search.hold.unwrap_or_default(),
        }
    }
}
