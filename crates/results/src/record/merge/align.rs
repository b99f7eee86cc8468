//! Seconds of several machines, aligned by wall clock: an interval belongs to the second, counted from the start of the earliest run,
//! in which its middle lies.

use super::source::Source;
use crate::load::Percentiles;
use crate::record::hlog::HistogramTag;
use crate::record::reasons;
use crate::record::{Counters, Lag, Second};

/// What is not counted but stands at the end of a second.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    in_flight: u64,
    backlog: u64,
    rss_bytes: u64,
}

impl Standing {
    fn of(counters: &Counters) -> Self {
        Self {
            in_flight: counters.in_flight,
            backlog: counters.backlog,
            rss_bytes: counters.rss_bytes,
        }
    }
}

/// The merged second to which one belongs whose run began so many seconds after the earliest.
pub(super) fn slot_of(counters: &Counters, offset_s: f64) -> u64 {
    let middle_s = offset_s + counters.start_s + counters.length_s / 2.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "readers let no negative or absurd times pass"
    )]
    let slot = middle_s as u64;
    slot
}

/// Takes from all sources what belongs to one merged second, and adds it up. A source of which a second turns out to be damaged is
/// lost from there on.
pub(super) fn take(sources: &mut [Source], slot: u64) -> Second {
    #[expect(clippy::cast_precision_loss, reason = "seconds need no more than 52 bits")]
    let start_s = slot as f64;
    let mut merged = Second::new(Counters {
        second: slot,
        start_s,
        length_s: 1.0,
        ..Counters::default()
    });
    let (mut end_s, mut over) = (start_s, true);
    for source in sources {
        while let Some(second) = source.next_until(slot) {
            let counters = &second.counters;
            end_s = end_s.max(source.offset_s + counters.start_s + counters.length_s);
            add(&mut merged, &second);
            merged.counters.add_health(counters, source.offset_s);
            source.stood = Some(Standing::of(counters));
        }
        let ended = source.is_used_up();
        over &= ended;
        // A second that was long leaves the one after it empty: things stand as they stood.
        let stood = if ended { source.stood.take() } else { source.stood };
        if let Some(stood) = stood {
            merged.counters.in_flight += stood.in_flight;
            merged.counters.backlog += stood.backlog;
            merged.counters.rss_bytes += stood.rss_bytes;
        }
    }
    if over {
        merged.counters.length_s = (end_s - start_s).max(1e-3);
    }
    merged.counters.lag_us = lag(&merged);
    merged
}

/// Adds what is counted; what merely stands at the end of a second is not for adding twice.
fn add(merged: &mut Second, second: &Second) {
    for (tag, histogram) in &second.histograms {
        merged.add(tag.clone(), histogram);
    }
    let (sum, counters) = (&mut merged.counters, &second.counters);
    sum.due += counters.due;
    sum.sent += counters.sent;
    sum.done += counters.done;
    sum.unauthorised += counters.unauthorised;
    sum.waited_for_user += counters.waited_for_user;
    sum.cpu_s += counters.cpu_s;
    sum.busy = sum.busy.max(counters.busy);
    for (operation, statuses) in &counters.statuses {
        let sums = sum.statuses.entry(operation.clone()).or_default();
        for (status, count) in statuses {
            *sums.entry(status.clone()).or_default() += count;
        }
    }
    for (operation, count) in &counters.errors {
        *sum.errors.entry(operation.clone()).or_default() += count;
    }
    reasons::add_all(&mut sum.reasons, &counters.reasons);
    reasons::add_counts(&mut sum.stale, &counters.stale);
}

fn lag(second: &Second) -> Lag {
    let lag = second.histograms.get(&HistogramTag::lag());
    lag.map_or_else(Lag::default, |histogram| {
        let lag = Percentiles::of(histogram);
        Lag {
            p50: lag.p50,
            p99: lag.p99,
            max: lag.max,
        }
    })
}
