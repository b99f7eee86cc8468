//! The interval log: latency histograms as every `HdrHistogram` tool reads them.

use super::RecordError;
use crate::files::LINE_BYTES;
use crate::load::Phase;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};
use hdrhistogram::serialization::{Deserializer, Serializer, V2DeflateSerializer};
use proofload_contract::plain_file;
use std::fmt;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// Which latency: from due or from sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LatencyKind {
    /// From due to the last body byte.
    Response,
    /// From sent to the last body byte.
    Service,
    /// From due to sent while a virtual user was free: the generator's own lateness.
    Lag,
    /// As [`Self::Response`], of those calls alone that the generator delayed: it was late, or stood still.
    Delayed,
    /// What the same calls would have taken at best, had it not.
    AtBest,
    /// A part of a call; two significant digits.
    Part(Phase),
}

/// Whether the calls succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallOutcome {
    /// They did.
    Ok,
    /// They failed or timed out.
    Error,
}

/// `<operation>.<response|service>.<ok|error>`, `<operation>.<delayed|at-best>.ok`, `<operation>.<part>.ok` with a part of
/// [`Phase`]; the generator's own lateness is
/// `generator.lag.ok`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HistogramTag {
    /// The `operationId`.
    pub operation: String,
    /// Which latency.
    pub kind: LatencyKind,
    /// Of which calls.
    pub outcome: CallOutcome,
}

impl HistogramTag {
    /// The tag of an operation's successes.
    pub fn succeeded(operation: &str, kind: LatencyKind) -> Self {
        Self {
            operation: operation.to_owned(),
            kind,
            outcome: CallOutcome::Ok,
        }
    }

    /// The tag of the generator's own lateness.
    pub fn lag() -> Self {
        Self {
            operation: "generator".to_owned(),
            kind: LatencyKind::Lag,
            outcome: CallOutcome::Ok,
        }
    }
}

impl fmt::Display for HistogramTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            LatencyKind::Response => "response",
            LatencyKind::Service => "service",
            LatencyKind::Lag => "lag",
            LatencyKind::Delayed => "delayed",
            LatencyKind::AtBest => "at-best",
            LatencyKind::Part(phase) => phase.word(),
        };
        let outcome = match self.outcome {
            CallOutcome::Ok => "ok",
            CallOutcome::Error => "error",
        };
        write!(f, "{}.{kind}.{outcome}", self.operation)
    }
}

impl FromStr for HistogramTag {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.rsplitn(3, '.');
        let outcome = match parts.next() {
            Some("ok") => CallOutcome::Ok,
            Some("error") => CallOutcome::Error,
            _ => return Err(()),
        };
        let kind = match parts.next() {
            Some("response") => LatencyKind::Response,
            Some("service") => LatencyKind::Service,
            Some("lag") => LatencyKind::Lag,
            Some("delayed") => LatencyKind::Delayed,
            Some("at-best") => LatencyKind::AtBest,
            Some(word) => LatencyKind::Part(Phase::named(word).ok_or(())?),
            None => return Err(()),
        };
        let operation = parts.next().filter(|name| !name.is_empty()).ok_or(())?.to_owned();
        Ok(Self {
            operation,
            kind,
            outcome,
        })
    }
}

/// One interval of the log.
#[derive(Debug, Clone)]
pub struct Interval {
    /// Whose latencies.
    pub tag: HistogramTag,
    /// Since the start of the run.
    pub start: Duration,
    /// How long it is.
    pub length: Duration,
    /// The latencies, in microseconds.
    pub histogram: Histogram<u64>,
}

/// Writes the head of a log whose intervals count from `base`, a Unix time.
pub(super) fn write_head(out: &mut impl Write, base: Duration) -> io::Result<()> {
    let seconds = base.as_secs_f64();
    writeln!(out, "#[Logged with proofload; latencies in microseconds]")?;
    writeln!(out, "#[Histogram log format version 1.3]")?;
    writeln!(out, "#[StartTime: {seconds:.3} (seconds since epoch)]")?;
    writeln!(out, "#[BaseTime: {seconds:.3} (seconds since epoch)]")?;
    writeln!(
        out,
        "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\""
    )
}

/// Writes one interval as a line.
pub(super) fn write_interval(out: &mut impl Write, interval: &Interval, scratch: &mut Vec<u8>) -> io::Result<()> {
    let encoded = encode(&interval.histogram, scratch)?;
    writeln!(
        out,
        "Tag={},{:.3},{:.3},{}.000,{encoded}",
        interval.tag,
        interval.start.as_secs_f64(),
        interval.length.as_secs_f64(),
        interval.histogram.max(),
    )
}

/// A histogram as text: the V2 format, deflated, in base64.
pub(super) fn encode(histogram: &Histogram<u64>, scratch: &mut Vec<u8>) -> io::Result<String> {
    scratch.clear();
    V2DeflateSerializer::new()
        .serialize(histogram, scratch)
        .map_err(|error| io::Error::other(error.to_string()))?;
    Ok(STANDARD.encode(scratch))
}

/// The histogram that [`encode`] made a text of.
///
/// # Errors
/// It is none: the end of a sentence.
pub(super) fn decode(text: &str, deserializer: &mut Deserializer) -> Result<Histogram<u64>, String> {
    let encoded = STANDARD.decode(text).map_err(|error| error.to_string())?;
    let histogram = deserializer.deserialize(&mut encoded.as_slice());
    histogram.map_err(|error| error.to_string())
}

/// The intervals of a log, one after the other; the log is never in memory as a whole. A last line without its line
/// break was cut by a kill and is left out, and so are intervals whose tag is none of ours.
pub struct Intervals {
    path: PathBuf,
    lines: Box<dyn BufRead + Send>,
    line: Vec<u8>,
    number: u64,
    deserializer: Deserializer,
    wanted: fn(&HistogramTag) -> bool,
}

impl Intervals {
    /// Opens a log.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn open(path: &Path) -> Result<Self, RecordError> {
        let file = plain_file::open(path).map_err(RecordError::io("read", path))?;
        Ok(Self::read(path, Box::new(BufReader::new(file))))
    }

    /// Reads the lines of a log that is open.
    pub(super) fn read(path: &Path, lines: Box<dyn BufRead + Send>) -> Self {
        Self {
            path: path.to_owned(),
            lines,
            line: Vec::new(),
            number: 0,
            deserializer: Deserializer::new(),
            wanted: |_| true,
        }
    }

    /// Only those whose tag is wanted: the others are not even decoded, which is most of the work.
    #[must_use]
    pub fn only(self, wanted: fn(&HistogramTag) -> bool) -> Self {
        Self { wanted, ..self }
    }

    /// Reads one line; `None` at the end of the file and for a line that was cut.
    fn read_line(&mut self) -> Result<Option<()>, RecordError> {
        self.line.clear();
        self.number += 1;
        let read = plain_file::read_line(&mut self.lines, &mut self.line, LINE_BYTES);
        read.map_err(RecordError::io("read", &self.path))?;
        Ok(self.line.ends_with(b"\n").then_some(()))
    }

    /// The interval on the line that was read, if there is one of ours.
    fn parse(&mut self) -> Result<Option<Interval>, String> {
        // Comments and the legend are no entries.
        let entry = IntervalLogIterator::new(&self.line).next().transpose();
        let entry = entry.map_err(|_| "it is not a line of an interval log".to_owned())?;
        let Some(LogEntry::Interval(interval)) = entry else {
            return Ok(None);
        };
        let Some(Ok(tag)) = interval.tag().map(|tag| tag.as_str().parse::<HistogramTag>()) else {
            return Ok(None);
        };
        if !(self.wanted)(&tag) {
            return Ok(None);
        }
        let histogram = decode(interval.encoded_histogram(), &mut self.deserializer)?;
        Ok(Some(Interval {
            tag,
            start: interval.start_timestamp(),
            length: interval.duration(),
            histogram,
        }))
    }
}

impl Iterator for Intervals {
    type Item = Result<Interval, RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.read_line() {
                Err(error) => return Some(Err(error)),
                Ok(None) => return None,
                Ok(Some(())) => {}
            }
            match self.parse() {
                Ok(None) => {}
                Ok(Some(interval)) => return Some(Ok(interval)),
                Err(why) => return Some(Err(RecordError::malformed_line(&self.path, self.number, why))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::latency_histogram;
    use super::*;
    use crate::files::LATENCY;

    #[test]
    fn tags_read_as_they_are_written() {
        for text in ["publish.response.ok", "renewToken.service.error", "generator.lag.ok"] {
            assert_eq!(text.parse::<HistogramTag>().unwrap().to_string(), text);
        }
        for text in [
            "publish",
            "publish.response",
            ".response.ok",
            "publish.other.ok",
            "publish.response.bad",
        ] {
            assert!(text.parse::<HistogramTag>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_log_reads_as_it_was_written_and_a_cut_line_is_left_out() {
        let mut histogram = latency_histogram();
        for value in [1, 250, 1_000_000, 600_000_000] {
            histogram.record(value).unwrap();
        }
        let interval = Interval {
            tag: "publish.response.ok".parse().unwrap(),
            start: Duration::from_secs(3),
            length: Duration::from_millis(1001),
            histogram,
        };
        let mut log = Vec::new();
        write_head(&mut log, Duration::from_secs(1_700_000_000)).unwrap();
        write_interval(&mut log, &interval, &mut Vec::new()).unwrap();
        let whole = log.clone();
        write_interval(&mut log, &interval, &mut Vec::new()).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(LATENCY);
        for cut in [whole.len(), whole.len() + 5, log.len() - 1] {
            std::fs::write(&path, &log[..cut]).unwrap();
            let intervals: Result<Vec<_>, _> = Intervals::open(&path).unwrap().collect();
            let intervals = intervals.unwrap();
            assert_eq!(intervals.len(), 1, "cut at {cut}");
            assert_eq!(intervals[0].histogram, interval.histogram);
            assert_eq!(intervals[0].tag, interval.tag);
            assert_eq!(
                (intervals[0].start, intervals[0].length),
                (interval.start, interval.length)
            );
        }
    }

    #[test]
    fn a_line_that_is_none_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(LATENCY);
        for wrong in ["Tag=publish.response.ok,0.000,1.000,1.000,AAAA\n", "Tag=publish,now\n"] {
            std::fs::write(&path, format!("#a comment\n{wrong}")).unwrap();
            let error = Intervals::open(&path).unwrap().next().unwrap().unwrap_err().to_string();
            assert!(error.contains("line 2"), "{error}");
        }
    }
}
