//! `junit=report.xml`: a format, and the file to write it into.

use super::Failure;
use clap::ValueEnum;
use proofload_results::text;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::str::FromStr;

/// A format, and the file to write it into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReportFile<F> {
    pub(super) format: F,
    path: PathBuf,
}

impl<F: ValueEnum> FromStr for ReportFile<F> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
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
        opened.map(drop).map_err(|error| self.failed(&error))
    }

    /// Writes what was rendered, over whatever the file held.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn write(&self, rendered: &str) -> Result<(), Failure> {
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

    #[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
    enum Format {
        Console,
        Junit,
    }

    #[test]
    fn a_report_file_is_a_format_and_a_path() {
        let parsed = "junit=out/a=b.xml".parse::<ReportFile<Format>>().expect("a good one");
        assert_eq!(
            (parsed.format, parsed.path),
            (Format::Junit, PathBuf::from("out/a=b.xml"))
        );
        for (text, sentence) in [
            ("report.xml", "write FORMAT=FILE, as in junit=report.xml"),
            ("junit=", "write FORMAT=FILE, as in junit=report.xml"),
            ("xml=a.xml", "there is no format \"xml\"; there are console, junit"),
        ] {
            assert_eq!(text.parse::<ReportFile<Format>>().expect_err(text), sentence);
        }
    }
}
