use super::{LoadRun, RenderError, Rendering, SealedDossier};
use crate::console::Style;
use proofload_results::certify::Sealed;
use proofload_results::examples;

fn every_kind() -> Vec<Box<dyn Rendering>> {
    let sealed = Sealed {
        hash: "cd".repeat(32),
        files: 9,
    };
    vec![
        Box::new(LoadRun {
            report: examples::load::missed(),
            record: None,
        }),
        Box::new(examples::validate::one_of_each()),
        Box::new(examples::capacity::found()),
        Box::new(examples::gate::regressed()),
        Box::new(SealedDossier {
            dossier: examples::certify::of("lab"),
            sealed,
        }),
    ]
}

#[test]
fn every_kind_has_every_format_but_two() {
    for result in every_kind() {
        let command = result.command();
        assert!(!result.console(&Style::PLAIN).is_empty(), "{command}");
        assert!(result.markdown().starts_with("# "), "{command}");
        let junit = result.junit("a name");
        assert!(junit.contains(&format!("name=\"proofload {command}\"")), "{junit}");
        let json: serde_json::Value = serde_json::from_str(&result.json()).expect("JSON");
        assert_eq!(json["schema"], format!("proofload.{command}/1"));
        match (command, result.html()) {
            ("load", page) => assert!(matches!(page, Err(RenderError::NoRecord))),
            (_, page) => assert!(page.expect("a page").starts_with("<!DOCTYPE html>"), "{command}"),
        }
        match (command, result.csv()) {
            ("certify", table) => assert!(matches!(table, Err(RenderError::NoTable))),
            (_, table) => assert!(table.expect("a table").lines().count() > 1, "{command}"),
        }
    }
}

#[test]
fn what_was_tested_and_what_was_not_is_said_in_every_format_of_a_validation_and_of_a_dossier() {
    let said = "reads only; not tested: writes";
    for result in every_kind() {
        let command = result.command();
        if !["validate", "certify"].contains(&command) {
            continue;
        }
        for (format, text) in [
            ("console", result.console(&Style::PLAIN)),
            ("html", result.html().expect("a page")),
            ("markdown", result.markdown()),
            ("json", result.json()),
        ] {
            assert!(text.contains(said), "{command} {format}: {text}");
        }
    }
    assert!(examples::validate::one_of_each().junit("a name").contains(said));
}
