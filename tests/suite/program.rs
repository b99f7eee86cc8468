//! The program under test, as a person runs it.

use std::path::Path;
use std::process::{Command, Output};

/// The program, with nothing said to it yet.
pub(crate) fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_proofload"))
}

/// Runs the program in a folder.
pub(crate) fn proofload(folder: &Path, args: &[&str]) -> Output {
    program().args(args).current_dir(folder).output().unwrap()
}
