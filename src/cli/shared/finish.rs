//! The end of every command: what is left beside the record, the report files, what is printed.

use super::format::Shows;
use super::output::OutputArgs;
use crate::cli::{Console, Failure};
use clap::ValueEnum;
use proofload_reports::RenderError;
use proofload_results::{text, whole};
use std::fmt::Display;
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

/// What came of leaving a record, and `why` it was lost while the run went on, if it was: that is said first.
///
/// # Errors
/// It was lost, or what stands beside it could not be left.
pub(in crate::cli) fn unless_lost(why: Option<&str>, left: Result<(), Failure>) -> Result<(), Failure> {
    why.map_or(left, |why| Err(lost(why)))
}

/// A record was lost, and nothing else.
pub(in crate::cli) fn lost(why: impl Display) -> Failure {
    Failure::could_not_test(format!(
        "the record is not whole: {}; what was measured is shown all the same; see to where it goes, or name another place with --out",
        text::line(&why.to_string())
    ))
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
    whole::write(directory, name, &rendered?).map_err(|error| {
        let shown = text::line(&directory.join(name).to_string_lossy());
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
    let kept = fs::create_dir_all(directory).and_then(|()| whole::write(directory, name, document));
    kept.map_err(|error| lost(format!("cannot write {}: {error}", directory.join(name).display())))
}
