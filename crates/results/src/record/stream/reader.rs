//! The stream, read line by line.

use super::line::{Encoded, HEAD, Line, Numbered, Wait};
use super::{MOST_LINE_BYTES, StreamError};
use crate::hash::hex;
use crate::record::hlog::{self, HistogramTag};
use crate::record::{Counters, RUN_SCHEMA, RunInfo, Second};
use hdrhistogram::serialization::Deserializer;
use sha2::{Digest as _, Sha256};

/// Histograms of one second that are kept until its counters come, in bytes.
const MOST_LATENCY_BYTES: usize = 8 * MOST_LINE_BYTES;

/// What a line said.
#[derive(Debug)]
pub enum Event {
    /// Ready, and waiting.
    Wait(Wait),
    /// The run begins.
    Run(Box<RunInfo>),
    /// A second is over.
    Second(Box<StreamedSecond>),
    /// The run is over, and all of its record is there.
    End(Box<RunInfo>),
}

/// One second of a stream. Its histograms stay packed until somebody asks for them: unpacked each takes some 160 kB.
#[derive(Debug)]
pub struct StreamedSecond {
    /// What happened.
    pub counters: Counters,
    latencies: Encoded,
    n: u64,
}

impl StreamedSecond {
    /// The second with its histograms.
    ///
    /// # Errors
    /// One of them is damaged.
    pub fn unpack(self) -> Result<Second, StreamError> {
        let mut second = Second::new(self.counters);
        let mut deserializer = Deserializer::new();
        for (tag, text) in &self.latencies {
            // Those of a later version are left out, as in a log.
            let Ok(tag) = tag.parse::<HistogramTag>() else { continue };
            let histogram = hlog::decode(text, &mut deserializer);
            let histogram = histogram.map_err(|what| StreamError::Damaged { n: self.n, what })?;
            second.take(tag, histogram);
        }
        Ok(second)
    }
}

/// Whether a line of a log is one of a stream.
pub fn is_ours(line: &str) -> bool {
    line.starts_with(HEAD)
}

/// Reads a stream, and makes sure that it is whole.
#[derive(Debug, Default)]
pub struct StreamReader {
    lines: u64,
    seconds: u64,
    hash: Sha256,
    place: Place,
    latencies: Encoded,
    latency_bytes: usize,
}

/// How far a stream has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Before,
    Within,
    Over,
}

impl StreamReader {
    /// A stream of which nothing was read yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next line, without its line break. None of a line that is not of the stream, and of one that has the first part of a
    /// second only.
    ///
    /// # Errors
    /// A line is missing, came twice or out of order, was damaged or is too long; or the end does not fit what came. Nothing more is to be
    /// taken from this stream then.
    pub fn push(&mut self, line: &str) -> Result<Option<Event>, StreamError> {
        let text = line.strip_suffix('\n').unwrap_or(line);
        let text = text.strip_suffix('\r').unwrap_or(text);
        if !is_ours(text) {
            return Ok(None);
        }
        if text.len() >= MOST_LINE_BYTES {
            return Err(StreamError::TooLong(self.lines));
        }
        self.check_number(text)?;
        let read: Result<Numbered, _> = serde_json::from_str(text);
        let Numbered { n, line } = read.map_err(|error| self.damaged(&error.to_string()))?;
        self.check_place(n, &line)?;
        let event = self.event(n, line)?;
        self.lines += 1;
        self.hash.update(text.as_bytes());
        self.hash.update(b"\n");
        Ok(event)
    }

    /// Says that no line will come any more.
    ///
    /// # Errors
    /// The last one was not there yet.
    pub fn close(&self) -> Result<(), StreamError> {
        match self.place {
            Place::Over => Ok(()),
            _ if self.lines == 0 => Err(StreamError::Nothing),
            _ => Err(StreamError::Cut(self.lines)),
        }
    }

    /// Whether the last line was read.
    pub fn is_over(&self) -> bool {
        self.place == Place::Over
    }

    /// How many lines were read.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// The number comes first: of a line that was cut it may be all there is.
    fn check_number(&self, text: &str) -> Result<(), StreamError> {
        let digits = text[HEAD.len()..].split(|c: char| !c.is_ascii_digit()).next();
        let found = digits.and_then(|digits| digits.parse::<u64>().ok());
        let found = found.ok_or_else(|| self.damaged("it has no number"))?;
        let expected = self.lines;
        if found == expected {
            Ok(())
        } else if found > expected {
            Err(StreamError::Missing { expected, found })
        } else if found + 1 == expected {
            Err(StreamError::Doubled(found))
        } else {
            Err(StreamError::OutOfOrder { expected, found })
        }
    }

    fn check_place(&mut self, n: u64, line: &Line) -> Result<(), StreamError> {
        self.place = match (self.place, line) {
            (Place::Before, Line::Wait(_)) => Place::Before,
            (Place::Before, Line::Run { .. }) | (Place::Within, Line::Latencies { .. } | Line::Second { .. }) => {
                Place::Within
            }
            (Place::Within, Line::End { .. }) => Place::Over,
            _ => return Err(StreamError::Misplaced { n, kind: line.kind() }),
        };
        Ok(())
    }

    fn event(&mut self, n: u64, line: Line) -> Result<Option<Event>, StreamError> {
        Ok(Some(match line {
            Line::Wait(wait) => Event::Wait(wait),
            Line::Run { run } => {
                check_schema(&run)?;
                Event::Run(run)
            }
            Line::Latencies { latencies } => {
                self.keep(latencies)?;
                return Ok(None);
            }
            Line::Second { counters, latencies } => {
                counters.check().map_err(|what| self.damaged(what))?;
                self.keep(latencies)?;
                self.seconds += 1;
                self.latency_bytes = 0;
                Event::Second(Box::new(StreamedSecond {
                    counters: *counters,
                    latencies: std::mem::take(&mut self.latencies),
                    n,
                }))
            }
            Line::End {
                lines,
                seconds,
                sha256,
                run,
            } => {
                for (what, told, there) in [("lines", lines, self.lines), ("seconds", seconds, self.seconds)] {
                    if told != there {
                        return Err(StreamError::Counts { what, told, there });
                    }
                }
                if sha256 != hex(&self.hash.clone().finalize()) {
                    return Err(StreamError::Changed);
                }
                check_schema(&run)?;
                Event::End(run)
            }
        }))
    }

    fn keep(&mut self, more: Encoded) -> Result<(), StreamError> {
        let bytes = more.iter().map(|(tag, text)| tag.len() + text.len());
        self.latency_bytes += bytes.sum::<usize>();
        if self.latency_bytes > MOST_LATENCY_BYTES {
            return Err(self.damaged("it has more latencies than a second can have"));
        }
        self.latencies.extend(more);
        Ok(())
    }

    fn damaged(&self, what: &str) -> StreamError {
        StreamError::Damaged {
            n: self.lines,
            what: crate::text::line(what),
        }
    }
}

fn check_schema(run: &RunInfo) -> Result<(), StreamError> {
    if run.schema == RUN_SCHEMA {
        return Ok(());
    }
    Err(StreamError::OtherVersion {
        schema: crate::text::line(&run.schema),
        version: crate::text::line(&run.version),
    })
}
