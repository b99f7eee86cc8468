//! What a cell of the matrix of operations by accounts says: decided here, for every rendering.

use super::{CaseResult, Verdict};
use std::fmt::{self, Write as _};

/// The probe whose cases the matrix is made of.
pub(super) const PERMISSION: &str = "permission";

/// What the cases of one account on one operation come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// Let in, as it should be.
    Ok,
    /// Refused with 403, as it should be.
    Refused,
    /// A deviation that somebody answers for.
    Accepted,
    /// Whether it is let in was not tested.
    NotTested,
    /// Could not be tested.
    Unknown,
    /// A MUST is broken; with the status that came, where there is one.
    Failed(Option<u16>),
    /// A SHOULD is broken.
    Deviates(Option<u16>),
}

impl Cell {
    /// What these cases come to; none when there are none.
    ///
    /// The worst of them counts. Where none is bad, the case that asks whether the account is let in decides alone: what was
    /// skipped beside it makes no refusal an "ok", and what passed beside it makes nothing tested that was not.
    pub fn of<'a>(cases: impl IntoIterator<Item = &'a CaseResult>) -> Option<Self> {
        let cases: Vec<&CaseResult> = cases.into_iter().collect();
        if cases.is_empty() {
            return None;
        }
        let first = |verdict| cases.iter().find(|case| case.verdict == verdict);
        if let Some(case) = first(Verdict::Fail) {
            return Some(Self::Failed(case.observed_status()));
        }
        if let Some(case) = first(Verdict::Warn) {
            return Some(Self::Deviates(case.observed_status()));
        }
        if first(Verdict::Error).is_some() {
            return Some(Self::Unknown);
        }
        if cases.iter().any(|case| case.accepted.is_some()) {
            return Some(Self::Accepted);
        }
        let asked = cases.iter().find(|case| case.probe == PERMISSION);
        Some(match (asked.copied(), first(Verdict::Pass)) {
            (Some(case), _) if case.verdict == Verdict::Skip => Self::NotTested,
            (Some(case), _) if case.observed_status() == Some(403) => Self::Refused,
            // Somebody in front refused it in another way: the application was not asked.
            (Some(case), _) if case.expected.starts_with("403") => Self::NotTested,
            (Some(_), _) | (None, Some(_)) => Self::Ok,
            (None, None) => Self::NotTested,
        })
    }

    /// The verdict that it is coloured by: only what was tested and is right is a pass.
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Ok | Self::Refused => Verdict::Pass,
            Self::Accepted | Self::NotTested => Verdict::Skip,
            Self::Unknown => Verdict::Error,
            Self::Failed(_) => Verdict::Fail,
            Self::Deviates(_) => Verdict::Warn,
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let with = |word: &str, status: &Option<u16>| {
            status.map_or_else(|| format!("{word}:!"), |status| format!("{word}:{status}"))
        };
        match self {
            Self::Ok => f.pad("ok"),
            Self::Refused => f.pad("403"),
            Self::Accepted => f.pad("accepted"),
            Self::NotTested => f.pad("not tested"),
            Self::Unknown => f.pad("error"),
            Self::Failed(status) => f.pad(&with("FAIL", status)),
            Self::Deviates(status) => f.pad(&with("warn", status)),
        }
    }
}

/// How the checks beside the matrix came out, such as `57/60 2 FAIL 1 skip`; empty when there are none.
pub fn tally<'a>(cases: impl IntoIterator<Item = &'a CaseResult>) -> String {
    let cases: Vec<&CaseResult> = cases.into_iter().collect();
    if cases.is_empty() {
        return String::new();
    }
    let of = |verdict| cases.iter().filter(|case| case.verdict == verdict).count();
    let mut tally = format!("{}/{}", of(Verdict::Pass), cases.len());
    for (verdict, word) in [
        (Verdict::Fail, "FAIL"),
        (Verdict::Warn, "warn"),
        (Verdict::Error, "error"),
        (Verdict::Skip, "skip"),
    ] {
        match of(verdict) {
            0 => {}
            // Writing into memory cannot fail.
            count => _ = write!(tally, " {count} {word}"),
        }
    }
    tally
}

impl CaseResult {
    /// The status that what was observed begins with, where it does.
    pub fn observed_status(&self) -> Option<u16> {
        let digits: String = self.observed.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok().filter(|status| (100..1000).contains(status))
    }
}
