//! Sums over seconds: the one place where the figures of a report come from, live or read from disk.

use super::counters::add_notes;
use super::hlog::{CallOutcome, HistogramTag, LatencyKind};
use super::reasons;
use super::second::Second;
use super::{Counters, Courses, Crowd, Standstill, latency_histogram};
use crate::load::{
    AddressCount, Arrivals, Complaint, DuePercentiles, Guarded, OperationRow, Percentiles, Phase, PhaseRow,
    add_addresses,
};
use hdrhistogram::Histogram;
use std::collections::BTreeMap;
use std::time::Duration;

/// The sum of seconds. Its size does not grow with their number.
#[derive(Debug, Clone, Default)]
pub struct Totals {
    histograms: BTreeMap<HistogramTag, Histogram<u64>>,
    statuses: BTreeMap<String, BTreeMap<String, u64>>,
    errors: BTreeMap<String, u64>,
    reasons: BTreeMap<String, BTreeMap<String, u64>>,
    stale: BTreeMap<String, u64>,
    /// Arrivals due, sent, done.
    pub arrivals: Arrivals,
    /// Answers 401 to a token that should have been valid.
    pub unauthorised: u64,
    /// Arrivals that had to wait for a free virtual user.
    pub waited_for_user: u64,
    /// CPU time of the generator's process, in seconds.
    pub cpu_s: f64,
    /// Largest resident memory of the generator's process, in bytes.
    pub max_rss_bytes: u64,
    /// Measured time, in seconds.
    pub duration_s: f64,
    /// Time in which arrivals fell due, in seconds; set by whoever knows the plan, measured time otherwise.
    pub offered_s: f64,
    /// The end of the last second in which a call succeeded, in seconds; 0 where none did.
    pub succeeded_s: f64,
    /// Seconds in which the busiest thread of the generator had next to no rest.
    pub saturated_s: f64,
    /// Of the arrivals that waited for a free virtual user, those that waited while the target held the users up.
    waited_for_target: u64,
    /// Whether the target held the users up in the last second.
    held_up: bool,
    /// Answers by HTTP version.
    pub answers: BTreeMap<String, u64>,
    /// Connections that were made.
    pub connections: u64,
    /// By operation: errors that the generator may have caused itself.
    excused: BTreeMap<String, u64>,
    /// Arrivals that were never sent though a user was free.
    pub missed: u64,
    /// When the generator stood still; none when it never did.
    pub standstill: Option<Standstill>,
    /// What kept its machine while it was late.
    pub crowd: Crowd,
    /// Calls that had to be refused, and answers that were looked into.
    pub guarded: Guarded,
    /// What came of each of the target's addresses, where it has several.
    pub addresses: BTreeMap<String, AddressCount>,
    /// What a person should know that happened, one sentence each.
    pub notes: Vec<String>,
    /// How the run went.
    pub courses: Courses,
}

/// A call that takes longer than this holds its user up: users that wait then wait for the target, in microseconds.
pub const HELD_UP_US: u64 = 1_000_000;
/// A second in which one of so many answers took that long is one in which the target held its users up.
const HELD_UP_OF: u64 = 5;

/// A thread that is at work for more than this share of a second is saturated.
pub const SATURATED: f64 = 0.95;

impl Totals {
    /// Adds a second.
    pub fn add(&mut self, second: &Second) {
        let counters = &second.counters;
        self.watch_the_target(second);
        self.courses.add(second);
        for (tag, histogram) in &second.histograms {
            let sum = self.histograms.entry(tag.clone()).or_insert_with(latency_histogram);
            // Values beyond the bounds cannot be: every histogram of a record has the same bounds.
            let _ = sum.add(histogram);
        }
        for (operation, statuses) in &counters.statuses {
            let sums = self.statuses.entry(operation.clone()).or_default();
            for (status, count) in statuses {
                *sums.entry(status.clone()).or_default() += count;
            }
        }
        for (operation, count) in &counters.errors {
            *self.errors.entry(operation.clone()).or_default() += count;
        }
        reasons::add_all(&mut self.reasons, &counters.reasons);
        reasons::add_counts(&mut self.stale, &counters.stale);
        self.arrivals.due += counters.due;
        self.arrivals.sent += counters.sent;
        self.arrivals.done += counters.done;
        self.arrivals.unsent = self.arrivals.due.saturating_sub(self.arrivals.sent);
        self.unauthorised += counters.unauthorised;
        self.waited_for_user += counters.waited_for_user;
        self.cpu_s += counters.cpu_s;
        self.max_rss_bytes = self.max_rss_bytes.max(counters.rss_bytes);
        self.duration_s = self.duration_s.max(counters.start_s + counters.length_s);
        if counters.due > 0 {
            self.offered_s = self.duration_s;
        }
        if counters.has_success() {
            self.succeeded_s = self.duration_s;
        }
        if counters.busy > SATURATED {
            self.saturated_s += counters.length_s;
        }
        self.guarded.add(&counters.guarded);
        add_addresses(&mut self.addresses, &counters.addresses);
        add_notes(&mut self.notes, &counters.notes);
        self.watch_the_generator(counters);
    }

    /// Adds up when the generator stood still, and what its machine did while it was late.
    fn watch_the_generator(&mut self, counters: &Counters) {
        for (sums, counts) in [
            (&mut self.answers, &counters.answers),
            (&mut self.excused, &counters.excused),
        ] {
            for (name, count) in counts {
                *sums.entry(name.clone()).or_default() += count;
            }
        }
        self.connections += counters.connections;
        self.missed += counters.missed;
        let lag = &counters.lag_us;
        let late = lag.p99 > Complaint::LAG_P99_US || lag.p50 > Complaint::LAG_P50_US;
        if late || counters.standstill.is_some() || counters.busy > SATURATED {
            self.crowd.add(counters.length_s, counters.processors.as_ref());
        }
        self.standstill = match (self.standstill, counters.standstill) {
            (Some(before), Some(now)) => Some(before.then(now)),
            (before, now) => before.or(now),
        };
    }

    /// Finds out whether the target holds the users up in this second: it answers nothing, or many of its answers took long. Who
    /// waits meanwhile, and while the backlog of that time is sent, waits for the target, however quick it is otherwise.
    fn watch_the_target(&mut self, second: &Second) {
        let counters = &second.counters;
        let service = second
            .histograms
            .iter()
            .filter(|(tag, _)| tag.kind == LatencyKind::Service);
        let (mut answers, mut slow) = (0, 0);
        for (_, histogram) in service {
            answers += histogram.len();
            slow += histogram.len() - histogram.count_between(0, HELD_UP_US);
        }
        let silent = answers == 0 && counters.in_flight > 0;
        let holds_up = silent || (slow > 0 && slow * HELD_UP_OF >= answers);
        if holds_up || self.held_up {
            self.waited_for_target += counters.waited_for_user;
        }
        self.held_up = holds_up || (self.held_up && counters.backlog > 0);
    }

    /// Arrivals that had to wait for a free virtual user, those that were never sent among them, and how many of these waited
    /// while the target held the users up.
    pub fn waits(&self) -> (u64, u64) {
        let unsent = self.arrivals.unsent;
        let for_target = self.waited_for_target + if self.held_up { unsent } else { 0 };
        (self.waited_for_user + unsent, for_target)
    }

    /// Whether any call of the scenario succeeded; what is called between arrivals to keep tokens valid does not count where
    /// there are others.
    pub fn has_success(&self) -> bool {
        let rows = self.operations().into_iter();
        rows.filter(|row| !self.is_aside(&row.name)).any(|row| row.ok > 0)
    }

    /// Whether an operation is only called between arrivals, to keep tokens valid: there are others then.
    fn is_aside(&self, operation: &str) -> bool {
        let renews = |name: &str| matches!(name, "authenticate" | "renewToken");
        renews(operation) && self.statuses.keys().any(|name| !renews(name))
    }

    /// How many calls came to an end, and how many of them are errors.
    pub fn calls(&self) -> (u64, u64) {
        let calls = self.statuses.values().flat_map(|statuses| statuses.values());
        (calls.sum(), self.errors.values().sum())
    }

    /// The operations that were called, each with its figures, by name.
    pub fn operations(&self) -> Vec<OperationRow> {
        self.statuses.keys().map(|name| self.operation(name)).collect()
    }

    /// The figures of one operation; all 0 when it was never called.
    pub fn operation(&self, name: &str) -> OperationRow {
        let statuses = self.statuses.get(name).cloned().unwrap_or_default();
        let errors = self.errors.get(name).copied().unwrap_or_default();
        let successes = self.responses(name, CallOutcome::Ok);
        let unended = self.unended_calls(name);
        OperationRow {
            name: name.to_owned(),
            ok: statuses.values().sum::<u64>().saturating_sub(errors),
            errors,
            unended,
            statuses,
            reasons: self.reasons.get(name).cloned().unwrap_or_default(),
            stale: self.stale.get(name).copied().unwrap_or_default(),
            response_us: Percentiles::of(&self.latencies(name, LatencyKind::Response)),
            service_us: Percentiles::of(&self.latencies(name, LatencyKind::Service)),
            success_us: Some(Percentiles::of(&successes)),
            due_us: Some(DuePercentiles::of(&successes, errors + unended)),
            phases: PhaseRow::all(&Phase::ALL.map(|phase| self.part(name, phase))),
        }
    }

    /// The latencies of an operation, successes and errors together, in microseconds.
    pub fn latencies(&self, operation: &str, kind: LatencyKind) -> Histogram<u64> {
        let mut sum = latency_histogram();
        for outcome in [CallOutcome::Ok, CallOutcome::Error] {
            let tag = HistogramTag {
                operation: operation.to_owned(),
                kind,
                outcome,
            };
            if let Some(histogram) = self.histograms.get(&tag) {
                let _ = sum.add(histogram);
            }
        }
        sum
    }

    /// How long a part of an operation's calls took that got an answer, in microseconds; none where no call had it.
    pub fn part(&self, operation: &str, phase: Phase) -> Option<Histogram<u64>> {
        let tag = HistogramTag::succeeded(operation, LatencyKind::Part(phase));
        self.histograms.get(&tag).cloned()
    }

    /// The longest response time of a success, in seconds; 0 where there is none.
    pub fn slowest_success_s(&self) -> f64 {
        let successes = |tag: &HistogramTag| tag.kind == LatencyKind::Response && tag.outcome == CallOutcome::Ok;
        let histograms = self.histograms.iter().filter(|(tag, _)| successes(tag));
        let slowest_us = histograms.map(|(_, histogram)| histogram.max()).max();
        Duration::from_micros(slowest_us.unwrap_or_default()).as_secs_f64()
    }

    /// The response times of an operation's calls that ended so, in microseconds.
    pub fn responses(&self, operation: &str, outcome: CallOutcome) -> Histogram<u64> {
        let tag = HistogramTag {
            operation: operation.to_owned(),
            kind: LatencyKind::Response,
            outcome,
        };
        self.histograms.get(&tag).cloned().unwrap_or_else(latency_histogram)
    }

    /// Calls of an operation that were due and came to no end, because their arrivals were never sent or were still out when the
    /// run was over: as many for each such arrival as for each that was done. What is called between arrivals to keep tokens
    /// valid is not among them.
    pub fn unended_calls(&self, operation: &str) -> u64 {
        let Arrivals { due, done, .. } = self.arrivals;
        self.calls_of(operation, due.saturating_sub(done))
    }

    /// Those of [`Self::unended_calls`] that were never sent though a virtual user was free: the generator's own doing.
    pub fn missed_calls(&self, operation: &str) -> u64 {
        self.calls_of(operation, self.missed).min(self.unended_calls(operation))
    }

    /// The calls of an operation that so many arrivals would have made: as many for each as for each that was done.
    fn calls_of(&self, operation: &str, arrivals: u64) -> u64 {
        let Some(statuses) = self.statuses.get(operation) else {
            return 0;
        };
        let done = self.arrivals.done;
        if done == 0 || self.is_aside(operation) {
            return 0;
        }
        let made = u128::from(statuses.values().sum::<u64>());
        let calls = (made * u128::from(arrivals)).div_ceil(u128::from(done));
        u64::try_from(calls).unwrap_or(u64::MAX)
    }

    /// Errors of an operation that the generator may have caused itself.
    pub fn excused_calls(&self, operation: &str) -> u64 {
        self.excused.get(operation).copied().unwrap_or_default()
    }

    /// The response times of an operation's successes as they would have been at best, in microseconds: those that the
    /// generator delayed without the delay.
    pub fn responses_at_best(&self, operation: &str) -> Histogram<u64> {
        let measured = self.responses(operation, CallOutcome::Ok);
        let of = |kind| self.histograms.get(&HistogramTag::succeeded(operation, kind));
        let (Some(delayed), Some(at_best)) = (of(LatencyKind::Delayed), of(LatencyKind::AtBest)) else {
            return measured;
        };
        let mut best = measured.clone();
        let replaced = best.subtract(delayed).is_ok() && best.add(at_best).is_ok();
        // A record in which more was delayed than measured was tampered with: nothing in it is excused.
        if replaced && best.len() == measured.len() {
            best
        } else {
            measured
        }
    }

    /// Whether the generator may have failed most of the calls that failed itself.
    pub fn is_excused(&self) -> bool {
        let sum = |counts: &BTreeMap<String, u64>| counts.values().sum::<u64>();
        let excused = sum(&self.excused);
        excused > 0 && excused * 2 >= sum(&self.errors)
    }

    /// Whether calls of the run may have been lengthened, failed or left out by the generator itself.
    pub fn was_delayed(&self) -> bool {
        let delayed = |tag: &HistogramTag| tag.kind == LatencyKind::Delayed;
        let has_excuse = self.excused.values().any(|count| *count > 0);
        self.missed > 0 || has_excuse || self.histograms.keys().any(delayed)
    }

    /// How many calls ended so, by the name of their failure.
    pub fn ended_as(&self, ending: &str) -> u64 {
        self.statuses.values().filter_map(|statuses| statuses.get(ending)).sum()
    }

    /// From due to sent while a user was free, in microseconds.
    pub fn lag(&self) -> Percentiles {
        self.histograms
            .get(&HistogramTag::lag())
            .map_or_else(Percentiles::default, Percentiles::of)
    }

    /// The values behind [`Self::lag`].
    pub fn lag_histogram(&self) -> Histogram<u64> {
        let lag = self.histograms.get(&HistogramTag::lag());
        lag.cloned().unwrap_or_else(latency_histogram)
    }
}
