//! The commands that the README and the pages of `docs/` show are commands of the program.

use proofload_contract::Contract;
use proofload_deployment::Config;
use proofload_load::Workload;
use std::fs;
use std::path::{Path, PathBuf};

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
    calls.map(|line| until_shell_sign(line).trim().to_owned()).collect()
}

/// What comes before the first sign outside quotes that means something to a shell.
fn until_shell_sign(line: &str) -> &str {
    let mut quote = None;
    for (place, c) in line.char_indices() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, ';' | '|' | '#' | '&' | '>') => return &line[..place],
            _ => {}
        }
    }
    line
}

/// The pages: the README, and all of `docs/`.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = vec![root.join("README.md")];
    for folder in ["docs", "docs/guides"] {
        let entries = fs::read_dir(root.join(folder)).into_iter().flatten();
        let files = entries.map(|entry| entry.unwrap().path());
        pages.extend(files.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    }
    pages
}

#[test]
fn every_command_line_can_be_parsed() {
    let mut checked = 0;
    for page in pages() {
        for line in command_lines(&fs::read_to_string(&page).unwrap()) {
            let words =
                shlex::split(&line).unwrap_or_else(|| panic!("{}: a shell cannot read `{line}`", page.display()));
            let words = std::iter::once("proofload".to_owned()).chain(words);
            if let Err(error) = proofload::cli::command().try_get_matches_from(words) {
                panic!("{}: `{line}`: {error}", page.display());
            }
            checked += 1;
        }
    }
    assert!(checked > 40, "only {checked} command lines were found");
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
