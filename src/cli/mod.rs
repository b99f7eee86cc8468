//! The command line: clap types, one file per command. They only convert into engine types and print results.

mod console;
mod contract;
mod duration;
mod embedded;
mod failure;
mod load;
mod load_format;
mod load_signals;
mod load_watchers;
mod merge;
mod mock;
mod mock_queue;
mod report;
mod scenarios;
mod secrets;
mod target_options;
mod validate;

pub use console::Console;
pub use failure::Failure;
pub use target_options::{Chosen, TargetOptions};

use crate::exit::Exit;
use clap::{Parser, Subcommand};
use std::ffi::OsString;

/// Load-testing and conformance harness for the eConnect Identities REST API.
///
/// Checks that a deployment authenticates, authorises and answers as documented, and measures what load it bears.
/// Without a target every command works on the embedded mock.
#[derive(Debug, Parser)]
#[command(name = "proofload", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Contract(contract::ContractArgs),
    Load(Box<load::LoadArgs>),
    Scenarios(scenarios::ScenariosArgs),
    Merge(merge::MergeArgs),
    Mock(mock::MockArgs),
    Report(report::ReportArgs),
    Validate(Box<validate::ValidateArgs>),
}

/// Runs the program with its arguments, the program's own name first, and says how it ended.
pub fn run(args: impl IntoIterator<Item = OsString>) -> Exit {
    let console = Console::system();
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => return Console::clap(&error),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return console.failure(&Failure::could_not_test(format!("cannot start the runtime: {error}"))),
    };
    let outcome = runtime.block_on(dispatch(cli.command, &console));
    // Tasks that are still blocked (a prompt, a name look-up) must not keep the program alive.
    runtime.shutdown_background();
    outcome.unwrap_or_else(|failure| console.failure(&failure))
}

async fn dispatch(command: Command, console: &Console) -> Result<Exit, Failure> {
    match command {
        Command::Contract(args) => contract::run(args, console).await,
        Command::Load(args) => load::run(*args, console).await,
        Command::Scenarios(args) => scenarios::run(args, console),
        Command::Merge(args) => merge::run(&args, console),
        Command::Mock(args) => mock::run(args, console).await,
        Command::Report(args) => report::run(&args, console),
        Command::Validate(args) => validate::run(*args, console).await,
    }
}
