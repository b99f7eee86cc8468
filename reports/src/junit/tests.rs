//! The rule that holds for every kind of result, over every verdict there is.

use crate::Rendering;
use crate::rendering::{LoadRun, SealedDossier};
use proofload_results::capacity::CapacityVerdict;
use proofload_results::certify::Sealed;
use proofload_results::examples;
use proofload_results::gate::{GateVerdict, Undecided};
use proofload_results::load::LoadVerdict;
use proofload_results::validate::Verdict;

/// Whether a document has neither a failure nor an error, by its own counts.
fn is_green(xml: &str) -> bool {
    let head = xml.split("<testsuite ").next().unwrap_or_default();
    head.contains("failures=\"0\"") && head.contains("errors=\"0\"")
}

/// That the document is green just where the program ends with 0, and that each test case has its time.
fn holds(result: &dyn Rendering, passes: bool, what: &str) {
    let xml = result.junit("a run");
    assert_eq!(is_green(&xml), passes, "{what}: {xml}");
    for case in xml.split("<testcase ").skip(1) {
        let tag = case.split('>').next().unwrap_or_default();
        assert!(tag.contains("time=\""), "{what}: {tag}");
    }
}

#[test]
fn a_validation_is_green_where_it_passes() {
    for (verdict, passes) in [
        (Verdict::Pass, true),
        (Verdict::Warn, true),
        (Verdict::Skip, true),
        (Verdict::Fail, false),
        (Verdict::Error, false),
    ] {
        // A run of which nothing was tested does not pass: beside each case one did.
        let cases = [Verdict::Pass, verdict].map(|verdict| {
            let mut case = examples::validate::case("getTag/current", "GET /api/v1/Tags/{tagId}", verdict);
            case.time_s = Some(0.25);
            case
        });
        holds(&examples::validate::report(cases.into()), passes, "two cases");
        // Whatever its cases are, the verdict is what counts.
        let mut report = examples::validate::report(Vec::new());
        report.verdict = verdict;
        holds(&report, passes, "no case");
    }
}

#[test]
fn a_load_run_is_green_where_it_passes() {
    for (verdict, passes) in [
        (LoadVerdict::Pass, true),
        (LoadVerdict::Fail, false),
        (LoadVerdict::Invalid, false),
        (LoadVerdict::Incomplete, false),
    ] {
        // Every objective held and the generator was healthy: a merge with a shard missing, say.
        let mut report = examples::load::missed();
        for slo in &mut report.slos {
            slo.held = true;
        }
        report.generator.healthy = true;
        report.verdict = verdict;
        let run = LoadRun { report, record: None };
        holds(&run, passes, &format!("{verdict:?}"));
    }
    let run = |report| LoadRun { report, record: None };
    holds(&run(examples::load::missed()), false, "missed");
    holds(&run(examples::load::invalid()), false, "invalid");
}

#[test]
fn a_search_is_green_where_it_passes() {
    for (verdict, passes) in [
        (CapacityVerdict::Pass, true),
        (CapacityVerdict::Fail, false),
        (CapacityVerdict::Invalid, false),
        (CapacityVerdict::Incomplete, false),
    ] {
        let mut report = examples::capacity::found();
        report.verdict = verdict;
        holds(&report, passes, &format!("{verdict:?}"));
        report.need = None;
        holds(&report, passes, &format!("{verdict:?}, nothing needed"));
    }
}

#[test]
fn a_gate_is_green_where_it_passes() {
    for (verdict, inconclusive, passes) in [
        (GateVerdict::NotRegressed, Undecided::Invalid, true),
        (GateVerdict::NotRegressed, Undecided::Fails, true),
        (GateVerdict::Regressed, Undecided::Passes, false),
        (GateVerdict::Inconclusive, Undecided::Invalid, false),
        (GateVerdict::Inconclusive, Undecided::Fails, false),
        (GateVerdict::Inconclusive, Undecided::Passes, true),
    ] {
        let mut report = examples::gate::interleaved();
        report.comparisons[0].verdict = match verdict {
            GateVerdict::Regressed => GateVerdict::NotRegressed,
            other => other,
        };
        report.verdict = verdict;
        report.inconclusive = inconclusive;
        holds(&report, passes, &format!("{verdict:?}, {inconclusive:?}"));
    }
    holds(&examples::gate::regressed(), false, "regressed");
}

#[test]
fn an_undecided_gate_is_an_error_or_a_failure_as_its_exit_code_is() {
    let mut report = examples::gate::interleaved();
    report.verdict = GateVerdict::Inconclusive;
    let counts = |report: &dyn Rendering| {
        let xml = report.junit("a run");
        (xml.matches("<failure").count(), xml.matches("<error").count())
    };
    assert_eq!(counts(&report), (0, 1));
    report.inconclusive = Undecided::Fails;
    assert_eq!(counts(&report), (1, 0));
}

#[test]
fn a_dossier_is_green_where_it_passes() {
    use proofload_results::certify::CertifyVerdict::{Fail, Incomplete, Invalid, Pass};
    let sealed = || Sealed {
        hash: "cd".repeat(32),
        files: 9,
    };
    for (verdict, passes) in [(Pass, true), (Fail, false), (Invalid, false), (Incomplete, false)] {
        let mut dossier = examples::certify::of("lab");
        // Its parts say nothing of the verdict: all of them are left out that can be.
        dossier.verdict = verdict;
        let green = dossier.parts().iter().all(|part| part.verdict == Pass);
        let dossier = SealedDossier {
            dossier,
            sealed: sealed(),
        };
        holds(&dossier, passes && green, &format!("{verdict:?}"));
    }
}
