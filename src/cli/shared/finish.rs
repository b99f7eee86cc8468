//! The end of every command: what is left beside the record, the report files, what is printed.

use super::format::Shows;
use super::output::OutputArgs;
use crate::cli::{Console, Failure};
use clap::ValueEnum;
use proofload_reports::RenderError;
use proofload_results::text;
use std::fs;
use std::path::Path;

/// Shows a result everywhere it was asked for. Where one thing cannot be written, the others are all the same: a run that
/// took an hour is not lost with a full disk. `left` is what came of leaving the record and what stands beside it.
///
/// # Errors
/// The first thing that went wrong.
pub(in crate::cli) fn finish<R, F>(
    result: &R,
    name: &str,
    record: Option<&Path>,
    left: Result<(), Failure>,
    output: &OutputArgs<F>,
    console: &Console,
) -> Result<(), Failure>
where
    R: ?Sized,
    F: Shows<R> + ValueEnum + Copy + PartialEq + Send + Sync + 'static,
{
    let written = output.write(result, name);
    let printed = output.print(result, name, console);
    if let Some(record) = record.filter(|_| left.is_ok()) {
        console.note(&format!("recorded in {}", record.display()));
    }
    left.and(written).and(printed)
}

/// Leaves a rendering beside a record, which is there already.
///
/// # Errors
/// It cannot be made or written; the record is kept.
pub(in crate::cli) fn leave(
    directory: &Path,
    name: &str,
    rendered: Result<String, RenderError>,
) -> Result<(), Failure> {
    let path = directory.join(name);
    fs::write(&path, rendered?).map_err(|error| {
        let shown = text::line(&path.to_string_lossy());
        Failure::could_not_test(format!(
            "the record is kept, but `{shown}` cannot be written: {error}; `proofload report` shows the record"
        ))
    })
}

/// Leaves the document that a record consists of, with its directory.
///
/// # Errors
/// It cannot be written.
pub(in crate::cli) fn keep(directory: &Path, name: &str, document: &str) -> Result<(), Failure> {
    let kept = fs::create_dir_all(directory).and_then(|()| fs::write(directory.join(name), document));
    kept.map_err(|error| {
        let shown = text::line(&directory.join(name).to_string_lossy());
        Failure::could_not_test(format!("the result cannot be recorded in `{shown}`: {error}"))
    })
}
