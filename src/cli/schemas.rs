//! `proofload schemas`: what editors check our TOML files by.

use super::{Console, Failure};
use crate::exit::Exit;
use clap::Args;
use clap::builder::PossibleValuesParser;
use proofload_survey::{schemas, write};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  proofload schemas --out .
  proofload schemas scenario > scenario.schema.json";

/// Write the JSON Schemas of proofload.toml, scenarios and accepted.toml, for editors
///
/// The first line of a file names its schema, as in `#:schema ./scenario.schema.json`; VS Code (Even Better TOML), Zed and
/// others then complete and check it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(super) struct SchemasArgs {
    /// Print this one
    #[arg(value_parser = PossibleValuesParser::new(schemas::ALL.map(|schema| schema.name)), conflicts_with = "out")]
    name: Option<String>,
    /// Write all of them into this directory
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// A file cannot be written.
pub(super) fn run(args: &SchemasArgs, console: &Console) -> Result<Exit, Failure> {
    for schema in schemas::ALL {
        if let Some(out) = &args.out {
            write::write(&out.join(schema.file), schema.text, false, true)?;
        } else if args.name.as_deref() == Some(schema.name) {
            console.result(schema.text)?;
        }
    }
    Ok(Exit::Passed)
}
