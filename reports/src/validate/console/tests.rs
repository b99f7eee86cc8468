use super::*;
use proofload_results::examples::validate as examples;

#[test]
fn one_case_of_every_verdict() {
    insta::assert_snapshot!(render(&examples::one_of_each(), &Style::PLAIN.wide(100)));
}

#[test]
fn nothing_a_server_says_reaches_the_terminal_raw() {
    let rendered = render(&examples::hostile(), &Style::PLAIN.wide(80));
    assert!(!rendered.contains('\x1b'), "{rendered}");
    assert!(rendered.chars().all(|c| c == '\n' || !c.is_control()), "{rendered}");
}
