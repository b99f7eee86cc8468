//! The body of an answer on the wire: whole, or broken off in its middle.

use crate::variants::transport::Conveyed;
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The body of an answer.
pub(super) struct Answered {
    /// What is still to be sent.
    left: Option<Bytes>,
    /// It comes in parts of so many bytes; zero for whole.
    part: usize,
    /// Whether a part went out that the next one waits for.
    waits: bool,
    /// What the client is told that it gets; `None` where it has to see for itself.
    length: Option<u64>,
    /// Whether it breaks off.
    cut: bool,
    /// Whether there was time to write what came of it before it breaks off.
    written: bool,
}

/// An answer is lost on purpose.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lost;

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this answer is lost on purpose")
    }
}

impl std::error::Error for Lost {}

impl Answered {
    /// A body that comes whole.
    pub(super) fn whole(bytes: Bytes) -> Self {
        Self {
            length: Some(bytes.len() as u64),
            left: (!bytes.is_empty()).then_some(bytes),
            part: 0,
            waits: false,
            cut: false,
            written: false,
        }
    }

    /// A body of which the first half comes; it has to have two bytes at least.
    pub(super) fn cut(bytes: &Bytes) -> Self {
        Self {
            length: Some(bytes.len() as u64),
            left: Some(bytes.slice(..bytes.len() / 2)),
            part: 0,
            waits: false,
            cut: true,
            written: false,
        }
    }

    /// A body that comes whole, in some way.
    pub(super) fn conveyed(bytes: Bytes, how: Conveyed) -> Self {
        let length = (!how.chunked || bytes.is_empty()).then_some(bytes.len() as u64);
        Self {
            part: how.part,
            length,
            ..Self::whole(bytes)
        }
    }
}

impl Body for Answered {
    type Data = Bytes;
    type Error = Lost;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Lost>>> {
        // One part is on its way before the next.
        if std::mem::take(&mut self.waits) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        match self.left.take() {
            Some(mut bytes) => {
                if self.part > 0 && bytes.len() > self.part {
                    let rest = bytes.split_off(self.part);
                    (self.left, self.waits) = (Some(rest), true);
                }
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            // What came so far is written while nothing is ready; without that the connection would be closed before it.
            None if self.cut && !self.written => {
                self.written = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            None if self.cut => Poll::Ready(Some(Err(Lost))),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_none() && !self.cut
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
