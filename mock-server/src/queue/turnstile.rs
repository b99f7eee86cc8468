//! Holds answers back until they are due, more finely than the runtime's timer, which ticks once a millisecond.
//!
//! One thread sleeps on the operating system's clock until the next departure. What it is late by delays that answer
//! alone: departures are computed from arrivals, not from when the thread woke up.

use super::{Queue, QueueSettings};
use parking_lot::{Condvar, Mutex};
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Holds answers back until their departure from a [`Queue`].
#[derive(Debug)]
pub(crate) struct Turnstile {
    shared: Arc<Shared>,
    began: Instant,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// Something earlier than all before came, or the turnstile closed.
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    queue: Queue,
    /// Who is in line, by number: when its service is done is not known yet.
    in_line: HashMap<u64, oneshot::Sender<()>>,
    /// Who is served, by the instant and by number.
    waiting: BTreeMap<(Instant, u64), oneshot::Sender<()>>,
    closed: bool,
}

impl Turnstile {
    /// Opens it: a thread looks after departures until it is dropped.
    ///
    /// # Errors
    /// The operating system has no thread left.
    pub(crate) fn open(settings: QueueSettings) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                queue: Queue::new(settings),
                in_line: HashMap::new(),
                waiting: BTreeMap::new(),
                closed: false,
            }),
            changed: Condvar::new(),
        });
        let (watched, began) = (shared.clone(), Instant::now());
        std::thread::Builder::new()
            .name("turnstile".to_owned())
            .spawn(move || watched.let_out(began))?;
        Ok(Self { shared, began })
    }

    /// Whether the limit on the rate lets a call in now.
    ///
    /// # Errors
    /// It is refused: in so many seconds there is room for one.
    pub(crate) fn admit(&self) -> Result<(), f64> {
        let mut state = self.shared.state.lock();
        state.queue.admit(since_ns(self.began))
    }

    /// Takes an arrival over some connection now; the future ends when its service is done.
    pub(crate) fn pass(&self, connection: u64) -> impl Future<Output = ()> + Send + use<> {
        let (done, is_done) = oneshot::channel();
        let mut state = self.shared.state.lock();
        let before = state.next_look(self.began);
        // Within the lock, so that arrivals come in the order of their instants.
        let ticket = state.queue.arrive(since_ns(self.began), connection);
        state.in_line.insert(ticket, done);
        state.note_begun(self.began);
        let is_sooner = state
            .next_look(self.began)
            .is_some_and(|next| before.is_none_or(|before| next < before));
        drop(state);
        if is_sooner {
            self.shared.changed.notify_one();
        }
        async move {
            // A turnstile that closed lets everybody out.
            let _ = is_done.await;
        }
    }
}

fn since_ns(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

impl State {
    /// Those whose service has begun wait for its end.
    fn note_begun(&mut self, began: Instant) {
        while let Some(begun) = self.queue.begun() {
            if let Some(done) = self.in_line.remove(&begun.ticket) {
                let at = began + Duration::from_nanos(begun.done_ns);
                self.waiting.insert((at, begun.ticket), done);
            }
        }
    }

    /// When there is something to do next.
    fn next_look(&self, began: Instant) -> Option<Instant> {
        let done = self.waiting.first_key_value().map(|((at, _), _)| *at);
        let begins = self.queue.next_ns().map(|at_ns| began + Duration::from_nanos(at_ns));
        [done, begins].into_iter().flatten().min()
    }
}

impl Drop for Turnstile {
    fn drop(&mut self) {
        self.shared.state.lock().closed = true;
        self.shared.changed.notify_one();
    }
}

impl Shared {
    fn let_out(&self, began: Instant) {
        sleep_finely();
        let mut state = self.state.lock();
        while !state.closed {
            state.queue.go_on(since_ns(began));
            state.note_begun(began);
            while let Some(first) = state.waiting.first_entry()
                && first.key().0 <= Instant::now()
            {
                // Whoever went away meanwhile was served all the same.
                let _ = first.remove().send(());
            }
            match state.next_look(began) {
                None => self.changed.wait(&mut state),
                Some(at) => {
                    self.changed.wait_until(&mut state, at);
                }
            }
        }
    }
}

/// Asks the system to wake this thread without the 50 microseconds of slack that Linux adds by default.
#[cfg(target_os = "linux")]
fn sleep_finely() {
    // A system that refuses wakes it later, which delays answers by that much.
    let _ = nix::sys::prctl::set_timerslack(1);
}

/// Other systems have no such setting; their sleep is as fine as it is.
#[cfg(not(target_os = "linux"))]
fn sleep_finely() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn answers_come_in_their_turn_and_never_early() {
        let settings = QueueSettings {
            workers: std::num::NonZeroU32::MIN,
            service: "fixed:10ms".parse().unwrap(),
            slowdown: 0.0,
            behaviours: Vec::new(),
            seed: 1,
        };
        let turnstile = Turnstile::open(settings).unwrap();
        let began = Instant::now();
        let (first, second) = (turnstile.pass(0), turnstile.pass(0));
        second.await;
        assert!(began.elapsed() >= Duration::from_millis(20));
        first.await; // was let out before
    }

    #[tokio::test]
    async fn nobody_is_left_waiting_when_it_closes() {
        let settings = QueueSettings {
            workers: std::num::NonZeroU32::MIN,
            service: "fixed:50s".parse().unwrap(),
            slowdown: 0.0,
            behaviours: Vec::new(),
            seed: 1,
        };
        let turnstile = Turnstile::open(settings).unwrap();
        let waits = turnstile.pass(0);
        drop(turnstile);
        waits.await;
    }
}
