//! The thread that merges what the generator's threads measured, writes the record and tells whoever watches.

use crate::generator::address_watch::AddressWatch;
use crate::generator::breach::BreachWatch;
use crate::generator::budget::Budget;
use crate::generator::call_log::{self, CallTimes};
use crate::generator::measured_call::Ending;
use crate::generator::processors::ProcessorWatch;
use crate::generator::threads::Batch;
use hdrhistogram::Histogram;
use proofload_results::events::{Event, LoadTick, Observer, OperationTick};
use proofload_results::load::{Arrivals, Complaint, OperationRow, Percentiles, rounded};
use proofload_results::record::{
    Counters, HistogramTag, Lag, LatencyKind, Recording, Second, Standstill, Totals, add_reason, latency_histogram,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Duration;
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

/// What the recorder needs.
pub(crate) struct Recorder {
    /// The operations measured.
    pub(crate) names: Vec<String>,
    /// How many threads hand over.
    pub(crate) threads: usize,
    /// Calls that are kept one by one at most.
    pub(crate) keep_calls: usize,
    /// What comes of the target's addresses.
    pub(crate) addresses: AddressWatch,
    /// Where the record goes; `None` for none.
    pub(crate) recording: Option<Recording>,
    /// Who watches.
    pub(crate) observer: Arc<dyn Observer>,
    /// How long the run will take.
    pub(crate) planned: Duration,
    /// Seconds in a row in which calls were made and none was answered; for whoever looks after dead targets.
    pub(crate) dead_s: Arc<AtomicU64>,
    /// Looks whether an objective is missed already.
    pub(crate) breach: BreachWatch,
    /// The calls that may still be made, where users set the pace and calls are limited.
    pub(crate) budget: Option<Arc<Budget>>,
}

/// What is left when all is recorded.
pub(crate) struct Recorded {
    /// The sums.
    pub(crate) totals: Totals,
    /// All calls one by one; empty where they were not kept, or some are missing.
    pub(crate) calls: Vec<CallTimes>,
    /// The record, to be closed.
    pub(crate) recording: Option<Recording>,
}

/// CPU and memory of our own process and its machine, as the system tells them.
struct Process {
    processors: ProcessorWatch,
    /// `None` where the system does not tell.
    system: Option<(System, Pid)>,
    cpu_ms: u64,
}

impl Process {
    fn new() -> Self {
        let mut process = Self {
            processors: ProcessorWatch::new(),
            system: System::new().ok().zip(sysinfo::get_current_pid().ok()),
            cpu_ms: 0,
        };
        process.since_last();
        process
    }

    /// CPU seconds since the last call, and resident bytes now; 0 where the system does not tell.
    fn since_last(&mut self) -> (f64, u64) {
        let Some((system, pid)) = &mut self.system else {
            return (0.0, 0);
        };
        let kind = ProcessRefreshKind::nothing().with_cpu().with_memory().without_tasks();
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&[*pid]), false, kind);
        let Some(process) = system.process(*pid) else {
            return (0.0, 0);
        };
        let cpu_ms = process.accumulated_cpu_time();
        let used = Duration::from_millis(cpu_ms.saturating_sub(self.cpu_ms));
        self.cpu_ms = cpu_ms;
        (used.as_secs_f64(), process.memory())
    }
}

/// When a thread stood still; none when it did not.
fn standstill(batch: &Batch) -> Option<Standstill> {
    let still = batch.tally.stood_still;
    let seconds = |ns: u64| rounded(Duration::from_nanos(ns).as_secs_f64());
    (still.total_ns > 0).then(|| Standstill {
        longest_s: seconds(still.longest_ns),
        at_s: seconds(still.at_ns),
        total_s: seconds(still.total_ns),
    })
}

impl Recorder {
    /// Works until the last batch of every thread is recorded.
    pub(crate) fn run(mut self, batches: &Receiver<Batch>) -> Recorded {
        let mut process = Process::new();
        let mut totals = Totals::default();
        let mut waiting: BTreeMap<u64, Vec<Batch>> = BTreeMap::new();
        let mut logs = vec![None; self.threads];
        // The second that each thread will hand over next; `None` when it has handed over its last.
        let mut reached: Vec<Option<u64>> = vec![Some(0); self.threads];
        while reached.iter().any(Option::is_some) {
            let Ok(mut batch) = batches.recv() else { break };
            reached[batch.thread] = (!batch.last).then_some(batch.second + 1);
            if batch.last {
                logs[batch.thread] = batch.calls.take();
            }
            waiting.entry(batch.second).or_default().push(batch);
            let complete = reached.iter().flatten().min().copied().unwrap_or(u64::MAX);
            while let Some(first) = waiting.first_entry().filter(|first| *first.key() < complete) {
                let second = self.second(&first.remove(), &totals, &mut process);
                totals.add(&second);
                if let Some(recording) = &mut self.recording {
                    recording.write_second(&second);
                }
                self.breach.look(&totals);
                self.tell(&second, &totals);
                self.observer.observe(&Event::LoadSecond(Arc::new(second)));
            }
        }
        Recorded {
            totals,
            calls: call_log::join(logs, self.keep_calls),
            recording: self.recording,
        }
    }

    fn second(&mut self, batches: &[Batch], before: &Totals, process: &mut Process) -> Second {
        let seconds = |ns: u64| Duration::from_nanos(ns).as_secs_f64();
        let from_ns = batches.iter().map(|batch| batch.from_ns).min().unwrap_or_default();
        let to_ns = batches.iter().map(|batch| batch.to_ns).max().unwrap_or_default();
        let (cpu_s, rss_bytes) = process.since_last();
        let mut counters = Counters {
            second: batches.first().map_or(0, |batch| batch.second),
            start_s: seconds(from_ns),
            length_s: seconds(to_ns - from_ns),
            cpu_s,
            rss_bytes,
            processors: process.processors.since_last(cpu_s),
            standstill: batches.iter().filter_map(standstill).reduce(Standstill::beside),
            ..Counters::default()
        };
        let mut histograms = BTreeMap::new();
        for batch in batches {
            let tally = &batch.tally;
            tally.merge_latencies(&self.names, &mut histograms);
            for (name, ending, count) in tally.endings(&self.names) {
                let statuses = counters.statuses.entry(name.to_owned()).or_default();
                *statuses.entry(ending.to_string()).or_default() += count;
            }
            for (name, count) in tally.errors(&self.names) {
                *counters.errors.entry(name.to_owned()).or_default() += count;
            }
            for (name, count) in tally.stales(&self.names) {
                *counters.stale.entry(name.to_owned()).or_default() += count;
            }
            for (name, reason, count) in tally.reasons(&self.names) {
                add_reason(counters.reasons.entry(name.to_owned()).or_default(), reason, count);
            }
            for (name, count) in tally.excused(&self.names) {
                *counters.excused.entry(name.to_owned()).or_default() += count;
            }
            for (version, count) in tally.answers() {
                *counters.answers.entry(version.to_owned()).or_default() += count;
            }
            counters.guarded.add(&tally.guarded(&self.names));
            counters.connections += tally.connections;
            counters.missed += tally.missed;
            counters.due += tally.due;
            counters.sent += tally.sent;
            counters.done += tally.done;
            counters.unauthorised += tally.unauthorised;
            counters.waited_for_user += tally.waited_for_user;
            counters.in_flight += batch.in_flight;
            counters.busy = counters.busy.max(batch.busy);
        }
        self.addresses.add(batches, &mut counters);
        self.watch_for_death(batches);
        counters.backlog = (before.arrivals.due + counters.due).saturating_sub(before.arrivals.sent + counters.sent);
        if let Some(lag) = histograms.get(&HistogramTag::lag()) {
            let lag = Percentiles::of(lag);
            counters.lag_us = Lag {
                p50: lag.p50,
                p99: lag.p99,
                max: lag.max,
            };
        }
        Second { counters, histograms }
    }

    fn watch_for_death(&self, batches: &[Batch]) {
        let endings = || batches.iter().flat_map(|batch| batch.tally.endings(&self.names));
        let waiting = batches.iter().any(|batch| batch.in_flight > 0);
        let proves_nothing = |ending| matches!(ending, Ending::Failure(name) if Complaint::is_of_our_side(name));
        if endings().any(|(_, ending, _)| ending.is_answer()) {
            self.dead_s.store(0, Ordering::Relaxed);
        } else if endings().any(|(_, ending, _)| proves_nothing(ending)) {
            // It was not asked: this machine, or the proxy, could not connect.
        } else if waiting || endings().next().is_some() {
            self.dead_s.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How long the run will take: with so many calls to go and at the rate so far, where calls are limited.
    fn planned(&self, elapsed_s: f64, arrivals: &Arrivals) -> Duration {
        let Some(budget) = &self.budget else {
            return self.planned;
        };
        #[expect(clippy::cast_precision_loss, reason = "an estimate that a person looks at")]
        let left_s = elapsed_s * budget.left() as f64 / (budget.all() - budget.left()).max(arrivals.sent).max(1) as f64;
        self.planned
            .min(Duration::try_from_secs_f64(elapsed_s + left_s).unwrap_or(self.planned))
    }

    fn tell(&self, second: &Second, totals: &Totals) {
        let counters = &second.counters;
        let response = Percentiles::of(&responses(second, |_| true));
        let rows = totals.operations();
        #[expect(clippy::cast_precision_loss, reason = "counts of one second")]
        let [rate_per_s, due_per_s] =
            [counters.done, counters.due].map(|count| count as f64 / counters.length_s.max(1e-3));
        self.observer.observe(&Event::LoadTick(LoadTick {
            elapsed: Duration::from_secs_f64(counters.start_s + counters.length_s),
            planned: self.planned(counters.start_s + counters.length_s, &totals.arrivals),
            rate_per_s,
            due_per_s,
            in_flight: counters.in_flight,
            done: totals.arrivals.done,
            errors: rows.iter().map(|row| row.errors).sum(),
            p50_us: response.p50,
            p99_us: response.p99,
            lag_p99_us: counters.lag_us.p99,
            operations: rows.into_iter().map(|row| operation(second, row)).collect(),
        }));
    }
}

/// The response times of a second, of the operations that are wanted.
fn responses(second: &Second, wanted: impl Fn(&str) -> bool) -> Histogram<u64> {
    let mut response = latency_histogram();
    for (tag, histogram) in &second.histograms {
        if tag.kind == LatencyKind::Response && wanted(&tag.operation) {
            let _ = response.add(histogram); // every histogram of a record has the same bounds
        }
    }
    response
}

/// One operation in a second; `row` is what became of it so far.
fn operation(second: &Second, row: OperationRow) -> OperationTick {
    let response = responses(second, |name| name == row.name);
    let times = Percentiles::of(&response);
    #[expect(clippy::cast_precision_loss, reason = "counts of one second")]
    let rate_per_s = response.len() as f64 / second.counters.length_s.max(1e-3);
    OperationTick {
        name: row.name,
        rate_per_s,
        errors: row.errors,
        p50_us: times.p50,
        p99_us: times.p99,
    }
}
