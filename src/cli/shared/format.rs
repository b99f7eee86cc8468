//! As what results are shown: the same six formats in every command.

use crate::cli::Failure;
use clap::ValueEnum;
use proofload_reports::console::Style;
use proofload_reports::{RenderError, Rendering};

/// As what a result is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Format {
    /// For people at a terminal
    Console,
    /// One file for a browser, without any network
    Html,
    /// `JUnit` XML, for CI servers
    Junit,
    /// For step summaries and comments
    Markdown,
    /// For programs; the schema says what it is
    Json,
    /// A table for spreadsheets and scripts
    Csv,
}

/// Formats that results of one kind, or of any, can be shown in.
pub(in crate::cli) trait Shows<R: ?Sized> {
    /// The result as text; `name` tells it from others of its kind.
    ///
    /// # Errors
    /// It cannot be shown so.
    fn show(self, result: &R, name: &str, style: &Style) -> Result<String, Failure>;
}

impl<R: Rendering + ?Sized> Shows<R> for Format {
    fn show(self, result: &R, name: &str, style: &Style) -> Result<String, Failure> {
        Ok(match self {
            Self::Console => result.console(style),
            Self::Html => result.html()?,
            Self::Junit => result.junit(name),
            Self::Markdown => result.markdown(),
            Self::Json => result.json(),
            Self::Csv => result.csv()?,
        })
    }
}

/// Why there is no page: its charts show every second.
pub(in crate::cli) const PAGE_NEEDS_RECORD: &str =
    "the page of a load run is made from its record; name a directory for it with --out";
/// Why there is no table.
pub(in crate::cli) const NO_TABLE: &str =
    "a dossier is not a table; name the directory of one of its parts for --format csv";

impl From<RenderError> for Failure {
    fn from(error: RenderError) -> Self {
        match error {
            RenderError::NoRecord => Self::usage(PAGE_NEEDS_RECORD),
            RenderError::NoTable => Self::usage(NO_TABLE),
            RenderError::Record(error) => Self::could_not_test(error),
        }
    }
}
