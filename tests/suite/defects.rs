//! Every defect of the mock is caught, and one table says by which cases.
//!
//! The table is `docs/caught.md`; like any snapshot it is written anew with `INSTA_UPDATE=always`.

use crate::deployment;

use proofload_conformance as conformance;
use proofload_conformance::{BadLogins, ConformanceOptions};
use proofload_contract::{Contract, Severity};
use proofload_deployment::Trust;
use proofload_deployment::pattern::Pattern;
use proofload_mock_server::{Defect, Group, Settings};
use proofload_results::events::Unobserved;
use proofload_results::validate::{CaseResult, Verdict};
use proofload_test_support::Mock;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;
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

const HEAD: &str = "\
# Which checks catch which defect

`proofload mock --defect NAME` starts a server with one fault ([the list](defects.md)); `proofload validate` must find
it. A defect that breaks what the vendor documents (MUST) ends in at least one failing case of an operation it shows in,
one that breaks a custom (SHOULD) in at least one warning. Defects that show everywhere are looked for in one operation of each kind.

This page is held current by `tests/suite/defects.rs`.

| defect | severity | fails | warns |
|---|---|---|---|
";

/// How many defective mocks are tested side by side. Some checks wait for the clock: more than there are cores.
const LANES: usize = 4;

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

    /// Whether the page has a row for the defect in which one of the checks stands that caught it now. Which others do
    /// may depend on what runs beside them; a server that fails when it is busy may fail in any.
    fn agrees_with(&self, page: &str) -> bool {
        let begin = format!("| `{}` | {} |", self.defect.name(), self.defect.severity());
        let Some(row) = page.lines().find(|line| line.starts_with(&begin)) else {
            return false;
        };
        let named = |case: &CaseResult| row.contains(&format!("/{}`", case.probe));
        let anywhere = self.cases.is_empty() || !row.contains('/') || self.defect == Defect::BusyIs500;
        anywhere || self.cases.iter().any(named)
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

/// The defects that show without a crowd.
fn alone() -> impl Iterator<Item = Defect> {
    Defect::ALL
        .iter()
        .copied()
        .filter(|defect| defect.group() != Group::Crowd)
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
    let options = ConformanceOptions {
        only: operations
            .iter()
            .map(|id| Pattern::parse(&format!("{id}/*")).expect("a pattern"))
            .collect(),
        // Where calls hang, the first are waited for as long as this.
        timeout: if defect.group() == Group::Transport {
            Duration::from_secs(2)
        } else {
            ConformanceOptions::default().timeout
        },
        // No account of these mocks is ever locked, and spacing would wait a minute for every defect of logins.
        bad_logins: BadLogins::AtOnce,
        ..ConformanceOptions::default()
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
                let Some(defect) = alone().nth(at) else {
                    return catches;
                };
                catches.push(runtime.block_on(caught(defect)));
            }
        };
        let lanes: Vec<_> = (0..LANES).map(|_| scope.spawn(lane)).collect();
        lanes
            .into_iter()
            .flat_map(|lane| lane.join().expect("no panic"))
            .collect()
    });
    // Four lanes on a busy machine may run into time-outs: what was missed there gets one calm run of its own.
    let calm = Runtime::new().expect("a runtime");
    for catch in catches.iter_mut().filter(|catch| catch.missed().is_some()) {
        *catch = calm.block_on(caught(catch.defect));
    }
    catches.sort_by_key(|catch| catch.defect as usize);
    catches
}

#[test]
fn every_defect_is_caught() {
    let catches = every_catch();
    let missed: Vec<String> = catches.iter().filter_map(Catch::missed).collect();
    assert!(missed.is_empty(), "not caught:\n{}", missed.join("\n"));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/caught.md");
    if std::env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always") {
        std::fs::write(path, page(&catches)).expect("docs can be written");
    }
    let kept = std::fs::read_to_string(path)
        .expect("docs/caught.md is there")
        .replace("\r\n", "\n");
    let strayed: Vec<&str> = catches
        .iter()
        .filter(|catch| !catch.agrees_with(&kept))
        .map(|catch| catch.defect.name())
        .collect();
    assert!(
        strayed.is_empty(),
        "docs/caught.md is out of date for {strayed:?}; INSTA_UPDATE=always cargo test --test suite defects writes it anew"
    );
}

/// One row for each defect, with the checks that catch it.
fn page(catches: &[Catch]) -> String {
    let mut page = String::from(HEAD);
    for catch in catches {
        let (name, severity) = (catch.defect.name(), catch.defect.severity());
        let fails = checks(&catch.cases, Verdict::Fail).join(", ");
        let warns = checks(&catch.cases, Verdict::Warn).join(", ");
        let _ = writeln!(page, "| `{name}` | {severity} | {fails} | {warns} |");
    }
    page + CROWD
}

/// Those that are seen by the guards of a load and not by a validation; `tests/suite/guards.rs` sees to it that they are.
const CROWD: &str = "
## Defects that show in a crowd alone

A validation does not make so many calls at once; the guards of `proofload load` catch these, whatever the latencies.

| defect | severity | caught by |
|---|---|---|
| `takes-tampered-in-a-crowd` | MUST | the guard with a tampered token (`--guard`) |
| `skips-permissions-when-full` | MUST | the guard of an account without the permission (`--guard`) |
| `mixes-users-in-a-crowd` | MUST | a look at whose profile or renewal it is (`--check`) |
| `mixes-faces-in-a-crowd` | MUST | a look at whose faces publishWithResponse answers with (`--check`) |
";

#[test]
fn what_shows_in_a_crowd_alone_stands_apart() {
    let named = |defect: &Defect| CROWD.contains(&format!("| `{}` | {} |", defect.name(), defect.severity()));
    let crowd = Defect::ALL.iter().filter(|defect| defect.group() == Group::Crowd);
    let (crowd, named): (Vec<_>, Vec<_>) = (crowd.clone().collect(), crowd.filter(|defect| named(defect)).collect());
    assert_eq!(crowd, named);
    let page = include_str!("../../docs/caught.md").replace("\r\n", "\n");
    assert!(page.ends_with(CROWD), "docs/caught.md ends otherwise");
}

/// The ids of the cases that ended so, those of one check drawn together.
fn checks(cases: &[CaseResult], verdict: Verdict) -> Vec<String> {
    let mut operations: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for case in cases.iter().filter(|case| case.verdict == verdict) {
        let operation = case.group();
        let known = operations.entry(&case.probe).or_default();
        if !known.contains(&operation) {
            known.push(operation);
        }
    }
    let id = |(check, operations): (&str, Vec<&str>)| match operations.as_slice() {
        [operation] => format!("`{operation}/{check}`"),
        several => format!("`{{{}}}/{check}`", several.join(",")),
    };
    operations.into_iter().map(id).collect()
}
