//! What was compared and how it was judged.

use super::{tone, word};
use crate::html::table::{section, table};
use crate::html::units::{self, SHORT, shown};
use crate::html::verdict::badge;
use maud::{Markup, html};
use proofload_results::figures;
use proofload_results::gate::{Finite, GateReport, Run};

/// Runs that are listed on each side.
const MAX_RUNS: usize = 100;

/// The runs of both sides.
pub(super) fn render(report: &GateReport) -> Markup {
    let head = html! {
        tr {
            th scope="col" { "Side" } th scope="col" { "Run" } th scope="col" { "Address" } th scope="col" { "Started" }
            th.number scope="col" { "Measured, s" } th.number scope="col" { "Rate, /s" } th.number scope="col" { "Users" }
            th scope="col" { "Generator" } th scope="col" { "Version" }
        }
    };
    let sides = [("Baseline", &report.baseline), ("Candidate", &report.candidate)];
    let rows =
        html! { @for (name, side) in sides { @for run in side.runs.iter().take(MAX_RUNS) { (row(name, run)) } } };
    section(
        "sides",
        "Both sides",
        None,
        &table("The runs that were compared", &head, &rows),
    )
}

fn row(side: &str, run: &Run) -> Markup {
    let machine = &run.machine;
    html! {
        tr {
            th scope="row" { (side) }
            td.path { code { (run.directory.as_deref().map_or("live".to_owned(), |directory| shown(directory, SHORT))) } }
            td.path { code { (shown(&run.base_url, SHORT)) } }
            td { (units::instant(&run.started_at)) }
            td.number { (units::figure(run.measured_s.get())) }
            td.number { @if let Some(rate) = run.rate { (units::figure(rate.get())) } @else { "–" } }
            td.number { (units::count(run.users)) }
            td { (shown(&machine.os, SHORT)) " " (shown(&machine.arch, SHORT)) ", " (machine.cpus) " processors" }
            td.word { (shown(&run.version, SHORT)) }
        }
    }
}

/// The looks of an interleaved comparison; none for recorded runs.
pub(super) fn looks(report: &GateReport) -> Option<Markup> {
    let sequential = report.sequential.as_ref()?;
    let head = html! { tr { th.number scope="col" { "After pairs" } th.number scope="col" { "Chance of a false alarm so far" } th scope="col" { "Said" } } };
    let rows = html! {
        @for look in &sequential.looks {
            tr {
                td.number { (units::count(look.pairs)) }
                td.number { data value=(look.spent) { (figures::percent(look.spent.get())) } }
                td { (badge(tone(look.verdict), word(look.verdict))) }
            }
        }
    };
    let lead = format!(
        "{} of {} planned pairs of blocks of {} s each were measured. {}: looking early costs nothing in certainty.",
        sequential.pairs,
        sequential.planned_pairs,
        sequential.block_s,
        shown(&sequential.method, SHORT)
    );
    let content = html! { div.narrow { (table("Looks at the data while it was measured", &head, &rows)) } };
    Some(section("looks", "Looks", Some(&lead), &content))
}

/// How it was judged.
pub(super) fn settings(report: &GateReport) -> Markup {
    let settings = &report.settings;
    let share = |share: Finite| html! { data value=(share) { (figures::percent(share.get())) } };
    let mut rows: Vec<(String, Markup)> = vec![("Tolerated".to_owned(), share(settings.tolerance))];
    for one in &settings.tolerances {
        rows.push((
            format!("Tolerated of {}", shown(&one.what, SHORT)),
            share(one.tolerance),
        ));
    }
    rows.extend([
        (
            "Response times: differences ignored below".to_owned(),
            html! { data value=(settings.floor_us) { (figures::in_table(settings.floor_us.get() / 1e3)) } " ms" },
        ),
        (
            "Error rates: differences ignored below".to_owned(),
            share(settings.error_floor),
        ),
        ("Confidence".to_owned(), share(settings.confidence)),
        (
            "Resamples of the bootstrap".to_owned(),
            units::count(settings.resamples),
        ),
        (
            "Seed".to_owned(),
            html! { data value=(settings.seed) { (settings.seed) } },
        ),
        (
            "Version of proofload".to_owned(),
            html! { (shown(&report.version, SHORT)) },
        ),
    ]);
    let head = html! { tr { th scope="col" { "Setting" } th.number scope="col" { "Value" } } };
    let body = html! { @for (name, value) in &rows { tr { th scope="row" { (name) } td.number { (value) } } } };
    let content = html! { div.narrow { (table("How it was judged", &head, &body)) } };
    section("settings", "Settings", None, &content)
}
