//! A pod: whether it comes up, runs, has ended, or was lost, and in whose words.

use super::words::shown;
use k8s_openapi::api::core::v1::{ContainerStateTerminated, ContainerStatus, Pod, PodCondition, PodStatus};

/// Where Kubernetes writes which shard a pod is.
const INDEX: &str = "batch.kubernetes.io/job-completion-index";
/// Exit codes above are signals.
const SIGNALLED: i32 = 128;

/// A pod as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PodSeen {
    /// Which shard it is, from 0.
    pub(crate) index: u32,
    pub(crate) name: String,
    /// Where it is; none before it was placed.
    pub(crate) node: Option<String>,
    pub(crate) state: PodState,
}

/// How far a pod is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PodState {
    /// No node has it, in the scheduler's words.
    Unplaced(Option<String>),
    /// Its container does not run yet.
    Coming(Option<Trouble>),
    /// It runs. `silent` where its node no longer tells how it is.
    Running { silent: bool },
    /// The program ended by itself, with this code.
    Ended(i32),
    /// It was ended, or is going to be: how.
    Lost(String),
}

/// Why a container does not come up, in the kubelet's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) words: String,
    /// Nothing but another manifest helps.
    pub(crate) is_final: bool,
}

impl PodSeen {
    /// Reads a pod; none of one that is not a shard.
    pub(crate) fn of(pod: &Pod) -> Option<Self> {
        let metadata = &pod.metadata;
        let labelled = metadata.labels.as_ref().and_then(|labels| labels.get(INDEX));
        let annotated = metadata.annotations.as_ref().and_then(|notes| notes.get(INDEX));
        let index = labelled.or(annotated)?.parse().ok()?;
        let node = pod.spec.as_ref().and_then(|spec| spec.node_name.as_deref()).map(shown);
        Some(Self {
            index,
            name: metadata.name.clone()?,
            state: state(pod, node.as_deref()),
            node,
        })
    }
}

fn state(pod: &Pod, node: Option<&str>) -> PodState {
    let status = pod.status.clone().unwrap_or_default();
    let at = node.map(|node| format!(" on node {node}")).unwrap_or_default();
    if let Some(how) = disruption(&status, &at) {
        return PodState::Lost(how);
    }
    let container = own(&status);
    let ended = container.and_then(|container| container.state.as_ref()?.terminated.as_ref());
    if let Some(ended) = ended {
        return end(ended, &at);
    }
    if pod.metadata.deletion_timestamp.is_some() {
        return PodState::Lost(format!("its pod{at} was deleted"));
    }
    match status.phase.as_deref() {
        Some("Failed") => return PodState::Lost(format!("its pod failed{at}{}", said(status.message.as_deref()))),
        Some("Succeeded") => return PodState::Ended(0),
        Some("Unknown") => return PodState::Running { silent: true },
        _ => {}
    }
    if container.is_some_and(|container| container.state.as_ref().is_some_and(|state| state.running.is_some())) {
        let is_ready = condition(&status, "Ready").is_some_and(|ready| ready.status == "True");
        let was_ready = container.is_some_and(|container| container.ready);
        // The kubelet sets both; where they differ, somebody else set one because the kubelet no longer does.
        return PodState::Running {
            silent: was_ready && !is_ready,
        };
    }
    if node.is_none() {
        let scheduled = condition(&status, "PodScheduled").filter(|scheduled| scheduled.status == "False");
        return PodState::Unplaced(scheduled.and_then(|scheduled| scheduled.message.as_deref()).map(shown));
    }
    PodState::Coming(trouble(&status))
}

/// What ended a pod from outside, in the words of whoever did.
fn disruption(status: &PodStatus, at: &str) -> Option<String> {
    let from = at.replacen(" on ", " from ", 1);
    if status.reason.as_deref() == Some("Evicted") {
        return Some(format!("evicted{from}{}", said(status.message.as_deref())));
    }
    let target = condition(status, "DisruptionTarget").filter(|target| target.status == "True")?;
    let said = said(target.message.as_deref());
    Some(match target.reason.as_deref() {
        Some("EvictionByEvictionAPI") => format!("evicted{from}{said}"),
        Some("PreemptionByScheduler") => format!("made room{at} for a pod of higher priority{said}"),
        Some("DeletionByTaintManager") => format!("taken off its node{at}{said}"),
        Some("DeletionByPodGC") => format!("its node is gone{at}{said}"),
        Some("TerminationByKubelet") => format!("ended by the kubelet{at}{said}"),
        _ => format!("disrupted{at}{said}"),
    })
}

fn end(ended: &ContainerStateTerminated, at: &str) -> PodState {
    let reason = ended.reason.as_deref().unwrap_or_default();
    match (reason, ended.exit_code) {
        ("OOMKilled", _) => PodState::Lost(format!("OOMKilled{at}")),
        ("ContainerStatusUnknown", _) => PodState::Lost(format!("its end was not seen{at}")),
        (_, code) if code > SIGNALLED && code < SIGNALLED + 65 => {
            PodState::Lost(format!("killed by signal {}{at}", code - SIGNALLED))
        }
        ("StartError" | "ContainerCannotRun", _) => PodState::Lost(format!(
            "its container could not be started{at}{}",
            said(ended.message.as_deref())
        )),
        (_, code) => PodState::Ended(code),
    }
}

fn trouble(status: &PodStatus) -> Option<Trouble> {
    let all = status
        .init_container_statuses
        .iter()
        .chain(&status.container_statuses)
        .flatten();
    all.filter_map(|container| container.state.as_ref()?.waiting.as_ref())
        .find_map(|waiting| {
            let reason = waiting.reason.as_deref()?;
            let is_final = matches!(reason, "InvalidImageName" | "ErrImageNeverPull");
            let is_trouble = is_final || !matches!(reason, "ContainerCreating" | "PodInitializing");
            is_trouble.then(|| Trouble {
                words: format!("{}{}", shown(reason), said(waiting.message.as_deref())),
                is_final,
            })
        })
}

fn own(status: &PodStatus) -> Option<&ContainerStatus> {
    let all = status.container_statuses.as_ref()?;
    all.iter()
        .find(|container| container.name == crate::manifest::CONTAINER)
}

fn condition<'a>(status: &'a PodStatus, kind: &str) -> Option<&'a PodCondition> {
    status
        .conditions
        .as_ref()?
        .iter()
        .find(|condition| condition.type_ == kind)
}

fn said(words: Option<&str>) -> String {
    let words = words.map(shown).filter(|words| !words.is_empty());
    words.map_or_else(String::new, |words| format!(": {words}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[expect(clippy::needless_pass_by_value, reason = "values are written where they are given")]
    fn state(node: Option<&str>, metadata: &Value, status: Value) -> PodState {
        let mut pod = json!({
            "metadata": {"name": "pl-1-x", "labels": {INDEX: "1"}},
            "spec": {"containers": [], "nodeName": node},
            "status": status,
        });
        for (key, value) in metadata.as_object().unwrap() {
            pod["metadata"][key] = value.clone();
        }
        let pod: Pod = serde_json::from_value(pod).unwrap();
        let seen = PodSeen::of(&pod).unwrap();
        assert_eq!(seen.index, 1);
        seen.state
    }

    #[expect(clippy::needless_pass_by_value, reason = "values are written where they are given")]
    fn container(state: Value) -> Value {
        json!([{"name": "proofload", "image": "i", "imageID": "", "ready": true, "restartCount": 0, "state": state}])
    }

    fn lost(status: Value) -> String {
        match state(Some("n4"), &json!({}), status) {
            PodState::Lost(how) => how,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_schedulers_words_are_handed_on() {
        let words = "0/1 nodes are available: 1 Insufficient cpu. preemption: not helpful.";
        let condition = json!({"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": words});
        let status = json!({"phase": "Pending", "conditions": [condition]});
        assert_eq!(
            state(None, &json!({}), status),
            PodState::Unplaced(Some(words.to_owned()))
        );
        assert_eq!(
            state(None, &json!({}), json!({"phase": "Pending"})),
            PodState::Unplaced(None)
        );
    }

    #[test]
    fn the_kubelets_words_are_handed_on() {
        let waiting = json!({"waiting": {"reason": "ErrImagePull", "message": "not found\n\u{1b}[31m"}});
        let PodState::Coming(Some(trouble)) =
            state(Some("n4"), &json!({}), json!({"containerStatuses": container(waiting)}))
        else {
            panic!();
        };
        assert_eq!(trouble.words, "ErrImagePull: not found \\u{1b}[31m");
        assert!(!trouble.is_final, "a registry may have a bad minute");
        let creating = json!({"waiting": {"reason": "ContainerCreating"}});
        let status = json!({"containerStatuses": container(creating)});
        assert_eq!(state(Some("n4"), &json!({}), status), PodState::Coming(None));
    }

    #[test]
    fn each_way_to_be_lost_has_its_words() {
        let terminated = |reason: &str, code: i32| json!({"phase": "Failed", "containerStatuses": container(json!({"terminated": {"reason": reason, "exitCode": code}}))});
        assert_eq!(lost(terminated("OOMKilled", 137)), "OOMKilled on node n4");
        assert_eq!(lost(terminated("Error", 137)), "killed by signal 9 on node n4");
        let evicted =
            json!({"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory. "});
        assert_eq!(
            lost(evicted),
            "evicted from node n4: The node was low on resource: memory."
        );
        let target = |reason: &str| {
            json!({"phase": "Running", "conditions": [{"type": "DisruptionTarget", "status": "True", "reason": reason, "message": "words"}],
                "containerStatuses": container(json!({"running": {}}))})
        };
        assert_eq!(lost(target("EvictionByEvictionAPI")), "evicted from node n4: words");
        assert_eq!(
            lost(target("PreemptionByScheduler")),
            "made room on node n4 for a pod of higher priority: words"
        );
        assert_eq!(
            lost(target("DeletionByTaintManager")),
            "taken off its node on node n4: words"
        );
        let running = json!({"phase": "Running", "containerStatuses": container(json!({"running": {}}))});
        let deleted = state(
            Some("n4"),
            &json!({"deletionTimestamp": "2026-11-28T04:08:39Z"}),
            running,
        );
        assert_eq!(deleted, PodState::Lost("its pod on node n4 was deleted".to_owned()));
    }

    #[test]
    fn a_silent_node_is_told_from_a_quiet_container() {
        let seen = |ready: &str| {
            let ready = json!({"type": "Ready", "status": ready});
            let status = json!({"phase": "Running", "conditions": [ready], "containerStatuses": container(json!({"running": {}}))});
            state(Some("n4"), &json!({}), status)
        };
        assert_eq!(seen("True"), PodState::Running { silent: false });
        assert_eq!(seen("False"), PodState::Running { silent: true });
    }

    #[test]
    fn an_end_of_its_own_has_its_code() {
        let ended = |code: i32| {
            let status =
                json!({"containerStatuses": container(json!({"terminated": {"reason": "Error", "exitCode": code}}))});
            state(Some("n4"), &json!({}), status)
        };
        assert_eq!((ended(0), ended(2)), (PodState::Ended(0), PodState::Ended(2)));
    }

    #[test]
    fn what_is_no_shard_is_left_out() {
        assert_eq!(PodSeen::of(&Pod::default()), None);
    }
}
