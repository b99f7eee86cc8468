//! The verdict on a load run in one sentence, and why.

use super::{tone, word};
use crate::html::units::{self, SENTENCE, SHORT, shown};
use crate::html::verdict::Banner;
use maud::{Markup, html};
use proofload_results::figures;
use proofload_results::load::{LoadReport, LoadVerdict};
use proofload_results::record::RunInfo;

/// The banner and the counts under it.
pub(super) fn render(run: &RunInfo, report: &LoadReport) -> Markup {
    let banner = Banner {
        tone: tone(report.verdict),
        word: word(report.verdict),
        sentence: sentence(run, report),
        reasons: reasons(report),
        circumstances: circumstances(run, report),
    };
    html! { (banner.render()) div.wide { (counts(report)) } }
}

fn sentence(run: &RunInfo, report: &LoadReport) -> String {
    let missed = report.slos.iter().filter(|slo| !slo.held).count();
    let stated = report.slos.len();
    let sent = figures::grouped(report.arrivals.done);
    let seconds = format!("{:.0} s", report.duration_s);
    match report.verdict {
        LoadVerdict::Pass if stated == 0 => {
            format!("The target answered {sent} calls in {seconds}; no objective was stated that it could have missed.")
        }
        LoadVerdict::Pass => format!(
            "The target answered {sent} calls in {seconds} and held {}.",
            all(stated)
        ),
        LoadVerdict::Fail if missed == 0 => "The target stopped answering.".to_owned(),
        LoadVerdict::Fail => format!(
            "The target missed {} of {} in {seconds}.",
            figures::grouped(missed as u64),
            figures::of(stated, "objective", "objectives")
        ),
        LoadVerdict::Invalid => {
            "The generator was the bottleneck: these figures say more about it than about the target.".to_owned()
        }
        LoadVerdict::Incomplete if run.lost.is_some() => {
            format!(
                "The run went on for {seconds}, and a part of its record was lost: nobody can look its figures up any more."
            )
        }
        LoadVerdict::Incomplete => format!(
            "The run ended before its time, after {seconds} of {:.0} s: this is what was measured until then.",
            run.planned_s
        ),
    }
}

fn all(stated: usize) -> String {
    match stated {
        1 => "its objective".to_owned(),
        more => format!("all {more} objectives"),
    }
}

fn reasons(report: &LoadReport) -> Vec<Markup> {
    let missed = report.slos.iter().filter(|slo| !slo.held);
    let missed = missed.map(|slo| {
        html! { "missed: " code { (shown(&slo.slo, SHORT)) } ", measured " strong { (shown(&slo.measured, SHORT)) } }
    });
    let sentences = report.generator.reasons.iter().chain(&report.findings);
    missed
        .chain(sentences.map(|sentence| html! { (shown(sentence, SENTENCE)) }))
        .collect()
}

fn circumstances(run: &RunInfo, report: &LoadReport) -> Vec<(&'static str, Markup)> {
    vec![
        ("Scenario", html! { (shown(&report.scenario, SHORT)) }),
        ("Target", html! { (shown(&run.target, SHORT)) }),
        ("Address", html! { code { (shown(&report.target, SHORT)) } }),
        ("Started", units::instant(&run.started_at)),
        (
            "Measured",
            html! { data value=(report.duration_s) { (format!("{:.1}", report.duration_s)) } " s" },
        ),
        ("Seed", html! { data value=(report.seed) { (report.seed) } }),
    ]
}

fn counts(report: &LoadReport) -> Markup {
    let arrivals = report.arrivals;
    let errors: u64 = report.operations.iter().map(|row| row.errors).sum();
    html! {
        ul.counts aria-label="What became of the calls" {
            @for (name, figure, meaning) in [
                ("due", arrivals.due, "fell due"),
                ("sent", arrivals.sent, "were sent"),
                ("done", arrivals.done, "ended"),
                ("unsent", arrivals.unsent, "never sent"),
                ("errors", errors, "failed"),
                ("unauthorised", report.unauthorised, "401 to a good token"),
            ] {
                li { strong data-count=(name) { (units::count(figure)) } span.what { (meaning) } }
            }
        }
    }
}
