//! The result of a gate in its directory.

use super::GateReport;
use crate::files::GATE;
use crate::record::RecordError;
use crate::whole::write_json;
use std::fs;
use std::path::Path;

/// Writes `gate.json`, whole or not at all; the directory is made where it is missing.
///
/// # Errors
/// It cannot be written.
pub fn write(directory: &Path, report: &GateReport) -> Result<(), RecordError> {
    fs::create_dir_all(directory).map_err(RecordError::io("create the run directory", directory))?;
    write_json(directory, GATE, report)
}
