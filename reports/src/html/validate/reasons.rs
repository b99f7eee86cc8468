//! What was not tested and why, and what somebody answers for.

use super::tone;
use crate::html::table::{section, table};
use crate::html::units::{self, SENTENCE, SHORT, shown};
use crate::html::verdict::badge;
use maud::{Markup, html};
use proofload_results::figures;
use proofload_results::validate::{Acceptance, CaseResult, ValidateReport, Verdict};
use std::collections::HashMap;

/// How many reasons are listed.
const MAX_REASONS: usize = 100;
/// How many cases are named beside a reason.
const MAX_NAMED: usize = 12;

/// Cases that could not be tested, and those that were skipped, by reason: many share one.
pub(super) fn untested(report: &ValidateReport) -> Option<Markup> {
    let mut rows: Vec<(Verdict, &str, Vec<&CaseResult>)> = Vec::new();
    for verdict in [Verdict::Error, Verdict::Skip] {
        let mut places: HashMap<&str, usize> = HashMap::new();
        for case in report
            .cases
            .iter()
            .filter(|case| case.verdict == verdict && case.accepted.is_none())
        {
            let place = *places.entry(&case.detail).or_insert_with(|| {
                rows.push((verdict, &case.detail, Vec::new()));
                rows.len() - 1
            });
            rows[place].2.push(case);
        }
    }
    if rows.is_empty() {
        return None;
    }
    let head = html! { tr { th scope="col" { "Verdict" } th.number scope="col" { "Cases" } th scope="col" { "Why" } th scope="col" { "Which" } } };
    let more = rows.len().saturating_sub(MAX_REASONS);
    let body = html! {
        @for (verdict, reason, cases) in rows.iter().take(MAX_REASONS) {
            tr {
                td { (badge(tone(*verdict), &verdict.to_string())) }
                td.number { (units::count(cases.len() as u64)) }
                td { (shown(reason, SENTENCE)) }
                td { (named(cases)) }
            }
        }
    };
    let content = html! {
        (table("Why cases were not tested", &head, &body))
        @if more > 0 { p.left-out { (figures::of(more, "more reason", "more reasons")) " in the JSON report." } }
    };
    Some(section("untested", "Not tested", None, &content))
}

fn named(cases: &[&CaseResult]) -> Markup {
    html! {
        @for (place, case) in cases.iter().take(MAX_NAMED).enumerate() {
            @if place > 0 { ", " }
            code { (shown(&case.id, SHORT)) }
        }
        @if cases.len() > MAX_NAMED { " and " (figures::of(cases.len() - MAX_NAMED, "more", "more")) }
    }
}

/// What would have deviated, had nobody accepted it.
pub(super) fn accepted(report: &ValidateReport) -> Option<Markup> {
    let cases: Vec<(&CaseResult, &Acceptance)> = report
        .cases
        .iter()
        .filter_map(|case| Some((case, case.accepted.as_ref()?)))
        .collect();
    if cases.is_empty() {
        return None;
    }
    let head = html! {
        tr {
            th scope="col" { "Case" } th scope="col" { "Would be" } th scope="col" { "Why it is accepted" }
            th scope="col" { "Who answers for it" } th scope="col" { "Until" }
        }
    };
    let body = html! {
        @for (case, acceptance) in &cases {
            tr {
                th scope="row" { code { (shown(&case.id, SHORT)) } }
                td { (badge(tone(acceptance.verdict), &acceptance.verdict.to_string())) }
                td { (shown(&acceptance.reason, SENTENCE)) }
                td { (shown(&acceptance.owner, SHORT)) }
                td { (acceptance.expires) }
            }
        }
    };
    let title = format!("Accepted deviations ({})", figures::grouped(cases.len() as u64));
    let content = table("Deviations that somebody answers for", &head, &body);
    Some(section("accepted", &title, None, &content))
}
