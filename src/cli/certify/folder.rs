//! The directory of a dossier.

use crate::cli::Failure;
use crate::cli::shared::finish;
use crate::cli::shared::output::TitleArg;
use proofload_reports::{Rendering as _, SealedDossier};
use proofload_results::certify::{self, Dossier, Sealed};
use proofload_results::files;
use proofload_results::record::RecordError;
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

    /// Writes the dossier and seals the record, whose parts were `recorded` whole or not: then it is left without a seal, which
    /// nobody can take for a whole one. What was measured is in the dossier all the same.
    pub(super) fn seal(&self, dossier: Dossier, recorded: Result<(), Failure>) -> (SealedDossier, Result<(), Failure>) {
        // What it is sealed with is not part of its JSON.
        let mut dossier = SealedDossier {
            dossier,
            sealed: Sealed::NONE,
        };
        let kept = finish::keep(&self.0, files::CERTIFY, &dossier.json());
        let sealed = recorded
            .and(kept)
            .and_then(|()| self.still_there(&dossier.dossier))
            .and_then(|()| certify::seal(&self.0).map_err(finish::lost));
        let sealed = sealed.map(|sealed| dossier.sealed = sealed);
        (dossier, sealed)
    }

    /// Whether the record of every part is where it was left: a directory that somebody removed is made anew by the next part.
    fn still_there(&self, dossier: &Dossier) -> Result<(), Failure> {
        let parts = [
            (dossier.conformance.is_some(), "validate", files::VALIDATE),
            (dossier.load.is_some(), "load", files::RUN),
            (dossier.capacity.is_some(), "capacity", files::CAPACITY),
        ];
        let left = parts.into_iter().filter(|(was_made, ..)| *was_made);
        let mut left = left.map(|(_, part, file)| self.part(part).join(file));
        match left.find(|path| !path.is_file()) {
            Some(path) => Err(finish::lost(RecordError::Gone(path))),
            None => Ok(()),
        }
    }

    /// Leaves the renderings beside the record.
    ///
    /// # Errors
    /// They cannot be written; the record is kept.
    pub(super) fn leave(&self, sealed: &SealedDossier, title: &TitleArg) -> Result<(), Failure> {
        finish::leave(&self.0, "certify.md", Ok(sealed.markdown()))?;
        finish::leave(&self.0, "certify.html", title.page(sealed.html()))
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
