//! Connections on which nothing goes on are closed, as every server closes them: those that never say anything too.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// A connection on which no request is served may say nothing for so long.
const IDLE: Duration = Duration::from_secs(120);

/// The requests of a connection that are being served.
#[derive(Debug, Clone, Default)]
pub(super) struct Serving(Arc<AtomicUsize>);

impl Serving {
    /// One more, until what it returns is dropped.
    pub(super) fn one(&self) -> Served {
        self.0.fetch_add(1, Ordering::Relaxed);
        Served(self.0.clone())
    }
}

/// A request that is being served.
pub(super) struct Served(Arc<AtomicUsize>);

impl Drop for Served {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A stream that ends when nothing came for [`IDLE`] and nothing is being served.
pub(super) struct Idle<S> {
    stream: S,
    serving: Serving,
    /// How long nothing may come.
    patience: Duration,
    heard: Instant,
    timer: Pin<Box<Sleep>>,
}

impl<S> Idle<S> {
    /// `patience`: how long nothing may come, where that is another time than [`IDLE`].
    pub(super) fn new(stream: S, serving: Serving, patience: Option<Duration>) -> Self {
        let patience = patience.unwrap_or(IDLE);
        Self {
            stream,
            serving,
            patience,
            heard: Instant::now(),
            timer: Box::pin(tokio::time::sleep(patience)),
        }
    }

    /// Whether it is over. The timer is only set anew when it fires.
    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        while self.timer.as_mut().poll(cx).is_ready() {
            if self.serving.0.load(Ordering::Relaxed) > 0 {
                self.heard = Instant::now();
            }
            let until = self.heard + self.patience;
            if until <= Instant::now() {
                return true;
            }
            self.timer.as_mut().reset(until);
        }
        false
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Idle<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_read(cx, buffer) {
            Poll::Pending if self.is_over(cx) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
            ready @ Poll::Ready(_) => {
                self.heard = Instant::now();
                ready
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Idle<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    #[tokio::test]
    async fn a_silent_connection_ends_and_one_that_serves_does_not() {
        let patience = Duration::from_millis(40);
        let (mut client, server) = tokio::io::duplex(64);
        let serving = Serving::default();
        let mut idle = Idle::new(server, serving.clone(), Some(patience));
        client.write_all(b"x").await.unwrap();
        assert_eq!(idle.read_u8().await.unwrap(), b'x');
        let busy = serving.one();
        let waiting = tokio::time::timeout(patience * 5, idle.read_u8()).await;
        assert!(waiting.is_err(), "it waits for its answer");
        drop(busy);
        let silent = tokio::time::timeout(Duration::from_secs(10), idle.read_u8()).await;
        assert_eq!(silent.unwrap().unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
