//! Calls of any operation, filled in from the contract: proper ones, and ones that no server can store anything from.

use super::body::{Body, Part};
use crate::messages::Draft;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proofload_contract::{MediaType, Operation, ParameterPlace};
use proofload_deployment::images::{self, Image};
use proofload_deployment::requests::{Content, Member, RequestBody, request_body};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Map, Value};

/// Schemas nested deeper than this are cut short.
const MAX_DEPTH: usize = 8;

/// A call that changes nothing, whatever is wrong with the server: on operations that write, ids that never existed and
/// a body that cannot be parsed; on the others, a proper one.
pub fn harmless(operation: &Operation, rng: &mut StdRng) -> Draft {
    let draft = addressed(operation, rng);
    if !operation.writes {
        return draft.body(proper_body(operation, rng));
    }
    draft.harmless().body(match media(operation) {
        None => Body::Empty,
        Some(media) if media.name.starts_with("multipart/") => Body::empty_form(),
        Some(_) => Body::broken_json(),
    })
}

/// A call that a server accepts as far as it knows the ids in it, which are random.
pub fn proper(operation: &Operation, rng: &mut StdRng) -> Draft {
    addressed(operation, rng).body(proper_body(operation, rng))
}

/// Path and query with values that are valid in shape and belong to nothing.
fn addressed(operation: &Operation, rng: &mut StdRng) -> Draft {
    let draft = remaining(Draft::of(operation), operation, rng);
    // The guide documents this search by tag or by field; without either its answer is stated nowhere.
    if operation.id == "searchPeople" {
        return draft.query("tagId", &guid(rng));
    }
    draft
}

/// Fills in what a draft of `operation` still lacks of its path and its required query.
pub fn remaining(mut draft: Draft, operation: &Operation, rng: &mut StdRng) -> Draft {
    for parameter in &operation.parameters {
        let value = parameter_value(&parameter.name, &parameter.schema, rng);
        draft = match parameter.place {
            ParameterPlace::Path => draft.path(&parameter.name, &value),
            ParameterPlace::Query if parameter.required => draft.query(&parameter.name, &value),
            ParameterPlace::Query => draft,
        };
    }
    draft
}

/// A random id in the shape of this API's ids.
pub fn guid(rng: &mut StdRng) -> String {
    uuid::Builder::from_random_bytes(rng.random()).into_uuid().to_string()
}

fn parameter_value(name: &str, schema: &Value, rng: &mut StdRng) -> String {
    let id = name.to_ascii_lowercase().ends_with("id");
    match schema.get("type").and_then(Value::as_str) {
        Some("integer" | "number") => "1".to_owned(),
        Some("boolean") => "false".to_owned(),
        _ if id => guid(rng),
        _ => format!("proofload-{:08x}", rng.random::<u32>()),
    }
}

/// A body that holds to the contract; the operations of the table carry real pictures.
pub fn proper_body(operation: &Operation, rng: &mut StdRng) -> Body {
    let Some(media) = media(operation) else {
        return Body::Empty;
    };
    let name = format!("proofload-{:08x}", rng.random::<u32>());
    match request_body(&operation.id) {
        Some(RequestBody::Json(members)) => Body::Json(json_of(members, &name, None, rng)),
        Some(RequestBody::Form(parts)) => {
            Body::Multipart(parts.iter().map(|member| part_of(member, &name, rng)).collect())
        }
        // Credentials of a call that is no login are those of the example.
        Some(RequestBody::Credentials) | None => from_contract(media, &name, rng),
    }
}

/// The body of a publish call, as an edge detector of that name sends it now.
pub fn published(image: Image, detector: &str) -> Value {
    let Some(RequestBody::Json(members)) = request_body("publish") else {
        unreachable!("the table says what publish carries, as JSON");
    };
    // Nothing in it is left to chance.
    json_of(members, detector, Some(image), &mut StdRng::seed_from_u64(0))
}

/// The members of a JSON body, with `image` in place of the usual ones.
fn json_of(members: &[Member], name: &str, image: Option<Image>, rng: &mut StdRng) -> Value {
    let mut value = |member: &Member| match member.content {
        Content::Picture(usual) => image.unwrap_or(usual).base64(),
        Content::DetectorName | Content::OwnName | Content::File => name.to_owned(),
        Content::DetectTime => now(),
        Content::Text(text) => text.to_owned(),
        Content::Id => guid(rng),
        Content::Embedding => STANDARD.encode(embedding(rng)),
    };
    let members = members
        .iter()
        .map(|member| (member.name.to_owned(), value(member).into()));
    Value::Object(members.collect())
}

fn part_of(member: &Member, name: &str, rng: &mut StdRng) -> Part {
    match member.content {
        Content::Picture(image) => Part::file(member.name, "face.jpg", image.bytes()),
        Content::Embedding => Part::file(member.name, "face.bin", embedding(rng)),
        Content::File => Part::file(member.name, "proofload.txt", name.to_owned()),
        Content::Text(text) => Part::text(member.name, text),
        Content::DetectorName | Content::OwnName => Part::text(member.name, name),
        Content::DetectTime => Part::text(member.name, &now()),
        Content::Id => Part::text(member.name, &guid(rng)),
    }
}

fn now() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// A face embedding of the shape that `arcface` gives: 512 floats, little-endian.
fn embedding(rng: &mut StdRng) -> Vec<u8> {
    (0..512)
        .flat_map(|_| (rng.random::<f32>() - 0.5).to_le_bytes())
        .collect()
}

fn media(operation: &Operation) -> Option<&MediaType> {
    operation.request_body.as_ref()?.content.first()
}

fn from_contract(media: &MediaType, name: &str, rng: &mut StdRng) -> Body {
    if media.name.starts_with("multipart/") {
        let members = media.schema.get("properties").and_then(Value::as_object);
        let parts = members.into_iter().flatten().map(|(field, schema)| {
            if schema.get("format").and_then(Value::as_str) == Some("binary") {
                Part::file(field, "proofload.bin", images::ALIGNED.bytes())
            } else {
                Part::text(field, name)
            }
        });
        return Body::Multipart(parts.collect());
    }
    Body::Json(
        media
            .example
            .clone()
            .unwrap_or_else(|| instance(&media.schema, name, rng, MAX_DEPTH)),
    )
}

/// A value that holds to a schema, as far as types, formats and required members go.
fn instance(schema: &Value, name: &str, rng: &mut StdRng, depth: usize) -> Value {
    if let Some(example) = schema.get("example").or_else(|| schema.get("default")) {
        return example.clone();
    }
    if let Some(first) = schema.get("enum").and_then(|values| values.get(0)) {
        return first.clone();
    }
    let format = schema.get("format").and_then(Value::as_str);
    match (schema.get("type").and_then(Value::as_str), format) {
        (Some("string"), Some("uuid")) => guid(rng).into(),
        (Some("string"), Some("date-time")) => "2026-01-01T00:00:00Z".into(),
        (Some("string"), Some("byte")) => STANDARD.encode(name).into(),
        (Some("string"), _) => name.into(),
        (Some("integer" | "number"), _) => 1.into(),
        (Some("boolean"), _) => false.into(),
        (Some("array"), _) => Value::Array(Vec::new()),
        _ if depth == 0 => Value::Null,
        _ => {
            let members = schema.get("properties").and_then(Value::as_object);
            let members = members.into_iter().flatten();
            Value::Object(
                members
                    .map(|(key, member)| (key.clone(), instance(member, name, rng, depth - 1)))
                    .collect::<Map<_, _>>(),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_contract::Contract;
    use serde_json::json;

    fn rng() -> StdRng {
        StdRng::seed_from_u64(7)
    }

    #[test]
    fn every_path_parameter_is_filled_in() {
        for operation in Contract::bundled().operations() {
            for draft in [harmless(operation, &mut rng()), proper(operation, &mut rng())] {
                let path = draft.path_and_query();
                assert!(!path.contains(['{', '}']), "{}: {path}", operation.id);
                assert!(draft.request().is_ok(), "{}", operation.id);
            }
        }
    }

    #[test]
    fn no_harmless_body_of_a_writing_operation_can_be_parsed() {
        for operation in Contract::bundled()
            .operations()
            .iter()
            .filter(|operation| operation.writes)
        {
            let (_, bytes) = harmless(operation, &mut rng()).body.encoded();
            assert!(serde_json::from_slice::<Value>(&bytes).is_err(), "{}", operation.id);
        }
    }

    #[test]
    fn a_schema_gives_a_value_of_its_types() {
        let schema = json!({"type": "object", "properties": {
            "a": {"type": "string", "format": "uuid"}, "b": {"type": "boolean"}, "c": {"type": "integer", "example": 4}}});
        let value = instance(&schema, "n", &mut rng(), MAX_DEPTH);
        assert_eq!(value["b"], false);
        assert_eq!(value["c"], 4);
        assert_eq!(value["a"].as_str().unwrap().len(), 36);
    }

    #[test]
    fn bodies_carry_the_tables_members_in_its_order() {
        let members = |operation: &str| {
            let operation = Contract::bundled().operation(operation).unwrap();
            match proper_body(operation, &mut rng()) {
                Body::Json(Value::Object(members)) => members.keys().cloned().collect::<Vec<_>>(),
                Body::Multipart(parts) => parts.into_iter().map(|part| part.name).collect(),
                other => panic!("{other:?}"),
            }
        };
        for (operation, names) in [
            (
                "publish",
                &["expanded", "detectorName", "ianaTimeZone", "detectTimeUtc"][..],
            ),
            (
                "recognize",
                &["detectTimeUtc", "detectorName", "ianaTimeZone", "croppedAligned"],
            ),
            ("lookup", &["CroppedAligned", "Embeddings", "RecognitionModel"]),
            ("faceEnroll", &["faceImage", "photoReferenceId"]),
            ("faceCompare", &["faceImage1", "faceImage2"]),
            ("uploadDocument", &["personId", "name", "file"]),
            ("authenticate", &["username", "password"]),
        ] {
            assert_eq!(members(operation), names, "{operation}");
        }
        let published = published(images::SCENE, "door");
        assert_eq!(published["expanded"], images::SCENE.base64());
        assert_eq!(published["detectorName"], "door");
    }
}
