//! The two extension points: probes of one operation, and sequences over several.
//!
//! To add a check:
//!
//! * **One operation, one question** (what happens with this header, this account): implement [`Probe`], or write a
//!   [`HeaderProbe`](super::header_probe::HeaderProbe) constant when only the `Authorization` header differs, and list it in
//!   [`probes::all`](super::probes::all). It becomes a case on every operation it [fits](Probe::fits).
//! * **Behaviour that takes several calls** (create, list, delete): implement [`Sequence`] in `behaviour/`, and list it in
//!   [`behaviour::all`](super::behaviour::all). It declares every case it decides beforehand, so that `--list` and
//!   `--only` know them, and reports each on its [`Sheet`].
//!
//! Everything a check needs is on the [`Context`]: it sends, holds tokens and accounts, builds requests from the
//! contract, and knows what the target permits. A check never sends on another way, or secrets would not be redacted.

use super::clause::Clause;
use super::context::Context;
use super::finding::{Finding, Stop};
use futures_util::future::BoxFuture;
use proofload_contract::{Contract, Operation};
use proofload_deployment::Account;
use std::collections::BTreeMap;

/// When a probe's turn comes among the probes of its operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The control call before the negatives.
    Before,
    /// Everything whose verdict means nothing when the control calls fail with 401.
    Negative,
    /// The control call after the negatives.
    After,
}

/// What a probe is run on.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The operation.
    pub operation: &'a Operation,
    /// The account, for probes that are run once per account.
    pub account: Option<&'a Account>,
}

/// A check of one operation.
pub trait Probe: Send + Sync {
    /// What it checks.
    fn clause(&self) -> Clause;

    /// Whether it makes sense on `operation`.
    fn fits(&self, operation: &Operation) -> bool;

    /// Whether it needs an account to log in with. What needs none is run even where no account was given.
    fn needs_account(&self) -> bool {
        true
    }

    /// Whether it is one case for each account.
    fn per_account(&self) -> bool {
        false
    }

    /// Whether it makes sense for `account`, when it is one case for each.
    fn fits_account(&self, _operation: &Operation, _account: &Account) -> bool {
        true
    }

    /// When its turn comes.
    fn stage(&self) -> Stage {
        Stage::Negative
    }

    /// Provokes and verifies.
    fn run<'a>(&'a self, context: &'a Context, subject: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>>;
}

/// A case that a sequence decides.
#[derive(Debug, Clone, Copy)]
pub struct Declared {
    /// The `operationId` that gets the blame, or `deployment` for what belongs to no operation.
    pub operation: &'static str,
    /// What is checked.
    pub clause: Clause,
}

impl Declared {
    /// A case of `operation`.
    pub const fn new(operation: &'static str, clause: Clause) -> Self {
        Self { operation, clause }
    }
}

/// A check that takes several calls and decides several cases.
pub trait Sequence: Send + Sync {
    /// Its name, for documentation, e.g. `tags`.
    fn name(&self) -> &'static str;

    /// Every case it can decide. A case whose operation the contract lacks is left out.
    fn cases(&self) -> &[Declared];

    /// Whether it stores anything: then it is skipped on a target that allows reads only.
    fn writes(&self) -> bool;

    /// Whether it needs an account to log in with.
    fn needs_account(&self) -> bool {
        true
    }

    /// Plays the sequence and reports each case on the sheet. On `Err`, the cases not yet reported end with that
    /// reason. Whatever it stored, it removes before it returns, on both ways out.
    fn run<'a>(&'a self, context: &'a Context, sheet: &'a mut Sheet) -> BoxFuture<'a, Result<(), Stop>>;
}

/// Where a sequence writes its findings.
#[derive(Debug, Default)]
pub struct Sheet {
    findings: BTreeMap<String, Finding>,
}

impl Sheet {
    /// Reports a case. The first deviation of a case stands: neither a later pass nor a reason why there was nothing to
    /// test wipes it out.
    pub fn report(&mut self, operation: &str, probe: &str, finding: Finding) {
        let id = super::case_id(operation, probe, None);
        let weight = finding.weight();
        match self.findings.get(&id) {
            Some(earlier) if earlier.weight() > weight || (earlier.weight() == weight && !earlier.holds()) => {}
            _ => {
                self.findings.insert(id, finding);
            }
        }
    }

    pub(super) fn take(&mut self, id: &str) -> Option<Finding> {
        self.findings.remove(id)
    }

    pub(super) fn undeclared(&self) -> impl Iterator<Item = &str> {
        self.findings.keys().map(String::as_str)
    }
}

/// Every check there is, in the order of the report.
pub struct Registry {
    /// Checks of one operation.
    pub probes: Vec<Box<dyn Probe>>,
    /// Checks over several operations.
    pub sequences: Vec<Box<dyn Sequence>>,
}

impl Registry {
    /// The checks this program was built with.
    pub fn shipped() -> Self {
        Self {
            probes: super::probes::all(),
            sequences: super::behaviour::all()
                .into_iter()
                .chain(super::deployment::all())
                .collect(),
        }
    }

    /// The operations of `contract` that a probe fits.
    pub fn fitting<'c>(probe: &dyn Probe, contract: &'c Contract) -> impl Iterator<Item = &'c Operation> {
        contract.operations().iter().filter(|operation| probe.fits(operation))
    }
}
