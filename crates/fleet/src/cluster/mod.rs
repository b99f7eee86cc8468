//! The cluster: every call that a fleet makes of Kubernetes, and nothing else that it could be asked.

mod connect;
mod error;
mod lines;

pub use connect::Access;
pub use error::ClusterError;
pub(crate) use lines::Lines;

use crate::manifest::{NAME_LABEL, START_AT};
use crate::seen::{JobSeen, PodSeen, shown};
use error::Call;
use http::Request;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Event, Pod};
use kube::api::{Api, DeleteParams, ListParams, LogParams, Patch, PatchParams};
use kube::{Client, Resource};
use serde_json::{Value, json};
use std::future::Future;
use std::time::Duration;

/// No answer to one question takes longer.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// Events that are looked at for one object.
const MOST_EVENTS: u32 = 50;
/// Pods that are read at once; a fleet has no more shards.
const MOST_PODS: u32 = 2500;

/// A cluster, and the namespace in it where fleets are.
#[derive(Clone)]
pub struct Cluster {
    client: Client,
    /// The namespace that was asked for, or the one of the configuration.
    pub namespace: String,
    /// Where it is.
    pub url: String,
}

impl std::fmt::Debug for Cluster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Cluster({} in {})", self.namespace, self.url)
    }
}

impl Cluster {
    /// Makes sure that it can keep what a fleet asks of it.
    ///
    /// # Errors
    /// It does not answer, or is too old.
    pub async fn check(&self) -> Result<(), ClusterError> {
        let call = Call::new("get", "version");
        let info = self.answer(call, self.client.apiserver_version()).await?;
        connect::check_version(&info.major, &info.minor)
    }

    /// Creates an object as it is written; what the server does not know in it is refused.
    pub(crate) async fn create(&self, object: &Value) -> Result<Value, ClusterError> {
        let (group, resource) = match object["kind"].as_str() {
            Some("Job") => ("apis/batch/v1", "jobs"),
            Some("Secret") => ("api/v1", "secrets"),
            _ => ("api/v1", "configmaps"),
        };
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        let call = Call::new("create", resource).of(name);
        let path = format!(
            "/{group}/namespaces/{}/{resource}?fieldValidation=Strict",
            self.namespace
        );
        let request = Request::post(path).header("content-type", "application/json");
        let request = request.body(object.to_string().into_bytes());
        let request = request.map_err(|error| ClusterError::Unsaid(error.to_string()))?;
        self.answer(call, self.client.request(request)).await
    }

    /// Lets the pods of a Job come.
    pub(crate) async fn resume(&self, job: &str) -> Result<(), ClusterError> {
        let patch = json!({"spec": {"suspend": false}});
        let jobs: Api<Job> = self.api();
        let patched = async { jobs.patch(job, &PatchParams::default(), &Patch::Merge(&patch)).await };
        self.answer(Call::new("patch", "jobs").of(job), patched).await?;
        Ok(())
    }

    /// Deletes a Job with all that belongs to it; whether it was there.
    pub(crate) async fn delete(&self, job: &str) -> Result<bool, ClusterError> {
        let jobs: Api<Job> = self.api();
        let deleted = async { jobs.delete(job, &DeleteParams::background()).await };
        match self.answer(Call::new("delete", "jobs").of(job), deleted).await {
            Ok(_) => Ok(true),
            Err(ClusterError::Missing { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// How a Job stands.
    pub(crate) async fn job(&self, job: &str) -> Result<JobSeen, ClusterError> {
        let jobs: Api<Job> = self.api();
        let found = self
            .answer(Call::new("get", "jobs").of(job), async { jobs.get(job).await })
            .await?;
        Ok(JobSeen::of(&found))
    }

    /// How the pods of a fleet stand.
    pub(crate) async fn pods(&self, fleet: &str) -> Result<Vec<PodSeen>, ClusterError> {
        let pods: Api<Pod> = self.api();
        let of = ListParams::default()
            .labels(&format!("{NAME_LABEL}={fleet}"))
            .limit(MOST_PODS);
        let list = self
            .answer(Call::new("list", "pods"), async { pods.list(&of).await })
            .await?;
        Ok(list.items.iter().filter_map(PodSeen::of).collect())
    }

    /// Tells a pod when to begin, or to stop.
    pub(crate) async fn tell(&self, pod: &str, word: &str) -> Result<(), ClusterError> {
        let patch = json!({"metadata": {"annotations": {START_AT: word}}});
        let pods: Api<Pod> = self.api();
        let patched = async {
            pods.patch_metadata(pod, &PatchParams::default(), &Patch::Merge(&patch))
                .await
        };
        self.answer(Call::new("patch", "pods").of(pod), patched).await?;
        Ok(())
    }

    /// What a pod's container says, from its first line or from so many seconds ago, on and on until it ends.
    pub(crate) async fn log(&self, pod: &str, last_s: Option<i64>) -> Result<Lines, ClusterError> {
        let pods: Api<Pod> = self.api();
        let from = LogParams {
            container: Some(crate::manifest::CONTAINER.to_owned()),
            follow: true,
            since_seconds: last_s,
            ..LogParams::default()
        };
        let log = async { pods.log_stream(pod, &from).await };
        let log = self.answer(Call::new("get", "pods/log").of(pod), log).await?;
        Ok(Lines::of(log))
    }

    /// What the cluster complained of an object last, in its words.
    pub(crate) async fn complaint(&self, object: &str) -> Result<Option<String>, ClusterError> {
        let events: Api<Event> = self.api();
        let of = format!("involvedObject.name={object},type=Warning");
        let of = ListParams::default().fields(&of).limit(MOST_EVENTS);
        let found = self
            .answer(Call::new("list", "events"), async { events.list(&of).await })
            .await?;
        // Others are about what runs already: a probe, a missing address of DNS.
        let failed = |event: &Event| {
            event
                .reason
                .as_deref()
                .is_some_and(|reason| reason.starts_with("Failed"))
        };
        let latest = found.items.into_iter().filter(failed).max_by_key(|event| {
            let seen = event.last_timestamp.as_ref().map(|time| time.0);
            seen.or_else(|| event.metadata.creation_timestamp.as_ref().map(|time| time.0))
        });
        Ok(latest.and_then(|event| event.message).map(|words| shown(&words)))
    }

    fn api<K>(&self) -> Api<K>
    where
        K: Resource<Scope = kube::core::NamespaceResourceScope>,
        K::DynamicType: Default,
    {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// Waits for an answer, but not for ever, and says what came instead.
    async fn answer<T>(
        &self,
        call: Call<'_>,
        answer: impl Future<Output = Result<T, kube::Error>>,
    ) -> Result<T, ClusterError> {
        match tokio::time::timeout(ANSWER_WITHIN, answer).await {
            Ok(answer) => answer.map_err(|error| ClusterError::of(call, error, self)),
            Err(_) => Err(ClusterError::NoAnswer {
                url: self.url.clone(),
                within: ANSWER_WITHIN,
            }),
        }
    }
}
