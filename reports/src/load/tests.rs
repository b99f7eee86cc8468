//! One judgement, the same in every rendering.

use crate::console::Style;
use crate::rendering::{LoadRun, Rendering};
use proofload_results::examples::load::{invalid, missed, undecided};
use proofload_results::examples::load_record::write_record;
use proofload_results::load::{LoadReport, LoadVerdict, SloState};
use proofload_results::record::RecordReader;

/// How each rendering says a verdict: console, Markdown, page, JSON.
fn words(verdict: LoadVerdict) -> [&'static str; 4] {
    match verdict {
        LoadVerdict::Pass => ["PASS: ", "# Load: pass", "Passed", "pass"],
        LoadVerdict::Fail => ["FAIL: ", "# Load: FAIL", "Failed", "fail"],
        LoadVerdict::Invalid => ["INVALID: ", "# Load: INVALID", "Invalid", "invalid"],
        LoadVerdict::Incomplete => ["INCOMPLETE: ", "# Load: INCOMPLETE", "Incomplete", "incomplete"],
        LoadVerdict::Part => ["PART: ", "# Load: PART", "Part", "part"],
    }
}

/// Reports with every verdict, with objectives in every state, and with calls of every kind.
fn reports() -> Vec<LoadReport> {
    let mut reports = Vec::new();
    for report in [missed(), invalid(), undecided()] {
        for verdict in [
            LoadVerdict::Pass,
            LoadVerdict::Fail,
            LoadVerdict::Invalid,
            LoadVerdict::Incomplete,
            LoadVerdict::Part,
        ] {
            let mut report = report.clone();
            report.verdict = verdict;
            report.sentence = format!("The sentence of {verdict:?}, and no other.");
            if verdict == LoadVerdict::Pass {
                for slo in &mut report.slos {
                    (slo.held, slo.at_best) = (true, None);
                }
            }
            reports.push(report);
        }
    }
    reports
}

#[test]
fn a_verdict_is_the_same_in_all_renderings() {
    let folder = tempfile::tempdir().expect("a directory");
    let directory = folder.path().join("run");
    write_record(&directory, 2).expect("a record");
    for report in reports() {
        let run = LoadRun {
            record: Some(RecordReader::open(&directory).expect("a record")),
            report,
        };
        let report = &run.report;
        let [console, markdown, page, json] = words(report.verdict);
        let sentence = report.headline();
        let text = run.console(&Style::PLAIN);
        assert!(text.contains(&format!("{console}{sentence}")), "{text}");
        let text = run.markdown();
        assert!(text.starts_with(markdown) && text.contains(sentence), "{text}");
        let text = run.html().expect("a page");
        assert!(
            text.contains(&format!("<span class=\"word\">{page}</span>")) && text.contains(sentence),
            "{page}"
        );
        let document: serde_json::Value = serde_json::from_str(&run.json()).expect("JSON");
        assert_eq!(
            (&document["verdict"], &document["sentence"]),
            (&json.into(), &sentence.into())
        );
        let junit = run.junit("a name");
        assert!(junit.contains(&format!("name=\"verdict\" value=\"{json}\"")), "{junit}");
        assert!(junit.contains(sentence), "{junit}");
        let [failures, errors] = ["failures", "errors"].map(|kind| !junit.contains(&format!("{kind}=\"0\"")));
        match report.verdict {
            LoadVerdict::Fail => assert!(failures, "{junit}"),
            LoadVerdict::Invalid | LoadVerdict::Incomplete => assert!(errors, "{junit}"),
            LoadVerdict::Pass => assert!(!failures, "{junit}"),
            // A part judges nothing, and ends with 0.
            LoadVerdict::Part => assert!(!failures && !errors, "{junit}"),
        }
    }
}

#[test]
fn an_undecided_objective_is_neither_held_nor_missed() {
    let report = undecided();
    assert_eq!(report.slos[1].state(), SloState::Undecided);
    let run = LoadRun { report, record: None };
    let console = run.console(&Style::PLAIN);
    assert!(
        console.contains(
            "SLO UNDECIDED  publish.max < 250ms  (measured 412ms; without the generator's own delays perhaps 42ms)"
        ),
        "{console}"
    );
    assert!(run.markdown().contains("**undecided**"));
    let junit = run.junit("a name");
    assert!(
        junit.contains("failures=\"0\"") && junit.contains("cannot be decided"),
        "{junit}"
    );
}

#[test]
fn what_objectives_are_judged_by_stands_beside_the_successes() {
    let run = LoadRun {
        report: missed(),
        record: None,
    };
    let console = run.console(&Style::PLAIN);
    let line = |start: &str| {
        let found = console.lines().find(|line| line.starts_with(start));
        found.unwrap_or_else(|| panic!("{start}: {console}")).to_owned()
    };
    assert!(line("publish, all due").contains("never"));
    assert!(line("publish, successes").contains("168"));
    assert!(!line("renewToken").contains("due"), "all of its calls succeeded");
    assert!(console.contains("so objectives are judged"), "{console}");
    assert!(
        console.contains("calls  HTTP/1.1; TLS, keep-alive, time-out 10 s; 250 new connections during the run"),
        "{console}"
    );
}
