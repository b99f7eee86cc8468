use super::{console, junit, markdown};
use crate::console::Style;
use proofload_results::certify::Sealed;
use proofload_results::examples::certify as examples;
use proofload_results::examples::validate::HOSTILE;

fn a_seal() -> Sealed {
    Sealed {
        hash: "cd".repeat(32),
        files: 9,
    }
}

#[test]
fn a_dossier_in_markdown() {
    insta::assert_snapshot!(markdown::render(&examples::of("lab"), &a_seal()));
}

#[test]
fn a_dossier_on_a_terminal() {
    insta::assert_snapshot!(console::render(&examples::of("lab"), &a_seal(), &Style::PLAIN));
}

#[test]
fn hostile_texts_end_as_text() {
    for text in HOSTILE {
        let dossier = examples::of(text);
        let shown = markdown::render(&dossier, &a_seal());
        assert!(!shown.contains("<script") && !shown.contains("\n# forged"), "{shown}");
        let shown = console::render(&dossier, &a_seal(), &Style::PLAIN);
        assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
        let suites = junit::suites(&dossier, text);
        assert_eq!(suites.last().map(|suite| suite.test_cases.len()), Some(3));
    }
}
