//! Help texts, completions and manual pages: each command has examples, and each example is a command of the program.

use clap::Command;
use proofload::exit::Exit;
use std::process::{self, Output};

/// A command and all below it, each with its path.
fn every_command(command: &Command, path: &str, found: &mut Vec<(String, Command)>) {
    let path = format!("{path} {}", command.get_name()).trim().to_owned();
    found.push((path.clone(), command.clone()));
    for below in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        every_command(below, &path, found);
    }
}

fn commands() -> Vec<(String, Command)> {
    let mut found = Vec::new();
    every_command(&proofload::cli::command(), "", &mut found);
    found
}

/// The words of an example up to where its output is sent elsewhere.
fn words(line: &str) -> Vec<String> {
    let words = shlex::split(line).unwrap_or_else(|| panic!("a shell cannot read `{line}`"));
    words
        .into_iter()
        .take_while(|word| !["|", ">", ">>"].contains(&word.as_str()))
        .collect()
}

fn run(args: &[&str]) -> Output {
    let mut program = process::Command::new(env!("CARGO_BIN_EXE_proofload"));
    program.args(args).output().expect("the program runs")
}

#[test]
fn every_command_has_examples_and_each_of_them_is_one() {
    for (path, command) in commands() {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let mut lines = help.lines();
        assert_eq!(lines.next(), Some("Examples:"), "{path}");
        let examples: Vec<&str> = lines.map(str::trim).collect();
        assert!(!examples.is_empty(), "{path}");
        for example in examples {
            let line = words(example.split("$(").next().unwrap_or_default());
            assert!(
                line.join(" ").starts_with(&path),
                "`{example}` is not an example of {path}"
            );
            if example.contains("$(") {
                continue;
            }
            if let Err(error) = proofload::cli::command().try_get_matches_from(line) {
                panic!("`{example}`: {error}");
            }
        }
    }
}

#[test]
fn every_command_says_in_a_line_what_it_is_for() {
    for (path, command) in commands() {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        assert!(!about.is_empty() && about.len() < 100, "{path}: {about:?}");
    }
}

#[test]
fn completions_know_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = run(&["completions", shell]);
        let script = String::from_utf8(output.stdout).expect("text");
        assert_eq!(output.status.code(), Some(i32::from(Exit::Passed.code())), "{shell}");
        for (path, _) in commands() {
            let name = path.split(' ').next_back().unwrap_or_default();
            assert!(script.contains(name), "{shell} does not know {name}");
        }
    }
}

/// What bash itself makes of the script: the first letters of a command, and of an option.
#[test]
fn bash_completes() {
    let script = String::from_utf8(run(&["completions", "bash"]).stdout).expect("text");
    for (line, expected) in [
        ("proofload vali", "validate"),
        ("proofload validate --sna", "--snapshot"),
        ("proofload report --format js", "json"),
    ] {
        let current = line.split(' ').next_back().unwrap_or_default();
        let before = line.split(' ').rev().nth(1).unwrap_or_default();
        let count = line.split(' ').count() - 1;
        let ask = format!(
            "{script}\nCOMP_WORDS=({line}) COMP_CWORD={count}\n_proofload proofload '{current}' '{before}'\necho \"${{COMPREPLY[*]}}\""
        );
        let Ok(output) = process::Command::new("bash").args(["--norc", "-c", &ask]).output() else {
            return; // a system without bash
        };
        let reply = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        assert_eq!(reply, expected, "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn manual_pages_are_written_for_every_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let directory = folder.path().join("man/man1");
    let output = run(&["man", "--out", directory.to_str().expect("a path")]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    for (path, _) in commands() {
        let page = directory.join(path.replace(' ', "-") + ".1");
        let text = std::fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
        for heading in [".SH NAME", ".SH EXAMPLES", ".SH \"EXIT STATUS\""] {
            assert!(text.contains(heading), "{}: {heading}", page.display());
        }
    }
    let shown = run(&["man", "validate"]);
    let written = std::fs::read(directory.join("proofload-validate.1")).expect("the page");
    assert_eq!(shown.stdout, written);
}

#[test]
fn a_command_that_is_not_there_is_named_with_the_nearest() {
    let output = run(&["man", "validat"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("did you mean validate?"), "{said}");
}

/// Each row of the page: what somebody types, and what the program answers with.
#[test]
fn what_users_of_other_tools_type_is_answered_with_what_does_it() {
    let page = include_str!("../../docs/coming-from.md");
    let rows = page.lines().filter(|line| line.starts_with("| `proofload "));
    let mut typed = 0;
    for row in rows {
        let mut cells = row.split('`');
        let (line, answer) = (cells.nth(1).expect(row), cells.nth(1).expect(row));
        let line = words(line);
        let args: Vec<&str> = line.iter().skip(1).map(String::as_str).collect();
        let output = run(&args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.code() == Some(2) && said.contains(answer),
            "{row}: {said}"
        );
        typed += 1;
    }
    assert!(typed >= 20, "{typed}");
}

#[test]
fn every_option_of_a_command_with_many_is_in_a_group() {
    let mut root = proofload::cli::command();
    root.build();
    for name in [
        "validate", "load", "capacity", "gate", "certify", "fleet", "init", "doctor",
    ] {
        let command = root.find_subcommand(name).unwrap();
        for arg in command.get_arguments().filter(|arg| {
            let of_all = ["help", "quiet", "verbose", "color"];
            arg.get_long().is_some_and(|long| !of_all.contains(&long))
        }) {
            assert!(arg.get_help_heading().is_some(), "{name} {}", arg.get_id());
        }
    }
}
