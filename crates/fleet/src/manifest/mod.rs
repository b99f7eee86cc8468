//! What is created in the cluster, as Kubernetes is told it.
//!
//! | file | what |
//! |---|---|
//! | `job` | the Job, and the pod that each shard is |
//! | `belongings` | the `ConfigMap` and the Secret, which the Job owns |
//! | `access` | what whoever starts a fleet must be permitted |
//! | `patch` | what people merge over the pods |

mod access;
mod belongings;
mod job;
mod patch;

pub use access::access;
pub(crate) use belongings::{config_map, secret};
pub use job::START_AT;
pub(crate) use job::{CONTAINER, NAME_LABEL, STOP, job, with_owner};
pub use patch::pod_patch;

use crate::plan::{Plan, PlanError};
use serde_json::Value;

/// A fleet's objects without the secrets, one YAML document each: for whoever keeps what runs in a cluster in a repository.
///
/// # Errors
/// The patch of the pods cannot be merged.
pub fn printed(plan: &Plan) -> Result<String, PlanError> {
    let mut documents = access(&plan.namespace);
    if plan.secret.is_none() && !plan.files.secret_names.is_empty() {
        documents.push(secret(plan, &|_| String::new()));
    }
    documents.push(config_map(plan));
    documents.push(job(plan)?);
    Ok(yaml(&documents))
}

/// Documents one behind the other.
fn yaml(documents: &[Value]) -> String {
    let texts = documents
        .iter()
        .map(|document| serde_yaml_ng::to_string(document).expect("JSON is YAML"));
    texts.collect::<Vec<_>>().join("---\n")
}

#[cfg(test)]
pub(crate) mod tests;
