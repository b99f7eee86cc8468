use super::curves::latency;
use super::render;
use crate::html::chart::Points;
use proofload_results::capacity::CapacityReport;
use proofload_results::examples::capacity::{found, generator_gave_out, with_steps_that_do_not_count};
use proofload_results::examples::validate::HOSTILE;

#[test]
fn every_figure_of_the_answer_and_of_every_step_is_on_the_page() {
    let report = found();
    let page = render(&report);
    let mut figures: Vec<String> = Vec::new();
    figures.extend(report.sustained_per_s.map(|rate| rate.to_string()));
    figures.extend(report.bracket_per_s.into_iter().flatten().map(|rate| rate.to_string()));
    for step in &report.steps {
        figures.extend([step.rate_per_s, step.achieved_per_s, step.in_flight].map(|figure| figure.to_string()));
        figures.extend([step.calls, step.response_us.p99, step.response_us.max].map(|figure| figure.to_string()));
    }
    let fit = report.usl.fit.expect("a fit");
    figures.extend([fit.gamma, fit.alpha, fit.beta].map(|estimate| estimate.value.to_string()));
    for figure in figures {
        assert!(page.contains(&format!("<data value=\"{figure}\">")), "{figure}");
    }
    let sentence = maud::html! { (report.sentence) }.into_string();
    assert!(page.contains(&sentence), "{sentence}");
}

#[test]
fn a_search_without_an_answer_says_why() {
    let report = generator_gave_out();
    let page = render(&report);
    for sentence in report.reasons.iter().chain(&report.usl.why_not) {
        assert!(page.contains(sentence.as_str()), "{sentence}");
    }
    assert!(!page.contains("data-count=\"sustained\""), "there is no rate to show");
}

#[test]
fn hostile_texts_end_as_text() {
    let mut report = found();
    let hostile = || HOSTILE.map(str::to_owned).to_vec();
    (report.reasons, report.findings, report.slos) = (hostile(), hostile(), hostile());
    HOSTILE[2].clone_into(&mut report.sentence);
    HOSTILE[2].clone_into(&mut report.target);
    for step in &mut report.steps {
        step.reasons = hostile();
        step.record = Some(HOSTILE[4].to_owned());
    }
    let page = render(&report);
    assert!(
        !page.contains("<img") && !page.contains("<failure"),
        "no element of theirs"
    );
    for hidden in ['\u{202e}', '\u{200b}', '\u{1b}', '\0'] {
        assert!(!page.contains(hidden), "{hidden:?}");
    }
}

#[test]
fn a_step_that_does_not_count_is_drawn_as_neither_held_nor_broken() {
    let labels = |report: &CapacityReport| {
        latency(report)
            .series
            .iter()
            .map(|series| series.label.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(labels(&found()), ["p99, held", "p99, broke", "p50"]);
    let report = with_steps_that_do_not_count();
    assert_eq!(labels(&report), ["p99, held", "p99, broke", "p99, not counted", "p50"]);
    let chart = latency(&report);
    assert_eq!(chart.series[2].points, Some(Points::Cross));
    let drawn = |at: usize| match &chart.series[at].values {
        crate::html::chart::Values::Real(values) => values.iter().flatten().count(),
        crate::html::chart::Values::Whole(_) => 0,
    };
    assert_eq!((drawn(0), drawn(1), drawn(2)), (8, 3, 2));
    let page = render(&report);
    assert!(
        page.contains("left out") && page.contains("answered nothing for 1.50 s"),
        "the table says why"
    );
}
