//! The cases as the page shows them: by operation, then by account, each with a place to link to.

use super::alike::{MAX_SHOWN, alike};
use proofload_results::validate::{CaseResult, ValidateReport, Verdict};
use std::collections::{HashMap, HashSet};

/// The cases of a report by operation.
#[derive(Debug)]
pub(super) struct Groups<'a> {
    /// The accounts in the order of the run, or as the cases name them.
    pub(super) accounts: Vec<&'a str>,
    /// One for each operation or group of checks, in order.
    pub(super) all: Vec<Group<'a>>,
    /// The places of the cases that have a card, or stand on that of one that is like them.
    shown: HashSet<usize>,
}

/// The cases of one operation.
#[derive(Debug)]
pub(in crate::html) struct Group<'a> {
    /// Its place in the page.
    pub(super) anchor: String,
    /// The `operationId`, or the name of a group of checks.
    pub(super) name: &'a str,
    /// Method and path.
    pub(super) operation: &'a str,
    /// By account; the last one, without an account, holds the other checks.
    pub(super) cells: Vec<Column<'a>>,
}

/// The cases of one account on one operation.
#[derive(Debug)]
pub(super) struct Column<'a> {
    /// Its place in the page.
    pub(super) anchor: String,
    /// Whose they are; none for checks that belong to no account.
    pub(super) account: Option<&'a str>,
    /// Each with its place in the report.
    pub(super) cases: Vec<(usize, &'a CaseResult)>,
}

impl<'a> Groups<'a> {
    /// Sorts the cases of a report.
    pub(super) fn of(report: &'a ValidateReport) -> Self {
        let accounts = accounts(report);
        let mut groups: Vec<Group<'a>> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (number, case) in report.cases.iter().enumerate() {
            let place = *places.entry(case.group()).or_insert_with(|| {
                groups.push(Group::new(groups.len(), case, &accounts));
                groups.len() - 1
            });
            groups[place].add(number, case, &accounts);
        }
        let shown = [Verdict::Fail, Verdict::Warn]
            .into_iter()
            .flat_map(|verdict| alike(report, verdict).into_iter().take(MAX_SHOWN))
            .flat_map(|alike| std::iter::once(alike.first).chain(alike.others))
            .map(|(number, _)| number)
            .collect();
        Self {
            accounts,
            all: groups,
            shown,
        }
    }

    /// Whether a case has a place of its own among the failures or warnings.
    pub(super) fn is_shown(&self, number: usize) -> bool {
        self.shown.contains(&number)
    }
}

impl<'a> Group<'a> {
    fn new(place: usize, case: &'a CaseResult, accounts: &[&'a str]) -> Self {
        let anchor = format!("o{place}");
        let cell = |(number, account)| Column {
            anchor: format!("{anchor}-{number}"),
            account,
            cases: Vec::new(),
        };
        let columns = accounts.iter().copied().map(Some).chain([None]);
        Self {
            name: case.group(),
            operation: &case.operation,
            cells: columns.enumerate().map(cell).collect(),
            anchor,
        }
    }

    fn add(&mut self, number: usize, case: &'a CaseResult, accounts: &[&str]) {
        let column = case
            .account
            .as_deref()
            .and_then(|account| accounts.iter().position(|known| *known == account));
        let column = column.unwrap_or(accounts.len());
        self.cells[column].cases.push((number, case));
    }

    /// Every case of the operation.
    pub(super) fn cases(&self) -> impl Iterator<Item = &'a CaseResult> {
        self.cells
            .iter()
            .flat_map(|cell| cell.cases.iter().map(|(_, case)| *case))
    }
}

/// The accounts in the order of the run, then those that only cases name.
fn accounts(report: &ValidateReport) -> Vec<&str> {
    let run = report
        .run
        .iter()
        .flat_map(|run| run.accounts.iter().map(String::as_str));
    let named = report.cases.iter().filter_map(|case| case.account.as_deref());
    let mut accounts: Vec<&str> = Vec::new();
    for account in run.chain(named) {
        if !accounts.contains(&account) {
            accounts.push(account);
        }
    }
    accounts
}

/// The worst of some verdicts.
pub(super) fn worst(cases: &[(usize, &CaseResult)]) -> Option<Verdict> {
    let weight = |verdict: &Verdict| match verdict {
        Verdict::Skip => 0,
        Verdict::Pass => 1,
        Verdict::Error => 2,
        Verdict::Warn => 3,
        Verdict::Fail => 4,
    };
    cases.iter().map(|(_, case)| case.verdict).max_by_key(weight)
}

/// The cases that ended as `verdict`, each with its place in the report.
pub(super) fn numbered(report: &ValidateReport, verdict: Verdict) -> impl Iterator<Item = (usize, &CaseResult)> {
    let cases = report.cases.iter().enumerate();
    cases.filter(move |(_, case)| case.verdict == verdict)
}
