//! Where the report of `proofload validate` goes: one format on stdout, any number of them into files.

use crate::cli::{Console, Failure};
use clap::ValueEnum;
use proofload_reports::console::Style;
use proofload_reports::html;
use proofload_reports::validate::{console as terminal, junit, markdown};
use proofload_results::validate::ValidateReport;

/// How to print a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A matrix of operations by accounts, and what is wrong
    Console,
    /// proofload.validate/1
    Json,
    /// `JUnit` XML, for CI servers
    Junit,
    /// For step summaries and comments
    Markdown,
    /// One file for a browser, without any network
    Html,
}

impl Format {
    /// The report as text, laid out for the terminal where it is printed to one.
    pub(super) fn render(self, report: &ValidateReport, console: &Console) -> Result<String, Failure> {
        match self {
            Self::Console => Ok(terminal::render(report, &console.style)),
            other => other.render_file(report),
        }
    }

    pub(super) fn render_file(self, report: &ValidateReport) -> Result<String, Failure> {
        match self {
            Self::Console => Ok(terminal::render(report, &Style::PLAIN)),
            Self::Junit => Ok(junit::render(report)),
            Self::Markdown => Ok(markdown::render(report)),
            Self::Html => Ok(html::validate(report)),
            Self::Json => serde_json::to_string_pretty(report)
                .map(|text| text + "\n")
                .map_err(|error| Failure::could_not_test(format!("cannot write the report as JSON: {error}"))),
        }
    }
}
