//! One connection of one virtual user.

use super::MAX_KEPT_BYTES;
use super::addresses::Addresses;
use super::body_seen::BodySeen;
use super::date_field::DateField;
use super::error::WireError;
use super::http2::Http2;
use super::response::ResponseReader;
use super::version::HttpVersion;
use proofload_deployment::Proxy;
use std::cell::RefCell;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;

/// Bytes read at a time, into a buffer that all connections of a thread share.
const SCRATCH_BYTES: usize = 64 * 1024;

thread_local! {
    static SCRATCH: RefCell<Box<[u8]>> = RefCell::new(vec![0; SCRATCH_BYTES].into_boxed_slice());
}

/// Makes connections to one target.
#[derive(Clone)]
pub(crate) struct Connector {
    /// Where the target was found, or its proxy.
    pub(crate) addresses: Arc<Addresses>,
    /// What is asked of the proxy at these addresses, for `https` through one.
    pub(crate) tunnel: Option<Tunnel>,
    /// TLS and the name to check, for `https`.
    pub(crate) tls: Option<(TlsConnector, ServerName<'static>)>,
    /// A body longer than this is an error.
    pub(crate) body_limit: u64,
    /// Whether a connection carries more than one request.
    pub(crate) keep_alive: bool,
}

/// A connection through a proxy to a host and port.
#[derive(Debug, Clone)]
pub(crate) struct Tunnel {
    pub(crate) proxy: Arc<Proxy>,
    pub(crate) host: String,
    pub(crate) port: u16,
}

/// What a virtual user needs to know of an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The HTTP version that it came in.
    pub(crate) version: HttpVersion,
    /// What was seen of its body.
    pub(crate) body: BodySeen,
}

/// A connection, made when first needed and again whenever it was lost.
pub(crate) struct Connection {
    connector: Connector,
    /// Whose it is: users are spread over addresses.
    user: u64,
    /// The place of the address that it goes to.
    place: Option<usize>,
    stream: Option<Stream>,
    /// When the last exchange had made it; `None` where it needed not.
    made_at: Option<std::time::Instant>,
    /// Whether the last exchange was lost on a connection that had carried others, before any byte of its answer came.
    lost_in_reuse: bool,
    timer: Pin<Box<tokio::time::Sleep>>,
    /// The last body that was asked for; its room is used again.
    body: Vec<u8>,
    /// The server's clock in that answer.
    date: DateField,
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    Http2(Box<Http2>),
}

impl Connection {
    /// A connection that is not made yet.
    pub(crate) fn new(connector: Connector, user: u64) -> Self {
        Self {
            connector,
            user,
            place: None,
            stream: None,
            made_at: None,
            lost_in_reuse: false,
            timer: Box::pin(tokio::time::sleep(Duration::ZERO)),
            body: Vec::new(),
            date: DateField::NONE,
        }
    }

    /// Sends `head` and `tail` as one request and reads the whole answer, connecting first where needed.
    ///
    /// # Errors
    /// There was no whole answer before `deadline`. The connection is given up then.
    pub(crate) async fn exchange(
        &mut self,
        head: &[u8],
        tail: &[u8],
        deadline: Instant,
        keep_body: bool,
    ) -> Result<Answer, WireError> {
        let mut kept = self.stream.take();
        if let Some(stream) = &mut kept
            && !stream.is_quiet().await
        {
            kept = None;
        }
        self.lost_in_reuse = false;
        let reused = kept.is_some();
        let mut stream = match kept {
            Some(stream) => stream,
            // Boxed, because a handshake's state is several KB, and it would be part of every idle user for good.
            None => Box::pin(self.connect(deadline)).await?,
        };
        let kept = keep_body.then(|| {
            self.body.clear();
            std::mem::take(&mut self.body)
        });
        if let Stream::Http2(http2) = &mut stream {
            let limit = self.connector.body_limit;
            let exchange = Box::pin(http2.exchange(head, tail, limit, kept));
            let answer = tokio::time::timeout_at(deadline, exchange)
                .await
                .unwrap_or(Err(WireError::Timeout))?;
            self.stream = self.connector.keep_alive.then_some(stream);
            self.body = answer.body;
            self.date = answer.date;
            return Ok(Answer {
                status: answer.status,
                version: HttpVersion::Http2,
                body: answer.seen,
            });
        }
        let mut exchange = Exchange {
            head,
            tail,
            written: 0,
            flushed: false,
            write_error: None,
            reader: ResponseReader::new(self.connector.body_limit, kept),
        };
        let timer = &mut self.timer;
        let done = poll_fn(|cx| {
            if let Poll::Ready(done) = exchange.poll(&mut stream, cx) {
                return Poll::Ready(done);
            }
            expired(timer, deadline, cx).map(|()| Err(WireError::Timeout))
        });
        let done = done.await;
        self.lost_in_reuse = reused && matches!(done, Err(WireError::Lost(_))) && !exchange.reader.began();
        done?;
        let reader = exchange.reader;
        if reader.reusable() && exchange.flushed && self.connector.keep_alive {
            self.stream = Some(stream);
        }
        let (status, version, body) = (reader.status(), reader.version(), reader.seen());
        if keep_body {
            self.date = reader.date();
            self.body = reader.into_body();
        }
        Ok(Answer { status, version, body })
    }

    /// The body of the last answer whose body was asked for, cut at 64 KB.
    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    /// Forgets the body that was asked for, and the room that it took: one that is rarely asked for is not worth it.
    pub(crate) fn forget_body(&mut self) {
        self.body = Vec::new();
    }

    /// Whether there may have been more of the body than was kept.
    pub(crate) fn body_was_cut(&self) -> bool {
        self.body.len() >= MAX_KEPT_BYTES
    }

    /// The server's clock in the last answer whose body was asked for, by its `Date`.
    pub(crate) fn date(&self) -> Option<SystemTime> {
        self.date.read()
    }

    /// When it was made, if that was for the last exchange: the request itself was only sent then. Told once.
    pub(crate) fn newly_made(&mut self) -> Option<std::time::Instant> {
        self.made_at.take()
    }

    /// The place of the address that it went to last; none where none took it.
    pub(crate) fn place(&self) -> Option<usize> {
        self.place
    }

    /// Whether the last exchange was lost on a connection that had carried others, before any byte of its answer came: the
    /// server may have closed it for being idle, just when the request was on its way.
    pub(crate) fn lost_in_reuse(&self) -> bool {
        self.lost_in_reuse
    }

    /// Gives the connection up; the next exchange makes a new one.
    pub(crate) fn close(&mut self) {
        self.stream = None;
    }

    async fn connect(&mut self, deadline: Instant) -> Result<Stream, WireError> {
        self.place = None;
        let connecting = tokio::time::timeout_at(deadline, self.connector.connect(self.user));
        let (place, stream) = connecting.await.unwrap_or(Err(WireError::Timeout))?;
        self.place = Some(place);
        self.made_at = Some(std::time::Instant::now());
        Ok(stream)
    }
}

impl Connector {
    /// A connection for a user, and the place of its address.
    async fn connect(&self, user: u64) -> Result<(usize, Stream), WireError> {
        let (place, mut tcp) = self.addresses.connect(user).await.map_err(WireError::Connect)?;
        tcp.set_nodelay(true).map_err(WireError::Connect)?;
        if let Some(Tunnel { proxy, host, port }) = &self.tunnel {
            proxy.tunnel(&mut tcp, host, *port).await.map_err(WireError::Connect)?;
        }
        match &self.tls {
            None => Ok((place, Stream::Plain(tcp))),
            Some((tls, name)) => {
                let stream = tls.connect(name.clone(), tcp).await.map_err(WireError::Tls)?;
                if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                    return Ok((place, Stream::Http2(Box::new(Http2::handshake(stream).await?))));
                }
                Ok((place, Stream::Tls(Box::new(stream))))
            }
        }
    }
}

/// Ready when `deadline` is over. The timer is only set anew when it fires, not for every request:
/// a deadline later than the one it is set to costs nothing.
fn expired(timer: &mut Pin<Box<tokio::time::Sleep>>, deadline: Instant, cx: &mut Context<'_>) -> Poll<()> {
    if timer.deadline() > deadline {
        timer.as_mut().reset(deadline);
    }
    while timer.as_mut().poll(cx).is_ready() {
        if Instant::now() >= deadline {
            return Poll::Ready(());
        }
        timer.as_mut().reset(deadline);
    }
    Poll::Pending
}

struct Exchange<'a> {
    head: &'a [u8],
    tail: &'a [u8],
    written: usize,
    flushed: bool,
    write_error: Option<io::Error>,
    reader: ResponseReader,
}

impl Exchange<'_> {
    fn poll(&mut self, stream: &mut Stream, cx: &mut Context<'_>) -> Poll<Result<(), WireError>> {
        // A server may answer and close before it has read all (413, say): reading goes on when writing cannot.
        if self.write_error.is_none()
            && let Poll::Ready(Err(error)) = self.poll_write(stream, cx)
        {
            self.write_error = Some(error);
        }
        loop {
            let read = SCRATCH.with_borrow_mut(|scratch| {
                let mut buffer = ReadBuf::new(scratch);
                match stream.poll_read(cx, &mut buffer) {
                    Poll::Pending => Poll::Pending,
                    Poll::Ready(Err(error)) => Poll::Ready(self.lost(error)),
                    Poll::Ready(Ok(())) if buffer.filled().is_empty() => {
                        let closed = io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed it");
                        Poll::Ready(self.lost(closed))
                    }
                    Poll::Ready(Ok(())) => Poll::Ready(self.reader.feed(buffer.filled())),
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
            let slices = [IoSlice::new(head), IoSlice::new(tail)];
            let slices = if head.is_empty() { &slices[1..] } else { &slices[..] };
            match stream.poll_write_vectored(cx, slices) {
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

    /// The connection ended: completes a body that lasts until then, and is an error otherwise.
    fn lost(&mut self, error: io::Error) -> Result<bool, WireError> {
        if self.reader.closed() {
            return Ok(true);
        }
        Err(WireError::Lost(
            self.write_error
                .take()
                .filter(|_| !self.reader.began())
                .unwrap_or(error),
        ))
    }
}

impl Stream {
    /// Whether nothing came since the last answer: neither the end of the connection nor bytes nobody asked for.
    async fn is_quiet(&mut self) -> bool {
        if let Self::Http2(http2) = self {
            return http2.is_open();
        }
        poll_fn(|cx| {
            let quiet = SCRATCH.with_borrow_mut(|scratch| {
                let mut buffer = ReadBuf::new(scratch);
                self.poll_read(cx, &mut buffer).is_pending()
            });
            Poll::Ready(quiet)
        })
        .await
    }

    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_read(cx, buffer),
            Self::Http2(_) => Poll::Ready(Err(not_bytes())),
        }
    }

    fn poll_write_vectored(&mut self, cx: &mut Context<'_>, slices: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        match self {
            Self::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_write_vectored(cx, slices),
            Self::Http2(_) => Poll::Ready(Err(not_bytes())),
        }
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Plain(_) | Self::Http2(_) => Poll::Ready(Ok(())),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(cx),
        }
    }
}

/// HTTP/2 connections carry frames; nobody reads or writes bytes on them directly.
fn not_bytes() -> io::Error {
    io::ErrorKind::Unsupported.into()
}
