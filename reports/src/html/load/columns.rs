//! The seconds of a run, brought down to a bounded number of columns for the charts.
//!
//! A column holds one second or several. Its counts are sums, its calls in flight the largest of its seconds, and its
//! latencies the merged histograms of its seconds: a percentile of a column is the true one over all calls in it,
//! never a mean of percentiles.

use crate::html::objective::{Calls, Stated, Stretch};
use hdrhistogram::Histogram;
use proofload_results::load::Percentiles;
use proofload_results::record::{
    CallOutcome, LatencyKind, RecordError, RecordReader, Second, Totals, latency_histogram,
};
use std::collections::BTreeMap;

/// The most columns of a chart.
pub(in crate::html) const MAX_COLUMNS: f64 = 600.0;
/// How long a column may be, in seconds: lengths that people count in.
pub(super) const LENGTHS_S: [f64; 18] = [
    1.0, 2.0, 3.0, 5.0, 6.0, 10.0, 12.0, 15.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0, 7_200.0,
    14_400.0,
];
/// Bins of the heat map to a factor of ten.
pub(super) const BINS_PER_DECADE: u32 = 12;

/// A stretch of a run.
#[derive(Debug, Clone, Default)]
pub(in crate::html) struct Column {
    /// When it began, in seconds since the start.
    pub(in crate::html) start_s: f64,
    /// How much of it was measured, in seconds.
    pub(in crate::html) length_s: f64,
    /// Arrivals that fell due.
    pub(in crate::html) due: u64,
    /// Arrivals that were answered, failed or timed out.
    pub(in crate::html) done: u64,
    /// Of the calls that ended, how many failed.
    pub(in crate::html) errors: u64,
    /// Calls that ended.
    pub(in crate::html) calls: u64,
    /// Answers 401 to a token that should have been valid.
    pub(in crate::html) unauthorised: u64,
    /// The most arrivals in flight.
    pub(in crate::html) in_flight: u64,
    /// The most arrivals due and not sent.
    pub(in crate::html) backlog: u64,
    /// The largest share of a second in which the generator's busiest thread was at work.
    pub(in crate::html) busy: f64,
    /// From due to the last byte, over all calls.
    pub(in crate::html) response_us: Percentiles,
    /// From sent to the last byte, over all calls.
    pub(in crate::html) service_us: Percentiles,
    /// The generator's own lateness.
    pub(in crate::html) lag_us: Percentiles,
    /// The same by operation.
    pub(in crate::html) by_operation: BTreeMap<String, Share>,
    /// How many response times fell into each bin of the heat map.
    pub(in crate::html) bins: BTreeMap<u32, u64>,
    /// For each objective, whether the column alone would have held it; none when it says nothing of it.
    pub(in crate::html) held: Vec<Option<bool>>,
    /// Whether in all of it nothing was answered though something was waited for.
    pub(in crate::html) silent: bool,
}

/// What one operation has in a column.
#[derive(Debug, Clone, Copy)]
pub(in crate::html) struct Share {
    /// The calls that ended and those of them that failed.
    pub(in crate::html) calls: Calls,
    /// From due to the last byte.
    pub(in crate::html) response_us: Percentiles,
}

/// A run as charts show it.
#[derive(Debug)]
pub(in crate::html) struct Columns {
    /// How long a column is, in seconds.
    pub(in crate::html) length_s: f64,
    /// The columns with something in them, in order.
    pub(in crate::html) all: Vec<Column>,
    /// The sum over all seconds.
    pub(in crate::html) totals: Totals,
}

impl Columns {
    /// Reads a record once, second by second.
    ///
    /// # Errors
    /// The record cannot be read.
    pub(in crate::html) fn read(record: &RecordReader, objectives: &[Option<Stated>]) -> Result<Self, RecordError> {
        Self::of_length(length(record.measured_s()?, MAX_COLUMNS), record, objectives)
    }

    /// Reads a record once, second by second, into columns of a given length.
    ///
    /// # Errors
    /// The record cannot be read.
    pub(in crate::html) fn of_length(
        length_s: f64,
        record: &RecordReader,
        objectives: &[Option<Stated>],
    ) -> Result<Self, RecordError> {
        let mut columns = Self {
            length_s,
            all: Vec::new(),
            totals: Totals::default(),
        };
        let mut sum = Sum::default();
        for second in record.seconds()? {
            let second = second?;
            columns.totals.add(&second);
            let place = (second.counters.start_s / length_s).floor();
            if !sum.is_empty() && place > sum.place {
                columns.all.push(sum.column(length_s, objectives));
                sum = Sum::default();
            }
            sum.add(&second, place);
        }
        if !sum.is_empty() {
            columns.all.push(sum.column(length_s, objectives));
        }
        Ok(columns)
    }
}

/// The shortest length that keeps the number of columns within bounds, in seconds.
pub(in crate::html) fn length(measured_s: f64, max_columns: f64) -> f64 {
    let fits = LENGTHS_S
        .into_iter()
        .find(|length_s| measured_s / length_s <= max_columns);
    fits.unwrap_or_else(|| (measured_s / max_columns).ceil())
}

/// What was added up for a column so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Sum {
    place: f64,
    seconds: u64,
    silent_seconds: u64,
    column: Column,
    response: BTreeMap<String, Histogram<u64>>,
    successes: BTreeMap<String, Histogram<u64>>,
    service: Option<Histogram<u64>>,
    lag: Option<Histogram<u64>>,
    calls: BTreeMap<String, Calls>,
}

impl Sum {
    pub(super) fn is_empty(&self) -> bool {
        self.seconds == 0
    }

    /// Which column it is.
    pub(super) fn place(&self) -> f64 {
        self.place
    }

    pub(super) fn add(&mut self, second: &Second, place: f64) {
        let counters = &second.counters;
        self.place = place;
        self.seconds += 1;
        let waiting = counters.in_flight + counters.backlog + counters.sent > 0;
        self.silent_seconds += u64::from(counters.done == 0 && waiting);
        let column = &mut self.column;
        column.length_s += counters.length_s;
        column.due += counters.due;
        column.done += counters.done;
        column.unauthorised += counters.unauthorised;
        column.in_flight = column.in_flight.max(counters.in_flight);
        column.backlog = column.backlog.max(counters.backlog);
        column.busy = column.busy.max(counters.busy);
        for (operation, statuses) in &counters.statuses {
            let calls = self.calls.entry(operation.clone()).or_default();
            calls.all += statuses.values().sum::<u64>();
            calls.errors += counters.errors.get(operation).copied().unwrap_or_default();
        }
        for (tag, histogram) in &second.histograms {
            if tag.kind == LatencyKind::Response && tag.outcome == CallOutcome::Ok {
                let successes = self.successes.entry(tag.operation.clone());
                let _ = successes.or_insert_with(latency_histogram).add(histogram);
            }
            let sum = match tag.kind {
                LatencyKind::Response => self
                    .response
                    .entry(tag.operation.clone())
                    .or_insert_with(latency_histogram),
                LatencyKind::Service => self.service.get_or_insert_with(latency_histogram),
                LatencyKind::Lag => self.lag.get_or_insert_with(latency_histogram),
                // They are among the response times.
                LatencyKind::Delayed | LatencyKind::AtBest | LatencyKind::Part(_) => continue,
            };
            // Values beyond the bounds cannot be: every histogram of a record has the same bounds.
            let _ = sum.add(histogram);
        }
    }

    pub(super) fn column(self, length_s: f64, objectives: &[Option<Stated>]) -> Column {
        let mut all = latency_histogram();
        for histogram in self.response.values() {
            let _ = all.add(histogram);
        }
        let percentiles =
            |histogram: Option<&Histogram<u64>>| histogram.map_or_else(Percentiles::default, Percentiles::of);
        let mut column = self.column;
        column.start_s = self.place * length_s;
        column.calls = self.calls.values().map(|calls| calls.all).sum();
        column.errors = self.calls.values().map(|calls| calls.errors).sum();
        column.silent = self.silent_seconds == self.seconds;
        column.response_us = Percentiles::of(&all);
        column.service_us = percentiles(self.service.as_ref());
        column.lag_us = percentiles(self.lag.as_ref());
        column.bins = bins(&all);
        let share = |(operation, calls): (&String, &Calls)| {
            let share = Share {
                calls: *calls,
                response_us: percentiles(self.response.get(operation)),
            };
            (operation.clone(), share)
        };
        column.by_operation = self.calls.iter().map(share).collect();
        let mut successes = latency_histogram();
        for histogram in self.successes.values() {
            let _ = successes.add(histogram);
        }
        let stretch = Stretch {
            by_operation: &self.successes,
            all: &successes,
            calls: &self.calls,
            length_s: column.length_s,
        };
        let held = |stated: &Option<Stated>| stated.as_ref()?.holds(&stretch);
        column.held = objectives.iter().map(held).collect();
        column
    }
}

fn bins(histogram: &Histogram<u64>) -> BTreeMap<u32, u64> {
    let mut bins = BTreeMap::new();
    for value in histogram.iter_recorded() {
        *bins.entry(bin(value.value_iterated_to())).or_default() += value.count_since_last_iteration();
    }
    bins
}

/// The bin of the heat map that a latency falls into.
fn bin(us: u64) -> u32 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "latencies end at ten minutes, and the logarithm of 1 and more is not negative"
    )]
    let bin = ((us.max(1) as f64).log10() * f64::from(BINS_PER_DECADE)).floor() as u32;
    bin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_any_length_has_a_bounded_number_of_columns() {
        for (measured_s, length_s) in [
            (10.0, 1.0),
            (600.0, 1.0),
            (601.0, 2.0),
            (3_600.0, 6.0),
            (86_400.0, 300.0),
        ] {
            assert_eq!(
                length(measured_s, MAX_COLUMNS).to_bits(),
                f64::to_bits(length_s),
                "{measured_s}"
            );
        }
        assert!(1e8 / length(1e8, MAX_COLUMNS) <= MAX_COLUMNS);
    }

    #[test]
    fn bins_are_twelfths_of_a_decade() {
        for (us, place) in [(0, 0), (1, 0), (10, 12), (1_000, 36), (600_000_000, 105)] {
            assert_eq!(bin(us), place, "{us}");
        }
    }
}
