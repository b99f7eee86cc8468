//! What failed or warned, each case with its clause, its exchange and the command that repeats it.

use super::groups::{Group, Groups, MAX_SHOWN, numbered};
use super::tone;
use crate::html::evidence::Allowance;
use crate::html::table::section;
use crate::html::units::{self, SENTENCE, SHORT, shown};
use crate::html::verdict::badge;
use crate::validate::{CaseResult, ValidateReport, Verdict};
use maud::{Markup, html};

/// How many are unfolded from the start.
const MAX_OPEN: usize = 20;

/// The cases that ended as `verdict`; none when there are none.
pub(super) fn render(
    report: &ValidateReport,
    groups: &Groups<'_>,
    verdict: Verdict,
    allowance: &Allowance,
) -> Option<Markup> {
    let (id, title, lead) = match verdict {
        Verdict::Fail => (
            "failures",
            "Failures",
            "What the vendor's documents promise and this deployment does not do.",
        ),
        _ => (
            "warnings",
            "Warnings",
            "What such servers do by convention and this deployment does not do.",
        ),
    };
    let cases: Vec<_> = numbered(report, verdict).collect();
    if cases.is_empty() {
        return None;
    }
    let more = cases.len().saturating_sub(MAX_SHOWN);
    let title = format!("{title} ({})", units::grouped(cases.len() as u64));
    let content = html! {
        @for (place, (number, case)) in cases.iter().take(MAX_SHOWN).enumerate() {
            (card(&format!("d{number}"), case, place_of(case, groups), allowance, place < MAX_OPEN))
        }
        @if more > 0 {
            p.left-out { (units::of(more, "more case is", "more cases are")) " in the list of cases below; the JSON report has them in full." }
        }
    };
    Some(section(id, &title, Some(lead), &content))
}

/// The group of a case.
fn place_of<'a>(case: &CaseResult, groups: &'a Groups<'_>) -> Option<&'a Group<'a>> {
    groups.all.iter().find(|group| group.name == case.group())
}

/// A case with its clause and its evidence; `id` is its place in the page.
pub(in crate::html) fn card(
    id: &str,
    case: &CaseResult,
    group: Option<&Group<'_>>,
    allowance: &Allowance,
    open: bool,
) -> Markup {
    let exchange = case.exchange.as_ref().map(ToString::to_string);
    html! {
        details.card #(id) open[open] {
            summary {
                (badge(tone(case.verdict), &case.verdict.to_string()))
                " " code { (shown(&case.id, SHORT)) }
            }
            p { (shown(&case.detail, SENTENCE)) }
            dl.compare {
                div { dt { "Expected" } dd { (shown(&case.expected, SHORT)) } }
                div { dt { "Observed" } dd { strong { (shown(&case.observed, SHORT)) } } }
                div { dt { "Operation" } dd { code { (shown(&case.operation, SHORT)) } } }
                div { dt { "Known from" } dd { (case.severity) ", " (case.source) } }
            }
            @if let Some(curl) = &case.curl { (allowance.command("Repeat it", curl)) }
            @if let Some(exchange) = &exchange { (allowance.block("The exchange", exchange)) }
            @if let Some(diff) = &case.diff { (allowance.block("What differs", diff)) }
            @if let Some(place) = group { p.more { a href={ "#" (place.anchor) } { "All cases of " (shown(place.name, SHORT)) } } }
        }
    }
}
