//! Snapshot files, in insta's format: a YAML head between dashes, then the text.

use proofload_results::{plain_file, text, whole};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// No snapshot that we write is longer.
const MAX_BYTES: u64 = 8 * 1024 * 1024;

/// Why a snapshot cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The file system refuses.
    #[error("cannot {what} the snapshot {}: {error}", shown(path))]
    Io {
        /// `read` or `write`.
        what: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the file system said.
        error: io::Error,
    },
    /// The file is something else.
    #[error(
        "{} is not a snapshot: it {problem}; move it away, or name another directory",
        shown(path)
    )]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: &'static str,
    },
}

fn shown(path: &Path) -> String {
    format!("`{}`", text::line(&path.to_string_lossy()))
}

/// The file of an operation. Operation ids may come from a contract of the user's own, so that anything that could mean
/// something in a path is replaced.
pub(super) fn name(operation: &str) -> String {
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') {
            c
        } else {
            '_'
        }
    };
    format!("{}.snap", operation.chars().map(safe).collect::<String>())
}

/// Where the state that awaits a review goes: where insta looks for it.
pub(super) fn pending(path: &Path) -> PathBuf {
    path.with_extension("snap.new")
}

/// Makes sure that the directory is there.
pub(super) fn prepare(directory: &Path) -> Result<(), SnapshotError> {
    fs::create_dir_all(directory).map_err(|error| failed("write", directory, error))
}

/// The text of a snapshot, without its head; `None` when there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<String>, SnapshotError> {
    let malformed = |problem| SnapshotError::Malformed {
        path: path.to_owned(),
        problem,
    };
    let bytes = match plain_file::read(path, MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => return Err(malformed("is longer than 8 MiB")),
        Err(error) => return Err(failed("read", path, error)),
    };
    let text = String::from_utf8(bytes).map_err(|_| malformed("is not UTF-8"))?;
    // Git on Windows may have turned the line ends.
    let text = text.replace("\r\n", "\n");
    let body = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
    let (_, body) = body.ok_or_else(|| malformed("does not begin with a head between two lines of dashes"))?;
    // insta, when it accepts a new state, leaves out the last line end.
    Ok(Some(format!("{}\n", body.trim_end())))
}

/// Writes a snapshot. The head holds nothing that varies, so that an unchanged deployment leaves an unchanged file.
pub(super) fn write(path: &Path, operation: &str, body: &str) -> Result<(), SnapshotError> {
    let description = serde_json::Value::from(text::line(operation));
    let text = format!("---\ndescription: {description}\nexpression: proofload validate --snapshot\n---\n{body}");
    // Whole or not at all, so that an interrupted run leaves the old file or the new one.
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let folder = path.parent().unwrap_or(Path::new(""));
    whole::write(folder, &name, text).map_err(|error| failed("write", path, error))
}

/// Removes a file that may not be there.
pub(super) fn remove(path: &Path) -> Result<(), SnapshotError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("write", path, error)),
        _ => Ok(()),
    }
}

fn failed(what: &'static str, path: &Path, error: io::Error) -> SnapshotError {
    SnapshotError::Io {
        what,
        path: path.to_owned(),
        error,
    }
}
