//! What a document called *certificate* asks for at least. Below it a dossier is a report, and says what is missing.

use super::Dossier;
use crate::capacity::CapacityVerdict;
use crate::load::LoadReport;
use crate::validate::Untested;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A load is of a stated size when somebody chose its scenario and it lasted so long, in seconds.
pub const LEAST_LOAD_S: f64 = 60.0;

/// What a dossier is called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DossierKind {
    /// Every part passed, and together they are what a certificate asks for.
    Certificate,
    /// A part did not pass, or less was done.
    #[default]
    Report,
}

impl fmt::Display for DossierKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Certificate => "Certificate",
            Self::Report => "Report",
        })
    }
}

/// What may be left out of a certificate, where the customer says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Excludable {
    /// Whatever stores something.
    Writes,
    /// The search for the capacity.
    Capacity,
}

impl fmt::Display for Excludable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Writes => "writes",
            Self::Capacity => "capacity",
        })
    }
}

/// Something that was left out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exclusion {
    /// What.
    pub what: Excludable,
    /// Why, in the words of whoever said so.
    pub reason: String,
}

/// Something that a certificate asks for and that was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Missing {
    /// The validation was not reached, or does not say what it tested.
    Conformance,
    /// Accounts that together hold and lack each permission.
    Accounts {
        /// What was not tested for want of them.
        untested: Vec<Untested>,
    },
    /// Writes, and nobody excluded them.
    Writes,
    /// A load whose size somebody stated.
    Load,
    /// The capacity, and nobody excluded it.
    Capacity,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conformance => f.write_str("a validation"),
            Self::Accounts { untested } => {
                let untested: Vec<String> = untested.iter().map(ToString::to_string).collect();
                write!(
                    f,
                    "accounts that together hold and lack each permission, on every operation (not tested: {})",
                    untested.join(", ")
                )
            }
            Self::Writes => f.write_str("writes, or that the customer excludes them"),
            Self::Load => f.write_str("a load of stated size"),
            Self::Capacity => f.write_str("the capacity, or that the customer excludes it"),
        }
    }
}

/// What a dossier lacks of a certificate, whatever came of its parts.
pub(super) fn missing(dossier: &Dossier) -> Vec<Missing> {
    let excluded = |what| dossier.excluded.iter().any(|exclusion| exclusion.what == what);
    let mut missing = Vec::new();
    let scope = dossier.conformance.as_ref().and_then(|part| part.scope.as_ref());
    if let Some(scope) = scope {
        let of_accounts = |untested: &&Untested| {
            !matches!(
                untested,
                Untested::Writes | Untested::ExpiredTokens { .. } | Untested::BadLogins { .. }
            )
        };
        let untested: Vec<Untested> = scope.untested.iter().filter(of_accounts).cloned().collect();
        if !untested.is_empty() {
            missing.push(Missing::Accounts { untested });
        }
        if !scope.writes && !excluded(Excludable::Writes) {
            missing.push(Missing::Writes);
        }
    } else {
        missing.push(Missing::Conformance);
    }
    if !of_stated_size(dossier) {
        missing.push(Missing::Load);
    }
    if dossier.capacity.is_none() && !excluded(Excludable::Capacity) {
        missing.push(Missing::Capacity);
    }
    missing
}

/// Whether it was loaded as somebody stated: at a chosen scenario's rate for a while, or at the rate that is needed.
fn of_stated_size(dossier: &Dossier) -> bool {
    let long = |load: &LoadReport| load.duration_s >= LEAST_LOAD_S;
    let chosen = dossier.load_chosen && dossier.load.as_ref().is_some_and(long);
    let needed = dossier.need_per_s.is_some()
        && dossier
            .capacity
            .as_ref()
            .is_some_and(|capacity| capacity.verdict == CapacityVerdict::Pass && capacity.confirmed);
    chosen || needed
}
