//! `proofload report`: shows again what a command left in its run directory.

use super::shared::exit_of::{Ended, exit_of};
use super::shared::format::{Format, Shows};
use super::shared::output::TitleArg;
use super::{Console, Failure};
use crate::exit::Exit;
use clap::Args;
use proofload_load as load;
use proofload_reports::console::Style;
use proofload_reports::html::{self, Overlaid};
use proofload_reports::overlay::Overlay;
use proofload_reports::{LoadRun, Rendering, SealedDossier, junit};
use proofload_results::kept::Kept;
use proofload_results::load::LoadReport;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  proofload report runs/x
  proofload report runs/before runs/after
  proofload report runs/before runs/after --format html > both.html
  proofload report runs/x --format junit > report.xml
  proofload report runs/x --format markdown >> $GITHUB_STEP_SUMMARY";

/// Shows what a command left in its run directory, in any format
///
/// Takes the directories that commands wrote with --out, also while a load run goes on and after it was killed. Several load
/// runs are shown side by side, overlaid on one page. Exit code 0 says that all could be read, whatever their verdict; 2 that a directory
/// holds nothing of ours, or something of another version; 3 that one is damaged.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ReportArgs {
    /// Run directories, and streams that `load --out -` wrote; - is the one on stdin
    #[arg(required = true, value_name = "DIR|FILE")]
    directories: Vec<PathBuf>,
    /// What to print on stdout
    #[arg(long, value_enum, default_value_t = Format::Console)]
    format: Format,
    #[command(flatten)]
    title: TitleArg,
}

/// A result, and where it was found.
struct Found {
    name: String,
    result: FoundResult,
}

/// Load runs can be overlaid; all else is only shown.
enum FoundResult {
    Load(Box<LoadRun>),
    Other(Box<dyn Rendering>),
}

/// Runs the command.
///
/// # Errors
/// A directory holds no result, or a damaged one. Nothing is shown then.
pub(super) fn run(args: &ReportArgs, console: &Console) -> Result<Exit, Failure> {
    let found: Result<Vec<Found>, Failure> = args.directories.iter().map(|path| Found::in_directory(path)).collect();
    console.result(&args.title.on(shown(args.format, &found?, &console.style)?))?;
    Ok(exit_of(None, Ended::Shown))
}

impl Found {
    fn in_directory(directory: &Path) -> Result<Self, Failure> {
        let result = match Kept::open(directory)? {
            Kept::Load(record) => {
                let report = load::report_of(&record)?;
                let record = Some(*record);
                FoundResult::Load(Box::new(LoadRun { report, record }))
            }
            Kept::Certify(dossier, sealed) => {
                let dossier = *dossier;
                FoundResult::Other(Box::new(SealedDossier { dossier, sealed }))
            }
            Kept::Validate(report) => FoundResult::Other(report),
            Kept::Capacity(report) => FoundResult::Other(report),
            Kept::Gate(report) => FoundResult::Other(report),
        };
        Ok(Self {
            name: directory.display().to_string(),
            result,
        })
    }

    fn rendering(&self) -> &dyn Rendering {
        match &self.result {
            FoundResult::Load(run) => run.as_ref(),
            FoundResult::Other(result) => result.as_ref(),
        }
    }

    /// It as part of an overlay; none when it is no load run.
    fn overlaid(&self) -> Option<Overlaid<'_>> {
        match &self.result {
            FoundResult::Load(run) => Some(Overlaid {
                name: &self.name,
                record: run.record.as_ref()?,
                report: &run.report,
            }),
            FoundResult::Other(_) => None,
        }
    }
}

/// One of them, several load runs side by side, or several results one after the other.
fn shown(format: Format, found: &[Found], style: &Style) -> Result<String, Failure> {
    let overlaid: Option<Vec<Overlaid<'_>>> = found.iter().map(Found::overlaid).collect();
    let runs = overlaid.filter(|_| found.len() > 1);
    match (format, runs) {
        (Format::Junit, _) => {
            let suites = found.iter().flat_map(|found| found.rendering().suites(&found.name));
            Ok(junit::document("proofload", suites.collect()))
        }
        (Format::Json, _) => each(format, found, style, ""),
        (Format::Html, Some(runs)) => page(&runs),
        (Format::Console | Format::Markdown | Format::Csv, Some(runs)) => Ok(side_by_side(format, &runs, style)),
        (Format::Csv, None) if found.len() > 1 => Err(Failure::usage(
            "tables of several results go together for load runs only; name one directory at a time for --format csv",
        )),
        (Format::Html, None) if found.len() > 1 => Err(Failure::usage(
            "a page shows one result, or several load runs overlaid; name one directory at a time for --format html",
        )),
        (Format::Console | Format::Html | Format::Markdown | Format::Csv, None) => each(format, found, style, "\n"),
    }
}

fn each(format: Format, found: &[Found], style: &Style, between: &str) -> Result<String, Failure> {
    let show = |found: &Found| format.show(found.rendering(), &found.name, style);
    let texts: Result<Vec<String>, Failure> = found.iter().map(show).collect();
    Ok(texts?.join(between))
}

fn page(runs: &[Overlaid<'_>]) -> Result<String, Failure> {
    if runs.len() > html::MAX_RUNS {
        return Err(Failure::usage(format!(
            "a page shows at most {} load runs overlaid, and these are {}; name fewer directories, or take --format csv",
            html::MAX_RUNS,
            runs.len()
        )));
    }
    Ok(html::overlay(runs)?)
}

fn side_by_side(format: Format, runs: &[Overlaid<'_>], style: &Style) -> String {
    let reports: Vec<(&str, &LoadReport)> = runs.iter().map(|run| (run.name, run.report)).collect();
    let overlay = Overlay::of(&reports);
    match format {
        Format::Csv => overlay.csv(),
        Format::Markdown => overlay.markdown(),
        Format::Console | Format::Html | Format::Junit | Format::Json => overlay.console(style),
    }
}
