//! Calls of any operation, filled in from the contract: proper ones, and ones that no server can store anything from.

use super::body::{Body, Part};
use super::images;
use crate::messages::Draft;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proofload_contract::{MediaType, Operation, ParameterPlace};
use rand::RngExt as _;
use rand::rngs::StdRng;
use serde_json::{Map, Value, json};

/// Schemas nested deeper than this are cut short.
const MAX_DEPTH: usize = 8;

/// A call that changes nothing, whatever is wrong with the server: on operations that write, ids that never existed and
/// a body that cannot be parsed; on the others, a proper one.
pub fn harmless(operation: &Operation, rng: &mut StdRng) -> Draft {
    let draft = addressed(operation, rng);
    if !operation.writes {
        return draft.body(proper_body(operation, rng));
    }
    draft.body(match media(operation) {
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

/// A body that holds to the contract; the known operations carry real pictures.
pub fn proper_body(operation: &Operation, rng: &mut StdRng) -> Body {
    let Some(media) = media(operation) else {
        return Body::Empty;
    };
    let name = format!("proofload-{:08x}", rng.random::<u32>());
    match operation.id.as_str() {
        "publish" | "publishWithResponse" => Body::Json(published(images::FACE, &name)),
        "recognize" => {
            let mut body = published(images::FACE, &name);
            let members = body.as_object_mut().expect("built as an object");
            members.remove("expanded");
            members.insert("croppedAligned".to_owned(), images::ALIGNED.base64().into());
            Body::Json(body)
        }
        "lookup" => Body::Multipart(vec![
            Part::file("CroppedAligned", "face.jpg", images::ALIGNED.bytes()),
            Part::file("Embeddings", "face.bin", embedding(rng)),
            Part::text("RecognitionModel", "arcface"),
        ]),
        "faceEnroll" => Body::Json(json!({"faceImage": images::SCENE.base64(), "photoReferenceId": name})),
        "faceDetect" => Body::Json(json!({"faceImage": images::FACE.base64()})),
        "faceCompare" => Body::Json(json!({
            "faceImage1": images::FACE.base64(),
            "faceImage2": images::FACE.base64(),
        })),
        "uploadDocument" => Body::Multipart(vec![
            Part::text("personId", &guid(rng)),
            Part::text("name", &name),
            Part::file("file", "proofload.txt", name.clone()),
        ]),
        _ => from_contract(media, &name, rng),
    }
}

/// The body of a publish call, as an edge detector of that name sends it now.
pub fn published(image: images::Image, detector: &str) -> Value {
    json!({
        "expanded": image.base64(),
        "detectorName": detector,
        "ianaTimeZone": "America/Los_Angeles",
        "detectTimeUtc": chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
    })
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
    use rand::SeedableRng as _;

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
}
