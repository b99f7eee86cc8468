//! `proofload man`: manual pages, made from the same types as the command line itself.

use super::{Console, Failure};
use crate::exit::Exit;
use clap::{Args, Command};
use proofload_help::{page, write_all};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  proofload man | man -l -
  proofload man validate | man -l -
  proofload man --out ~/.local/share/man/man1";

/// Print a manual page, or write all of them into a directory
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ManArgs {
    /// The command whose page to print [default: the program's own page]
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    command: Option<String>,
    /// Write all pages into this directory, which is made if need be
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Prints or writes manual pages.
///
/// # Errors
/// There is no such command, or the directory cannot be written.
pub(super) fn run(args: &ManArgs, console: &Console) -> Result<Exit, Failure> {
    let mut root = super::command().disable_help_subcommand(true);
    root.build();
    let exits = Exit::TABLE.map(|(exit, meaning)| (exit.code(), meaning));
    let printed = |command| page(command, &exits).map_err(Failure::could_not_test);
    match (&args.out, &args.command) {
        (Some(directory), _) => {
            let count = write_all(&root, directory, &exits).map_err(|error| {
                Failure::usage(format!(
                    "cannot write manual pages into {}: {error}; name another directory with --out",
                    directory.display()
                ))
            })?;
            console.note(&format!("{count} pages in {}", directory.display()));
        }
        (None, None) => console.result(&printed(&root)?)?,
        (None, Some(name)) => {
            let command = root.find_subcommand(name).ok_or_else(|| {
                let advice = proofload_deployment::nearest::advice(name, root.get_subcommands().map(Command::get_name));
                Failure::usage(format!("there is no command {name:?}{advice}"))
            })?;
            console.result(&printed(command)?)?;
        }
    }
    Ok(Exit::Passed)
}
