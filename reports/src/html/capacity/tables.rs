//! Tables of a capacity search: latency below the answer, the steps, the fitted law.

use super::tone;
use crate::html::table::{section, table};
use crate::html::units::{self, SENTENCE, SHORT, shown};
use crate::html::verdict::{Tone, badge};
use maud::{Markup, html};
use proofload_results::capacity::{CapacityReport, Estimate, Purpose, StepRow, StepVerdict};
use proofload_results::figures;

/// Latency at shares of the sustained rate; none when there is no rate.
pub(super) fn latency(report: &CapacityReport) -> Option<Markup> {
    if report.latency.is_empty() {
        return None;
    }
    let head = html! {
        tr {
            th.number scope="col" { "Share of the rate" } th.number scope="col" { "Rate, /s" }
            @for name in ["p50, ms", "p90, ms", "p95, ms", "p99, ms", "p99.9, ms", "max, ms"] { th.number scope="col" { (name) } }
        }
    };
    let rows = html! {
        @for at in &report.latency {
            @let us = &at.response_us;
            tr {
                th.number scope="row" { data value=(at.share) { (format!("{:.0}%", at.share * 100.0)) } }
                td.number { (units::figure(at.rate_per_s)) }
                @for us in [us.p50, us.p90, us.p95, us.p99, us.p999, us.max] { td.number { (units::millis(us)) } }
            }
        }
    };
    let lead = "What cameras wait when the box is not at its edge.";
    let content = table("Response time at shares of the carried rate", &head, &rows);
    Some(section("latency", "Latency below the edge", Some(lead), &content))
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

/// The Universal Scalability Law, or why there is none.
pub(super) fn usl(report: &CapacityReport) -> Markup {
    let content = match &report.usl.fit {
        None => {
            let why = report.usl.why_not.as_deref().unwrap_or("it was not fitted");
            html! { p { (badge(Tone::Quiet, "no fit")) " " (shown(why, SENTENCE)) } }
        }
        Some(fit) => {
            let head = html! {
                tr { th scope="col" { "Parameter" } th.number scope="col" { "Estimate" } th.number scope="col" { "95% interval" } }
            };
            let rows = html! {
                (estimate("γ, calls per second of one call at a time", &fit.gamma))
                (estimate("α, contention", &fit.alpha))
                (estimate("β, coherency", &fit.beta))
                @if let Some(knee) = &fit.knee_in_flight { (estimate("Knee, calls in flight", knee)) }
                @if let Some(knee) = &fit.knee_per_s { (estimate("Knee, calls per second", knee)) }
            };
            html! {
                div.narrow { (table("Parameters of the Universal Scalability Law", &head, &rows)) }
                p.lead { "Fitted to " (figures::of(usize::try_from(fit.points).unwrap_or(usize::MAX), "step", "steps")) ", R² " (exact(fit.r_squared)) ". " (shown(&report.usl.method, SENTENCE)) "." }
            }
        }
    };
    let lead = "How throughput grows with concurrency, after Gunther: it says where the knee lies, and is never the answer itself.";
    section("usl", "Scalability", Some(lead), &content)
}

fn estimate(name: &str, estimate: &Estimate) -> Markup {
    html! {
        tr {
            th scope="row" { (name) }
            td.number { (exact(estimate.value)) }
            td.number { (exact(estimate.low)) " to " (exact(estimate.high)) }
        }
    }
}

/// A parameter with its digits: most are far below 1.
fn exact(value: f64) -> Markup {
    let size = value.abs();
    let words = if size >= 1.0 || size == 0.0 {
        figures::in_table(value)
    } else {
        format!("{value:.4}")
    };
    html! { data value=(value) { (words) } }
}
