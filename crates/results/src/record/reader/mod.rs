//! The run directory, read at any time: after its run, while it goes on, and after it was killed.

use super::hlog::{HistogramTag, Interval, Intervals};
use super::second::Second;
use super::{Counters, RUN_SCHEMA, RecordError, RunInfo, RunStatus, Totals};
use crate::files::{COUNTERS, DOCUMENT_BYTES, LATENCY, LINE_BYTES, RUN, TARGET};
use crate::watched::{Look, read_looks};
use proofload_contract::plain_file;
use serde_json::error::Category;
use std::io::{self, BufRead, BufReader, ErrorKind};
use std::iter::Peekable;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

mod unpacked;

/// The log keeps thousandths of a second: two instants closer than this, in seconds, are the same.
const SAME_INSTANT_S: f64 = 0.001;

/// Reads a record.
#[derive(Debug, Clone)]
pub struct RecordReader {
    directory: PathBuf,
    /// What people know it by.
    name: PathBuf,
    /// Where a stream was unpacked, for as long as somebody reads it.
    unpacked: Option<Arc<TempDir>>,
    /// What ran, where, when and how it ended.
    pub run: RunInfo,
}

impl RecordReader {
    /// Opens a run directory, or the stream of a run: a file, or stdin where it is called `-`.
    ///
    /// # Errors
    /// It holds no record of a load run, one of a newer version, or only half of one.
    pub fn open(path: &Path) -> Result<Self, RecordError> {
        if !unpacked::is_stream(path) {
            return Self::open_directory(path);
        }
        let place = unpacked::unpack(path)?;
        let directory = Self::open_directory(&place.path().join("run"))?;
        Ok(Self {
            name: path.to_owned(),
            unpacked: Some(Arc::new(place)),
            ..directory
        })
    }

    fn open_directory(directory: &Path) -> Result<Self, RecordError> {
        let path = directory.join(RUN);
        let text = plain_file::read_text(&path, DOCUMENT_BYTES).map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => RecordError::NoRecord(directory.to_owned()),
            _ => RecordError::io("read", &path)(error),
        })?;
        check_schema(&path, &text)?;
        let run: RunInfo = serde_json::from_str(&text).map_err(|error| damaged(&path, &error))?;
        for file in [LATENCY, COUNTERS] {
            let path = directory.join(file);
            match plain_file::open(&path) {
                Ok(_) => {}
                Err(_) if run.lost.is_some() => {}
                Err(error) if error.kind() == ErrorKind::NotFound => return Err(RecordError::Missing(path)),
                Err(error) => return Err(RecordError::io("read", &path)(error)),
            }
        }
        Ok(Self::of(directory, run))
    }

    /// The record in a directory of a run that is known: of one that was lost, as far as it is still there.
    pub fn of(directory: &Path, run: RunInfo) -> Self {
        Self {
            directory: directory.to_owned(),
            name: directory.to_owned(),
            unpacked: None,
            run,
        }
    }

    /// What people know it by: the directory, or the stream that it was unpacked from.
    pub fn name(&self) -> &Path {
        &self.name
    }

    /// Whether it was unpacked from a stream.
    pub fn is_stream(&self) -> bool {
        self.unpacked.is_some()
    }

    /// Where it is.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The seconds in order, each with its histograms, read one after the other: a long run need not fit in memory.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn seconds(&self) -> Result<Seconds, RecordError> {
        Ok(Seconds {
            counters: self.counters()?,
            intervals: self.intervals()?.peekable(),
        })
    }

    fn intervals(&self) -> Result<Intervals, RecordError> {
        Ok(Intervals::read(&self.directory.join(LATENCY), self.lines(LATENCY)?))
    }

    /// A file line by line; nothing, where it was lost and is not there any more.
    fn lines(&self, file: &str) -> Result<Box<dyn BufRead + Send>, RecordError> {
        let path = self.directory.join(file);
        match plain_file::open(&path) {
            Ok(file) => Ok(Box::new(BufReader::new(file))),
            Err(error)
                if self.run.lost.is_some()
                    && matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                Ok(Box::new(io::empty()))
            }
            Err(error) => Err(RecordError::io("read", &path)(error)),
        }
    }

    /// What was read off the machines under test; nothing where nothing was watched.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn looks(&self) -> Result<Vec<Look>, RecordError> {
        let path = self.directory.join(TARGET);
        read_looks(&self.directory).map_err(RecordError::io("read", &path))
    }

    /// How long was measured until now, in seconds; reads the counters only, which takes next to no time.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn measured_s(&self) -> Result<f64, RecordError> {
        let mut measured_s = 0.0_f64;
        for counters in self.counters()? {
            let counters = counters?;
            measured_s = measured_s.max(counters.start_s + counters.length_s);
        }
        Ok(measured_s)
    }

    fn counters(&self) -> Result<CounterLines, RecordError> {
        Ok(CounterLines {
            path: self.directory.join(COUNTERS),
            lines: self.lines(COUNTERS)?,
            line: Vec::new(),
            number: 0,
        })
    }

    /// The same with the histograms of some tags only, in a fraction of the time.
    ///
    /// # Errors
    /// As [`Self::seconds`].
    pub fn seconds_of(&self, wanted: fn(&HistogramTag) -> bool) -> Result<Seconds, RecordError> {
        let intervals = self.intervals()?.only(wanted);
        Ok(Seconds {
            intervals: intervals.peekable(),
            ..self.seconds()?
        })
    }

    /// The sum over all seconds.
    ///
    /// # Errors
    /// As [`Self::seconds`]; and when a run that came to its end left more behind than is found now.
    pub fn totals(&self) -> Result<Totals, RecordError> {
        let mut totals = Totals::default();
        for second in self.seconds()? {
            totals.add(&second?);
        }
        self.check_whole(&totals)?;
        Ok(totals)
    }

    /// A record that was closed says how much was counted: a file that was cut or copied in part is noticed. The sums need
    /// only hold response times.
    ///
    /// # Errors
    /// The sums are not what was counted.
    pub fn check_whole(&self, totals: &Totals) -> Result<(), RecordError> {
        let Some(result) = &self.run.result else {
            return Ok(());
        };
        // A record that was lost in part says so, and stands for no more than it holds.
        if self.run.status == RunStatus::Running || self.run.lost.is_some() {
            return Ok(());
        }
        if result.arrivals != totals.arrivals {
            return Err(RecordError::Cut(self.directory.join(COUNTERS)));
        }
        let counted = |name: &str| totals.latencies(name, super::LatencyKind::Response).len();
        if result
            .operations
            .iter()
            .any(|row| counted(&row.name) != row.ok + row.errors)
        {
            return Err(RecordError::Cut(self.directory.join(LATENCY)));
        }
        Ok(())
    }
}

/// What is no JSON, or lacks what its version has, was written or copied in part.
fn damaged(path: &Path, error: &serde_json::Error) -> RecordError {
    let line = u64::try_from(error.line()).unwrap_or(u64::MAX);
    RecordError::malformed_line(path, line, crate::text::line(&error.to_string()))
}

/// Says what a `run.json` of another kind or version is.
fn check_schema(path: &Path, text: &str) -> Result<(), RecordError> {
    #[derive(serde::Deserialize)]
    struct Header {
        schema: String,
        #[serde(default)]
        version: String,
    }
    let header: Header = serde_json::from_str(text).map_err(|error| {
        let is_ours = error.classify() != Category::Data && text.trim_start().starts_with('{');
        if is_ours {
            damaged(path, &error)
        } else {
            RecordError::malformed(path, crate::text::line(&error.to_string()))
        }
    })?;
    let kind = |schema: &str| schema.split('/').next().unwrap_or_default().to_owned();
    if header.schema == RUN_SCHEMA {
        Ok(())
    } else if kind(&header.schema) == kind(RUN_SCHEMA) {
        Err(RecordError::OtherVersion {
            path: path.to_owned(),
            schema: crate::text::line(&header.schema),
            version: crate::text::line(&header.version),
        })
    } else {
        let schema = crate::text::line(&header.schema);
        Err(RecordError::malformed(
            path,
            format!("its schema is {schema:?}, not {RUN_SCHEMA:?}"),
        ))
    }
}

/// The seconds of a record, in order.
pub struct Seconds {
    counters: CounterLines,
    intervals: Peekable<Intervals>,
}

impl Iterator for Seconds {
    type Item = Result<Second, RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        let counters = match self.counters.next()? {
            Ok(counters) => counters,
            Err(error) => return Some(Err(error)),
        };
        let until_s = counters.start_s + SAME_INSTANT_S;
        let mut second = Second::new(counters);
        // A kill between the two files leaves intervals without their counters: they are lost with the second.
        let belongs = |interval: &Result<Interval, RecordError>| match interval {
            Ok(interval) => interval.start.as_secs_f64() < until_s,
            Err(_) => true,
        };
        while let Some(interval) = self.intervals.next_if(belongs) {
            match interval {
                Ok(interval) => second.take(interval.tag, interval.histogram),
                Err(error) => return Some(Err(error)),
            }
        }
        Some(Ok(second))
    }
}

/// The lines of `counters.jsonl`; a last one without its line break was cut by a kill and is left out.
struct CounterLines {
    path: PathBuf,
    lines: Box<dyn BufRead + Send>,
    line: Vec<u8>,
    number: u64,
}

impl Iterator for CounterLines {
    type Item = Result<Counters, RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.line.clear();
        self.number += 1;
        if let Err(error) = plain_file::read_line(&mut self.lines, &mut self.line, LINE_BYTES) {
            return Some(Err(RecordError::io("read", &self.path)(error)));
        }
        let line = self.line.strip_suffix(b"\n")?;
        let parsed: Result<Counters, _> = serde_json::from_slice(line);
        let damaged = |what: String| RecordError::malformed_line(&self.path, self.number, what);
        Some(match parsed {
            Err(error) => Err(damaged(error.to_string())),
            Ok(counters) => match counters.check() {
                Ok(()) => Ok(counters),
                Err(what) => Err(damaged(what.to_owned())),
            },
        })
    }
}

#[cfg(test)]
mod tests;
