//! Who may import whom inside the crates that conformance is made of: only downwards, in the order of the table in
//! each one's `lib.rs`.

use std::fs;
use std::path::{Path, PathBuf};

/// The layers of a crate from the bottom to the top. Those of one line do not know each other.
type Layers = &'static [&'static [&'static str]];

const CRATES: [(&str, Layers); 2] = [
    (
        "probing",
        &[
            &["body"],
            &["messages"],
            &["fill"],
            &["findings"],
            &["context"],
            &["probe"],
        ],
    ),
    (
        "conformance",
        &[
            &["behaviour", "site"],
            &["probes"],
            &["evidence"],
            &["engine"],
            &["accepted", "document"],
        ],
    ),
];

fn layer(layers: Layers, module: &str) -> Option<usize> {
    layers.iter().position(|modules| modules.contains(&module))
}

/// Code without comments and without unit tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

fn files(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_file() {
        found.push(path.to_owned());
        return;
    }
    for entry in fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.file_stem().is_none_or(|name| name != "tests") {
            files(&path, found);
        }
    }
}

#[test]
fn no_folder_imports_upwards() {
    for (krate, layers) in CRATES {
        let imports: usize = layers
            .iter()
            .copied()
            .flatten()
            .map(|module| imports_of(krate, layers, module))
            .sum();
        assert!(imports > 10, "only {imports} imports were seen in {krate}");
    }
}

/// Counts a module's imports of the layers below it, and fails at one that goes up.
fn imports_of(krate: &str, layers: Layers, module: &str) -> usize {
    let source = super::folder_of(krate).join("src");
    let folder = source.join(module);
    let path = if folder.is_dir() {
        folder
    } else {
        source.join(format!("{module}.rs"))
    };
    let (mut found, mut imports) = (Vec::new(), 0);
    files(&path, &mut found);
    for file in found {
        let code = code(&file);
        for (start, _) in code.match_indices("crate::") {
            let path = &code[start + "crate::".len()..];
            let end = path.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let imported = &path[..end.unwrap_or(path.len())];
            assert!(
                imported.starts_with(|c: char| c.is_ascii_lowercase()),
                "{} imports {path:.40} through lib.rs; name its module",
                file.display()
            );
            // What stands beside the folders is below all of them.
            if let Some(theirs) = layer(layers, imported) {
                imports += 1;
                assert!(
                    imported == module || Some(theirs) < layer(layers, module),
                    "{} imports {imported}, which is above it",
                    file.display()
                );
            }
        }
    }
    imports
}
