//! The page of a load run.

pub(super) mod columns;
pub(super) mod curves;
mod generator;
mod guards;
mod headline;
mod heat;
mod machines;
pub(super) mod operations;
mod overtime;
mod phases;

use super::chart::Charts;
use super::objective::Stated;
use super::page::{self, Page};
use super::units::{SHORT, shown};
use super::verdict::Tone;
use columns::Columns;
use maud::html;
use proofload_results::load::{LoadReport, LoadVerdict};
use proofload_results::record::{RecordError, RecordReader, RunInfo};
use proofload_results::watched::Look;

/// Renders a load run from its record, which is read once, second by second. `report` is the record's result.
///
/// # Errors
/// The record cannot be read.
pub fn render(record: &RecordReader, report: &LoadReport) -> Result<String, RecordError> {
    let objectives: Vec<Option<Stated>> = report.slos.iter().map(Stated::of).collect();
    let columns = Columns::read(record, &objectives)?;
    let looks = if report.watched.is_some() {
        record.looks()?
    } else {
        Vec::new()
    };
    Ok(page(&record.run, report, &looks, &columns, &objectives))
}

fn page(
    run: &RunInfo,
    report: &LoadReport,
    looks: &[Look],
    columns: &Columns,
    objectives: &[Option<Stated>],
) -> String {
    let mut charts = Charts::default();
    let title = format!(
        "{}: {} on {}",
        word(report.verdict),
        shown(&report.scenario, SHORT),
        shown(&report.target, SHORT)
    );
    let parts = [
        ("objectives", "Objectives", operations::objectives(report, columns)),
        ("operations", "Operations", operations::render(report)),
        ("phases", "Where the time goes", phases::render(report)),
        ("doors", "Doors", guards::render(report)),
        (
            "percentiles",
            "Percentiles",
            curves::render(report, columns, objectives, &mut charts),
        ),
        (
            "time",
            "Over time",
            overtime::render(run, columns, objectives, &mut charts),
        ),
        (
            "machines",
            "Machines",
            machines::render(run, report, looks, columns, &mut charts),
        ),
        ("heat", "Heat map", heat::render(run, columns, &mut charts)),
        (
            "generator",
            "Generator",
            Some(generator::render(run, report, columns, &mut charts)),
        ),
    ];
    let sections = page::present(&parts);
    let page = Page {
        command: "load",
        title: &title,
        sections: &sections,
    };
    let body = html! {
        (headline::render(run, report))
        @for (_, _, part) in &parts { @if let Some(part) = part { (part) } }
    };
    page.render_with(&body, &charts)
}

pub(super) fn word(verdict: LoadVerdict) -> &'static str {
    match verdict {
        LoadVerdict::Pass => "Passed",
        LoadVerdict::Fail => "Failed",
        LoadVerdict::Invalid => "Invalid",
        LoadVerdict::Incomplete => "Incomplete",
    }
}

pub(super) fn tone(verdict: LoadVerdict) -> Tone {
    match verdict {
        LoadVerdict::Pass => Tone::Good,
        LoadVerdict::Fail => Tone::Bad,
        LoadVerdict::Invalid => Tone::Doubtful,
        LoadVerdict::Incomplete => Tone::Unknown,
    }
}

#[cfg(test)]
mod tests;
