//! `proofload man`: manual pages, made from the same types as the command line itself.

use super::{Console, Failure};
use crate::exit::Exit;
use clap::{Args, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};
use std::io;
use std::path::{Path, PathBuf};

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
    match (&args.out, &args.command) {
        (Some(directory), _) => {
            let count = write_all(&root, directory).map_err(|error| {
                Failure::usage(format!(
                    "cannot write manual pages into {}: {error}; name another directory with --out",
                    directory.display()
                ))
            })?;
            console.note(&format!("{count} pages in {}", directory.display()));
        }
        (None, None) => console.result(&page(&root)?)?,
        (None, Some(name)) => {
            let command = root.find_subcommand(name).ok_or_else(|| {
                let advice = proofload_deployment::nearest::advice(name, root.get_subcommands().map(Command::get_name));
                Failure::usage(format!("there is no command {name:?}{advice}"))
            })?;
            console.result(&page(command)?)?;
        }
    }
    Ok(Exit::Passed)
}

fn write_all(root: &Command, directory: &Path) -> io::Result<usize> {
    std::fs::create_dir_all(directory)?;
    let commands = every_command(root);
    for command in &commands {
        let file = directory.join(Man::new((*command).clone()).get_filename());
        std::fs::write(file, rendered(command)?)?;
    }
    Ok(commands.len())
}

/// A command and all below it.
fn every_command(command: &Command) -> Vec<&Command> {
    let below = command.get_subcommands().filter(|command| !command.is_hide_set());
    std::iter::once(command).chain(below.flat_map(every_command)).collect()
}

fn page(command: &Command) -> Result<String, Failure> {
    let bytes = rendered(command).map_err(Failure::could_not_test)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The page: what clap knows, then the examples and the exit codes under headings of their own.
fn rendered(command: &Command) -> io::Result<Vec<u8>> {
    let man = Man::new(command.clone()).manual("proofload");
    let mut out = Vec::new();
    man.render_title(&mut out)?;
    man.render_name_section(&mut out)?;
    man.render_synopsis_section(&mut out)?;
    man.render_description_section(&mut out)?;
    man.render_options_section(&mut out)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut out)?;
    }
    let mut roff = Roff::new();
    if let Some(examples) = command.get_after_help() {
        roff.control("SH", ["EXAMPLES"]).control("nf", []);
        for line in examples.to_string().lines().filter(|line| *line != "Examples:") {
            roff.text([roman(line)]);
        }
        roff.control("fi", []);
    }
    roff.control("SH", ["EXIT STATUS"]);
    for (exit, meaning) in Exit::TABLE {
        roff.control("TP", [])
            .text([roman(exit.code().to_string())])
            .text([roman(meaning)]);
    }
    roff.to_writer(&mut out)?;
    Ok(out)
}
