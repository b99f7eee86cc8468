//! The threads of the generator: each has a runtime, a Goose attack, a desk and a supervisor that hands over what was
//! measured once a second.

use crate::generator::attack::{Readiness, UserGroup, attack};
use crate::generator::call_log::CallTimes;
use crate::generator::clock::Clock;
use crate::generator::commons::Commons;
use crate::generator::desk::{self, Desk, Lane};
use crate::generator::fine_timer::FineTimer;
use crate::generator::guard::GuardPost;
use crate::generator::pulse::{End, EndTimes};
use crate::generator::tally::Tally;
use crate::generator::virtual_user::FailedLogin;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedSender;

/// The supervisor looks after renewals this often.
const ROUND: Duration = Duration::from_millis(50);

/// What a thread tells the engine.
#[derive(Debug)]
pub(crate) enum ThreadEvent {
    /// All its users are ready.
    Ready,
    /// A user could not get ready.
    Failed(FailedLogin),
    /// Goose failed.
    Broken(String),
}

/// What a thread measured in one second.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Which thread.
    pub(crate) thread: usize,
    /// Which second, counted from the start of the run.
    pub(crate) second: u64,
    /// When the interval began and ended, in nanoseconds since the start of the run.
    pub(crate) from_ns: u64,
    /// See [`Self::from_ns`].
    pub(crate) to_ns: u64,
    /// What was measured.
    pub(crate) tally: Tally,
    /// Arrivals in flight at its end.
    pub(crate) in_flight: u64,
    /// Share of the interval in which the thread was at work, 0 to 1.
    pub(crate) busy: f64,
    /// Whether it is the thread's last.
    pub(crate) last: bool,
    /// With the last one: the calls of the whole run one by one; `None` where they were not kept, or some are missing.
    pub(crate) calls: Option<Vec<CallTimes>>,
}

/// When the run takes place; known once all users are ready.
#[derive(Debug)]
pub(crate) struct Times {
    /// When it starts.
    pub(crate) start_ns: u64,
    /// When arrivals end; may be moved forward.
    pub(crate) end: Arc<End>,
}

/// What a thread needs.
pub(crate) struct Thread {
    pub(crate) index: usize,
    pub(crate) host: String,
    pub(crate) operations: usize,
    /// Calls that are kept one by one at most.
    pub(crate) keep_calls: usize,
    pub(crate) lanes: Vec<Lane>,
    pub(crate) groups: Vec<UserGroup>,
    pub(crate) first_user: u64,
    pub(crate) commons: Arc<Commons>,
    /// Makes the calls that must be refused; one thread does.
    pub(crate) guard: Option<Arc<GuardPost>>,
    /// Rings when the times are known or the end was moved.
    pub(crate) bell: Arc<Notify>,
    pub(crate) clock: Clock,
    pub(crate) times: Arc<OnceLock<Times>>,
    pub(crate) events: UnboundedSender<ThreadEvent>,
    pub(crate) batches: std::sync::mpsc::Sender<Batch>,
}

/// Counts the users of a thread that are ready.
struct ReadyCount {
    missing: AtomicUsize,
    events: UnboundedSender<ThreadEvent>,
}

impl Readiness for ReadyCount {
    fn ready(&self) {
        if self.missing.fetch_sub(1, Ordering::AcqRel) == 1 {
            // Nobody listens only when the run was given up.
            let _ = self.events.send(ThreadEvent::Ready);
        }
    }

    fn failed(&self, login: FailedLogin) {
        let _ = self.events.send(ThreadEvent::Failed(login));
    }
}

impl Thread {
    /// Starts the thread.
    ///
    /// # Errors
    /// The operating system has no thread or runtime left.
    pub(crate) fn start(self) -> std::io::Result<JoinHandle<()>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let alarm = {
            let _within = runtime.enter();
            FineTimer::new()?
        };
        std::thread::Builder::new()
            .name(format!("load-{}", self.index))
            .spawn(move || {
                runtime.block_on(self.run(alarm));
                // A name look-up or a connection under way must not hold the run up.
                runtime.shutdown_background();
            })
    }

    async fn run(self, alarm: FineTimer) {
        let desk = Desk::new(self.operations, self.lanes).keeping(self.keep_calls);
        desk::open(desk.among(self.commons, self.index));
        let users: usize = self.groups.iter().map(|group| group.users).sum();
        let ready = Arc::new(ReadyCount {
            missing: AtomicUsize::new(users + usize::from(self.guard.is_some())),
            events: self.events.clone(),
        });
        if let Some(guard) = self.guard {
            let (ready, times) = (ready.clone(), self.times.clone());
            tokio::spawn(async move {
                guard.get_ready().await;
                ready.ready();
                guard.keep(move || times.get().map(|times| times.start_ns)).await;
            });
        }
        let supervisor = Supervisor {
            thread: self.index,
            clock: self.clock,
            times: self.times.clone(),
            batches: self.batches,
            counted: AtomicU64::new(0),
        };
        tokio::spawn(keep_schedule(self.bell, alarm, self.clock, self.times));
        tokio::spawn(supervisor.serve());
        tokio::spawn(desk::keep_watch(self.clock));
        if let Err(error) = attack(&self.host, self.groups, self.first_user, ready).await {
            let _ = self.events.send(ThreadEvent::Broken(error.to_string()));
        }
    }
}

/// Hands out arrivals as they fall due, until the run is over.
async fn keep_schedule(bell: Arc<Notify>, mut alarm: FineTimer, clock: Clock, times: Arc<OnceLock<Times>>) {
    let times = loop {
        match times.get() {
            Some(times) => break times,
            None => bell.notified().await,
        }
    };
    desk::with(|desk| desk.set_times(times.start_ns, times.end.get()));
    loop {
        let (now_ns, _) = times.look(&clock);
        let next_ns = desk::with(|desk| {
            desk.dispatch(now_ns);
            (!desk.over(now_ns)).then(|| desk.next_look_ns(now_ns))
        });
        let Some(next_ns) = next_ns else { break };
        let left = Duration::from_nanos(next_ns.saturating_sub(clock.now_ns()));
        tokio::select! {
            () = alarm.wait(left) => {}
            () = bell.notified() => {}
        }
    }
}

impl Times {
    /// What time it is and when the run ends, of which this thread's desk learns, too.
    fn look(&self, clock: &Clock) -> (u64, EndTimes) {
        let (now_ns, ending) = self.end.look(clock);
        desk::with(|desk| desk.end_at(ending));
        (now_ns, ending)
    }
}

struct Supervisor {
    thread: usize,
    clock: Clock,
    times: Arc<OnceLock<Times>>,
    batches: std::sync::mpsc::Sender<Batch>,
    /// Arrivals that fell due in earlier seconds.
    counted: AtomicU64,
}

impl Supervisor {
    async fn serve(self) {
        let busy = || {
            tokio::runtime::Handle::current()
                .metrics()
                .worker_total_busy_duration(0)
        };
        let mut round = tokio::time::interval(ROUND);
        round.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let (mut second, mut from_ns, mut busy_before) = (0, 0, busy());
        loop {
            round.tick().await;
            let now_ns = self.clock.now_ns();
            desk::with(|desk| {
                desk.dispatch_renewals(now_ns);
                desk.tell_the_others();
            });
            let Some(times) = self.times.get().filter(|times| times.start_ns <= now_ns) else {
                busy_before = busy();
                continue;
            };
            let (now_ns, ending) = times.look(&self.clock);
            let since_ns = now_ns - times.start_ns;
            let over = now_ns >= ending.given_up || (now_ns >= ending.arrivals_end && desk::with(|desk| desk.empty()));
            if since_ns < (second + 1) * 1_000_000_000 && !over {
                continue;
            }
            let busy_now = busy();
            let share = busy_now.saturating_sub(busy_before).as_secs_f64()
                / Duration::from_nanos((since_ns - from_ns).max(1)).as_secs_f64();
            let batch = self.batch(second, from_ns..since_ns, times.start_ns, share, over);
            // The recorder only goes away after the last batch.
            if self.batches.send(batch).is_err() || over {
                break;
            }
            // A thread that was late by whole seconds names the interval after its end.
            second = since_ns / 1_000_000_000;
            (from_ns, busy_before) = (since_ns, busy_now);
        }
    }

    fn batch(&self, second: u64, interval: Range<u64>, start_ns: u64, busy: f64, last: bool) -> Batch {
        let (mut tally, in_flight, due, calls) = desk::with(|desk| {
            let due = desk.fallen_due(start_ns + interval.end);
            let calls = if last { desk.calls.take() } else { None };
            (desk.tally.take(), desk.in_flight, due, calls)
        });
        tally.due = due - self.counted.swap(due, Ordering::Relaxed);
        Batch {
            thread: self.thread,
            second,
            from_ns: interval.start,
            to_ns: interval.end,
            tally,
            in_flight,
            busy: busy.clamp(0.0, 1.0),
            last,
            calls,
        }
    }
}
