//! The stream, written as its run goes.

use super::line::{Encoded, Line, Numbered, Wait};
use super::{MOST_LINE_BYTES, PIPE_LINE_BYTES};
use crate::hash::hex;
use crate::record::hlog;
use crate::record::{RunInfo, Second};
use sha2::{Digest as _, Sha256};
use std::io::{self, Write};

/// Writes a record as a stream. Each line is one write, handed on at once.
#[derive(Debug)]
pub struct StreamWriter<W> {
    out: W,
    lines: u64,
    seconds: u64,
    hash: Sha256,
    scratch: Vec<u8>,
}

impl<W: Write> StreamWriter<W> {
    /// A stream that has not begun.
    pub fn new(out: W) -> Self {
        Self {
            out,
            lines: 0,
            seconds: 0,
            hash: Sha256::new(),
            scratch: Vec::new(),
        }
    }

    /// Says that the shard is ready and waits.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn wait(&mut self, wait: &Wait) -> io::Result<()> {
        self.write(Line::Wait(wait.clone()))
    }

    /// Says what runs.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn run(&mut self, run: &RunInfo) -> io::Result<()> {
        let run = Box::new(run.clone());
        self.write(Line::Run { run })
    }

    /// Writes one second.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn second(&mut self, second: &Second) -> io::Result<()> {
        let mut latencies = Encoded::new();
        // What the counters take of the line is not known before it is written: a third of it is left to them.
        let (mut bytes, most) = (0, PIPE_LINE_BYTES * 2 / 3);
        for (tag, histogram) in second.histograms.iter().filter(|(_, histogram)| !histogram.is_empty()) {
            let (tag, encoded) = (tag.to_string(), hlog::encode(histogram, &mut self.scratch)?);
            let more = tag.len() + encoded.len() + "\"\":\"\",".len();
            if bytes + more > most && !latencies.is_empty() {
                bytes = 0;
                let latencies = std::mem::take(&mut latencies);
                self.write(Line::Latencies { latencies })?;
            }
            bytes += more;
            latencies.insert(tag, encoded);
        }
        let counters = Box::new(second.counters.clone());
        self.write(Line::Second { counters, latencies })?;
        self.seconds += 1;
        Ok(())
    }

    /// Writes the last line: what came of the run, and what proves that all of it is there.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn end(&mut self, run: &RunInfo) -> io::Result<()> {
        self.write(Line::End {
            lines: self.lines,
            seconds: self.seconds,
            sha256: hex(&self.hash.clone().finalize()),
            run: Box::new(run.clone()),
        })
    }

    fn write(&mut self, line: Line) -> io::Result<()> {
        let mut text = serde_json::to_vec(&Numbered { n: self.lines, line })?;
        text.push(b'\n');
        if text.len() > MOST_LINE_BYTES {
            return Err(io::Error::other("a line of the stream would be too long to be read"));
        }
        self.hash.update(&text);
        self.lines += 1;
        self.out.write_all(&text)?;
        self.out.flush()
    }
}
