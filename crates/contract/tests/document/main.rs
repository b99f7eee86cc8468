//! The bundled document against the OpenAPI 3.0 schema, the facts, and itself.

mod facts;
mod schemas;

use facts::facts;
use proofload_contract::{Access, Contract, Operation, Source};
use serde_json::Value;

fn access(operation: &Operation) -> String {
    match &operation.access {
        Access::Anonymous => "anonymous".to_owned(),
        Access::Authenticated => "authenticated".to_owned(),
        Access::Permission { name, category } => format!("{name} ({category})"),
    }
}

#[test]
fn the_document_is_openapi_3() {
    let schema: Value = serde_json::from_str(include_str!("openapi/schema-3.0.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(Contract::bundled().document())
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));

    let mut wrong = Contract::bundled().document().clone();
    wrong["paths"]["/api/v1/Tags"]["get"]["responses"]["200"] = serde_json::json!({"x-source": "guide"});
    assert!(
        !validator.is_valid(&wrong),
        "a response without a description is no OpenAPI"
    );
}

#[test]
fn the_operations_are_those_of_the_facts() {
    let operations = Contract::bundled().operations();
    let facts = facts();
    assert_eq!(operations.len(), 38);
    assert_eq!(facts.len(), 38);
    for (operation, fact) in operations.iter().zip(facts) {
        assert_eq!(operation.id, fact.id);
        assert_eq!(operation.to_string(), fact.call, "{}", fact.id);
        assert_eq!(access(operation), fact.permission, "{}", fact.id);
        let statuses: Vec<u16> = operation.responses.iter().map(|response| response.status).collect();
        assert_eq!(statuses, fact.statuses, "{}", fact.id);
        assert_eq!(operation.writes, fact.writes, "{}", fact.id);
    }
}

#[test]
fn the_sources_are_those_of_the_facts() {
    for operation in Contract::bundled().operations() {
        let seed = ["authenticate", "renewToken"].contains(&operation.id.as_str());
        let own = if seed { Source::Seed } else { Source::Guide };
        assert_eq!(operation.source, own, "{}", operation.id);
        for response in &operation.responses {
            let expected = match (response.status, operation.id.as_str()) {
                (401, _) => Source::Seed,
                (404, "recognize") => Source::Assumed,
                (404, "getPerson" | "getTag") => Source::Convention,
                _ => own,
            };
            assert_eq!(response.source, expected, "{} {}", operation.id, response.status);
        }
    }
}

#[test]
fn only_authenticate_goes_without_a_token() {
    let document = Contract::bundled().document();
    assert_eq!(document["security"], serde_json::json!([{"bearer": []}]));
    for operation in Contract::bundled().operations() {
        let raw = &document["paths"][&operation.path][operation.method.as_str().to_lowercase()];
        let open = raw
            .get("security")
            .is_some_and(|security| *security == serde_json::json!([]));
        assert_eq!(open, operation.access == Access::Anonymous, "{}", operation.id);
    }
}

#[test]
fn rules_are_named_once_and_are_sentences() {
    let contract = Contract::bundled();
    let lists = contract.operations().iter().map(|operation| operation.rules.as_slice());
    for rules in lists.chain([contract.rules()]) {
        for (position, rule) in rules.iter().enumerate() {
            assert!(
                rules[..position].iter().all(|other| other.name != rule.name),
                "{} twice",
                rule.name
            );
            assert!(
                rule.text.ends_with('.') && rule.text.starts_with(char::is_alphabetic),
                "{}",
                rule.text
            );
        }
    }
    assert!(!contract.rules().is_empty());
    assert_eq!(
        contract
            .operation("lookup")
            .unwrap()
            .rule("stranger-404")
            .unwrap()
            .source,
        Source::Guide
    );
}
