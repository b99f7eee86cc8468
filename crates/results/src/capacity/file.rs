//! A search's result in its run directory.

use super::{CapacityReport, SCHEMA};
use crate::files::{CAPACITY, DOCUMENT_BYTES};
use crate::record::RecordError;
use crate::whole::write_json;
use proofload_contract::plain_file;
use std::fs;
use std::path::Path;

/// Writes a result into a run directory, whole or not at all; the directory is made where it is missing.
///
/// # Errors
/// It cannot be written.
pub fn write(directory: &Path, report: &CapacityReport) -> Result<(), RecordError> {
    fs::create_dir_all(directory).map_err(RecordError::io("create the run directory", directory))?;
    write_json(directory, CAPACITY, report)
}

/// Reads the result in a run directory.
///
/// # Errors
/// There is none, or it cannot be read, or it is of another version.
pub fn read(directory: &Path) -> Result<CapacityReport, RecordError> {
    let path = directory.join(CAPACITY);
    let text = plain_file::read_text(&path, DOCUMENT_BYTES).map_err(RecordError::io("read", &path))?;
    let report: CapacityReport = serde_json::from_str(&text).map_err(|error| RecordError::malformed(&path, error))?;
    if report.schema == SCHEMA {
        Ok(report)
    } else {
        Err(RecordError::malformed(
            &path,
            format!("it is {}, not {SCHEMA}", report.schema),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_again() {
        let directory = tempfile::tempdir().unwrap();
        let out = directory.path().join("new");
        let report = crate::examples::capacity::found();
        write(&out, &report).unwrap();
        assert_eq!(read(&out).unwrap(), report);
        fs::write(out.join(CAPACITY), "{}").unwrap();
        assert!(read(&out).unwrap_err().to_string().contains(CAPACITY));
        assert!(read(directory.path()).is_err());
    }
}
