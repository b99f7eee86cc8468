//! The seal on a record: SHA-256 sums over its files, as `sha256sum` writes and checks them.

use crate::files::{CERTIFY, DOCUMENT_BYTES, PAGE};
use crate::{hash, whole};
use proofload_contract::plain_file;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The file of the sums.
pub const SUMS: &str = "SHA256SUMS";
/// Directories of the runs.
const RUNS: [&str; 3] = ["validate", "load", "capacity"];

/// A record whose sums agree with its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// SHA-256 of `SHA256SUMS`, in hexadecimal.
    pub hash: String,
    /// How many files it names.
    pub files: usize,
}

impl Sealed {
    /// No seal: the record is not whole.
    pub const NONE: Self = Self {
        hash: String::new(),
        files: 0,
    };

    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        self.hash.is_empty()
    }
}

/// What a dossier says in place of a seal.
pub const NOT_SEALED: &str =
    "not sealed: a part of the record could not be written, so that nobody can check these figures";

/// Why a record is not sealed.
#[derive(Debug, thiserror::Error)]
pub enum SumsError {
    /// There are no sums.
    #[error("{} is missing: the certification was killed before it ended, or a part of its record could not be written; make it again", .0.display())]
    Missing(PathBuf),
    /// The files are not those that were sealed.
    #[error("the record was changed after it was sealed: {what}; `sha256sum --check {SUMS}` in {} tells more", directory.display())]
    Changed {
        /// The record.
        directory: PathBuf,
        /// What differs.
        what: String,
    },
    /// They could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Unwritten {
        /// The file.
        path: PathBuf,
        /// What came back.
        source: io::Error,
    },
    /// The operating system refused.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What came back.
        source: io::Error,
    },
}

/// Writes the sums of a record.
///
/// # Errors
/// A file cannot be read, or the sums cannot be written.
pub fn seal(directory: &Path) -> Result<Sealed, SumsError> {
    let text = sums(directory)?;
    let path = directory.join(SUMS);
    whole::write(directory, SUMS, &text).map_err(|source| SumsError::Unwritten { path, source })?;
    Ok(of(&text))
}

/// Holds a record against its sums.
///
/// # Errors
/// There are none, or a file was added, removed or changed.
pub fn sealed(directory: &Path) -> Result<Sealed, SumsError> {
    let path = directory.join(SUMS);
    let written = plain_file::read_text(&path, DOCUMENT_BYTES).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => SumsError::Missing(path.clone()),
        _ => SumsError::Io {
            path: path.clone(),
            source,
        },
    })?;
    let found = sums(directory)?;
    if written == found {
        return Ok(of(&written));
    }
    let differs = |a: &str, b: &str| {
        a.lines()
            .find(|line| !b.lines().any(|other| other == *line))
            .map(str::to_owned)
    };
    let line = differs(&found, &written).or_else(|| differs(&written, &found));
    let name = line
        .as_deref()
        .and_then(|line| line.split_once("  "))
        .map(|(_, name)| name.to_owned());
    Err(SumsError::Changed {
        directory: directory.to_owned(),
        what: crate::text::line(&name.unwrap_or_else(|| "the order of the sums".to_owned())),
    })
}

fn of(text: &str) -> Sealed {
    Sealed {
        hash: hash::sha256(text),
        files: text.lines().count(),
    }
}

/// One line for each file, by name: hash, two spaces, name with `/` on every system.
fn sums(directory: &Path) -> Result<String, SumsError> {
    let mut names = vec![CERTIFY.to_owned()];
    for run in RUNS {
        collect(directory, run, &mut names)?;
    }
    names.sort();
    let mut text = String::new();
    for name in names {
        let path = directory.join(&name);
        let hash = plain_file::open(&path)
            .and_then(hash::sha256_of)
            .map_err(|source| SumsError::Io { path, source })?;
        let _ = writeln!(text, "{hash}  {name}");
    }
    Ok(text)
}

fn collect(directory: &Path, below: &str, names: &mut Vec<String>) -> Result<(), SumsError> {
    let path = directory.join(below);
    let entries = match fs::read_dir(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(|source| SumsError::Io {
            path: path.clone(),
            source,
        })?,
    };
    for entry in entries {
        let failed = |source| SumsError::Io {
            path: path.clone(),
            source,
        };
        let entry = entry.map_err(failed)?;
        let name = format!("{below}/{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() {
            collect(directory, &name, names)?;
        } else if kind.is_file() && entry.file_name() != PAGE {
            names.push(name);
        }
    }
    Ok(())
}
