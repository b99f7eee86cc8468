//! The verdict on a deployment in one sentence, and why.

use super::groups::Groups;
use super::tone;
use crate::html::units::{self, SENTENCE, SHORT, shown};
use crate::html::verdict::{Banner, badge};
use maud::{Markup, html};
use proofload_results::figures;
use proofload_results::validate::{CommonCause, RunInfo, ValidateReport, Verdict};

/// How many causes the first screen names one by one.
const MAX_REASONS: usize = 4;

/// The banner and the counts under it.
pub(super) fn render(report: &ValidateReport, groups: &Groups<'_>) -> Markup {
    let headline = report.sentence();
    let banner = Banner {
        tone: tone(report.verdict),
        word: &headline.word,
        sentence: shown(&headline.sentence, SENTENCE),
        reasons: reasons(report, groups),
        circumstances: report.run.as_ref().map(circumstances).unwrap_or_default(),
    };
    html! {
        (banner.render())
        div.wide { (counts(report)) (notes(report.run.as_ref())) }
    }
}

/// What the verdict rests on, then the first causes behind it, each with a link to its evidence.
fn reasons(report: &ValidateReport, groups: &Groups<'_>) -> Vec<Markup> {
    let premises = report.premises().iter();
    let mut reasons: Vec<Markup> = premises
        .map(|premise| html! { strong { "First: " } (shown(&premise.sentence, SENTENCE)) })
        .collect();
    let causes = report.common_causes();
    reasons.extend(
        causes
            .iter()
            .take(MAX_REASONS)
            .map(|cause| reason(report, groups, cause)),
    );
    let more = causes.len().saturating_sub(MAX_REASONS);
    if more > 0 {
        reasons.push(html! { "and " (figures::of(more, "more cause", "more causes")) });
    }
    reasons
}

fn reason(report: &ValidateReport, groups: &Groups<'_>, cause: &CommonCause) -> Markup {
    let first = report
        .cases
        .iter()
        .position(|case| Some(&case.id) == cause.cases.first());
    let link = first.and_then(|number| match report.cases[number].verdict {
        Verdict::Error => Some("#untested".to_owned()),
        _ => groups.is_shown(number).then(|| format!("#d{number}")),
    });
    let counts = cause.counts();
    html! {
        @if let Some(link) = link { a href=(link) { (counts) } } @else { (counts) }
        ": " (shown(&cause.sentence, SENTENCE))
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
