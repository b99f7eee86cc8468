//! Deviations that are alike: the same clause, broken in the same way by many operations, shown once.

use super::groups::numbered;
use proofload_results::validate::{CaseResult, ValidateReport, Verdict};
use std::collections::HashMap;

/// How many deviations that differ are shown in full, of each verdict.
pub(super) const MAX_SHOWN: usize = 200;

/// Cases with the same probe that expected and observed the same.
#[derive(Debug)]
pub(super) struct Alike<'a> {
    /// The first of them, with its place in the report.
    pub(super) first: (usize, &'a CaseResult),
    /// The others, in order.
    pub(super) others: Vec<(usize, &'a CaseResult)>,
}

impl Alike<'_> {
    /// How many cases it stands for.
    pub(super) fn len(&self) -> usize {
        1 + self.others.len()
    }
}

/// The cases that ended as `verdict`, alike ones together, in the order of their first. What differs from a snapshot is
/// like nothing else.
pub(super) fn alike(report: &ValidateReport, verdict: Verdict) -> Vec<Alike<'_>> {
    let mut places: HashMap<[&str; 4], usize> = HashMap::new();
    let mut all: Vec<Alike<'_>> = Vec::new();
    for (number, case) in numbered(report, verdict) {
        let key = [case.probe.as_str(), &case.expected, &case.observed, &case.detail];
        if case.diff.is_none() {
            if let Some(place) = places.get(&key) {
                all[*place].others.push((number, case));
                continue;
            }
            places.insert(key, all.len());
        }
        all.push(Alike {
            first: (number, case),
            others: Vec::new(),
        });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::examples::validate::{case, report};

    #[test]
    fn the_same_deviation_of_many_operations_is_one() {
        let differing = CaseResult {
            diff: Some("-a\n+b".to_owned()),
            ..case("b/snapshot", "GET /b", Verdict::Fail)
        };
        let other = CaseResult {
            observed: "500".to_owned(),
            ..case("c/no-token", "GET /c", Verdict::Fail)
        };
        let report = report(vec![
            case("a/no-token", "GET /a", Verdict::Fail),
            differing.clone(),
            case("b/no-token", "GET /b", Verdict::Fail),
            other,
            CaseResult {
                id: "c/snapshot".to_owned(),
                ..differing
            },
            case("d/no-token", "GET /d", Verdict::Pass),
        ]);
        let alike = alike(&report, Verdict::Fail);
        let sizes: Vec<(usize, usize)> = alike.iter().map(|one| (one.first.0, one.len())).collect();
        assert_eq!(sizes, [(0, 2), (1, 1), (3, 1), (4, 1)]);
    }
}
