//! The result of a gate in its directory.

use super::GateReport;
use crate::files::GATE;
use crate::record::RecordError;
use std::fs;
use std::path::Path;

/// Writes `gate.json`, whole or not at all; the directory is made where it is missing.
///
/// # Errors
/// It cannot be written.
pub fn write(directory: &Path, report: &GateReport) -> Result<(), RecordError> {
    fs::create_dir_all(directory).map_err(RecordError::io("create the run directory", directory))?;
    let (path, fresh) = (directory.join(GATE), directory.join(format!("{GATE}.new")));
    let text = serde_json::to_string_pretty(report).map_err(|error| RecordError::malformed(&path, error))?;
    fs::write(&fresh, text + "\n").map_err(RecordError::io("write", &fresh))?;
    fs::rename(&fresh, &path).map_err(RecordError::io("write", &path))
}
