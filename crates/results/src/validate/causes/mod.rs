//! What failures, warnings and errors have in common: one line for each cause, not one for each case.
//!
//! Deterministic: the same cases make the same groups in the same order, whatever order they were tested in.

mod kind;
mod likeness;
mod sentence;

use super::{CaseResult, Verdict};
use crate::figures;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The check that calls with a good token.
const CONTROL: &str = "control";

/// Cases that failed, warned or could not be tested for one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommonCause {
    /// What kind of cause it is.
    pub kind: CauseKind,
    /// How the worst of its cases ended.
    pub verdict: Verdict,
    /// What they have in common.
    pub sentence: String,
    /// How many of them failed.
    pub fail: usize,
    /// How many warned.
    pub warn: usize,
    /// How many could not be tested.
    pub error: usize,
    /// Their ids, in the order of the report.
    pub cases: Vec<String>,
}

/// What cases can have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CauseKind {
    /// A good token is refused, so that refusals of bad ones prove nothing.
    TokenRefused,
    /// Accounts are let in without the permission, or their requests are looked at.
    LetIn,
    /// Accounts that hold the permission are refused.
    Refused,
    /// Nobody stated what an account holds, and it was refused.
    PermissionUnknown,
    /// Operations are not there: everybody gets the same 404 or 405, with a good token and without.
    NotThere,
    /// The server answers with a server error.
    ServerError,
    /// No whole answer came.
    NoAnswer,
    /// A limit on the rate lets too little through.
    RateLimited,
    /// Somebody in front of the application refused the calls.
    Front,
    /// The run ended before them.
    Interrupted,
    /// The clocks of the server and of this machine differ.
    Clock,
    /// Answers differ from their snapshots.
    Snapshot,
    /// The same check was broken in the same way.
    Alike,
}

/// What tells one cause from another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Kind(CauseKind),
    /// Verdict, probe, expected and observed; or the reason of what could not be tested.
    Alike(u8, &'a str, &'a str, &'a str),
}

/// The groups of these cases: failures first, then what could not be tested, then warnings; the largest first.
pub(super) fn of(cases: &[CaseResult]) -> Vec<CommonCause> {
    let mut groups: BTreeMap<Key<'_>, Vec<(usize, &CaseResult)>> = BTreeMap::new();
    let not_there = likeness::not_there(cases);
    for (place, case) in cases.iter().enumerate() {
        let key = match case.verdict {
            Verdict::Fail | Verdict::Warn if not_there.contains(case.group()) => Key::Kind(CauseKind::NotThere),
            Verdict::Fail | Verdict::Warn | Verdict::Error => Key::of(case),
            Verdict::Pass | Verdict::Skip => continue,
        };
        groups.entry(key).or_default().push((place, case));
    }
    let mut groups: Vec<(usize, CommonCause)> = together(groups)
        .into_iter()
        .map(|(kind, cases)| (cases[0].0, CommonCause::new(kind, &cases)))
        .collect();
    groups.sort_by_key(|(place, cause)| (rank(cause.verdict), std::cmp::Reverse(cause.cases.len()), *place));
    groups.into_iter().map(|(_, cause)| cause).collect()
}

/// Cases with their places in the report.
type Placed<'a> = Vec<(usize, &'a CaseResult)>;
type Group<'a> = (CauseKind, Placed<'a>);
/// What cases of several checks have in common: verdict, expected, operations; of one operation alone, what came.
type Common<'a> = (u8, &'a str, BTreeSet<&'a str>, Option<&'a str>);

/// Groups of different checks that are broken on the very same operations are one: a signature that nobody verifies fails a
/// dozen checks on each of them. Of one operation alone they are one where the same came: it may be broken in more ways.
fn together<'a>(groups: BTreeMap<Key<'a>, Placed<'a>>) -> Vec<Group<'a>> {
    let mut all: Vec<Group<'a>> = Vec::new();
    let mut places: BTreeMap<Common<'_>, usize> = BTreeMap::new();
    for (key, cases) in groups {
        let Key::Alike(verdict, _, expected, _) = key else {
            let kind = if key == Key::Kind(CauseKind::NotThere) {
                CauseKind::NotThere
            } else {
                cases[0].1.kind()
            };
            all.push((kind, cases));
            continue;
        };
        if cases[0].1.verdict == Verdict::Error {
            all.push((CauseKind::Alike, cases));
            continue;
        }
        let operations: BTreeSet<&str> = cases.iter().map(|(_, case)| case.group()).collect();
        let parts = if operations.len() == 1 {
            by_observed(cases)
        } else {
            vec![(None, cases)]
        };
        for (observed, cases) in parts {
            let place = (verdict, expected, operations.clone(), observed);
            if let Some(place) = places.get(&place) {
                all[*place].1.extend(cases);
            } else {
                places.insert(place, all.len());
                all.push((CauseKind::Alike, cases));
            }
        }
    }
    for (_, cases) in &mut all {
        cases.sort_by_key(|(place, _)| *place);
    }
    all
}

/// Cases of one check by what came.
fn by_observed(cases: Placed<'_>) -> Vec<(Option<&str>, Placed<'_>)> {
    let mut parts: BTreeMap<&str, Placed<'_>> = BTreeMap::new();
    for (place, case) in cases {
        parts.entry(likeness::observed(case)).or_default().push((place, case));
    }
    parts
        .into_iter()
        .map(|(observed, cases)| (Some(observed), cases))
        .collect()
}

fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Fail => 0,
        Verdict::Error => 1,
        Verdict::Warn => 2,
        Verdict::Pass | Verdict::Skip => 3,
    }
}

impl<'a> Key<'a> {
    fn of(case: &'a CaseResult) -> Self {
        match case.kind() {
            CauseKind::Alike if case.verdict == Verdict::Error => {
                Self::Alike(rank(case.verdict), "", "", likeness::root_of_all(&case.detail))
            }
            CauseKind::Alike => {
                // An expired token that is let in gets 200, 400 or 404, by what the operation makes of the rest.
                let is_status = case.observed.bytes().all(|byte| byte.is_ascii_digit());
                let observed = if is_status { "" } else { likeness::observed(case) };
                Self::Alike(rank(case.verdict), &case.probe, &case.expected, observed)
            }
            kind => Self::Kind(kind),
        }
    }
}

impl CommonCause {
    fn new(kind: CauseKind, cases: &[(usize, &CaseResult)]) -> Self {
        let of = |verdict| cases.iter().filter(|(_, case)| case.verdict == verdict).count();
        let worst = cases
            .iter()
            .map(|(_, case)| case.verdict)
            .min_by_key(|verdict| rank(*verdict));
        Self {
            kind,
            verdict: worst.unwrap_or(Verdict::Error),
            sentence: sentence::of(kind, cases),
            fail: of(Verdict::Fail),
            warn: of(Verdict::Warn),
            error: of(Verdict::Error),
            cases: cases.iter().map(|(_, case)| case.id.clone()).collect(),
        }
    }

    /// How many of its cases ended how, such as `48 fail, 2 118 error`.
    pub fn counts(&self) -> String {
        let counts = [(self.fail, "fail"), (self.error, "error"), (self.warn, "warn")];
        let counts = counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{} {word}", figures::grouped(*count as u64)));
        counts.collect::<Vec<_>>().join(", ")
    }

    /// The same behind the word of its verdict, which says what a single case is, and how all ended that ended alike: nothing,
    /// `33 cases`, or `48 fail, 2 118 error`.
    pub fn how_many(&self) -> Option<String> {
        let all = self.fail + self.error + self.warn;
        match all {
            0 | 1 => None,
            _ if [self.fail, self.error, self.warn].contains(&all) => Some(figures::of(all, "case", "cases")),
            _ => Some(self.counts()),
        }
    }
}
