//! What one thread of the generator measures, until it is handed over once a second. Nobody else touches it.

use crate::generator::measured_call::{Ending, Hindrance, Instants, Parts};
use hdrhistogram::Histogram;
use proofload_results::load::{AddressCount, Breach, GuardCount, GuardKind, Guarded, Phase};
use proofload_results::record::{
    CallOutcome, HIGHEST_US, HistogramTag, LatencyKind, add_reason, latency_histogram, part_histogram,
};
use proofload_wire::HttpVersion;
use std::collections::BTreeMap;

/// Times in which the thread stood still.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_field_names,
    reason = "the unit stands in every name, as in the rest of the generator"
)]
pub(crate) struct StoodStill {
    /// All of them together, in nanoseconds.
    pub(crate) total_ns: u64,
    /// The longest, in nanoseconds.
    pub(crate) longest_ns: u64,
    /// When that began, in nanoseconds since the start of the run.
    pub(crate) at_ns: u64,
}

/// What one thread measured in one interval.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    operations: Vec<OperationTally>,
    lag: Option<Histogram<u64>>,
    /// Arrivals that fell due.
    pub(crate) due: u64,
    /// Arrivals that were sent.
    pub(crate) sent: u64,
    /// Arrivals that ended.
    pub(crate) done: u64,
    /// Answers 401 to a token that should have been valid.
    pub(crate) unauthorised: u64,
    /// Arrivals that had to wait for a free user.
    pub(crate) waited_for_user: u64,
    /// Arrivals that were never sent though a user was free.
    pub(crate) missed: u64,
    /// Connections that were made.
    pub(crate) connections: u64,
    /// Answers by HTTP version.
    pub(crate) answers: [u64; HttpVersion::ALL.len()],
    /// When the thread stood still.
    pub(crate) stood_still: StoodStill,
    /// Calls that had to be refused.
    pub(crate) guards: BTreeMap<GuardKind, GuardCount>,
    /// What looking into answers took, in nanoseconds.
    pub(crate) check_ns: u64,
    /// What came of each address, at its place.
    pub(crate) addresses: Vec<AddressCount>,
    /// Doors that were found open; of many the first.
    breaches: Vec<Breach>,
}

/// So many doors that were found open are told of in one interval; further ones are counted.
const BREACHES: usize = 20;

#[derive(Debug, Default)]
struct OperationTally {
    /// By outcome, then response and service; made when first needed.
    latencies: [Option<[Histogram<u64>; 2]>; 2],
    /// Response times of successes that the generator delayed: as they were, and as they would have been at best.
    delayed: Option<[Histogram<u64>; 2]>,
    /// Parts of calls that got an answer, by the place of each; made when first needed.
    parts: [Option<Histogram<u64>>; Phase::ALL.len()],
    endings: Vec<(Ending, u64)>,
    reasons: BTreeMap<String, u64>,
    stale: u64,
    /// Answers that were looked into.
    checked: u64,
    /// Those that were somebody else's.
    misdirected: u64,
    errors: u64,
    /// Errors that the generator may have caused itself.
    excused: u64,
}

/// What may have cost a call less than this, in nanoseconds, is as good as nothing: three times the longest rest between two
/// looks at the schedule, and a little.
const NOTICED_NS: u64 = 750_000;

fn record_ns(histogram: &mut Histogram<u64>, from_ns: u64, to_ns: u64) {
    // Rounded to the nearest microsecond; below one it counts as 1 us, beyond ten minutes as ten minutes.
    let micros = (to_ns.saturating_sub(from_ns) + 500) / 1000;
    histogram.saturating_record(micros.clamp(1, HIGHEST_US));
}

impl Tally {
    /// An empty tally for so many operations.
    pub(crate) fn new(operations: usize) -> Self {
        Self {
            operations: std::iter::repeat_with(OperationTally::default)
                .take(operations)
                .collect(),
            ..Self::default()
        }
    }

    /// Hands over what was measured and begins anew.
    pub(crate) fn take(&mut self) -> Self {
        let fresh = Self::new(self.operations.len());
        std::mem::replace(self, fresh)
    }

    /// Records a call of the operation with index `operation`.
    pub(crate) fn call(&mut self, operation: usize, at: Instants, ending: Ending, ok: bool, hindered: Hindrance) {
        let operation = &mut self.operations[operation];
        let [response, service] =
            operation.latencies[usize::from(!ok)].get_or_insert_with(|| [latency_histogram(), latency_histogram()]);
        record_ns(response, at.due, at.done);
        record_ns(service, at.sent, at.done);
        match operation.endings.iter_mut().find(|(known, _)| *known == ending) {
            Some((_, count)) => *count += 1,
            None => operation.endings.push((ending, 1)),
        }
        operation.errors += u64::from(!ok);
        operation.excused += u64::from(!ok && hindered.excused);
        if ok && hindered.cost_ns >= NOTICED_NS {
            let [measured, at_best] = operation
                .delayed
                .get_or_insert_with(|| [latency_histogram(), latency_histogram()]);
            record_ns(measured, at.due, at.done);
            record_ns(at_best, at.due, at.done.saturating_sub(hindered.cost_ns));
        }
    }

    /// Records where the time of an answered call went, of the operation with index `operation`.
    pub(crate) fn parts(&mut self, operation: usize, at: Instants, parts: Parts) {
        // Over a connection that calls share nobody can tell the parts: one alone would pass for the whole.
        let Some(first_byte) = parts.first_byte else { return };
        let kept = &mut self.operations[operation].parts;
        let mut record = |phase: Phase, from_ns: u64, to_ns: u64| {
            record_ns(kept[phase.place()].get_or_insert_with(part_histogram), from_ns, to_ns);
        };
        record(Phase::Waiting, at.due, at.sent);
        if let Some(connected) = parts.connected {
            record(Phase::Connect, at.sent, connected);
            if parts.is_tls {
                record(Phase::Tls, connected, at.written);
            }
        }
        let taken = parts.taken.unwrap_or(at.written);
        if parts.taken.is_some() {
            record(Phase::Sending, at.written, taken);
        }
        record(Phase::FirstByte, taken, first_byte);
        record(Phase::Receiving, first_byte, at.done);
    }

    /// Records that the thread stood still for so long, from `at_ns` after the start of the run on.
    pub(crate) fn stood_still(&mut self, at_ns: u64, length_ns: u64) {
        let sum = &mut self.stood_still;
        sum.total_ns += length_ns;
        if length_ns > sum.longest_ns {
            (sum.longest_ns, sum.at_ns) = (length_ns, at_ns);
        }
    }

    /// Answers by HTTP version, those that were seen.
    pub(crate) fn answers(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let counts = HttpVersion::ALL.iter().zip(self.answers);
        counts
            .filter(|(_, count)| *count > 0)
            .map(|(version, count)| (version.name(), count))
    }

    /// Errors that the generator may have caused itself: operation, count.
    pub(crate) fn excused<'a>(&'a self, names: &'a [String]) -> impl Iterator<Item = (&'a str, u64)> {
        let pairs = names.iter().zip(&self.operations);
        pairs
            .filter(|(_, operation)| operation.excused > 0)
            .map(|(name, operation)| (name.as_str(), operation.excused))
    }

    /// Records why a call of the operation with index `operation` got no answer.
    pub(crate) fn reason(&mut self, operation: usize, reason: &str) {
        add_reason(&mut self.operations[operation].reasons, reason, 1);
    }

    /// Records that a call of the operation with index `operation` was sent once more.
    pub(crate) fn stale(&mut self, operation: usize) {
        self.operations[operation].stale += 1;
    }

    /// The count of the address at a place.
    pub(crate) fn at_address(&mut self, place: usize) -> &mut AddressCount {
        if place >= self.addresses.len() {
            self.addresses.resize(place + 1, AddressCount::default());
        }
        &mut self.addresses[place]
    }

    /// Records that an answer of the operation with index `operation` was looked into.
    pub(crate) fn looked_into(&mut self, operation: usize, took_ns: u64) {
        self.operations[operation].checked += 1;
        self.check_ns += took_ns;
    }

    /// Records that an answer of the operation with index `operation` was somebody else's.
    pub(crate) fn misdirected(&mut self, operation: usize, breach: Breach) {
        self.operations[operation].misdirected += 1;
        self.breach(breach);
    }

    /// Records a door that was found open.
    pub(crate) fn breach(&mut self, breach: Breach) {
        if self.breaches.len() < BREACHES {
            self.breaches.push(breach);
        }
    }

    /// What guards and looks at answers came to.
    pub(crate) fn guarded(&self, names: &[String]) -> Guarded {
        let by_name = |count| -> BTreeMap<String, u64> {
            let counted = self.counted(names, count);
            counted.map(|(name, count)| (name.to_owned(), count)).collect()
        };
        Guarded {
            guards: self.guards.clone(),
            checked: by_name(|operation| operation.checked),
            misdirected: by_name(|operation| operation.misdirected),
            check_us: self.check_ns / 1000,
            breaches: self.breaches.clone(),
        }
    }

    /// Records how late an arrival was sent though a user was free from `free_ns` on.
    pub(crate) fn lag(&mut self, free_ns: u64, sent_ns: u64) {
        record_ns(self.lag.get_or_insert_with(latency_histogram), free_ns, sent_ns);
    }

    /// Adds the latencies to `sums`, by tag.
    pub(crate) fn merge_latencies(&self, names: &[String], sums: &mut BTreeMap<HistogramTag, Histogram<u64>>) {
        let mut add = |tag: HistogramTag, histogram: &Histogram<u64>| {
            let sum = sums.entry(tag).or_insert_with(latency_histogram);
            sum.add(histogram).expect("all histograms have the same bounds");
        };
        for (name, operation) in names.iter().zip(&self.operations) {
            for (latencies, outcome) in operation.latencies.iter().zip([CallOutcome::Ok, CallOutcome::Error]) {
                let Some(latencies) = latencies else { continue };
                for (histogram, kind) in latencies.iter().zip([LatencyKind::Response, LatencyKind::Service]) {
                    let operation = name.clone();
                    add(
                        HistogramTag {
                            operation,
                            kind,
                            outcome,
                        },
                        histogram,
                    );
                }
            }
        }
        for (name, operation) in names.iter().zip(&self.operations) {
            let Some([measured, at_best]) = &operation.delayed else {
                continue;
            };
            add(HistogramTag::succeeded(name, LatencyKind::Delayed), measured);
            add(HistogramTag::succeeded(name, LatencyKind::AtBest), at_best);
        }
        if let Some(lag) = &self.lag {
            add(HistogramTag::lag(), lag);
        }
        for (name, operation) in names.iter().zip(&self.operations) {
            let pairs = Phase::ALL.into_iter().zip(&operation.parts);
            for (phase, histogram) in pairs.filter_map(|(phase, histogram)| Some((phase, histogram.as_ref()?))) {
                let tag = HistogramTag::succeeded(name, LatencyKind::Part(phase));
                let sum = sums.entry(tag).or_insert_with(part_histogram);
                sum.add(histogram).expect("all histograms have the same bounds");
            }
        }
    }

    /// How the calls ended: operation, ending, count.
    pub(crate) fn endings<'a>(&'a self, names: &'a [String]) -> impl Iterator<Item = (&'a str, Ending, u64)> {
        names.iter().zip(&self.operations).flat_map(|(name, operation)| {
            let endings = operation.endings.iter();
            endings.map(move |(ending, count)| (name.as_str(), *ending, *count))
        })
    }

    /// Why calls got no answer: operation, reason, count.
    pub(crate) fn reasons<'a>(&'a self, names: &'a [String]) -> impl Iterator<Item = (&'a str, &'a str, u64)> {
        names.iter().zip(&self.operations).flat_map(|(name, operation)| {
            let reasons = operation.reasons.iter();
            reasons.map(move |(reason, count)| (name.as_str(), reason.as_str(), *count))
        })
    }

    /// How many calls failed: operation, count.
    pub(crate) fn errors<'a>(&'a self, names: &'a [String]) -> impl Iterator<Item = (&'a str, u64)> {
        self.counted(names, |operation| operation.errors)
    }

    /// How many calls were sent once more: operation, count.
    pub(crate) fn stales<'a>(&'a self, names: &'a [String]) -> impl Iterator<Item = (&'a str, u64)> {
        self.counted(names, |operation| operation.stale)
    }

    /// What is counted and not 0.
    fn counted<'a>(
        &'a self,
        names: &'a [String],
        count: fn(&OperationTally) -> u64,
    ) -> impl Iterator<Item = (&'a str, u64)> {
        let pairs = names.iter().zip(&self.operations);
        pairs
            .map(move |(name, operation)| (name.as_str(), count(operation)))
            .filter(|(_, count)| *count > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_latencies_by_outcome_and_nothing_is_lost() {
        let names = vec!["publish".to_owned(), "renewToken".to_owned()];
        let mut tally = Tally::new(2);
        let at = |due, sent, done| Instants {
            due,
            ready: due,
            sent,
            written: sent,
            done,
            deadline: u64::MAX,
        };
        let hindered = |cost_ns, excused| Hindrance { cost_ns, excused };
        let (ok, late) = (Ending::Status(200), Ending::Failure("timeout"));
        tally.call(0, at(0, 1_000_000, 3_000_000), ok, true, hindered(2_500_000, false));
        tally.call(0, at(0, 0, 0), ok, true, hindered(1_000, false));
        tally.call(0, at(0, 5_000_000, 9_000_000), late, false, hindered(9_000_000, true));
        let error = Ending::Status(500);
        tally.call(0, at(0, 0, 3_600_000_000_000), error, false, hindered(9_000_000, false));
        let parts = Parts {
            connected: Some(2_000_000),
            is_tls: true,
            taken: Some(6_000_000),
            first_byte: Some(8_000_000),
        };
        let call = Instants {
            written: 5_000_000,
            ..at(0, 1_000_000, 9_000_000)
        };
        tally.parts(0, call, parts);
        tally.parts(0, at(0, 1_000_000, 3_000_000), Parts::default());
        tally.lag(10, 1_010);
        let mut sums = BTreeMap::new();
        tally.merge_latencies(&names, &mut sums);
        tally.merge_latencies(&names, &mut sums);
        let histogram = |tag: &str| &sums[&tag.parse().unwrap()];
        assert_eq!(histogram("publish.response.ok").len(), 4);
        for (part, calls, longest) in [
            ("waiting", 2, 1000),
            ("connect", 2, 1000),
            ("tls", 2, 3000),
            ("sending", 2, 1000),
            ("first-byte", 2, 2000),
            ("receiving", 2, 1000),
        ] {
            let part = histogram(&format!("publish.{part}.ok"));
            assert_eq!(part.len(), calls);
            assert!(part.max().abs_diff(longest) <= longest / 100, "{part:?}");
        }
        assert!(histogram("publish.response.ok").max().abs_diff(3000) <= 3);
        assert!(histogram("publish.service.ok").max().abs_diff(2000) <= 2);
        assert_eq!(histogram("publish.response.ok").min(), 1);
        assert!(histogram("publish.service.error").max() >= 600_000_000);
        assert_eq!(histogram("generator.lag.ok").len(), 2);
        assert!(!sums.contains_key(&"renewToken.response.ok".parse().unwrap()));
        assert_eq!(histogram("publish.delayed.ok").len(), 2, "one call, merged twice");
        assert!(histogram("publish.at-best.ok").max().abs_diff(500) <= 1);
        assert_eq!(tally.excused(&names).collect::<Vec<_>>(), [("publish", 1)]);
        let endings: Vec<_> = tally.endings(&names).collect();
        assert_eq!(
            endings,
            [
                ("publish", Ending::Status(200), 2),
                ("publish", Ending::Failure("timeout"), 1),
                ("publish", Ending::Status(500), 1)
            ]
        );
        tally.reason(0, "no answer");
        tally.reason(0, "no answer");
        assert_eq!(tally.reasons(&names).collect::<Vec<_>>(), [("publish", "no answer", 2)]);
        assert_eq!(tally.errors(&names).collect::<Vec<_>>(), [("publish", 2)]);
        assert_eq!(tally.take().endings(&names).count(), 3);
        assert_eq!(tally.endings(&names).count(), 0);
    }
}
