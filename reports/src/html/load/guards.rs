//! Whether the doors stayed shut under load.

use crate::html::table::{section, table};
use crate::html::units::{self, SENTENCE, SHORT, shown};
use crate::html::verdict::{Tone, badge};
use crate::load::console::counts;
use maud::{Markup, html};
use proofload_results::load::LoadReport;

/// The section of the doors; none where nobody looked.
pub(super) fn render(report: &LoadReport) -> Option<Markup> {
    let guards = report.guards.as_ref()?;
    let answers = guards.answers();
    let has_rows = guards.rows().next().is_some();
    if !has_rows && answers.is_none() {
        return None;
    }
    let head = html! {
        tr {
            th scope="col" { "Must be refused" } th scope="col" { "Verdict" }
            th.number scope="col" { "Sent" } th.number scope="col" { "Refused" } th.number scope="col" { "Let in" }
            th.number scope="col" { "Neither" } th scope="col" { "Answers" }
        }
    };
    let rows = html! {
        @for (kind, count) in guards.rows() {
            tr {
                th scope="row" { (kind) }
                @match count {
                    Ok(count) => {
                        td { (verdict(count.sent, count.let_in, count.refused)) }
                        td.number { (units::count(count.sent)) }
                        td.number { (units::count(count.refused)) }
                        td.number.missed[count.let_in > 0] { (units::count(count.let_in)) }
                        td.number { (units::count(count.neither())) }
                        td { (shown(&counts(&count.statuses), SHORT)) }
                    }
                    Err(why) => {
                        td { (badge(Tone::Unknown, "not tried")) }
                        td {} td {} td {} td {}
                        td { (shown(why, SENTENCE)) }
                    }
                }
            }
        }
    };
    let lead = "Calls that had to be refused were made beside the load, and answers were looked into: whether they are the operation's, and for whoever asked. They count in no other figure.";
    let breaches = &guards.guarded.breaches;
    let content = html! {
        @if !breaches.is_empty() {
            ul { @for breach in breaches { li { (badge(Tone::Bad, "open")) " " (shown(&breach.to_string(), SENTENCE)) } } }
        }
        @if has_rows { (table("Calls that had to be refused", &head, &rows)) }
        @if let Some(answers) = answers { p { "Answers: " (shown(&answers, SENTENCE)) "." } }
    };
    Some(section("doors", "Doors", Some(lead), &content))
}

fn verdict(sent: u64, let_in: u64, refused: u64) -> Markup {
    match (sent, let_in, refused) {
        (_, 1.., _) => badge(Tone::Bad, "open"),
        (_, 0, 1..) => badge(Tone::Good, "shut"),
        _ => badge(Tone::Unknown, "not seen"),
    }
}
