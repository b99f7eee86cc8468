//! The directory of a dossier.

use crate::cli::Failure;
use crate::cli::rendering::json;
use proofload_reports::html;
use proofload_results::certify::{self, Dossier, Sealed};
use proofload_results::files;
use proofload_results::record::RecordWriter;
use std::fs;
use std::path::{Path, PathBuf};

/// The directory of a dossier.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// The directory that was named, or one of the target's and this second's. It must be new or empty; nothing is made yet.
    ///
    /// # Errors
    /// It holds something.
    pub(super) fn new(named: Option<&Path>, target: &str) -> Result<Self, Failure> {
        let directory = named.map_or_else(|| unnamed(target), Path::to_owned);
        RecordWriter::check(&directory)?;
        Ok(Self(directory))
    }

    /// As a person calls it.
    pub(super) fn name(&self) -> String {
        self.0.display().to_string()
    }

    /// The run directory of a part.
    pub(super) fn part(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes the dossier, seals the record, and writes the renderings.
    ///
    /// # Errors
    /// They cannot be written.
    pub(super) fn write(&self, dossier: &Dossier) -> Result<Sealed, Failure> {
        let write = |name: &str, text: &str| {
            let path = self.0.join(name);
            fs::write(&path, text).map_err(|error| {
                Failure::usage(format!(
                    "cannot write {}: {error}; name another directory with --out",
                    path.display()
                ))
            })
        };
        fs::create_dir_all(&self.0)
            .map_err(|error| Failure::usage(format!("cannot make {}: {error}", self.0.display())))?;
        write(files::CERTIFY, &json(dossier)?)?;
        let sealed = certify::seal(&self.0).map_err(Failure::could_not_test)?;
        write(
            "certify.md",
            &proofload_reports::certify::markdown::render(dossier, &sealed),
        )?;
        write("certify.html", &html::certify(dossier, &sealed))?;
        Ok(sealed)
    }
}

fn unnamed(target: &str) -> PathBuf {
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() || "-_.".contains(c) {
            c
        } else {
            '-'
        }
    };
    let target: String = target.chars().map(safe).collect();
    let time = chrono::Utc::now().format("%Y%m%dT%H%M%SZ");
    Path::new("dossiers").join(format!("{target}-{time}"))
}
