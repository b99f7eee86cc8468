//! The command line: clap types, one file per command. They only convert into engine types; what
//! they have in common (options, target, signals, formats, exit codes) is in `shared`.

mod baseline;
mod capacity;
mod certify;
mod completions;
mod console;
mod contract;
mod core_files;
mod doctor;
mod failure;
mod file_size;
mod fleet;
mod gate;
mod init;
mod load;
mod man;
mod merge;
mod mock;
mod mock_queue;
mod report;
mod scenarios;
mod schemas;
mod shared;
mod surroundings;
mod validate;

pub use console::Console;
pub use failure::Failure;
pub use shared::target_options::{Chosen, TargetOptions};

use crate::exit::Exit;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;

const EXAMPLES: &str = "\
Examples:
  proofload validate
  proofload init --url https://10.0.0.123:5009 --username svc-proof
  proofload validate --target lab --report junit=report.xml
  proofload load --scenario camera-feed --rate 200/s --duration 10s --out runs/x
  proofload capacity --slo 'publish.p99 < 250ms' --need 150/s
  proofload report runs/x
  proofload mock --http 127.0.0.1:0 --https none";

/// Load-testing and conformance harness for the eConnect Identities REST API.
///
/// Checks that a deployment authenticates, authorises and answers as documented, and measures what load it bears.
/// Without a target every command works on the embedded mock.
#[derive(Debug, Parser)]
#[command(name = "proofload", version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Show only results, warnings and errors: no progress, no advice
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Show everything there is, such as every case of a validation and not only the causes of what went wrong
    #[arg(long, short, global = true)]
    verbose: bool,
    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto", global = true)]
    color: Colour,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Colour {
    /// At a terminal, unless the environment says otherwise (`NO_COLOR`, `CLICOLOR_FORCE`)
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    Capacity(Box<capacity::CapacityArgs>),
    Baseline(baseline::BaselineArgs),
    Certify(Box<certify::CertifyArgs>),
    Completions(completions::CompletionsArgs),
    Contract(contract::ContractArgs),
    Doctor(doctor::DoctorArgs),
    Fleet(Box<fleet::FleetArgs>),
    Gate(Box<gate::GateArgs>),
    Init(init::InitArgs),
    Load(Box<load::LoadArgs>),
    Man(man::ManArgs),
    Merge(merge::MergeArgs),
    Mock(mock::MockArgs),
    Report(report::ReportArgs),
    Scenarios(scenarios::ScenariosArgs),
    Schemas(schemas::SchemasArgs),
    Validate(Box<validate::ValidateArgs>),
}

/// The command line, for completions, manual pages and whoever wants to look at it.
pub fn command() -> clap::Command {
    proofload_help::grouped(Cli::command())
}

/// Runs the program with its arguments, the program's own name first, and says how it ended.
pub fn run(args: impl IntoIterator<Item = OsString>) -> Exit {
    core_files::forbid();
    let args: Vec<OsString> = args.into_iter().collect();
    let matches = command().try_get_matches_from(&args);
    let cli = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return Console::clap(&proofload_help::advised(error, &command(), &args), &args),
    };
    let console = Console::system(cli.color, cli.quiet).verbose(cli.verbose);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return console.failure(&Failure::could_not_test(format!("cannot start the runtime: {error}"))),
    };
    let outcome = runtime.block_on(async {
        file_size::tell_limit();
        dispatch(cli.command, &console).await
    });
    // Tasks that are still blocked (a prompt, a name look-up) must not keep the program alive.
    runtime.shutdown_background();
    outcome.unwrap_or_else(|failure| console.failure(&failure))
}

async fn dispatch(command: Command, console: &Console) -> Result<Exit, Failure> {
    match command {
        Command::Capacity(args) => {
            let outcome = Box::pin(capacity::run(*args, console)).await;
            outcome.map_err(Failure::advised::<capacity::CapacityArgs>)
        }
        Command::Baseline(args) => baseline::run(args, console),
        Command::Certify(args) => {
            let outcome = Box::pin(certify::run(*args, console)).await;
            outcome.map_err(Failure::advised::<certify::CertifyArgs>)
        }
        Command::Completions(args) => completions::run(&args, console),
        Command::Contract(args) => contract::run(args, console).await,
        Command::Doctor(args) => {
            let outcome = Box::pin(doctor::run(args, console)).await;
            outcome.map_err(Failure::advised::<doctor::DoctorArgs>)
        }
        Command::Fleet(args) => {
            let outcome = Box::pin(fleet::run(*args, console)).await;
            outcome.map_err(Failure::advised::<fleet::FleetArgs>)
        }
        Command::Gate(args) => {
            let outcome = Box::pin(gate::run(*args, console)).await;
            outcome.map_err(Failure::advised::<gate::GateArgs>)
        }
        Command::Init(args) => {
            let outcome = Box::pin(init::run(args, console)).await;
            outcome.map_err(Failure::advised::<init::InitArgs>)
        }
        Command::Load(args) => {
            let outcome = Box::pin(load::run(*args, console)).await;
            outcome.map_err(Failure::advised::<load::LoadArgs>)
        }
        Command::Man(args) => man::run(&args, console),
        Command::Merge(args) => merge::run(&args, console).map_err(Failure::advised::<merge::MergeArgs>),
        Command::Mock(args) => mock::run(args, console).await,
        Command::Report(args) => report::run(&args, console),
        Command::Scenarios(args) => scenarios::run(args, console),
        Command::Schemas(args) => schemas::run(&args, console),
        Command::Validate(args) => {
            let outcome = Box::pin(validate::run(*args, console)).await;
            outcome.map_err(Failure::advised::<validate::ValidateArgs>)
        }
    }
}
