//! Every kind of result in every format: what `report` shows, whichever command left it.

use super::{Console, Failure};
use clap::ValueEnum;
use proofload_load as load;
use proofload_reports::console::Style;
use proofload_reports::html::Overlaid;
use proofload_reports::load as load_renderings;
use proofload_reports::overlay::Overlay;
use proofload_reports::{capacity, certify, gate, html, junit, validate};
use proofload_results::capacity::CapacityReport;
use proofload_results::certify::{Dossier, Sealed};
use proofload_results::gate::GateReport;
use proofload_results::kept::{Kept, KeptError};
use proofload_results::load::LoadReport;
use proofload_results::record::RecordReader;
use proofload_results::validate::ValidateReport;
use serde::Serialize;
use std::path::Path;

/// As what a result is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people at a terminal
    Console,
    /// One file for a browser, without any network
    Html,
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
    Certify(Box<Dossier>, Sealed),
    Load(Box<RecordReader>, Box<LoadReport>),
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
            Kept::Certify(dossier, sealed) => What::Certify(dossier, sealed),
            Kept::Load(record) => {
                let report = load::report_of(&record)?;
                What::Load(record, Box::new(report))
            }
            Kept::Validate(report) => What::Validate(report),
            Kept::Capacity(report) => What::Capacity(report),
            Kept::Gate(report) => What::Gate(report),
        };
        Ok(Self {
            name: directory.display().to_string(),
            what,
        })
    }

    /// It as part of an overlay; none when it is no load run.
    fn overlaid(&self) -> Option<Overlaid<'_>> {
        match &self.what {
            What::Load(record, report) => Some(Overlaid {
                name: &self.name,
                record,
                report,
            }),
            _ => None,
        }
    }
}

/// Prints results: one of them, several load runs side by side, or several results one after the other.
///
/// # Errors
/// The format cannot show these together, or stdout cannot be written.
pub(super) fn print(format: Format, found: &[Found], console: &Console) -> Result<(), Failure> {
    let text = match format {
        Format::Junit => junit::document("proofload", found.iter().flat_map(suites).collect()),
        Format::Console | Format::Html | Format::Markdown | Format::Csv if found.len() > 1 => {
            several(format, found, &console.style)?
        }
        _ => found
            .iter()
            .map(|found| one(format, found, &console.style))
            .collect::<Result<String, Failure>>()?,
    };
    console.result(&text)
}

fn several(format: Format, found: &[Found], style: &Style) -> Result<String, Failure> {
    let runs: Vec<Overlaid<'_>> = found.iter().filter_map(Found::overlaid).collect();
    if runs.len() < found.len() {
        let refused = match format {
            Format::Csv => {
                "tables of several results go together for load runs only; name one directory at a time for --format csv"
            }
            Format::Html => {
                "a page shows one result, or several load runs over each other; name one directory at a time for --format html"
            }
            _ => {
                let each: Result<Vec<String>, Failure> = found.iter().map(|found| one(format, found, style)).collect();
                return Ok(each?.join("\n"));
            }
        };
        return Err(Failure::usage(refused));
    }
    let reports: Vec<(&str, &LoadReport)> = runs.iter().map(|run| (run.name, run.report)).collect();
    let overlay = Overlay::of(&reports);
    Ok(match format {
        Format::Html if runs.len() > html::MAX_RUNS => {
            return Err(Failure::usage(format!(
                "a page shows at most {} load runs over each other, and these are {}; name fewer directories, or take --format csv",
                html::MAX_RUNS,
                runs.len()
            )));
        }
        Format::Html => html::overlay(&runs)?,
        Format::Csv => overlay.csv(),
        Format::Markdown => overlay.markdown(),
        _ => overlay.console(style),
    })
}

/// Why there is no page: its charts show every second.
pub(super) const PAGE_NEEDS_RECORD: &str =
    "the page of a load run is made from its record; name a directory for it with --out";

/// A dossier, `name` being what its `JUnit` suite is called.
///
/// # Errors
/// There is no such table.
pub(super) fn certify(
    format: Format,
    dossier: &Dossier,
    sealed: &Sealed,
    name: &str,
    style: &Style,
) -> Result<String, Failure> {
    Ok(match format {
        Format::Console => certify::console::render(dossier, sealed, style),
        Format::Html => html::certify(dossier, sealed),
        Format::Junit => junit::document("proofload certify", vec![certify::junit::suite(dossier, name)]),
        Format::Markdown => certify::markdown::render(dossier, sealed),
        Format::Json => json(dossier)?,
        Format::Csv => {
            return Err(Failure::usage(
                "a dossier is no table; name the directory of one of its parts for --format csv",
            ));
        }
    })
}

/// The report of a load run, `name` being what its `JUnit` suite is called.
pub(super) fn load(
    format: Format,
    report: &LoadReport,
    record: Option<&RecordReader>,
    name: &str,
    style: &Style,
) -> Result<String, Failure> {
    Ok(match format {
        Format::Console => load_renderings::console::render(report, style),
        Format::Html => {
            let record = record.ok_or_else(|| Failure::usage(PAGE_NEEDS_RECORD))?;
            html::load(record, report)?
        }
        Format::Junit => junit::document("proofload load", vec![load_renderings::junit::suite(report, name)]),
        Format::Markdown => load_renderings::markdown::render(report),
        Format::Json => json(report)?,
        Format::Csv => load_renderings::csv::render(report),
    })
}

fn one(format: Format, found: &Found, style: &Style) -> Result<String, Failure> {
    Ok(match (format, &found.what) {
        (_, What::Load(record, report)) => load(format, report, Some(record), &found.name, style)?,
        (_, What::Certify(dossier, sealed)) => certify(format, dossier, sealed, &found.name, style)?,
        (Format::Html, What::Validate(report)) => html::validate(report),
        (Format::Html, What::Capacity(report)) => html::capacity(report),
        (Format::Html, What::Gate(report)) => html::gate(report),
        (Format::Console, What::Validate(report)) => validate::console::render(report, style),
        (Format::Markdown, What::Validate(report)) => validate::markdown::render(report),
        (Format::Console, What::Capacity(report)) => capacity::console::render(report, style),
        (Format::Markdown, What::Capacity(report)) => capacity::markdown::render(report),
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
        What::Certify(dossier, _) => vec![certify::junit::suite(dossier, &found.name)],
        What::Load(_, report) => vec![load_renderings::junit::suite(report, &found.name)],
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
            KeptError::Damaged { .. } | KeptError::Io { .. } | KeptError::Sums(_) => Self::could_not_test(error),
            KeptError::Record(error) => error.into(),
            KeptError::Nothing(_) | KeptError::OtherVersion { .. } | KeptError::Foreign { .. } => Self::usage(error),
        }
    }
}
