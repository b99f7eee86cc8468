//! What people merge over the pods: tolerations, a node selector, a volume with pictures, whatever their cluster asks for.

use super::job::{CONTAINER, args};
use crate::plan::{Plan, PlanError};
use proofload_results::plain_file;
use serde_json::Value;
use std::path::Path;

/// By which of their members the elements of a list are told apart, as Kubernetes' own strategic merge has it.
const KEYS: [(&str, &str); 6] = [
    ("containers", "name"),
    ("initContainers", "name"),
    ("volumes", "name"),
    ("volumeMounts", "mountPath"),
    ("env", "name"),
    ("imagePullSecrets", "name"),
];

/// No patch is longer, in bytes.
const MOST_BYTES: u64 = 1 << 20;

/// Reads what is to be merged over the pods from a file: YAML, or JSON.
///
/// # Errors
/// It cannot be read, or is neither.
pub fn pod_patch(path: &Path) -> Result<Value, PlanError> {
    let text = plain_file::read_text(path, MOST_BYTES)
        .map_err(|error| PlanError::Patch(format!("cannot read {}: {error}", path.display())))?;
    serde_yaml_ng::from_str(&text).map_err(|error| PlanError::Patch(format!("{} is not YAML: {error}", path.display())))
}

/// Merges a patch over the template of the pods. Tables are merged member by member, and `null` removes one; of the lists above,
/// elements of one name; other lists are replaced.
pub(super) fn merge(template: &mut Value, patch: &Value) -> Result<(), PlanError> {
    let Some(members) = patch.as_object() else {
        return Err(PlanError::Patch(
            "it is not a table, such as `spec: {nodeSelector: {pool: load}}`".to_owned(),
        ));
    };
    if let Some(unknown) = members.keys().find(|key| !matches!(key.as_str(), "metadata" | "spec")) {
        return Err(PlanError::Patch(format!(
            "it has {unknown:?}, and the template of a pod has `metadata` and `spec`"
        )));
    }
    merge_value(template, patch, "");
    Ok(())
}

fn merge_value(value: &mut Value, patch: &Value, name: &str) {
    match (value, patch) {
        (Value::Object(members), Value::Object(changes)) => {
            for (name, change) in changes {
                if change.is_null() {
                    members.shift_remove(name);
                } else {
                    merge_value(members.entry(name.as_str()).or_insert(Value::Null), change, name);
                }
            }
        }
        (Value::Array(elements), Value::Array(changes)) if key_of(name).is_some() => {
            let key = key_of(name).unwrap_or_default();
            for change in changes {
                let same = elements.iter_mut().find(|element| element.get(key) == change.get(key));
                match same {
                    Some(element) => merge_value(element, change, ""),
                    None => elements.push(change.clone()),
                }
            }
        }
        (value, patch) => *value = patch.clone(),
    }
}

fn key_of(list: &str) -> Option<&'static str> {
    KEYS.iter().find(|(name, _)| *name == list).map(|(_, key)| *key)
}

/// Makes sure that a patched template still is the shard of a load.
pub(super) fn check(template: &Value, plan: &Plan) -> Result<(), PlanError> {
    let spec = &template["spec"];
    let containers = spec["containers"].as_array();
    let own = containers.and_then(|all| all.iter().find(|one| one["name"] == CONTAINER));
    let Some(own) = own else {
        return Err(PlanError::Patch(format!("it leaves no container {CONTAINER:?}")));
    };
    let has = |list: &Value, name: &str| {
        list.as_array()
            .is_some_and(|list| list.iter().any(|one| one["name"] == name))
    };
    let kept = [
        ("its arguments", own["args"] == serde_json::json!(args(plan))),
        ("its command", own.get("command").is_none()),
        ("PROOFLOAD_SHARDS", has(&own["env"], "PROOFLOAD_SHARDS")),
        (
            "the volume podinfo",
            has(&spec["volumes"], "podinfo") && has(&own["volumeMounts"], "podinfo"),
        ),
        ("restartPolicy", spec["restartPolicy"] == "Never"),
    ];
    match kept.iter().find(|(_, kept)| !kept) {
        Some((what, _)) => Err(PlanError::Patch(format!("it changes {what}, on which a fleet relies"))),
        None => Ok(()),
    }
}
