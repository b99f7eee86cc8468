//! Manual pages, made from the same types as the command line itself.

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};
use std::io;
use std::path::Path;

/// Writes the pages of a command and all below it into a directory, which is made if need be; how many there are.
///
/// # Errors
/// The directory cannot be written.
pub fn write_all(root: &Command, directory: &Path, exits: &[(u8, &str)]) -> io::Result<usize> {
    std::fs::create_dir_all(directory)?;
    let commands = every_command(root);
    for command in &commands {
        let file = directory.join(Man::new((*command).clone()).get_filename());
        std::fs::write(file, rendered(command, exits)?)?;
    }
    Ok(commands.len())
}

/// A command and all below it.
fn every_command(command: &Command) -> Vec<&Command> {
    let below = command.get_subcommands().filter(|command| !command.is_hide_set());
    std::iter::once(command).chain(below.flat_map(every_command)).collect()
}

/// The page of a command, in roff; `exits` are the exit codes and what each means.
///
/// # Errors
/// None in practice: it is written into memory.
pub fn page(command: &Command, exits: &[(u8, &str)]) -> io::Result<String> {
    let bytes = rendered(command, exits)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The page: what clap knows, then the examples and the exit codes under headings of their own.
fn rendered(command: &Command, exits: &[(u8, &str)]) -> io::Result<Vec<u8>> {
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
    for (code, meaning) in exits {
        roff.control("TP", [])
            .text([roman(code.to_string())])
            .text([roman(*meaning)]);
    }
    roff.to_writer(&mut out)?;
    Ok(out)
}
