//! A stream that several parts of a run write to.

use super::{StreamWriter, Wait};
use crate::record::{RecordError, RunInfo, Second};
use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

type Out = Box<dyn Write + Send>;

/// A stream that several parts of a run write to, one after the other; clones write to the same.
#[derive(Clone)]
pub struct RecordStream(Arc<Mutex<StreamWriter<Out>>>);

impl RecordStream {
    /// A stream that goes to `out`.
    pub fn new(out: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(StreamWriter::new(Box::new(out)))))
    }

    /// Says that the shard is ready and waits.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn wait(&self, wait: &Wait) -> Result<(), RecordError> {
        self.write(|writer| writer.wait(wait))
    }

    pub(in crate::record) fn run(&self, run: &RunInfo) -> Result<(), RecordError> {
        self.write(|writer| writer.run(run))
    }

    pub(in crate::record) fn second(&self, second: &Second) -> Result<(), RecordError> {
        self.write(|writer| writer.second(second))
    }

    pub(in crate::record) fn end(&self, run: &RunInfo) -> Result<(), RecordError> {
        self.write(|writer| writer.end(run))
    }

    fn write(&self, what: impl FnOnce(&mut StreamWriter<Out>) -> io::Result<()>) -> Result<(), RecordError> {
        let mut writer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        what(&mut writer).map_err(RecordError::io("write", Path::new("the stream of the record")))
    }
}

impl fmt::Debug for RecordStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecordStream")
    }
}
