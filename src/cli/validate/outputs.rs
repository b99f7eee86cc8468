//! Where the report of `proofload validate` goes: one format on stdout, any number of them into files.

use crate::cli::{Console, Failure};
use clap::ValueEnum;
use proofload_reports::console::Style;
use proofload_reports::validate::{ValidateReport, console as terminal, junit, markdown};
use proofload_reports::{html, text};
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::str::FromStr;

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

/// `junit=report.xml`: a format, and the file to write it into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReportFile {
    format: Format,
    path: PathBuf,
}

impl FromStr for ReportFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) = text
            .split_once('=')
            .filter(|(_, path)| !path.is_empty())
            .ok_or_else(|| "write FORMAT=FILE, as in junit=report.xml".to_owned())?;
        let format = Format::from_str(format, false).map_err(|_| {
            let known: Vec<String> = Format::value_variants()
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

impl ReportFile {
    /// Makes sure that the file can be written, before a run is spent on it. What it holds is left alone for now.
    ///
    /// # Errors
    /// It cannot.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let opened = OpenOptions::new().append(true).create(true).open(&self.path);
        opened.map(drop).map_err(|error| self.failed(&error))
    }

    /// Writes the report, over whatever the file held.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn write(&self, report: &ValidateReport) -> Result<(), Failure> {
        let rendered = self.format.render_file(report)?;
        File::create(&self.path)
            .and_then(|mut file| file.write_all(rendered.as_bytes()))
            .map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &io::Error) -> Failure {
        let path = text::line(&self.path.to_string_lossy());
        Failure::usage(format!(
            "cannot write the report to `{path}`: {error}; name another file with --report"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_file_is_a_format_and_a_path() {
        let parsed = "junit=out/a=b.xml".parse::<ReportFile>().expect("a good one");
        assert_eq!(
            (parsed.format, parsed.path),
            (Format::Junit, PathBuf::from("out/a=b.xml"))
        );
        for (text, sentence) in [
            ("report.xml", "write FORMAT=FILE, as in junit=report.xml"),
            ("junit=", "write FORMAT=FILE, as in junit=report.xml"),
            (
                "xml=a.xml",
                "there is no format \"xml\"; there are console, json, junit, markdown, html",
            ),
        ] {
            assert_eq!(text.parse::<ReportFile>().expect_err(text), sentence);
        }
    }
}
