//! The directory of a dossier.

use crate::cli::Failure;
use crate::cli::shared::finish;
use proofload_reports::{Rendering as _, SealedDossier};
use proofload_results::certify::{self, Dossier, Sealed};
use proofload_results::files;
use std::path::{Path, PathBuf};

/// The directory of a dossier.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// The directory that was named, or one of the target's and this second's. Nothing is made yet.
    pub(super) fn new(named: Option<&Path>, target: &str) -> Self {
        Self(named.map_or_else(|| unnamed(target), Path::to_owned))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// As a person calls it.
    pub(super) fn name(&self) -> String {
        self.0.display().to_string()
    }

    /// The run directory of a part.
    pub(super) fn part(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes the dossier and seals the record.
    ///
    /// # Errors
    /// It cannot be written, or read again.
    pub(super) fn seal(&self, dossier: Dossier) -> Result<SealedDossier, Failure> {
        // What it is sealed with is not part of its JSON.
        let unsealed = Sealed {
            hash: String::new(),
            files: 0,
        };
        let mut sealed = SealedDossier {
            dossier,
            sealed: unsealed,
        };
        finish::keep(&self.0, files::CERTIFY, &sealed.json())?;
        sealed.sealed = certify::seal(&self.0).map_err(Failure::could_not_test)?;
        Ok(sealed)
    }

    /// Leaves the renderings beside the record.
    ///
    /// # Errors
    /// They cannot be written; the record is kept.
    pub(super) fn leave(&self, sealed: &SealedDossier) -> Result<(), Failure> {
        finish::leave(&self.0, "certify.md", Ok(sealed.markdown()))?;
        finish::leave(&self.0, "certify.html", sealed.html())
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
