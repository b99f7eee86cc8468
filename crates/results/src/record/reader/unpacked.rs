//! A stream as a run directory: unpacked for as long as somebody reads it.

use crate::record::stream::{Event, MOST_LINE_BYTES, StreamError, StreamReader};
use crate::record::{RecordError, RecordWriter};
use proofload_contract::plain_file;
use std::io::{self, BufRead, BufReader, ErrorKind};
use std::path::Path;
use tempfile::TempDir;

/// Whether a path names a stream and not a directory; `-` is the one on stdin.
pub(super) fn is_stream(path: &Path) -> bool {
    path.as_os_str() == "-" || path.is_file()
}

/// Unpacks a stream. One that was cut is like a run that was killed: what came before is there, and the record was never closed.
pub(super) fn unpack(path: &Path) -> Result<TempDir, RecordError> {
    let lines: Box<dyn BufRead> = if path.as_os_str() == "-" {
        Box::new(BufReader::new(io::stdin()))
    } else {
        let file = plain_file::open(path).map_err(RecordError::io("read", path))?;
        Box::new(BufReader::new(file))
    };
    unpack_lines(path, lines)
}

fn unpack_lines(path: &Path, mut lines: Box<dyn BufRead>) -> Result<TempDir, RecordError> {
    let wrong = |error: StreamError| RecordError::Stream {
        path: path.to_owned(),
        error,
    };
    let io = |error| RecordError::io("unpack", path)(error);
    let place = tempfile::tempdir().map_err(io)?;
    let directory = place.path().join("run");
    let (mut reader, mut writer, mut line) = (StreamReader::new(), None, Vec::new());
    loop {
        line.clear();
        match plain_file::read_line(&mut lines, &mut line, MOST_LINE_BYTES as u64) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::FileTooLarge => {
                return Err(wrong(StreamError::TooLong(reader.lines())));
            }
            Err(error) => return Err(RecordError::io("read", path)(error)),
        }
        // A last line without its end was cut.
        if !line.ends_with(b"\n") {
            break;
        }
        let event = reader.push(&String::from_utf8_lossy(&line)).map_err(wrong)?;
        match (event, &mut writer) {
            (Some(Event::Run(run)), _) => writer = Some(RecordWriter::create(&directory, &run)?),
            (Some(Event::Second(second)), Some(writer)) => writer.write_second(&second.unpack().map_err(wrong)?)?,
            (Some(Event::End(run)), Some(writer)) => writer.write_run(&run)?,
            _ => {}
        }
    }
    match (reader.close(), writer) {
        (Ok(()), _) | (Err(StreamError::Cut(_)), Some(_)) => Ok(place),
        (Err(error), _) => Err(wrong(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::examples::{run, second};
    use crate::record::stream::StreamWriter;
    use crate::record::{RecordReader, RunStatus};
    use std::fs;

    #[test]
    fn a_stream_is_read_like_a_directory_and_a_cut_one_like_that_of_a_killed_run() {
        let folder = tempfile::tempdir().unwrap();
        let mut text = Vec::new();
        let mut writer = StreamWriter::new(&mut text);
        writer.run(&run(0)).unwrap();
        writer.second(&second(0, 0.0, &[100])).unwrap();
        writer.second(&second(1, 1.0, &[200])).unwrap();
        let mut ended = run(0);
        ended.status = RunStatus::Complete;
        writer.end(&ended).unwrap();
        let path = folder.path().join("run.jsonl");
        let last = text[..text.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap();
        for (bytes, status, seconds) in [
            (&text[..], RunStatus::Complete, 2),
            (&text[..=last], RunStatus::Running, 2),
            (&text[..last - 5], RunStatus::Running, 1),
        ] {
            fs::write(&path, bytes).unwrap();
            let record = RecordReader::open(&path).unwrap();
            assert_eq!((record.run.status, record.name()), (status, path.as_path()));
            assert_eq!(record.clone().seconds().unwrap().count(), seconds);
        }
        for (text, words) in [
            ("<html>\n", "holds no record: no line in it"),
            ("{\"n\":0,\"kind\":\"other\"}\n", "line 0 of its stream is damaged"),
            ("{\"n\":3}\n", "line 0 of its stream is missing: 3 follows nothing"),
        ] {
            fs::write(&path, text).unwrap();
            let said = RecordReader::open(&path).unwrap_err().to_string();
            assert!(said.contains(words) && said.contains("run.jsonl"), "{said}");
        }
        fs::write(&path, "x".repeat(MOST_LINE_BYTES + 10)).unwrap();
        assert!(
            RecordReader::open(&path)
                .unwrap_err()
                .to_string()
                .contains("longer than")
        );
    }
}
