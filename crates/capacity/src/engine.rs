//! A capacity search from beginning to end.

use super::calm::{Calm, Watch};
use super::report::Notes;
use super::step::Bench;
use super::{CapacityError, Objectives};
use chrono::Utc;
use proofload_capacity_search::{Decision, End, Ending, Finding, Search, SearchSettings};
use proofload_deployment::Target;
use proofload_deployment::halt::{Halt, Interruption};
use proofload_deployment::units::Rate;
use proofload_load as load;
use proofload_load::{ArrivalPlan, LoadError, TokenPool, Workload};
use proofload_results::capacity::{self, CapacityReport, StepRow};
use proofload_results::events::{Event, Observer};
use proofload_results::record::RecordWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What is kept back of the time for what a step takes beyond its plan.
const MARGIN: f64 = 0.083;
/// Below this share of the first rate a target carries nothing worth naming.
const FLOOR: f64 = 0.05;

/// How a search is made.
#[derive(Debug, Clone)]
pub struct Options {
    /// How every step is made; its record and users are the search's business unless users are stated.
    pub load: load::LoadOptions,
    /// The run directory; `None` for no record.
    pub out: Option<PathBuf>,
    /// The rate that is needed.
    pub need: Option<Rate>,
    /// Frames that each camera publishes per second.
    pub fps: f64,
    /// The only journey to search on; `None` for all.
    pub journey: Option<String>,
    /// Where the ramp begins.
    pub start: Rate,
    /// No rate above this is tried.
    pub most: Rate,
    /// How long a short step is measured.
    pub step: Duration,
    /// How long the whole search may take.
    pub max_time: Duration,
}

/// What came of a search.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The result.
    pub report: CapacityReport,
    /// The signal that ended it, if one did.
    pub interrupted: Option<Interruption>,
    /// Whether the target died.
    pub died: bool,
}

/// Searches for the highest rate at which the objectives of `workload` hold.
///
/// # Errors
/// The search could not be made; nothing was found then.
pub async fn run(
    workload: &Workload,
    target: &Target,
    options: &Options,
    observer: Arc<dyn Observer>,
    halt: &Halt,
) -> Result<Outcome, CapacityError> {
    if !options.load.may_load && !target.may_be_loaded() {
        return Err(LoadError::NotAllowed(target.name.clone()).into());
    }
    let (workload, objectives) = prepare(workload, options)?;
    if let Some(out) = &options.out {
        RecordWriter::check(out)?;
    }
    let mut expedition = Expedition {
        began: Instant::now(),
        bench: Bench {
            workload: &workload,
            target,
            objectives: &objectives,
            load: &options.load,
            out: options.out.as_deref(),
            tokens: Arc::new(TokenPool::new()),
        },
        notes: Notes::new(&workload, target, &objectives, options),
        out: options.out.as_deref(),
        interrupted: None,
    };
    let settings = SearchSettings {
        allowed: objectives.allowed(),
        start_per_s: options.start.get().min(options.most.get()),
        floor_per_s: options.start.get().min(options.most.get()) * FLOOR,
        ceiling_per_s: options.most.get(),
        step_s: options.step.as_secs_f64().ceil(),
        budget_s: options.max_time.as_secs_f64() * (1.0 - MARGIN),
    };
    expedition.go(Search::new(settings), observer, halt).await
}

/// Looks whether a search on `workload` can be made at all; sends nothing.
///
/// # Errors
/// One sentence says why not.
pub fn check(workload: &Workload, options: &Options) -> Result<(), CapacityError> {
    prepare(workload, options)?;
    if let Some(out) = &options.out {
        RecordWriter::check(out)?;
    }
    Ok(())
}

fn prepare(workload: &Workload, options: &Options) -> Result<(Workload, Objectives), CapacityError> {
    let workload = on_journey(workload, options.journey.as_deref())?;
    if !matches!(workload.arrivals, ArrivalPlan::Open { .. }) {
        return Err(CapacityError::Options(format!(
            "the scenario {} is closed: its users wait for the target and nothing falls due, so there is no rate to search \
             for; give one whose arrivals.process is constant or poisson",
            workload.name
        )));
    }
    let objectives = Objectives::new(&workload.slos, options.load.timeout)?;
    Ok((workload, objectives))
}

/// The workload, or the one journey of it that was asked for.
fn on_journey(workload: &Workload, name: Option<&str>) -> Result<Workload, CapacityError> {
    let mut workload = workload.clone();
    let Some(name) = name else { return Ok(workload) };
    let names: Vec<String> = workload.journeys.iter().map(|journey| journey.name.clone()).collect();
    workload.journeys.retain(|journey| journey.name == name);
    if workload.journeys.is_empty() {
        return Err(CapacityError::Options(format!(
            "the scenario {} has no journey {name:?}; it has {}",
            workload.name,
            names.join(", ")
        )));
    }
    Ok(workload)
}

struct Expedition<'a> {
    began: Instant,
    bench: Bench<'a>,
    notes: Notes,
    out: Option<&'a Path>,
    interrupted: Option<Interruption>,
}

impl Expedition<'_> {
    async fn go(
        &mut self,
        mut search: Search,
        observer: Arc<dyn Observer>,
        halt: &Halt,
    ) -> Result<Outcome, CapacityError> {
        let calm = tokio::select! {
            calm = Watch::begin(self.bench.target, self.bench.load.timeout) => calm?,
            interruption = halt.wait() => return Err(CapacityError::InterruptedEarly(interruption)),
        };
        let mut plan = search.first();
        loop {
            let number = self.notes.steps.len() + 1;
            observer.observe(&Event::StepBegins {
                number,
                rate_per_s: plan.rate_per_s,
            });
            let start_s = self.began.elapsed().as_secs_f64();
            let made = self.bench.make(number, plan, observer.clone(), halt).await;
            let finding = match made {
                Ok(mut made) => {
                    made.row.start_s = start_s;
                    if made.result.ending == Ending::Interrupted {
                        self.interrupted = made.interrupted;
                    } else {
                        self.cool_down(&calm, &mut made.result.ending, &mut made.row, halt)
                            .await;
                    }
                    made.result.elapsed_s = self.began.elapsed().as_secs_f64();
                    observer.observe(&Event::StepDone(Box::new(made.row.clone())));
                    self.notes.steps.push(made.row);
                    match search.next(made.result) {
                        Decision::Measure(next) => {
                            plan = next;
                            None
                        }
                        Decision::Finished(finding) => Some(finding),
                    }
                }
                Err(CapacityError::Load(error)) => Some(self.broken_off(&search, error)?),
                Err(error) => return Err(error),
            };
            let report = self.notes.report(&search, finding.as_ref(), self.began);
            // After every step: a kill loses no more than the one under way.
            if let Some(out) = self.out {
                capacity::write(out, &report)?;
            }
            if let Some(finding) = finding {
                return Ok(Outcome {
                    report,
                    interrupted: self.interrupted,
                    died: finding.end == End::TargetDied,
                });
            }
        }
    }

    /// Waits until the target is calm; a signal ends the wait.
    async fn cool_down(&mut self, calm: &Watch, ending: &mut Ending, row: &mut StepRow, halt: &Halt) {
        let found = tokio::select! {
            found = calm.wait() => found,
            interruption = halt.wait() => {
                self.interrupted = Some(interruption);
                *ending = Ending::Interrupted;
                return;
            }
        };
        match found {
            Calm::Quick => {}
            Calm::Restless => self.notes.restless(row.number),
            Calm::Dead => {
                *ending = Ending::TargetDied;
                row.reasons
                    .push("afterwards the target answered nothing any more".to_owned());
            }
        }
    }

    /// A step that could not be made: the end of the search, or of everything when it was the first.
    fn broken_off(&mut self, search: &Search, error: LoadError) -> Result<Finding, CapacityError> {
        if let LoadError::InterruptedEarly(interruption) = error {
            self.interrupted = Some(interruption);
            if search.steps().is_empty() {
                return Err(CapacityError::InterruptedEarly(interruption));
            }
            return Ok(search.cut_short(End::Interrupted));
        }
        if search.steps().is_empty() || !matches!(error, LoadError::Login { .. } | LoadError::Resolve { .. }) {
            return Err(error.into());
        }
        self.notes.reasons.push(error.to_string());
        Ok(search.cut_short(End::TargetDied))
    }
}

/// The instant as reports write it.
pub(super) fn now() -> String {
    Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
