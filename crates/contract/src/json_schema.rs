//! From the schemas of OpenAPI 3.0 to those of JSON Schema.

use serde_json::{Map, Value, json};

/// Where a schema holds one schema.
const ONE: [&str; 3] = ["items", "not", "additionalProperties"];
/// Where a schema holds a list of schemas.
const MANY: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// The JSON Schema (draft 4, which OpenAPI 3.0 derives from) of a resolved OpenAPI 3.0 schema.
///
/// `nullable` becomes a type, and `format` is left out: in the contract it is a hint to client generators, and what may
/// be demanded of a string stands in its `pattern`.
pub fn json_schema(openapi: &Value) -> Value {
    let mut schema = converted(openapi);
    if let Value::Object(members) = &mut schema {
        members.insert("$schema".to_owned(), json!("http://json-schema.org/draft-04/schema#"));
    }
    schema
}

fn converted(openapi: &Value) -> Value {
    let Value::Object(members) = openapi else {
        return openapi.clone();
    };
    let mut schema = Map::new();
    for (key, member) in members {
        let member = match (key.as_str(), member) {
            ("nullable" | "format" | "example", _) => continue,
            ("properties", Value::Object(properties)) => properties
                .iter()
                .map(|(name, property)| (name.clone(), converted(property)))
                .collect(),
            (key, Value::Array(schemas)) if MANY.contains(&key) => schemas.iter().map(converted).collect(),
            (key, one) if ONE.contains(&key) => converted(one),
            (_, other) => other.clone(),
        };
        schema.insert(key.clone(), member);
    }
    match members.get("nullable") {
        Some(Value::Bool(true)) => nullable(schema),
        _ => Value::Object(schema),
    }
}

/// A null is refused by `type` and by `enum`, so a plain type takes it in and everything else gets an alternative.
fn nullable(mut schema: Map<String, Value>) -> Value {
    let plain = !schema
        .keys()
        .any(|key| key == "enum" || MANY.contains(&key.as_str()) || key == "not");
    if plain && let Some(kind) = schema.get_mut("type") {
        *kind = json!([kind, "null"]);
        return Value::Object(schema);
    }
    json!({"anyOf": [schema, {"type": "null"}]})
}

#[cfg(test)]
mod tests {
    use super::json_schema;
    use serde_json::{Value, json};

    fn holds(openapi: &Value, instance: &Value) -> bool {
        jsonschema::validator_for(&json_schema(openapi))
            .unwrap()
            .is_valid(instance)
    }

    #[test]
    fn null_is_allowed_exactly_where_the_schema_says_so() {
        let plain = json!({"type": "string"});
        let nullable = json!({"type": "string", "nullable": true});
        let choice = json!({"type": "string", "nullable": true, "enum": ["a"]});
        let combined = json!({"nullable": true, "allOf": [{"type": "object", "required": ["a"]}]});
        for (schema, good, bad) in [
            (&plain, vec![json!("a")], vec![json!(null), json!(1)]),
            (&nullable, vec![json!("a"), json!(null)], vec![json!(1)]),
            (&choice, vec![json!("a"), json!(null)], vec![json!("b")]),
            (&combined, vec![json!({"a": 1}), json!(null)], vec![json!({})]),
        ] {
            for instance in good {
                assert!(holds(schema, &instance), "{schema} should take {instance}");
            }
            for instance in bad {
                assert!(!holds(schema, &instance), "{schema} should refuse {instance}");
            }
        }
    }

    #[test]
    fn schemas_within_schemas_are_converted() {
        let inner = json!({"type": "string", "nullable": true, "format": "uuid"});
        for (outer, instance) in [
            (json!({"properties": {"p": inner}}), json!({"p": null})),
            (json!({"items": inner}), json!([null])),
            (json!({"additionalProperties": inner}), json!({"p": null})),
            (json!({"oneOf": [inner]}), json!(null)),
        ] {
            assert!(holds(&outer, &instance), "{outer} should take {instance}");
        }
    }

    #[test]
    fn formats_are_hints() {
        assert!(holds(
            &json!({"type": "string", "format": "date-time"}),
            &json!("2026-01-31T18:32:05")
        ));
    }

    #[test]
    fn members_called_like_keywords_are_members() {
        let schema =
            json!({"type": "object", "properties": {"format": {"type": "integer"}, "nullable": {"type": "integer"}}});
        assert!(holds(&schema, &json!({"format": 1, "nullable": 1})));
        assert!(!holds(&schema, &json!({"format": "a"})));
        assert!(!holds(&schema, &json!({"nullable": "a"})));
    }
}
