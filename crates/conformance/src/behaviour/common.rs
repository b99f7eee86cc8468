//! Cases that fit many operations: a proper call succeeds, with the documented media type and shape, and no status comes
//! that nobody could expect.

use super::declare::{custom, guide};
use super::value;
use proofload_contract::{MediaType, Operation, Source, json_schema};
use proofload_probing::findings::Finding;
use proofload_probing::messages::Exchange;
use proofload_probing::probe::Declared;
use serde_json::Value;

pub(crate) const ANSWERS: &str = "answers";
pub(super) const SCHEMA: &str = "schema";
pub(super) const CONTENT_TYPE: &str = "content-type";
pub(super) const STATUSES: &str = "undocumented-status";
pub(super) const SAYS: &str = "says-something";

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

/// Operations whose answer has a shape that nobody states, and for whose answer alone anybody calls them: the faces in a
/// picture, the likeness of two.
const TELLING: [&str; 3] = ["publishWithResponse", "faceDetect", "faceCompare"];

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
            "Every status is documented or one that HTTP has for the case at hand; neither another success nor a server error is.",
        ),
    ];
    if TELLING.contains(&operation) {
        let text = "A success says what it was asked for, in whatever shape: its body is not empty.";
        let declare = if operation == "publishWithResponse" {
            guide
        } else {
            custom
        };
        cases.push(declare(operation, SAYS, text));
    }
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
/// 200 nothing is stated, nor of a question after a reference; what is asked for something to read must say it with 200.
pub(super) fn is_success(operation: &Operation, exchange: &Exchange) -> bool {
    if operation.writes || operation.id == "checkImageReference" {
        return exchange.is_success();
    }
    exchange.status() == operation.success().status
}

/// Writes of whose success the guide says with which status and what in it; of the others it says that there is one.
const STATED: [&str; 3] = ["publish", "publishWithResponse", "faceEnroll"];

/// A status that is documented, or that HTTP has for bad requests. Another success than the documented one is none of
/// these: whoever waits for 200 takes it for a failure.
pub(super) fn status(operation: &Operation, exchange: &Exchange) -> Finding {
    let status = exchange.status();
    let documented = operation.response(status).is_some() && status < 500;
    let usual = matches!(status, 400 | 401 | 403 | 404 | 408..=410 | 413..=415 | 422 | 429 | 431);
    let success = operation.success().status;
    let expected = if exchange.is_success() {
        format!("{success}, which is documented")
    } else {
        "a documented or usual status".to_owned()
    };
    let finding = Finding::judge(exchange.clone(), documented || usual, expected);
    // 204 is a 200 with nothing to say, to anybody but a client that looks for 200.
    let stated = STATED.contains(&operation.id.as_str()) && status != 204;
    if !documented && exchange.is_success() && stated {
        return finding.weighed_by(operation.success().source);
    }
    finding
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
    } else if media.name == "image/jpeg" {
        // The one that is registered, and those that browsers and servers of old have for it.
        matches!(came.as_str(), "image/jpeg" | "image/jpg" | "image/pjpeg")
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

/// Whether a success says anything; `None` where it need not, or its schema tells.
pub(super) fn says_something(operation: &Operation, exchange: &Exchange) -> Option<Finding> {
    if !TELLING.contains(&operation.id.as_str()) {
        return None;
    }
    let body = &exchange.answer().body;
    let says = if body.trim_ascii().is_empty() {
        Err("an empty body")
    } else {
        match exchange.json() {
            // Where no face is published, its list of faces may well be null.
            Some(Value::Object(members)) if operation.writes && !members.is_empty() => Ok(()),
            Some(body) if says_nothing(&body) => Err("JSON without anything in it"),
            _ => Ok(()),
        }
    };
    let finding = Finding::judge(exchange.clone(), says.is_ok(), "an answer with something in it");
    Some(match says {
        Ok(()) => finding,
        Err(observed) => finding.observed(observed),
    })
}

/// Whether there is nothing to read. A list of nothing says that nothing was found.
fn says_nothing(body: &Value) -> bool {
    match body {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Object(members) => members.values().all(says_nothing),
        Value::Array(_) | Value::Bool(_) | Value::Number(_) => false,
    }
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
        Some(_) if exchange.is_marked() => {
            // Only by custom: RFC 8259 forbids to send it, and lets a reader pass over it.
            return Some(
                Finding::judge(exchange.clone(), false, "JSON with nothing before it")
                    .observed("a byte order mark before the JSON (RFC 8259, 8.1)")
                    .weighed_by(Source::Convention),
            );
        }
        // A deployment may well have more to list than we read.
        None if exchange.answer().truncated => Finding::skip("its body is longer than is read"),
        None => {
            let what = if exchange.is_compressed() {
                "compressed, though nobody asked for that"
            } else {
                "no JSON"
            };
            Finding::judge(exchange.clone(), false, expected).observed(format!("a body that is {what}"))
        }
        // Documented is a list, and a careful client reads null as one of nothing: what it ought to list is another case's.
        Some(Value::Null) if is_list(media) => {
            let finding = Finding::judge(exchange.clone(), false, "a list, [] where it is empty");
            return Some(finding.observed("null").weighed_by(Source::Convention));
        }
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

fn is_list(media: &MediaType) -> bool {
    media.schema.get("type").and_then(Value::as_str) == Some("array")
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_list_of_nothing_says_something_and_members_of_nothing_do_not() {
        for nothing in [
            json!(null),
            json!({}),
            json!(""),
            json!({"faces": null}),
            json!({"a": {"b": null, "c": " "}}),
        ] {
            assert!(says_nothing(&nothing), "{nothing}");
        }
        for something in [
            json!([]),
            json!({"faces": []}),
            json!(0.5),
            json!(false),
            json!({"a": {"b": 0}}),
            json!("x"),
        ] {
            assert!(!says_nothing(&something), "{something}");
        }
    }
}
