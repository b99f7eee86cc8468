use super::render;
use proofload_results::examples::gate::{interleaved, regressed};
use proofload_results::examples::validate::HOSTILE;

#[test]
fn every_figure_of_a_comparison_is_on_the_page() {
    for report in [regressed(), interleaved()] {
        let page = render(&report);
        for one in &report.comparisons {
            let figures = [
                one.baseline,
                one.candidate,
                one.limit,
                one.ratio.or(one.difference),
                one.detectable,
            ];
            for figure in figures.into_iter().flatten() {
                let shown = format!("<data value=\"{figure}\">");
                assert!(page.contains(&shown), "{}.{}: {shown}", one.operation, one.metric);
            }
        }
        assert_eq!(
            page.matches("class=\"interval ").count(),
            report.comparisons.iter().filter(|one| one.ratio.is_some()).count()
        );
        for reason in &report.reasons {
            assert!(page.contains(reason.as_str()), "{reason}");
        }
    }
}

#[test]
fn hostile_texts_end_as_text() {
    let mut report = regressed();
    for (one, text) in report.comparisons.iter_mut().zip(HOSTILE) {
        text.clone_into(&mut one.operation);
        one.note = Some(text.to_owned());
    }
    HOSTILE[2].clone_into(&mut report.scenario);
    report.reasons = HOSTILE.map(str::to_owned).to_vec();
    report.warnings = HOSTILE.map(str::to_owned).to_vec();
    let page = render(&report);
    assert!(
        !page.contains("<img") && !page.contains("<failure"),
        "no element of theirs"
    );
    assert_eq!(page.matches("<script").count(), 1);
    for hidden in ['\u{202e}', '\u{200b}', '\u{1b}', '\0'] {
        assert!(!page.contains(hidden), "{hidden:?}");
    }
}

#[test]
fn a_report_without_anything_is_still_a_page() {
    let mut report = interleaved();
    report.comparisons.clear();
    report.sequential = None;
    report.baseline.runs.clear();
    assert!(render(&report).contains("Not regressed"));
}
