//! What a record says of a run before it is made.

use crate::generator::clock_state::clock_state;
use crate::generator::plan::Plan;
use crate::options::LoadOptions;
use crate::pacer::Stage;
use crate::workload::{ArrivalPlan, Workload};
use chrono::{DateTime, SecondsFormat, Utc};
use proofload_deployment::Target;
use proofload_results::record::stream::Wait;
use proofload_results::record::{Machine, RUN_SCHEMA, RunInfo, RunStatus, StageSpan};
use std::fmt::Display;

/// What the record of a run says of it when it begins.
pub(crate) fn describe(
    plan: &Plan,
    workload: &Workload,
    target: &Target,
    options: &LoadOptions,
    start_unix_ns: u64,
) -> RunInfo {
    let started = DateTime::from_timestamp_nanos(i64::try_from(start_unix_ns).unwrap_or_default());
    RunInfo {
        schema: RUN_SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        status: RunStatus::Running,
        scenario: workload.name.clone(),
        target: target.name.clone(),
        base_url: target.base.to_string(),
        started_at: started.to_rfc3339_opts(SecondsFormat::Nanos, true),
        started_unix_ns: start_unix_ns,
        ended_at: None,
        planned_s: workload.duration.as_secs_f64(),
        seed: options.seed,
        shard: options.shard.to_string(),
        shard_from: options.shard_from.clone(),
        scenario_digest: Some(plan.digest.clone()),
        users: plan.users as u64,
        threads: plan.threads as u64,
        slos: workload.slos.iter().map(ToString::to_string).collect(),
        machine: Machine::here(),
        clock: clock_state(),
        connecting: Some(options.connecting(target)),
        guards: plan.guards(),
        expected_arrivals: workload.schedule().map(|schedule| schedule.expected()),
        requests: workload.requests,
        stages: stages(workload),
        parts: Vec::new(),
        turns: None,
        lost: None,
        result: None,
    }
}

/// What a shard says of itself while it waits for the others.
pub(crate) fn waiting(plan: &Plan, options: &LoadOptions) -> Wait {
    let now = Utc::now();
    Wait {
        shard: options.shard.to_string(),
        now: now.to_rfc3339_opts(SecondsFormat::Nanos, true),
        now_unix_ns: now
            .timestamp_nanos_opt()
            .and_then(|ns| ns.try_into().ok())
            .unwrap_or_default(),
        scenario_digest: Some(plan.digest.clone()),
        clock: clock_state(),
    }
}

/// The stages of a workload as a record keeps them.
fn stages(workload: &Workload) -> Vec<StageSpan> {
    match &workload.arrivals {
        ArrivalPlan::Open { stages, .. } => spans(stages),
        ArrivalPlan::Closed { stages, .. } => spans(stages),
    }
}

fn spans<T: Display>(stages: &[Stage<T>]) -> Vec<StageSpan> {
    let mut start_s = 0.0;
    let span = |stage: &Stage<T>| {
        let length_s = stage.lasts().as_secs_f64();
        let span = StageSpan {
            start_s,
            length_s,
            what: stage.to_string(),
        };
        start_s += length_s;
        span
    };
    stages.iter().map(span).collect()
}
