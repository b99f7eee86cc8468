//! What failures, warnings and errors have in common: one line for each cause, not one for each case.
//!
//! Deterministic: the same cases make the same groups in the same order, whatever order they were tested in.

use super::cell::PERMISSION;
use super::{CaseCause, CaseResult, Verdict, WEB_PAGE, likeness};
use crate::figures;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Checks that a sentence names one by one.
const MOST_CHECKS: usize = 4;

/// A sentence on one case is about as long, in characters: a terminal shows so much of it.
const SENTENCE: usize = 320;
/// So much of its clause stands in it at least.
const LEAST_OF_CLAUSE: usize = 100;
/// The check that calls with a good token.
pub(super) const CONTROL: &str = "control";
/// What cases begin with whose calls carry no token.
const WITHOUT_TOKEN: [&str; 2] = ["authenticate", "deployment"];

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

impl CaseResult {
    /// What kind of cause is behind it.
    fn kind(&self) -> CauseKind {
        match self.cause {
            Some(CaseCause::TokenRefused) => return CauseKind::TokenRefused,
            Some(CaseCause::PermissionUnknown) => return CauseKind::PermissionUnknown,
            Some(CaseCause::NoAnswer) => return CauseKind::NoAnswer,
            Some(CaseCause::RateLimited) => return CauseKind::RateLimited,
            Some(CaseCause::Front) => return CauseKind::Front,
            Some(CaseCause::Interrupted) => return CauseKind::Interrupted,
            Some(CaseCause::NoAccount | CaseCause::ReadsOnly | CaseCause::NoHolder | CaseCause::BadLogins) | None => {}
        }
        if self.verdict == Verdict::Error {
            return CauseKind::Alike;
        }
        if self.probe == "clock" {
            return CauseKind::Clock;
        }
        if self.diff.is_some() {
            return CauseKind::Snapshot;
        }
        if self.probe == PERMISSION && self.expects("403") {
            return match self.observed_status() {
                Some(500..=599) => CauseKind::ServerError,
                // They were refused, though otherwise than documented.
                Some(300..=399 | 401) => CauseKind::Alike,
                // A web page is nobody let in.
                _ if self.observed.ends_with(WEB_PAGE) => CauseKind::Alike,
                _ => CauseKind::LetIn,
            };
        }
        match self.observed_status() {
            Some(500..=599) => CauseKind::ServerError,
            Some(401) if self.asks_whether_let_in() && !self.expects("401") => CauseKind::TokenRefused,
            Some(403) if self.refused_a_good_token() && !self.expects("403") && !self.expects("401") => {
                CauseKind::Refused
            }
            _ => CauseKind::Alike,
        }
    }

    /// Whether a refusal that came is one of a good token. Calls that log in, and those about the deployment as a whole, carry
    /// none; and where more than the status is told, the status was right and something else was not.
    fn refused_a_good_token(&self) -> bool {
        let is_bare = self.observed.bytes().all(|byte| byte.is_ascii_digit());
        is_bare && !WITHOUT_TOKEN.contains(&self.group()) && !self.probe.contains("no-token")
    }

    /// Whether the case is about nothing but whether a good token is let in. In others a refusal may have other reasons.
    fn asks_whether_let_in(&self) -> bool {
        (self.probe == CONTROL || self.probe == PERMISSION) && self.refused_a_good_token()
    }

    /// Whether a status is among those that would have been right.
    fn expects(&self, status: &str) -> bool {
        self.expected.contains(status) && !self.expected.contains(&format!("not {status}"))
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
            sentence: sentence(kind, cases),
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

fn sentence(kind: CauseKind, cases: &[(usize, &CaseResult)]) -> String {
    let operations: BTreeSet<&str> = cases.iter().map(|(_, case)| case.group()).collect();
    let on = match operations.first() {
        Some(only) if operations.len() == 1 => bounded(only),
        _ => figures::of(operations.len(), "operation", "operations"),
    };
    let observed = listed(
        cases
            .iter()
            .filter_map(|(_, case)| case.observed_status())
            .map(|status| status.to_string()),
    );
    let accounts = listed(cases.iter().filter_map(|(_, case)| case.account.clone()));
    let whose = if accounts.is_empty() {
        String::new()
    } else {
        format!(", {accounts}")
    };
    match kind {
        CauseKind::TokenRefused => {
            let statuses = cases.iter().filter_map(|(_, case)| case.observed_status());
            let redirected: Vec<u16> = statuses.filter(|status| (300..400).contains(status)).collect();
            let what = if redirected.is_empty() {
                "A good token is refused with 401".to_owned()
            } else {
                format!("A call with a good token is turned away ({observed})")
            };
            format!("{what} on {on}: there, refusals of bad ones prove nothing, and nothing else can be tested.")
        }
        CauseKind::LetIn => format!(
            "Accounts without the permission are {}, on {on}{whose}: 403 was expected, {observed} came.",
            let_in(cases)
        ),
        CauseKind::Refused => format!("Callers who hold the permission are refused with 403, on {on}{whose}."),
        CauseKind::PermissionUnknown => {
            format!("Nobody stated whether the account holds what {on} take, and it was refused with 403{whose}.")
        }
        CauseKind::NotThere => format!(
            "{} {} not there: {} came to everybody, with a good token and without, to the control call as well.",
            listed(operations.iter().map(|operation| (*operation).to_owned())),
            if operations.len() == 1 { "is" } else { "are" },
            listed(
                cases
                    .iter()
                    .filter(|(_, case)| case.probe == "no-token")
                    .map(|(_, case)| case.observed.clone())
            )
        ),
        CauseKind::ServerError => format!("The server answers with a server error ({observed}), on {on}."),
        CauseKind::NoAnswer => format!(
            "No whole answer came, on {on}, such as: {}",
            bounded(likeness::root(&cases[0].1.detail))
        ),
        CauseKind::RateLimited => format!(
            "A limit on the rate (429 or 503) let through too little to test these, on {on}, such as: {}",
            bounded(likeness::root(&cases[0].1.detail))
        ),
        CauseKind::Front => format!(
            "Somebody in front of the application refuses what is needed to test it, on {on} ({}), such as: {}",
            listed(in_order(cases).map(str::to_owned)),
            bounded(&cases[0].1.detail)
        ),
        CauseKind::Interrupted => format!("The run ended before these, on {on}."),
        CauseKind::Clock => format!("The server's clock and this machine's differ: {}.", cases[0].1.observed),
        CauseKind::Snapshot => format!("Answers differ from their snapshots, on {on}."),
        CauseKind::Alike => alike(cases, &on),
    }
}

/// The operations of cases, as often as they have cases, in the order of the report.
fn in_order<'a>(cases: &'a [(usize, &'a CaseResult)]) -> impl Iterator<Item = &'a str> {
    cases.iter().map(|(_, case)| case.group())
}

/// A request that was answered with 400 or 404 got somebody nowhere; it was looked at all the same.
fn let_in(cases: &[(usize, &CaseResult)]) -> &'static str {
    let succeeded = |(_, case): &&(usize, &CaseResult)| matches!(case.observed_status(), Some(200..=299));
    match cases.iter().filter(succeeded).count() {
        0 => "not refused with 403",
        all if all == cases.len() => "let in",
        _ => "let in, or not refused with 403",
    }
}

fn alike(cases: &[(usize, &CaseResult)], on: &str) -> String {
    let (_, first) = cases[0];
    if first.verdict == Verdict::Error {
        let root = likeness::root(&first.detail);
        let same = cases.iter().all(|(_, case)| likeness::root(&case.detail) == root);
        let others = if same { "" } else { " (and so of other accounts)" };
        return format!("{}{others}", bounded(root));
    }
    let came = format!(
        "expected {}, observed {}",
        bounded(&first.expected),
        bounded(&listed(
            cases
                .iter()
                .map(|(_, case)| likeness::told(&case.observed).into_owned())
        ))
    );
    let probes: Vec<String> = cases.iter().map(|(_, case)| case.probe.clone()).collect();
    let probes = listed(probes.into_iter());
    match cases {
        // What came says more than the rest of a long clause.
        [(_, only)] => {
            let room = SENTENCE.saturating_sub(came.chars().count()).max(LEAST_OF_CLAUSE);
            format!("{} ({came})", crate::text::clip(&only.detail, room))
        }
        _ if cases.iter().all(|(_, case)| case.probe == first.probe) => {
            format!("{} ({came}, on {on})", bounded(&first.detail))
        }
        _ => format!("{came}, on {on}, in {probes}"),
    }
}

/// Different texts in their order; many are counted.
fn listed(texts: impl Iterator<Item = String>) -> String {
    let mut seen: Vec<String> = Vec::new();
    for text in texts {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    let more = seen.len().saturating_sub(MOST_CHECKS);
    seen.truncate(MOST_CHECKS);
    let mut text = seen.join(", ");
    if more > 0 {
        // Writing into memory cannot fail.
        let _ = write!(text, " and {more} more");
    }
    text
}

/// What a server put into a sentence stays short.
fn bounded(text: &str) -> String {
    crate::text::clip(text, 240)
}
