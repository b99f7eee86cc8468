//! The run directory, written as its run goes.

use super::hlog::{self, Interval};
use super::second::Second;
use super::{RecordError, RunInfo};
use crate::files::{COUNTERS, LATENCY, RUN};
use crate::whole::write_json;
use std::fs::{self, File};
use std::io::{BufWriter, Seek as _, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Writes a record as its run goes.
#[derive(Debug)]
pub struct RecordWriter {
    directory: PathBuf,
    latency: BufWriter<File>,
    counters: BufWriter<File>,
    scratch: Vec<u8>,
}

impl RecordWriter {
    /// Refuses a directory that holds something; creates nothing.
    ///
    /// # Errors
    /// The directory is not empty, or no directory.
    pub fn check(directory: &Path) -> Result<(), RecordError> {
        match fs::read_dir(directory) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(RecordError::io("use the run directory", directory)(error)),
            Ok(mut entries) => match entries.next() {
                Some(_) => Err(RecordError::NotEmpty(directory.to_owned())),
                None => Ok(()),
            },
        }
    }

    /// Begins a record in an empty or new directory.
    ///
    /// # Errors
    /// The directory is not empty, or cannot be written.
    pub fn create(directory: &Path, run: &RunInfo) -> Result<Self, RecordError> {
        Self::check(directory)?;
        fs::create_dir_all(directory).map_err(RecordError::io("create the run directory", directory))?;
        let file = |name: &str| {
            let path = directory.join(name);
            File::create_new(&path)
                .map(BufWriter::new)
                .map_err(RecordError::io("create", &path))
        };
        let mut writer = Self {
            directory: directory.to_owned(),
            latency: file(LATENCY)?,
            counters: file(COUNTERS)?,
            scratch: Vec::new(),
        };
        hlog::write_head(&mut writer.latency, Duration::from_nanos(run.started_unix_ns))
            .and_then(|()| writer.latency.flush())
            .map_err(RecordError::io("write", &directory.join(LATENCY)))?;
        writer.write_run(run)?;
        Ok(writer)
    }

    /// Where it is.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Writes one second and hands it to the operating system.
    ///
    /// # Errors
    /// The files cannot be written.
    pub fn write_second(&mut self, second: &Second) -> Result<(), RecordError> {
        self.write_intervals(second)
            .map_err(RecordError::io("write", &self.directory.join(LATENCY)))?;
        serde_json::to_writer(&mut self.counters, &second.counters)
            .map_err(std::io::Error::from)
            .and_then(|()| self.counters.write_all(b"\n"))
            .and_then(|()| self.counters.flush())
            .map_err(RecordError::io("write", &self.directory.join(COUNTERS)))
    }

    fn write_intervals(&mut self, second: &Second) -> std::io::Result<()> {
        for (tag, histogram) in second.histograms.iter().filter(|(_, histogram)| !histogram.is_empty()) {
            let interval = Interval {
                tag: tag.clone(),
                start: Duration::from_secs_f64(second.counters.start_s),
                length: Duration::from_secs_f64(second.counters.length_s),
                histogram: histogram.clone(),
            };
            hlog::write_interval(&mut self.latency, &interval, &mut self.scratch)?;
        }
        self.latency.flush()
    }

    /// Writes `run.json` anew, whole or not at all.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_run(&self, run: &RunInfo) -> Result<(), RecordError> {
        write_json(&self.directory, RUN, run)
    }

    /// Whether what was written reached the disk and still stands there: a file can go on being written after somebody removed
    /// it, and some systems tell of a full disk only in the end.
    ///
    /// # Errors
    /// It does not.
    pub(super) fn check_kept(&self) -> Result<(), RecordError> {
        for (name, file) in [(LATENCY, self.latency.get_ref()), (COUNTERS, self.counters.get_ref())] {
            let path = self.directory.join(name);
            let mut file: &File = file;
            file.sync_data().map_err(RecordError::io("write", &path))?;
            let written = file.stream_position().map_err(RecordError::io("write", &path))?;
            match fs::metadata(&path) {
                Ok(there) if there.is_file() && there.len() == written => {}
                _ => return Err(RecordError::Gone(path)),
            }
        }
        Ok(())
    }
}

#[cfg(all(test, target_os = "linux"))]
impl RecordWriter {
    fn file(&mut self, name: &str) -> &mut BufWriter<File> {
        if name == LATENCY {
            &mut self.latency
        } else {
            &mut self.counters
        }
    }

    /// Lets a file have no room from now on; gives back the one that had.
    pub(super) fn fill_the_disk(&mut self, name: &str) -> BufWriter<File> {
        let full = File::options().write(true).open("/dev/full").unwrap();
        std::mem::replace(self.file(name), BufWriter::new(full))
    }

    /// Gives a file its room back.
    pub(super) fn make_room(&mut self, name: &str, room: BufWriter<File>) {
        *self.file(name) = room;
    }
}
