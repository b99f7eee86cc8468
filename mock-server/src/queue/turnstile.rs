//! Holds answers back until they are due, more finely than the runtime's timer, which ticks once a millisecond.
//!
//! One thread sleeps on the operating system's clock until the next departure. What it is late by delays that answer
//! alone: departures are computed from arrivals, not from when the thread woke up.

use super::{Queue, QueueSettings};
use parking_lot::{Condvar, Mutex};
use std::cmp::Reverse;
use std::collections::BTreeMap;
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
    /// Who waits, by the instant and in the order of arrival.
    waiting: BTreeMap<(Instant, u64), oneshot::Sender<()>>,
    arrivals: u64,
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
                waiting: BTreeMap::new(),
                arrivals: 0,
                closed: false,
            }),
            changed: Condvar::new(),
        });
        let watched = shared.clone();
        std::thread::Builder::new()
            .name("turnstile".to_owned())
            .spawn(move || watched.let_out())?;
        Ok(Self {
            shared,
            began: Instant::now(),
        })
    }

    /// Takes an arrival now; the future ends when its service is done.
    pub(crate) fn pass(&self) -> impl Future<Output = ()> + Send + use<> {
        let (done, is_done) = oneshot::channel();
        let mut state = self.shared.state.lock();
        // Within the lock, so that arrivals come in the order of their instants.
        let now_ns = u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let at = self.began + Duration::from_nanos(state.queue.arrive(now_ns));
        let number = state.arrivals;
        state.arrivals += 1;
        let first = state.waiting.first_key_value().map(|(key, _)| Reverse(*key));
        let is_first = first.is_none_or(|first| Reverse((at, number)) > first);
        state.waiting.insert((at, number), done);
        drop(state);
        if is_first {
            self.shared.changed.notify_one();
        }
        async move {
            // A turnstile that closed lets everybody out.
            let _ = is_done.await;
        }
    }
}

impl Drop for Turnstile {
    fn drop(&mut self) {
        self.shared.state.lock().closed = true;
        self.shared.changed.notify_one();
    }
}

impl Shared {
    fn let_out(&self) {
        sleep_finely();
        let mut state = self.state.lock();
        while !state.closed {
            match state.waiting.first_entry() {
                None => self.changed.wait(&mut state),
                Some(first) if first.key().0 <= Instant::now() => {
                    // Whoever went away meanwhile was served all the same.
                    let _ = first.remove().send(());
                }
                Some(first) => {
                    let at = first.key().0;
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
            seed: 1,
        };
        let turnstile = Turnstile::open(settings).unwrap();
        let began = Instant::now();
        let (first, second) = (turnstile.pass(), turnstile.pass());
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
            seed: 1,
        };
        let turnstile = Turnstile::open(settings).unwrap();
        let waits = turnstile.pass();
        drop(turnstile);
        waits.await;
    }
}
