//! The verdict on a deployment in one sentence, and why.

use super::groups::{Groups, numbered};
use super::{tone, word};
use crate::html::units::{self, SENTENCE, SHORT, shown};
use crate::html::verdict::{Banner, badge};
use maud::{Markup, html};
use proofload_results::figures;
use proofload_results::validate::{CaseResult, RunInfo, ValidateReport, Verdict};

/// How many reasons the first screen names one by one.
const MAX_REASONS: usize = 4;

/// The banner and the counts under it.
pub(super) fn render(report: &ValidateReport, groups: &Groups<'_>) -> Markup {
    let banner = Banner {
        tone: tone(report.verdict),
        word: if report.is_incomplete() {
            "Interrupted"
        } else {
            word(report.verdict)
        },
        sentence: if report.is_incomplete() {
            interrupted(report)
        } else {
            sentence(report, groups)
        },
        reasons: reasons(report),
        circumstances: report.run.as_ref().map(circumstances).unwrap_or_default(),
    };
    html! {
        (banner.render())
        div.wide { (counts(report)) (notes(report.run.as_ref())) }
    }
}

fn sentence(report: &ValidateReport, groups: &Groups<'_>) -> String {
    let summary = report.summary;
    let operations = figures::of(groups.operations(), "operation", "operations");
    let tested = summary.pass + summary.fail + summary.warn;
    let tested = figures::of(tested, "tested case", "tested cases");
    match report.verdict {
        Verdict::Fail => format!(
            "{} of {tested} on {operations} failed: the deployment does not do what its documents promise.",
            figures::grouped(summary.fail as u64)
        ),
        Verdict::Error => format!(
            "{} could not be tested; of {tested} on {operations} none failed.",
            figures::of(summary.error, "case", "cases")
        ),
        Verdict::Warn => format!(
            "Every promise of its documents holds in {tested} on {operations}; {} from what such servers do by convention.",
            figures::of(summary.warn, "case deviates", "cases deviate")
        ),
        Verdict::Pass | Verdict::Skip => {
            format!("{tested} on {operations}: the deployment authenticates, authorises and answers as documented.")
        }
    }
}

/// What an interrupted run can say.
fn interrupted(report: &ValidateReport) -> String {
    let summary = report.summary;
    let tested = summary.pass + summary.fail + summary.warn;
    let so_far = match (summary.fail, summary.warn) {
        (0, 0) => "none of them failed".to_owned(),
        (0, warned) => format!("none of them failed, {} warned", figures::grouped(warned as u64)),
        (failed, _) => format!("{} of them failed", figures::grouped(failed as u64)),
    };
    format!(
        "The run was interrupted after {} of {}; {so_far}. The others say nothing of the deployment.",
        figures::grouped(tested as u64),
        figures::of(summary.total(), "case", "cases")
    )
}

/// The first cases behind the verdict, each a link to its evidence.
fn reasons(report: &ValidateReport) -> Vec<Markup> {
    let behind = match report.verdict {
        Verdict::Fail | Verdict::Warn | Verdict::Error => report.verdict,
        Verdict::Pass | Verdict::Skip => return Vec::new(),
    };
    let mut cases = numbered(report, behind);
    let mut reasons: Vec<Markup> = cases.by_ref().take(MAX_REASONS).map(reason).collect();
    let more = cases.count();
    if more > 0 {
        reasons.push(html! { "and " (figures::of(more, "more case", "more cases")) });
    }
    reasons
}

fn reason((number, case): (usize, &CaseResult)) -> Markup {
    let link = if case.verdict == Verdict::Error {
        "#untested".to_owned()
    } else {
        format!("#d{number}")
    };
    html! {
        a href=(link) { code { (shown(&case.id, SHORT)) } }
        ": expected " (shown(&case.expected, SHORT)) ", observed " strong { (shown(&case.observed, SHORT)) }
    }
}

fn circumstances(run: &RunInfo) -> Vec<(&'static str, Markup)> {
    let mut circumstances = vec![
        ("Target", html! { (shown(&run.target, SHORT)) }),
        ("Address", html! { code { (shown(&run.base_url, SHORT)) } }),
        ("Started", units::instant(&run.started)),
        (
            "Took",
            html! { data value=(run.duration_s) { (format!("{:.1}", run.duration_s)) } " s" },
        ),
        ("Seed", html! { data value=(run.seed) { (run.seed) } }),
    ];
    if run.strict {
        circumstances.push(("Strict", html! { "warnings fail" }));
    }
    circumstances
}

fn counts(report: &ValidateReport) -> Markup {
    let summary = report.summary;
    let accepted = report.cases.iter().filter(|case| case.accepted.is_some()).count();
    html! {
        ul.counts aria-label="How the cases ended" {
            @for (verdict, figure) in [
                (Verdict::Pass, summary.pass),
                (Verdict::Fail, summary.fail),
                (Verdict::Warn, summary.warn),
                (Verdict::Error, summary.error),
                (Verdict::Skip, summary.skip),
            ] {
                li {
                    strong data-count=(verdict) { (units::count(figure as u64)) }
                    (badge(tone(verdict), &verdict.to_string()))
                }
            }
            @if accepted > 0 { li { strong { (units::count(accepted as u64)) } span.badge { "of them accepted" } } }
        }
    }
}

fn notes(run: Option<&RunInfo>) -> Markup {
    html! {
        @if let Some(run) = run {
            @if !run.notes.is_empty() {
                ul.notes { @for note in &run.notes { li { (shown(note, SENTENCE)) } } }
            }
        }
    }
}
