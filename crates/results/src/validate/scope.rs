//! What a run tested, with which accounts, and what it did not: part of every sentence over it.

use super::cell::PERMISSION;
use super::premise::named;
use super::{CaseCause, CaseResult, Verdict};
use crate::figures;
use proofload_contract::{Access, Contract, Operation};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fmt;

/// Accounts that a sentence names one by one.
const MOST_ACCOUNTS: usize = 3;
/// Operations that a sentence names one by one.
const MOST_OPERATIONS: usize = 6;
/// The probes whose calls are proper ones.
const PROPER: [&str; 2] = ["answers", "control"];
/// The probe that sends a token that has expired.
const EXPIRED: &str = "expired";

/// What a run tested, and what it did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Operations of the API of which at least one case was judged.
    pub operations: usize,
    /// The accounts it was made with, in their order.
    pub accounts: Vec<ScopeAccount>,
    /// Whether the target allowed what stores something.
    pub writes: bool,
    /// What was not tested.
    pub untested: Vec<Untested>,
}

/// An account, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeAccount {
    /// Its name.
    pub name: String,
    /// The permissions it holds; null for every one.
    pub holds: Option<Vec<String>>,
    /// How that is known.
    pub basis: Basis,
}

/// How it is known what an account holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// Somebody stated it.
    Stated,
    /// Nobody did; it was taken to hold everything.
    Taken,
    /// Nobody did; it is what it was let in with.
    Seen,
}

/// Something that was not tested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Untested {
    /// All that takes a login: there was no account.
    Logins,
    /// Operations of which no case was judged.
    Operations {
        /// Their ids.
        operations: Vec<String>,
    },
    /// Calls that take a permission which no account was seen to hold.
    Permissions {
        /// The permissions.
        permissions: Vec<String>,
    },
    /// Refusals of accounts that lack a permission.
    Refusals {
        /// The permissions.
        permissions: Vec<String>,
        /// Whether these are all there are.
        every: bool,
    },
    /// Whatever stores something.
    Writes,
    /// Whether an expired token is refused.
    ExpiredTokens {
        /// Whether a key was there to mint one with.
        signing_key: bool,
    },
    /// Proper calls of operations, none of which somebody in front of the application let through.
    NeverLetThrough {
        /// Their ids.
        operations: Vec<String>,
    },
    /// Cases whose calls somebody in front of the application refused.
    BehindFront {
        /// How many.
        cases: usize,
    },
    /// Cases whose logins must be refused: all of them, those after a sign that an account was locked out, or those that no
    /// account could be lent for.
    BadLogins {
        /// How many.
        cases: usize,
    },
    /// Cases that a pattern left out.
    LeftOut,
}

/// What a run was made with.
#[derive(Debug)]
pub struct Means<'a> {
    /// The API.
    pub contract: &'a Contract,
    /// The accounts, in their order.
    pub accounts: Vec<ScopeAccount>,
    /// Whether something could be stored.
    pub writes: bool,
    /// Whether there was a key to mint tokens with.
    pub signing_key: bool,
    /// Whether every case was selected.
    pub whole: bool,
}

impl ScopeAccount {
    fn holds(&self, permission: &str) -> bool {
        let held = self.holds.as_ref();
        held.is_none_or(|held| held.iter().any(|name| name == permission))
    }
}

impl Scope {
    /// What these cases tested.
    pub fn of(cases: &[CaseResult], means: Means<'_>) -> Self {
        let judged: Vec<&CaseResult> = cases.iter().filter(|case| case.is_judged()).collect();
        let groups: HashSet<&str> = judged.iter().map(|case| case.group()).collect();
        let all = means.contract.operations().iter();
        let (tested, missing): (Vec<&Operation>, Vec<&Operation>) =
            all.partition(|operation| groups.contains(operation.id.as_str()));
        let mut untested = Vec::new();
        if !missing.is_empty() {
            untested.push(Untested::Operations {
                operations: missing.into_iter().map(|operation| operation.id.clone()).collect(),
            });
        }
        if means.accounts.is_empty() {
            untested.insert(0, Untested::Logins);
        } else {
            untested.extend(permissions(&judged, &tested, &means));
        }
        if !means.writes {
            untested.push(Untested::Writes);
        }
        if !judged.iter().any(|case| case.probe == EXPIRED) {
            untested.push(Untested::ExpiredTokens {
                signing_key: means.signing_key,
            });
        }
        let of = |cause| cases.iter().filter(|case| case.cause == Some(cause)).count();
        let (behind, bad_logins) = (of(CaseCause::Front), of(CaseCause::BadLogins));
        let swallowed = swallowed(cases);
        if !swallowed.is_empty() {
            untested.push(Untested::NeverLetThrough { operations: swallowed });
        }
        if behind > 0 {
            untested.push(Untested::BehindFront { cases: behind });
        }
        if bad_logins > 0 {
            untested.push(Untested::BadLogins { cases: bad_logins });
        }
        if !means.whole {
            untested.push(Untested::LeftOut);
        }
        Self {
            operations: tested.len(),
            accounts: means.accounts,
            writes: means.writes,
            untested,
        }
    }

    /// What was not tested, in a few words each.
    pub fn not_tested(&self) -> Vec<String> {
        self.untested.iter().map(ToString::to_string).collect()
    }

    fn who(&self) -> String {
        let mut shown: Vec<String> = self
            .accounts
            .iter()
            .take(MOST_ACCOUNTS)
            .map(ToString::to_string)
            .collect();
        let more = self.accounts.len() - shown.len();
        if more > 0 {
            shown.push(figures::of(more, "more account", "more accounts"));
        }
        match shown.split_last() {
            None => "without an account".to_owned(),
            Some((only, [])) => format!("as {only}"),
            Some((last, first)) => format!("as {} and {last}", first.join(", ")),
        }
    }
}

/// Operations of which a front let no proper call through: the one that asks for a success, or the control call.
fn swallowed(cases: &[CaseResult]) -> Vec<String> {
    let mut operations: Vec<String> = Vec::new();
    let proper = |case: &&CaseResult| PROPER.contains(&case.probe.as_str());
    let by_front = |case: &&CaseResult| case.verdict == Verdict::Error && case.cause == Some(CaseCause::Front);
    for case in cases.iter().filter(proper).filter(by_front) {
        if !operations.iter().any(|known| known == case.group()) {
            operations.push(case.group().to_owned());
        }
    }
    operations
}

/// Permissions that nobody was seen to hold, and those that nobody was seen to be refused without.
/// Those of operations that were not tested at all go without saying.
fn permissions(judged: &[&CaseResult], tested: &[&Operation], means: &Means<'_>) -> Vec<Untested> {
    let seen: HashSet<(&str, bool)> = judged.iter().filter_map(|case| cell(case, means)).collect();
    let taken = |name: &&str| {
        let mut accesses = tested.iter().map(|operation| &operation.access);
        accesses.any(|access| matches!(access, Access::Permission { name: taken, .. } if taken == name))
    };
    let all: Vec<&str> = means.contract.permissions().into_iter().filter(taken).collect();
    let lacking = |holds: bool| -> Vec<String> {
        let missing = all.iter().filter(|name| !seen.contains(&(**name, holds)));
        missing.map(|name| (*name).to_owned()).collect()
    };
    let (unheld, unrefused) = (lacking(true), lacking(false));
    let every = unrefused.len() == all.len();
    let mut untested = Vec::new();
    if !unheld.is_empty() {
        untested.push(Untested::Permissions { permissions: unheld });
    }
    if !unrefused.is_empty() {
        untested.push(Untested::Refusals {
            permissions: unrefused,
            every,
        });
    }
    untested
}

/// The permission that a case of the matrix is about, and whether its account holds it.
fn cell<'a>(case: &CaseResult, means: &'a Means<'_>) -> Option<(&'a str, bool)> {
    if case.probe != PERMISSION || case.verdict == Verdict::Error {
        return None;
    }
    let account = case.account.as_deref()?;
    let account = means.accounts.iter().find(|known| known.name == account)?;
    match &means.contract.operation(case.group())?.access {
        Access::Permission { name, .. } => Some((name, account.holds(name))),
        Access::Anonymous | Access::Authenticated => None,
    }
}

impl fmt::Display for Scope {
    /// `38 operations as 'full' (every permission), reads only`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let depth = if self.writes { "reads and writes" } else { "reads only" };
        write!(
            f,
            "{} {}, {depth}",
            figures::of(self.operations, "operation", "operations"),
            self.who()
        )
    }
}

impl fmt::Display for ScopeAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = match (&self.holds, self.basis) {
            (None, Basis::Taken) => "taken to hold every permission".to_owned(),
            (None, _) => "every permission".to_owned(),
            (Some(held), _) if held.is_empty() => "no permission".to_owned(),
            (Some(held), _) if held.len() <= 2 => held.join(", "),
            (Some(held), _) => format!("{} permissions", held.len()),
        };
        let seen = if self.basis == Basis::Seen {
            ", as far as was seen"
        } else {
            ""
        };
        write!(f, "'{}' ({held}{seen})", self.name)
    }
}

impl fmt::Display for Untested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Logins => f.write_str("whatever takes a login (no account)"),
            Self::Operations { operations } => f.write_str(&figures::of(operations.len(), "operation", "operations")),
            Self::Permissions { permissions } => {
                write!(f, "calls that take {} (no account was let in)", named(permissions))
            }
            Self::Refusals { every: true, .. } => f.write_str("refusals to other accounts"),
            Self::Refusals { permissions, .. } => write!(f, "refusals to accounts without {}", named(permissions)),
            Self::Writes => f.write_str("writes"),
            Self::ExpiredTokens { signing_key: false } => f.write_str("expired tokens (no signing key)"),
            Self::ExpiredTokens { signing_key: true } => f.write_str("expired tokens"),
            Self::NeverLetThrough { operations } => {
                let more = operations.len().saturating_sub(MOST_OPERATIONS);
                let mut shown = operations[..operations.len() - more].join(", ");
                if more > 0 {
                    shown = format!("{shown} and {}", figures::of(more, "more operation", "more operations"));
                }
                write!(
                    f,
                    "proper calls of {shown} (somebody in front of the application let none through)"
                )
            }
            Self::BehindFront { cases } => write!(
                f,
                "{} that somebody in front of the application refused",
                figures::of(*cases, "case", "cases")
            ),
            Self::BadLogins { cases } => {
                write!(
                    f,
                    "{} of logins with wrong passwords",
                    figures::of(*cases, "case", "cases")
                )
            }
            Self::LeftOut => f.write_str("the cases that were left out"),
        }
    }
}
