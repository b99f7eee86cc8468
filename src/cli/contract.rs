//! `proofload contract`: prints the API as data.

use super::{Console, Failure};
use crate::exit::Exit;
use clap::ValueEnum;
use proofload_contract::Contract;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  proofload contract > identities.yaml
  proofload contract --format json > identities.json";

/// Print the API's OpenAPI document, to generate clients from or to read.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ContractArgs {
    /// As what to print it
    #[arg(long, value_enum, default_value_t = Format::Yaml)]
    format: Format,
    /// Another version of the API than the built-in one: an OpenAPI 3 document, YAML or JSON
    #[arg(long, value_name = "FILE")]
    contract: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// With the comments of the source
    Yaml,
    Json,
}

/// Prints the contract.
///
/// # Errors
/// The file is no contract, or stdout cannot be written.
#[expect(clippy::unused_async, reason = "every command has this shape")]
pub(super) async fn run(args: ContractArgs, console: &Console) -> Result<Exit, Failure> {
    let read;
    let contract = match &args.contract {
        Some(path) => {
            read = Contract::load(path).map_err(Failure::usage)?;
            &read
        }
        None => Contract::bundled(),
    };
    console.result(&match args.format {
        Format::Yaml => contract.to_yaml(),
        Format::Json => contract.to_json(),
    })?;
    Ok(Exit::Passed)
}
