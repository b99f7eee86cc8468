//! A load run from beginning to end.

use crate::describe::{describe, waiting};
use crate::error::LoadError;
use crate::generator::barrier;
use crate::generator::breach::BreachWatch;
use crate::generator::call_log::CallTimes;
use crate::generator::clock::{Clock, ns};
use crate::generator::plan::Plan;
use crate::generator::pulse::{End, EndTimes};
use crate::generator::recorder::{Recorded, Recorder};
use crate::generator::start;
use crate::generator::threads::{ThreadEvent, Times};
use crate::generator::token_pool::TokenPool;
use crate::generator::virtual_user::FailedLogin;
use crate::judge::verdict::{self, Judged};
use crate::judge::watched;
use crate::options::{DeadTarget, LoadOptions, Start};
use crate::workload::Workload;
use chrono::{DateTime, SecondsFormat, Utc};
use proofload_deployment::Target;
use proofload_deployment::halt::{Halt, Interruption};
use proofload_results::events::{Event, Observer};
use proofload_results::load::{Complaint, LoadReport};
use proofload_results::record::{RecordWriter, Recording, RunInfo, RunStatus};
use proofload_results::watched::RanOut;
use proofload_watch::{Tap, ran_out};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{Notify, mpsc, oneshot};

/// Between the last user's getting ready and the first arrival.
const LEAD: Duration = Duration::from_millis(20);
/// What is in flight when a run is stopped is waited for this long at most: a container is given ten seconds to stop.
const PATIENCE: Duration = Duration::from_secs(5);
/// Threads of a run that is over get this long to end.
const FAREWELL: Duration = Duration::from_secs(3);

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

/// A target that answered nothing for so many seconds is dead.
const DEAD_AFTER_S: u64 = 5;

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
    if let Start::At(at) = options.start {
        start::check(at)?;
    }
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
            Box::pin(threads.measure(run, observer, halt)).await
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

/// What may end a run before its time.
struct Steering<'a> {
    plan: &'a Plan,
    options: &'a LoadOptions,
    halt: &'a Halt,
    end: &'a End,
    dead_s: &'a AtomicU64,
    breach: &'a BreachWatch,
}

/// What ended a run before its time; nothing where it came to its end.
#[derive(Default)]
struct Ended {
    by: Option<Interruption>,
    /// The file whose word `stop` did.
    stopped: Option<PathBuf>,
    dead: bool,
    breached: bool,
}

/// What a run is made of and measured against.
struct Run<'a> {
    plan: &'a Plan,
    workload: &'a Workload,
    target: &'a Target,
    options: &'a LoadOptions,
    /// The instant at which all machines begin; none where it begins as soon as it can.
    start_at: Option<DateTime<Utc>>,
}

/// The threads of a run.
struct GeneratorThreads {
    clock: Clock,
    bells: Vec<Arc<Notify>>,
    times: Arc<OnceLock<Times>>,
    events: mpsc::UnboundedReceiver<ThreadEvent>,
    batches: Option<std::sync::mpsc::Receiver<crate::generator::threads::Batch>>,
    handles: Vec<JoinHandle<()>>,
    base: String,
}

impl GeneratorThreads {
    fn start(plan: &Plan) -> Result<Self, LoadError> {
        let (tell, events) = mpsc::unbounded_channel();
        let (hand_over, batches) = std::sync::mpsc::channel();
        let mut threads = Self {
            clock: plan.clock,
            bells: (0..plan.threads).map(|_| Arc::default()).collect(),
            times: Arc::default(),
            events,
            batches: Some(batches),
            handles: Vec::new(),
            base: plan.base.clone(),
        };
        for index in 0..plan.threads {
            let thread = plan.thread(
                index,
                threads.bells[index].clone(),
                threads.times.clone(),
                tell.clone(),
                hand_over.clone(),
            );
            let started = thread.start();
            threads
                .handles
                .push(started.map_err(|error| LoadError::Generator(format!("no thread can be started: {error}")))?);
        }
        Ok(threads)
    }

    /// Waits until all users are ready.
    async fn all_ready(&mut self, halt: &Halt) -> Result<(), LoadError> {
        for _ in 0..self.handles.len() {
            let event = tokio::select! {
                event = self.events.recv() => event,
                interruption = halt.wait() => return Err(LoadError::InterruptedEarly(interruption)),
            };
            match event {
                Some(ThreadEvent::Ready) => {}
                Some(ThreadEvent::Failed(FailedLogin { account, why, answered })) => {
                    let base = self.base.clone();
                    return Err(LoadError::Login {
                        base,
                        account,
                        why,
                        answered,
                    });
                }
                Some(ThreadEvent::Broken(why)) => return Err(LoadError::Generator(why)),
                None => return Err(LoadError::Generator("its threads went away".to_owned())),
            }
        }
        Ok(())
    }

    async fn measure(
        &mut self,
        run: Run<'_>,
        observer: Arc<dyn Observer>,
        halt: &Halt,
    ) -> Result<LoadOutcome, LoadError> {
        let Run {
            plan,
            workload,
            target,
            options,
            start_at,
        } = run;
        let lead = start::lead(start_at).unwrap_or(LEAD);
        let start_ns = self.clock.now_ns() + ns(lead);
        let planned = EndTimes::planned(start_ns.saturating_add(ns(workload.duration)), options.timeout);
        let end = Arc::new(End::new(planned));
        let mut info = describe(plan, workload, target, options, self.clock.unix_ns(start_ns));
        observer.observe(&Event::LoadBegins(Arc::new(info.clone())));
        // From here on there is something to lose: a record that cannot be written takes nothing else with it.
        let streamed = options.stream.clone().map(|stream| Recording::stream(stream, &info));
        let recording = streamed.or_else(|| options.out.as_ref().map(|out| Recording::begin(out, &info)));
        let start = self.clock.instant(start_ns);
        let watch = options.watch.as_ref();
        let tap = watch.map(|watch| watch.tap(start, options.out.as_deref()));
        let dead_s = Arc::new(AtomicU64::new(0));
        let breach = BreachWatch::new(workload, options.stop_on_breach);
        let recorded = self.record(plan, workload, recording, observer, dead_s.clone(), breach.clone())?;
        let times = Times {
            start_ns,
            end: end.clone(),
        };
        self.times
            .set(times)
            .map_err(|_| LoadError::Generator("it was started twice".to_owned()))?;
        self.ring();
        let steering = Steering {
            plan,
            options,
            halt,
            end: &end,
            dead_s: &dead_s,
            breach: &breach,
        };
        let (recorded, ended) = self.steer(recorded, &steering).await?;
        let Recorded {
            mut totals,
            calls,
            recording,
        } = recorded;
        totals.offered_s = totals
            .duration_s
            .min(Duration::from_nanos(end.get().arrivals_end - start_ns).as_secs_f64());
        let ending = verdict::Ending {
            interrupted: ended.by.is_some() || ended.stopped.is_some(),
            dead: ended.dead,
        };
        let Judged { mut report, complaints } =
            verdict::judge(&totals, &workload.slos, plan.users as u64, ending, &info);
        report.findings.extend(plan.logins.told());
        report
            .findings
            .extend(plan.sharing.as_ref().and_then(|sharing| sharing.told()));
        report.findings.extend(plan.pictures.clone());
        report.findings.extend(target.way.told(&target.base));
        let seen = tap.map(Tap::close);
        watched::add(&mut report, seen.as_ref(), &totals, &info);
        if let Some(file) = ended.stopped {
            let stopped = format!("the word stop in {} ended it", file.display());
            report.findings.insert(0, stopped);
        }
        if let Some(seen) = breach.seen() {
            report.findings.insert(0, seen.to_owned());
        }
        info.status = if ending.interrupted || ended.dead || ended.breached {
            RunStatus::Incomplete
        } else {
            RunStatus::Complete
        };
        // By the clock that the run went by: the calendar's may have been set meanwhile.
        let ended_ns = i64::try_from(self.clock.unix_ns(self.clock.now_ns())).unwrap_or_default();
        info.ended_at = Some(DateTime::from_timestamp_nanos(ended_ns).to_rfc3339_opts(SecondsFormat::Millis, true));
        info.result = Some(report.clone());
        if let Some(recording) = recording {
            recording.close(&mut info);
        }
        report.findings.splice(0..0, info.finding_on_loss());
        Ok(LoadOutcome {
            report,
            interrupted: ended.by,
            dead: ended.dead,
            complaints,
            operations: plan.operations.clone(),
            calls,
            run: info,
            ran_out: seen.map(|seen| ran_out(&seen, &totals.courses.under_way)),
        })
    }

    /// Sees to it that the run ends when it must before its time, and waits until all is recorded.
    async fn steer(
        &self,
        mut recorded: oneshot::Receiver<Recorded>,
        steering: &Steering<'_>,
    ) -> Result<(Recorded, Ended), LoadError> {
        let Steering { options, end, .. } = steering;
        let mut ended = Ended::default();
        let mut spent = false;
        let patience = PATIENCE.min(options.timeout);
        let mut look = tokio::time::interval(Duration::from_millis(250));
        let stop = barrier::stopped(options.start.file());
        tokio::pin!(stop);
        loop {
            tokio::select! {
                recorded = &mut recorded => {
                    let recorded = recorded.map_err(|_| LoadError::Generator("the recorder went away".to_owned()))?;
                    return Ok((recorded, ended));
                }
                interruption = steering.halt.wait(), if ended.by.is_none() => {
                    ended.by = Some(interruption);
                    end.hasten(&self.clock, patience);
                    self.ring();
                }
                file = &mut stop, if ended.stopped.is_none() => {
                    ended.stopped = Some(file);
                    end.hasten(&self.clock, patience);
                    self.ring();
                }
                at_ns = steering.plan.last_call(), if !spent => {
                    spent = true;
                    end.come_at(&self.clock, at_ns, options.timeout);
                    self.ring();
                }
                _ = look.tick() => {
                    if !ended.breached && steering.breach.seen().is_some() {
                        ended.breached = true;
                        end.hasten(&self.clock, patience);
                        self.ring();
                    }
                    let is_dead = steering.dead_s.load(Ordering::Relaxed) >= DEAD_AFTER_S;
                    if options.on_dead_target == DeadTarget::Stop && !ended.dead && is_dead {
                        ended.dead = true;
                        end.hasten(&self.clock, Duration::ZERO);
                        self.ring();
                    }
                }
            }
        }
    }

    /// Lets every thread know that the times are known or the end was moved.
    fn ring(&self) {
        for bell in &self.bells {
            bell.notify_one();
        }
    }

    fn record(
        &mut self,
        plan: &Plan,
        workload: &Workload,
        recording: Option<Recording>,
        observer: Arc<dyn Observer>,
        dead_s: Arc<AtomicU64>,
        breach: BreachWatch,
    ) -> Result<oneshot::Receiver<Recorded>, LoadError> {
        let recorder = Recorder {
            names: plan.operations.clone(),
            threads: plan.threads,
            keep_calls: plan.keep_calls,
            addresses: plan.addresses.clone(),
            recording,
            observer,
            planned: workload.duration,
            dead_s,
            breach,
            budget: plan.budget.clone(),
        };
        let (finished, outcome) = oneshot::channel();
        let batches = self
            .batches
            .take()
            .ok_or_else(|| LoadError::Generator("it was started twice".to_owned()))?;
        let thread = std::thread::Builder::new().name("recorder".to_owned()).spawn(move || {
            // Nobody waits only when the run was given up.
            let _ = finished.send(recorder.run(&batches));
        });
        thread.map_err(|error| LoadError::Generator(format!("no thread can be started: {error}")))?;
        Ok(outcome)
    }

    /// Ends Goose and waits for the threads, within bounds. The switch is thrown again and again: a Goose that is only
    /// starting resets it.
    async fn dismiss(self) {
        // Users of a run that never began leave at once.
        let never = Times {
            start_ns: 0,
            end: Arc::new(End::new(EndTimes::planned(0, Duration::ZERO))),
        };
        if self.times.set(never).is_ok() {
            self.ring();
        }
        let until = tokio::time::Instant::now() + FAREWELL;
        while self.handles.iter().any(|thread| !thread.is_finished()) && tokio::time::Instant::now() < until {
            goose::trigger_killswitch("the run is over");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
