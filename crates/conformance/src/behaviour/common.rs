//! Cases that fit many operations: a proper call succeeds, with the documented media type and shape, and no status comes
//! that nobody could expect.

use super::declare::{custom, guide};
use super::value;
use proofload_contract::{Operation, Source, json_schema};
use proofload_probing::findings::Finding;
use proofload_probing::messages::Exchange;
use proofload_probing::probe::Declared;
use serde_json::Value;

pub(super) const ANSWERS: &str = "answers";
pub(super) const SCHEMA: &str = "schema";
pub(super) const CONTENT_TYPE: &str = "content-type";
pub(super) const STATUSES: &str = "undocumented-status";

/// Most deviations from a schema that are told.
const TOLD: usize = 3;

/// Operations whose success has a documented or assumed JSON shape.
const SHAPED: [&str; 20] = [
    "authenticate",
    "renewToken",
    "profile",
    "publishWithResponse",
    "recognize",
    "lookup",
    "faceEnroll",
    "faceDetect",
    "faceCompare",
    "getPerson",
    "searchPeople",
    "findPeopleByEntityField",
    "listAliases",
    "listPersonTags",
    "listNotes",
    "listEntityFields",
    "listTags",
    "getTag",
    "listDetectionsByPerson",
    "listDetectionsByFace",
];

/// Operations that answer with a picture.
const PICTURES: [&str; 2] = ["getEnrollmentPhoto", "getDetectionPhoto"];

/// The common cases of an operation.
pub(super) fn cases_of(operation: &'static str) -> Vec<Declared> {
    let mut cases = vec![
        guide(
            operation,
            ANSWERS,
            "A proper call is answered with the documented success.",
        ),
        custom(
            operation,
            STATUSES,
            "Every status is documented or one that HTTP has for the case at hand; a server error never is.",
        ),
    ];
    if PICTURES.contains(&operation) {
        cases.push(guide(operation, CONTENT_TYPE, "The picture is sent as image/jpeg."));
    }
    if SHAPED.contains(&operation) {
        cases.push(custom(operation, CONTENT_TYPE, "JSON is sent as JSON."));
        cases.push(guide(operation, SCHEMA, "The body of a success holds to its schema."));
    }
    cases
}

/// Whether the status is a success as far as anybody could demand it: what stores may say so in its own way, for beyond
/// 200 nothing is stated; what is asked for something to read must say it with 200.
pub(super) fn is_success(operation: &Operation, exchange: &Exchange) -> bool {
    if operation.writes {
        return exchange.is_success();
    }
    exchange.status() == operation.success().status
}

/// A status that is documented, or that HTTP has for bad requests.
pub(super) fn status(operation: &Operation, exchange: &Exchange) -> Finding {
    let status = exchange.status();
    let documented = operation.response(status).is_some() && status < 500;
    let usual = matches!(status, 400 | 401 | 403..=406 | 408..=415 | 422 | 428 | 429 | 431);
    let holds = documented || usual || (operation.writes && exchange.is_success());
    Finding::judge(exchange.clone(), holds, "a documented or usual status")
}

/// The media type of a success; `None` when it has no documented body, or none came.
pub(super) fn content_type(operation: &Operation, exchange: &Exchange) -> Option<Finding> {
    let media = operation.success().content.first()?;
    if exchange.answer().body.is_empty() && operation.writes {
        return None;
    }
    let came = exchange.media_type();
    let json = |name: &str| name == "text/json" || name == "application/json" || name.ends_with("+json");
    let holds = if json(&media.name) {
        json(&came)
    } else {
        came == media.name || media.name == "*/*"
    };
    let shown = if came.is_empty() {
        "no Content-Type"
    } else {
        came.as_str()
    };
    let finding = Finding::judge(exchange.clone(), holds, media.name.clone());
    Some(finding.observed(proofload_results::text::line(shown)))
}

/// The shape of a success; `None` when no shape is known.
pub(super) fn schema(operation: &Operation, exchange: &Exchange) -> Option<Finding> {
    let success = operation.success();
    let media = success.content.iter().find(|media| media.name.ends_with("json"))?;
    let source = media.source.unwrap_or(success.source);
    let expected = "JSON that holds to the schema";
    if exchange.answer().body.is_empty() && operation.writes && source == Source::Assumed {
        return None;
    }
    let finding = match exchange.json() {
        None => Finding::judge(exchange.clone(), false, expected).observed("a body that is no JSON"),
        Some(body) => {
            let wrong = deviations(&media.schema, &value::with_some_ids(body.clone()))?;
            // The deployment's own schema is its word, not the vendor's.
            if let Some(own) = media.own_schema.as_ref().filter(|_| wrong.is_empty())
                && let Some(departs) = deviations(own, &body).filter(|departs| !departs.is_empty())
            {
                let finding = Finding::judge(
                    exchange.clone(),
                    false,
                    "JSON that holds to the deployment's own schema",
                );
                return Some(finding.observed(departs.join("; ")).weighed_by(Source::Convention));
            }
            let observed = if wrong.is_empty() {
                exchange.observed()
            } else {
                wrong.join("; ")
            };
            Finding::judge(exchange.clone(), wrong.is_empty(), expected).observed(observed)
        }
    };
    Some(finding.weighed_by(source))
}

/// Where a body departs from a schema; `None` when the schema itself cannot be used.
fn deviations(schema: &Value, body: &Value) -> Option<Vec<String>> {
    let validator = jsonschema::validator_for(&json_schema(schema)).ok()?;
    let told = |error: jsonschema::ValidationError<'_>| {
        let place = error.instance_path().to_string();
        let place = if place.is_empty() { "the body".to_owned() } else { place };
        proofload_results::text::clip(
            &proofload_results::text::line(&format!("{place}: {}", error.masked())),
            160,
        )
    };
    Some(validator.iter_errors(body).take(TOLD).map(told).collect())
}
