//! The container's recipe and the page's examples use what there is.

use super::{root, text, yaml};
use serde_yaml_ng::Value;
use std::path::PathBuf;

#[test]
fn the_container_is_built_offline_and_runs_as_nobody_in_particular() {
    let recipe = text("Containerfile");
    let last = recipe.rsplit("\nFROM ").next().unwrap();
    assert!(last.contains("\nUSER 10001:10001\n"), "{last}");
    assert!(last.contains("ENTRYPOINT [\"proofload\"]"), "{last}");
    let build = recipe.lines().find(|line| line.contains("cargo build")).unwrap();
    assert!(build.contains("--frozen"), "{build}");
    assert!(
        !recipe.contains("apt-get") && recipe.matches("cargo ").count() >= 2,
        "{recipe}"
    );
    for line in recipe
        .lines()
        .filter(|line| line.starts_with("COPY ") && !line.contains("--from"))
    {
        let from: PathBuf = root().join(line.split(' ').nth(1).unwrap());
        assert!(from.exists(), "{line}");
    }
}

/// The examples of the page: every input is one of the action's, every variable one that the script reads.
#[test]
fn the_examples_use_what_there_is() {
    let page = text("docs/ci.md");
    let script: String = ["gate", "conformance", "common", "fetch"]
        .map(|name| text(&format!("ci/{name}.sh")))
        .concat();
    let (gate, conformance) = (yaml("action.yml"), yaml("conformance/action.yml"));
    let mut examples = 0;
    for block in page.split("```yaml\n").skip(1) {
        let block = block.split("```").next().unwrap();
        let example: Value = serde_yaml_ng::from_str(block).unwrap_or_else(|error| panic!("{error}: {block}"));
        let jobs = example["jobs"].as_mapping();
        for step in jobs
            .into_iter()
            .flatten()
            .filter_map(|(_, job)| job["steps"].as_sequence())
            .flatten()
        {
            if step["uses"].as_str().is_some_and(|uses| uses.contains("proofload")) {
                let conforms = step["uses"].as_str().is_some_and(|uses| uses.contains("/conformance@"));
                let action = if conforms { &conformance } else { &gate };
                for (input, _) in step["with"].as_mapping().unwrap() {
                    assert!(
                        action["inputs"].get(input).is_some(),
                        "the action has no input {input:?}"
                    );
                }
            }
        }
        examples += 1;
    }
    assert!(examples >= 2, "the page has examples for GitHub and GitLab");
    let words = page.split(|c: char| !(c.is_ascii_uppercase() || c == '_'));
    for variable in words.filter(|word| word.starts_with("PROOFLOAD_") && !word.ends_with('_')) {
        let known = script.contains(variable) || ["PROOFLOAD_IMAGE", "PROOFLOAD_PASSWORD"].contains(&variable);
        assert!(known, "nobody reads {variable}");
    }
    let inputs = [&gate, &conformance].map(|action| action["inputs"].as_mapping().unwrap());
    for input in inputs.into_iter().flat_map(|inputs| inputs.keys()) {
        let input = input.as_str().unwrap();
        assert!(
            page.contains(&format!("`{input}`")),
            "the page does not tell of {input}"
        );
    }
}
