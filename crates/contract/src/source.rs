//! Where a fact is known from, and how much weight that gives it.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Where a fact about the API is known from. Declared as `x-source` in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// Stated in the vendor's two documents that this project began with.
    Seed,
    /// Stated in the vendor's public developer guide.
    Guide,
    /// Stated nowhere, but what RFC 7519, 6750, 9110 or an ASP.NET Core server does by default.
    Convention,
    /// A name or shape this project had to choose.
    Assumed,
}

/// What a deviation from a fact is worth; it follows the fact's [`Source`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Severity {
    /// A deviation is a failure.
    Must,
    /// A deviation is a warning, and a failure under `--strict`.
    Should,
    /// A deviation is only ever noted.
    Note,
}

impl Source {
    /// The weight of a fact from this source.
    pub fn severity(self) -> Severity {
        match self {
            Self::Seed | Self::Guide => Severity::Must,
            Self::Convention => Severity::Should,
            Self::Assumed => Severity::Note,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Seed => "seed",
            Self::Guide => "guide",
            Self::Convention => "convention",
            Self::Assumed => "assumed",
        })
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::Note => "NOTE",
        })
    }
}
