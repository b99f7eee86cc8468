//! The record of a run that goes on without it: a full disk takes the record away, not what was measured.

use super::second::Second;
use super::stream::RecordStream;
use super::{RecordError, RecordWriter, RunInfo, RunStatus};
use std::path::Path;

/// The record of a run that goes on when it cannot be written any more. From the first failure on no second is written, even
/// when there is room again: a record with a hole in it would pass for a whole one.
#[derive(Debug)]
pub struct Recording {
    /// `None` when not even the beginning could be written.
    place: Option<Place>,
    lost: Option<RecordError>,
}

/// Where a record goes.
#[derive(Debug)]
enum Place {
    Directory(RecordWriter),
    Stream(RecordStream),
}

impl Recording {
    /// Begins a record in an empty or new directory, or loses it at once.
    pub fn begin(directory: &Path, run: &RunInfo) -> Self {
        Self::begun(RecordWriter::create(directory, run).map(Place::Directory))
    }

    /// Begins a record that goes line by line to a stream, or loses it at once.
    pub fn stream(stream: RecordStream, run: &RunInfo) -> Self {
        Self::begun(stream.run(run).map(|()| Place::Stream(stream)))
    }

    fn begun(begun: Result<Place, RecordError>) -> Self {
        let (place, lost) = match begun {
            Ok(place) => (Some(place), None),
            Err(error) => (None, Some(error)),
        };
        Self { place, lost }
    }

    /// Writes one second, unless the record is lost.
    pub fn write_second(&mut self, second: &Second) {
        if self.lost.is_some() {
            return;
        }
        self.lost = match &mut self.place {
            Some(Place::Directory(writer)) => writer.write_second(second).err(),
            Some(Place::Stream(stream)) => stream.second(second).err(),
            None => None,
        };
    }

    /// Closes the record with what the run came to. A record that was lost is incomplete, and `run` says why from then on; so
    /// does the record itself, as far as it can still be written; a stream that was lost has no last line.
    pub fn close(self, run: &mut RunInfo) {
        let is_lost = self.lost.is_some();
        let kept = match &self.place {
            Some(Place::Directory(writer)) if !is_lost => writer.check_kept().err(),
            _ => None,
        };
        mark(run, self.lost.or(kept));
        let closed = match self.place {
            Some(Place::Directory(writer)) => writer.write_run(run),
            Some(Place::Stream(stream)) if !is_lost => stream.end(run),
            Some(Place::Stream(_)) | None => Ok(()),
        };
        if run.lost.is_none() {
            mark(run, closed.err());
        }
    }
}

fn mark(run: &mut RunInfo, lost: Option<RecordError>) {
    if let Some(error) = lost {
        run.status = RunStatus::Incomplete;
        run.lost = Some(error.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::super::RecordReader;
    use super::super::examples::{run, second};
    use super::*;
    use crate::files::{COUNTERS, LATENCY, RUN};
    use std::fs;

    fn begun(directory: &Path) -> Recording {
        let mut recording = Recording::begin(directory, &run(0));
        recording.write_second(&second(0, 0.0, &[100]));
        recording.write_second(&second(1, 1.0, &[200]));
        recording
    }

    #[test]
    fn what_can_be_written_is_a_record_like_any() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("run");
        let mut info = run(0);
        info.status = RunStatus::Complete;
        begun(&out).close(&mut info);
        assert_eq!(info.lost, None);
        let record = RecordReader::open(&out).unwrap();
        assert_eq!((record.run.status, record.run.lost), (RunStatus::Complete, None));
    }

    #[test]
    fn what_was_removed_or_replaced_meanwhile_is_lost_and_says_so() {
        type Meddle = fn(&Path);
        let cases: [(&str, Meddle, &str); 4] = [
            ("removed", |out| fs::remove_dir_all(out).unwrap(), LATENCY),
            (
                "made anew",
                |out| {
                    fs::remove_dir_all(out).unwrap();
                    fs::create_dir(out).unwrap();
                },
                LATENCY,
            ),
            (
                "replaced by a file",
                |out| {
                    fs::remove_dir_all(out).unwrap();
                    fs::write(out, "").unwrap();
                },
                LATENCY,
            ),
            ("cut", |out| fs::write(out.join(COUNTERS), "").unwrap(), COUNTERS),
        ];
        for (what, meddle, named) in cases {
            let folder = tempfile::tempdir().unwrap();
            let out = folder.path().join("run");
            let recording = begun(&out);
            meddle(&out);
            let mut info = run(0);
            info.status = RunStatus::Complete;
            recording.close(&mut info);
            assert_eq!(info.status, RunStatus::Incomplete, "{what}");
            let why = info.lost.expect(what);
            assert!(why.contains(named), "{what}: {why}");
        }
    }

    /// A directory in the place of `run.json.new` keeps it from being written, for root too.
    #[test]
    fn a_run_that_cannot_be_closed_stays_one_that_was_never_closed() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("run");
        let recording = begun(&out);
        fs::create_dir(out.join(format!("{RUN}.new"))).unwrap();
        let mut info = run(0);
        info.status = RunStatus::Complete;
        recording.close(&mut info);
        assert!(info.lost.is_some_and(|why| why.contains(RUN)));
        let record = RecordReader::open(&out).unwrap();
        assert_eq!(record.run.status, RunStatus::Running);
        assert_eq!(record.totals().unwrap().arrivals.done, 2);
    }

    #[cfg(target_os = "linux")]
    fn writer(recording: &mut Recording) -> &mut RecordWriter {
        match &mut recording.place {
            Some(Place::Directory(writer)) => writer,
            _ => panic!("it goes to a directory"),
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_disk_that_was_full_for_a_moment_leaves_no_hole_that_passes_for_a_whole() {
        for full in [LATENCY, COUNTERS] {
            let folder = tempfile::tempdir().unwrap();
            let out = folder.path().join("run");
            let mut recording = begun(&out);
            let room = writer(&mut recording).fill_the_disk(full);
            recording.write_second(&second(2, 2.0, &[300]));
            writer(&mut recording).make_room(full, room);
            recording.write_second(&second(3, 3.0, &[400]));
            let mut info = run(0);
            info.status = RunStatus::Complete;
            recording.close(&mut info);
            let why = info.lost.expect("it is lost");
            assert!(why.contains(full) && why.contains("No space left"), "{why}");
            let record = RecordReader::open(&out).unwrap();
            assert_eq!(
                (record.run.status, record.run.lost.as_deref()),
                (RunStatus::Incomplete, Some(why.as_str()))
            );
            let seconds: Vec<u64> = record
                .seconds()
                .unwrap()
                .map(|second| second.unwrap().counters.second)
                .collect();
            assert_eq!(seconds, [0, 1], "{full}");
        }
    }

    #[test]
    fn a_record_that_cannot_be_begun_is_lost_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let mut recording = Recording::begin(&file.join("run"), &run(0));
        recording.write_second(&second(0, 0.0, &[100]));
        let mut info = run(0);
        recording.close(&mut info);
        assert!(info.lost.is_some());
    }

    /// A pipe that takes so many lines and then breaks.
    struct Pipe(usize);

    impl std::io::Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 = self.0.checked_sub(1).ok_or(std::io::ErrorKind::BrokenPipe)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_stream_that_nobody_reads_any_more_is_lost_and_has_no_last_line() {
        for (lines, is_lost) in [(0, true), (2, true), (3, true), (4, false)] {
            let mut recording = Recording::stream(RecordStream::new(Pipe(lines)), &run(0));
            recording.write_second(&second(0, 0.0, &[100]));
            recording.write_second(&second(1, 1.0, &[100]));
            let mut info = run(0);
            info.status = RunStatus::Complete;
            recording.close(&mut info);
            assert_eq!(info.lost.is_some(), is_lost, "{lines} lines: {:?}", info.lost);
        }
    }
}
