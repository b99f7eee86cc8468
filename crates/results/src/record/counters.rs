//! What happened in one second, as `counters.jsonl` keeps it.

use super::{Processors, Standstill};
use crate::load::{AddressCount, Guarded, add_addresses};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What happened in one second.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Counters {
    /// Which second, counted from the start of the run.
    pub second: u64,
    /// When it began, in seconds since the start of the run.
    pub start_s: f64,
    /// How long it was: 1 but for the last and for a generator that was late.
    pub length_s: f64,
    /// Arrivals that fell due.
    pub due: u64,
    /// Arrivals that were sent.
    pub sent: u64,
    /// Arrivals that were answered, failed or timed out.
    pub done: u64,
    /// Arrivals in flight at its end.
    pub in_flight: u64,
    /// Arrivals that were due but not sent at its end: every virtual user was busy.
    pub backlog: u64,
    /// By operation: answers by status, failures by name.
    pub statuses: BTreeMap<String, BTreeMap<String, u64>>,
    /// By operation: how many of these are errors.
    pub errors: BTreeMap<String, u64>,
    /// By operation: why calls got no answer, in words, of twenty kinds at most.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reasons: BTreeMap<String, BTreeMap<String, u64>>,
    /// By operation: calls that were sent once more, because the server closed their idle connection just then.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stale: BTreeMap<String, u64>,
    /// Answers 401 to a token that should have been valid.
    pub unauthorised: u64,
    /// Arrivals that had to wait for a free virtual user.
    pub waited_for_user: u64,
    /// From due to sent while a user was free, in microseconds.
    pub lag_us: Lag,
    /// Share of the second in which the busiest thread of the generator was at work, 0 to 1.
    pub busy: f64,
    /// CPU time of the process in this second, in seconds.
    pub cpu_s: f64,
    /// Resident memory of the process at its end, in bytes.
    pub rss_bytes: u64,
    /// Answers by the HTTP version that they came in, such as `HTTP/1.1`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, u64>,
    /// Connections that were made.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub connections: u64,
    /// By operation: how many of the errors the generator may have caused itself, because it stood still when a call timed
    /// out, or had no port or descriptor left to make a connection with.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub excused: BTreeMap<String, u64>,
    /// Arrivals that were never sent though a virtual user was free: the generator stood still until nothing was sent any
    /// more.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub missed: u64,
    /// When the generator stood still; none when it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standstill: Option<Standstill>,
    /// What the processors of its machine did; none where the system does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processors: Option<Processors>,
    /// Calls that had to be refused, and answers that were looked into.
    #[serde(default, skip_serializing_if = "Guarded::is_empty")]
    pub guarded: Guarded,
    /// What came of each of the target's addresses, where it has several.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub addresses: BTreeMap<String, AddressCount>,
    /// What a person should know that happened then, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// So many notes are kept.
const NOTES: usize = 20;

/// Adds notes, each once, as far as there is room.
pub(super) fn add_notes(notes: &mut Vec<String>, more: &[String]) {
    for note in more {
        if notes.len() < NOTES && !notes.contains(note) {
            notes.push(note.clone());
        }
    }
}

/// No run lasts longer than this, in seconds.
const TIMES_S: std::ops::Range<f64> = 0.0..1e9;
/// More than this nobody counts in a second, however long it was; and so many sums of it fit.
const MOST: u64 = 1 << 40;

impl Counters {
    /// Whether a call succeeded in it.
    pub(super) fn has_success(&self) -> bool {
        let made: u64 = self.statuses.values().flat_map(BTreeMap::values).sum();
        made > self.errors.values().sum()
    }

    /// Refuses what no run leaves.
    ///
    /// # Errors
    /// What is wrong with it: the end of a sentence.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        if !(TIMES_S.contains(&self.start_s) && TIMES_S.contains(&self.length_s)) {
            Err("its times are absurd")
        } else if !self.can_be_summed() {
            Err("its counts are absurd")
        } else {
            Ok(())
        }
    }

    /// Whether sums over a whole run of such seconds hold: a line that was damaged may say anything.
    fn can_be_summed(&self) -> bool {
        let counts = [
            self.due,
            self.sent,
            self.done,
            self.in_flight,
            self.backlog,
            self.unauthorised,
            self.waited_for_user,
            self.connections,
            self.missed,
        ];
        let by_name = [&self.errors, &self.stale, &self.answers, &self.excused].into_iter();
        let nested = self.statuses.values().chain(self.reasons.values());
        let named = by_name.chain(nested).flat_map(|counts| counts.values().copied());
        counts.into_iter().chain(named).all(|count| count <= MOST) && self.cpu_s.is_finite() && self.busy.is_finite()
    }

    fn add_counts(&mut self, other: &Self) {
        for (sums, counts) in [(&mut self.answers, &other.answers), (&mut self.excused, &other.excused)] {
            for (name, count) in counts {
                *sums.entry(name.clone()).or_default() += count;
            }
        }
        add_addresses(&mut self.addresses, &other.addresses);
        add_notes(&mut self.notes, &other.notes);
        self.connections += other.connections;
        self.missed += other.missed;
    }

    /// Adds what came in after it of what the generator did: such as the excuses for its last calls.
    pub(super) fn absorb_health(&mut self, later: &Self) {
        self.add_counts(later);
        self.standstill = match (self.standstill, later.standstill) {
            (Some(before), Some(now)) => Some(before.then(now)),
            (before, now) => before.or(now),
        };
        self.processors = self.processors.or(later.processors);
        self.guarded.add(&later.guarded);
    }

    /// Adds what the generator of another machine did in the same second, which began `offset_s` earlier by its own count.
    pub(super) fn add_health(&mut self, other: &Self, offset_s: f64) {
        self.add_counts(other);
        let moved = other.standstill.map(|still| Standstill {
            at_s: still.at_s + offset_s,
            ..still
        });
        self.standstill = match (self.standstill, moved) {
            (Some(one), Some(two)) => Some(one.beside(two)),
            (one, two) => one.or(two),
        };
        let mut guarded = other.guarded.clone();
        guarded.put_off(offset_s);
        self.guarded.add(&guarded);
        let crowded = other.processors.is_some_and(|processors| processors.are_crowded());
        if self.processors.is_none() || crowded {
            self.processors = other.processors.or(self.processors);
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// The schedule lag of one second, in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lag {
    /// Median.
    pub p50: u64,
    /// 99th percentile.
    pub p99: u64,
    /// Largest value.
    pub max: u64,
}
