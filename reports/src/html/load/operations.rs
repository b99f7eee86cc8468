//! Tables: the objectives, and the figures of each operation.

use super::columns::Columns;
use crate::html::table::{section, table};
use crate::html::units::{self, SENTENCE, SHORT, shown};
use crate::html::verdict::{Tone, badge};
use crate::load::console::stale;
use maud::{Markup, html};
use proofload_results::load::{LINES_EXPLAINED, LoadReport, OperationRow, SloRow, SloState};

/// The objectives, each with what was measured; none when none was stated.
pub(super) fn objectives(report: &LoadReport, columns: &Columns) -> Option<Markup> {
    if report.slos.is_empty() {
        return None;
    }
    let head = html! {
        tr {
            th scope="col" { "Objective" } th scope="col" { "Verdict" } th.number scope="col" { "Measured" }
            th.number scope="col" { "Time in which it held by itself" }
        }
    };
    let rows = html! {
        @for (number, slo) in report.slos.iter().enumerate() {
            tr {
                th scope="row" { code { (shown(&slo.slo, SHORT)) } }
                td { (state(slo)) }
                td.number { (shown(&slo.figures(), SHORT)) }
                td.number { (time_held(number, columns)) }
            }
        }
    };
    let lead = "An objective is judged over the whole run. The last column says in how much of the time the calls of that time alone would have held it.";
    Some(section(
        "objectives",
        "Objectives",
        Some(lead),
        &table("Objectives and what was measured", &head, &rows),
    ))
}

/// Whether an objective held, as a word in its tone.
pub(in crate::html) fn state(slo: &SloRow) -> Markup {
    let state = slo.state();
    let tone = match state {
        SloState::Held => Tone::Good,
        SloState::Missed => Tone::Bad,
        SloState::Undecided => Tone::Doubtful,
    };
    badge(tone, state.word())
}

fn time_held(number: usize, columns: &Columns) -> String {
    let judged = columns
        .all
        .iter()
        .filter_map(|column| column.held.get(number).copied().flatten());
    let (held, all) = judged.fold((0_usize, 0_usize), |(held, all), one| {
        (held + usize::from(one), all + 1)
    });
    if all == 0 {
        return "–".to_owned();
    }
    #[expect(clippy::cast_precision_loss, reason = "columns are few")]
    let seconds = |count: usize| count as f64 * columns.length_s;
    format!("{:.0} of {:.0} s", seconds(held), seconds(all))
}

/// The place of the 99.9th percentile among a line's figures.
const P999: usize = 4;

/// The figures of each operation.
pub(in crate::html) fn table_of(report: &LoadReport) -> Markup {
    let head = html! {
        tr {
            th scope="col" rowspan="2" { "Operation" }
            th.number scope="col" rowspan="2" { "Succeeded" } th.number scope="col" rowspan="2" { "Failed" }
            th.span scope="colgroup" colspan="7" { "Response time, ms" }
            th.span scope="colgroup" colspan="3" { "Service time, ms" }
        }
        tr {
            @for name in ["p50", "p90", "p95", "p99", "p99.9", "max", "mean", "p50", "p99", "max"] { th.number scope="col" { (name) } }
        }
    };
    let rows = html! { @for row in &report.operations { (figures(row)) } };
    table("Latencies by operation", &head, &rows)
}

fn figures(row: &OperationRow) -> Markup {
    let service = &row.service_us;
    html! {
        @for (place, line) in row.response_lines().iter().enumerate() {
            tr {
                th scope="row" { (shown(&row.name, SHORT)) @if let Some(of) = line.of { ", " (of) } }
                @if place == 0 {
                    td.number { (units::count(row.ok)) }
                    td.number.missed[row.errors > 0] { (units::count(row.errors)) }
                } @else { td {} td {} }
                @for (figure, us) in line.figures.into_iter().enumerate() {
                    @if figure == P999 && !row.tells_p999() {
                        td.number title="too few calls for one in a thousand" { "–" }
                    } @else { td.number.missed[us.is_none()] { @if let Some(us) = us { (units::millis(us)) } @else { "never" } } }
                }
                td.number { @if let Some(mean) = line.mean { (units::mean_millis(mean)) } @else { "–" } }
                @if place == 0 {
                    @for us in [service.p50, service.p99, service.max] { td.number { (units::millis(us)) } }
                } @else { td {} td {} td {} }
            }
        }
    }
}

/// The section of the operations: latencies, and how their calls ended.
pub(super) fn render(report: &LoadReport) -> Option<Markup> {
    if report.operations.is_empty() {
        return None;
    }
    let lead = "Response time counts from the moment a call was due, as a camera would have waited; service time from the moment it was sent. Where they part, calls were waiting.";
    let content = html! { (table_of(report)) (explained(report)) (endings(report)) };
    Some(section("operations", "Operations", Some(lead), &content))
}

/// What the lines of the table are, where there are two of an operation.
fn explained(report: &LoadReport) -> Markup {
    let two = report.operations.iter().any(|row| row.response_lines().len() > 1);
    html! { @if two { p { (LINES_EXPLAINED) "." } } }
}

/// How the calls ended, where not all ended alike.
fn endings(report: &LoadReport) -> Markup {
    let head =
        html! { tr { th scope="col" { "Operation" } th scope="col" { "Ended as" } th.number scope="col" { "Calls" } } };
    let rows = html! {
        @for row in &report.operations {
            @for (status, count) in &row.statuses {
                tr {
                    th scope="row" { (shown(&row.name, SHORT)) }
                    td { (shown(status, SHORT)) }
                    td.number { (units::count(*count)) }
                }
            }
        }
    };
    html! {
        @for row in report.operations.iter().filter(|row| row.stale > 0) {
            p { (shown(&row.name, SHORT)) ": " (stale(row, report)) }
        }
        details.more-data { summary { "How the calls ended" } (table("Calls by operation and status", &head, &rows)) }
        (reasons(report))
    }
}

/// Why calls got no answer, where some did not.
fn reasons(report: &LoadReport) -> Markup {
    if report.operations.iter().all(|row| row.reasons.is_empty()) {
        return html! {};
    }
    let head =
        html! { tr { th scope="col" { "Operation" } th scope="col" { "Why" } th.number scope="col" { "Calls" } } };
    let rows = html! {
        @for row in &report.operations {
            @for (reason, count) in &row.reasons {
                tr {
                    th scope="row" { (shown(&row.name, SHORT)) }
                    td { (shown(reason, SENTENCE)) }
                    td.number { (units::count(*count)) }
                }
            }
        }
    };
    html! {
        details.more-data open { summary { "Why calls got no answer" } (table("Reasons by operation", &head, &rows)) }
    }
}
