//! Whoever makes one record of the records of several machines: while they come in as streams, or afterwards.

use super::align;
use super::plan::{Named, apart_s, check_alike, describe, notes};
use super::source::{Source, State};
use crate::load::Percentiles;
use crate::record::merge_error::MergeError;
use crate::record::shards::Shards;
use crate::record::stream::{Event, StreamError, Wait};
use crate::record::{LatencyKind, Recording, RunInfo, RunStatus, Second, Totals, latency_histogram};
use std::path::{Path, PathBuf};

/// Makes one record of many. Histograms are added, which loses nothing: all have the same bounds. What all of them have sent is
/// merged and written at once; it keeps no more than the lead of the fastest over the slowest.
#[derive(Debug)]
pub struct Collector {
    out: Option<PathBuf>,
    sources: Vec<Source>,
    /// Whether all that will begin have begun.
    begun: bool,
    recording: Option<Recording>,
    totals: Totals,
    last: Option<Latest>,
    notes: Vec<String>,
    /// The source that has to say more before anything can be merged.
    held_up_by: Option<usize>,
}

/// What a line was about.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// It is not of the stream, or not all of a second yet.
    Nothing,
    /// The shard is ready and waits.
    Wait(Wait),
    /// Its run begins.
    Run,
    /// One of its seconds is over.
    Second,
    /// Its run is over, and all of its record is there.
    End,
}

/// Why a line could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// Its stream cannot be read on: the shard counts as lost from here on, and the others go on.
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// It is not a part of the same load: there is nothing to be made of all of them.
    #[error(transparent)]
    Merge(#[from] MergeError),
}

/// How all of them stand.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Live {
    /// How many there are.
    pub shards: usize,
    /// How many of them have begun and were not lost.
    pub going: usize,
    /// How many were lost.
    pub lost: usize,
    /// How far they came together, in seconds since the earliest began.
    pub elapsed_s: f64,
    /// Arrivals that were answered, failed or timed out, a second, in the last second that all have sent.
    pub rate_per_s: f64,
    /// 99th percentile of the response times in it, of successes and errors, in microseconds.
    pub p99_us: u64,
    /// 99th percentile of the generators' lateness in it, in microseconds.
    pub lag_p99_us: u64,
    /// Arrivals in flight at its end.
    pub in_flight: u64,
    /// Calls that came to an end until then.
    pub calls: u64,
    /// How many of them are errors.
    pub errors: u64,
}

/// The last second that was merged.
#[derive(Debug, Clone, Copy)]
struct Latest {
    end_s: f64,
    rate_per_s: f64,
    p99_us: u64,
    lag_p99_us: u64,
    in_flight: u64,
}

/// What became of all of them.
#[derive(Debug)]
pub struct Merged {
    /// What the merged record says of itself; its result is still to be put in.
    pub run: RunInfo,
    /// The runs that began, as they ended, in the order of their starts.
    pub runs: Vec<RunInfo>,
    /// The merged record, to be closed; none where none was to be written.
    pub recording: Option<Recording>,
    /// The sums.
    pub totals: Totals,
    /// Why the parts are not the whole, a sentence each; empty when they are.
    pub lacking: Vec<String>,
    /// What a person should know about the parts, a sentence each.
    pub notes: Vec<String>,
}

impl Collector {
    /// Collects from as many sources as there are names; the record goes into `out`, which is new or empty.
    pub fn new(names: impl IntoIterator<Item = impl Into<PathBuf>>, out: Option<&Path>) -> Self {
        Self {
            out: out.map(Path::to_owned),
            sources: names.into_iter().map(|name| Source::new(name.into())).collect(),
            begun: false,
            recording: None,
            totals: Totals::default(),
            last: None,
            notes: Vec::new(),
            held_up_by: None,
        }
    }

    /// Takes the next line of a source's stream, counted from 0.
    ///
    /// # Errors
    /// The stream cannot be read on, or is none of a part of the same load.
    pub fn push(&mut self, source: usize, line: &str) -> Result<Heard, CollectError> {
        if !self.sources[source].is_open() {
            return Ok(Heard::Nothing);
        }
        let event = match self.sources[source].reader.push(line) {
            Ok(event) => event,
            Err(error) => {
                self.cut(source, &error.to_string());
                return Err(error.into());
            }
        };
        Ok(match event {
            None => Heard::Nothing,
            Some(Event::Wait(wait)) => Heard::Wait(wait),
            Some(Event::Run(run)) => {
                self.begin(source, *run)?;
                Heard::Run
            }
            Some(Event::Second(second)) => {
                self.sources[source].add_packed(second);
                self.merge_on(source);
                Heard::Second
            }
            Some(Event::End(run)) => {
                self.end(source, Some(*run));
                Heard::End
            }
        })
    }

    /// Says what a source runs.
    ///
    /// # Errors
    /// It is not a part of the same load.
    pub fn begin(&mut self, source: usize, run: RunInfo) -> Result<(), MergeError> {
        let this = &self.sources[source].name;
        let first = self
            .sources
            .iter()
            .find_map(|source| Some((source.name.as_path(), source.run.as_ref()?)));
        if let Some(first) = first {
            check_alike(first, (this, &run))?;
        }
        self.sources[source].run = Some(run);
        Shards::of(&named(&self.sources))?;
        self.merge_on(source);
        Ok(())
    }

    /// Adds a second of a source that has begun.
    pub fn second(&mut self, source: usize, second: Second) {
        self.sources[source].add_whole(second);
        self.merge_on(source);
    }

    /// Says that a source's run is over and all of its record was there; `run` is what it says of itself in the end.
    pub fn end(&mut self, source: usize, run: Option<RunInfo>) {
        let ended = &mut self.sources[source];
        if let Some(run) = run {
            ended.run = Some(run);
        }
        ended.close(State::Ended);
        self.merge_on(source);
    }

    /// Says that no more comes of a source, and why: as in `OOMKilled on node n4`. What it sent is kept. Nothing happens where it has
    /// ended, or was lost before.
    pub fn lose(&mut self, source: usize, why: &str) {
        self.sources[source].close(State::Lost(why.to_owned()));
        self.merge_on(source);
    }

    /// Says that a source's record ends before its run did, or cannot be read on, and why.
    pub fn cut(&mut self, source: usize, why: &str) {
        self.sources[source].close(State::Cut(why.to_owned()));
        self.merge_on(source);
    }

    /// Says that nothing more comes of a source's stream, whether or not its last line was there.
    pub fn close(&mut self, source: usize) {
        if let Err(error) = self.sources[source].reader.close() {
            self.cut(source, &error.to_string());
        }
    }

    /// Adds what a person should know, in a sentence.
    pub fn note(&mut self, sentence: String) {
        self.notes.push(sentence);
    }

    /// Whether more is to come of a source.
    pub fn is_open(&self, source: usize) -> bool {
        self.sources[source].is_open()
    }

    /// Whether a source's run has begun.
    pub fn has_begun(&self, source: usize) -> bool {
        self.sources[source].run.is_some()
    }

    /// How long a source was measured, in seconds since its start.
    pub fn reached_s(&self, source: usize) -> f64 {
        self.sources[source].reached_s
    }

    /// The source that has to say more before anything can be merged; none when all have ended.
    pub fn slowest(&self) -> Option<usize> {
        let open = (0..self.sources.len()).filter(|source| self.is_open(*source));
        open.min_by(|one, other| {
            let at = |source: usize| {
                let source = &self.sources[source];
                (source.run.is_some(), source.offset_s + source.reached_s)
            };
            at(*one).partial_cmp(&at(*other)).unwrap_or(std::cmp::Ordering::Equal)
        })
    }

    /// How all of them stand.
    pub fn totals(&self) -> Live {
        let count = |is: fn(&Source) -> bool| self.sources.iter().filter(|source| is(source)).count();
        let live = Live {
            shards: self.sources.len(),
            going: count(|source| source.run.is_some() && !source.is_lost()),
            lost: count(Source::is_lost),
            ..Live::default()
        };
        let Some(last) = self.last else { return live };
        let (calls, errors) = self.totals.calls();
        Live {
            elapsed_s: last.end_s,
            rate_per_s: last.rate_per_s,
            p99_us: last.p99_us,
            lag_p99_us: last.lag_p99_us,
            in_flight: last.in_flight,
            calls,
            errors,
            ..live
        }
    }

    /// Makes the merged record of what came. Sources that did not come to an end are lost.
    ///
    /// # Errors
    /// Not one of them began.
    pub fn finish(mut self) -> Result<Merged, MergeError> {
        for source in 0..self.sources.len() {
            self.close(source);
        }
        let whole = self.sources.iter().filter(|source| source.run.is_some()).count();
        let mut ended: Vec<(RunInfo, Option<String>, &Source)> = self
            .sources
            .iter()
            .filter_map(|source| Some((source.ended_run()?, source.loss(whole), source)))
            .collect();
        ended.sort_by_key(|(run, ..)| run.started_unix_ns);
        let runs: Vec<Named> = ended
            .iter()
            .map(|(run, _, source)| (source.name.as_path(), run))
            .collect();
        if runs.is_empty() {
            let sources = self.sources.iter();
            let told: Vec<String> = sources.filter_map(|source| source.loss(whole)).collect();
            return Err(MergeError::NoneBegan(told));
        }
        let shards = Shards::of(&runs)?;
        let never = self.sources.iter().filter(|source| source.run.is_none());
        let mut lacking: Vec<String> = ended.iter().filter_map(|(_, loss, _)| loss.clone()).collect();
        // Of those that were merged already.
        lacking.extend(
            runs.iter()
                .flat_map(|(_, run)| run.parts.iter())
                .filter_map(|part| part.lost.clone()),
        );
        lacking.extend(never.filter_map(|source| source.loss(whole)));
        lacking.extend(shards.missing());
        // What came of it is known only now: such as the HTTP version.
        let differ = runs.iter().find_map(|other| check_alike(runs[0], *other).err());
        lacking.extend(differ.map(|error| error.to_string()));
        let mut notes = notes(&runs, &shards);
        notes.extend(self.notes);
        let described: Vec<(RunInfo, Option<String>)> = ended.into_iter().map(|(run, loss, _)| (run, loss)).collect();
        let run = describe(&described, &shards).ok_or(MergeError::Nothing)?;
        Ok(Merged {
            run,
            runs: described.into_iter().map(|(run, _)| run).collect(),
            recording: self.recording,
            totals: self.totals,
            lacking,
            notes,
        })
    }

    /// Merges what all have sent, after a source said something.
    fn merge_on(&mut self, source: usize) {
        if self
            .held_up_by
            .is_some_and(|other| other != source && self.holds_up(other))
        {
            return;
        }
        self.held_up_by = None;
        if !self.begun && !self.start() {
            return;
        }
        while let Some(slot) = self.sources.iter().filter_map(Source::slot).min() {
            let held_up_by = self.sources.iter().position(|source| !source.is_beyond(slot));
            if held_up_by.is_some() {
                self.held_up_by = held_up_by;
                return;
            }
            let second = align::take(&mut self.sources, slot);
            self.add(&second);
        }
    }

    /// Whether a source is still to say more before anything can be merged.
    fn holds_up(&self, source: usize) -> bool {
        let slot = self.sources.iter().filter_map(Source::slot).min();
        let this = &self.sources[source];
        if self.begun {
            slot.is_some_and(|slot| !this.is_beyond(slot))
        } else {
            this.is_open() && this.run.is_none()
        }
    }

    /// Begins the merged record, once all that will begin have.
    fn start(&mut self) -> bool {
        let late = self
            .sources
            .iter()
            .position(|source| source.is_open() && source.run.is_none());
        if late.is_some() {
            self.held_up_by = late;
            return false;
        }
        let runs = self.sources.iter().filter_map(|source| source.run.clone());
        let mut runs: Vec<(RunInfo, Option<String>)> = runs.map(|run| (run, None)).collect();
        runs.sort_by_key(|(run, _)| run.started_unix_ns);
        let (Some((first, _)), Ok(shards)) = (runs.first(), Shards::of(&named(&self.sources))) else {
            return false;
        };
        let base_ns = first.started_unix_ns;
        for source in &mut self.sources {
            let started_ns = source.run.as_ref().map_or(base_ns, |run| run.started_unix_ns);
            source.offset_s = apart_s(base_ns, started_ns);
        }
        if let (Some(out), Some(mut run)) = (&self.out, describe(&runs, &shards)) {
            run.status = RunStatus::Running;
            self.recording = Some(Recording::begin(out, &run));
        }
        self.begun = true;
        true
    }

    fn add(&mut self, second: &Second) {
        self.totals.add(second);
        if let Some(recording) = &mut self.recording {
            recording.write_second(second);
        }
        let mut response = latency_histogram();
        for (tag, histogram) in &second.histograms {
            if tag.kind == LatencyKind::Response {
                let _ = response.add(histogram); // every histogram of a record has the same bounds
            }
        }
        let counters = &second.counters;
        #[expect(clippy::cast_precision_loss, reason = "counts of one second")]
        let rate_per_s = counters.done as f64 / counters.length_s.max(1e-3);
        self.last = Some(Latest {
            end_s: counters.start_s + counters.length_s,
            rate_per_s,
            p99_us: Percentiles::of(&response).p99,
            lag_p99_us: counters.lag_us.p99,
            in_flight: counters.in_flight,
        });
    }
}

fn named(sources: &[Source]) -> Vec<Named<'_>> {
    let begun = sources.iter();
    begun
        .filter_map(|source| Some((source.name.as_path(), source.run.as_ref()?)))
        .collect()
}
