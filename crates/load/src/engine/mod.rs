//! A load run from beginning to end.

mod measure;
mod steering;
mod threads;

use crate::describe::waiting;
use crate::error::LoadError;
use crate::generator::call_log::CallTimes;
use crate::generator::plan::Plan;
use crate::generator::start;
use crate::generator::token_pool::TokenPool;
use crate::options::LoadOptions;
use crate::workload::Workload;
use measure::Run;
use proofload_deployment::Target;
use proofload_deployment::halt::{Halt, Interruption};
use proofload_results::events::{Event, Observer};
use proofload_results::load::{Complaint, LoadReport};
use proofload_results::record::{RecordWriter, RunInfo};
use proofload_results::watched::RanOut;
use std::sync::Arc;
use threads::GeneratorThreads;

/// What came of a run.
#[derive(Debug, Clone)]
pub struct LoadOutcome {
    /// The result.
    pub report: LoadReport,
    /// Why it ended before its time, if it did.
    pub interrupted: Option<Interruption>,
    /// Whether it ended because the target answered nothing any more.
    pub dead: bool,
    /// What was wrong with the generator.
    pub complaints: Vec<Complaint>,
    /// The operations measured, in the order of their places.
    pub operations: Vec<String>,
    /// Every call of the run, whatever its operation, in the order of being sent. Empty where they were not asked for
    /// ([`LoadOptions::keep_calls`]), were more than that, or one of them got no whole answer.
    pub calls: Vec<CallTimes>,
    /// What the record says of the run; it names why the record was lost, if it was.
    pub run: RunInfo,
    /// What of the machines under test was at its limit, whether or not an objective was missed; `None` where nothing was watched.
    pub ran_out: Option<RanOut>,
}

/// One run at a time: Goose's kill switch belongs to the process.
static RUNNING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Makes a load run.
///
/// # Errors
/// It could not be made; nothing was measured then.
pub async fn run(
    workload: &Workload,
    target: &Target,
    options: &LoadOptions,
    observer: Arc<dyn Observer>,
    halt: &Halt,
) -> Result<LoadOutcome, LoadError> {
    run_with_tokens(workload, target, options, &Arc::default(), observer, halt).await
}

/// Makes a load run whose virtual users go on with the tokens that those of earlier runs left behind, instead of logging in
/// anew, and leave theirs behind in turn.
///
/// # Errors
/// It could not be made; nothing was measured then.
pub async fn run_with_tokens(
    workload: &Workload,
    target: &Target,
    options: &LoadOptions,
    tokens: &Arc<TokenPool>,
    observer: Arc<dyn Observer>,
    halt: &Halt,
) -> Result<LoadOutcome, LoadError> {
    if !options.may_load && !target.may_be_loaded() {
        return Err(LoadError::NotAllowed(target.name.clone()));
    }
    start::check_start(&options.start)?;
    if let Some(out) = &options.out {
        RecordWriter::check(out)?;
    }
    let workload = &workload.ended(options.seed);
    // Boxed like what comes after it: both are large, and part of every future that makes a run.
    let plan = Box::pin(Plan::new(workload, target, options, tokens)).await?;
    let _alone = RUNNING.lock().await;
    observer.observe(&Event::LoadPlanned { users: plan.users });
    let mut threads = GeneratorThreads::start(&plan)?;
    let ready = match threads.all_ready(halt).await {
        Ok(()) => {
            observer.observe(&Event::LoadReady);
            start::wait(&options.start, || announce(&plan, options), halt).await
        }
        Err(error) => Err(error),
    };
    let outcome = match ready {
        Ok(start_at) => {
            let run = Run {
                plan: &plan,
                workload,
                target,
                options,
                start_at,
            };
            Box::pin(run.measure(&mut threads, observer, halt)).await
        }
        Err(error) => Err(error),
    };
    threads.dismiss().await;
    outcome
}

/// Says in the stream of the record that all is ready, again and again while the start is waited for.
fn announce(plan: &Plan, options: &LoadOptions) {
    if let Some(stream) = &options.stream {
        // Where it cannot be written the record will be lost, and that is said then.
        let _ = stream.wait(&waiting(plan, options));
    }
}
