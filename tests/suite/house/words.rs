//! Words that people stumbled over: none of them comes back into what people read.

use super::{root, sources};
use std::fs;
use std::path::{Path, PathBuf};

/// What was written, and what is plain.
const PLAIN: [(&str, &str); 14] = [
    ("leave away", "leave out"),
    ("is no duration", "is not a duration"),
    ("is no utf-8", "is not UTF-8"),
    ("bear load", "carry load"),
    ("holds up nothing", "does not block"),
    ("over each other", "overlaid"),
    ("hopeless", "stopped early"),
    ("alpha spending after", "the chance of a false alarm is shared out"),
    ("unless it was named", "unless you named it"),
    ("nobody minds", "differences ignored below"),
    ("nobody said", "not stated"),
    ("1 steps", "1 step"),
    ("goose's live page", "our own"),
    ("not tried yet", "say what was seen"),
];
/// Pages for whoever asks how it was made: methods have names there, and decisions a history.
const APART: [&str; 2] = ["decisions.md", "measurements.md"];

/// The pages that people read.
fn pages() -> Vec<PathBuf> {
    let docs = ["docs", "docs/guides"].map(|folder| root().join(folder));
    let entries = docs.iter().flat_map(|folder| fs::read_dir(folder).expect("the pages"));
    let mut pages: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    pages.retain(|page| {
        let apart = APART.iter().any(|name| page.ends_with(name));
        page.extension().is_some_and(|kind| kind == "md") && !apart
    });
    pages.extend(["README.md", "CONTRIBUTING.md", "action.yml", "ci/gitlab.yml"].map(|page| root().join(page)));
    pages
}

/// The texts of a source, without its tests: what stands in quotes, and what the command line makes help of.
fn texts(path: &Path) -> String {
    let source = fs::read_to_string(path).expect("a source");
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let is_help = path.starts_with(root().join("src"));
    let lines = source.lines().filter_map(|line| {
        let line = line.trim();
        match line.strip_prefix("///") {
            Some(help) => is_help.then(|| help.to_owned()),
            None if line.starts_with("//") => None,
            None => Some(line.split('"').skip(1).step_by(2).collect::<Vec<_>>().join("\n")),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn people_read_plain_words() {
    let folders = [
        "src",
        "crates/advice/src",
        "reports/src",
        "crates/load/src",
        "crates/gate/src",
        "crates/capacity/src",
        "crates/survey/src",
        "crates/deployment/src",
    ];
    let sources = folders.iter().flat_map(|folder| sources(&root().join(folder)));
    let read: Vec<(PathBuf, String)> = sources
        .filter(|path| !path.components().any(|part| part.as_os_str() == "tests"))
        .map(|path| (path.clone(), texts(&path)))
        .chain(
            pages()
                .into_iter()
                .map(|page| (page.clone(), fs::read_to_string(&page).expect("a page"))),
        )
        .collect();
    assert!(read.len() > 100, "{} texts", read.len());
    let found: Vec<String> = read
        .iter()
        .flat_map(|(path, text)| {
            let text = text.to_lowercase();
            let hits = PLAIN.iter().filter(move |(word, _)| text.contains(word));
            hits.map(move |(word, plain)| format!("{}: \"{word}\"; rather: {plain}", path.display()))
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_merge_is_left_half_done() {
    let mut pages = pages();
    pages.extend(
        APART
            .iter()
            .map(|page| root().join("docs").join(page))
            .chain([root().join("CHANGELOG.md")]),
    );
    for page in pages {
        let text = fs::read_to_string(&page).expect("a page");
        let marks = ["<<<<<<< ", ">>>>>>> "];
        let left = text
            .lines()
            .find(|line| marks.iter().any(|mark| line.starts_with(mark)));
        assert_eq!(left, None, "{}", page.display());
    }
}
