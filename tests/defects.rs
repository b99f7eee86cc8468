//! Every defect of the mock is caught, and one table says by which cases.
//!
//! The table is kept by insta, and beside it in `docs/caught.md`, which `INSTA_UPDATE=always` writes anew too.

mod deployment;

use proofload::conformance::{self, Options};
use proofload::events::Unobserved;
use proofload::pattern::Pattern;
use proofload::target::Trust;
use proofload_contract::{Contract, Severity};
use proofload_mock_server::{Defect, Settings};
use proofload_reports::validate::{CaseResult, Verdict};
use proofload_test_support::Mock;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use tokio::runtime::Runtime;

/// A defect in more operations than these is looked for in some of them: one of each kind.
const SPREAD: [&str; 8] = [
    "authenticate",
    "renewToken",
    "publish",
    "recognize",
    "getPerson",
    "putNote",
    "listTags",
    "deleteTag",
];

/// How many defective mocks are tested side by side.
const LANES: usize = 2;

/// What a run of the suite over one defect came to.
struct Catch {
    defect: Defect,
    /// The failing and warning cases of the operations that the defect shows in.
    cases: Vec<CaseResult>,
}

impl Catch {
    fn has(&self, verdict: Verdict) -> bool {
        self.cases.iter().any(|case| case.verdict == verdict)
    }

    /// What is wrong with the catch itself.
    fn missed(&self) -> Option<String> {
        let caught = match self.defect.severity() {
            Severity::Must => self.has(Verdict::Fail),
            Severity::Should => self.has(Verdict::Warn),
            Severity::Note => true,
        };
        let name = self.defect.name();
        (!caught).then(|| format!("{name} ({}): {}", self.defect.severity(), self.defect.description()))
    }
}

/// The operations of a defect that are worth a run: all, or those of [`SPREAD`].
fn operations(defect: Defect) -> Vec<&'static str> {
    let operations = defect.operations();
    if operations.len() <= SPREAD.len() {
        return operations;
    }
    operations.into_iter().filter(|id| SPREAD.contains(id)).collect()
}

async fn caught(defect: Defect) -> Catch {
    let mock = Mock::start(Settings {
        defects: vec![defect],
        ..Settings::default()
    });
    let operations = operations(defect);
    let options = Options {
        only: operations
            .iter()
            .map(|id| Pattern::parse(&format!("{id}/*")).expect("a pattern"))
            .collect(),
        ..Options::default()
    };
    let target = deployment::target(&mock, &mock.http_url(), Trust::System, true);
    let outcome = conformance::run(&target, Contract::bundled(), &options, &Unobserved).await;
    let cases = match outcome {
        Ok(outcome) => outcome.report.cases,
        Err(error) => panic!("{}: the run does not begin: {error}", defect.name()),
    };
    let deviates = |case: &CaseResult| matches!(case.verdict, Verdict::Fail | Verdict::Warn);
    Catch {
        defect,
        cases: cases.into_iter().filter(deviates).collect(),
    }
}

/// Every defect's catch, in the registry's order.
fn every_catch() -> Vec<Catch> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let mut catches: Vec<Catch> = std::thread::scope(|scope| {
        let lane = || {
            let runtime = Runtime::new().expect("a runtime");
            let mut catches = Vec::new();
            loop {
                let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                let Some(defect) = Defect::ALL.get(at) else {
                    return catches;
                };
                catches.push(runtime.block_on(caught(*defect)));
            }
        };
        let lanes: Vec<_> = (0..LANES).map(|_| scope.spawn(lane)).collect();
        lanes
            .into_iter()
            .flat_map(|lane| lane.join().expect("no panic"))
            .collect()
    });
    catches.sort_by_key(|catch| catch.defect as usize);
    catches
}

#[test]
fn every_defect_is_caught() {
    let catches = every_catch();
    let missed: Vec<String> = catches.iter().filter_map(Catch::missed).collect();
    println!("{}", table(&catches));
    assert!(missed.is_empty(), "not caught:\n{}", missed.join("\n"));
}

/// One row for each defect: the checks that catch it, each with its operations.
fn table(catches: &[Catch]) -> String {
    let mut table = String::from("| defect | severity | caught by |\n|---|---|---|\n");
    for catch in catches {
        let mut checks: BTreeMap<(Verdict2, &str), Vec<&str>> = BTreeMap::new();
        for case in &catch.cases {
            let operation = case.id.split('/').next().unwrap_or_default();
            let verdict = if case.verdict == Verdict::Fail {
                Verdict2::Fail
            } else {
                Verdict2::Warn
            };
            let operations = checks.entry((verdict, &case.probe)).or_default();
            if !operations.contains(&operation) {
                operations.push(operation);
            }
        }
        let _ = write!(table, "| {} | {} |", catch.defect.name(), catch.defect.severity());
        for ((verdict, probe), operations) in checks {
            let _ = write!(
                table,
                " {}{probe} ({})",
                if verdict == Verdict2::Warn { "warn: " } else { "" },
                operations.join(", ")
            );
        }
        table.push_str(" |\n");
    }
    table
}

#[derive(PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
enum Verdict2 {
    Fail,
    Warn,
}
