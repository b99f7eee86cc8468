//! `proofload completions`: lets a shell complete commands and options.

use super::{Console, Failure};
use crate::exit::Exit;
use clap::Args;
use clap_complete::Shell;

const EXAMPLES: &str = "\
Examples:
  proofload completions bash > ~/.local/share/bash-completion/completions/proofload
  proofload completions zsh > ~/.zfunc/_proofload
  proofload completions fish > ~/.config/fish/completions/proofload.fish
  proofload completions powershell >> $PROFILE";

/// Print what a shell needs to complete commands and options
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CompletionsArgs {
    /// For which shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the shell's script.
///
/// # Errors
/// Stdout cannot be written.
pub(super) fn run(args: &CompletionsArgs, console: &Console) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "proofload", &mut script);
    console.result(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Passed)
}
