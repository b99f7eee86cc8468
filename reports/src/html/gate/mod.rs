//! The page of a gate: a baseline and a candidate compared.

mod comparisons;
mod drift;
mod forest;
mod sides;

use super::evidence::Allowance;
use super::page::{self, Page};
use super::units::{SENTENCE, SHORT, shown};
use super::verdict::{Banner, Tone, badge};
use maud::{Markup, html};
use proofload_results::figures;
use proofload_results::gate::{Comparison, GateReport, GateVerdict, Mode};
use proofload_results::record::RunStatus;

/// Renders the result of a gate.
pub fn render(report: &GateReport) -> String {
    let title = format!("{}: {}", word(report.verdict), shown(&report.scenario, SHORT));
    let allowance = Allowance::new();
    let parts = [
        ("forest", "Intervals", forest::render(report)),
        ("comparisons", "Comparisons", comparisons::render(report)),
        ("drift", "Answers", drift::render(report, &allowance)),
        ("looks", "Looks", sides::looks(report)),
        ("sides", "Both sides", Some(sides::render(report))),
        ("settings", "Settings", Some(sides::settings(report))),
    ];
    let sections = page::present(&parts);
    let page = Page {
        command: "gate",
        title: &title,
        sections: &sections,
    };
    page.render(&html! {
        (banner(report).render())
        @if !report.warnings.is_empty() {
            div.wide { ul.notes { @for warning in &report.warnings { li { (shown(warning, SENTENCE)) } } } }
        }
        @for (_, _, part) in &parts { @if let Some(part) = part { (part) } }
    })
}

fn banner(report: &GateReport) -> Banner<'static> {
    Banner {
        tone: tone(report.verdict),
        word: word(report.verdict),
        sentence: sentence(report),
        reasons: report
            .reasons
            .iter()
            .map(|reason| html! { (shown(reason, SENTENCE)) })
            .collect(),
        circumstances: circumstances(report),
    }
}

fn sentence(report: &GateReport) -> String {
    if report.status != RunStatus::Complete {
        return "The comparison did not come to its end, so nothing is decided.".to_owned();
    }
    let counting = || report.comparisons.iter().filter(|one| one.judged);
    let of = |verdict| counting().filter(|one| one.verdict == verdict).count();
    let all = figures::of(counting().count(), "comparison", "comparisons");
    let drifted = report
        .conformance
        .as_ref()
        .is_some_and(|conformance| conformance.verdict == GateVerdict::Regressed);
    match (report.verdict, of(GateVerdict::Regressed)) {
        (GateVerdict::NotRegressed, _) => {
            format!("The candidate is no worse than the baseline by more than is tolerated, in {all}.")
        }
        (GateVerdict::Regressed, 0) => "The candidate answers differently from the baseline.".to_owned(),
        (GateVerdict::Regressed, worse) => format!(
            "The candidate is worse than the baseline in {} of {all}{}.",
            figures::grouped(worse as u64),
            if drifted { ", and it answers differently" } else { "" }
        ),
        (GateVerdict::Inconclusive, _) => format!(
            "These data cannot tell whether the candidate is worse: {} of {all} are undecided.",
            figures::grouped(of(GateVerdict::Inconclusive) as u64)
        ),
    }
}

fn circumstances(report: &GateReport) -> Vec<(&'static str, Markup)> {
    vec![
        ("Scenario", html! { (shown(&report.scenario, SHORT)) }),
        (
            "Measured",
            html! {
                @match report.mode {
                    Mode::Records => "from recorded runs",
                    Mode::Interleaved => "live, in turns",
                }
            },
        ),
        ("Baseline", time(report.baseline.measured_s.get())),
        ("Candidate", time(report.candidate.measured_s.get())),
        (
            "Tolerated",
            html! { data value=(report.settings.tolerance) { (proofload_results::figures::percent(report.settings.tolerance.get())) } },
        ),
    ]
}

fn time(seconds: f64) -> Markup {
    html! { data value=(seconds) { (format!("{seconds:.0}")) } " s" }
}

/// The word of a verdict.
fn word(verdict: GateVerdict) -> &'static str {
    match verdict {
        GateVerdict::Regressed => "Regressed",
        GateVerdict::NotRegressed => "Not regressed",
        GateVerdict::Inconclusive => "Inconclusive",
    }
}

/// The badge of a comparison: one that is left out of the verdict says so.
fn said(one: &Comparison) -> Markup {
    if one.judged {
        badge(tone(one.verdict), word(one.verdict))
    } else {
        badge(Tone::Unknown, "Not judged")
    }
}

/// How a verdict is marked.
fn tone(verdict: GateVerdict) -> Tone {
    match verdict {
        GateVerdict::Regressed => Tone::Bad,
        GateVerdict::NotRegressed => Tone::Good,
        GateVerdict::Inconclusive => Tone::Doubtful,
    }
}

#[cfg(test)]
mod tests;
