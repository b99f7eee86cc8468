//! The verdicts of the runs in one table.

use super::Run;
use super::headline::why;
use crate::html::load::{tone, word};
use crate::html::table::{section, table};
use crate::html::units;
use crate::html::verdict::badge;
use maud::{Markup, html};
use proofload_results::load::rounded;

/// The section.
pub(super) fn render(runs: &[Run<'_>]) -> Markup {
    let head = html! {
        tr {
            th scope="col" { "Run" } th scope="col" { "Verdict" } th scope="col" { "Why" } th scope="col" { "Started" }
            th.number scope="col" { "Seconds" } th.number scope="col" { "Due" } th.number scope="col" { "Done" }
            th.number scope="col" { "Done per second" } th.number scope="col" { "Failed" }
        }
    };
    let rows = html! { @for run in runs { (row(run)) } };
    section("runs", "Runs", None, &table("What each run came to", &head, &rows))
}

fn row(run: &Run<'_>) -> Markup {
    let report = run.report;
    let errors: u64 = report.operations.iter().map(|row| row.errors).sum();
    #[expect(clippy::cast_precision_loss, reason = "2^53 calls are never reached")]
    let rate = rounded(report.arrivals.done as f64 / report.duration_s.max(1e-9));
    html! {
        tr {
            th scope="row" { (run.key()) " " (run.name) }
            td { (badge(tone(report.verdict), word(report.verdict))) }
            td.why { (why(report)) }
            td { (units::instant(&run.info.started_at)) }
            td.number { data value=(report.duration_s) { (format!("{:.1}", report.duration_s)) } }
            td.number { (units::count(report.arrivals.due)) }
            td.number { (units::count(report.arrivals.done)) }
            td.number { (units::figure(rate)) }
            td.number.missed[errors > 0] { (units::count(errors)) }
        }
    }
}
