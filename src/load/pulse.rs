//! The thread that wakes the generator when arrivals fall due.
//!
//! tokio's timer ticks once a millisecond, which would make every arrival half a millisecond late on average. This
//! thread sleeps on the operating system's clock, which is finer by an order of magnitude, and rings a bell. It goes
//! through the same arrivals as the desks do, so nothing has to be told to it while the run goes on.

use super::clock::{Clock, ns};
use super::pacer::{Arrival, Arrivals};
use futures_util::task::AtomicWaker;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

/// The thread looks up this often at least, to see that an early end was asked for.
const LONGEST_SLEEP: Duration = Duration::from_millis(50);
/// Between two looks it sleeps this long at least: were it to ring for every single arrival, ringing would cost a whole
/// core from some tens of thousands a second on.
const SHORTEST_SLEEP: Duration = Duration::from_micros(50);
/// An early end is this far away when it is announced, so that every thread learns of it before.
const NOTICE: Duration = Duration::from_millis(20);

/// What one thread of the generator hears.
#[derive(Debug)]
pub(super) struct Bell {
    waker: AtomicWaker,
    rung: AtomicBool,
    /// Arrivals that have fallen due, by lane.
    due: Box<[AtomicU64]>,
    /// Whether that is all of them.
    all_due: AtomicBool,
}

impl Bell {
    /// A bell for a thread with so many lanes.
    pub(super) fn new(lanes: usize) -> Self {
        Self {
            waker: AtomicWaker::new(),
            rung: AtomicBool::new(false),
            due: std::iter::repeat_with(AtomicU64::default).take(lanes).collect(),
            all_due: AtomicBool::new(false),
        }
    }

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

    /// Arrivals that have fallen due, by lane.
    pub(super) fn due(&self) -> impl Iterator<Item = u64> {
        self.due.iter().map(|due| due.load(Ordering::Acquire))
    }
}

/// When a run is over; may be moved forward while it goes on. Anybody may ask for that, but only the pulse does it: it
/// counts what falls due, so it never puts the end before an arrival that it has counted.
#[derive(Debug)]
pub(super) struct End {
    at_ns: AtomicU64,
    asked: AtomicBool,
}

impl End {
    pub(super) fn new(at_ns: u64) -> Self {
        Self {
            at_ns: AtomicU64::new(at_ns),
            asked: AtomicBool::new(false),
        }
    }

    pub(super) fn ns(&self) -> u64 {
        self.at_ns.load(Ordering::Acquire)
    }

    /// Asks for an end in a moment.
    pub(super) fn ask(&self) {
        self.asked.store(true, Ordering::Release);
    }

    /// Ends the run shortly after `now_ns` if that was asked for; `true` when the end is new.
    fn grant(&self, now_ns: u64) -> bool {
        if !self.asked.load(Ordering::Acquire) {
            return false;
        }
        let end_ns = now_ns + ns(NOTICE);
        self.asked.store(false, Ordering::Release);
        self.at_ns.fetch_min(end_ns, Ordering::AcqRel) > end_ns
    }
}

/// The arrivals of one thread and one lane.
pub(super) struct Stream {
    arrivals: Arrivals,
    next: Option<Arrival>,
    lane: usize,
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
    mut streams: Vec<Stream>,
    bells: Vec<Arc<Bell>>,
) -> std::io::Result<std::thread::JoinHandle<()>> {
    std::thread::Builder::new().name("pulse".to_owned()).spawn(move || {
        sleep_finely();
        while clock.now_ns() < start_ns.min(end.ns()) {
            sleep_until(&clock, start_ns);
        }
        // Users that set their own pace wait for nothing but the start.
        for bell in &bells {
            bell.ring();
        }
        let mut looked_ns = 0;
        while clock.now_ns() < end.ns() {
            let next_ns = streams
                .iter()
                .filter_map(|stream| stream.next)
                .map(|next| start_ns + next.due_ns)
                .min();
            let next_ns = next_ns.unwrap_or(u64::MAX).max(looked_ns + ns(SHORTEST_SLEEP));
            sleep_until(&clock, next_ns.min(end.ns()));
            let now_ns = clock.now_ns();
            looked_ns = now_ns;
            for stream in &mut streams {
                stream.ring_until(start_ns, now_ns.min(end.ns().saturating_sub(1)));
            }
            if end.grant(now_ns) {
                for bell in &bells {
                    bell.ring();
                }
            }
        }
        // What fell due between the last look and the end.
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
    /// The arrivals of a lane, and whom to ring for.
    pub(super) fn new(mut arrivals: Arrivals, lane: usize, bell: Arc<Bell>) -> Self {
        Self {
            next: arrivals.next(),
            arrivals,
            lane,
            bell,
        }
    }

    fn ring_until(&mut self, start_ns: u64, now_ns: u64) {
        let mut due = 0;
        while self.next.is_some_and(|next| start_ns + next.due_ns <= now_ns) {
            due += 1;
            self.next = self.arrivals.next();
        }
        if due > 0 {
            self.bell.due[self.lane].fetch_add(due, Ordering::AcqRel);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_that_was_asked_for_comes_soon_once_and_never_later() {
        let end = End::new(1_000_000_000);
        assert!(!end.grant(5), "nobody asked");
        end.ask();
        assert!(end.grant(7));
        assert_eq!(end.ns(), 7 + ns(NOTICE));
        assert!(!end.grant(9), "it was granted already");
        end.ask();
        assert!(!end.grant(100), "a second wish does not make the run longer");
        assert_eq!(end.ns(), 7 + ns(NOTICE));
    }
}
