//! What failed or warned, each case with its clause, its exchange and the command that repeats it.

use super::alike::{Alike, MAX_SHOWN, alike};
use super::groups::{Group, Groups};
use super::tone;
use crate::html::evidence::Allowance;
use crate::html::table::section;
use crate::html::units::{SENTENCE, SHORT, shown};
use crate::html::verdict::badge;
use maud::{Markup, html};
use proofload_results::figures;
use proofload_results::validate::{CaseResult, ValidateReport, Verdict};

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
    let all = alike(report, verdict);
    if all.is_empty() {
        return None;
    }
    let cases: usize = all.iter().map(Alike::len).sum();
    let more: usize = all.iter().skip(MAX_SHOWN).map(Alike::len).sum();
    let title = format!("{title} ({})", figures::grouped(cases as u64));
    let content = html! {
        @for (place, one) in all.iter().take(MAX_SHOWN).enumerate() {
            @let (number, case) = one.first;
            (card_with(&format!("d{number}"), case, place_of(case, groups), allowance, place < MAX_OPEN, &others(one, allowance)))
        }
        @if more > 0 {
            p.left-out { (figures::of(more, "more case is", "more cases are")) " in the list of cases below; the JSON report has them in full." }
        }
    };
    Some(section(id, &title, Some(lead), &content))
}

/// The group of a case.
fn place_of<'a>(case: &CaseResult, groups: &'a Groups<'_>) -> Option<&'a Group<'a>> {
    groups.all.iter().find(|group| group.name == case.group())
}

/// The cases that are like the one on the card, each with its place and its command.
fn others(alike: &Alike<'_>, allowance: &Allowance) -> Markup {
    if alike.others.is_empty() {
        return html! {};
    }
    html! {
        details.more-data {
            summary { "The same in " (figures::of(alike.others.len(), "more case", "more cases")) }
            p.lead { "Expected and observed alike. Their own exchanges are in the JSON report." }
            ul.alike {
                @for (number, case) in &alike.others {
                    li #{ "d" (number) } {
                        code { (allowance.text(&case.id, SHORT)) }
                        @if let Some(curl) = case.command().and_then(|curl| allowance.listed_command(&curl)) { pre { code { (curl) } } }
                    }
                }
            }
        }
    }
}

/// A case with its clause and its evidence; `id` is its place in the page.
pub(in crate::html) fn card(
    id: &str,
    case: &CaseResult,
    group: Option<&Group<'_>>,
    allowance: &Allowance,
    open: bool,
) -> Markup {
    card_with(id, case, group, allowance, open, &html! {})
}

/// The same with something at its end.
fn card_with(
    id: &str,
    case: &CaseResult,
    group: Option<&Group<'_>>,
    allowance: &Allowance,
    open: bool,
    more: &Markup,
) -> Markup {
    html! {
        details.card #(id) open[open] {
            summary {
                (badge(tone(case.verdict), &case.verdict.to_string()))
                " " code { (shown(&case.id, SHORT)) }
            }
            p { (allowance.text(&case.detail, SENTENCE)) }
            dl.compare {
                div { dt { "Expected" } dd { (allowance.text(&case.expected, SHORT)) } }
                div { dt { "Observed" } dd { strong { (allowance.text(&case.observed, SHORT)) } } }
                div { dt { "Operation" } dd { code { (shown(&case.operation, SHORT)) } } }
                div { dt { "Known from" } dd { (case.severity) ", " (case.source) } }
            }
            @if let Some(curl) = &case.command() { (allowance.command("Repeat it", curl)) }
            @if let Some(exchange) = &case.exchange { (allowance.exchange(exchange, id)) }
            @if let Some(diff) = &case.diff { (allowance.block("What differs", diff)) }
            @if let Some(place) = group { p.more { a href={ "#" (place.anchor) } { "All cases of " (shown(place.name, SHORT)) } } }
            (more)
        }
    }
}
