//! `junit=report.xml`: a format, and the file to write it into.

use crate::cli::Failure;
use clap::ValueEnum;
use proofload_deployment::DEFAULT_FILE;
use proofload_reports::place::{is_named, is_same, takes_a_report};
use proofload_results::{files, text};
use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

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
    /// It cannot, it is no plain file, or something else on the command line names it.
    pub(super) fn check(&self, record: Option<&Path>) -> Result<(), Failure> {
        if record.is_some_and(|record| self.path.parent().is_some_and(|folder| is_same(folder, record))) {
            return self.check_in_record();
        }
        if !takes_a_report(&self.path) {
            return Err(Failure::usage(format!(
                "cannot write the report to `{}`: it is no plain file; name another file with --report",
                self.shown()
            )));
        }
        if self.path.is_file() && is_named(std::env::args_os().chain([DEFAULT_FILE.into()]), &self.path) {
            return Err(Failure::usage(format!(
                "the report would overwrite `{}`, which the command uses for something else; name another file with --report",
                self.shown()
            )));
        }
        let opened = OpenOptions::new().append(true).create(true).open(&self.path);
        opened.map(drop).map_err(|error| {
            Failure::usage(format!(
                "cannot write the report to `{}`: {error}; name another file with --report",
                self.shown()
            ))
        })
    }

    /// One beside the record is made with the record. The record's own files are not for it.
    fn check_in_record(&self) -> Result<(), Failure> {
        if self
            .path
            .file_name()
            .and_then(OsStr::to_str)
            .is_some_and(files::is_of_record)
        {
            return Err(Failure::usage(format!(
                "the report would overwrite `{}` of the record; name another file with --report",
                self.shown()
            )));
        }
        Ok(())
    }

    /// Refuses two reports in one file: the second would overwrite the first.
    ///
    /// # Errors
    /// There are such.
    pub(super) fn check_apart(all: &[Self]) -> Result<(), Failure> {
        for (nth, file) in all.iter().enumerate() {
            // Devices and pipes take one after the other.
            let is_file = fs::metadata(&file.path).map_or(true, |there| there.is_file());
            if is_file && all[..nth].iter().any(|other| is_same(&other.path, &file.path)) {
                return Err(Failure::usage(format!(
                    "two reports would be written to `{}`; give each --report a file of its own",
                    file.shown()
                )));
            }
        }
        Ok(())
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

    fn checked(path: &Path, record: Option<&Path>) -> String {
        let file = ReportFile::<Format>::parse(&format!("json={}", path.display())).expect("a good one");
        file.check(record)
            .map_or_else(|failure| failure.sentence, |()| String::new())
    }

    #[test]
    fn two_reports_have_two_files_and_the_record_keeps_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let record = folder.path().join("new");
        let file = |name: &str| ReportFile::<Format>::parse(&format!("json={}", record.join(name).display())).unwrap();
        assert!(ReportFile::check_apart(&[file("a"), file("b")]).is_ok());
        assert!(ReportFile::check_apart(&[file("a"), file("b"), file("a")]).is_err());
        assert_eq!(
            checked(&record.join("x.xml"), Some(&record)),
            "",
            "it is made with the record"
        );
        assert!(!record.exists());
        assert!(checked(&record.join("run.json"), Some(&record)).contains("of the record"));
    }
}
