//! Files that are written whole or not at all: who reads one never sees a part of it.

use crate::record::RecordError;
use crate::text;
use serde::Serialize;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// Writes a value as JSON into `directory`, which must be there.
pub(crate) fn write_json(directory: &Path, file: &str, value: &impl Serialize) -> Result<(), RecordError> {
    let path = directory.join(file);
    let document = serde_json::to_string_pretty(value).map_err(|error| RecordError::malformed(&path, error))?;
    write(directory, file, &(text::json(&document) + "\n")).map_err(RecordError::io("write", &path))
}

/// Writes a file into `directory`, which must be there, over one that is.
///
/// # Errors
/// It cannot be written. What stood there before still does, and nothing is left of what did not fit.
pub fn write(directory: &Path, file: &str, content: impl AsRef<[u8]>) -> io::Result<()> {
    let fresh = directory.join(format!("{file}.new"));
    let written = write_anew(&fresh, content.as_ref()).and_then(|()| fs::rename(&fresh, directory.join(file)));
    written.inspect_err(|_| {
        // Whether or not there is anything to remove, what went wrong is the error.
        let _ = fs::remove_file(&fresh);
    })
}

/// Writes a file that was not there. What a broken-off run left behind is removed; a link that somebody planted is removed too,
/// and never followed.
fn write_anew(path: &Path, content: &[u8]) -> io::Result<()> {
    let _ = fs::remove_file(path);
    File::create_new(path)?.write_all(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "a", "one").unwrap();
        write(folder.path(), "a", "two").unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("a")).unwrap(), "two");
        fs::create_dir(folder.path().join("a.new")).unwrap();
        assert!(write(folder.path(), "a", "three").is_err());
        assert_eq!(fs::read_to_string(folder.path().join("a")).unwrap(), "two");
        fs::create_dir(folder.path().join("b")).unwrap();
        assert!(write(folder.path(), "b", "one").is_err());
        assert!(!folder.path().join("b.new").exists(), "nothing is left over");
    }

    #[cfg(unix)]
    #[test]
    fn planted_links_are_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let victim = folder.path().join("victim");
        fs::write(&victim, "precious").unwrap();
        for planted in ["a", "a.new"] {
            std::os::unix::fs::symlink(&victim, folder.path().join(planted)).unwrap();
        }
        write(folder.path(), "a", "one").unwrap();
        assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
        assert_eq!(fs::read_to_string(folder.path().join("a")).unwrap(), "one");
        assert!(!folder.path().join("a").is_symlink());
    }
}
