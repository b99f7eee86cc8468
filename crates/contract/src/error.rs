//! Why a document is no contract.

use std::path::PathBuf;

/// Why a document could not be read as a contract.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    /// The file could not be opened.
    #[error("cannot read the contract {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Neither YAML nor JSON.
    #[error("the contract is neither YAML nor JSON: {0}")]
    Syntax(#[from] serde_yaml_ng::Error),
    /// Not what a contract must hold.
    #[error("the contract is wrong at {at}: {what}")]
    Shape {
        /// A path into the document, e.g. `paths./api/v1/Tags.get`.
        at: String,
        /// What is wrong there, and what would be right.
        what: String,
    },
}
