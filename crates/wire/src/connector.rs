//! Makes connections to one target.

use super::addresses::Addresses;
use super::error::{WireError, used_up};
use super::http2::{self, Link};
use super::scratch::with_scratch;
use super::sharing::Sharing;
use proofload_deployment::Proxy;
use socket2::SockRef;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Instant;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant as Deadline;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;

/// Makes connections to one target.
#[derive(Clone)]
pub struct Connector {
    /// Where the target was found, or its proxy.
    pub addresses: Arc<Addresses>,
    /// The proxy that is found there, where there is one.
    pub proxy: Option<Arc<Proxy>>,
    /// What it is asked for, for `https` through it.
    pub tunnel: Option<Tunnel>,
    /// TLS and the name to check, for `https`.
    pub tls: Option<(TlsConnector, ServerName<'static>)>,
    /// How HTTP/2 is used, where it was asked for.
    pub http2: Option<Arc<Sharing>>,
    /// A body longer than this is an error.
    pub body_limit: u64,
    /// Whether a connection carries more than one request.
    pub keep_alive: bool,
}

/// The host and port that a proxy connects to.
#[derive(Debug, Clone)]
pub struct Tunnel {
    /// The host.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// How far a connection came: told where it comes to nothing, too.
#[derive(Debug, Clone, Default)]
pub(super) struct Progress {
    /// The place of the address that took it.
    pub(super) place: Option<usize>,
    /// When there was a connection to begin TLS on.
    pub(super) tcp_at: Option<Instant>,
    /// Whether HTTP/2 is being agreed on, and nothing but the server's settings is waited for; whoever else waits for the same
    /// connection looks at it, too.
    pub(super) agreeing: Arc<AtomicBool>,
}

/// A connection.
#[derive(Debug)]
pub(super) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<Tcp>>),
    Http2(Arc<Link>),
}

/// A connection below TLS, which hands over lists of pieces: one piece is sent for less than a list of one.
#[derive(Debug)]
pub(super) struct Tcp(TcpStream);

impl AsyncRead for Tcp {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Tcp {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, piece: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, piece)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match pieces {
            [piece] => Pin::new(&mut self.0).poll_write(cx, piece),
            pieces => poll_send(&self.0, cx, pieces),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// Sends pieces as a message, which is cheaper than writing them to what may be any file.
fn poll_send(tcp: &TcpStream, cx: &mut Context<'_>, pieces: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
    loop {
        ready!(tcp.poll_write_ready(cx))?;
        match tcp.try_io(Interest::WRITABLE, || SockRef::from(tcp).send_vectored(pieces)) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            sent => return Poll::Ready(sent),
        }
    }
}

impl Connector {
    /// The same, for calls that share nothing with the others.
    #[must_use]
    pub fn apart(mut self) -> Self {
        self.http2 = self.http2.map(|_| Sharing::new(1));
        self
    }

    /// A connection for a user, or for a group of them, made before `deadline`; `progress` learns how far it came.
    pub(super) async fn connect(
        &self,
        user: u64,
        deadline: Deadline,
        progress: &mut Progress,
    ) -> Result<Stream, WireError> {
        let connecting = self.connect_at_leisure(user, deadline, progress);
        match tokio::time::timeout_at(deadline, connecting).await {
            Ok(connected) => connected,
            Err(_) => Err(self.not_in_time(progress)),
        }
    }

    async fn connect_at_leisure(
        &self,
        user: u64,
        deadline: Deadline,
        progress: &mut Progress,
    ) -> Result<Stream, WireError> {
        let tcp = self.reach(user, deadline, progress).await?;
        let place = progress.place.unwrap_or_default();
        let Some((tls, name)) = &self.tls else {
            let Some(sharing) = self.http2.as_deref().filter(|sharing| sharing.tries_clear_text()) else {
                return Ok(Stream::Plain(tcp));
            };
            progress.agreeing.store(true, Ordering::Relaxed);
            let agreed = http2::agree(tcp, place, sharing.terms()).await;
            progress.agreeing.store(false, Ordering::Relaxed);
            return match agreed {
                Ok(link) => Ok(Stream::Http2(link)),
                Err(no) if no.is_unknown && sharing.decline() => {
                    Ok(Stream::Plain(self.reach(user, deadline, progress).await?))
                }
                Err(no) => Err(no.why),
            };
        };
        let stream = tls.connect(name.clone(), Tcp(tcp)).await.map_err(WireError::Tls)?;
        match &self.http2 {
            Some(sharing) if stream.get_ref().1.alpn_protocol() == Some(b"h2") => {
                progress.agreeing.store(true, Ordering::Relaxed);
                let agreed = http2::agree(stream, place, sharing.terms()).await;
                progress.agreeing.store(false, Ordering::Relaxed);
                Ok(Stream::Http2(agreed.map_err(|no| no.why)?))
            }
            _ => Ok(Stream::Tls(Box::new(stream))),
        }
    }

    /// Makes a connection to begin TLS on, or to send requests over in clear text.
    async fn reach(&self, user: u64, deadline: Deadline, progress: &mut Progress) -> Result<TcpStream, WireError> {
        (progress.place, progress.tcp_at) = (None, None);
        let connected = self.addresses.connect(user, deadline).await;
        let (place, mut tcp) = connected.map_err(|error| self.not_connected(error))?;
        progress.place = Some(place);
        tcp.set_nodelay(true).map_err(WireError::Connect)?;
        if let (Some(proxy), Some(Tunnel { host, port })) = (&self.proxy, &self.tunnel) {
            let tunnel = proxy.tunnel(&mut tcp, host, *port).await;
            tunnel.map_err(|error| WireError::proxy(proxy, &error))?;
        }
        progress.tcp_at = Some(Instant::now());
        Ok(tcp)
    }

    /// Why no connection could be made: what this machine has used up, its proxy, or the target.
    fn not_connected(&self, error: io::Error) -> WireError {
        match &self.proxy {
            Some(proxy) if used_up(&error).is_none() => WireError::proxy(proxy, &error),
            _ if error.kind() == io::ErrorKind::TimedOut => WireError::NotInTime("no connection came about"),
            _ => WireError::Connect(error),
        }
    }

    /// What a connection had not come to when its time was up.
    fn not_in_time(&self, progress: &Progress) -> WireError {
        match (&self.proxy, progress.tcp_at) {
            _ if progress.agreeing.load(Ordering::Relaxed) => self.not_agreed(),
            (Some(proxy), None) => WireError::proxy(proxy, &io::ErrorKind::TimedOut.into()),
            (_, Some(_)) if self.tls.is_some() => WireError::NotInTime("the TLS handshake did not end"),
            _ => WireError::NotInTime("no connection came about"),
        }
    }

    /// The server's HTTP/2 settings did not come.
    pub(super) fn not_agreed(&self) -> WireError {
        WireError::Held(if self.tls.is_some() {
            "the server agreed on HTTP/2 (ALPN) and did not send its settings within the time-out: leave --http2 out"
        } else {
            "the server took the connection and did not send HTTP/2 settings within the time-out: where it does not speak HTTP/2 in clear text, leave --http2 out"
        })
    }
}

impl Stream {
    /// Whether nothing came since the last answer: neither the end of the connection nor bytes nobody asked for.
    pub(super) async fn is_quiet(&mut self) -> bool {
        poll_fn(|cx| {
            if let Self::Tls(stream) = self
                && is_empty(stream)
                && stream.get_ref().0.0.poll_read_ready(cx).is_pending()
            {
                return Poll::Ready(true);
            }
            let quiet = with_scratch(|scratch| {
                let mut buffer = ReadBuf::new(scratch);
                self.poll_read(cx, &mut buffer).is_pending()
            });
            Poll::Ready(quiet)
        })
        .await
    }

    pub(super) fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_read(cx, buffer),
            Self::Http2(_) => Poll::Ready(Err(not_bytes())),
        }
    }

    pub(super) fn poll_write(&mut self, cx: &mut Context<'_>, piece: &[u8]) -> Poll<io::Result<usize>> {
        match self {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, piece),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_write(cx, piece),
            Self::Http2(_) => Poll::Ready(Err(not_bytes())),
        }
    }

    pub(super) fn poll_write_vectored(
        &mut self,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self {
            Self::Plain(stream) => poll_send(stream, cx, slices),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_write_vectored(cx, slices),
            Self::Http2(_) => Poll::Ready(Err(not_bytes())),
        }
    }

    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Plain(_) | Self::Http2(_) => Poll::Ready(Ok(())),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(cx),
        }
    }
}

/// Whether TLS holds nothing that could be read. What the network has is another matter.
fn is_empty(stream: &mut TlsStream<Tcp>) -> bool {
    let state = stream.get_mut().1.process_new_packets();
    state.is_ok_and(|state| state.plaintext_bytes_to_read() == 0 && !state.peer_has_closed())
}

/// HTTP/2 connections carry frames; nobody reads or writes bytes on them directly.
fn not_bytes() -> io::Error {
    io::ErrorKind::Unsupported.into()
}
