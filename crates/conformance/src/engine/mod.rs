//! The engine: which checks there are, which cases that makes, their run, and what is reported of them.

pub(crate) mod plan;
mod premises;
pub(crate) mod registry;
mod runner;
pub(crate) mod verdict;

use crate::behaviour;
use crate::evidence::Collector;
use crate::site::RELIABILITY;
use plan::PlannedCase;
use proofload_contract::Contract;
use proofload_deployment::Target;
use proofload_deployment::client::{TransportError, login};
use proofload_probing::context::Context;
use proofload_probing::context::logins;
use proofload_probing::context::options::ConformanceOptions;
use proofload_probing::findings::{Cause, Stop};
use proofload_results::events::{Observer, Unobserved};
use proofload_results::evidence::Evidence;
use proofload_results::validate::{Means, RunInfo, SCHEMA, Scope, Summary, ValidateReport, Verdict};
use registry::Registry;
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
pub fn bad_logins(target: &Target, cases: &[PlannedCase]) -> Vec<(String, usize)> {
    let names: Vec<&str> = cases
        .iter()
        .filter(|case| case.operation == login::AUTHENTICATE)
        .map(|case| case.clause.name)
        .collect();
    behaviour::bad_logins(target, login::AUTHENTICATE, &names)
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
            return Err(RunError::NothingSelected(format!(
                "the pattern `{pattern}` matches none"
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
    let registry = Registry::shipped();
    let planned = planned(&registry, target, contract, options)?;
    let started = chrono::Utc::now();
    let clock = Instant::now();
    let mut context = Context::new(target, contract, options)?;
    begin(&context).await?;
    let premises = premises::look(&mut context).await;
    let mut judged = runner::run(&context, &registry, planned, observer).await;
    let lost = context.calls().lost() > 0 && !judged.iter().any(|judged| judged.case.clause == RELIABILITY);
    if let Some(case) = plan::of_lost_calls(&registry, &options.skip).filter(|_| lost) {
        judged.extend(runner::run(&context, &registry, vec![case], &Unobserved).await);
    }
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
        bad_logins: context.made_bad_logins(),
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

/// Stops before 900 cases say the same: the target must answer, and must not refuse the main account's login.
/// A login that is merely odd is a finding for the cases.
async fn begin(context: &Context) -> Result<(), RunError> {
    if !context.has_accounts() {
        context.note("no account was given, so only what needs none was tested");
        return Ok(());
    }
    let main = context.main();
    let exchange = context
        .send(logins::request(&context.contract, &main.username, &main.password))
        .await;
    let exchange = match exchange {
        Ok(exchange) => exchange,
        Err(Stop::Skip(cause) | Stop::Untestable(cause)) => return Err(RunError::LoginRefused(cause.to_string())),
    };
    if !matches!(exchange.status(), 400 | 401 | 403 | 404) {
        return Ok(());
    }
    Err(RunError::LoginRefused(format!(
        "the login of account {:?} (user {:?}) at {} was answered {}: {}; check its user name, its password and the base URL",
        main.name,
        main.username,
        context.target.base,
        exchange.observed(),
        exchange.excerpt()
    )))
}
