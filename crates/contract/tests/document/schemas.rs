//! Schemas and examples: what they demand, and what they leave alone.

use proofload_contract::{Contract, MediaType, json_schema};
use serde_json::json;

fn assert_example_holds(place: &str, media: &MediaType) {
    let Some(example) = &media.example else { return };
    let validator = jsonschema::validator_for(&json_schema(&media.schema)).unwrap();
    let errors: Vec<String> = validator.iter_errors(example).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{place}: {}", errors.join("\n"));
}

#[test]
fn the_examples_hold_to_their_schemas() {
    let mut examples = 0;
    for operation in Contract::bundled().operations() {
        let requests = operation.request_body.iter().flat_map(|body| &body.content);
        let responses = operation.responses.iter().flat_map(|response| &response.content);
        for media in requests.chain(responses) {
            assert_example_holds(&format!("{} {}", operation.id, media.name), media);
            examples += usize::from(media.example.is_some());
        }
    }
    assert!(examples > 40, "only {examples} examples");
}

#[test]
fn every_json_body_has_an_example() {
    for operation in Contract::bundled().operations() {
        let successes = operation.responses.iter().filter(|response| response.is_success());
        let requests = operation.request_body.iter().flat_map(|body| &body.content);
        for media in successes.flat_map(|response| &response.content).chain(requests) {
            // What `checkImageReference` answers is stated nowhere: an example would invent it.
            let stated = media.name == "application/json" && operation.id != "checkImageReference";
            assert_eq!(media.example.is_some(), stated, "{} {}", operation.id, media.name);
        }
    }
}

#[test]
fn schemas_find_wrong_answers_and_leave_right_ones_alone() {
    let schema = |id: &str| {
        let operation = Contract::bundled().operation(id).unwrap();
        jsonschema::validator_for(&json_schema(&operation.success().content[0].schema)).unwrap()
    };
    let person = "b3a1f0c2-5d64-4f8a-9c0e-7e2d1a6b9c34";
    for (id, answer, right) in [
        // Only a person's id is stated to be a GUID; nobody's ids are stated to be text.
        ("getTag", json!({"tagId": 7, "tagName": "n", "disabled": null}), true),
        ("getTag", json!({"tagId": null, "tagName": "n"}), false),
        (
            "listAliases",
            json!([{"personAliasId": 7}, {"personAliasId": "a-7", "title": null}]),
            true,
        ),
        (
            "listPersonTags",
            json!([{"tagId": 7, "expires": 1_767_225_600, "created": null}]),
            true,
        ),
        (
            "recognize",
            json!({"faceId": 7, "personId": person, "firstName": "A", "lastName": "B", "tags": []}),
            true,
        ),
        (
            "getPerson",
            json!({"personId": "7", "aliases": [], "addresses": [], "entityFields": [], "tags": [], "notes": []}),
            false,
        ),
        (
            "getPerson",
            json!({"personId": person, "aliases": [], "addresses": [], "entityFields": [], "tags": []}),
            false,
        ),
        (
            "authenticate",
            json!({"username": "a", "token": "a.b.c", "expires": 1}),
            true,
        ),
        ("authenticate", json!({"username": "a"}), false),
        ("authenticate", json!({"username": "a", "token": "opaque"}), false),
        ("authenticate", json!({"userName": "a", "jwt": "a.b.c"}), false),
        (
            "recognize",
            json!({"faceId": "f", "personId": person, "firstName": null, "lastName": null, "tags": null}),
            true,
        ),
        ("recognize", json!({"faceId": "f", "personId": 7, "tags": []}), false),
        (
            "recognize",
            json!({"faceId": "f", "personId": person, "tags": ["VIP"]}),
            false,
        ),
        ("searchPeople", json!([]), true),
        ("searchPeople", json!({"items": []}), false),
        (
            "getTag",
            json!({"tagId": "t", "tagName": "n", "disabled": false, "description": null, "defaultExpirePeriod": "30.00:00:00"}),
            true,
        ),
        (
            "getTag",
            json!({"tagId": "t", "tagName": "n", "disabled": false, "defaultExpirePeriod": "30 days"}),
            false,
        ),
        (
            "getTag",
            json!({"tagId": "t", "tagName": "n", "disabled": "false"}),
            false,
        ),
        (
            "listDetectionsByFace",
            json!([{"confidence": 1, "dateTimeUtc": "2026-01-31T18:32:05.1234567", "timeZone": null, "detector": "d"}]),
            true,
        ),
        (
            "listDetectionsByFace",
            json!([{"confidence": "high", "dateTimeUtc": "2026-01-31T18:32:05Z", "timeZone": "UTC", "detector": "d"}]),
            false,
        ),
        ("publishWithResponse", json!({"detections": [1]}), true),
    ] {
        assert_eq!(schema(id).is_valid(&answer), right, "{id}: {answer}");
    }
}
