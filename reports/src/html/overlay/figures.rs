//! The same figures of each run in columns.

use super::{Overlaid, Run};
use crate::html::table::{section, table};
use crate::html::units::{self, SHORT, shown};
use crate::overlay::{Overlay, Row};
use maud::{Markup, html};
use proofload_results::figures;

/// A change that is not to be overlooked.
const LARGE: f64 = 0.1;

/// The section; none when no run called anything.
pub(super) fn render(runs: &[Run<'_>], overlaid: &[Overlaid<'_>]) -> Option<Markup> {
    let reports: Vec<_> = overlaid.iter().map(|one| (one.name, one.report)).collect();
    let rows = Overlay::of(&reports).rows();
    if rows.is_empty() {
        return None;
    }
    let head = html! {
        tr {
            th scope="col" { "Operation" } th scope="col" { "Figure" }
            @for run in runs { th.number scope="col" { (run.key()) " " (short(run)) } }
        }
    };
    let body = html! {
        @for (place, row) in rows.iter().enumerate() {
            @let first = place == 0 || rows[place - 1].operation != row.operation;
            tr.first[first] {
                th scope="row" { @if first { (shown(&row.operation, SHORT)) } @else { span.hidden { (shown(&row.operation, SHORT)) } } }
                td { (row.figure) " " span.what { (row.unit.for_people()) } }
                @for number in 0..runs.len() { td.number { (cell(row, number)) } }
            }
        }
    };
    let lead = "Beside each figure stands how much more or less it is than in the first run.";
    Some(section(
        "figures",
        "Figures",
        Some(lead),
        &table("Figures of each operation and run", &head, &body),
    ))
}

fn short<'a>(run: &'a Run<'_>) -> &'a str {
    run.label.split_once(' ').map_or("", |(_, label)| label)
}

fn cell(row: &Row, number: usize) -> Markup {
    let value = row.values.get(number).copied().flatten();
    let change = row.change.get(number).copied().flatten().filter(|_| number > 0);
    html! {
        @match value {
            Some(value) => { (row.unit.figure(value)) }
            None => { span.none { "–" } }
        }
        @if let Some(change) = change { small.change.large[change.abs() >= LARGE] { (format!("{:+.1} %", change * 100.0)) } }
    }
}

impl crate::overlay::Unit {
    fn for_people(self) -> &'static str {
        match self {
            Self::Micros => "ms",
            Self::PerSecond => "/s",
            Self::Count => "",
        }
    }

    fn figure(self, value: f64) -> Markup {
        match self {
            Self::Micros => html! { data value=(value) { (figures::in_table(value / 1e3)) } },
            Self::PerSecond => units::figure(proofload_results::load::rounded(value)),
            Self::Count => html! { data value=(value) { (figures::grouped(figures::whole(value))) } },
        }
    }
}
