//! The run directory of `proofload validate --out`: the result as JSON, and the page that shows it.

use crate::cli::Failure;
use crate::cli::validate::outputs::Format;
use proofload_results::files;
use proofload_results::record::RecordWriter;
use proofload_results::text;
use proofload_results::validate::ValidateReport;
use std::fs;
use std::path::Path;

/// Makes sure that a run may leave its result here, before it is made. Creates nothing.
///
/// # Errors
/// The directory holds something already, or is none.
pub(super) fn check(directory: &Path) -> Result<(), Failure> {
    Ok(RecordWriter::check(directory)?)
}

/// Leaves `validate.json` and `report.html`.
///
/// # Errors
/// They cannot be written.
pub(in crate::cli) fn write(directory: &Path, report: &ValidateReport) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        let shown = text::line(&directory.to_string_lossy());
        Failure::usage(format!(
            "cannot write the result into `{shown}`: {error}; name another directory with --out"
        ))
    };
    fs::create_dir_all(directory).map_err(failed)?;
    for (name, format) in [(files::VALIDATE, Format::Json), (files::PAGE, Format::Html)] {
        fs::write(directory.join(name), format.render_file(report)?).map_err(failed)?;
    }
    Ok(())
}
