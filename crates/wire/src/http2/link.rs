//! An HTTP/2 connection that calls share, and a call on it.

use super::driver::Driver;
use super::fates::Terms;
use super::request::Request;
use super::session::{Closed, Session, Unsettled};
use super::stream::{Ending, Http2Answer};
use crate::error::WireError;
use parking_lot::Mutex;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite};

/// An HTTP/2 connection that calls of one thread share.
#[derive(Debug)]
pub(crate) struct Link {
    /// The place of its address.
    pub(crate) place: usize,
    pub(super) session: Mutex<Session>,
    counted: AtomicBool,
}

impl Link {
    /// Agrees on HTTP/2 with a server.
    pub(super) async fn agree(
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        place: usize,
        terms: Terms,
    ) -> Result<Arc<Self>, Unsettled> {
        let link = Arc::new(Self {
            place,
            session: Mutex::new(Session::new(terms)),
            counted: AtomicBool::new(false),
        });
        // It is given up with whoever waits for it.
        let mut leaving = Leaving(Some(link.clone()));
        tokio::spawn(Driver::new(stream, link.clone()));
        poll_fn(|cx| match link.session.lock().settled(cx) {
            Some(settled) => Poll::Ready(settled),
            None => Poll::Pending,
        })
        .await?;
        leaving.0 = None;
        Ok(link)
    }

    /// Whether new calls may begin on it.
    pub(crate) fn is_usable(&self) -> bool {
        self.session.lock().is_usable()
    }

    /// How many calls the server lets go on at once.
    pub(crate) fn allowed(&self) -> u32 {
        self.session.lock().allowed()
    }

    /// Begins no more calls; those that are under way go on.
    pub(crate) fn drain(&self) {
        self.session.lock().drain();
    }

    /// Whether nobody counted it yet: the first call on it does.
    pub(crate) fn is_new(&self) -> bool {
        !self.counted.load(Ordering::Relaxed) && !self.counted.swap(true, Ordering::Relaxed)
    }
}

/// Gives a connection up that nobody waits for any more.
struct Leaving(Option<Arc<Link>>);

impl Drop for Leaving {
    fn drop(&mut self) {
        if let Some(link) = &self.0 {
            link.drain();
        }
    }
}

/// Why a call got no answer.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    /// It was not begun: another connection is to be used.
    Elsewhere,
    /// It was begun, and the server did nothing of it: it may be sent again, whatever it is.
    Unprocessed(&'static str),
    /// It failed.
    Failed(WireError),
}

/// One call.
#[derive(Debug)]
pub(crate) struct Call {
    link: Arc<Link>,
    body_limit: u64,
    kept: Option<Vec<u8>>,
    state: State,
}

#[derive(Debug)]
enum State {
    /// It waits for its turn, with a ticket where it has to.
    Waiting(Option<u64>),
    /// It goes on as a stream; where in the head its body begins, and how often the server had been heard before.
    Begun {
        id: u32,
        body_at: usize,
        heard: u64,
    },
    Over,
}

impl Call {
    /// A call over a connection; its body is kept where there is a buffer for it.
    pub(crate) fn new(link: Arc<Link>, body_limit: u64, kept: Option<Vec<u8>>) -> Self {
        Self {
            link,
            body_limit,
            kept,
            state: State::Waiting(None),
        }
    }

    /// Whether it has to wait for its turn.
    pub(crate) fn waits(&self) -> bool {
        matches!(self.state, State::Waiting(Some(_)))
    }

    /// Whether it has begun.
    pub(crate) fn has_begun(&self) -> bool {
        !matches!(self.state, State::Waiting(_))
    }

    /// The buffer for its body, where it did not begin.
    pub(crate) fn take_buffer(&mut self) -> Option<Vec<u8>> {
        self.kept.take()
    }

    /// Goes on with it; the request has to be the same each time.
    pub(crate) fn poll(&mut self, request: &Request<'_>, cx: &Context<'_>) -> Poll<Result<Http2Answer, NoAnswer>> {
        let mut session = self.link.session.lock();
        if let State::Waiting(ticket) = &mut self.state {
            let (id, body_at) = match session.begin(request, (self.body_limit, &mut self.kept), ticket, cx) {
                Ok(begun) => begun,
                Err(Closed::Wait) => return Poll::Pending,
                Err(Closed::Elsewhere) => return Poll::Ready(Err(NoAnswer::Elsewhere)),
                Err(Closed::NoRequest) => {
                    let why = WireError::Protocol("the request fits no HTTP/2 request");
                    return Poll::Ready(Err(NoAnswer::Failed(why)));
                }
            };
            let heard = session.heard();
            self.state = State::Begun { id, body_at, heard };
        }
        let State::Begun { id, body_at, .. } = self.state else {
            return Poll::Pending;
        };
        session.push(id, request.head.get(body_at..).unwrap_or_default(), request.tail);
        let ended = session.collect(id, cx).map_or(Poll::Pending, Poll::Ready);
        let (ending, stream) = ready!(ended);
        self.state = State::Over;
        Poll::Ready(match ending {
            Ending::Answered => Ok(stream.into_answer()),
            Ending::Unprocessed(how) => Err(NoAnswer::Unprocessed(how)),
            Ending::Reset(code) => Err(NoAnswer::Failed(WireError::Reset(code))),
            Ending::Malformed(why) => Err(NoAnswer::Failed(WireError::Protocol(why))),
            Ending::TooLong => Err(NoAnswer::Failed(WireError::BodyTooLong)),
            Ending::Lost => Err(NoAnswer::Failed(session.lost())),
        })
    }

    /// The connection that it goes over.
    pub(crate) fn link(&self) -> &Link {
        &self.link
    }

    /// It was not answered in time, and why, as far as the server let it not be sent. Where nothing at all came since it was sent,
    /// further calls go over another connection.
    pub(crate) fn time_out(&self) -> WireError {
        let mut session = self.link.session.lock();
        let held = match self.state {
            State::Waiting(_) => session.held(None),
            State::Begun { id, heard, .. } => {
                if session.heard() == heard {
                    session.drain();
                }
                session.held(Some(id))
            }
            State::Over => None,
        };
        held.map_or(WireError::Timeout, WireError::Held)
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        match self.state {
            State::Waiting(None) | State::Over => {}
            State::Waiting(Some(ticket)) => self.link.session.lock().leave_queue(ticket),
            State::Begun { id, .. } => self.link.session.lock().forget(id),
        }
    }
}
