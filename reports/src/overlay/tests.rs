use super::Overlay;
use crate::console::Style;
use crate::load::LoadReport;
use crate::load::examples::{hostile, invalid, missed};
use crate::validate::examples::HOSTILE;

fn two() -> Vec<(String, LoadReport)> {
    vec![("runs/a".to_owned(), missed()), ("runs/b".to_owned(), invalid())]
}

#[test]
fn two_runs_in_columns() {
    let runs = two();
    insta::assert_snapshot!(Overlay::of(&runs).console(&Style::PLAIN));
}

#[test]
fn two_runs_in_markdown() {
    let runs = two();
    insta::assert_snapshot!(Overlay::of(&runs).markdown());
}

#[test]
fn two_runs_for_programs() {
    let runs = two();
    let text = Overlay::of(&runs).csv();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("operation,figure,unit,runs/a,runs/b"));
    assert!(text.contains("publish,p50,us,4200,8400\n"), "{text}");
    assert!(
        text.contains("renewToken,p50,us,900,\n"),
        "a run without the operation has no figure: {text}"
    );
}

#[test]
fn hostile_texts_end_as_text() {
    for text in HOSTILE {
        let runs = vec![(text.to_owned(), hostile(text)), ("b".to_owned(), missed())];
        let overlay = Overlay::of(&runs);
        for rendering in [overlay.console(&Style::PLAIN), overlay.csv(), overlay.markdown()] {
            assert!(rendering.chars().all(|c| c == '\n' || !c.is_control()), "{rendering:?}");
        }
        assert!(!overlay.markdown().contains("<script"), "{text}");
    }
}
