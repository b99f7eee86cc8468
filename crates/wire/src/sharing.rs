//! Users that share a connection: it is made once for all of them, when the first needs it, and once anew when it was lost.

use super::connector::{Connector, Progress, Stream};
use super::error::WireError;
use super::http2::{Link, Terms};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::thread::ThreadId;
use tokio::sync::Notify;
use tokio::time::Instant;

/// How HTTP/2 is used: which users share a connection, and what servers said to it.
#[derive(Debug)]
pub struct Sharing {
    /// Calls over one connection at once at most, which is users that share it, and what became of connections.
    terms: Terms,
    /// The group of each thread that is being filled.
    filling: Mutex<HashMap<ThreadId, Weak<Group>>>,
    groups: AtomicU64,
    /// Whether a server took HTTP/2 in clear text, and whether one did not.
    taken: AtomicBool,
    declined: AtomicBool,
    /// The fewest calls at once that a server let.
    least: AtomicU32,
    /// Calls that waited for their turn.
    waited: AtomicU64,
}

impl Sharing {
    /// Up to so many users share a connection.
    pub fn new(streams: u32) -> Arc<Self> {
        Arc::new(Self {
            terms: Terms {
                streams,
                fates: Arc::default(),
            },
            filling: Mutex::default(),
            groups: AtomicU64::new(0),
            taken: AtomicBool::new(false),
            declined: AtomicBool::new(false),
            least: AtomicU32::new(u32::MAX),
            waited: AtomicU64::new(0),
        })
    }

    /// How a connection is used.
    pub(super) fn terms(&self) -> Terms {
        self.terms.clone()
    }

    /// The group of another user of this thread.
    pub(super) fn join(&self) -> Arc<Group> {
        let mut filling = self.filling.lock();
        let last = filling.entry(std::thread::current().id()).or_default();
        if let Some(group) = last.upgrade()
            && group.members.load(Ordering::Relaxed) < self.terms.streams
        {
            group.members.fetch_add(1, Ordering::Relaxed);
            return group;
        }
        let group = Arc::new(Group {
            number: self.groups.fetch_add(1, Ordering::Relaxed),
            members: AtomicU32::new(1),
            at: Mutex::new(At::Nowhere),
        });
        *last = Arc::downgrade(&group);
        group
    }

    /// Whether HTTP/2 is worth a try in clear text, where nothing tells beforehand whether a server speaks it.
    pub(super) fn tries_clear_text(&self) -> bool {
        !self.declined.load(Ordering::Relaxed)
    }

    /// A server in clear text seems not to know HTTP/2; whether that is to be believed, since none ever spoke it.
    pub(super) fn decline(&self) -> bool {
        let believed = !self.taken.load(Ordering::Relaxed);
        self.declined.fetch_or(believed, Ordering::Relaxed);
        believed
    }

    /// A call had to wait for its turn on a connection.
    pub(super) fn waits(&self, link: &Link) {
        self.waited.fetch_add(1, Ordering::Relaxed);
        self.least.fetch_min(link.allowed(), Ordering::Relaxed);
    }

    /// What a person should know, one sentence each: that the server lets fewer calls at once, and what became of connections that
    /// no call tells.
    pub fn told(&self) -> Vec<String> {
        self.fewer().into_iter().chain(self.terms.fates.told()).collect()
    }

    fn fewer(&self) -> Option<String> {
        let (least, waited) = (self.least.load(Ordering::Relaxed), self.waited.load(Ordering::Relaxed));
        (least < self.terms.streams).then(|| {
            format!(
                "the server lets {least} calls at once on an HTTP/2 connection (SETTINGS_MAX_CONCURRENT_STREAMS), not the {} that were asked for: {}",
                self.terms.streams,
                match waited {
                    0 => "no call had to wait for its turn".to_owned(),
                    1 => "1 call waited for its turn, and its latency counts that".to_owned(),
                    many => format!("{many} calls waited for their turn, and their latencies count that"),
                }
            )
        })
    }
}

/// Users of one thread that share a connection.
#[derive(Debug)]
pub(super) struct Group {
    /// Groups are spread over addresses by it.
    number: u64,
    members: AtomicU32,
    at: Mutex<At>,
}

#[derive(Debug)]
enum At {
    Nowhere,
    Connecting(Arc<Attempt>),
    Open(Arc<Link>),
}

/// A connection that is being made for all who wait for it.
#[derive(Debug, Default)]
struct Attempt {
    done: OnceLock<Done>,
    bell: Notify,
    /// Whether nothing but the server's settings is waited for.
    agreeing: Arc<AtomicBool>,
}

/// What came of it.
#[derive(Debug)]
struct Done {
    /// The place of the address that it went to; none where none took it.
    place: Option<usize>,
    reached: Result<Reached, WireError>,
}

#[derive(Debug)]
enum Reached {
    Http2(Arc<Link>),
    /// The server does not speak HTTP/2 there: the connection is for whoever takes it.
    Http1(Mutex<Option<Stream>>),
}

/// A connection to make calls over.
pub(super) enum Way {
    /// One that is shared.
    Http2(Arc<Link>),
    /// One of one's own: the server does not speak HTTP/2.
    Http1(Stream),
}

impl Group {
    /// The connection that is there.
    pub(super) fn open(&self) -> Option<Arc<Link>> {
        match &*self.at.lock() {
            At::Open(link) if link.is_usable() => Some(link.clone()),
            _ => None,
        }
    }

    /// Gives its connection up for new calls.
    pub(super) fn leave(&self) {
        if let At::Open(link) = std::mem::replace(&mut *self.at.lock(), At::Nowhere) {
            link.drain();
        }
    }

    /// A connection, made first where there is none. However many ask at once, one is made.
    ///
    /// # Errors
    /// None could be made before `deadline`.
    pub(super) async fn reach(
        self: &Arc<Self>,
        connector: &Connector,
        deadline: Instant,
    ) -> (Option<usize>, Result<Way, WireError>) {
        loop {
            let attempt = match self.attempt(connector, deadline) {
                Ok(link) => return (Some(link.place), Ok(Way::Http2(link))),
                Err(attempt) => attempt,
            };
            let Ok(done) = tokio::time::timeout_at(deadline, attempt.wait()).await else {
                return (None, Err(attempt.timed_out(connector)));
            };
            let way = match &done.reached {
                Ok(Reached::Http2(link)) => Ok(Way::Http2(link.clone())),
                Ok(Reached::Http1(one)) => match one.lock().take() {
                    Some(stream) => Ok(Way::Http1(stream)),
                    None => continue,
                },
                // Whoever began it had less time.
                Err(WireError::NotInTime(_) | WireError::Held(_)) if Instant::now() < deadline => continue,
                Err(error) => Err(error.again()),
            };
            return (done.place, way);
        }
    }

    fn attempt(self: &Arc<Self>, connector: &Connector, deadline: Instant) -> Result<Arc<Link>, Arc<Attempt>> {
        let mut at = self.at.lock();
        match &*at {
            At::Open(link) if link.is_usable() => return Ok(link.clone()),
            At::Connecting(attempt) => return Err(attempt.clone()),
            At::Open(_) | At::Nowhere => {}
        }
        let attempt = Arc::<Attempt>::default();
        *at = At::Connecting(attempt.clone());
        tokio::spawn(self.clone().make(connector.clone(), attempt.clone(), deadline));
        Err(attempt)
    }

    async fn make(self: Arc<Self>, connector: Connector, attempt: Arc<Attempt>, deadline: Instant) {
        let mut progress = Progress {
            agreeing: attempt.agreeing.clone(),
            ..Progress::default()
        };
        let (at, reached) = match connector.connect(self.number, deadline, &mut progress).await {
            Ok(Stream::Http2(link)) => {
                if let Some(sharing) = &connector.http2 {
                    sharing.taken.store(true, Ordering::Relaxed);
                    sharing.least.fetch_min(link.allowed(), Ordering::Relaxed);
                }
                (At::Open(link.clone()), Ok(Reached::Http2(link)))
            }
            Ok(one) => (At::Nowhere, Ok(Reached::Http1(Mutex::new(Some(one))))),
            Err(error) => (At::Nowhere, Err(error)),
        };
        *self.at.lock() = at;
        // Nobody else makes it.
        let _ = attempt.done.set(Done {
            place: progress.place,
            reached,
        });
        attempt.bell.notify_waiters();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Attempt {
    /// Somebody's time ran out who waited for it.
    fn timed_out(&self, connector: &Connector) -> WireError {
        if self.agreeing.load(Ordering::Relaxed) {
            connector.not_agreed()
        } else {
            WireError::NotInTime("no connection came about")
        }
    }

    async fn wait(&self) -> &Done {
        loop {
            let rung = self.bell.notified();
            if let Some(done) = self.done.get() {
                return done;
            }
            rung.await;
        }
    }
}
