//! Files that hold nothing yet, or may be written anew.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Something is there already.
    #[error("{} is there already", .0.display())]
    There(PathBuf),
    /// It cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Makes sure that none of these is there, before any work is spent on them.
///
/// # Errors
/// One is there.
pub fn check<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Result<(), WriteError> {
    let there = paths.into_iter().find(|path| path.symlink_metadata().is_ok());
    there.map_or(Ok(()), |path| Err(WriteError::There(path.to_owned())))
}

/// Writes a file; a secret one so that nobody but its owner can read it. What is there stands unless it may be `replaced`.
///
/// # Errors
/// It is there, or cannot be written.
pub fn write(path: &Path, text: &str, secret: bool, replaced: bool) -> Result<(), WriteError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::AlreadyExists => WriteError::There(path.to_owned()),
        _ => WriteError::Io {
            path: path.to_owned(),
            source,
        },
    };
    if replaced {
        // Made anew rather than filled anew: an old file keeps its mode, and a link would lead elsewhere.
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if secret {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = secret;
    let mut file = options.open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)
}

/// Adds a pattern to the `.gitignore` of a folder, unless it is in there.
///
/// # Errors
/// It cannot be read or written.
pub fn ignore(folder: &Path, pattern: &str) -> Result<(), WriteError> {
    let path = folder.join(".gitignore");
    let failed = |source| WriteError::Io {
        path: path.clone(),
        source,
    };
    let there = match fs::read_to_string(&path) {
        Ok(there) => there,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(failed(error)),
    };
    if there.lines().any(|line| line.trim() == pattern) {
        return Ok(());
    }
    let open = OpenOptions::new().append(true).create(true).open(&path);
    let end = if there.is_empty() || there.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    open.and_then(|mut file| file.write_all(format!("{end}{pattern}\n").as_bytes()))
        .map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_stands_unless_it_may_be_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.secret");
        write(&path, "one", true, false).unwrap();
        assert!(matches!(write(&path, "two", true, false), Err(WriteError::There(_))));
        assert!(matches!(check([path.as_path()]), Err(WriteError::There(_))));
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        write(&path, "two", true, true).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_pattern_is_added_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".gitignore");
        fs::write(&path, "target").unwrap();
        ignore(folder.path(), "*.secret").unwrap();
        ignore(folder.path(), "*.secret").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "target\n*.secret\n");
    }
}
