//! The options of a fleet: those of the load, which its shards are given, and those of the cluster.

use crate::cli::shared::arguments::{
    AccountsArgs, ConnectionArgs, GeneratorArgs, GuardArgs, ObjectiveArgs, PermissionArg, SeedArg, TimeoutArg,
    WorkloadArgs, load_options,
};
use crate::cli::shared::output::OutputArgs;
use crate::cli::shared::target_options::{Chosen, TargetOptions};
use crate::cli::shared::values;
use crate::cli::{Console, Failure};
use clap::Args;
use proofload_deployment::{Target, Withheld};
use proofload_fleet::{self as fleet, Access, Cluster, Files, FleetError, OnLost, Plan, Spread};
use proofload_load::{GuardRate, Workload};
use proofload_options::Given;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Which cluster, and where in it.
#[derive(Debug, Args)]
pub(super) struct ClusterArgs {
    /// Namespace of the fleet [default: that of the context]
    #[arg(long, short = 'n', value_name = "NAME")]
    namespace: Option<String>,
    /// Kubeconfig of the cluster [default: as kubectl finds it, or the account of the pod that this runs in]
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// Context in the kubeconfig [default: the current one]
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
}

impl ClusterArgs {
    /// The cluster; nothing is sent.
    pub(super) async fn open(&self) -> Result<Cluster, Failure> {
        let access = Access {
            kubeconfig: self.kubeconfig.clone(),
            context: self.context.clone(),
            namespace: self.namespace.clone(),
        };
        Ok(access.open().await.map_err(FleetError::from)?)
    }
}

/// What a fleet is to be.
#[derive(Debug, Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    target: TargetOptions,
    #[command(flatten)]
    load: Given<LoadArgs>,
    /// How many pods make the load together, each its share of the arrivals
    #[arg(long, value_name = "COUNT", required = true, value_parser = clap::value_parser!(u32).range(1..=1000), allow_hyphen_values = true)]
    shards: Option<u32>,
    /// Image of proofload, with a tag or a digest, such as registry.example/proofload:0.1.0
    #[arg(long, value_name = "IMAGE", required = true)]
    image: Option<String>,
    /// Name of the fleet [default: pl- and four digits]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    pub(super) cluster: ClusterArgs,
    /// Secret that holds the passwords, which are then read nowhere else: under `password`, or `password-NAME` for each of several
    /// accounts
    #[arg(long, value_name = "NAME")]
    secret: Option<String>,
    /// Processors that each pod asks for; it is not held to them
    #[arg(long, value_name = "QUANTITY", default_value = "2")]
    cpu: String,
    /// Memory that each pod asks for, and may have at most
    #[arg(long, value_name = "QUANTITY", default_value = "512Mi")]
    memory: String,
    /// Keep the pods apart where the cluster has room for that
    #[arg(long, value_name = "node|zone|none", default_value = "node")]
    spread: Spread,
    /// YAML to merge over the template of the pods: tolerations, a node selector, a volume
    #[arg(long, value_name = "FILE")]
    pod_patch: Option<PathBuf>,
    /// How long all pods may take to be ready
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = values::positive_span, allow_hyphen_values = true)]
    ready_within: Duration,
    /// What becomes of the others when a shard is lost; the result is invalid either way
    #[arg(long, value_name = "stop|continue", default_value = "stop")]
    on_lost_shard: OnLost,
    /// Leave the Job where it is when the load is over
    #[arg(long)]
    pub(super) keep: bool,
    /// Print what would be created, as YAML without any secret, and create nothing
    #[arg(long)]
    pub(super) print: bool,
    /// Directory for the merged record, new or empty: run.json, latency.hlog, counters.jsonl, report.html
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    #[command(flatten)]
    seed: SeedArg,
}

/// What each shard is given as it was typed.
#[derive(Debug, Args)]
struct LoadArgs {
    #[command(flatten)]
    workload: WorkloadArgs,
    /// Duration in place of the scenario's, such as 10s or 5m
    #[arg(long, short, visible_short_alias = 'z', value_name = "TIME", value_parser = values::positive_span, allow_hyphen_values = true)]
    duration: Option<Duration>,
    /// Go on for hours and say whether anything drifts; without --scenario, the shipped soak
    #[arg(long, value_name = "TIME", conflicts_with = "duration", value_parser = values::positive_span, allow_hyphen_values = true)]
    soak: Option<Duration>,
    #[command(flatten)]
    objectives: ObjectiveArgs,
    #[command(flatten)]
    generator: GeneratorArgs,
    #[command(flatten)]
    accounts: AccountsArgs,
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(flatten)]
    guards: GuardArgs,
    #[command(flatten)]
    permission: PermissionArg,
}

impl RunArgs {
    pub(super) fn out(&self) -> Option<&Path> {
        self.out.as_deref()
    }

    /// The seed of all shards: to be asked for once.
    pub(super) fn seed(&self) -> u64 {
        self.seed.get()
    }

    pub(super) fn shards(&self) -> Result<u32, Failure> {
        self.shards
            .ok_or_else(|| Failure::usage("--shards says how many pods make the load"))
    }

    pub(super) fn users(&self) -> Option<u32> {
        self.load.args.generator.users()
    }

    pub(super) fn timeout(&self) -> &TimeoutArg {
        &self.load.args.generator.timeout
    }

    pub(super) fn permission(&self) -> &PermissionArg {
        &self.load.args.permission
    }

    /// The scenario as the shards will read it.
    pub(super) fn workload(&self) -> Result<Workload, Failure> {
        let args = &self.load.args;
        let mut workload = args.workload.workload()?;
        if let Some(duration) = args.soak.or(args.duration) {
            workload.set_duration(duration);
        }
        args.objectives.add_to(&mut workload)?;
        args.guards.guard(&mut workload, GuardRate::OFF);
        Ok(workload)
    }

    /// The target, with its secrets only where they are handed on from here.
    pub(super) async fn chosen(&self) -> Result<Chosen, Failure> {
        if self.target.names_none() {
            let error = fleet::TargetError::Embedded;
            return Err(Failure::usage(format!("{error}; name one with --target or --url")));
        }
        if self.print || self.secret.is_some() {
            self.target.choose_with(&Withheld).await
        } else {
            self.target.choose().await
        }
    }

    /// What each shard is told to do, and what it reads.
    pub(super) fn told(
        &self,
        workload: &Workload,
        target: &Target,
        seed: u64,
        console: &Console,
    ) -> Result<(Vec<String>, Files), Failure> {
        let (args, mut files) = (&self.load.args, Files::default());
        let config = fleet::put_target(target, &mut files).map_err(Failure::usage)?;
        let scenario = args.workload.scenario();
        let put = fleet::put_scenario(&scenario.scenario, workload, scenario.images(), &mut files);
        let (name, images) = put.map_err(Failure::usage)?;
        let mut told = vec![format!("--config={config}"), format!("--scenario={name}")];
        told.extend(images.map(|folder| format!("--images={folder}")));
        let mut options = load_options(self.timeout(), seed, self.permission());
        args.accounts.put_into(&mut options, console)?;
        if !options.accounts.is_empty() {
            told.push(format!(
                "--accounts={}",
                fleet::put_accounts(&options.accounts, &mut files)
            ));
        }
        told.push(format!("--seed={seed}"));
        told.extend(self.target.detours());
        told.extend(self.load.without(&["scenario", "images", "accounts"]));
        if self.secret.is_some() {
            files.secret.clear();
        }
        Ok((told, files))
    }

    /// All of it.
    pub(super) fn planned(
        &self,
        workload: &Workload,
        shards: u32,
        load: Vec<String>,
        files: Files,
    ) -> Result<Plan, FleetError> {
        let plan = Plan {
            name: self
                .name
                .clone()
                .unwrap_or_else(|| format!("pl-{:04x}", rand::random::<u16>())),
            namespace: self.cluster.namespace.clone().unwrap_or_else(|| "default".to_owned()),
            image: self.image.clone().unwrap_or_default(),
            shards,
            cpu: self.cpu.clone(),
            memory: self.memory.clone(),
            spread: self.spread,
            secret: self.secret.clone(),
            pod_patch: self.pod_patch.as_deref().map(fleet::pod_patch).transpose()?,
            ready_within: self.ready_within,
            planned: workload.duration,
            timeout: self.timeout().timeout,
            on_lost: self.on_lost_shard,
            load,
            files,
        };
        plan.check()?;
        Ok(plan)
    }
}
