//! Where a result goes: one format on stdout, any number of them into files, and a record where one is kept.

use super::format::{Format, Shows};
use super::report_file::ReportFile;
use crate::cli::{Console, Failure};
use clap::{Args, ValueEnum};
use proofload_reports::console::Style;
use proofload_reports::{RenderError, html};
use proofload_results::record::RecordWriter;
use proofload_results::text;
use std::path::Path;

/// As what a result is shown, and where.
#[derive(Debug, Args)]
pub(in crate::cli) struct OutputArgs<F: ValueEnum + Send + Sync + 'static = Format> {
    /// What to print on stdout
    #[arg(long, value_enum, default_value = "console")]
    format: F,
    /// Write the report into a file as well, as in junit=report.xml; may be repeated
    #[arg(long, value_name = "FORMAT=FILE", value_parser = ReportFile::<F>::parse)]
    report: Vec<ReportFile<F>>,
    #[command(flatten)]
    pub(in crate::cli) title: TitleArg,
}

/// What a page is called.
#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli) struct TitleArg {
    /// What to call the page, such as 'Site North, release 7.2'
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) title: Option<String>,
}

impl TitleArg {
    /// A page that was made, called so.
    pub(in crate::cli) fn page(&self, made: Result<String, RenderError>) -> Result<String, RenderError> {
        made.map(|page| self.on(page))
    }

    /// What was rendered, called so where it is a page.
    pub(in crate::cli) fn on(&self, rendered: String) -> String {
        match &self.title {
            Some(title) => html::titled(rendered, title),
            None => rendered,
        }
    }
}

impl<F: ValueEnum + Copy + PartialEq + Send + Sync + 'static> OutputArgs<F> {
    /// Whether that is what stdout gets.
    pub(in crate::cli) fn prints(&self, format: F) -> bool {
        self.format == format
    }

    /// Refuses a format in which there is nothing to show.
    ///
    /// # Errors
    /// It was asked for; `why` says what is wrong with that.
    pub(in crate::cli) fn refuse(&self, format: F, why: &str) -> Result<(), Failure> {
        let mut asked = self.report.iter().map(|file| file.format).chain([self.format]);
        if asked.any(|asked| asked == format) {
            return Err(Failure::usage(why));
        }
        Ok(())
    }

    /// Makes sure that the files and the directory of the record can be written, before a run is spent on them.
    ///
    /// # Errors
    /// One cannot.
    pub(in crate::cli) fn check(&self, record: Option<&Path>) -> Result<(), Failure> {
        record.map_or(Ok(()), check_directory)?;
        ReportFile::check_apart(&self.report)?;
        self.report.iter().try_for_each(|file| file.check(record))
    }

    /// Writes the files that were asked for.
    ///
    /// # Errors
    /// One cannot be written; the others are.
    pub(in crate::cli) fn write<R: ?Sized>(&self, result: &R, name: &str) -> Result<(), Failure>
    where
        F: Shows<R>,
    {
        let write = |file: &ReportFile<F>| {
            let rendered = file.format.show(result, name, &Style::PLAIN.verbose())?;
            file.write(&self.title.on(rendered))
        };
        let written: Vec<Result<(), Failure>> = self.report.iter().map(write).collect();
        written.into_iter().collect()
    }

    /// Prints the result.
    ///
    /// # Errors
    /// Stdout cannot be written.
    pub(super) fn print<R: ?Sized>(&self, result: &R, name: &str, console: &Console) -> Result<(), Failure>
    where
        F: Shows<R>,
    {
        console.result(&self.title.on(self.format.show(result, name, &console.style)?))
    }
}

/// Makes sure that a record can be left in a directory that is new or empty. Leaves nothing there.
///
/// # Errors
/// It holds something, is none, or nothing can be written where it would be.
pub(in crate::cli) fn check_directory(directory: &Path) -> Result<(), Failure> {
    RecordWriter::check(directory).map_err(Failure::usage)?;
    let there = directory.ancestors().find(|above| above.is_dir());
    // Whether a file can be made there is seen by making one: permissions say too little, of file systems above all.
    tempfile::tempfile_in(there.unwrap_or(Path::new("."))).map_err(|error| {
        let shown = text::line(&directory.to_string_lossy());
        Failure::usage(format!(
            "nothing can be written into {shown}: {error}; name another directory with --out"
        ))
    })?;
    Ok(())
}
