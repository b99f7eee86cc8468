//! The three things that can be done with a fleet: run one, stop one, collect what one left.

use crate::cluster::{Cluster, ClusterError};
use crate::conduct::{Conductor, Halts, tell_all};
use crate::error::FleetError;
use crate::manifest::{self, STOP};
use crate::muster::{Muster, Patience};
use crate::plan::{OnLost, Plan};
use crate::told::{Listener, Told};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proofload_deployment::halt::Interruption;
use proofload_load::judge_merged;
use proofload_results::load::LoadReport;
use proofload_results::record::{Collector, MergeError, RunInfo};
use secrecy::ExposeSecret as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// Between two looks at a cluster.
const EVERY: Duration = if cfg!(test) {
    Duration::from_millis(50)
} else {
    Duration::from_secs(1)
};
/// A shard of which there is no pod is waited for so long when a fleet is collected.
const COLLECT_WITHIN: Duration = Duration::from_secs(30);

/// What came of a fleet.
#[derive(Debug)]
pub struct Outcome {
    /// The judgement on all of it.
    pub report: LoadReport,
    /// What the merged record says of itself.
    pub run: RunInfo,
    /// Who ended it before its time.
    pub interrupted: Option<Interruption>,
}

/// Runs a fleet: creates it, waits until all are ready, lets them begin together, brings their records together as they are made, judges
/// once, and deletes it. The record goes into `out`, which is new or empty. `keep` leaves the Job where it is.
///
/// # Errors
/// It cannot be created, was not ready in time, or was lost from sight. What was created is deleted again, as far as can be.
pub async fn run(
    plan: &Plan,
    cluster: &Cluster,
    (out, keep): (Option<&Path>, bool),
    listener: &dyn Listener,
    halts: &Halts,
) -> Result<Outcome, FleetError> {
    plan.check()?;
    let job = manifest::job(plan)?;
    cluster.check().await?;
    let created = cluster.create(&job).await?;
    listener.hear(&Told::Created {
        name: plan.name.clone(),
        namespace: cluster.namespace.clone(),
        shards: plan.shards,
    });
    let conducted = conduct(plan, cluster, &created, out, listener, halts).await;
    // Without a word from the cluster nothing can be deleted, and whoever collects needs what is left.
    let lost_from_sight = matches!(conducted, Err(FleetError::LostFromSight { .. }));
    if !lost_from_sight {
        clear(cluster, &plan.name, keep, listener).await;
    }
    conducted
}

async fn conduct(
    plan: &Plan,
    cluster: &Cluster,
    job: &serde_json::Value,
    out: Option<&Path>,
    listener: &dyn Listener,
    halts: &Halts,
) -> Result<Outcome, FleetError> {
    let uid = job["metadata"]["uid"].as_str().unwrap_or_default();
    let owned = |object| manifest::with_owner(object, &plan.name, uid);
    cluster.create(&owned(manifest::config_map(plan))).await?;
    if plan.secret.is_none() && !plan.files.secret.is_empty() {
        let holds = |name: &str| {
            let bytes = plan.files.secret.get(name);
            bytes.map_or_else(String::new, |bytes| STANDARD.encode(bytes.expose_secret()))
        };
        cluster.create(&owned(manifest::secret(plan, &holds))).await?;
    }
    cluster.resume(&plan.name).await?;
    let patience = Patience::usual(plan.ready_within, plan.timeout);
    let muster = Muster::new(plan.shards, patience, plan.on_lost, Instant::now());
    let both = (muster, collector(plan.shards, out));
    let conductor = Conductor::new(cluster, &plan.name, both, listener, halts, EVERY);
    judged(conductor, false, out).await
}

/// Asks the shards of a fleet to end their records; how many were told.
///
/// # Errors
/// There is no such fleet, or its shards cannot be told.
pub async fn stop(name: &str, cluster: &Cluster) -> Result<usize, FleetError> {
    cluster.job(name).await.map_err(|error| no_fleet(error, name))?;
    let pods = cluster.pods(name).await?;
    Ok(tell_all(cluster, &pods, STOP).await?)
}

/// Makes the record of a fleet whose command is gone, from what is still there; waits for shards that still run. The Job is deleted
/// afterwards, unless it is to be kept.
///
/// # Errors
/// There is no such fleet, or nothing of it is left.
pub async fn collect(
    name: &str,
    cluster: &Cluster,
    (out, keep): (Option<&Path>, bool),
    listener: &dyn Listener,
    halts: &Halts,
) -> Result<Outcome, FleetError> {
    let job = cluster.job(name).await.map_err(|error| no_fleet(error, name))?;
    listener.hear(&Told::Created {
        name: name.to_owned(),
        namespace: cluster.namespace.clone(),
        shards: job.shards,
    });
    let mut patience = Patience::usual(COLLECT_WITHIN, COLLECT_WITHIN);
    // Somebody else tells them when to begin, perhaps later; the Job's own deadline ends it.
    patience.beginning = Duration::from_secs(86_400);
    patience.absent = COLLECT_WITHIN;
    let mut muster = Muster::new(job.shards, patience, OnLost::Continue, Instant::now());
    muster.begins(Instant::now());
    let both = (muster, collector(job.shards, out));
    let outcome = judged(Conductor::new(cluster, name, both, listener, halts, EVERY), true, out).await;
    match outcome {
        Err(FleetError::NeverBegan(why)) => Err(FleetError::NothingLeft {
            name: name.to_owned(),
            why,
        }),
        Ok(outcome) => {
            clear(cluster, name, keep, listener).await;
            Ok(outcome)
        }
        other => other,
    }
}

fn collector(shards: u32, out: Option<&Path>) -> Collector {
    Collector::new((1..=shards).map(|shard| format!("shard {shard}")), out)
}

/// Conducts a fleet to its end, and judges what came of it.
async fn judged(conductor: Conductor<'_>, has_begun: bool, out: Option<&Path>) -> Result<Outcome, FleetError> {
    let conducted = conductor.conduct(has_begun).await?;
    let merged = conducted.collector.finish().map_err(|error| match error {
        MergeError::NoneBegan(why) => FleetError::NeverBegan(why.join("; ")),
        other => FleetError::Load(other.into()),
    })?;
    let (report, run) = judge_merged(merged, Vec::new(), out)?;
    Ok(Outcome {
        report,
        run,
        interrupted: conducted.interrupted,
    })
}

/// Deletes a Job, or says why it is still there.
async fn clear(cluster: &Cluster, name: &str, keep: bool, listener: &dyn Listener) {
    let namespace = &cluster.namespace;
    if keep {
        listener.hear(&Told::Kept(format!("the Job {name} is kept in {namespace}")));
        return;
    }
    if let Err(error) = cluster.delete(name).await {
        let delete = format!("kubectl delete job {name} --namespace {namespace}");
        listener.hear(&Told::Kept(format!(
            "warning: the Job {name} could not be deleted: {error}; delete it with `{delete}`"
        )));
    }
}

fn no_fleet(error: ClusterError, name: &str) -> FleetError {
    match error {
        ClusterError::Missing { namespace, .. } => FleetError::NoFleet {
            name: name.to_owned(),
            namespace,
        },
        other => other.into(),
    }
}
