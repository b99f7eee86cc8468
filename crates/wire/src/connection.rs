//! The connection of one virtual user, or its part in one that several share.

use super::body_seen::{BodySeen, MAX_KEPT_BYTES};
use super::connector::{Connector, Progress, Stream};
use super::date_field::DateField;
use super::error::WireError;
use super::http1::Exchange;
use super::http2::{Call, Http2Answer, NoAnswer, Request};
use super::response::ResponseReader;
use super::sharing::{Group, Way};
use super::version::HttpVersion;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// A call for which so many connections were made, each of which went away before it could begin, is given up.
const MOST_WAYS: u32 = 3;

/// What a virtual user needs to know of an answer.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The HTTP version that it came in.
    pub version: HttpVersion,
    /// What was seen of its body.
    pub body: BodySeen,
}

/// When the parts of an exchange over a connection of one's own ended. Over one that is shared nobody can say.
#[derive(Debug, Clone, Copy, Default)]
pub struct Marks {
    /// When there was a connection to begin TLS on; `None` where there was one before.
    pub tcp_at: Option<std::time::Instant>,
    /// When the network had taken the request; `None` where it took it at once.
    pub written_at: Option<std::time::Instant>,
    /// When the first byte of the answer came, where more came later.
    pub first_byte_at: Option<std::time::Instant>,
    /// Whether the answer came whole in one piece: its first byte with its last.
    pub came_whole: bool,
}

/// A connection, made when first needed and again whenever it was lost.
pub struct Connection {
    connector: Connector,
    /// Whose it is: users are spread over addresses.
    user: u64,
    /// The place of the address that it goes to.
    place: Option<usize>,
    stream: Option<Stream>,
    /// The users that share an HTTP/2 connection with this one, where HTTP/2 was asked for.
    group: Option<Arc<Group>>,
    /// Connections that exchanges made, until they are told.
    made: u64,
    /// When the last exchange had its connection, and its turn on it; `None` where it needed not wait.
    made_at: Option<std::time::Instant>,
    /// When the parts of the last exchange ended.
    marks: Marks,
    /// Whether the last exchange was lost on a connection that had carried others, before any byte of its answer came.
    lost_in_reuse: bool,
    /// Whether the server said that it did nothing of the last exchange.
    unprocessed: bool,
    timer: Pin<Box<tokio::time::Sleep>>,
    /// The last body that was asked for; its room is used again.
    body: Vec<u8>,
    /// The server's clock in that answer.
    date: DateField,
}

impl Connection {
    /// A connection that is not made yet.
    pub fn new(connector: Connector, user: u64) -> Self {
        Self {
            group: connector.http2.as_ref().map(|sharing| sharing.join()),
            connector,
            user,
            place: None,
            stream: None,
            made: 0,
            made_at: None,
            marks: Marks::default(),
            lost_in_reuse: false,
            unprocessed: false,
            timer: Box::pin(tokio::time::sleep(Duration::ZERO)),
            body: Vec::new(),
            date: DateField::NONE,
        }
    }

    /// Sends `head` and `tail` as one request and reads the whole answer, connecting first where needed.
    ///
    /// # Errors
    /// There was no whole answer before `deadline`. The connection is given up then.
    pub async fn exchange(
        &mut self,
        head: &[u8],
        tail: &[u8],
        deadline: Instant,
        keep_body: bool,
    ) -> Result<Answer, WireError> {
        (self.lost_in_reuse, self.unprocessed, self.marks) = (false, false, Marks::default());
        let mut own = self.stream.take();
        if let Some(stream) = &mut own
            && !stream.is_quiet().await
        {
            own = None;
        }
        let reused = own.is_some();
        let stream = match (own, self.group.clone()) {
            (Some(stream), _) => stream,
            (None, Some(group)) => {
                let request = Request {
                    head,
                    tail,
                    is_secure: self.connector.tls.is_some(),
                };
                match self.exchange_shared(&group, request, deadline, keep_body).await? {
                    Shared::Answered(answer) => return Ok(answer),
                    Shared::Declined(stream) => stream,
                }
            }
            // Boxed, because a handshake's state is several KB, and it would be part of every idle user for good.
            (None, None) => Box::pin(self.connect(deadline)).await?,
        };
        self.exchange_alone((stream, reused), (head, tail), deadline, keep_body)
            .await
    }

    /// Makes an exchange over HTTP/1.1.
    async fn exchange_alone(
        &mut self,
        (mut stream, reused): (Stream, bool),
        (head, tail): (&[u8], &[u8]),
        deadline: Instant,
        keep_body: bool,
    ) -> Result<Answer, WireError> {
        let kept = self.buffer(keep_body);
        let mut exchange = Exchange::new(head, tail, ResponseReader::new(self.connector.body_limit, kept), reused);
        let timer = &mut self.timer;
        let done = poll_fn(|cx| {
            if let Poll::Ready(done) = exchange.poll(&mut stream, cx) {
                return Poll::Ready(done);
            }
            expired(timer, deadline, cx).map(|()| Err(WireError::Timeout))
        });
        let done = done.await;
        (self.marks.written_at, self.marks.first_byte_at) = (exchange.written_at, exchange.first_byte_at);
        self.marks.came_whole = done.is_ok() && exchange.first_byte_at.is_none();
        let was_closed = matches!(&done, Err(error) if error.is_closing());
        self.lost_in_reuse = reused && was_closed && !exchange.reader.began();
        done?;
        if exchange.leaves_reusable() && self.connector.keep_alive {
            self.stream = Some(stream);
        }
        let reader = exchange.reader;
        if reader.status() == 407
            && let Some(proxy) = self.connector.proxy.as_deref()
        {
            // Nobody else answers that.
            let wants_password = io::Error::new(io::ErrorKind::PermissionDenied, proxy.wants_password());
            return Err(WireError::proxy(proxy, &wants_password));
        }
        let (status, version, body) = (reader.status(), reader.version(), reader.seen());
        if keep_body {
            self.date = reader.date();
            self.body = reader.into_body();
        }
        Ok(Answer { status, version, body })
    }

    /// Makes an exchange over the connection that a group shares.
    async fn exchange_shared(
        &mut self,
        group: &Arc<Group>,
        request: Request<'_>,
        deadline: Instant,
        keep_body: bool,
    ) -> Result<Shared, WireError> {
        let mut kept = self.buffer(keep_body);
        for _ in 0..MOST_WAYS {
            let link = match group.open() {
                Some(link) => link,
                None => match Box::pin(self.reach(group, deadline)).await? {
                    Way::Http2(link) => link,
                    Way::Http1(stream) => {
                        self.body = kept.unwrap_or_default();
                        return Ok(Shared::Declined(stream));
                    }
                },
            };
            self.place = Some(link.place);
            self.made += u64::from(link.is_new());
            let mut call = Call::new(link, self.connector.body_limit, kept);
            match self.make(&mut call, &request, deadline).await {
                Ok(answer) => {
                    if !self.connector.keep_alive {
                        group.leave();
                    }
                    if keep_body {
                        (self.body, self.date) = (answer.body, answer.date);
                    }
                    return Ok(Shared::Answered(Answer {
                        status: answer.status,
                        version: HttpVersion::Http2,
                        body: answer.seen,
                    }));
                }
                Err(NoAnswer::Elsewhere) => kept = call.take_buffer(),
                Err(NoAnswer::Unprocessed(how)) => {
                    self.unprocessed = true;
                    return Err(WireError::Unprocessed(how));
                }
                Err(NoAnswer::Failed(error)) => return Err(error),
            }
        }
        Err(WireError::Protocol(
            "the server went away from one new connection after the other before the call could begin",
        ))
    }

    /// Makes a call that has a connection.
    async fn make(
        &mut self,
        call: &mut Call,
        request: &Request<'_>,
        deadline: Instant,
    ) -> Result<Http2Answer, NoAnswer> {
        let (timer, made_at, sharing) = (&mut self.timer, &mut self.made_at, &self.connector.http2);
        let mut waited = false;
        poll_fn(|cx| {
            let polled = call.poll(request, cx);
            if call.waits()
                && !std::mem::replace(&mut waited, true)
                && let Some(sharing) = sharing
            {
                sharing.waits(call.link());
            }
            if waited && call.has_begun() {
                waited = false;
                *made_at = Some(std::time::Instant::now());
            }
            if polled.is_ready() {
                return polled;
            }
            expired(timer, deadline, cx).map(|()| Err(NoAnswer::Failed(call.time_out())))
        })
        .await
    }

    /// Room for a body that is asked for.
    fn buffer(&mut self, keep_body: bool) -> Option<Vec<u8>> {
        keep_body.then(|| {
            self.body.clear();
            std::mem::take(&mut self.body)
        })
    }

    /// The body of the last answer whose body was asked for, cut at 64 KB.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Forgets the body that was asked for, and the room that it took: one that is rarely asked for is not worth it.
    pub fn forget_body(&mut self) {
        self.body = Vec::new();
    }

    /// Whether there may have been more of the body than was kept.
    pub fn body_was_cut(&self) -> bool {
        self.body.len() >= MAX_KEPT_BYTES
    }

    /// The server's clock in the last answer whose body was asked for, by its `Date`.
    pub fn date(&self) -> Option<SystemTime> {
        self.date.read()
    }

    /// How many connections exchanges made since this was asked last.
    pub fn take_made(&mut self) -> u64 {
        std::mem::take(&mut self.made)
    }

    /// When the last exchange had its connection, if it had to wait for one: the request itself was only sent then. Told once.
    pub fn newly_made(&mut self) -> Option<std::time::Instant> {
        self.made_at.take()
    }

    /// When the parts of the last exchange ended.
    pub fn marks(&self) -> Marks {
        self.marks
    }

    /// The place of the address that it went to last; none where none took it.
    pub fn place(&self) -> Option<usize> {
        self.place
    }

    /// Whether the last exchange was lost on a connection that had carried others, before any byte of its answer came: the
    /// server may have closed it for being idle, just when the request was on its way.
    pub fn lost_in_reuse(&self) -> bool {
        self.lost_in_reuse
    }

    /// Whether the server said that it did nothing of the last exchange: it may be made again, whatever it was.
    pub fn unprocessed(&self) -> bool {
        self.unprocessed
    }

    /// Gives the connection up; the next exchange makes a new one.
    pub fn close(&mut self) {
        self.stream = None;
    }

    async fn connect(&mut self, deadline: Instant) -> Result<Stream, WireError> {
        let mut progress = Progress::default();
        let connected = self.connector.connect(self.user, deadline, &mut progress).await;
        // A call that failed in the handshake failed at an address, too.
        (self.place, self.marks.tcp_at) = (progress.place, progress.tcp_at);
        let stream = connected?;
        self.is_made();
        Ok(stream)
    }

    async fn reach(&mut self, group: &Arc<Group>, deadline: Instant) -> Result<Way, WireError> {
        let (place, way) = group.reach(&self.connector, deadline).await;
        self.place = place;
        let way = way?;
        match &way {
            // Whoever makes the first call over it counts it.
            Way::Http2(_) => self.made_at = Some(std::time::Instant::now()),
            Way::Http1(_) => self.is_made(),
        }
        Ok(way)
    }

    fn is_made(&mut self) {
        self.made += 1;
        self.made_at = Some(std::time::Instant::now());
    }
}

/// What came of an exchange that was to go over a shared connection.
enum Shared {
    Answered(Answer),
    /// The server does not speak HTTP/2: here is a connection of one's own.
    Declined(Stream),
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
