//! What every command has in common: values, formats, paths and exit codes are the same in all of them.

mod exits;
mod formats;
mod paths;
mod values;

use crate::program::program;
use std::path::Path;
use std::process::Output;

/// A command line of each command that takes a target, without options that are about to be tried.
const ON_A_TARGET: [&str; 4] = ["load", "capacity", "certify", "validate"];

fn proofload(folder: &Path, args: &[&str]) -> Output {
    let mut command = program();
    command.args(args).env("PROOFLOAD_PASSWORD", "admin-pass");
    command.current_dir(folder).output().expect("the program runs")
}

/// The program must print nothing, say one sentence on stderr beside warnings, and end with `code`. The sentence.
#[track_caller]
fn refused(folder: &Path, args: &[&str], code: i32) -> String {
    let output = proofload(folder, args);
    let said = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
    assert!(output.stdout.is_empty(), "{args:?} printed something");
    let errors: Vec<&str> = said.lines().filter(|line| !line.starts_with("warning: ")).collect();
    assert_eq!(errors.len(), 1, "{args:?}: {said}");
    errors[0].to_owned()
}
