//! What failed, warned or could not be tested, by what it has in common.

use super::tone;
use crate::html::table::{section, table};
use crate::html::units::{SENTENCE, SHORT, shown};
use crate::html::verdict::badge;
use maud::{Markup, html};
use proofload_results::figures;
use proofload_results::validate::{CommonCause, ValidateReport};

/// Causes that are listed.
const MAX_CAUSES: usize = 100;
/// Cases that are named beside a cause.
const MAX_NAMED: usize = 12;

/// The table; none when nothing went wrong.
pub(super) fn render(report: &ValidateReport) -> Option<Markup> {
    let causes = report.common_causes();
    if causes.is_empty() {
        return None;
    }
    let head = html! {
        tr {
            th scope="col" { "Worst" } th scope="col" { "Cases" }
            th scope="col" { "What they have in common" } th scope="col" { "Which" }
        }
    };
    let rows = html! {
        @for cause in causes.iter().take(MAX_CAUSES) {
            tr {
                td { (badge(tone(cause.verdict), &cause.verdict.to_string())) }
                td { (cause.counts()) }
                td { (shown(&cause.sentence, SENTENCE)) }
                td.path { (named(cause)) }
            }
        }
    };
    let more = causes.len().saturating_sub(MAX_CAUSES);
    let content = html! {
        (table("Causes", &head, &rows))
        @if more > 0 { p.left-out { (figures::of(more, "more cause", "more causes")) " in the JSON report." } }
    };
    let title = format!("Causes ({})", figures::grouped(causes.len() as u64));
    Some(section("causes", &title, None, &content))
}

fn named(cause: &CommonCause) -> Markup {
    let more = cause.cases.len().saturating_sub(MAX_NAMED);
    html! {
        @for (place, id) in cause.cases.iter().take(MAX_NAMED).enumerate() {
            @if place > 0 { ", " }
            code { (shown(id, SHORT)) }
        }
        @if more > 0 { " and " (figures::of(more, "more", "more")) }
    }
}
