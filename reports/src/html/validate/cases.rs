//! Every case, by operation and account, with a filter.

use super::groups::{Column, Group, Groups};
use super::tone;
use crate::html::evidence::Allowance;
use crate::html::table::section;
use crate::html::units::{SENTENCE, SHORT, shown};
use crate::html::verdict::badge;
use maud::{Markup, html};
use proofload_results::figures;
use proofload_results::validate::{CaseResult, ValidateReport, Verdict};

/// The list of all cases.
pub(super) fn render(report: &ValidateReport, groups: &Groups<'_>, allowance: &Allowance) -> Markup {
    let title = format!("All cases ({})", figures::grouped(report.cases.len() as u64));
    let content = html! {
        (filter(report))
        @for group in &groups.all { (operation(group, groups, allowance)) }
    };
    section("cases", &title, None, &content)
}

/// Hidden until the script that makes it work has started.
fn filter(report: &ValidateReport) -> Markup {
    let summary = report.summary;
    html! {
        form.filter role="search" hidden {
            label { "Filter " input #filter type="search" placeholder="id, status, word" autocomplete="off"; }
            fieldset {
                legend.hidden { "Verdicts" }
                @for (verdict, figure) in [
                    (Verdict::Fail, summary.fail), (Verdict::Warn, summary.warn), (Verdict::Error, summary.error),
                    (Verdict::Skip, summary.skip), (Verdict::Pass, summary.pass),
                ] {
                    @if figure > 0 { label.choice { input type="checkbox" name="verdict" value=(verdict) checked; (badge(tone(verdict), &verdict.to_string())) } }
                }
            }
            output #matches for="filter" aria-live="polite" {}
        }
    }
}

fn operation(group: &Group<'_>, groups: &Groups<'_>, allowance: &Allowance) -> Markup {
    html! {
        details.group #(group.anchor) {
            summary {
                strong { (shown(group.name, SHORT)) }
                @if group.operation != group.name { " " code { (shown(group.operation, SHORT)) } }
                span.tally { (tally(group)) }
            }
            div.scroll tabindex="0" role="region" aria-label={ "Cases of " (shown(group.name, SHORT)) } {
                table.cases {
                    caption.hidden { "Cases of " (shown(group.name, SHORT)) }
                    thead {
                        tr {
                            th scope="col" { "Verdict" } th scope="col" { "Case" } th scope="col" { "Expected" }
                            th scope="col" { "Observed" } th scope="col" { "Clause" }
                        }
                    }
                    @for cell in group.cells.iter().filter(|cell| !cell.cases.is_empty()) { (account(cell, groups, allowance)) }
                }
            }
        }
    }
}

fn tally(group: &Group<'_>) -> Markup {
    let of = |verdict| group.cases().filter(|case| case.verdict == verdict).count();
    html! {
        @for verdict in [Verdict::Fail, Verdict::Warn, Verdict::Error, Verdict::Skip, Verdict::Pass] {
            @let figure = of(verdict);
            @if figure > 0 { (badge(tone(verdict), &format!("{} {verdict}", figures::grouped(figure as u64)))) " " }
        }
    }
}

fn account(cell: &Column<'_>, groups: &Groups<'_>, allowance: &Allowance) -> Markup {
    let name = cell
        .account
        .map_or("Other checks".to_owned(), |account| shown(account, SHORT));
    html! {
        tbody #(cell.anchor) tabindex="-1" {
            tr.head { th colspan="5" scope="rowgroup" { (name) } }
            @for (number, case) in &cell.cases { (row(*number, case, groups.is_shown(*number), allowance)) }
        }
    }
}

fn row(number: usize, case: &CaseResult, in_full: bool, allowance: &Allowance) -> Markup {
    let id = allowance.text(&case.id, SHORT);
    html! {
        tr.case data-v=(case.verdict) {
            td { (badge(tone(case.verdict), &case.verdict.to_string())) }
            td { @if in_full { a href={ "#d" (number) } { code { (id) } } } @else { code { (id) } } }
            td { (allowance.text(&case.expected, SHORT)) }
            td { (allowance.text(&case.observed, SHORT)) }
            td { (allowance.text(&case.detail, SENTENCE)) }
        }
    }
}
