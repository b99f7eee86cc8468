//! With reads alone nothing is changed on the target, whatever its defects.

use crate::deployment;

use proofload_conformance as conformance;
use proofload_conformance::ConformanceOptions;
use proofload_contract::Contract;
use proofload_deployment::Trust;
use proofload_deployment::pattern::Pattern;
use proofload_mock_server::{Defect, Group, Settings};
use proofload_results::events::Unobserved;
use proofload_results::validate::Verdict;
use proofload_test_support::Mock;
use tokio::runtime::Runtime;

/// Runs the suite over a mock with `defects`, allowed to read only, and says what has changed.
fn change(defects: &[Defect], only: &[Pattern]) -> Option<String> {
    let mock = Mock::start(Settings {
        defects: defects.to_vec(),
        ..Settings::default()
    });
    let target = deployment::target(&mock, &mock.http_url(), Trust::System, false);
    let options = ConformanceOptions {
        only: only.to_vec(),
        ..ConformanceOptions::default()
    };
    let before = mock.identities().fingerprint_of_state();
    let run = conformance::run(&target, Contract::bundled(), &options, &Unobserved);
    let outcome = Runtime::new()
        .expect("a runtime")
        .block_on(run)
        .expect("the run begins");
    let tested = outcome
        .report
        .cases
        .iter()
        .filter(|case| case.verdict != Verdict::Skip)
        .count();
    assert!(tested > 0, "nothing was sent to a mock with {defects:?}");
    let after = mock.identities().fingerprint_of_state();
    (before != after).then(|| format!("{defects:?}"))
}

/// The operations that store something when they are let through.
fn writes() -> Vec<Pattern> {
    let operations = Contract::bundled()
        .operations()
        .iter()
        .filter(|operation| operation.writes);
    operations
        .map(|operation| Pattern::parse(&format!("{}/*", operation.id)).expect("a pattern"))
        .collect()
}

fn of(group: Group) -> impl Iterator<Item = Defect> {
    Defect::ALL
        .iter()
        .copied()
        .filter(move |defect| defect.group() == group)
}

/// The defects that let callers through who should be stopped, one at a time, on every operation that writes.
#[test]
fn no_door_left_open_lets_anything_be_stored() {
    let writes = writes();
    let changed: Vec<String> = of(Group::Authentication)
        .chain(of(Group::Authorisation))
        .filter_map(|defect| {
            let shown = |pattern: &&Pattern| {
                defect
                    .operations()
                    .iter()
                    .any(|id| pattern.matches(&format!("{id}/no-token")))
            };
            let affected: Vec<Pattern> = writes.iter().filter(shown).cloned().collect();
            if affected.is_empty() {
                None
            } else {
                change(&[defect], &affected)
            }
        })
        .collect();
    assert_eq!(changed, Vec::<String>::new());
}

/// Everything else, a part of the server at a time, on every operation.
#[test]
fn no_part_of_the_server_that_is_all_wrong_stores_anything() {
    let groups = [
        Group::Tokens,
        Group::Credentials,
        Group::Renewal,
        Group::Publishing,
        Group::Recognition,
        Group::People,
        Group::Tags,
        Group::Detections,
        Group::Files,
        Group::Protocol,
    ];
    let changed: Vec<String> = groups
        .into_iter()
        .filter_map(|group| change(&of(group).collect::<Vec<_>>(), &[]))
        .collect();
    assert_eq!(changed, Vec::<String>::new());
}

/// The worst there can be: every door open at once.
#[test]
fn with_every_door_open_at_once_nothing_is_stored() {
    let opened = |defect: &Defect| {
        let name = defect.name();
        ["accepts-", "anonymous-", "open-", "ignores-"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
    };
    let defects: Vec<Defect> = Defect::ALL.iter().copied().filter(opened).collect();
    assert!(defects.len() > 40, "{} defects", defects.len());
    assert_eq!(change(&defects, &[]), None);
}

/// That a change would be seen: with writes allowed there is one.
#[test]
fn a_change_would_be_seen() {
    let mock = Mock::on_premise();
    let target = deployment::target(&mock, &mock.http_url(), Trust::System, true);
    let options = ConformanceOptions {
        only: vec![
            Pattern::parse("createTag/*").expect("a pattern"),
            Pattern::parse("publish/*").expect("a pattern"),
        ],
        ..ConformanceOptions::default()
    };
    let before = mock.identities().fingerprint_of_state();
    let run = conformance::run(&target, Contract::bundled(), &options, &Unobserved);
    Runtime::new()
        .expect("a runtime")
        .block_on(run)
        .expect("the run begins");
    assert_ne!(before, mock.identities().fingerprint_of_state());
}
