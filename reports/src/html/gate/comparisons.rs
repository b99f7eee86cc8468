//! Every comparison with its figures.

use super::said;
use crate::html::table::{section, table};
use crate::html::units::{SENTENCE, SHORT, shown};
use maud::{Markup, html};
use proofload_results::gate::words;
use proofload_results::gate::{Comparison, Finite, GateReport};

/// The table; none when nothing was compared.
pub(super) fn render(report: &GateReport) -> Option<Markup> {
    if report.comparisons.is_empty() {
        return None;
    }
    let head = html! {
        tr {
            th scope="col" { "Operation" } th scope="col" { "Metric" }
            th.number scope="col" { "Baseline" } th.number scope="col" { "Candidate" } th.number scope="col" { "Limit" }
            th.number scope="col" { "Change" } th.number scope="col" { "Interval" } th.number scope="col" { "Detectable" }
            th scope="col" { "Verdict" }
        }
    };
    let rows = html! { @for one in &report.comparisons { (row(one)) } };
    let lead = "“Detectable” is the change that data like these find four times out of five: where it is large, a pass says little.";
    let content = table("Comparisons", &head, &rows);
    Some(section("comparisons", "Comparisons", Some(lead), &content))
}

fn row(one: &Comparison) -> Markup {
    let remark = remark(one);
    html! {
        tr {
            th scope="row" { (shown(&one.operation, SHORT)) }
            td.word { (one.metric) }
            td.number { (exact(one.baseline, &words::value(one.metric, one.baseline))) }
            td.number { (exact(one.candidate, &words::value(one.metric, one.candidate))) }
            td.number { (exact(one.limit, &words::value(one.metric, one.limit))) }
            td.number { (exact(one.ratio.or(one.difference), &words::change(one))) }
            td.number { (words::interval(one)) }
            td.number { (exact(one.detectable, &words::detectable(one))) }
            td { (said(one)) }
        }
        // A sentence needs the width of the table: in a column of its own it would have that of a word on paper.
        @if !remark.is_empty() { tr.remark { td colspan="9" { div { (remark) } } } }
    }
}

fn exact(figure: Option<Finite>, words: &str) -> Markup {
    html! { @if let Some(figure) = figure { data value=(figure) { (words) } } @else { (words) } }
}

fn remark(one: &Comparison) -> String {
    let needs = one.needs.map(words::needs);
    let note = one.note.as_deref().map(|note| shown(note, SENTENCE));
    let both: Vec<String> = note.into_iter().chain(needs).collect();
    both.join("; ")
}
