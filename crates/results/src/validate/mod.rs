//! The result of a conformance run, judged once: what was tested, under which premises, and which causes its deviations share.

mod case_cause;
mod causes;
mod cell;
mod headline;
mod premise;
mod scope;

pub use case_cause::CaseCause;
pub use causes::{CauseKind, CommonCause};
pub use cell::{Cell, tally};
pub use headline::Headline;
pub use premise::{Premise, PremiseKind, TokensBegin};
pub use scope::{Basis, Means, Scope, ScopeAccount, Untested};

use chrono::NaiveDate;
use proofload_contract::{Severity, Source};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The schema name of [`ValidateReport`]'s JSON.
pub const SCHEMA: &str = "proofload.validate/1";

/// What is said of a success that is a web page, behind its status: it is nobody let in.
pub const WEB_PAGE: &str = "with a web page";

/// The result of a conformance run, as `--format json` prints it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ValidateReport {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// `fail` when a case failed, else `error` when one could not be tested or none was, else `warn`, else `pass`.
    pub verdict: Verdict,
    /// The verdict in one sentence: what was tested with which accounts, and what was not. None in reports that were written
    /// before they had it; [`Self::sentence`] has it for those, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headline: Option<Headline>,
    /// How many cases ended how.
    pub summary: Summary,
    /// What was run, when and how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunInfo>,
    /// What failed, warned or could not be tested, by what it has in common: failures first, the largest group first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<CommonCause>,
    /// The cases, in the contract's order of operations.
    pub cases: Vec<CaseResult>,
}

/// How a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As documented.
    Pass,
    /// A MUST is broken.
    Fail,
    /// A SHOULD is broken; a strict run calls that [`Fail`](Self::Fail).
    Warn,
    /// Not tested, with the reason in `detail`.
    Skip,
    /// Could not be tested, with the reason in `detail`.
    Error,
}

/// How many cases ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// As documented.
    pub pass: usize,
    /// A MUST is broken.
    pub fail: usize,
    /// A SHOULD is broken.
    pub warn: usize,
    /// Not tested.
    pub skip: usize,
    /// Could not be tested.
    pub error: usize,
}

/// One case: operation by probe by account, and how it ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CaseResult {
    /// `<operationId>/<probe>`, with `@<account>` behind it where the account matters.
    pub id: String,
    /// `POST /api/v1/faceEdge/publish`
    pub operation: String,
    /// The probe's name.
    pub probe: String,
    /// The account, where it matters.
    pub account: Option<String>,
    /// How it ended.
    pub verdict: Verdict,
    /// What a deviation is worth.
    pub severity: Severity,
    /// Where the clause is known from.
    pub source: Source,
    /// What was expected, e.g. `401`.
    pub expected: String,
    /// What came, e.g. `200`. Secrets redacted.
    pub observed: String,
    /// One sentence: the clause, or why it was skipped. Secrets redacted.
    pub detail: String,
    /// Why it was not judged, or what its deviation comes from, where that is known by type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<CaseCause>,
    /// A command line that repeats the exchange. In place of secrets it has variables that say whose they are, such as
    /// `$TOKEN_OF_FULL`.
    pub curl: Option<String>,
    /// A script that repeats what led to the verdict, where the run left one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// How long it took to find out, in seconds; none in records of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_s: Option<f64>,
    /// Set when the case failed or warned and somebody has accepted that; its `verdict` is `skip` then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Acceptance>,
    /// The exchange behind a deviation. Secrets redacted, control characters escaped, bounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<ExchangeRecord>,
    /// Set when something was compared and differs: a unified diff, bounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
}

impl CaseResult {
    /// A case of a clause that is held always and known by custom, so far without anything that was seen of it. What a case
    /// differs in is put over this.
    pub fn new(id: String, operation: String, verdict: Verdict) -> Self {
        let probe = id.split_once('/').map_or("", |(_, probe)| probe);
        let (probe, account) = match probe.split_once('@') {
            Some((probe, account)) => (probe, Some(account.to_owned())),
            None => (probe, None),
        };
        Self {
            probe: probe.to_owned(),
            id,
            operation,
            account,
            verdict,
            severity: Severity::Must,
            source: Source::Convention,
            expected: String::new(),
            observed: String::new(),
            detail: String::new(),
            cause: None,
            curl: None,
            evidence: None,
            time_s: None,
            accepted: None,
            exchange: None,
            diff: None,
        }
    }
}

/// One exchange with the target, fit to be shown: secrets redacted, control characters escaped, bounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeRecord {
    /// `POST /api/v1/faceEdge/publish`, ids filled in.
    pub request: String,
    /// The status.
    pub status: u16,
    /// The headers of the answer that matter to a verdict.
    pub headers: Vec<(String, String)>,
    /// The beginning of the answer's body.
    pub body: String,
    /// From the first byte sent to the last received, in microseconds.
    pub elapsed_us: u64,
}

impl fmt::Display for ExchangeRecord {
    /// The request line, and under it the answer as HTTP/1.1 would write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n\n{}", self.request, self.status)?;
        for (name, value) in &self.headers {
            write!(f, "\n{name}: {value}")?;
        }
        if self.body.is_empty() {
            return Ok(());
        }
        write!(f, "\n\n{}", self.body)
    }
}

/// What was run, when and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunInfo {
    /// The target's name.
    pub target: String,
    /// Its base URL.
    pub base_url: String,
    /// When the run began, RFC 3339 in UTC.
    pub started: String,
    /// How long it took, in seconds.
    pub duration_s: f64,
    /// Where random names, ids and bytes came from.
    pub seed: u64,
    /// Whether a broken SHOULD counted as `fail`.
    pub strict: bool,
    /// The accounts it was made with, in their order.
    pub accounts: Vec<String>,
    /// What was tested with which accounts, and what was not; none in reports that were written before they said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// What everything else rests on and does not hold: to be read first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub premises: Vec<Premise>,
    /// Sentences a reader should know, such as how expired tokens were come by.
    pub notes: Vec<String>,
    /// Set when the run was interrupted: the cases that had not begun are reported as `error`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub incomplete: bool,
}

/// A deviation that somebody answers for until a date.
///
/// An accepted case neither passes nor fails: it is reported as `skip`, so that the run can pass, and what it would
/// have been is kept here, so that nothing is hidden.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// What the case ended as: `fail` or `warn`.
    pub verdict: Verdict,
    /// Why it is accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it is accepted (UTC).
    pub expires: NaiveDate,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Skip => "skip",
            Self::Error => "error",
        })
    }
}

impl Summary {
    /// Counts how the cases ended.
    pub fn of(cases: &[CaseResult]) -> Self {
        let mut summary = Self::default();
        for case in cases {
            *match case.verdict {
                Verdict::Pass => &mut summary.pass,
                Verdict::Fail => &mut summary.fail,
                Verdict::Warn => &mut summary.warn,
                Verdict::Skip => &mut summary.skip,
                Verdict::Error => &mut summary.error,
            } += 1;
        }
        summary
    }

    /// What the whole run ends as: `fail` when a case failed, else `error` when one could not be tested, else `warn`,
    /// else `pass`.
    pub fn verdict(self) -> Verdict {
        match self {
            Self { fail: 1.., .. } => Verdict::Fail,
            Self { error: 1.., .. } => Verdict::Error,
            Self { warn: 1.., .. } => Verdict::Warn,
            _ => Verdict::Pass,
        }
    }

    /// How many cases there are.
    pub fn total(self) -> usize {
        self.pass + self.fail + self.warn + self.skip + self.error
    }
}

impl ValidateReport {
    /// Judges the cases: counts, verdict, common causes and the one sentence. To be called whenever cases were changed.
    pub fn conclude(&mut self) {
        self.summary = Summary::of(&self.cases);
        self.verdict = match self.summary.verdict() {
            // A run of which nothing was tested passes nothing.
            Verdict::Pass if !self.cases.iter().any(CaseResult::is_judged) => Verdict::Error,
            verdict => verdict,
        };
        self.causes = causes::of(&self.cases);
        self.headline = Some(Headline::of(self));
    }

    /// The verdict in one sentence.
    pub fn sentence(&self) -> Headline {
        self.headline.clone().unwrap_or_else(|| Headline::of(self))
    }

    /// What failed, warned or could not be tested, by what it has in common.
    pub fn common_causes(&self) -> Vec<CommonCause> {
        if self.headline.is_some() {
            return self.causes.clone();
        }
        causes::of(&self.cases)
    }

    /// What everything else rests on and does not hold.
    pub fn premises(&self) -> &[Premise] {
        self.run.as_ref().map_or(&[], |run| &run.premises)
    }

    /// Whether the run was interrupted before every case was tested.
    pub fn is_incomplete(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.incomplete)
    }
}

impl CaseResult {
    /// Whether it was tested and judged; an accepted deviation was.
    pub fn is_judged(&self) -> bool {
        matches!(self.verdict, Verdict::Pass | Verdict::Fail | Verdict::Warn) || self.accepted.is_some()
    }

    /// What a person types to repeat it: the script where there is one, else the command line.
    pub fn command(&self) -> Option<String> {
        let script = self.evidence.as_ref().map(|path| format!("sh {}", shell_word(path)));
        script.or_else(|| self.curl.clone())
    }

    /// The first part of the id: an `operationId`, or the name of a group of checks that belong to no operation.
    pub fn group(&self) -> &str {
        self.id.split('/').next().unwrap_or(&self.id)
    }
}

/// A path as a shell takes it; quoted only where it must be.
fn shell_word(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-@+=:,".contains(c);
    if !path.is_empty() && !path.starts_with('-') && path.chars().all(plain) {
        return path.to_owned();
    }
    format!("'{}'", path.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests;
