//! What `proofload gate` and `proofload capacity` print: the examples that the renderings' tests have, in which every member occurs.

use super::assert_refuses;
use proofload_results::examples::{capacity, gate};
use proofload_test_support::{assert_holds, schema};
use serde_json::{Value, json};

/// Every optional member occurs in one of the examples.
#[test]
fn gate_json_holds_to_its_schema() {
    let schema = schema("gate");
    let mut documents = Vec::new();
    for report in [gate::regressed(), gate::interleaved()] {
        let document = serde_json::to_value(&report).expect("JSON");
        assert_holds(&schema, &document);
        let read: proofload_results::gate::GateReport = serde_json::from_value(document.clone()).expect("a report");
        assert_eq!(
            serde_json::to_value(&read).expect("JSON"),
            document,
            "it reads as it was written"
        );
        documents.push(document.to_string());
    }
    for member in ["sequential", "conformance", "needs", "note", "looks", "diff"] {
        assert!(
            documents.iter().any(|text| text.contains(&format!("\"{member}\":"))),
            "{member} occurs"
        );
    }
}

#[test]
fn gate_schema_refuses_what_is_not_a_report() {
    let schema = schema("gate");
    let document = serde_json::to_value(gate::regressed()).expect("JSON");
    assert_refuses(
        &schema,
        &document,
        &[
            ("/schema", json!("proofload.gate/2")),
            ("/verdict", json!("passed")),
            ("/mode", json!("guessed")),
            ("/baseline/runs", json!([])),
            ("/comparisons/0/ratio", json!("NaN")),
            ("/comparisons/0/interval", json!([1.0])),
            ("/comparisons/0/unknown", json!(1)),
            ("/comparisons/2/needs", json!({"what": "luck", "more": 1})),
            ("/conformance/deviations/0/id", json!("no-slash")),
            ("/unknown", json!(1)),
        ],
    );
}

/// Every kind of result, as the renderings' tests have them; `tests/capacity.rs` holds a real one against the same schema.
#[test]
fn capacity_json_holds_to_its_schema() {
    let schema = schema("capacity");
    for report in [capacity::found(), capacity::generator_gave_out()] {
        assert_holds(&schema, &serde_json::to_value(report).expect("JSON"));
    }
    let report = serde_json::to_value(capacity::found()).expect("JSON");
    assert_refuses(
        &schema,
        &report,
        &[
            ("/schema", json!("proofload.capacity/2")),
            ("/verdict", json!("maybe")),
            ("/sustained_per_s", json!(-1)),
            ("/bracket_per_s", json!([1])),
            ("/steps/0/purpose", json!("guess")),
            ("/steps/0/unknown", json!(1)),
            ("/usl/fit/alpha/low", Value::Null),
            ("/unknown", json!(1)),
        ],
    );
}
