//! What each part of the certification found.

use crate::html::capacity::curves;
use crate::html::chart::Charts;
use crate::html::load::{machines, operations};
use crate::html::table::table;
use crate::html::units::{self, SENTENCE, SHORT, shown};
use crate::html::verdict::{Tone, badge};
use maud::{Markup, html};
use proofload_results::capacity::CapacityReport;
use proofload_results::certify::{Conformance, Dossier};
use proofload_results::figures::{self, millis_of_step, three_digits};
use proofload_results::load::LoadReport;

/// Causes that are listed.
const MAX_CAUSES: usize = 50;
/// Cases that are named beside a cause.
const MAX_NAMED: usize = 3;

/// How many cases ended how, and why some were not tested; none when that was not reached.
pub(super) fn conformance(dossier: &Dossier) -> Option<Markup> {
    let part = dossier.conformance.as_ref()?;
    let summary = part.summary;
    let head = html! { tr { th scope="col" { "Why" } th.number scope="col" { "Cases" } } };
    let rows = html! {
        @for skipped in &part.skipped {
            tr { td { (shown(&skipped.reason, SENTENCE)) } td.number { (units::count(skipped.cases as u64)) } }
        }
    };
    Some(html! {
        ul.counts aria-label="How the cases ended" {
            @for (tone, word, figure) in [
                (Tone::Good, "pass", summary.pass),
                (Tone::Bad, "fail", summary.fail),
                (Tone::Doubtful, "warn", summary.warn),
                (Tone::Unknown, "error", summary.error),
                (Tone::Quiet, "skip", summary.skip),
            ] {
                li { strong { (units::count(figure as u64)) } (badge(tone, word)) }
            }
        }
        @if part.incomplete { p { "It was interrupted: cases that had not begun count as errors." } }
        @if !part.causes.is_empty() {
            h3 { "Causes" }
            (causes(part))
        }
        @if !part.skipped.is_empty() {
            h3 { "What was not tested" }
            (table("Why cases were not tested", &head, &rows))
        }
    })
}

/// What failed, warned or could not be tested, by what it has in common.
fn causes(part: &Conformance) -> Markup {
    let head = html! { tr { th scope="col" { "Cases" } th scope="col" { "What they have in common" } th scope="col" { "Which" } } };
    let rows = html! {
        @for cause in part.causes.iter().take(MAX_CAUSES) {
            tr {
                td { (cause.counts()) }
                td { (shown(&cause.sentence, SENTENCE)) }
                td.path { (shown(&cause.cases.iter().take(MAX_NAMED).map(String::as_str).collect::<Vec<_>>().join(", "), SHORT)) }
            }
        }
    };
    let more = part.causes.len().saturating_sub(MAX_CAUSES);
    html! {
        (table("Causes of what went wrong", &head, &rows))
        @if more > 0 { p.left-out { (figures::of(more, "more cause", "more causes")) " in the record." } }
    }
}

/// What was called, the objectives, and the latencies; none when that was not reached.
pub(super) fn load(dossier: &Dossier) -> Option<Markup> {
    let report = dossier.load.as_ref()?;
    Some(html! {
        p.lead {
            "Scenario " code { (shown(&report.scenario, SHORT)) } ", "
            data value=(report.duration_s) { (format!("{:.0}", report.duration_s)) } " s, "
            (units::count(report.arrivals.due)) " arrivals due, " (units::count(report.arrivals.done)) " ended."
        }
        @if !report.slos.is_empty() { (objectives(report)) }
        h3 { "Latencies" }
        (operations::table_of(report))
        (watched(report))
    })
}

/// The machines under test: what was read off them, and what of it was at its limit; nothing where none was watched.
fn watched(report: &LoadReport) -> Markup {
    html! {
        @if let Some(watched) = &report.watched {
            h3 { "Machines under test" }
            @if let Some(ran_out) = &report.ran_out { p { (shown(&ran_out.sentence, SENTENCE)) } }
            (machines::figures(watched))
        }
    }
}

fn objectives(report: &LoadReport) -> Markup {
    let head =
        html! { tr { th scope="col" { "Objective" } th scope="col" { "Measured" } th scope="col" { "Verdict" } } };
    let rows = html! {
        @for slo in &report.slos {
            tr {
                th scope="row" { (shown(&slo.slo, SHORT)) }
                td { (shown(&slo.figures(), SHORT)) }
                td { (operations::state(slo)) }
            }
        }
    };
    table("The objectives of the smoke load", &head, &rows)
}

/// What is needed beside what is carried, and the curve; none when it was not reached, or left out.
pub(super) fn capacity(dossier: &Dossier, charts: &mut Charts) -> Option<Markup> {
    if dossier.capacity_left_out {
        return Some(html! { p { "Left out on purpose: how much the deployment carries was not asked." } });
    }
    let report = dossier.capacity.as_ref()?;
    let pairs = figures(dossier, report);
    let rows = html! { @for (name, what) in &pairs { tr { th scope="row" { (name) } td { (shown(what, SHORT)) } } } };
    Some(html! {
        div.facts { (table("Capacity against need", &html! {}, &rows)) }
        @if !report.steps.is_empty() {
            (charts.figure("capacity-curve", curves::latency(report), "where it crosses the objective, the target has reached its capacity"))
        }
    })
}

fn figures(dossier: &Dossier, report: &CapacityReport) -> Vec<(&'static str, String)> {
    let rate = |rate: Option<f64>| rate.map_or_else(|| "unknown".to_owned(), per_s);
    let need = dossier.need_per_s.map_or_else(|| "not stated".to_owned(), per_s);
    let mut pairs = vec![("Needed", need), ("Carried", rate(report.sustained_per_s))];
    if let Some(headroom) = report.need.as_ref().and_then(|need| need.headroom) {
        let words = if headroom < 0.0 { "too little" } else { "to spare" };
        pairs.push(("Against the need", format!("{:.0}% {words}", headroom.abs() * 100.0)));
    }
    if let Some([low, high]) = report.bracket_per_s {
        pairs.push(("Believed to lie between", format!("{} and {}", per_s(low), per_s(high))));
    }
    if let Some(cameras) = report.cameras
        && let Some(count) = cameras.count
    {
        pairs.push(("In cameras", format!("{count} at {}", cameras.each())));
    }
    let confirmed = if report.confirmed {
        "a run of its own at that rate agreed"
    } else {
        "no run of its own agreed"
    };
    pairs.extend([
        ("Confirmed", confirmed.to_owned()),
        (
            "Broke first",
            report.limited_by.clone().unwrap_or_else(|| "nothing".to_owned()),
        ),
        ("Objectives", report.slos.join(", ")),
        ("Scenario", report.scenario.clone()),
    ]);
    let expected = report.latency.iter().map(|at| {
        let share = format!("{:.0}%", at.share * 100.0);
        format!(
            "{} ms at {share} ({})",
            millis_of_step(at.response_us.p99),
            per_s(at.rate_per_s)
        )
    });
    let expected: Vec<String> = expected.collect();
    if !expected.is_empty() {
        pairs.push(("p99 to expect", expected.join(", ")));
    }
    if let Some(ran_out) = &report.ran_out {
        pairs.push(("Machines at the limit", ran_out.sentence.clone()));
    }
    pairs
}

fn per_s(rate: f64) -> String {
    format!("{}/s", three_digits(rate))
}
