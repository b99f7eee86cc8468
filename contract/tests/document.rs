//! The bundled document against the OpenAPI 3.0 schema, the facts, and itself.

use proofload_contract::{Access, Contract, MediaType, Operation, Source, json_schema};
use serde_json::Value;

const READ: &str = "Read All Identity/Identities";
const MUTATE: &str = "Mutate All Identity/Identities";
const PUBLISHING: &str = "Face Publishing/Facial Recognition Services";
const RECOGNIZE: &str = "Face Recognize/Facial Recognition Services";
const DETECTION: &str = "Face Detection/Facial Recognition Services";

/// operationId, method, path, permission and category, statuses beyond 200 and 401, in the document's order.
const FACTS: [(&str, &str, &str, &str, &[u16]); 38] = [
    ("authenticate", "POST", "/api/v1/authenticate", "anonymous", &[400]),
    ("renewToken", "GET", "/api/v1/renewToken", "any account", &[]),
    ("profile", "GET", "/auth/v1/user/profile", "any account", &[]),
    (
        "publishWithResponse",
        "POST",
        "/api/v1/faceEdge/publishWithResponse",
        PUBLISHING,
        &[400, 403, 500],
    ),
    (
        "publish",
        "POST",
        "/api/v1/faceEdge/publish",
        PUBLISHING,
        &[400, 403, 500],
    ),
    (
        "recognize",
        "POST",
        "/api/v1/faceEdge/recognize",
        RECOGNIZE,
        &[403, 404],
    ),
    ("lookup", "POST", "/api/v1/faceEdge/lookup", RECOGNIZE, &[403, 404]),
    (
        "faceEnroll",
        "POST",
        "/api/v1/faces/faceEnroll",
        "Face Enrollment/Facial Recognition Services",
        &[403],
    ),
    ("faceDetect", "POST", "/api/v1/faces/faceDetect", DETECTION, &[403]),
    ("faceCompare", "POST", "/api/v1/faces/faceCompare", DETECTION, &[403]),
    (
        "checkImageReference",
        "GET",
        "/api/v1/faces/checkImageReference/{referenceId}",
        DETECTION,
        &[403],
    ),
    ("getPerson", "GET", "/api/v1/people/{personId}", READ, &[403, 404]),
    ("searchPeople", "GET", "/api/v1/people", READ, &[403]),
    (
        "findPeopleByEntityField",
        "GET",
        "/api/v1/people/entityField/{fieldName}/entityValue/{fieldValue}",
        READ,
        &[403],
    ),
    ("listAliases", "GET", "/api/v1/people/{personId}/aliases", READ, &[403]),
    ("putAlias", "PUT", "/api/v1/people/{personId}/aliases", MUTATE, &[403]),
    (
        "deleteAlias",
        "DELETE",
        "/api/v1/people/{personId}/aliases/{aliasId}",
        MUTATE,
        &[403],
    ),
    ("listPersonTags", "GET", "/api/v1/people/{personId}/tags", READ, &[403]),
    ("putPersonTag", "PUT", "/api/v1/people/{personId}/tags", MUTATE, &[403]),
    (
        "deletePersonTag",
        "DELETE",
        "/api/v1/people/{personId}/tags/{personTagId}",
        MUTATE,
        &[403],
    ),
    ("listNotes", "GET", "/api/v1/people/{personId}/notes", READ, &[403]),
    ("putNote", "PUT", "/api/v1/people/{personId}/notes", MUTATE, &[403]),
    (
        "deleteNote",
        "DELETE",
        "/api/v1/people/{personId}/notes/{noteId}",
        MUTATE,
        &[403],
    ),
    (
        "putAddress",
        "PUT",
        "/api/v1/people/{personId}/addresses",
        MUTATE,
        &[403],
    ),
    (
        "listEntityFields",
        "GET",
        "/api/v1/people/{personId}/entityFields",
        READ,
        &[403],
    ),
    (
        "putEntityField",
        "PUT",
        "/api/v1/people/{personId}/entityFields",
        MUTATE,
        &[403],
    ),
    (
        "deleteEntityField",
        "DELETE",
        "/api/v1/people/{personId}/entityFields/{entityId}",
        MUTATE,
        &[403],
    ),
    (
        "getEnrollmentPhoto",
        "GET",
        "/api/v1/people/enrollmentPhoto/{faceId}",
        "any account",
        &[],
    ),
    (
        "getDetectionPhoto",
        "GET",
        "/api/v1/people/detectionPhoto/{faceId}/{detectionId}",
        "any account",
        &[],
    ),
    (
        "uploadDocument",
        "POST",
        "/api/v1/people/fileDocuments/upload",
        "Add Identity Files/Identities",
        &[403],
    ),
    (
        "getDocumentData",
        "GET",
        "/api/v1/people/{personId}/fileDocuments/{documentId}/data",
        "Read Identity Files/Identities",
        &[403],
    ),
    ("listTags", "GET", "/api/v1/Tags", "Read Tags/Tags", &[403]),
    ("createTag", "POST", "/api/v1/Tags", "Add Tags/Tags", &[403]),
    ("getTag", "GET", "/api/v1/Tags/{tagId}", "Read Tags/Tags", &[403, 404]),
    ("updateTag", "PUT", "/api/v1/Tags/{tagId}", "Edit Tags/Tags", &[403]),
    (
        "deleteTag",
        "DELETE",
        "/api/v1/Tags/{tagId}",
        "Delete Tags/Tags",
        &[403],
    ),
    (
        "listDetectionsByPerson",
        "GET",
        "/api/v1/people/detections/personId/{personId}",
        "Read Detections/Identities",
        &[403],
    ),
    (
        "listDetectionsByFace",
        "GET",
        "/api/v1/people/detections/faceId/{faceId}",
        "Read Detections/Identities",
        &[403],
    ),
];

const WRITES: [&str; 16] = [
    "publishWithResponse",
    "publish",
    "faceEnroll",
    "putAlias",
    "deleteAlias",
    "putPersonTag",
    "deletePersonTag",
    "putNote",
    "deleteNote",
    "putAddress",
    "putEntityField",
    "deleteEntityField",
    "uploadDocument",
    "createTag",
    "updateTag",
    "deleteTag",
];

fn access(operation: &Operation) -> String {
    match &operation.access {
        Access::Permission { name, category } => format!("{name}/{category}"),
        other => other.to_string(),
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
    let ids: Vec<&str> = operations.iter().map(|operation| operation.id.as_str()).collect();
    let expected: Vec<&str> = FACTS.iter().map(|fact| fact.0).collect();
    assert_eq!(ids, expected);
    for (operation, (id, method, path, permission, statuses)) in operations.iter().zip(FACTS) {
        assert_eq!(operation.to_string(), format!("{method} {path}"), "{id}");
        assert_eq!(access(operation), permission, "{id}");
        let mut expected = vec![200];
        expected.extend((operation.access != Access::Anonymous).then_some(401));
        expected.extend(statuses);
        expected.sort_unstable();
        let documented: Vec<u16> = operation.responses.iter().map(|response| response.status).collect();
        assert_eq!(documented, expected, "{id}");
        assert_eq!(operation.writes, WRITES.contains(&id), "{id}");
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
        (
            "authenticate",
            serde_json::json!({"username": "a", "token": "a.b.c", "expires": 1}),
            true,
        ),
        ("authenticate", serde_json::json!({"username": "a"}), false),
        (
            "authenticate",
            serde_json::json!({"username": "a", "token": "opaque"}),
            false,
        ),
        (
            "authenticate",
            serde_json::json!({"userName": "a", "jwt": "a.b.c"}),
            false,
        ),
        (
            "recognize",
            serde_json::json!({"faceId": "f", "personId": person, "firstName": null, "lastName": null, "tags": null}),
            true,
        ),
        (
            "recognize",
            serde_json::json!({"faceId": "f", "personId": 7, "tags": []}),
            false,
        ),
        (
            "recognize",
            serde_json::json!({"faceId": "f", "personId": person, "tags": ["VIP"]}),
            false,
        ),
        ("searchPeople", serde_json::json!([]), true),
        ("searchPeople", serde_json::json!({"items": []}), false),
        (
            "getTag",
            serde_json::json!({"tagId": "t", "tagName": "n", "disabled": false, "description": null, "defaultExpirePeriod": "30.00:00:00"}),
            true,
        ),
        (
            "getTag",
            serde_json::json!({"tagId": "t", "tagName": "n", "disabled": false, "defaultExpirePeriod": "30 days"}),
            false,
        ),
        (
            "getTag",
            serde_json::json!({"tagId": "t", "tagName": "n", "disabled": "false"}),
            false,
        ),
        (
            "listDetectionsByFace",
            serde_json::json!([{"confidence": 1, "dateTimeUtc": "2026-01-31T18:32:05.1234567", "timeZone": null, "detector": "d"}]),
            true,
        ),
        (
            "listDetectionsByFace",
            serde_json::json!([{"confidence": "high", "dateTimeUtc": "2026-01-31T18:32:05Z", "timeZone": "UTC", "detector": "d"}]),
            false,
        ),
        ("publishWithResponse", serde_json::json!({"detections": [1]}), true),
    ] {
        assert_eq!(schema(id).is_valid(&answer), right, "{id}: {answer}");
    }
}
