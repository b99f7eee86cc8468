//! Measuring: from the instant at which all users are ready to the outcome.

use super::LoadOutcome;
use super::steering::{Ended, Steering};
use super::threads::GeneratorThreads;
use crate::describe::describe;
use crate::error::LoadError;
use crate::generator::breach::BreachWatch;
use crate::generator::clock::{Clock, ns};
use crate::generator::plan::Plan;
use crate::generator::pulse::{End, EndTimes};
use crate::generator::recorder::{Recorded, Recorder};
use crate::generator::start;
use crate::generator::threads::{Batch, Times};
use crate::judge::offer;
use crate::judge::verdict::{self, Judged};
use crate::judge::watched;
use crate::options::LoadOptions;
use crate::workload::Workload;
use chrono::{DateTime, SecondsFormat, Utc};
use proofload_deployment::Target;
use proofload_deployment::halt::Halt;
use proofload_results::events::{Event, Observer};
use proofload_results::load::LoadReport;
use proofload_results::record::{Recording, RunInfo, RunStatus};
use proofload_watch::{Sums, Tap, ran_out};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::Receiver;
use std::time::Duration;
use tokio::sync::oneshot;

/// Between the last user's getting ready and the first arrival.
const LEAD: Duration = Duration::from_millis(20);

/// What a run is made of and measured against.
#[derive(Clone, Copy)]
pub(super) struct Run<'a> {
    pub(super) plan: &'a Plan,
    pub(super) workload: &'a Workload,
    pub(super) target: &'a Target,
    pub(super) options: &'a LoadOptions,
    /// The instant at which all machines begin; none where it begins as soon as it can.
    pub(super) start_at: Option<DateTime<Utc>>,
}

/// What was measured, and all that was seen meanwhile.
struct Measured {
    info: RunInfo,
    recorded: Recorded,
    /// For how long arrivals fell due.
    offered: Duration,
    ended: Ended,
    /// What the machines under test said.
    watched: Option<Sums>,
    /// The objective that ended the run, in one sentence.
    breach: Option<String>,
}

impl Run<'_> {
    /// Lets arrivals fall due, and waits until all is recorded and judged.
    ///
    /// # Errors
    /// The generator broke.
    pub(super) async fn measure(
        self,
        threads: &mut GeneratorThreads,
        observer: Arc<dyn Observer>,
        halt: &Halt,
    ) -> Result<LoadOutcome, LoadError> {
        let Self { plan, options, .. } = self;
        let clock = plan.clock;
        let start_ns = clock.now_ns() + ns(start::lead(self.start_at).unwrap_or(LEAD));
        let planned = EndTimes::planned(start_ns.saturating_add(ns(self.workload.duration)), options.timeout);
        let end = Arc::new(End::new(planned));
        let info = describe(plan, self.workload, self.target, options, clock.unix_ns(start_ns));
        observer.observe(&Event::LoadBegins(Arc::new(info.clone())));
        // From here on there is something to lose: a record that cannot be written takes nothing else with it.
        let streamed = options.stream.clone().map(|stream| Recording::stream(stream, &info));
        let recording = streamed.or_else(|| options.out.as_ref().map(|out| Recording::begin(out, &info)));
        let watch = options.watch.as_ref();
        let tap = watch.map(|watch| watch.tap(clock.instant(start_ns), options.out.as_deref()));
        let dead_s = Arc::new(AtomicU64::new(0));
        let breach = BreachWatch::new(self.workload, options.stop_on_breach);
        let recorder = self.recorder(recording, observer, dead_s.clone(), breach.clone());
        let end_of_record = record(recorder, threads.batches()?)?;
        threads.begin(Times {
            start_ns,
            end: end.clone(),
        })?;
        let steering = Steering {
            plan,
            options,
            halt,
            end: &end,
            dead_s: &dead_s,
            breach: &breach,
        };
        let (all, ended) = threads.steer(end_of_record, &steering).await?;
        let measured = Measured {
            info,
            recorded: all,
            offered: Duration::from_nanos(end.get().arrivals_end - start_ns),
            ended,
            watched: tap.map(Tap::close),
            breach: breach.seen().map(ToOwned::to_owned),
        };
        Ok(self.conclude(measured, clock))
    }

    fn recorder(
        self,
        recording: Option<Recording>,
        observer: Arc<dyn Observer>,
        dead_s: Arc<AtomicU64>,
        breach: BreachWatch,
    ) -> Recorder {
        let plan = self.plan;
        Recorder {
            names: plan.operations.clone(),
            threads: plan.threads,
            keep_calls: plan.keep_calls,
            addresses: plan.address_watch(),
            recording,
            observer,
            planned: self.workload.duration,
            dead_s,
            breach,
            budget: plan.budget.clone(),
        }
    }

    /// Judges what was measured, and closes the record with it.
    fn conclude(self, measured: Measured, clock: Clock) -> LoadOutcome {
        let Measured {
            mut info,
            recorded,
            offered,
            ended,
            watched: seen,
            breach,
        } = measured;
        let Recorded {
            mut totals,
            calls,
            recording,
        } = recorded;
        totals.offered_s = totals.duration_s;
        totals.offered_s = offer::span_s(&totals, &info, offered.as_secs_f64());
        // Some kinds turn out to be impossible only while they are tried.
        info.guards = self.plan.guards();
        let ending = verdict::Ending {
            interrupted: ended.by.is_some() || ended.stopped.is_some(),
            dead: ended.dead,
        };
        let users = self.plan.users as u64;
        let Judged { mut report, complaints } = verdict::judge(&totals, &self.workload.slos, users, ending, &info);
        self.tell(&mut report);
        watched::add(&mut report, seen.as_ref(), &totals, &info);
        if let Some(file) = &ended.stopped {
            let stopped = format!("the word stop in {} ended it", file.display());
            report.findings.insert(0, stopped);
        }
        if let Some(breach) = breach {
            report.findings.insert(0, breach);
        }
        info.status = if ending.interrupted || ended.dead || ended.breached {
            RunStatus::Incomplete
        } else {
            RunStatus::Complete
        };
        // By the clock that the run went by: the calendar's may have been set meanwhile.
        let ended_ns = i64::try_from(clock.unix_ns(clock.now_ns())).unwrap_or_default();
        info.ended_at = Some(DateTime::from_timestamp_nanos(ended_ns).to_rfc3339_opts(SecondsFormat::Millis, true));
        info.result = Some(report.clone());
        if let Some(recording) = recording {
            recording.close(&mut info);
        }
        report.findings.splice(0..0, info.finding_on_loss());
        LoadOutcome {
            report,
            interrupted: ended.by,
            dead: ended.dead,
            complaints,
            operations: self.plan.operations.clone(),
            calls,
            run: info,
            ran_out: seen.map(|seen| ran_out(&seen, &totals.courses.under_way)),
        }
    }

    /// Adds what a person should know of how the run was made.
    fn tell(self, report: &mut LoadReport) {
        let Self { plan, target, .. } = self;
        report.findings.extend(plan.logins.told());
        let calls = report.operations.iter().map(|row| row.ok + row.errors).sum();
        report.findings.extend(plan.commons.tokens.told(calls));
        report
            .findings
            .extend(plan.sharing.iter().flat_map(|sharing| sharing.told()));
        report.findings.extend(plan.pictures.clone());
        report.findings.extend(target.way.told(&target.base));
    }
}

/// Lets the recorder work in a thread of its own; what came of it comes when the last batch did.
fn record(recorder: Recorder, batches: Receiver<Batch>) -> Result<oneshot::Receiver<Recorded>, LoadError> {
    let (finished, outcome) = oneshot::channel();
    let thread = std::thread::Builder::new().name("recorder".to_owned()).spawn(move || {
        // Nobody waits only when the run was given up.
        let _ = finished.send(recorder.run(&batches));
    });
    thread.map_err(|error| LoadError::Generator(format!("no thread can be started: {error}")))?;
    Ok(outcome)
}
