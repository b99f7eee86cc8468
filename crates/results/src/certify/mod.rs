//! A dossier: what was certified of a deployment, and what it rests on.
//!
//! ```text
//! certify.json        the dossier ([`Dossier`])
//! validate/ load/ capacity/    the runs it rests on, each a run directory of its own
//! SHA256SUMS          what `sha256sum` prints over all of these, in order of their names
//! certify.html certify.md      renderings; made from the files above, and not among them
//! ```
//!
//! The hash of a record is the SHA-256 of its `SHA256SUMS`: one number that changes when any byte of it does.

mod judgement;
mod minimum;
mod sums;

pub use judgement::Part;
pub use minimum::{DossierKind, Excludable, Exclusion, LEAST_LOAD_S, Missing};
pub use sums::{NOT_SEALED, SUMS, Sealed, SumsError, seal, sealed};

use crate::capacity::CapacityReport;
use crate::load::LoadReport;
use crate::record::Machine;
use crate::validate::{Acceptance, CommonCause, Headline, Premise, Scope, Summary, ValidateReport, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The schema name of [`Dossier`]'s JSON.
pub const SCHEMA: &str = "proofload.certify/1";

/// What was certified of a deployment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Dossier {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// What it is called; a report in dossiers that were written before there was a minimum.
    #[serde(default)]
    pub kind: DossierKind,
    /// How it ended.
    pub verdict: CertifyVerdict,
    /// The same in one sentence, for people.
    pub sentence: String,
    /// What a certificate asks for and that was not done.
    #[serde(default)]
    pub missing: Vec<Missing>,
    /// What was left out because the customer said so.
    #[serde(default)]
    pub excluded: Vec<Exclusion>,
    /// What was tested.
    pub subject: Subject,
    /// The program's version.
    pub version: String,
    /// When it began: RFC 3339, UTC.
    pub started_at: String,
    /// When it ended: RFC 3339, UTC.
    pub ended_at: String,
    /// Where it was measured from; none in dossiers that were written before they said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<Machine>,
    /// Arrivals per second that are needed; null when nobody said.
    pub need_per_s: Option<f64>,
    /// Whether it answers as documented; null when that was not reached.
    pub conformance: Option<Conformance>,
    /// Whether it bears a small load; null when that was not reached.
    pub load: Option<LoadReport>,
    /// Whether somebody chose the scenario of the load.
    #[serde(default)]
    pub load_chosen: bool,
    /// How much it carries; null when that was not reached, or left out.
    pub capacity: Option<CapacityReport>,
    /// Whether the target died in the search, which then came to no end through its fault.
    #[serde(default)]
    pub target_died: bool,
    /// Whether the search for its capacity was left out on purpose.
    pub capacity_left_out: bool,
}

/// How a certification ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CertifyVerdict {
    /// Every part passed.
    Pass,
    /// A part failed.
    Fail,
    /// Nothing failed, but a part came to no answer.
    Invalid,
    /// Interrupted before every part was done.
    Incomplete,
}

/// What was tested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The target's name.
    pub target: String,
    /// Its base URL.
    pub base_url: String,
    /// The certificate that it showed; null without TLS, or when it showed none.
    pub certificate: Option<Certificate>,
}

/// A server's certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Whose it is.
    pub subject: String,
    /// Who says so.
    pub issuer: String,
    /// The first instant at which it holds: RFC 3339, UTC.
    pub not_before: String,
    /// The last one.
    pub not_after: String,
    /// SHA-256 over the certificate, in hexadecimal.
    pub sha256: String,
}

/// What came of validating.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Conformance {
    /// How it ended.
    pub verdict: Verdict,
    /// How many cases ended how.
    pub summary: Summary,
    /// The same in one sentence: what was tested with which accounts, and what was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headline: Option<Headline>,
    /// What was tested, and what was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// What it rests on and does not hold.
    #[serde(default)]
    pub premises: Vec<Premise>,
    /// What failed, warned or could not be tested, by what it has in common.
    #[serde(default)]
    pub causes: Vec<CommonCause>,
    /// The accounts it was made with.
    pub accounts: Vec<String>,
    /// Whether it was interrupted.
    pub incomplete: bool,
    /// Cases that failed, warned, or could not be tested; of each, what was expected and observed. At most
    /// [`MAX_DEVIATIONS`].
    pub deviations: Vec<Deviation>,
    /// Deviations that somebody answers for until a date.
    pub accepted: Vec<Accepted>,
    /// Why cases were not tested, most cases first; at most [`MAX_REASONS`].
    #[serde(default)]
    pub skipped: Vec<Skipped>,
}

/// Why some cases were not tested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The reason.
    pub reason: String,
    /// How many cases it kept from being tested.
    pub cases: usize,
}

/// Rarer reasons than these are not listed.
pub const MAX_REASONS: usize = 50;

/// More deviations than these are counted and not listed; `validate/validate.json` has all of them.
pub const MAX_DEVIATIONS: usize = 200;

/// A case that did not end well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deviation {
    /// Its id.
    pub case: String,
    /// How it ended.
    pub verdict: Verdict,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub observed: String,
}

/// A deviation that somebody answers for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The case's id.
    pub case: String,
    /// Who answers for it, why, and until when.
    #[serde(flatten)]
    pub acceptance: Acceptance,
}

impl Conformance {
    /// What a dossier says of a conformance run.
    pub fn of(report: &ValidateReport) -> Self {
        let bad = |verdict| matches!(verdict, Verdict::Fail | Verdict::Warn | Verdict::Error);
        let deviations = report
            .cases
            .iter()
            .filter(|case| bad(case.verdict))
            .take(MAX_DEVIATIONS);
        let accepted = report.cases.iter().filter_map(|case| {
            Some(Accepted {
                case: case.id.clone(),
                acceptance: case.accepted.clone()?,
            })
        });
        Self {
            verdict: report.verdict,
            summary: report.summary,
            headline: Some(report.sentence()),
            scope: report.run.as_ref().and_then(|run| run.scope.clone()),
            premises: report.premises().to_vec(),
            causes: report.common_causes(),
            accounts: report.run.as_ref().map(|run| run.accounts.clone()).unwrap_or_default(),
            incomplete: report.is_incomplete(),
            deviations: deviations
                .map(|case| Deviation {
                    case: case.id.clone(),
                    verdict: case.verdict,
                    expected: case.expected.clone(),
                    observed: case.observed.clone(),
                })
                .collect(),
            accepted: accepted.collect(),
            skipped: skipped(report),
        }
    }
}

/// The reasons of cases that were skipped and that nobody answers for.
fn skipped(report: &ValidateReport) -> Vec<Skipped> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let cases = report
        .cases
        .iter()
        .filter(|case| case.verdict == Verdict::Skip && case.accepted.is_none());
    for case in cases {
        *counts.entry(&case.detail).or_default() += 1;
    }
    let mut all: Vec<(&str, usize)> = counts.into_iter().collect();
    all.sort_by_key(|(_, cases)| std::cmp::Reverse(*cases));
    let skipped = |(reason, cases): (&str, usize)| Skipped {
        reason: reason.to_owned(),
        cases,
    };
    all.into_iter().take(MAX_REASONS).map(skipped).collect()
}

#[cfg(test)]
mod tests;
