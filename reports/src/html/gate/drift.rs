//! Whether the candidate still answers as it did.

use super::{tone, word};
use crate::html::evidence::Allowance;
use crate::html::table::section;
use crate::html::units::{self, SHORT, shown};
use crate::html::validate::deviations::card;
use crate::html::verdict::badge;
use maud::{Markup, html};
use proofload_results::figures;
use proofload_results::gate::GateReport;

/// How many deviations are shown.
const MAX_SHOWN: usize = 200;

/// The section; none when nobody asked.
pub(super) fn render(report: &GateReport, allowance: &Allowance) -> Option<Markup> {
    let conformance = report.conformance.as_ref()?;
    let summary = conformance.summary;
    let more = conformance.deviations.len().saturating_sub(MAX_SHOWN);
    let content = html! {
        p {
            (badge(tone(conformance.verdict), word(conformance.verdict))) " "
            (figures::of(summary.total(), "case", "cases")) " at " code { (shown(&conformance.base_url, SHORT)) }
            " held against the snapshots in " code { (shown(&conformance.snapshot, SHORT)) } ": "
            (units::count(summary.pass as u64)) " pass, " (units::count(summary.fail as u64)) " fail, "
            (units::count(summary.warn as u64)) " warn, " (units::count(summary.skip as u64)) " skip, "
            (units::count(summary.error as u64)) " error."
        }
        @for (number, case) in conformance.deviations.iter().take(MAX_SHOWN).enumerate() {
            (card(&format!("d{number}"), case, None, allowance, number < 10))
        }
        @if more > 0 { p.left-out { (figures::of(more, "more case", "more cases")) " in the JSON report." } }
    };
    Some(section("drift", "Does it answer as before?", None, &content))
}
