//! A contract that is wrong says where and why.

use proofload_contract::{Contract, ContractError};
use std::path::Path;

/// A contract of one operation with one member replaced or added.
fn contract_with(operation: &str) -> Result<Contract, ContractError> {
    Contract::parse(&format!("openapi: 3.0.3\npaths:\n  /a/{{id}}:\n    get:\n{operation}"))
}

const GOOD: &str = "
      operationId: getA
      x-permission: authenticated
      x-source: guide
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: fine, x-source: guide}}
";

#[test]
fn the_good_one_is_good() {
    let contract = contract_with(GOOD).unwrap();
    assert_eq!(contract.operations().len(), 1);
    assert_eq!(contract.operation("getA").unwrap().success().status, 200);
}

#[test]
fn json_is_read_as_well() {
    let json = serde_json::to_string(Contract::bundled().document()).unwrap();
    assert_eq!(Contract::parse(&json).unwrap().operations().len(), 38);
}

#[test]
fn the_place_and_the_fault_are_named() {
    for (good, bad, expected) in [
        ("operationId: getA", "summary: none", "missing field `operationId`"),
        (
            "x-permission: authenticated",
            "summary: none",
            "x-permission is missing; it is anonymous, authenticated, or a name and a category",
        ),
        (
            "x-permission: authenticated",
            "x-permission: everybody",
            "x-permission is \"everybody\", and should be anonymous",
        ),
        (
            "x-permission: authenticated",
            "x-permission: {name: Read Tags}",
            "and should be anonymous, authenticated, or a name and a category",
        ),
        ("x-source: guide\n", "x-source: hearsay\n", "unknown variant `hearsay`"),
        (
            "in: path",
            "in: header",
            "the parameter id stands in header; path and query are known",
        ),
        (
            "name: id",
            "name: other",
            "the parameter other does not stand in the path",
        ),
        (
            "[{name: id, in: path, required: true, schema: {type: string}}]",
            "[]",
            "the parameter id of the path is not described",
        ),
        (
            "'200': {description: fine, x-source: guide}",
            "'200': {description: fine}",
            ".responses.200: x-source is missing",
        ),
        ("'200'", "ok", ".responses.ok: a status is a number such as 200"),
        (
            "'200'",
            "'404'",
            "0 successful responses are documented; it must be exactly one",
        ),
        (
            "'200': {",
            "'204': {description: none, x-source: guide}, '200': {",
            "2 successful responses are documented",
        ),
        (
            "{description: fine, x-source: guide}",
            "{$ref: '#/components/responses/Fine'}",
            "#/components/responses/Fine does not exist",
        ),
        (
            "{description: fine, x-source: guide}",
            "{$ref: 'fine.yaml'}",
            "fine.yaml is not in this document",
        ),
    ] {
        assert!(GOOD.contains(good), "{good} is not in the contract");
        let error = contract_with(&GOOD.replacen(good, bad, 1)).unwrap_err().to_string();
        assert!(
            error.starts_with("the contract is wrong at paths./a/{id}.get"),
            "{error}"
        );
        assert!(error.contains(expected), "{error} should contain {expected}");
    }
}

#[test]
fn what_is_no_contract_at_all_is_said() {
    for (text, expected) in [
        ("", "paths: an object of paths is missing"),
        ("paths: {}", "paths: there is no operation"),
        ("paths: {a: {}}", "paths.a: a path begins with /"),
        ("paths: {/a: 1}", "paths./a: not an object"),
        ("{", "neither YAML nor JSON"),
        (
            "x-rules: 1\npaths: {/a: {get: {operationId: a, x-permission: anonymous, x-source: seed, responses: {'200': {x-source: seed}}}}}",
            "x-rules: invalid type",
        ),
    ] {
        let error = Contract::parse(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error} should contain {expected}");
    }
}

#[test]
fn an_operation_id_names_one_operation() {
    let twice = format!("openapi: 3.0.3\npaths:\n  /a/{{id}}:\n    get:\n{GOOD}    put:\n{GOOD}");
    let error = Contract::parse(&twice).unwrap_err().to_string();
    assert!(
        error.contains("paths./a/{id}.put: the operationId getA is used twice"),
        "{error}"
    );
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Contract::load(Path::new("no-such-contract.yaml"))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("cannot read the contract no-such-contract.yaml"),
        "{error}"
    );
}
