//! One exchange over HTTP/1.1.

use super::connector::Stream;
use super::error::WireError;
use super::response::ResponseReader;
use super::scratch::with_scratch;
use std::io::{self, IoSlice};
use std::task::{Context, Poll};
use std::time::Instant;
use tokio::io::ReadBuf;

/// A request on its way, and its answer.
pub(super) struct Exchange<'a> {
    head: &'a [u8],
    tail: &'a [u8],
    written: usize,
    flushed: bool,
    write_error: Option<io::Error>,
    /// Whether the network did not take all at once.
    waited: bool,
    /// Whether the task was just told that nothing is there to be read, and is woken when something is.
    is_quiet: bool,
    /// When it had taken all, where that took more than one attempt: reading a clock for what takes no time costs more than it.
    pub(super) written_at: Option<Instant>,
    /// When the first byte of the answer came, where more came later.
    pub(super) first_byte_at: Option<Instant>,
    pub(super) reader: ResponseReader,
}

impl<'a> Exchange<'a> {
    /// A request that is to be sent; `is_quiet` says that the task which makes it was just told that nothing is there to be read.
    pub(super) fn new(head: &'a [u8], tail: &'a [u8], reader: ResponseReader, is_quiet: bool) -> Self {
        Self {
            head,
            tail,
            written: 0,
            flushed: false,
            write_error: None,
            waited: false,
            is_quiet,
            written_at: None,
            first_byte_at: None,
            reader,
        }
    }

    /// Whether the connection may carry another one.
    pub(super) fn leaves_reusable(&self) -> bool {
        self.reader.reusable() && self.flushed
    }

    /// Goes on with it.
    pub(super) fn poll(&mut self, stream: &mut Stream, cx: &mut Context<'_>) -> Poll<Result<(), WireError>> {
        // A server may answer and close before it has read all (413, say): reading goes on when writing cannot.
        if self.write_error.is_none() && !self.flushed {
            match self.poll_write(stream, cx) {
                Poll::Ready(Err(error)) => self.write_error = Some(error),
                Poll::Ready(Ok(())) if self.waited => self.written_at = Some(Instant::now()),
                // To ask again would cost as much as to be woken.
                Poll::Ready(Ok(())) if std::mem::take(&mut self.is_quiet) => return Poll::Pending,
                Poll::Ready(Ok(())) => {}
                Poll::Pending => self.waited = true,
            }
        }
        loop {
            let read = with_scratch(|scratch| {
                let mut buffer = ReadBuf::new(scratch);
                match stream.poll_read(cx, &mut buffer) {
                    Poll::Pending => Poll::Pending,
                    Poll::Ready(Err(error)) => Poll::Ready(Err(self.lost(error))),
                    Poll::Ready(Ok(())) if buffer.filled().is_empty() => Poll::Ready(self.closed()),
                    Poll::Ready(Ok(())) => {
                        let came_before = self.reader.began();
                        let fed = self.reader.feed(buffer.filled());
                        // What came whole in one piece took no time to come: no clock is read for it.
                        if !came_before && !matches!(fed, Ok(true)) {
                            self.first_byte_at = Some(Instant::now());
                        }
                        Poll::Ready(fed)
                    }
                }
            });
            match read {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(true)) => return Poll::Ready(Ok(())),
                Poll::Ready(Ok(false)) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
            }
        }
    }

    fn poll_write(&mut self, stream: &mut Stream, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.flushed {
            return Poll::Ready(Ok(()));
        }
        let total = self.head.len() + self.tail.len();
        while self.written < total {
            let head = self.head.get(self.written..).unwrap_or_default();
            let tail = &self.tail[self.written.saturating_sub(self.head.len())..];
            // One piece is sent for less than a list of pieces.
            let sent = match (head, tail) {
                (piece, []) | ([], piece) => stream.poll_write(cx, piece),
                _ => stream.poll_write_vectored(cx, &[IoSlice::new(head), IoSlice::new(tail)]),
            };
            match sent {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(count)) => self.written += count,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
            }
        }
        let flushed = stream.poll_flush(cx);
        self.flushed = matches!(flushed, Poll::Ready(Ok(())));
        flushed
    }

    /// The server closed the connection in good order: completes a body that lasts until then, and is an error otherwise.
    fn closed(&mut self) -> Result<bool, WireError> {
        if self.reader.closed() {
            return Ok(true);
        }
        Err(self.lost(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed it")))
    }

    /// The connection broke. A body that lasts until the end is not whole then (RFC 9112, section 8): without a length nobody can
    /// tell how much of it is missing, and TLS that ends without saying so may have been cut by anybody.
    fn lost(&mut self, error: io::Error) -> WireError {
        WireError::Lost(
            self.write_error
                .take()
                .filter(|_| !self.reader.began())
                .unwrap_or(error),
        )
    }
}
