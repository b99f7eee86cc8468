//! The Job, and the pod that each shard is.

use super::patch;
use crate::files::{FOLDER, SECRETS};
use crate::plan::{OnLost, Plan, PlanError, Spread};
use proofload_deployment::units::span;
use serde_json::{Value, json};
use std::time::Duration;

/// The annotation of a pod that says when its load begins; a shard reads it as a file.
pub const START_AT: &str = "proofload.dev/start-at";
/// What is written there to end a load.
pub(crate) const STOP: &str = "stop";
/// The label by which a fleet's objects are found.
pub(crate) const NAME_LABEL: &str = "proofload.dev/fleet";
/// The container that makes the load.
pub(crate) const CONTAINER: &str = "proofload";

/// The port at which a shard says that it is ready, and what it measures.
const PORT: u16 = 9464;
/// Where a shard finds the annotation.
const PODINFO: &str = "/podinfo";
/// Who the program is in its image.
const USER: u32 = 10001;
/// How long a shard may take to end its record once it is asked to: what is under way is waited for.
const GRACE_S: u64 = 30;
/// How long a Job whose command is gone is kept for whoever collects it, in seconds.
const KEPT_S: u64 = 3600;

/// The Job. It is created suspended: the Secret and the `ConfigMap`, which it owns, must be there before its pods.
pub(crate) fn job(plan: &Plan) -> Result<Value, PlanError> {
    let mut template = template(plan);
    if let Some(over) = &plan.pod_patch {
        patch::merge(&mut template, over)?;
    }
    patch::check(&template, plan)?;
    Ok(json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata(plan, &plan.name),
        "spec": {
            "completionMode": "Indexed",
            "completions": plan.shards,
            "parallelism": plan.shards,
            // Never a late replacement: it would make its share of the load alone.
            "backoffLimitPerIndex": 0,
            "maxFailedIndexes": match plan.on_lost {
                OnLost::Stop => 0,
                OnLost::Continue => plan.shards - 1,
            },
            "podReplacementPolicy": "Failed",
            "podFailurePolicy": {"rules": [
                {"action": "FailIndex", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
            ]},
            "suspend": true,
            "activeDeadlineSeconds": plan.deadline().as_secs(),
            "ttlSecondsAfterFinished": KEPT_S,
            "template": template,
        },
    }))
}

/// The same object, owned by the Job: it goes when the Job goes.
pub(crate) fn with_owner(mut object: Value, name: &str, uid: &str) -> Value {
    object["metadata"]["ownerReferences"] = json!([{
        "apiVersion": "batch/v1",
        "kind": "Job",
        "name": name,
        "uid": uid,
        "controller": true,
    }]);
    object
}

/// What every object of a fleet is called.
pub(super) fn metadata(plan: &Plan, name: &str) -> Value {
    json!({
        "name": name,
        "namespace": plan.namespace,
        "labels": labels(plan),
    })
}

fn labels(plan: &Plan) -> Value {
    json!({
        "app.kubernetes.io/name": "proofload",
        "app.kubernetes.io/component": "shard",
        NAME_LABEL: plan.name,
    })
}

fn template(plan: &Plan) -> Value {
    let mut spec = json!({
        "restartPolicy": "Never",
        // Nothing that a shard does needs the cluster: it gets no key to it.
        "automountServiceAccountToken": false,
        "enableServiceLinks": false,
        "terminationGracePeriodSeconds": GRACE_S,
        "securityContext": {
            "runAsNonRoot": true,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    });
    if let Some(key) = match plan.spread {
        Spread::Node => Some("kubernetes.io/hostname"),
        Spread::Zone => Some("topology.kubernetes.io/zone"),
        Spread::None => None,
    } {
        spec["topologySpreadConstraints"] = json!([{
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": {NAME_LABEL: plan.name}},
        }]);
    }
    spec["containers"] = json!([container(plan)]);
    spec["volumes"] = volumes(plan);
    json!({
        "metadata": {
            "labels": labels(plan),
            "annotations": {
                // A proxy beside it would be measured too, and would neither start nor end with it.
                "sidecar.istio.io/inject": "false",
                "linkerd.io/inject": "disabled",
                // Nodes are not tidied up under a load.
                "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
                "karpenter.sh/do-not-disrupt": "true",
            },
        },
        "spec": spec,
    })
}

fn container(plan: &Plan) -> Value {
    let mut mounts = vec![
        json!({"name": "podinfo", "mountPath": PODINFO, "readOnly": true}),
        json!({"name": "config", "mountPath": FOLDER, "readOnly": true}),
        // The root is read-only, and a shard looks for a place for what does not fit into memory.
        json!({"name": "tmp", "mountPath": "/tmp"}),
    ];
    if !plan.files.secret_names.is_empty() {
        mounts.push(json!({"name": "secrets", "mountPath": SECRETS, "readOnly": true}));
    }
    json!({
        "name": CONTAINER,
        "image": plan.image,
        "args": args(plan),
        // Which of how many: the index is set by Kubernetes, which does not tell the number.
        "env": [{"name": "PROOFLOAD_SHARDS", "value": plan.shards.to_string()}],
        "ports": [{"name": "metrics", "containerPort": PORT}],
        "startupProbe": {
            "httpGet": {"path": "/started", "port": PORT},
            "periodSeconds": 1,
            "failureThreshold": plan.ready_within.as_secs().max(1),
        },
        // No limit of processors: throttling would be lag.
        "resources": {
            "requests": {"cpu": plan.cpu, "memory": plan.memory},
            "limits": {"memory": plan.memory},
        },
        "securityContext": {
            "allowPrivilegeEscalation": false,
            "readOnlyRootFilesystem": true,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": mounts,
    })
}

/// What a shard is told to do.
pub(super) fn args(plan: &Plan) -> Vec<String> {
    let port = format!("0.0.0.0:{PORT}");
    let start_at = format!("@{PODINFO}/start-at");
    // A shard that waited longer than the command would begin alone; one that gives up sooner would be missed.
    let within = span::display(plan.ready_within + Duration::from_secs(60));
    let given = [
        "load",
        "--shard",
        "auto",
        "--start-at",
        &start_at,
        "--start-within",
        &within,
        "--out",
        "-",
        "--prometheus",
        &port,
    ];
    given
        .into_iter()
        .map(str::to_owned)
        .chain(plan.load.iter().cloned())
        .collect()
}

fn volumes(plan: &Plan) -> Value {
    let items: Vec<Value> = plan
        .files
        .keyed()
        .map(|(key, path, _)| json!({"key": key, "path": path}))
        .collect();
    let start_at = format!("metadata.annotations['{START_AT}']");
    let mut volumes = vec![
        json!({
            "name": "podinfo",
            "downwardAPI": {"items": [{"path": "start-at", "fieldRef": {"fieldPath": start_at}}]},
        }),
        json!({"name": "config", "configMap": {"name": plan.name, "items": items}}),
        json!({"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}),
    ];
    if !plan.files.secret_names.is_empty() {
        let items: Vec<Value> = plan
            .files
            .secret_names
            .iter()
            .map(|name| json!({"key": name, "path": name}))
            .collect();
        volumes.push(json!({
            "name": "secrets",
            "secret": {"secretName": plan.secret_name(), "defaultMode": 0o440, "items": items},
        }));
    }
    Value::Array(volumes)
}
