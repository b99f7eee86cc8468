//! Which cases a run has: every probe on every operation it fits, for every account where that matters.

use super::registry::Registry;
use crate::site::{OPERATION, RELIABILITY};
use proofload_contract::{Contract, Operation};
use proofload_deployment::Account;
use proofload_deployment::pattern::Pattern;
use proofload_probing::findings::{Clause, case_id};
use proofload_probing::probe::Stage;

/// A case before it is run.
#[derive(Debug, Clone)]
pub struct PlannedCase {
    /// Its id.
    pub id: String,
    /// The `operationId`.
    pub operation: String,
    /// The clause it checks.
    pub clause: Clause,
    /// The account, where it matters.
    pub account: Option<String>,
    pub(crate) check: Check,
}

/// What decides a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    /// The probe of that index.
    Probe(usize, Stage),
    /// The sequence of that index.
    Sequence(usize),
}

/// Every case there is, in the order of the report: the contract's operations, then the registry, then the accounts.
pub(crate) fn every_case(registry: &Registry, contract: &Contract, accounts: &[Account]) -> Vec<PlannedCase> {
    let mut cases: Vec<PlannedCase> = contract
        .operations()
        .iter()
        .flat_map(|operation| cases_of(registry, operation, accounts))
        .collect();
    cases.extend(sequence_cases(registry, OPERATION));
    cases
}

fn cases_of(registry: &Registry, operation: &Operation, accounts: &[Account]) -> Vec<PlannedCase> {
    let case = |clause: Clause, account: Option<&str>, check| PlannedCase {
        id: case_id(&operation.id, clause.name, account),
        operation: operation.id.clone(),
        clause,
        account: account.map(str::to_owned),
        check,
    };
    let mut cases = Vec::new();
    for (index, probe) in registry
        .probes
        .iter()
        .enumerate()
        .filter(|(_, probe)| probe.fits(operation))
    {
        let check = Check::Probe(index, probe.stage());
        if probe.per_account() {
            cases.extend(
                accounts
                    .iter()
                    .filter(|account| probe.fits_account(operation, account))
                    .map(|account| case(probe.clause(), Some(&account.name), check)),
            );
        } else {
            cases.push(case(probe.clause(), None, check));
        }
    }
    cases.extend(sequence_cases(registry, &operation.id));
    cases
}

/// The cases that sequences decide on one operation, or on the deployment as a whole.
fn sequence_cases<'a>(registry: &'a Registry, operation: &'a str) -> impl Iterator<Item = PlannedCase> + 'a {
    let declared = registry.sequences.iter().enumerate().flat_map(|(index, sequence)| {
        let cases = sequence.cases().iter();
        cases.map(move |declared| (index, declared))
    });
    declared
        .filter(move |(_, declared)| declared.operation == operation)
        .map(|(index, declared)| PlannedCase {
            id: declared.id(),
            operation: declared.operation.to_owned(),
            clause: declared.clause,
            account: None,
            check: Check::Sequence(index),
        })
}

/// The case of what was lost, where calls were lost and `skip` does not leave it out: whoever selects a part of the cases
/// still learns that the server did not answer.
pub(crate) fn of_lost_calls(registry: &Registry, skip: &[Pattern]) -> Option<PlannedCase> {
    let case = sequence_cases(registry, OPERATION).find(|case| case.clause.name == RELIABILITY.name)?;
    (!skip.iter().any(|pattern| pattern.matches(&case.id))).then_some(case)
}

/// Keeps the cases that `only` selects (all, when it is empty) and `skip` does not.
pub(crate) fn select(cases: Vec<PlannedCase>, only: &[Pattern], skip: &[Pattern]) -> Vec<PlannedCase> {
    let wanted = |case: &PlannedCase| {
        (only.is_empty() || only.iter().any(|pattern| pattern.matches(&case.id)))
            && !skip.iter().any(|pattern| pattern.matches(&case.id))
    };
    cases.into_iter().filter(wanted).collect()
}
