//! What whoever starts a fleet must be permitted, and nothing more. Its shards need nothing at all.

use serde_json::{Value, json};

/// The role and whoever has it.
const NAME: &str = "proofload-fleet";

/// Each resource with its group and the verbs that are needed of it.
const RULES: [(&str, &str, &[&str]); 6] = [
    ("batch", "jobs", &["create", "get", "patch", "delete"]),
    ("", "pods", &["list", "patch"]),
    ("", "pods/log", &["get"]),
    ("", "configmaps", &["create"]),
    ("", "secrets", &["create"]),
    // Only for its words: why no pod came up.
    ("", "events", &["list"]),
];

/// A Role with what is needed in a namespace, a `ServiceAccount`, and the `RoleBinding` of one to the other.
pub fn access(namespace: &str) -> Vec<Value> {
    let metadata = json!({"name": NAME, "namespace": namespace, "labels": {"app.kubernetes.io/name": "proofload"}});
    let rules =
        RULES.map(|(group, resource, verbs)| json!({"apiGroups": [group], "resources": [resource], "verbs": verbs}));
    vec![
        json!({
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": metadata,
            "automountServiceAccountToken": false,
        }),
        json!({
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "Role",
            "metadata": metadata,
            "rules": rules,
        }),
        json!({
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": metadata,
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": NAME},
            "subjects": [{"kind": "ServiceAccount", "name": NAME, "namespace": namespace}],
        }),
    ]
}
