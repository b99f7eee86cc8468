//! The page of a load run.

mod cards;
pub(super) mod columns;
pub(super) mod curves;
mod generator;
mod growing;
mod guards;
mod headline;
mod heat;
mod live;
pub(super) mod machines;
pub(super) mod operations;
mod overtime;
mod phases;

use super::chart::Charts;
use super::objective::Stated;
use super::page::{self, Page};
use super::units::{SHORT, shown};
use super::verdict::Tone;
use columns::Columns;
pub use live::{LiveRun, shell};
use maud::{Markup, html};
use proofload_results::load::{LoadReport, LoadVerdict};
use proofload_results::record::{RecordError, RecordReader, RunInfo};
use proofload_results::watched::Look;

/// Renders a load run from its record, which is read once, second by second. `report` is the record's result.
///
/// # Errors
/// The record cannot be read.
pub fn render(record: &RecordReader, report: &LoadReport) -> Result<String, RecordError> {
    Ok(of_record(record, report)?.page())
}

fn of_record(record: &RecordReader, report: &LoadReport) -> Result<Content, RecordError> {
    let objectives: Vec<Option<Stated>> = report.slos.iter().map(Stated::of).collect();
    let columns = Columns::read(record, &objectives)?;
    let looks = if report.watched.is_some() {
        record.looks()?
    } else {
        Vec::new()
    };
    let run = &record.run;
    Ok(content(
        run,
        report,
        &looks,
        &columns,
        &objectives,
        &headline::render(run, report),
    ))
}

/// What stands on the page.
struct Content {
    /// What ran where.
    about: String,
    /// The same with the verdict.
    title: String,
    sections: Vec<(&'static str, &'static str)>,
    body: Markup,
    charts: Charts,
}

impl Content {
    /// The whole file.
    fn page(&self) -> String {
        let page = Page {
            command: "load",
            title: &self.title,
            sections: &self.sections,
        };
        page.render_with(&self.body, &self.charts)
    }
}

fn content(
    run: &RunInfo,
    report: &LoadReport,
    looks: &[Look],
    columns: &Columns,
    objectives: &[Option<Stated>],
    headline: &Markup,
) -> Content {
    let mut charts = Charts::default();
    let about = format!("{} on {}", shown(&report.scenario, SHORT), shown(&report.target, SHORT));
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
    let body = html! {
        (headline)
        @for (_, _, part) in &parts { @if let Some(part) = part { (part) } }
    };
    Content {
        title: format!("{}: {about}", word(report.verdict)),
        about,
        sections: page::present(&parts),
        body,
        charts,
    }
}

pub(super) fn word(verdict: LoadVerdict) -> &'static str {
    match verdict {
        LoadVerdict::Pass => "Passed",
        LoadVerdict::Fail => "Failed",
        LoadVerdict::Invalid => "Invalid",
        LoadVerdict::Incomplete => "Incomplete",
        LoadVerdict::Part => "Part",
    }
}

pub(super) fn tone(verdict: LoadVerdict) -> Tone {
    match verdict {
        LoadVerdict::Pass => Tone::Good,
        LoadVerdict::Fail => Tone::Bad,
        LoadVerdict::Invalid => Tone::Doubtful,
        LoadVerdict::Incomplete | LoadVerdict::Part => Tone::Unknown,
    }
}

#[cfg(test)]
mod tests;
