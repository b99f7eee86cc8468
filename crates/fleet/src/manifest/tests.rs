use super::*;
use crate::files::Files;
use crate::plan::{OnLost, Plan, Spread};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use serde::de::DeserializeOwned;
use serde_json::json;
use std::time::Duration;

pub(crate) fn plan() -> Plan {
    let mut files = Files::default();
    files
        .shown
        .insert("proofload.toml".to_owned(), b"[targets.lab]\n".to_vec());
    files.shown.insert("faces/one.jpg".to_owned(), vec![0xFF, 0xD8, 0xFF]);
    files.secret.insert("password".to_owned(), b"hush".to_vec().into());
    files.secret_names.push("password".to_owned());
    Plan {
        name: "pl-7f3a".to_owned(),
        namespace: "loadtest".to_owned(),
        image: "registry.example/proofload:0.1.0".to_owned(),
        shards: 8,
        cpu: "2".to_owned(),
        memory: "512Mi".to_owned(),
        spread: Spread::Node,
        secret: None,
        pod_patch: None,
        ready_within: Duration::from_secs(300),
        planned: Duration::from_secs(470),
        timeout: Duration::from_secs(10),
        on_lost: OnLost::Stop,
        load: ["--config", "/config/proofload.toml", "--seed", "7"]
            .map(str::to_owned)
            .to_vec(),
        files,
    }
}

/// Reads an object as its type, and makes sure that no member was one that the type does not have.
fn typed<T: DeserializeOwned + serde::Serialize>(value: &Value) -> T {
    let object: T = serde_json::from_value(value.clone()).expect("of its type");
    let back = serde_json::to_value(&object).expect("JSON");
    contains(&back, value, "");
    object
}

fn contains(whole: &Value, part: &Value, at: &str) {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            for (key, value) in part {
                let member = whole
                    .get(key)
                    .unwrap_or_else(|| panic!("{at}.{key} is not a member of the type"));
                contains(member, value, &format!("{at}.{key}"));
            }
        }
        (Value::Array(whole), Value::Array(part)) => {
            assert_eq!(whole.len(), part.len(), "{at}");
            whole
                .iter()
                .zip(part)
                .for_each(|(whole, part)| contains(whole, part, at));
        }
        _ => assert_eq!(whole, part, "{at}"),
    }
}

#[test]
fn the_job_is_one_of_kubernetes() {
    let plan = plan();
    plan.check().unwrap();
    let job: Job = typed(&job(&plan).unwrap());
    let spec = job.spec.unwrap();
    assert_eq!(
        spec.active_deadline_seconds,
        Some(900),
        "ready-within + plan + time-out + 120"
    );
    assert_eq!(
        (spec.completions, spec.parallelism, spec.suspend),
        (Some(8), Some(8), Some(true))
    );
    assert_eq!(
        (spec.backoff_limit_per_index, spec.max_failed_indexes),
        (Some(0), Some(0))
    );
    let pod = spec.template.spec.unwrap();
    assert_eq!(pod.automount_service_account_token, Some(false));
    let secret = pod
        .volumes
        .unwrap()
        .into_iter()
        .find_map(|volume| volume.secret)
        .unwrap();
    assert_eq!(
        (secret.default_mode, secret.secret_name.as_deref()),
        (Some(0o440), Some("pl-7f3a"))
    );
    let args = pod.containers[0].args.clone().unwrap().join(" ");
    assert_eq!(
        args,
        "load --shard auto --start-at @/podinfo/start-at --start-within 360s --out - --prometheus 0.0.0.0:9464 \
         --config /config/proofload.toml --seed 7"
    );
}

#[test]
fn the_others_go_on_where_that_was_asked_for() {
    let mut plan = plan();
    plan.on_lost = OnLost::Continue;
    plan.spread = Spread::None;
    let job = job(&plan).unwrap();
    assert_eq!(job["spec"]["maxFailedIndexes"], 7);
    assert!(
        job["spec"]["template"]["spec"]
            .get("topologySpreadConstraints")
            .is_none()
    );
}

#[test]
fn secrets_are_in_the_secret_only() {
    let plan = plan();
    let config: ConfigMap = typed(&config_map(&plan));
    assert!(config.binary_data.unwrap().contains_key("file-0"));
    let made = secret(&plan, &|name| {
        if name == "password" {
            "aHVzaA==".to_owned()
        } else {
            String::new()
        }
    });
    let typed: Secret = typed(&made);
    assert_eq!(typed.data.unwrap()["password"].0, b"hush");
    let printed = printed(&plan).unwrap();
    assert!(!printed.contains("hush") && !printed.contains("aHVzaA"), "{printed}");
    assert!(!job(&plan).unwrap().to_string().contains("hush"));
    assert_eq!(printed.matches("\n---\n").count(), 5, "six documents: {printed}");

    let mut plan = plan;
    plan.secret = Some("lab-passwords".to_owned());
    let printed = super::printed(&plan).unwrap();
    assert!(!printed.contains("kind: Secret"), "{printed}");
    assert!(printed.contains("secretName: lab-passwords"), "{printed}");
}

#[test]
fn a_patch_is_merged_as_kubernetes_merges() {
    let mut plan = plan();
    plan.pod_patch = Some(json!({"spec": {
        "nodeSelector": {"pool": "load"},
        "tolerations": [{"operator": "Exists"}],
        "topologySpreadConstraints": null,
        "volumes": [{"name": "faces", "hostPath": {"path": "/faces"}}],
        "containers": [{"name": "proofload", "volumeMounts": [{"name": "faces", "mountPath": "/faces"}]}],
    }}));
    let job: Job = typed(&job(&plan).unwrap());
    let pod = job.spec.unwrap().template.spec.unwrap();
    let names: Vec<_> = pod.volumes.unwrap().into_iter().map(|volume| volume.name).collect();
    assert_eq!(names, ["podinfo", "config", "tmp", "secrets", "faces"]);
    assert_eq!(pod.containers[0].volume_mounts.as_ref().unwrap().len(), 5);
    assert!(pod.containers[0].args.is_some() && pod.node_selector.is_some());
    assert!(pod.topology_spread_constraints.is_none());
}

#[test]
fn a_patch_that_breaks_a_fleet_is_refused() {
    for (patch, why) in [
        (json!([1]), "not a table"),
        (json!({"nodeSelector": {}}), "\"nodeSelector\""),
        (json!({"spec": {"restartPolicy": "OnFailure"}}), "restartPolicy"),
        (json!({"spec": {"containers": null}}), "no container \"proofload\""),
        (
            json!({"spec": {"containers": [{"name": "proofload", "args": ["load"]}]}}),
            "its arguments",
        ),
        (
            json!({"spec": {"containers": [{"name": "proofload", "command": ["sh"]}]}}),
            "its command",
        ),
        (json!({"spec": {"volumes": null}}), "podinfo"),
    ] {
        let mut plan = plan();
        plan.pod_patch = Some(patch.clone());
        let told = job(&plan).unwrap_err().to_string();
        assert!(told.contains(why), "{patch}: {told}");
    }
}
