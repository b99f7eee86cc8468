//! One second of a run.

use super::hlog::HistogramTag;
use super::reasons;
use super::{Counters, Lag, latency_histogram};
use crate::load::Percentiles;
use hdrhistogram::Histogram;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// One second of a run.
#[derive(Debug, Clone)]
pub struct Second {
    /// What happened.
    pub counters: Counters,
    /// The latencies, in microseconds.
    pub histograms: BTreeMap<HistogramTag, Histogram<u64>>,
}

impl Second {
    /// A second without latencies.
    pub fn new(counters: Counters) -> Self {
        Self {
            counters,
            histograms: BTreeMap::new(),
        }
    }

    /// Adds latencies that are given away: the first of a tag need not be copied.
    pub(super) fn take(&mut self, tag: HistogramTag, histogram: Histogram<u64>) {
        match self.histograms.entry(tag) {
            Entry::Vacant(entry) => _ = entry.insert(histogram),
            // Values beyond the bounds cannot be: every histogram of a record has the same bounds.
            Entry::Occupied(mut entry) => _ = entry.get_mut().add(&histogram),
        }
    }

    /// Adds what came in after it, such as the answers to its last calls. It stays as long as it was, and as busy.
    pub fn absorb(&mut self, later: &Self) {
        for (tag, histogram) in &later.histograms {
            self.add(tag.clone(), histogram);
        }
        let (mine, others) = (&mut self.counters, &later.counters);
        mine.due += others.due;
        mine.sent += others.sent;
        mine.done += others.done;
        mine.in_flight = others.in_flight;
        mine.backlog = others.backlog;
        for (operation, statuses) in &others.statuses {
            let sums = mine.statuses.entry(operation.clone()).or_default();
            for (status, count) in statuses {
                *sums.entry(status.clone()).or_default() += count;
            }
        }
        for (operation, count) in &others.errors {
            *mine.errors.entry(operation.clone()).or_default() += count;
        }
        reasons::add_all(&mut mine.reasons, &others.reasons);
        reasons::add_counts(&mut mine.stale, &others.stale);
        mine.unauthorised += others.unauthorised;
        mine.waited_for_user += others.waited_for_user;
        mine.cpu_s += others.cpu_s;
        mine.rss_bytes = mine.rss_bytes.max(others.rss_bytes);
        mine.absorb_health(others);
        if let Some(lag) = self.histograms.get(&HistogramTag::lag()) {
            let lag = Percentiles::of(lag);
            self.counters.lag_us = Lag {
                p50: lag.p50,
                p99: lag.p99,
                max: lag.max,
            };
        }
    }

    /// Places it so much later, in seconds.
    pub fn put_off(&mut self, by_s: f64) {
        self.counters.start_s += by_s;
        if let Some(still) = &mut self.counters.standstill {
            still.at_s += by_s;
        }
        self.counters.guarded.put_off(by_s);
    }

    /// Adds latencies.
    pub fn add(&mut self, tag: HistogramTag, histogram: &Histogram<u64>) {
        let sum = self.histograms.entry(tag).or_insert_with(latency_histogram);
        // Values beyond the bounds cannot be: every histogram of a record has the same bounds.
        let _ = sum.add(histogram);
    }
}
