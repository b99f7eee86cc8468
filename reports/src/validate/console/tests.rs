use super::*;
use proofload_results::examples::validate as examples;

#[test]
fn one_case_of_every_verdict() {
    insta::assert_snapshot!(render(&examples::one_of_each(), &Style::PLAIN.wide(100)));
}

#[test]
fn everything_where_it_is_asked_for() {
    insta::assert_snapshot!(render(&examples::one_of_each(), &Style::PLAIN.wide(100).verbose()));
}

#[test]
fn a_server_that_breaks_everything_fits_on_a_screen() {
    let verdicts = [Verdict::Fail, Verdict::Error, Verdict::Warn, Verdict::Skip];
    let cases: Vec<CaseResult> = (0..2_600)
        .map(|number| {
            let (operation, probe) = (number / 65, number % 65);
            let account = if probe < 5 { format!("@a{probe}") } else { String::new() };
            CaseResult {
                observed: format!("{} in its own way {number}", 200 + number % 7),
                detail: format!("Not as it should be {number}."),
                ..examples::case(
                    &format!("operation{operation}/probe{probe}{account}"),
                    "GET /x",
                    verdicts[number % 4],
                )
            }
        })
        .collect();
    let shown = render(&examples::report(cases), &Style::PLAIN);
    assert!(shown.lines().count() <= 45, "{} lines: {shown}", shown.lines().count());
    assert!(shown.starts_with("Failed: "), "{shown}");
}

#[test]
fn nothing_a_server_says_reaches_the_terminal_raw() {
    for style in [Style::PLAIN.wide(80), Style::PLAIN.wide(80).verbose()] {
        let rendered = render(&examples::hostile(), &style);
        assert!(!rendered.contains('\x1b'), "{rendered}");
        assert!(rendered.chars().all(|c| c == '\n' || !c.is_control()), "{rendered}");
    }
}
