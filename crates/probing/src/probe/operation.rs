//! A check of one operation.

use crate::context::Context;
use crate::findings::{Clause, Finding, Stop};
use futures_util::future::BoxFuture;
use proofload_contract::Operation;
use proofload_deployment::Account;

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
