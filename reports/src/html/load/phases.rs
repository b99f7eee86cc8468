//! Where the time of calls went.

use crate::html::table::{section, table};
use crate::html::units::{self, SHORT, shown};
use maud::{Markup, html};
use proofload_results::load::{LoadReport, NO_DNS};

/// The table; none for records that do not tell.
pub(super) fn render(report: &LoadReport) -> Option<Markup> {
    let operations = report.operations.iter().filter(|row| !row.phases.is_empty());
    let operations: Vec<_> = operations.collect();
    if operations.is_empty() {
        return None;
    }
    let head = html! {
        tr {
            th scope="col" { "Operation" } th scope="col" { "Part" } th.number scope="col" { "Of the time" }
            th.number scope="col" { "Calls" } th.number scope="col" { "p50, ms" } th.number scope="col" { "p95, ms" }
            th.number scope="col" { "p99, ms" } th.number scope="col" { "max, ms" }
        }
    };
    let rows = html! {
        @for operation in &operations {
            @for (place, row) in operation.phases.iter().enumerate() {
                tr {
                    @if place == 0 { th scope="rowgroup" rowspan=(operation.phases.len()) { (shown(&operation.name, SHORT)) } }
                    td { (row.phase.title()) }
                    td.number { data value=(row.share) { (proofload_results::figures::percent(row.share)) } }
                    td.number { (units::count(row.calls)) }
                    td.number { (units::millis(row.us.p50)) }
                    td.number { (units::millis(row.us.p95)) }
                    td.number { (units::millis(row.us.p99)) }
                    td.number { (units::millis(row.us.max)) }
                }
            }
        }
    };
    let lead = format!(
        "From due to the last byte of the answer, in parts, of the calls that got one. Connecting and handshakes are of the calls that made a connection. Of calls over HTTP/2, whose connections are shared, parts are not told. And {NO_DNS}."
    );
    let content = table("Where the time goes", &head, &rows);
    Some(section("phases", "Where the time goes", Some(&lead), &content))
}
