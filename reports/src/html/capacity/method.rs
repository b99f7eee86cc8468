//! How the answer was worked out, folded away: for whoever checks it.

use super::curves;
use crate::html::chart::Charts;
use crate::html::table::{section, table};
use crate::html::units::{SENTENCE, shown};
use crate::html::verdict::{Tone, badge};
use maud::{Markup, html};
use proofload_results::capacity::{CapacityReport, Estimate};
use proofload_results::figures;

/// The section.
pub(super) fn render(report: &CapacityReport, charts: &mut Charts) -> Markup {
    let content = html! {
        details.fold {
            summary { "How the answer was worked out, and how throughput grows with concurrency" }
            @if !report.method.is_empty() { ul.notes { @for sentence in &report.method { li { (shown(sentence, SENTENCE)) } } } }
            @if !report.steps.is_empty() {
                (charts.figure("scalability", curves::scalability(report), "and the Universal Scalability Law, where one could be fitted"))
            }
            p.lead { "The law says how throughput grows with concurrency, after Gunther, and where it stops growing. It is never the answer itself." }
            (usl(report))
        }
    };
    section("method", "How it was worked out", None, &content)
}

/// The Universal Scalability Law, or why there is none.
fn usl(report: &CapacityReport) -> Markup {
    match &report.usl.fit {
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
    }
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
