//! A capacity search from beginning to end.

use super::calm::{Calm, Watch};
use super::error::CapacityError;
use super::objectives::Objectives;
use super::options::{CapacityOptions, CapacityOutcome};
use super::report::{Notes, bracket_is_wide};
use super::step::StepRunner;
use proofload_capacity_search::{Decision, End, Ending, Finding, Search, SearchSettings};
use proofload_deployment::Target;
use proofload_deployment::halt::{Halt, Interruption};
use proofload_load::{ArrivalPlan, LoadError, TokenPool, Workload};
use proofload_results::capacity::{self, StepRow};
use proofload_results::events::{Event, Observer};
use proofload_results::files;
use proofload_results::load::Complaint;
use proofload_results::record::{RecordError, RecordWriter};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// What is kept back of the time for what a step takes beyond its plan.
const MARGIN: f64 = 0.083;
/// Below this share of the first rate a target carries nothing worth naming.
const FLOOR: f64 = 0.05;

/// Searches for the highest rate at which the objectives of `workload` hold.
///
/// # Errors
/// The search could not be made; nothing was found then.
pub async fn run(
    workload: &Workload,
    target: &Target,
    options: &CapacityOptions,
    observer: Arc<dyn Observer>,
    halt: &Halt,
) -> Result<CapacityOutcome, CapacityError> {
    if !options.load.may_load && !target.may_be_loaded() {
        return Err(LoadError::NotAllowed(target.name.clone()).into());
    }
    let (workload, objectives) = prepare(workload, options)?;
    if let Some(out) = &options.out {
        RecordWriter::check(out)?;
    }
    let mut search_run = SearchRun {
        began: Instant::now(),
        steps: StepRunner {
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
        complaints: Vec::new(),
        lost: None,
    };
    let settings = SearchSettings {
        allowed: objectives.allowed(),
        start_per_s: options.start.get().min(options.most.get()),
        floor_per_s: options.start.get().min(options.most.get()) * FLOOR,
        ceiling_per_s: options.most.get(),
        step_s: options.step.as_secs_f64().ceil(),
        budget_s: options.max_time.as_secs_f64() * (1.0 - MARGIN),
        hold_s: options.hold.as_secs_f64().ceil(),
    };
    search_run.go(Search::new(settings), observer, halt).await
}

/// Looks whether a search on `workload` can be made at all; sends nothing.
///
/// # Errors
/// The workload or an option makes no search, or the record cannot be written.
pub fn check(workload: &Workload, options: &CapacityOptions) -> Result<(), CapacityError> {
    prepare(workload, options)?;
    if let Some(out) = &options.out {
        RecordWriter::check(out)?;
    }
    Ok(())
}

fn prepare(workload: &Workload, options: &CapacityOptions) -> Result<(Workload, Objectives), CapacityError> {
    let workload = on_journey(workload, options.journey.as_deref())?;
    if !matches!(workload.arrivals, ArrivalPlan::Open { .. }) {
        return Err(CapacityError::ClosedWorkload(workload.name));
    }
    if let Some(need) = options.need
        && need.per_s(workload.frames(), options.fps).is_none()
    {
        return Err(CapacityError::NoCameras {
            need: need.to_string(),
            workload: workload.name,
        });
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
        return Err(CapacityError::NoSuchJourney {
            workload: workload.name,
            journey: name.to_owned(),
            known: names,
        });
    }
    Ok(workload)
}

/// A search under way.
struct SearchRun<'a> {
    began: Instant,
    steps: StepRunner<'a>,
    notes: Notes,
    out: Option<&'a Path>,
    interrupted: Option<Interruption>,
    /// What was wrong with the generator in the last step that it spoiled.
    complaints: Vec<Complaint>,
    /// Why the record of a step was lost in part, of the first one.
    lost: Option<String>,
}

impl SearchRun<'_> {
    async fn go(
        &mut self,
        mut search: Search,
        observer: Arc<dyn Observer>,
        halt: &Halt,
    ) -> Result<CapacityOutcome, CapacityError> {
        let calm = tokio::select! {
            calm = Watch::begin(self.steps.target, &self.steps.load.accounts, self.steps.load.timeout) => calm?,
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
            let made = self.steps.make(number, plan, observer.clone(), halt).await;
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
                    self.note_loss(made.row.number, made.lost.take());
                    self.notes.ran_out.insert(made.row.number, made.ran_out.take());
                    self.notes.refusals.insert(made.row.number, made.refusals);
                    self.notes.steps.push(made.row);
                    if made.result.ending == Ending::GeneratorGaveOut {
                        self.complaints = made.complaints;
                    }
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
            if finding.is_some() {
                self.note_missing();
            }
            let report = self.notes.report(&search, finding.as_ref(), self.began);
            // After every step: a kill loses no more than the one under way. Only what the last one leaves counts.
            let written = self.out.map_or(Ok(()), |out| capacity::write(out, &report));
            if let Some(finding) = finding {
                let lost = self.lost.take().or(written.err().map(|error| error.to_string()));
                return Ok(CapacityOutcome {
                    lost,
                    report,
                    end: finding.end,
                    interrupted: self.interrupted,
                    bracket_is_wide: bracket_is_wide(&finding),
                    complaints: self.gave_out(finding.end),
                });
            }
        }
    }

    /// Notes that a part of a step's record was lost, of the first one; the search goes on without.
    fn note_loss(&mut self, number: u64, lost: Option<String>) {
        if let (Some(why), None) = (lost, &self.lost) {
            self.notes.lost(number, &why);
            self.lost = Some(why);
        }
    }

    /// Notes the first record of a step that is not there any more.
    fn note_missing(&mut self) {
        let Some(out) = self.out else { return };
        let gone = self.notes.steps.iter().find_map(|step| {
            let path = out.join(step.record.as_deref()?).join(files::RUN);
            (!path.is_file()).then_some((step.number, path))
        });
        if let Some((number, path)) = gone {
            self.note_loss(number, Some(RecordError::Gone(path).to_string()));
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

    /// Why the generator gave out, where that is how the search ended.
    fn gave_out(&mut self, end: End) -> Vec<Complaint> {
        match end {
            End::GeneratorGaveOut => std::mem::take(&mut self.complaints),
            _ => Vec::new(),
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
        let end = match error {
            LoadError::Login { answered: true, .. } => End::LoginsFailed,
            _ => End::TargetDied,
        };
        self.notes.reasons.push(error.to_string());
        Ok(search.cut_short(end))
    }
}
