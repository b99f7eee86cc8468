//! Records and streams that are read from disk, or while they still grow, and handed to a collector.

use super::collector::{CollectError, Collector};
use crate::record::merge_error::MergeError;
use crate::record::stream::MOST_LINE_BYTES;
use crate::record::{RecordError, RecordReader, RecordWriter, RunStatus, Seconds};
use crate::watched::Look;
use proofload_contract::plain_file;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

/// A followed stream whose run has begun and that has not grown for so long is lost: there is a line every second.
pub const SILENCE: Duration = Duration::from_secs(15);
/// Lines of a pipe that wait to be merged.
const AHEAD: usize = 1024;
/// Lines that are taken of one stream before it is the next one's turn.
const AT_ONCE: usize = 256;
/// Why a record that is on disk ends before its run did.
const NEVER_CLOSED: &str = "it was never closed: its run was killed, or still goes on";

/// Records and streams that are handed to a collector.
pub struct Feed {
    parts: Vec<Part>,
}

struct Part {
    name: PathBuf,
    from: From,
    /// When it grew last.
    grew: Instant,
}

enum From {
    Directory(Box<RecordReader>, Option<Box<Seconds>>),
    File(Lines),
    Pipe(Receiver<io::Result<Vec<u8>>>),
}

/// The lines of a file that may still grow.
struct Lines {
    file: BufReader<std::fs::File>,
    line: Vec<u8>,
}

/// What there is of a part now.
enum Next {
    Line(Vec<u8>),
    /// Nothing yet, and nothing more unless it grows.
    Nothing,
    /// Nothing ever.
    Over,
}

impl Feed {
    /// Opens run directories and streams; `-` is the stream on stdin.
    ///
    /// # Errors
    /// One cannot be read.
    pub fn open(paths: &[PathBuf]) -> Result<Self, RecordError> {
        let parts = paths.iter().map(|path| {
            let from = if path.as_os_str() == "-" {
                From::Pipe(piped())
            } else if path.is_file() {
                let file = plain_file::open(path).map_err(RecordError::io("read", path))?;
                From::File(Lines {
                    file: BufReader::new(file),
                    line: Vec::new(),
                })
            } else {
                From::Directory(Box::new(RecordReader::open(path)?), None)
            };
            Ok(Part::new(path.clone(), from))
        });
        Ok(Self {
            parts: parts.collect::<Result<_, RecordError>>()?,
        })
    }

    /// Takes run directories that are open.
    pub fn of(mut records: Vec<RecordReader>) -> Self {
        records.sort_by_key(|record| record.run.started_unix_ns);
        let parts = records.into_iter().map(|record| {
            let name = record.name().to_owned();
            Part::new(name, From::Directory(Box::new(record), None))
        });
        Self { parts: parts.collect() }
    }

    /// A collector of all of them that writes to `out`. Directories that do not go together or are not whole are refused before
    /// anything is written.
    ///
    /// # Errors
    /// They are; or something stands in `out`.
    pub fn collector(&mut self, out: &Path) -> Result<Collector, MergeError> {
        if self.parts.is_empty() {
            return Err(MergeError::Nothing);
        }
        let names = || self.parts.iter().map(|part| part.name.clone());
        let mut probe = Collector::new(names(), None);
        for (source, part) in self.parts.iter().enumerate() {
            if let From::Directory(record, _) = &part.from {
                probe.begin(source, record.run.clone())?;
            }
        }
        for record in self.directories() {
            record.totals()?;
        }
        RecordWriter::check(out)?;
        let mut collector = Collector::new(names(), Some(out));
        for (source, part) in self.parts.iter_mut().enumerate() {
            if let From::Directory(record, seconds) = &mut part.from {
                *seconds = Some(Box::new(record.seconds()?));
                collector.begin(source, record.run.clone())?;
            }
        }
        Ok(collector)
    }

    fn directories(&self) -> impl Iterator<Item = &RecordReader> {
        self.parts.iter().filter_map(|part| match &part.from {
            From::Directory(record, _) => Some(record.as_ref()),
            From::File(_) | From::Pipe(_) => None,
        })
    }

    /// Hands all of it over, as it stands: of many, always the one that is furthest behind.
    ///
    /// # Errors
    /// One cannot be read, or is not a part of the same load.
    pub fn read(&mut self, collector: &mut Collector) -> Result<(), MergeError> {
        while let Some(source) = collector.slowest() {
            match self.parts[source].next(true)? {
                Some(next) => hand_over(source, next, collector)?,
                None => self.directory_on(source, collector)?,
            }
        }
        Ok(())
    }

    /// Hands over what there is by now, and whether there was anything. What does not grow any more is lost.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn follow(&mut self, collector: &mut Collector, now: Instant) -> Result<bool, MergeError> {
        let mut any = false;
        for source in 0..self.parts.len() {
            for _ in 0..AT_ONCE {
                if !collector.is_open(source) {
                    break;
                }
                let next = match self.parts[source].next(false)? {
                    Some(Next::Nothing) => break,
                    Some(next) => next,
                    None => {
                        self.directory_on(source, collector)?;
                        any = true;
                        continue;
                    }
                };
                any = true;
                self.parts[source].grew = now;
                hand_over(source, next, collector)?;
            }
            let silent = now.saturating_duration_since(self.parts[source].grew);
            if collector.has_begun(source) && silent > SILENCE {
                collector.cut(source, &format!("nothing came of it for {} s", SILENCE.as_secs()));
            }
        }
        Ok(any)
    }

    fn directory_on(&mut self, source: usize, collector: &mut Collector) -> Result<(), MergeError> {
        let From::Directory(record, Some(seconds)) = &mut self.parts[source].from else {
            return Ok(());
        };
        match seconds.next() {
            Some(second) => collector.second(source, second?),
            None if record.run.status == RunStatus::Running => collector.cut(source, NEVER_CLOSED),
            None => collector.end(source, None),
        }
        Ok(())
    }

    /// When each run began that is in a directory, and what was read off the machines under test in it. Streams hold none.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn looks(&self) -> Result<Vec<(u64, Vec<Look>)>, RecordError> {
        let looks = self.directories();
        looks
            .map(|record| Ok((record.run.started_unix_ns, record.looks()?)))
            .collect()
    }
}

fn hand_over(source: usize, next: Next, collector: &mut Collector) -> Result<(), MergeError> {
    match next {
        Next::Line(bytes) => match collector.push(source, &String::from_utf8_lossy(&bytes)) {
            // It counts as cut from here on, and the others go on.
            Ok(_) | Err(CollectError::Stream(_)) => Ok(()),
            Err(CollectError::Merge(error)) => Err(error),
        },
        Next::Nothing | Next::Over => {
            collector.close(source);
            Ok(())
        }
    }
}

impl Part {
    fn new(name: PathBuf, from: From) -> Self {
        Self {
            name,
            from,
            grew: Instant::now(),
        }
    }

    /// What comes next of a stream; none of a directory.
    fn next(&mut self, patient: bool) -> Result<Option<Next>, RecordError> {
        match &mut self.from {
            From::Directory(..) => Ok(None),
            From::File(lines) => {
                let next = lines.next().map_err(RecordError::io("read", &self.name))?;
                Ok(Some(next.map_or(Next::Nothing, Next::Line)))
            }
            From::Pipe(lines) => {
                let line = if patient {
                    lines.recv().map_err(|_| TryRecvError::Disconnected)
                } else {
                    lines.try_recv()
                };
                Ok(Some(match line {
                    Ok(line) => Next::Line(line.map_err(RecordError::io("read", &self.name))?),
                    Err(TryRecvError::Empty) => Next::Nothing,
                    Err(TryRecvError::Disconnected) => Next::Over,
                }))
            }
        }
    }
}

impl Lines {
    /// The next line that is whole; none where it is still to be written.
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        read_line(&mut self.file, &mut self.line)?;
        let is_whole = self.line.ends_with(b"\n") || self.line.len() > MOST_LINE_BYTES;
        Ok(is_whole.then(|| std::mem::take(&mut self.line)))
    }
}

/// Reads on in a line; one that is too long is given as far as it was read, and refused as too long by whoever takes it.
fn read_line(lines: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<usize> {
    let left = (MOST_LINE_BYTES + 1).saturating_sub(line.len());
    io::Read::take(lines, left as u64).read_until(b'\n', line)
}

/// The lines of stdin, read by a thread of their own: it may say nothing for a while.
fn piped() -> Receiver<io::Result<Vec<u8>>> {
    let (sender, receiver) = sync_channel(AHEAD);
    std::thread::spawn(move || {
        let mut lines = BufReader::new(io::stdin());
        loop {
            let mut line = Vec::new();
            let sent = match read_line(&mut lines, &mut line) {
                Ok(0) => return,
                Ok(_) => sender.send(Ok(line)),
                Err(error) => sender.send(Err(error)),
            };
            if sent.is_err() {
                return;
            }
        }
    });
    receiver
}
