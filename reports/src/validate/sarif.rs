//! A validation as SARIF 2.1.0, for code scanning: a rule for each check, a result for each deviation.

use proofload_results::text;
use proofload_results::validate::{CaseResult, ValidateReport, Verdict};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The most results that GitHub shows of one upload; what lies beyond is in the other reports.
const MOST: usize = 5_000;
/// The longest message, in characters.
const MESSAGE: usize = 2_000;

/// The document. `file` is what results are shown beside: the contract that was broken, or the configuration that names the target.
pub fn render(report: &ValidateReport, file: &str) -> String {
    let shown: Vec<&CaseResult> = report
        .cases
        .iter()
        .filter(|case| level(case).is_some())
        .take(MOST)
        .collect();
    let rules: BTreeMap<&str, &CaseResult> = shown.iter().map(|case| (case.probe.as_str(), *case)).collect();
    let index: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(number, rule)| (*rule, number)).collect();
    let results: Vec<Value> = shown
        .iter()
        .map(|case| result(case, index[case.probe.as_str()], file))
        .collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "proofload",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": rules.iter().map(|(id, case)| rule(id, case)).collect::<Vec<_>>(),
                },
            },
            "columnKind": "unicodeCodePoints",
            "automationDetails": { "id": "proofload/validate/" },
            "results": results,
        }],
    });
    let document = serde_json::to_string_pretty(&document).expect("names are keys, and memory does not fail");
    text::json(&document) + "\n"
}

/// What a case is to code scanning; none for what is as it should be, and for what was not tested.
fn level(case: &CaseResult) -> Option<&'static str> {
    match (case.verdict, &case.accepted) {
        (Verdict::Fail, _) => Some("error"),
        (Verdict::Warn, _) => Some("warning"),
        (_, Some(accepted)) if accepted.verdict == Verdict::Fail => Some("error"),
        (_, Some(_)) => Some("warning"),
        _ => None,
    }
}

/// The check's name is its rule's id: it stays the same from run to run and from version to version.
fn rule(id: &str, case: &CaseResult) -> Value {
    json!({
        "id": id,
        "name": id,
        "shortDescription": { "text": clipped(&format!("{id}: expected {}", case.expected)) },
        "fullDescription": { "text": clipped(&case.detail) },
        "properties": { "tags": ["conformance", case.severity.to_string(), case.source.to_string()] },
    })
}

fn result(case: &CaseResult, rule: usize, file: &str) -> Value {
    let message = format!(
        "{} ({}): expected {}, observed {}. {}",
        case.id, case.operation, case.expected, case.observed, case.detail
    );
    let mut result = json!({
        "ruleId": case.probe,
        "ruleIndex": rule,
        "level": level(case),
        "message": { "text": clipped(&message) },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri(file) },
                "region": { "startLine": 1 },
            },
            "logicalLocations": [{ "fullyQualifiedName": case.id, "name": case.operation, "kind": "function" }],
        }],
        // By this an alert is known again, whatever was observed.
        "partialFingerprints": { "proofloadCase/v1": case.id },
    });
    if let Some(accepted) = &case.accepted {
        let why = format!("{} (until {}, {})", accepted.reason, accepted.expires, accepted.owner);
        result["suppressions"] = json!([{ "kind": "external", "justification": clipped(&why) }]);
    }
    result
}

fn clipped(sentence: &str) -> String {
    text::clip(&text::line(sentence), MESSAGE)
}

/// A path as a relative reference.
fn uri(file: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
    let mut out = String::new();
    for c in file.replace('\\', "/").chars() {
        if plain(c) {
            out.push(c);
        } else {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::examples::validate as examples;

    #[test]
    fn deviations_are_results_of_rules_with_stable_names() {
        let report = examples::one_of_each();
        let document: Value = serde_json::from_str(&render(&report, "conf/my lab.toml")).unwrap();
        let run = &document["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let results = run["results"].as_array().unwrap();
        let deviating = report.cases.iter().filter(|case| level(case).is_some()).count();
        assert!(deviating > 1, "the example deviates");
        assert_eq!(results.len(), deviating);
        for result in results {
            let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[rule]["id"], result["ruleId"]);
            let place = &result["locations"][0]["physicalLocation"];
            assert_eq!(place["artifactLocation"]["uri"], "conf/my%20lab.toml");
            assert!(
                result["partialFingerprints"]["proofloadCase/v1"]
                    .as_str()
                    .unwrap()
                    .contains('/')
            );
        }
    }

    #[test]
    fn what_is_as_it_should_be_is_no_result() {
        let mut report = examples::one_of_each();
        report.cases.retain(|case| case.verdict == Verdict::Pass);
        let document: Value = serde_json::from_str(&render(&report, "a")).unwrap();
        assert_eq!(document["runs"][0]["results"], json!([]));
        assert_eq!(document["runs"][0]["tool"]["driver"]["rules"], json!([]));
    }
}
