//! The formats of `proofload validate`: those of every command, and one more.

use crate::cli::Failure;
use crate::cli::shared::format::{Format, Shows};
use clap::ValueEnum;
use clap::builder::PossibleValue;
use proofload_reports::console::Style;
use proofload_reports::validate::sarif;
use proofload_results::validate::ValidateReport;

/// The formats of every command, and one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValidateFormat {
    /// One that every command knows.
    Shared(Format),
    /// SARIF, for code scanning.
    Sarif,
}

impl ValueEnum for ValidateFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Shared(Format::Console),
            Self::Shared(Format::Html),
            Self::Shared(Format::Junit),
            Self::Shared(Format::Markdown),
            Self::Shared(Format::Json),
            Self::Shared(Format::Csv),
            Self::Sarif,
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Shared(format) => format.to_possible_value(),
            Self::Sarif => Some(PossibleValue::new("sarif").help("SARIF 2.1.0, for code scanning")),
        }
    }
}

/// A result, and the file that code scanning shows it beside.
pub(super) struct Shown<'a> {
    pub(super) report: &'a ValidateReport,
    pub(super) file: String,
}

impl Shows<Shown<'_>> for ValidateFormat {
    fn show(self, shown: &Shown<'_>, name: &str, style: &Style) -> Result<String, Failure> {
        match self {
            Self::Shared(format) => format.show(shown.report, name, style),
            Self::Sarif => Ok(sarif::render(shown.report, &shown.file)),
        }
    }
}
