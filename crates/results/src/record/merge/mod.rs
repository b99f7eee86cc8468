//! One record of many: the runs of several machines that made one load together.
//!
//! Histograms are added, which loses nothing: all have the same bounds. Seconds are aligned by wall clock: an interval
//! belongs to the second, counted from the start of the earliest run, in which its middle lies.

use super::hlog::HistogramTag;
use super::merge_error::MergeError;
use super::reasons;
use super::shards::Shards;
use super::totals::Second;
use super::{
    Counters, Lag, Part, RecordError, RecordReader, RecordWriter, Recording, RunInfo, RunStatus, Seconds, Totals,
};
use crate::load::{Connecting, Percentiles};
use std::iter::Peekable;
use std::path::Path;

/// Runs further apart than this, in seconds, did not begin together, which is worth a word.
const TOGETHER_S: f64 = 1.0;

/// Records that go together.
#[derive(Debug)]
pub struct Merge {
    records: Vec<RecordReader>,
    /// What the merged record says of itself.
    pub run: RunInfo,
    /// What a person should know about the parts, one sentence each.
    pub notes: Vec<String>,
    /// Which shards are missing, in a sentence; none when the parts are the whole.
    pub missing: Option<String>,
}

impl Merge {
    /// Checks that the records are parts of one load.
    ///
    /// # Errors
    /// They are not: another scenario, plan or seed, the same share twice, or other times.
    pub fn plan(mut records: Vec<RecordReader>) -> Result<Self, MergeError> {
        records.sort_by_key(|record| record.run.started_unix_ns);
        let first = records.first().ok_or(MergeError::Nothing)?;
        for other in &records[1..] {
            check_alike(first, other)?;
        }
        let shards = Shards::of(&records)?;
        let notes = notes(&records, &shards);
        let run = describe(&records, &shards);
        let missing = shards.missing();
        Ok(Self {
            records,
            run,
            notes,
            missing,
        })
    }

    /// Writes the merged record, as far as it can be written; it is to be closed with its result.
    ///
    /// # Errors
    /// A record cannot be read.
    pub fn write(&self, out: &Path) -> Result<(Recording, Totals), RecordError> {
        // Refuses what is not whole before anything is written.
        for record in &self.records {
            record.totals()?;
        }
        RecordWriter::check(out)?;
        let mut recording = Recording::begin(out, &self.run);
        let mut totals = Totals::default();
        for second in self.seconds()? {
            let second = second?;
            totals.add(&second);
            recording.write_second(&second);
        }
        Ok((recording, totals))
    }

    fn seconds(&self) -> Result<MergedSeconds, RecordError> {
        let base_ns = self.run.started_unix_ns;
        let parts = self.records.iter().map(|record| -> Result<Stream, RecordError> {
            Ok(Stream {
                offset_s: apart_s(base_ns, record.run.started_unix_ns),
                seconds: record.seconds()?.peekable(),
                stood: None,
            })
        });
        Ok(MergedSeconds {
            parts: parts.collect::<Result<_, _>>()?,
        })
    }
}

fn apart_s(from_ns: u64, to_ns: u64) -> f64 {
    std::time::Duration::from_nanos(to_ns.saturating_sub(from_ns)).as_secs_f64()
}

fn check_alike(first: &RecordReader, other: &RecordReader) -> Result<(), MergeError> {
    let (a, b) = (&first.run, &other.run);
    let slos = |run: &RunInfo| run.slos.join(", ");
    let named = |text: &str| {
        if text.is_empty() {
            "none".to_owned()
        } else {
            text.to_owned()
        }
    };
    let timeout = |asked: &Connecting| format!("{} s", asked.timeout_s);
    let keep_alive = |asked: &Connecting| if asked.keep_alive { "kept" } else { "one for each call" }.to_owned();
    let http_2 = |asked: &Connecting| if asked.http2 { "yes" } else { "no" }.to_owned();
    let streams = |asked: &Connecting| asked.streams.to_string();
    let route = |asked: &Connecting| if asked.proxy { "through a proxy" } else { "direct" }.to_owned();
    let transport = |run: &RunInfo| run.base_url.split(':').next().unwrap_or_default().to_owned();
    let expected = |run: &RunInfo| {
        run.expected_arrivals
            .map_or("none".to_owned(), |count| count.to_string())
    };
    for (what, one, two) in [
        ("scenario", named(&a.scenario), named(&b.scenario)),
        ("duration in seconds", a.planned_s.to_string(), b.planned_s.to_string()),
        ("number of planned arrivals", expected(a), expected(b)),
        ("objectives", named(&slos(a)), named(&slos(b))),
        ("time-out", a.asked(timeout), b.asked(timeout)),
        (
            "use of connections (keep-alive)",
            a.asked(keep_alive),
            b.asked(keep_alive),
        ),
        ("wish for HTTP/2", a.asked(http_2), b.asked(http_2)),
        (
            "number of calls at once on an HTTP/2 connection",
            a.asked(streams),
            b.asked(streams),
        ),
        ("way to the target", a.asked(route), b.asked(route)),
        ("transport", transport(a), transport(b)),
        ("HTTP version", a.http_version(), b.http_version()),
    ] {
        // Of records of earlier versions it is not known.
        if one != two && !one.is_empty() && !two.is_empty() {
            let directories = (first.directory().to_owned(), other.directory().to_owned());
            return Err(MergeError::Differ {
                what,
                values: (one, two),
                directories,
            });
        }
    }
    if apart_s(a.started_unix_ns, b.started_unix_ns) >= a.planned_s {
        return Err(MergeError::Apart {
            first: (first.directory().to_owned(), a.started_at.clone()),
            other: (other.directory().to_owned(), b.started_at.clone()),
        });
    }
    Ok(())
}

fn notes(records: &[RecordReader], shards: &Shards) -> Vec<String> {
    let mut notes = shards.notes();
    let first = &records[0].run;
    for record in records {
        let (run, name) = (&record.run, record.directory().display());
        if run.base_url != first.base_url {
            notes.push(format!(
                "{name} loaded {}, and the first one {}",
                run.base_url, first.base_url
            ));
        }
        let late_s = apart_s(first.started_unix_ns, run.started_unix_ns);
        if late_s > TOGETHER_S {
            notes.push(format!(
                "{name} began {late_s:.1} s after the first one; runs of one load begin together"
            ));
        }
        match (run.status, &run.lost) {
            (_, Some(why)) => notes.push(format!("{name} was lost in part while it was made: {why}")),
            (RunStatus::Complete, None) => {}
            (RunStatus::Incomplete, None) => notes.push(format!("{name} was interrupted, or its target died")),
            (RunStatus::Running, None) => {
                notes.push(format!("{name} was never closed: it was killed, or still goes on"));
            }
        }
    }
    notes
}

fn describe(records: &[RecordReader], shards: &Shards) -> RunInfo {
    let runs = || records.iter().map(|record| &record.run);
    let complete = runs().all(|run| run.status == RunStatus::Complete);
    let mut merged = records[0].run.clone();
    merged.status = if complete {
        RunStatus::Complete
    } else {
        RunStatus::Incomplete
    };
    merged.shard = shards.to_string();
    // All are in UTC and in the same form, so that the order of the texts is that of the times.
    merged.ended_at = runs().filter_map(|run| run.ended_at.clone()).max();
    merged.users = runs().map(|run| run.users).sum();
    merged.threads = runs().map(|run| run.threads).sum();
    merged.machine.cpus = runs().map(|run| run.machine.cpus).sum();
    merged.parts = runs().flat_map(parts).collect();
    // What is missing of a part makes the whole incomplete; the merged record holds all of itself.
    merged.lost = None;
    merged.result = None;
    merged
}

/// A run as a part; of one that was merged already, its parts.
fn parts(run: &RunInfo) -> Vec<Part> {
    if !run.parts.is_empty() {
        return run.parts.clone();
    }
    vec![Part {
        shard: run.shard.clone(),
        status: run.status,
        started_at: run.started_at.clone(),
        base_url: run.base_url.clone(),
        seed: run.seed,
        users: run.users,
        machine: run.machine.clone(),
    }]
}

/// The seconds of one part.
struct Stream {
    /// From the start of the earliest run to the start of this one.
    offset_s: f64,
    seconds: Peekable<Seconds>,
    /// How it stood at the end of its last second.
    stood: Option<Standing>,
}

/// What is not counted but stands at the end of a second.
#[derive(Clone, Copy)]
struct Standing {
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

impl Stream {
    /// The merged second to which the next one belongs.
    fn slot(&mut self) -> Option<u64> {
        let offset_s = self.offset_s;
        let counters = match self.seconds.peek()? {
            Ok(second) => &second.counters,
            // An error is handed on at once.
            Err(_) => return Some(0),
        };
        let middle_s = offset_s + counters.start_s + counters.length_s / 2.0;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the reader lets no negative or absurd times pass"
        )]
        Some(middle_s as u64)
    }
}

struct MergedSeconds {
    parts: Vec<Stream>,
}

impl Iterator for MergedSeconds {
    type Item = Result<Second, RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        let slot = self.parts.iter_mut().filter_map(Stream::slot).min()?;
        #[expect(clippy::cast_precision_loss, reason = "seconds need no more than 52 bits")]
        let start_s = slot as f64;
        let mut merged = Second::new(Counters {
            second: slot,
            start_s,
            length_s: 1.0,
            ..Counters::default()
        });
        let (mut end_s, mut over) = (start_s, true);
        for part in &mut self.parts {
            while part.slot().is_some_and(|next| next <= slot) {
                match part.seconds.next()? {
                    Ok(second) => {
                        let counters = &second.counters;
                        end_s = end_s.max(part.offset_s + counters.start_s + counters.length_s);
                        add(&mut merged, &second);
                        merged.counters.add_health(counters, part.offset_s);
                        part.stood = Some(Standing::of(counters));
                    }
                    Err(error) => return Some(Err(error)),
                }
            }
            let ended = part.slot().is_none();
            over &= ended;
            // A second that was long leaves the one after it empty: things stand as they stood.
            let stood = if ended { part.stood.take() } else { part.stood };
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
        Some(Ok(merged))
    }
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
    second
        .histograms
        .get(&HistogramTag::lag())
        .map_or_else(Lag::default, |histogram| {
            let lag = Percentiles::of(histogram);
            Lag {
                p50: lag.p50,
                p99: lag.p99,
                max: lag.max,
            }
        })
}

#[cfg(test)]
mod tests;
