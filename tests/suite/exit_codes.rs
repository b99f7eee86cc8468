//! The exit codes of the README are those of the program.

use crate::program::program;
use proofload::exit::Exit;

const README: &str = include_str!("../../README.md");

/// The rows of the README's table of exit codes: `| 0 | passed |`.
fn documented() -> Vec<(u8, String)> {
    let section = README
        .split("## Exit codes")
        .nth(1)
        .expect("the README has a section on exit codes");
    let rows = section.lines().skip_while(|line| !line.starts_with('|'));
    rows.take_while(|line| line.starts_with('|'))
        .filter_map(|row| {
            let (code, meaning) = row.trim_matches('|').split_once('|')?;
            Some((code.trim().parse().ok()?, meaning.trim().to_owned()))
        })
        .collect()
}

#[test]
fn the_readme_has_the_programs_table() {
    let table: Vec<(u8, String)> = Exit::TABLE
        .iter()
        .map(|(exit, meaning)| (exit.code(), (*meaning).to_owned()))
        .collect();
    assert_eq!(documented(), table);
}

#[test]
fn the_command_line_ends_with_them() {
    for (args, expected) in [
        (&["--help"][..], Exit::Passed),
        (&["--version"], Exit::Passed),
        (&["contract", "--help"], Exit::Passed),
        (&["contract"], Exit::Passed),
        (&[], Exit::Usage),
        (&["no-such-command"], Exit::Usage),
        (&["contract", "--no-such-option"], Exit::Usage),
        (&["contract", "--format", "toml"], Exit::Usage),
        (&["contract", "--contract", "no-such-file.yaml"], Exit::Usage),
    ] {
        let output = program().args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(i32::from(expected.code())), "{args:?}");
        let asked_for = expected == Exit::Passed;
        assert_eq!(output.stdout.is_empty(), !asked_for, "{args:?}: {output:?}");
        assert_eq!(output.stderr.is_empty(), asked_for, "{args:?}: {output:?}");
    }
}
