//! Following the `$ref`s of a document.

use serde_json::{Map, Value};

/// So many values are copied at most for one part of a document. A document in which references name references that
/// name references grows without end; an honest one stays far below.
const MAX_VALUES: usize = 200_000;

/// Replaces the `$ref`s in a part of a document by what they name.
pub(crate) struct Resolver<'a> {
    document: &'a Value,
    /// The references being followed, outermost first: one that occurs twice refers to itself, as a tree of tags does.
    following: Vec<String>,
    values: usize,
    /// Whether a reference within itself, or one that leads nowhere, is anything at all rather than a mistake.
    lenient: bool,
}

impl<'a> Resolver<'a> {
    pub(crate) fn new(document: &'a Value) -> Self {
        Self {
            document,
            following: Vec::new(),
            values: 0,
            lenient: false,
        }
    }

    /// One for documents that others wrote: trees that hold themselves are cut where they begin anew.
    pub(crate) fn lenient(document: &'a Value) -> Self {
        Self {
            lenient: true,
            ..Self::new(document)
        }
    }

    /// A copy of `value` in which every `$ref` is replaced by what it names; members beside a `$ref` win.
    ///
    /// # Errors
    /// One sentence on the reference that cannot be followed.
    pub(crate) fn resolve(&mut self, value: &Value) -> Result<Value, String> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err("its references name each other so often that it has no end".to_owned());
        }
        match value {
            Value::Object(members) => self.object(members),
            Value::Array(items) => items
                .iter()
                .map(|item| self.resolve(item))
                .collect::<Result<_, _>>()
                .map(Value::Array),
            other => Ok(other.clone()),
        }
    }

    fn object(&mut self, members: &Map<String, Value>) -> Result<Value, String> {
        let mut resolved = match members.get("$ref").and_then(Value::as_str) {
            Some(name) => match self.named(name) {
                Err(_) if self.lenient && self.values <= MAX_VALUES => Map::new(),
                named => named?,
            },
            None => Map::new(),
        };
        for (key, member) in members {
            // A `$ref` that is no string is a member like any other: a property may be called so.
            if key != "$ref" || !member.is_string() {
                resolved.insert(key.clone(), self.resolve(member)?);
            }
        }
        Ok(Value::Object(resolved))
    }

    fn named(&mut self, name: &str) -> Result<Map<String, Value>, String> {
        if self.following.iter().any(|other| other == name) {
            // Legal in OpenAPI, and without end when it is written out: below itself it may be anything.
            return Ok(Map::new());
        }
        let pointer = name
            .strip_prefix('#')
            .ok_or_else(|| format!("{name} is not in this document; write #/components/… instead"))?;
        let target = self
            .document
            .pointer(pointer)
            .ok_or_else(|| format!("{name} does not exist in this document"))?;
        self.following.push(name.to_owned());
        let resolved = self.resolve(target)?;
        self.following.pop();
        match resolved {
            Value::Object(members) => Ok(members),
            _ => Err(format!("{name} is not an object")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Resolver;
    use serde_json::{Value, json};

    fn resolve(document: &Value, value: &Value) -> Result<Value, String> {
        Resolver::new(document).resolve(value)
    }

    #[test]
    fn references_are_replaced_and_members_beside_them_win() {
        let document = json!({"components": {"a": {"type": "string", "description": "a"}, "b": {"items": {"$ref": "#/components/a"}}}});
        let value = json!({"x": {"$ref": "#/components/b", "description": "mine"}, "y": [{"$ref": "#/components/a"}]});
        assert_eq!(
            resolve(&document, &value).unwrap(),
            json!({
                "x": {"items": {"type": "string", "description": "a"}, "description": "mine"},
                "y": [{"type": "string", "description": "a"}],
            })
        );
    }

    #[test]
    fn a_reference_may_be_used_twice_and_is_anything_within_itself() {
        let document = json!({"a": {"p": {"$ref": "#/b"}, "q": {"$ref": "#/b"}}, "b": {"type": "number"}, "c": {"d": {"$ref": "#/c"}}});
        resolve(&document, &json!({"$ref": "#/a"})).unwrap();
        assert_eq!(resolve(&document, &json!({"$ref": "#/c"})).unwrap(), json!({"d": {}}));
        let tag = json!({"properties": {"name": {"type": "string"}, "parent": {"$ref": "#/tag"}}});
        let resolved = resolve(&json!({"tag": tag}), &json!({"items": {"$ref": "#/tag"}})).unwrap();
        assert_eq!(resolved.pointer("/items/properties/parent"), Some(&json!({})));
        assert_eq!(resolved.pointer("/items/properties/name/type"), Some(&json!("string")));
    }

    #[test]
    fn references_that_lead_nowhere_are_named() {
        for (reference, expected) in [
            ("#/missing", "#/missing does not exist"),
            ("other.yaml#/a", "other.yaml#/a is not in this document"),
            ("#/text", "#/text is not an object"),
        ] {
            let error = resolve(&json!({"text": "t"}), &json!({"$ref": reference})).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn references_that_multiply_are_stopped() {
        let mut document = serde_json::Map::new();
        document.insert("0".to_owned(), json!({"type": "string"}));
        for level in 1..40 {
            let below = json!({"$ref": format!("#/{}", level - 1)});
            document.insert(level.to_string(), json!({"a": below, "b": below}));
        }
        let error = resolve(&Value::Object(document), &json!({"$ref": "#/39"})).unwrap_err();
        assert!(error.contains("no end"), "{error}");
    }
}
