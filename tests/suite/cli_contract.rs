//! `proofload contract`, as a person or a client generator calls it.

use crate::program::program;
use proofload_contract::Contract;
use std::process::Output;

fn contract(args: &[&str]) -> Output {
    program().arg("contract").args(args).output().unwrap()
}

fn printed(args: &[&str]) -> String {
    let output = contract(args);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn yaml_is_the_default_and_keeps_its_comments() {
    let yaml = printed(&[]);
    assert!(yaml.starts_with("# The eConnect Identities REST API as data"));
    assert_eq!(yaml, printed(&["--format", "yaml"]));
    assert_eq!(Contract::parse(&yaml).unwrap().operations().len(), 38);
}

#[test]
fn json_is_the_same_document() {
    let json = printed(&["--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(&json, Contract::bundled().document());
}

#[test]
fn another_version_is_printed_in_either_format() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("other.json");
    let mut document = Contract::bundled().document().clone();
    document["info"]["version"] = "v2".into();
    std::fs::write(&file, document.to_string()).unwrap();
    let file = file.to_str().unwrap();
    for format in ["yaml", "json"] {
        let printed = printed(&["--contract", file, "--format", format]);
        assert_eq!(printed.starts_with('{'), format == "json");
        assert_eq!(Contract::parse(&printed).unwrap().document(), &document);
    }
}

#[test]
fn a_contract_that_cannot_be_read_is_a_configuration_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wrong.yaml");
    std::fs::write(&file, "paths: {/a: {get: {operationId: a}}}").unwrap();
    for (path, expected) in [
        ("no-such.yaml", "error: cannot read the contract no-such.yaml: "),
        (
            file.to_str().unwrap(),
            "error: the contract is wrong at paths./a.get: missing field `x-source`",
        ),
    ] {
        let output = contract(&["--contract", path]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.starts_with(expected) && said.lines().count() == 1, "{said}");
        assert!(output.stdout.is_empty());
    }
}
