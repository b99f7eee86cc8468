//! What `proofload load` prints.

use super::assert_refuses;
use crate::program::program;
use proofload_test_support::{assert_holds, schema};
use serde_json::{Value, json};

/// Runs `proofload load` against the embedded mock for a second, with an objective that cannot be kept beside the scenario's own.
fn load(options: &[&str]) -> Value {
    let output = program()
        .args(["load", "--format", "json", "--duration", "1s", "--rate", "50/s"])
        .args(["--scenario", "camera-feed", "--slo", "publish.p99 < 1us"])
        .args(options)
        .output()
        .expect("the program runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("no JSON: {error}\n{stderr}"))
}

#[test]
fn load_json_holds_to_its_schema() {
    let schema = schema("load");
    let report = load(&["--set", "arrivals.process=poisson"]);
    assert_holds(&schema, &report);
    assert_eq!(report["scenario"], "camera-feed with arrivals.process=poisson");
    let operations = report["operations"].as_array().expect("operations");
    assert!(
        operations.iter().any(|operation| operation["ok"].as_u64() > Some(0)),
        "{report:#}"
    );
    let slos = report["slos"].as_array().expect("SLOs");
    assert!(slos.iter().any(|slo| slo["held"] == false), "{report:#}");
}

#[test]
fn load_schema_refuses_what_is_not_a_report() {
    let schema = schema("load");
    let report = load(&[]);
    assert_holds(&schema, &report);
    let slos = report["slos"].as_array().expect("SLOs");
    let ours = slos
        .iter()
        .position(|slo| slo["slo"] == "publish.p99 < 1us")
        .expect("the stated one");
    assert_eq!(
        slos[ours]["objective"],
        json!({"operation": "publish", "metric": "quantile", "quantile": 0.99, "must_be": "<", "limit": 1.0, "unit": "us"})
    );
    let objective = |member: &str| format!("/slos/{ours}/objective/{member}");
    let (metric, quantile, unknown) = (objective("metric"), objective("quantile"), objective("unknown"));
    assert_refuses(
        &schema,
        &report,
        &[
            ("/schema", json!("proofload.load/2")),
            ("/verdict", json!("skip")),
            ("/duration_s", json!(-1)),
            ("/arrivals/due", json!(1.5)),
            ("/arrivals/dropped", json!(1)),
            ("/operations/0/response_us/p50", json!("fast")),
            ("/operations/0/statuses/7", json!(1)),
            (metric.as_str(), json!("luck")),
            (quantile.as_str(), json!(2)),
            (unknown.as_str(), json!(1)),
            ("/generator/healthy", Value::Null),
            ("/unknown", json!(1)),
        ],
    );
}
