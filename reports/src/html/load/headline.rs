//! The verdict on a load run in one sentence, and why.

use super::{cards, tone, word};
use crate::html::units::{self, SENTENCE, SHORT, shown};
use crate::html::verdict::{Banner, Tone};
use maud::{Markup, html};
use proofload_results::load::{LoadReport, SloState, address_lines};
use proofload_results::record::RunInfo;

/// What arrivals are that were not sent when the run was over.
const UNSENT: &str = "never sent";

/// The banner and the cards under it.
pub(super) fn render(run: &RunInfo, report: &LoadReport) -> Markup {
    let banner = Banner {
        tone: tone(report.verdict),
        word: word(report.verdict),
        sentence: shown(report.headline(), SENTENCE),
        reasons: reasons(report),
        circumstances: circumstances(run, report),
    };
    html! { (banner.render()) div.wide { (cards::render(report, UNSENT)) } }
}

/// The same of a run that still goes on: it has no verdict yet.
pub(super) fn so_far(run: &RunInfo, report: &LoadReport) -> Markup {
    let banner = Banner {
        tone: Tone::Quiet,
        word: "Running",
        sentence: shown(&report.sentence, SENTENCE),
        reasons: reasons(report),
        circumstances: circumstances(run, report),
    };
    html! { (banner.render()) div.wide { (cards::render(report, "not sent yet")) } }
}

fn reasons(report: &LoadReport) -> Vec<Markup> {
    let missed = report.slos.iter().filter(|slo| slo.state() != SloState::Held);
    let missed = missed.map(|slo| {
        html! {
            (slo.state().word()) ": " code { (shown(&slo.slo, SHORT)) } ", measured " strong { (shown(&slo.figures(), SHORT)) }
        }
    });
    let sentences = report.generator.reasons.iter().chain(&report.findings);
    missed
        .chain(sentences.map(|sentence| html! { (shown(sentence, SENTENCE)) }))
        .collect()
}

fn circumstances(run: &RunInfo, report: &LoadReport) -> Vec<(&'static str, Markup)> {
    let mut circumstances = vec![
        ("Scenario", html! { (shown(&report.scenario, SHORT)) }),
        ("Target", html! { (shown(&run.target, SHORT)) }),
        ("Address", html! { code { (shown(&report.target, SHORT)) } }),
        ("Started", units::instant(&run.started_at)),
        (
            "Measured",
            html! { data value=(report.duration_s) { (format!("{:.1}", report.duration_s)) } " s" },
        ),
        ("Seed", html! { data value=(report.seed) { (report.seed) } }),
    ];
    if let Some(protocol) = &report.protocol {
        circumstances.push(("Calls", html! { (shown(&protocol.to_string(), SENTENCE)) }));
    }
    let addresses = address_lines(&report.addresses);
    if !addresses.is_empty() {
        let lines = html! { @for line in &addresses { div { (shown(line, SENTENCE)) } } };
        circumstances.push(("Addresses", lines));
    }
    circumstances
}
