use super::Overlay;
use crate::console::Style;
use proofload_results::examples::load::{hostile, invalid, missed};
use proofload_results::examples::validate::HOSTILE;
use proofload_results::load::LoadReport;

fn of_two<T>(show: impl Fn(Overlay<'_>) -> T) -> T {
    let (first, second) = (missed(), invalid());
    let runs: [(&str, &LoadReport); 2] = [("runs/a", &first), ("runs/b", &second)];
    show(Overlay::of(&runs))
}

#[test]
fn two_runs_in_columns() {
    insta::assert_snapshot!(of_two(|overlay| overlay.console(&Style::PLAIN)));
}

#[test]
fn two_runs_in_markdown() {
    insta::assert_snapshot!(of_two(|overlay| overlay.markdown()));
}

#[test]
fn two_runs_for_programs() {
    let text = of_two(|overlay| overlay.csv());
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
        let (first, second) = (hostile(text), missed());
        let runs: [(&str, &LoadReport); 2] = [(text, &first), ("b", &second)];
        let overlay = Overlay::of(&runs);
        for rendering in [overlay.console(&Style::PLAIN), overlay.csv(), overlay.markdown()] {
            assert!(rendering.chars().all(|c| c == '\n' || !c.is_control()), "{rendering:?}");
        }
        assert!(!overlay.markdown().contains("<script"), "{text}");
    }
}
