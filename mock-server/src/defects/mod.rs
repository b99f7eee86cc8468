//! Defects: single faults that the server can be given, each one that real servers have had.
//!
//! They are what a conformance suite is tested against. This folder says which there are and which a server has; what
//! they make of an answer stands in [`crate::faults`], and what takes no more than a line where the server decides.

mod affects;
mod memory;
mod registry;
mod set;
mod table;

pub(crate) use memory::{Memory, previous};
pub use registry::Defect;
pub(crate) use set::Defects;

use crate::operation::{Access, Operation, Row, TABLE};
use proofload_contract::Severity;
use std::fmt;
use std::str::FromStr;

/// What part of the server a defect is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Whether a token is right.
    Authentication,
    /// What stands in a token.
    Tokens,
    /// Who may log in.
    Credentials,
    /// Exchanging a token for a fresh one.
    Renewal,
    /// Who may do what.
    Authorisation,
    /// Publishing faces.
    Publishing,
    /// Recognising, looking up, enrolling, detecting.
    Recognition,
    /// People and what is kept about them.
    People,
    /// Tag definitions.
    Tags,
    /// Listing detections.
    Detections,
    /// Documents and photos.
    Files,
    /// What holds for every answer.
    Protocol,
    /// Whether answers arrive at all. Only the standalone server can lose one.
    Transport,
    /// What shows only while many calls are under way at once: a load sees it, a validation need not.
    Crowd,
}

/// Which operations a defect shows in.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Affects {
    /// Every one that needs a token.
    Protected,
    /// Every one that needs a permission.
    Permitted,
    /// Every one.
    All,
    Only(&'static [Operation]),
}

/// A row of the registry.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) severity: Severity,
    pub(crate) group: Group,
    pub(crate) affects: Affects,
    pub(crate) description: &'static str,
}

/// The name is none of a defect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no defect '{0}'")]
pub struct UnknownDefect(
    /// The name that was asked for.
    pub String,
);

impl Defect {
    /// Its name on the command line, e.g. `accepts-alg-none`.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// What it is worth: a MUST breaks what the vendor documents, a SHOULD what is customary.
    pub fn severity(self) -> Severity {
        self.entry().severity
    }

    /// What part of the server it is in.
    pub fn group(self) -> Group {
        self.entry().group
    }

    /// What the server does wrong, in one sentence.
    pub fn description(self) -> &'static str {
        self.entry().description
    }

    /// The `operationId`s in which it shows; a suite that finds it names one of them.
    pub fn operations(self) -> Vec<&'static str> {
        let rows = TABLE.iter().filter(|row| self.shows_at(row));
        rows.map(|row| row.id).collect()
    }

    pub(crate) fn shows_at(self, row: &Row) -> bool {
        match self.entry().affects {
            Affects::All => true,
            Affects::Protected => row.access != Access::Anonymous,
            Affects::Permitted => matches!(row.access, Access::Permission(_)),
            Affects::Only(operations) => operations.contains(&row.operation),
        }
    }

    fn entry(self) -> &'static Entry {
        registry::entry(self)
    }
}

impl FromStr for Defect {
    type Err = UnknownDefect;

    fn from_str(name: &str) -> Result<Self, UnknownDefect> {
        let found = Self::ALL.iter().find(|defect| defect.name() == name);
        found.copied().ok_or_else(|| UnknownDefect(name.to_owned()))
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Authentication => "authentication",
            Self::Tokens => "tokens",
            Self::Credentials => "credentials",
            Self::Renewal => "renewal",
            Self::Authorisation => "authorisation",
            Self::Publishing => "publishing",
            Self::Recognition => "recognition",
            Self::People => "people",
            Self::Tags => "tags",
            Self::Detections => "detections",
            Self::Files => "files",
            Self::Protocol => "protocol",
            Self::Transport => "transport",
            Self::Crowd => "crowd",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_unique_and_lead_back() {
        let mut names = HashSet::new();
        for defect in Defect::ALL {
            assert!(names.insert(defect.name()), "{defect} is there twice");
            assert_eq!(Defect::from_str(defect.name()), Ok(*defect));
            let kebab = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            assert!(defect.name().bytes().all(kebab), "{defect}");
        }
        assert!(Defect::from_str("none").is_err());
    }

    #[test]
    fn every_defect_says_what_and_where() {
        for defect in Defect::ALL {
            assert!(!defect.operations().is_empty(), "{defect}");
            assert!(
                defect.description().ends_with('.'),
                "{defect}: {}",
                defect.description()
            );
        }
    }

    #[test]
    fn there_are_enough_of_every_kind() {
        let groups: HashSet<Group> = Defect::ALL.iter().map(|defect| defect.group()).collect();
        assert_eq!(groups.len(), 14);
        assert!(Defect::ALL.len() >= 80, "{}", Defect::ALL.len());
    }
}
