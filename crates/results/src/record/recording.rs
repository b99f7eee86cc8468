//! The record of a run that goes on without it: a full disk takes the record away, not what was measured.

use super::totals::Second;
use super::{RecordError, RecordWriter, RunInfo, RunStatus};
use std::path::Path;

/// The record of a run that goes on when it cannot be written any more. From the first failure on no second is written, even
/// when there is room again: a record with a hole in it would pass for a whole one.
#[derive(Debug)]
pub struct Recording {
    /// `None` when not even the beginning could be written.
    writer: Option<RecordWriter>,
    lost: Option<RecordError>,
}

impl Recording {
    /// Begins a record in an empty or new directory, or loses it at once.
    pub fn begin(directory: &Path, run: &RunInfo) -> Self {
        let begun = RecordWriter::create(directory, run);
        let (writer, lost) = match begun {
            Ok(writer) => (Some(writer), None),
            Err(error) => (None, Some(error)),
        };
        Self { writer, lost }
    }

    /// Writes one second, unless the record is lost.
    pub fn write_second(&mut self, second: &Second) {
        if let (Some(writer), None) = (&mut self.writer, &self.lost) {
            self.lost = writer.write_second(second).err();
        }
    }

    /// Closes the record with what the run came to. A record that was lost is incomplete, and `run` says why from then on; so
    /// does the record itself, as far as it can still be written.
    pub fn close(self, run: &mut RunInfo) {
        let kept = || self.writer.as_ref().map_or(Ok(()), RecordWriter::check_kept);
        mark(run, self.lost.or_else(|| kept().err()));
        let closed = self.writer.map_or(Ok(()), |writer| writer.write_run(run));
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

    #[test]
    #[cfg(target_os = "linux")]
    fn a_disk_that_was_full_for_a_moment_leaves_no_hole_that_passes_for_a_whole() {
        for full in [LATENCY, COUNTERS] {
            let folder = tempfile::tempdir().unwrap();
            let out = folder.path().join("run");
            let mut recording = begun(&out);
            let room = recording.writer.as_mut().unwrap().fill_the_disk(full);
            recording.write_second(&second(2, 2.0, &[300]));
            recording.writer.as_mut().unwrap().make_room(full, room);
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
}
