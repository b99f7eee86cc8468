//! What a command left in its run directory: told by the files in it, read back, and refused in one sentence.

use crate::capacity::CapacityReport;
use crate::certify::{self, Dossier, Sealed, SumsError};
use crate::files::{CAPACITY, CERTIFY, DOCUMENT_BYTES, GATE, RUN, VALIDATE};
use crate::gate::GateReport;
use crate::record::stream::StreamError;
use crate::record::{RecordError, RecordReader};
use crate::text as shown;
use crate::validate::ValidateReport;
use proofload_contract::plain_file;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What a run directory holds.
#[derive(Debug)]
pub enum Kept {
    /// A load run.
    Load(Box<RecordReader>),
    /// A certification, whose record is as it was sealed.
    Certify(Box<Dossier>, Sealed),
    /// A conformance run.
    Validate(Box<ValidateReport>),
    /// A capacity search.
    Capacity(Box<CapacityReport>),
    /// A comparison.
    Gate(Box<GateReport>),
}

/// Why a run directory cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// There is nothing of ours in it.
    #[error("{} holds no run of proofload: there is none of {RUN}, {VALIDATE}, {CAPACITY}, {GATE} or {CERTIFY} in it; name a directory that a command left its record in, or the stream of a load", .0.display())]
    Nothing(PathBuf),
    /// It was written by another version of the program.
    #[error("{} is in the format {found}, and this proofload reads {read}; use the version that wrote it, or a later one", path.display())]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: String,
        /// The format that is read.
        read: &'static str,
    },
    /// It is not ours.
    #[error("{} is not a report of proofload: its schema is \"{found}\", not \"{read}\"", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it says it is.
        found: String,
        /// What it should be.
        read: &'static str,
    },
    /// It is half written, or was damaged.
    #[error("{} is not whole: {what}; copy the directory again, with all its files", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The operating system refused.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What came back.
        source: std::io::Error,
    },
    /// The record of a certification is not as it was sealed.
    #[error(transparent)]
    Sums(#[from] SumsError),
    /// The record of a load run cannot be read.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl Kept {
    /// Reads a run directory.
    ///
    /// # Errors
    /// It holds nothing of ours, something of another version, or only half of it.
    pub fn open(directory: &Path) -> Result<Self, KeptError> {
        let file = |name: &str| Some(directory.join(name)).filter(|path| path.exists());
        if let Some(path) = file(CERTIFY) {
            let dossier = document(&path, certify::SCHEMA)?;
            return Ok(Self::Certify(Box::new(dossier), certify::sealed(directory)?));
        }
        if let Some(path) = file(GATE) {
            return document(&path, crate::gate::SCHEMA).map(|report| Self::Gate(Box::new(report)));
        }
        if let Some(path) = file(CAPACITY) {
            return document(&path, crate::capacity::SCHEMA).map(|report| Self::Capacity(Box::new(report)));
        }
        if let Some(path) = file(VALIDATE) {
            return document(&path, crate::validate::SCHEMA).map(|report| Self::Validate(Box::new(report)));
        }
        match RecordReader::open(directory) {
            Ok(record) => Ok(Self::Load(Box::new(record))),
            Err(
                RecordError::NoRecord(path)
                | RecordError::Stream {
                    path,
                    error: StreamError::Nothing,
                },
            ) => Err(KeptError::Nothing(path)),
            Err(error) => Err(error.into()),
        }
    }
}

/// Reads a JSON document of ours.
///
/// # Errors
/// It is not there, not whole, of another version or not ours.
pub fn document<T: DeserializeOwned>(path: &Path, schema: &'static str) -> Result<T, KeptError> {
    #[derive(Deserialize)]
    struct Header {
        #[serde(default)]
        schema: String,
    }
    let text = plain_file::read_text(path, DOCUMENT_BYTES).map_err(|source| match source.kind() {
        ErrorKind::NotFound => KeptError::Nothing(path.parent().unwrap_or(path).to_owned()),
        _ => KeptError::Io {
            path: path.to_owned(),
            source,
        },
    })?;
    let damaged = |error: serde_json::Error| KeptError::Damaged {
        path: path.to_owned(),
        what: shown::line(&error.to_string()),
    };
    let header: Header = serde_json::from_str(&text).map_err(damaged)?;
    if header.schema != schema {
        let (path, found) = (path.to_owned(), shown::clip(&shown::line(&header.schema), 100));
        let kind = |schema: &str| schema.split('/').next().unwrap_or_default().to_owned();
        return Err(if kind(&header.schema) == kind(schema) {
            KeptError::OtherVersion {
                path,
                found,
                read: schema,
            }
        } else {
            KeptError::Foreign {
                path,
                found,
                read: schema,
            }
        });
    }
    serde_json::from_str(&text).map_err(damaged)
}
