//! The page of a load run, left beside its record.

use super::Failure;
use proofload_reports::html;
use proofload_results::files;
use proofload_results::load::LoadReport;
use proofload_results::record::{RecordError, RecordReader};
use proofload_results::text;
use std::fs;
use std::path::Path;

/// Leaves `report.html` in a run directory.
///
/// # Errors
/// The record cannot be read again, or the page cannot be written.
pub(super) fn leave(directory: &Path, report: &LoadReport) -> Result<(), Failure> {
    let page = RecordReader::open(directory).and_then(|record| html::load(&record, report));
    let page = page.map_err(|error: RecordError| Failure::could_not_test(error))?;
    let path = directory.join(files::PAGE);
    fs::write(&path, page).map_err(|error| {
        let shown = text::line(&path.to_string_lossy());
        Failure::could_not_test(format!(
            "the run is recorded, but `{shown}` cannot be written: {error}; `proofload report` shows the record"
        ))
    })
}
