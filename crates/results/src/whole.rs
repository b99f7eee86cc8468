//! Files that are written whole or not at all: who reads one never sees a part of it.

use crate::record::RecordError;
use crate::text;
use serde::Serialize;
use std::fs;
use std::path::Path;

/// Writes a value as JSON into `directory`, which must be there.
pub(crate) fn write_json(directory: &Path, file: &str, value: &impl Serialize) -> Result<(), RecordError> {
    let (path, fresh) = (directory.join(file), directory.join(format!("{file}.new")));
    let document = serde_json::to_string_pretty(value).map_err(|error| RecordError::malformed(&path, error))?;
    fs::write(&fresh, text::json(&document) + "\n").map_err(RecordError::io("write", &fresh))?;
    fs::rename(&fresh, &path).map_err(RecordError::io("write", &path))
}
