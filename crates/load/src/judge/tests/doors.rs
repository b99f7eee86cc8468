//! What is said of guards that were not tried, or were neither refused nor let in.

use super::run;
use crate::judge::doors::{findings, report};
use proofload_results::load::{GuardCount, GuardKind, GuardPlan, GuardReport};
use proofload_results::record::Totals;
use std::collections::BTreeMap;

fn told(counts: &[(GuardKind, GuardCount)]) -> (GuardReport, Vec<String>) {
    let mut run = run(&[]);
    run.guards = Some(GuardPlan {
        per_s: 1.0,
        check: "none".to_owned(),
        untried: BTreeMap::new(),
    });
    let mut totals = Totals::default();
    totals.guarded.guards = counts.iter().cloned().collect();
    let report = report(&totals, &run).unwrap();
    let findings = findings(&report);
    (report, findings)
}

fn count(sent: u64, refused: u64, others: &[(&str, u64)]) -> GuardCount {
    let others = others.iter().map(|(name, count)| ((*name).to_owned(), *count));
    let refusals = (refused > 0).then(|| ("401".to_owned(), refused));
    GuardCount {
        sent,
        refused,
        let_in: 0,
        statuses: others.chain(refusals).collect(),
        odd: None,
    }
}

#[test]
fn every_kind_is_tried_or_says_why_not() {
    let (report, findings) = told(&[]);
    assert_eq!(report.rows().count(), GuardKind::ALL.len());
    assert_eq!(findings.len(), 1);
    assert!(findings[0].starts_with("no guard was sent"), "{findings:?}");
    let (report, findings) = told(&[
        (GuardKind::NoToken, count(2, 2, &[])),
        (GuardKind::BentExpiry, count(1, 1, &[])),
    ]);
    assert!(report.plan.untried[&GuardKind::ExpiredToken].contains("not signed with the signing key"));
    assert_eq!(
        findings,
        [
            "the run was too short for all guards: none was sent with a tampered token, an account without the permission, an id that nobody has"
        ]
    );
    let (report, _) = told(&[(GuardKind::ExpiredToken, count(1, 1, &[]))]);
    assert!(
        !report.plan.untried.contains_key(&GuardKind::BentExpiry),
        "the other says more"
    );
}

#[test]
fn what_was_neither_is_told_and_most_where_nothing_else_was_seen() {
    let finding = |count: GuardCount| {
        let (_, mut findings) = told(&[(GuardKind::NoToken, count)]);
        findings.retain(|finding| !finding.contains("too short"));
        findings.join("; ")
    };
    assert!(
        finding(count(3, 0, &[("302", 3)])).starts_with("whether calls with no token are refused was not seen: of 3")
    );
    assert_eq!(
        finding(count(3, 2, &[("503", 1)])),
        "1 of 3 calls with no token were neither refused nor let in"
    );
    assert!(finding(count(2, 0, &[])).contains("no answer had come when the run was over"));
    assert_eq!(finding(count(3, 2, &[])), "", "one is under way when a run ends");
}
