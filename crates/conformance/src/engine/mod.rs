//! The engine: which checks there are, which cases that makes, their run, and what is reported of them.

mod begin;
mod lanes;
pub(crate) mod plan;
mod premises;
pub(crate) mod registry;
mod runner;
mod sessions;
mod swallowed;
pub(crate) mod verdict;

use crate::behaviour;
use crate::evidence::Collector;
use crate::site::RELIABILITY;
use plan::PlannedCase;
use proofload_contract::Contract;
use proofload_deployment::Target;
use proofload_deployment::client::{TransportError, login};
use proofload_deployment::nearest;
use proofload_deployment::pattern::Pattern;
use proofload_probing::context::Context;
use proofload_probing::context::lent::most_of_one;
use proofload_probing::context::options::{BadLogins, ConformanceOptions};
use proofload_probing::findings::Cause;
use proofload_results::events::{Observer, Unobserved};
use proofload_results::evidence::Evidence;
use proofload_results::validate::{Means, RunInfo, SCHEMA, Scope, Summary, ValidateReport, Verdict};
use registry::Registry;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;
use verdict::Observation;

/// Why a run could not begin.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Nothing is left to run.
    #[error("no case is selected: {0}")]
    NothingSelected(String),
    /// The client could not be set up.
    #[error(transparent)]
    Client(#[from] TransportError),
    /// The main account cannot log in.
    #[error("{0}")]
    LoginRefused(String),
}

/// What a run leaves.
#[derive(Clone)]
pub struct ConformanceRun {
    /// The report, in the order of the contract, the registry and the accounts.
    pub report: ValidateReport,
    /// The exchanges that decided cases, in the same order.
    pub observations: Vec<Observation>,
    /// What it takes to repeat what failed, warned or could not be tested; none in a run that was made up.
    pub evidence: Option<Evidence>,
}

/// The cases that [`run`] would run, in the order of its report. Sends nothing.
///
/// # Errors
/// A pattern selects nothing.
pub fn list(target: &Target, contract: &Contract, options: &ConformanceOptions) -> Result<Vec<PlannedCase>, RunError> {
    planned(&Registry::shipped(), target, contract, options)
}

/// How many bad logins these cases make of each account of a target at most, by its name: people lend us their accounts.
pub fn bad_logins(target: &Target, cases: &[PlannedCase], rule: BadLogins) -> Vec<(String, usize)> {
    let names: Vec<&str> = cases
        .iter()
        .filter(|case| case.operation == login::AUTHENTICATE)
        .map(|case| case.clause.name)
        .collect();
    behaviour::bad_logins(target, login::AUTHENTICATE, &names, most_of_one(target, rule))
}

fn planned(
    registry: &Registry,
    target: &Target,
    contract: &Contract,
    options: &ConformanceOptions,
) -> Result<Vec<PlannedCase>, RunError> {
    let every = plan::every_case(registry, contract, &target.accounts);
    for pattern in options.only.iter().chain(&options.skip) {
        if !every.iter().any(|case| pattern.matches(&case.id)) {
            let nearest = nearest_ids(pattern, &every);
            return Err(RunError::NothingSelected(format!(
                "the pattern `{pattern}` matches none{nearest}"
            )));
        }
    }
    let selected = plan::select(every, &options.only, &options.skip);
    if selected.is_empty() {
        return Err(RunError::NothingSelected(
            "what is to be skipped leaves none of what is selected".to_owned(),
        ));
    }
    Ok(selected)
}

/// Operations and ids that somebody who mistyped may have meant.
fn nearest_ids(pattern: &Pattern, every: &[PlannedCase]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for case in every {
        let id = case.id.split_once('@').map_or(case.id.as_str(), |(before, _)| before);
        let operation = id.split_once('/').map_or(id, |(before, _)| before);
        names.push(if pattern.as_str().contains('/') { id } else { operation });
    }
    names.dedup();
    nearest::question(pattern.as_str(), names).unwrap_or_default()
}

/// Runs every selected case against a target.
///
/// # Errors
/// The run could not begin: nothing selected, no client, or the main account's login was refused. Once it
/// has begun, whatever happens ends as a verdict of some case.
pub async fn run(
    target: &Target,
    contract: &Contract,
    options: &ConformanceOptions,
    observer: &dyn Observer,
) -> Result<ConformanceRun, RunError> {
    let registry = Arc::new(Registry::shipped());
    let planned = planned(&registry, target, contract, options)?;
    let started = chrono::Utc::now();
    let clock = Instant::now();
    let mut context = Context::new(target, contract, options)?;
    begin::begin(&context).await?;
    let premises = premises::look(&mut context).await;
    let context = Arc::new(context);
    let mut judged = runner::run(&context, &registry, planned, observer).await;
    let lost = context.calls().lost() > 0 && !judged.iter().any(|judged| judged.case.clause == RELIABILITY);
    if let Some(case) = plan::of_lost_calls(&registry, &options.skip).filter(|_| lost) {
        judged.extend(runner::run(&context, &registry, vec![case], &Unobserved).await);
    }
    swallowed::never_let_through(&context, &mut judged);
    for note in context.limits_cost().told() {
        context.note(note);
    }
    note_fronts(&context);
    let observations = judged.iter().filter_map(verdict::Judged::observation).collect();
    let incomplete = note_interruption(&context, &judged);
    let mut collector = Collector::new(&context);
    let cases: Vec<_> = judged
        .into_iter()
        .map(|judged| judged.result(contract, options.strict, &mut collector))
        .collect();
    let means = Means {
        contract,
        accounts: premises::accounts(&context),
        writes: target.allow.writes,
        signing_key: target.signing_key.is_some(),
        whole: options.only.is_empty() && options.skip.is_empty(),
    };
    let run = RunInfo {
        target: target.name.clone(),
        base_url: target.base.to_string(),
        started: started.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        duration_s: clock.elapsed().as_secs_f64(),
        seed: options.seed,
        strict: options.strict,
        accounts: target.accounts.iter().map(|account| account.name.clone()).collect(),
        scope: Some(Scope::of(&cases, means)),
        premises,
        notes: context.take_notes(),
        incomplete,
    };
    let mut report = ValidateReport {
        schema: SCHEMA.to_owned(),
        verdict: Verdict::Pass,
        headline: None,
        summary: Summary::default(),
        run: Some(run),
        causes: Vec::new(),
        cases,
    };
    report.conclude();
    Ok(ConformanceRun {
        report,
        observations,
        evidence: Some(collector.evidence()),
    })
}

/// Says who answered in the application's place.
fn note_fronts(context: &Context) {
    let taken = context.taken_by_fronts();
    let whose: BTreeSet<&str> = taken.keys().map(|(who, _)| who.as_ref()).collect();
    for who in whose {
        let of_it = taken.iter().filter(|((other, _), _)| other == who);
        let (statuses, counts): (Vec<String>, Vec<usize>) =
            of_it.map(|((_, status), count)| (status.to_string(), *count)).unzip();
        context.note(format!(
            "Of {} cases, {who} answered in the application's place ({}): where a refusal was due, it counts as one; whatever else they ask was not tested.",
            counts.iter().sum::<usize>(),
            statuses.join(", ")
        ));
    }
}

/// Says how far an interrupted run came; whether it was interrupted.
fn note_interruption(context: &Context, judged: &[verdict::Judged]) -> bool {
    let given_up = |judged: &&verdict::Judged| judged.finding.cause == Some(Cause::Interrupted);
    let untested = judged.iter().filter(given_up).count();
    if untested > 0 {
        context.note(format!(
            "interrupted: {} of {} cases were tested, the others are reported as errors",
            judged.len() - untested,
            judged.len()
        ));
    }
    untested > 0
}
