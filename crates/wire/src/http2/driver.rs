//! Carries bytes between a connection and its session: everything that calls left to be sent goes out with one write, and whatever
//! came wakes those that it is for.

use super::frame::FrameReader;
use super::link::Link;
use super::session::Session;
use crate::scratch::with_scratch;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Reads and writes in a row at most: others have their turn, too.
const TURNS: usize = 16;

/// Carries bytes between a connection and its session until the connection is over.
pub(super) struct Driver<S> {
    stream: S,
    link: Arc<Link>,
    reader: FrameReader,
    flushed: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Driver<S> {
    pub(super) fn new(stream: S, link: Arc<Link>) -> Self {
        Self {
            stream,
            link,
            reader: FrameReader::default(),
            flushed: true,
        }
    }

    /// Writes what there is; ready when nothing is left.
    fn write(&mut self, session: &mut Session, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !session.to_write().is_empty() {
            let written = Pin::new(&mut self.stream).poll_write(cx, session.to_write());
            match written {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(count)) => session.written(count),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
            }
            self.flushed = false;
        }
        if self.flushed {
            return Poll::Ready(Ok(()));
        }
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.flushed = flushed.is_ready();
        flushed
    }

    /// Reads what there is and takes it in; ready with whether the connection goes on.
    fn read(&mut self, session: &mut Session, cx: &mut Context<'_>) -> Poll<bool> {
        with_scratch(|scratch| {
            let mut buffer = ReadBuf::new(scratch);
            match Pin::new(&mut self.stream).poll_read(cx, &mut buffer) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Err(error)) => session.lose(error),
                Poll::Ready(Ok(())) if buffer.filled().is_empty() => {
                    session.lose(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed it"));
                }
                Poll::Ready(Ok(())) => {
                    session.hear();
                    let mut input = buffer.filled();
                    loop {
                        match self.reader.next(&mut input) {
                            Ok(None) => return Poll::Ready(true),
                            Ok(Some(piece)) => {
                                if let Err(fault) = session.take(piece) {
                                    session.give_up(fault);
                                    break;
                                }
                            }
                            Err(fault) => {
                                session.give_up(fault);
                                break;
                            }
                        }
                    }
                }
            }
            Poll::Ready(false)
        })
    }

    fn drive(&mut self, session: &mut Session, cx: &mut Context<'_>) -> Poll<()> {
        session.driven(cx);
        for _ in 0..TURNS {
            let mut blocked = false;
            match self.write(session, cx) {
                Poll::Pending => blocked = true,
                Poll::Ready(Ok(())) => {}
                // A server may answer and close before it has read all: what it said is still to be read.
                Poll::Ready(Err(error)) => {
                    while self.read(session, cx) == Poll::Ready(true) {}
                    session.lose(error);
                    return Poll::Ready(());
                }
            }
            match self.read(session, cx) {
                Poll::Ready(true) => {}
                Poll::Ready(false) => {
                    // Why it was given up is said, as far as the server listens.
                    let _ = self.write(session, cx);
                    return Poll::Ready(());
                }
                Poll::Pending if !blocked && !session.to_write().is_empty() => {}
                Poll::Pending if session.is_over() => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Future for Driver<S> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let link = self.link.clone();
        let mut session = link.session.lock();
        self.drive(&mut session, cx)
    }
}

/// A runtime that ends drops what it drives: whoever still waits has to hear of it.
impl<S> Drop for Driver<S> {
    fn drop(&mut self) {
        let mut session = self.link.session.lock();
        session.abandon();
    }
}
