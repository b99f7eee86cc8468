//! What a person looks for first: how long calls take, how many fail, how many get through; then the counts.

use crate::html::units;
use maud::{Markup, html};
use proofload_results::load::{LoadReport, OperationRow, ResponseLine};

/// Where p95 and p99 stand among the figures of a [`ResponseLine`], and what they are called.
const SHOWN: [(usize, &str); 2] = [(2, "p95"), (3, "p99")];

/// The cards; `unsent` says what arrivals are that were not sent.
pub(super) fn render(report: &LoadReport, unsent: &str) -> Markup {
    html! {
        ul.counts aria-label="The run in figures" {
            @if let Some(row) = busiest(report) { (latencies(row, report.operations.len() > 1)) }
            (errors(report))
            (rate(report))
            (arrivals(report, unsent))
            @if report.unauthorised > 0 {
                li { strong data-count="unauthorised" { (units::count(report.unauthorised)) } span.what { "401 to a good token" } }
            }
        }
    }
}

/// The operation that most calls were of. A percentile over operations that differ would be nobody's.
fn busiest(report: &LoadReport) -> Option<&OperationRow> {
    let called = report.operations.iter().filter(|row| calls(row) > 0);
    called.max_by_key(|row| calls(row))
}

fn calls(row: &OperationRow) -> u64 {
    row.ok + row.errors + row.unended
}

fn latencies(row: &OperationRow, of_several: bool) -> Markup {
    let lines = row.response_lines();
    let Some(ResponseLine { figures, .. }) = lines.first() else {
        return html! {};
    };
    html! {
        @for (place, name) in SHOWN {
            li {
                strong data-count=(name) {
                    @if let Some(us) = figures[place] { (units::millis(us)) small { " ms" } } @else { "never" }
                }
                span.what { (name) @if of_several { " of " (units::shown(&row.name, units::SHORT)) } }
            }
        }
    }
}

fn errors(report: &LoadReport) -> Markup {
    let failed: u64 = report.operations.iter().map(|row| row.errors).sum();
    let ended: u64 = failed + report.operations.iter().map(|row| row.ok).sum::<u64>();
    html! {
        @if ended > 0 {
            li {
                strong data-count="errors" { (units::percent(real(failed) / real(ended))) }
                span.what { "failed: " (units::count(failed)) " of " (units::count(ended)) }
            }
        }
    }
}

fn rate(report: &LoadReport) -> Markup {
    let succeeded: u64 = report.operations.iter().map(|row| row.ok).sum();
    html! {
        @if report.duration_s > 0.0 {
            li {
                strong data-count="rate" { (units::figure(real(succeeded) / report.duration_s)) small { "/s" } }
                span.what { "succeeded" }
            }
        }
    }
}

/// Where all that fell due was sent and ended, it is one figure and not three.
fn arrivals(report: &LoadReport, unsent: &str) -> Markup {
    let arrivals = report.arrivals;
    if arrivals.due == arrivals.sent && arrivals.sent == arrivals.done {
        return html! {
            li { strong data-count="done" { (units::count(arrivals.done)) } span.what { "fell due, all sent and ended" } }
        };
    }
    html! {
        @for (name, figure, meaning) in [
            ("due", arrivals.due, "fell due"),
            ("sent", arrivals.sent, "were sent"),
            ("done", arrivals.done, "ended"),
            ("unsent", arrivals.unsent, unsent),
        ] {
            li { strong data-count=(name) { (units::count(figure)) } span.what { (meaning) } }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown with three digits or so")]
fn real(count: u64) -> f64 {
    count as f64
}
