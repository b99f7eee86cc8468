//! The lines of a log, as they come.

use futures_util::AsyncBufRead;
use futures_util::io::AsyncBufReadExt as _;
use proofload_results::record::stream::MOST_LINE_BYTES;
use std::io;
use std::pin::Pin;

/// The lines of a log. One that is longer than any of ours is cut, so that a program that never breaks its lines fills no memory.
pub(crate) struct Lines {
    log: Pin<Box<dyn AsyncBufRead + Send>>,
}

impl Lines {
    pub(super) fn of(log: impl AsyncBufRead + Send + 'static) -> Self {
        Self { log: Box::pin(log) }
    }

    /// The next line without its break; none when the log is over. What is left of a line that never ended is none.
    pub(crate) async fn next(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        loop {
            let buffer = self.log.fill_buf().await?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let (taken, is_whole) = match buffer.iter().position(|byte| *byte == b'\n') {
                Some(end) => (end, true),
                None => (buffer.len(), false),
            };
            let room = (MOST_LINE_BYTES + 1).saturating_sub(line.len());
            line.extend_from_slice(&buffer[..taken.min(room)]);
            self.log.consume_unpin(taken + usize::from(is_whole));
            if is_whole {
                return Ok(Some(String::from_utf8_lossy(&line).into_owned()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::io::{BufReader, Cursor};

    #[tokio::test]
    async fn lines_are_whole_and_bounded() {
        let mut text = b"one\n\xff\n".to_vec();
        text.extend(std::iter::repeat_n(b'x', 3 * MOST_LINE_BYTES));
        text.extend(b"\nlast\ncut off");
        let mut lines = Lines::of(BufReader::new(Cursor::new(text)));
        assert_eq!(lines.next().await.unwrap().as_deref(), Some("one"));
        assert_eq!(lines.next().await.unwrap().as_deref(), Some("\u{fffd}"));
        assert_eq!(lines.next().await.unwrap().unwrap().len(), MOST_LINE_BYTES + 1);
        assert_eq!(lines.next().await.unwrap().as_deref(), Some("last"));
        assert_eq!(lines.next().await.unwrap(), None);
    }
}
