//! Every kind of result in every format: what `report` shows, whichever command left it.

use super::{Console, Failure};
use crate::load;
use clap::ValueEnum;
use proofload_reports::capacity::{self, CapacityReport};
use proofload_reports::console::Style;
use proofload_reports::gate::{self, GateReport};
use proofload_reports::kept::{Kept, KeptError};
use proofload_reports::load::LoadReport;
use proofload_reports::overlay::Overlay;
use proofload_reports::validate::{self, ValidateReport};
use proofload_reports::{junit, load_console, load_csv, load_junit, load_markdown};
use serde::Serialize;
use std::path::Path;

/// As what a result is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people at a terminal
    Console,
    /// `JUnit` XML, for CI servers
    Junit,
    /// For step summaries and comments
    Markdown,
    /// As the command printed it; the schema says what it is
    Json,
    /// A table for spreadsheets and scripts
    Csv,
}

/// A result, and where it was found.
#[derive(Debug)]
pub(super) struct Found {
    name: String,
    what: What,
}

#[derive(Debug)]
enum What {
    Load(Box<LoadReport>),
    Validate(Box<ValidateReport>),
    Capacity(Box<CapacityReport>),
    Gate(Box<GateReport>),
}

impl Found {
    /// Reads a run directory.
    ///
    /// # Errors
    /// It holds nothing that can be read.
    pub(super) fn in_directory(directory: &Path) -> Result<Self, Failure> {
        let what = match Kept::open(directory)? {
            Kept::Load(record) => What::Load(Box::new(load::report_of(&record)?)),
            Kept::Validate(report) => What::Validate(report),
            Kept::Capacity(report) => What::Capacity(report),
            Kept::Gate(report) => What::Gate(report),
        };
        Ok(Self {
            name: directory.display().to_string(),
            what,
        })
    }
}

/// Prints results: one of them, several load runs side by side, or several results one after the other.
///
/// # Errors
/// The format cannot show these together, or stdout cannot be written.
pub(super) fn print(format: Format, found: Vec<Found>, console: &Console) -> Result<(), Failure> {
    let text = match format {
        Format::Junit => junit::document("proofload", found.iter().flat_map(suites).collect()),
        Format::Console | Format::Markdown | Format::Csv if found.len() > 1 => several(format, found, &console.style)?,
        _ => found
            .iter()
            .map(|found| one(format, found, &console.style))
            .collect::<Result<String, Failure>>()?,
    };
    console.result(&text)
}

fn several(format: Format, found: Vec<Found>, style: &Style) -> Result<String, Failure> {
    if !found.iter().all(|found| matches!(found.what, What::Load(_))) {
        if format == Format::Csv {
            return Err(Failure::usage(
                "tables of several results go together for load runs only; name one directory at a time for --format csv",
            ));
        }
        let each: Result<Vec<String>, Failure> = found.iter().map(|found| one(format, found, style)).collect();
        return Ok(each?.join("\n"));
    }
    let runs: Vec<(String, LoadReport)> = found
        .into_iter()
        .filter_map(|found| match found.what {
            What::Load(report) => Some((found.name, *report)),
            _ => None,
        })
        .collect();
    let overlay = Overlay::of(&runs);
    Ok(match format {
        Format::Csv => overlay.csv(),
        Format::Markdown => overlay.markdown(),
        _ => overlay.console(style),
    })
}

/// The report of a load run, `name` being what its `JUnit` suite is called.
pub(super) fn load(format: Format, report: &LoadReport, name: &str, style: &Style) -> Result<String, Failure> {
    Ok(match format {
        Format::Console => load_console::render(report, style),
        Format::Junit => junit::document("proofload load", vec![load_junit::suite(report, name)]),
        Format::Markdown => load_markdown::render(report),
        Format::Json => json(report)?,
        Format::Csv => load_csv::render(report),
    })
}

fn one(format: Format, found: &Found, style: &Style) -> Result<String, Failure> {
    Ok(match (format, &found.what) {
        (_, What::Load(report)) => load(format, report, &found.name, style)?,
        (Format::Console, What::Validate(report)) => validate::console::render(report, style),
        (Format::Markdown, What::Validate(report)) => validate::markdown::render(report),
        (Format::Markdown | Format::Console, What::Capacity(report)) => capacity::markdown::render(report),
        (Format::Csv, What::Validate(report)) => validate::csv::render(report),
        (Format::Csv, What::Capacity(report)) => capacity::csv::render(report),
        (Format::Console, What::Gate(report)) => gate::console::render(report, style),
        (Format::Markdown, What::Gate(report)) => gate::markdown::render(report),
        (Format::Csv, What::Gate(report)) => gate::csv::render(report),
        (Format::Junit, _) => junit::document("proofload", suites(found)),
        (Format::Json, What::Validate(report)) => json(report)?,
        (Format::Json, What::Capacity(report)) => json(report)?,
        (Format::Json, What::Gate(report)) => json(report)?,
    })
}

fn suites(found: &Found) -> Vec<junit::TestSuite> {
    match &found.what {
        What::Load(report) => vec![load_junit::suite(report, &found.name)],
        What::Validate(report) => validate::junit::suites(report),
        What::Capacity(report) => vec![capacity::junit::suite(report, &found.name)],
        What::Gate(report) => gate::junit::suites(report),
    }
}

/// A report as JSON, as its command prints it.
pub(super) fn json(report: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(report)
        .map(|text| text + "\n")
        .map_err(|error| Failure::could_not_test(format!("cannot write the report as JSON: {error}")))
}

impl From<KeptError> for Failure {
    fn from(error: KeptError) -> Self {
        match error {
            KeptError::Damaged { .. } | KeptError::Io { .. } => Self::could_not_test(error),
            KeptError::Record(error) => error.into(),
            KeptError::Nothing(_) | KeptError::OtherVersion { .. } | KeptError::Foreign { .. } => Self::usage(error),
        }
    }
}
