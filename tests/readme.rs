//! The commands that the README and the pages of `docs/` show are commands of the program.

use proofload::load::Workload;
use proofload::target::Config;
use proofload_contract::Contract;
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Ways in which the pages call the program.
const CALLS: [&str; 2] = ["proofload ", "cargo run --release -- "];

/// The command lines in the code blocks of a page, continued lines joined, comments and what follows a pipe left out.
fn command_lines(page: &str) -> Vec<String> {
    let blocks = page.split("```").skip(1).step_by(2);
    let joined: String = blocks.map(|block| block.replace("\\\n", " ")).collect();
    let calls = joined.lines().filter_map(|line| {
        let line = line.trim().trim_start_matches("$ ");
        CALLS.iter().find_map(|call| line.strip_prefix(call))
    });
    calls
        .map(|line| {
            line.split([';', '|', '#', '&', '>'])
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned()
        })
        .collect()
}

fn help(command: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_proofload"))
        .args([command, "--help"])
        .output()
        .unwrap();
    assert!(output.status.success(), "there is no command {command}");
    String::from_utf8(output.stdout).unwrap()
}

fn knows(help: &str, option: &str) -> bool {
    let option = option.split('=').next().unwrap_or(option);
    help.split(|c: char| c.is_whitespace() || ",[]<>=".contains(c))
        .any(|word| word == option)
}

#[test]
fn every_command_and_option_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_dir(root.join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let pages = docs.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let mut helps = HashMap::new();
    let mut checked = 0;
    for page in pages.chain([root.join("README.md")]) {
        for line in command_lines(&fs::read_to_string(&page).unwrap()) {
            let mut words = line.split_whitespace();
            let command = words.next().unwrap_or_default().to_owned();
            let help = helps.entry(command.clone()).or_insert_with(|| help(&command));
            for option in words.filter(|word| word.starts_with("--")) {
                assert!(
                    knows(help, option),
                    "{}: `{line}`: {command} has no {option}",
                    page.display()
                );
            }
            checked += 1;
        }
    }
    assert!(checked > 0, "no page shows a command");
}

#[test]
fn configurations_shown_are_configurations() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let mut shown = 0;
    for page in ["README.md", "docs/configuration.md"] {
        let text = fs::read_to_string(root.join(page)).unwrap();
        for block in text.split("```toml\n# proofload.toml\n").skip(1) {
            let file = folder.path().join(format!("{shown}.toml"));
            fs::write(&file, block.split("```").next().unwrap()).unwrap();
            let config = Config::load(&file, Contract::bundled()).unwrap();
            assert!(config.names().any(|name| name == "lab"), "{page}");
            shown += 1;
        }
    }
    assert!(shown > 0, "no page shows a configuration");
}

#[test]
fn scenarios_shown_are_scenarios() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("docs/load.md")).unwrap();
    let block = text
        .split("```toml\n# scenario.toml\n")
        .nth(1)
        .expect("the page shows a scenario");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scenario.toml");
    fs::write(&file, block.split("```").next().unwrap()).unwrap();
    let workload = Workload::find(file.to_str().unwrap()).unwrap();
    assert_eq!(workload.journeys.len(), 2);
}

#[test]
fn command_lines_are_found_in_code_blocks_only() {
    let page = "proofload prose\n```\n$ proofload load --rate 5/s \\\n  --users 3 # comment\nls\n```\n`proofload x`\n```sh\ncargo run --release -- validate ; echo $?\n```\n";
    assert_eq!(command_lines(page), ["load --rate 5/s    --users 3", "validate"]);
}
