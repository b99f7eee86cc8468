//! `junit=report.xml`: a format, and the file to write it into.

use crate::cli::Failure;
use clap::ValueEnum;
use proofload_results::text;
use std::fs::{self, OpenOptions};
use std::path::PathBuf;

/// A format, and the file to write it into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReportFile<F> {
    pub(super) format: F,
    path: PathBuf,
}

impl<F: ValueEnum> ReportFile<F> {
    /// Reads `FORMAT=FILE`.
    ///
    /// # Errors
    /// One sentence with what would be right.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (format, path) = text
            .split_once('=')
            .filter(|(_, path)| !path.is_empty())
            .ok_or_else(|| "write FORMAT=FILE, as in junit=report.xml".to_owned())?;
        let format = F::from_str(format, false).map_err(|_| {
            let known: Vec<String> = F::value_variants()
                .iter()
                .filter_map(ValueEnum::to_possible_value)
                .map(|value| value.get_name().to_owned())
                .collect();
            format!("there is no format {format:?}; there are {}", known.join(", "))
        })?;
        Ok(Self {
            format,
            path: path.into(),
        })
    }
}

impl<F> ReportFile<F> {
    /// Makes sure that the file can be written, before a run is spent on it. What it holds is left alone for now.
    ///
    /// # Errors
    /// It cannot.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let opened = OpenOptions::new().append(true).create(true).open(&self.path);
        opened.map(drop).map_err(|error| {
            Failure::usage(format!(
                "cannot write the report to `{}`: {error}; name another file with --report",
                self.shown()
            ))
        })
    }

    /// Writes what was rendered, over whatever the file held. It is not written beside and moved there: the file may be a pipe
    /// or a link.
    ///
    /// # Errors
    /// It cannot be written any more. A part of a report would pass for one, so that nothing of it is left.
    pub(super) fn write(&self, rendered: &str) -> Result<(), Failure> {
        fs::write(&self.path, rendered).map_err(|error| {
            if self.path.is_file() {
                // Should that fail too, the sentence says which file is not to be trusted.
                let _ = fs::write(&self.path, "");
            }
            Failure::could_not_test(format!(
                "cannot write the report to `{}`: {error}; what was measured is shown all the same",
                self.shown()
            ))
        })
    }

    fn shown(&self) -> String {
        text::line(&self.path.to_string_lossy())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::shared::format::Format;

    #[test]
    fn a_report_file_is_a_format_and_a_path() {
        let parsed = ReportFile::<Format>::parse("junit=out/a=b.xml").expect("a good one");
        assert_eq!(
            (parsed.format, parsed.path),
            (Format::Junit, PathBuf::from("out/a=b.xml"))
        );
        for (text, sentence) in [
            ("report.xml", "write FORMAT=FILE, as in junit=report.xml"),
            ("junit=", "write FORMAT=FILE, as in junit=report.xml"),
            (
                "xml=a.xml",
                "there is no format \"xml\"; there are console, html, junit, markdown, json, csv",
            ),
        ] {
            assert_eq!(ReportFile::<Format>::parse(text).expect_err(text), sentence);
        }
    }
}
