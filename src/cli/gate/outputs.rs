//! Where the report of `proofload gate` goes.

use crate::cli::{Console, Failure};
use clap::ValueEnum;
use proofload_reports::console::Style;
use proofload_reports::gate::{GateReport, annotations, console as terminal, junit, markdown};
use proofload_reports::text;
use std::fs;
use std::io;
use std::path::Path;

/// The file of a record.
const FILE: &str = "gate.json";

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
    match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(failed(directory, &error)),
        Ok(mut entries) => match entries.next() {
            Some(_) => Err(Failure::usage(format!(
                "the directory {} is not empty; name another with --out, nothing was touched",
                text::line(&directory.to_string_lossy())
            ))),
            None => Ok(()),
        },
    }
}

/// Writes the record.
///
/// # Errors
/// It cannot be written.
pub(super) fn record(directory: &Path, report: &GateReport) -> Result<(), Failure> {
    let path = directory.join(FILE);
    let text = json(report)?;
    fs::create_dir_all(directory)
        .and_then(|()| fs::write(&path, text))
        .map_err(|error| failed(&path, &error))
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    let path = text::line(&path.to_string_lossy());
    Failure::usage(format!(
        "cannot write {path}: {error}; name another directory with --out"
    ))
}
