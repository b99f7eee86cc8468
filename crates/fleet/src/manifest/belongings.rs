//! The `ConfigMap` and the Secret, which the Job owns.

use super::job::metadata;
use crate::plan::Plan;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// What everybody may see.
pub(crate) fn config_map(plan: &Plan) -> Value {
    let (mut data, mut binary) = (Map::new(), Map::new());
    for (key, _, bytes) in plan.files.keyed() {
        match std::str::from_utf8(bytes) {
            Ok(text) => data.insert(key, Value::from(text)),
            Err(_) => binary.insert(key, Value::from(STANDARD.encode(bytes))),
        };
    }
    let mut object = json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata(plan, &plan.name),
        "data": data,
    });
    if !binary.is_empty() {
        object["binaryData"] = Value::Object(binary);
    }
    object
}

/// The passwords: what each name holds is given in base64.
pub(crate) fn secret(plan: &Plan, holds: &dyn Fn(&str) -> String) -> Value {
    let names = plan.files.secret_names.iter();
    let data: Map<String, Value> = names.map(|name| (name.clone(), Value::from(holds(name)))).collect();
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata(plan, plan.secret_name()),
        "type": "Opaque",
        "data": data,
    })
}
