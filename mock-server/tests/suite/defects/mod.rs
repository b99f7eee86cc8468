//! Every defect shows: against a script of calls, a server that has it answers otherwise than one that has none.

mod forge;
mod script;
mod transcript;

use proofload_mock_server::Defect;
use std::thread;
use transcript::Step;

/// The steps that a defect answers otherwise, by the operation they are about.
fn changed(clean: &[Step], defective: &[Step]) -> Vec<&'static str> {
    assert_eq!(
        clean.len(),
        defective.len(),
        "the script must not depend on the answers"
    );
    let pairs = clean.iter().zip(defective);
    pairs
        .filter(|(clean, defective)| clean != defective)
        .map(|(clean, _)| clean.operation)
        .collect()
}

#[test]
fn the_script_answers_the_same_twice() {
    assert_eq!(changed(&script::run(&[]), &script::run(&[])), Vec::<&str>::new());
}

#[test]
fn every_defect_shows_where_it_says() {
    let clean = script::run(&[]);
    let share = |part: usize| -> Vec<String> {
        let mine = Defect::ALL.iter().skip(part).step_by(2);
        let dead = mine.filter_map(|defect| {
            let changed = changed(&clean, &script::run(&[*defect]));
            let expected = defect.operations();
            let shows = changed.iter().any(|operation| expected.contains(operation));
            (!shows).then(|| format!("{defect} shows in {changed:?}, not in {expected:?}"))
        });
        dead.collect()
    };
    let dead: Vec<String> = thread::scope(|scope| {
        let parts = [0, 1].map(|part| scope.spawn(move || share(part)));
        parts
            .into_iter()
            .flat_map(|part| part.join().expect("no panic"))
            .collect()
    });
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

#[test]
fn the_page_of_defects_is_current() {
    let page = include_str!("../../../../docs/defects.md").replace("\r\n", "\n");
    let current = page == Defect::markdown();
    assert!(
        current,
        "write it anew: proofload mock --list-defects markdown > docs/defects.md"
    );
}
