//! `proofload scenarios`: the scenarios that come with the program.

use super::{Console, Failure};
use crate::exit::Exit;
use clap::Args;
use proofload_load::{SHIPPED, Workload};
use std::fmt::Write as _;

const EXAMPLES: &str = "\
Examples:
  proofload scenarios
  proofload scenarios camera-feed > mine.toml";

/// Lists the scenarios that come with the program, or shows one
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ScenariosArgs {
    /// Print this scenario's file, to make one's own from it
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// There is no scenario of that name.
pub(super) fn run(args: ScenariosArgs, console: &Console) -> Result<Exit, Failure> {
    let Some(name) = args.name else {
        let width = SHIPPED
            .iter()
            .map(|shipped| shipped.name.len())
            .max()
            .unwrap_or_default();
        let mut lines = String::new();
        for shipped in SHIPPED {
            let workload = Workload::find(shipped.name).map_err(Failure::usage)?;
            let _ = writeln!(lines, "{:width$}  {}", shipped.name, workload.description);
        }
        console.result(&lines)?;
        return Ok(Exit::Passed);
    };
    let Some(shipped) = SHIPPED.iter().find(|shipped| shipped.name == name) else {
        let advice = proofload_deployment::nearest::advice(&name, SHIPPED.iter().map(|shipped| shipped.name));
        return Err(Failure::usage(format!("there is no scenario {name:?}{advice}")));
    };
    // Where it is made one's own there is no folder of ours; `proofload schemas --out .` puts the schema beside it.
    console.result(
        &shipped
            .text
            .replace("../docs/schemas/scenario.json", "./scenario.schema.json"),
    )?;
    Ok(Exit::Passed)
}
