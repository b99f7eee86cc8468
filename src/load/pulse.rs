//! The thread that wakes the generator when arrivals fall due.
//!
//! tokio's timer ticks once a millisecond, which would make every arrival half a millisecond late on average. This
//! thread sleeps on the operating system's clock, which is finer by an order of magnitude, and rings a bell. It goes
//! through the same arrivals as the desks do, so nothing has to be told to it while the run goes on.

use super::clock::Clock;
use super::pacer::{Arrival, Arrivals};
use futures_util::task::AtomicWaker;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

/// The thread looks up this often at least, to see an end that was moved forward.
const LONGEST_SLEEP: Duration = Duration::from_millis(50);

/// What one thread of the generator hears.
#[derive(Debug, Default)]
pub(super) struct Bell {
    waker: AtomicWaker,
    rung: AtomicBool,
    /// Arrivals that have fallen due, over all journeys.
    due: AtomicU64,
    /// Whether that is all of them.
    all_due: AtomicBool,
}

impl Bell {
    /// Rings: the listener wakes up.
    pub(super) fn ring(&self) {
        if !self.rung.swap(true, Ordering::AcqRel) {
            self.waker.wake();
        }
    }

    /// Waits until the bell rings.
    pub(super) async fn heard(&self) {
        poll_fn(|cx| {
            self.waker.register(cx.waker());
            if self.rung.swap(false, Ordering::AcqRel) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }

    /// Whether all arrivals of the run have fallen due and are counted.
    pub(super) fn all_due(&self) -> bool {
        self.all_due.load(Ordering::Acquire)
    }

    /// Arrivals that have fallen due, over all journeys.
    pub(super) fn due(&self) -> u64 {
        self.due.load(Ordering::Acquire)
    }
}

/// When a run is over; may be moved forward while it goes on.
#[derive(Debug)]
pub(super) struct End(AtomicU64);

impl End {
    pub(super) fn new(at_ns: u64) -> Self {
        Self(AtomicU64::new(at_ns))
    }

    pub(super) fn ns(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// Ends the run at `at_ns` if it would last longer.
    pub(super) fn bring_forward(&self, at_ns: u64) {
        self.0.fetch_min(at_ns, Ordering::AcqRel);
    }
}

/// The arrivals of one thread and one journey, and whom to ring for.
struct Stream {
    arrivals: Arrivals,
    next: Option<Arrival>,
    bell: Arc<Bell>,
}

/// Starts the thread. It ends when the run is over, after a last ring of every bell.
///
/// # Errors
/// The operating system has no thread left.
pub(super) fn start(
    clock: Clock,
    start_ns: u64,
    end: Arc<End>,
    arrivals: Vec<(Arrivals, Arc<Bell>)>,
    bells: Vec<Arc<Bell>>,
) -> std::io::Result<std::thread::JoinHandle<()>> {
    let mut streams: Vec<Stream> = arrivals
        .into_iter()
        .map(|(mut arrivals, bell)| Stream {
            next: arrivals.next(),
            arrivals,
            bell,
        })
        .collect();
    std::thread::Builder::new().name("pulse".to_owned()).spawn(move || {
        sleep_finely();
        while clock.now_ns() < start_ns.min(end.ns()) {
            sleep_until(&clock, start_ns);
        }
        // Users that set their own pace wait for nothing but the start.
        for bell in &bells {
            bell.ring();
        }
        while clock.now_ns() < end.ns() {
            let next_ns = streams
                .iter()
                .filter_map(|stream| stream.next)
                .map(|next| start_ns + next.due_ns)
                .min();
            sleep_until(&clock, next_ns.unwrap_or(u64::MAX).min(end.ns()));
            let now_ns = clock.now_ns().min(end.ns().saturating_sub(1));
            for stream in &mut streams {
                stream.ring_until(start_ns, now_ns);
            }
        }
        // An end that was moved forward may have come between two looks.
        for stream in &mut streams {
            stream.ring_until(start_ns, end.ns().saturating_sub(1));
        }
        for bell in bells {
            bell.all_due.store(true, Ordering::Release);
            bell.ring();
        }
    })
}

impl Stream {
    fn ring_until(&mut self, start_ns: u64, now_ns: u64) {
        let mut due = 0;
        while self.next.is_some_and(|next| start_ns + next.due_ns <= now_ns) {
            due += 1;
            self.next = self.arrivals.next();
        }
        if due > 0 {
            self.bell.due.fetch_add(due, Ordering::AcqRel);
            self.bell.ring();
        }
    }
}

fn sleep_until(clock: &Clock, at_ns: u64) {
    let left = Duration::from_nanos(at_ns.saturating_sub(clock.now_ns()));
    if !left.is_zero() {
        std::thread::sleep(left.min(LONGEST_SLEEP));
    }
}

/// Asks the system to wake this thread without the 50 microseconds of slack that Linux adds by default.
#[cfg(target_os = "linux")]
fn sleep_finely() {
    // A system that refuses wakes it later; the lateness is measured and shown.
    let _ = nix::sys::prctl::set_timerslack(1);
}

/// Other systems have no such setting; their sleep is as fine as it is.
#[cfg(not(target_os = "linux"))]
fn sleep_finely() {}
