//! Where the report of `proofload gate` goes.

use crate::cli::{Console, Failure, load_page};
use clap::ValueEnum;
use proofload_reports::console::Style;
use proofload_reports::gate::{annotations, console as terminal, junit, markdown};
use proofload_reports::html;
use proofload_results::files;
use proofload_results::gate::{self, GateReport, Mode};
use proofload_results::record::{RecordReader, RecordWriter};
use proofload_results::text;
use std::fs;
use std::path::Path;

/// How to print a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A table for people
    Console,
    /// proofload.gate/1
    Json,
    /// `JUnit` XML, for CI servers
    Junit,
    /// For step summaries and comments
    Markdown,
    /// Workflow commands, which GitHub shows beside the change
    Annotations,
}

impl Format {
    /// The report as text, laid out for the terminal where it is printed to one.
    pub(super) fn render(self, report: &GateReport, console: &Console) -> Result<String, Failure> {
        match self {
            Self::Console => Ok(terminal::render(report, &console.style)),
            other => other.render_file(report),
        }
    }

    pub(super) fn render_file(self, report: &GateReport) -> Result<String, Failure> {
        match self {
            Self::Console => Ok(terminal::render(report, &Style::PLAIN)),
            Self::Json => json(report),
            Self::Junit => Ok(junit::render(report)),
            Self::Markdown => Ok(markdown::render(report)),
            Self::Annotations => Ok(annotations::render(report)),
        }
    }
}

fn json(report: &GateReport) -> Result<String, Failure> {
    serde_json::to_string_pretty(report)
        .map(|text| text + "\n")
        .map_err(|error| Failure::could_not_test(format!("cannot write the report as JSON: {error}")))
}

/// Refuses a directory that holds something; creates nothing.
///
/// # Errors
/// It does, or it is none.
pub(super) fn check(directory: &Path) -> Result<(), Failure> {
    Ok(RecordWriter::check(directory)?)
}

/// Leaves `gate.json` and `report.html`, and the pages of the sides that were measured.
///
/// # Errors
/// They cannot be written.
pub(super) fn record(directory: &Path, report: &GateReport) -> Result<(), Failure> {
    gate::write(directory, report)?;
    let path = directory.join(files::PAGE);
    fs::write(&path, html::gate(report)).map_err(|error| {
        let shown = text::line(&path.to_string_lossy());
        Failure::usage(format!(
            "cannot write {shown}: {error}; `proofload report` shows what is in gate.json beside it"
        ))
    })?;
    if report.mode == Mode::Interleaved {
        let runs = report.baseline.runs.iter().chain(&report.candidate.runs);
        for side in runs.filter_map(|run| run.directory.as_deref()) {
            let record = RecordReader::open(Path::new(side))?;
            if let Some(result) = &record.run.result {
                load_page::leave(Path::new(side), result)?;
            }
        }
    }
    Ok(())
}
