//! Tables of a capacity search: latency below the answer, the steps.

use super::tone;
use crate::html::table::{section, table};
use crate::html::units::{self, SENTENCE, SHORT, shown};
use crate::html::verdict::{Tone, badge};
use maud::{Markup, html};
use proofload_results::capacity::{CapacityReport, LatencyAt, Purpose, StepRow, StepVerdict};

/// Latency at shares of the sustained rate; none when there is no rate.
pub(super) fn latency(report: &CapacityReport) -> Option<Markup> {
    if report.latency.is_empty() {
        return None;
    }
    let head = html! {
        tr {
            th.number scope="col" { "Of what it carries" } th.number scope="col" { "Rate, /s" }
            @for name in ["p50, ms", "p90, ms", "p95, ms", "p99, ms", "p99.9, ms", "max, ms"] { th.number scope="col" { (name) } }
        }
    };
    let rows = html! {
        @for at in &report.latency {
            @let us = &at.response_us;
            tr {
                th.number scope="row" { data value=(at.share) { (format!("{:.0}%", at.share * 100.0)) } }
                td.number { (units::figure(at.rate_per_s)) }
                @for us in [us.p50, us.p90, us.p95, us.p99] { td.number { (units::millis(us)) } }
                td.number { (p999(at)) }
                td.number { (units::millis(us.max)) }
            }
        }
    };
    let lead = "How long a camera waits for its answer when the box does half of what it carries, most of it, and all of it. p99 is what one call in a hundred exceeds.";
    let content = table("Response time at shares of the carried rate", &head, &rows);
    Some(section("latency", "What to expect", Some(lead), &content))
}

fn p999(at: &LatencyAt) -> Markup {
    html! {
        @if at.tells_p999() { (units::millis(at.response_us.p999)) }
        @else { span title="too few calls for one in a thousand" { "–" } }
    }
}

/// What was measured, in order; none when nothing was.
pub(super) fn steps(report: &CapacityReport) -> Option<Markup> {
    if report.steps.is_empty() {
        return None;
    }
    let head = html! {
        tr {
            th.number scope="col" { "Step" } th scope="col" { "For" } th scope="col" { "Verdict" }
            th.number scope="col" { "Offered, /s" } th.number scope="col" { "Achieved, /s" } th.number scope="col" { "In flight" }
            th.number scope="col" { "Calls" } th.number scope="col" { "Failed" }
            th.number scope="col" { "p50, ms" } th.number scope="col" { "p99, ms" } th.number scope="col" { "max, ms" }
            th scope="col" { "Record" }
        }
    };
    let rows = html! { @for step in &report.steps { (step_row(step)) } };
    let content = html! { div.dense { (table("Steps of the search", &head, &rows)) } };
    Some(section("steps", "Steps", None, &content))
}

fn step_row(step: &StepRow) -> Markup {
    let reasons = step.reasons.iter().chain(&step.set_aside);
    let reasons: Vec<String> = reasons.map(|reason| shown(reason, SENTENCE)).collect();
    html! {
        tr {
            th.number scope="row" { (units::count(step.number)) }
            td.word { (purpose(step.purpose)) }
            td {
                @if step.set_aside.is_some() { (badge(Tone::Doubtful, "left out")) }
                @else { (badge(tone(step.verdict), verdict(step.verdict))) }
            }
            td.number { (units::figure(step.rate_per_s)) }
            td.number { (units::figure(step.achieved_per_s)) }
            td.number { (units::figure(step.in_flight)) }
            td.number { (units::count(step.calls)) }
            td.number.missed[step.errors > 0] { (units::count(step.errors)) }
            @for us in [step.response_us.p50, step.response_us.p99, step.response_us.max] { td.number { (units::millis(us)) } }
            td { @if let Some(record) = &step.record { code { (shown(record, SHORT)) } } }
        }
        @if !reasons.is_empty() { tr.remark { td colspan="12" { div { (reasons.join("; ")) } } } }
    }
}

fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Ramp => "ramp",
        Purpose::Bisect => "bisection",
        Purpose::Edge => "edge",
        Purpose::Confirm => "confirmation",
        Purpose::Latency => "latency",
        Purpose::Return => "again",
        Purpose::Hold => "hold",
    }
}

fn verdict(verdict: StepVerdict) -> &'static str {
    match verdict {
        StepVerdict::Held => "held",
        StepVerdict::Broke => "broke",
        StepVerdict::Hopeless => "stopped early",
        StepVerdict::Invalid => "invalid",
        StepVerdict::Incomplete => "incomplete",
    }
}
