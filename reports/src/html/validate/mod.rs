//! The page of a conformance run.

mod alike;
mod cases;
mod causes;
pub(super) mod deviations;
pub(super) mod groups;
mod headline;
mod matrix;
mod reasons;

use super::evidence::Allowance;
use super::page::{self, Page};
use super::units::{SHORT, shown};
use super::verdict::Tone;
use groups::Groups;
use maud::html;
use proofload_results::validate::{ValidateReport, Verdict};

/// Renders the result of a conformance run.
pub fn render(report: &ValidateReport) -> String {
    let groups = Groups::of(report);
    let allowance = Allowance::new();
    let target = report.run.as_ref().map(|run| shown(&run.target, SHORT));
    let title = format!(
        "{}: conformance of {}",
        shown(&report.sentence().word, SHORT),
        target.as_deref().unwrap_or("a deployment")
    );
    let parts = [
        ("causes", "Causes", causes::render(report)),
        (
            "failures",
            "Failures",
            deviations::render(report, &groups, Verdict::Fail, &allowance),
        ),
        (
            "warnings",
            "Warnings",
            deviations::render(report, &groups, Verdict::Warn, &allowance),
        ),
        ("untested", "Not tested", reasons::untested(report)),
        ("matrix", "Matrix", Some(matrix::render(&groups))),
        ("accepted", "Accepted", reasons::accepted(report)),
        ("cases", "Cases", Some(cases::render(report, &groups, &allowance))),
    ];
    let sections = page::present(&parts);
    let page = Page {
        command: "validate",
        title: &title,
        sections: &sections,
    };
    page.render(&html! {
        (headline::render(report, &groups))
        @for (_, _, part) in &parts { @if let Some(part) = part { (part) } }
    })
}

pub(super) fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Pass => Tone::Good,
        Verdict::Fail => Tone::Bad,
        Verdict::Warn => Tone::Doubtful,
        Verdict::Skip => Tone::Quiet,
        Verdict::Error => Tone::Unknown,
    }
}

#[cfg(test)]
mod tests;
