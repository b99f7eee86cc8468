//! Waiting more finely than tokio does, whose timer ticks once a millisecond: every arrival would be half a millisecond
//! late on average.
//!
//! On Linux the kernel's timer is one more thing that the thread's own `epoll` waits for, so that an arrival costs one wake-up
//! of one thread. Elsewhere a thread sleeps and then wakes the generator's.

#[cfg(target_os = "linux")]
pub(crate) use kernel::FineTimer;
#[cfg(not(target_os = "linux"))]
pub(crate) use sleeper::FineTimer;

#[cfg(target_os = "linux")]
mod kernel {
    use nix::sys::time::TimeSpec;
    use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
    use std::io;
    use std::os::fd::{AsFd, AsRawFd, RawFd};
    use std::time::Duration;
    use tokio::io::Interest;
    use tokio::io::unix::AsyncFd;

    /// A timer of one thread's runtime.
    #[derive(Debug)]
    pub(crate) struct FineTimer {
        timer: AsyncFd<Timer>,
    }

    #[derive(Debug)]
    struct Timer(TimerFd);

    impl AsRawFd for Timer {
        fn as_raw_fd(&self) -> RawFd {
            self.0.as_fd().as_raw_fd()
        }
    }

    impl FineTimer {
        /// A timer; only within a runtime.
        ///
        /// # Errors
        /// The system has no file descriptor left.
        #[expect(
            deprecated,
            reason = "the successor is unsafe and asks that the descriptor stay open and the same: ours is owned and never given away"
        )]
        pub(crate) fn new() -> io::Result<Self> {
            let flags = TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC;
            let timer = Timer(TimerFd::new(ClockId::CLOCK_MONOTONIC, flags)?);
            Ok(Self {
                timer: AsyncFd::with_interest(timer, Interest::READABLE)?,
            })
        }

        /// Waits for so long. When it was given up before, it may return early once.
        pub(crate) async fn wait(&mut self, left: Duration) {
            // Nothing left would switch the timer off.
            let left = TimeSpec::from_duration(left.max(Duration::from_nanos(1)));
            let set = self
                .timer
                .get_ref()
                .0
                .set(Expiration::OneShot(left), TimerSetTimeFlags::empty());
            let fired = match set {
                Ok(()) => self.timer.readable().await,
                Err(error) => Err(error.into()),
            };
            match fired {
                // Setting it anew takes the expiry back, and each new one is told: it need not be read.
                Ok(mut fired) => fired.clear_ready(),
                Err(_) => tokio::time::sleep(left.into()).await,
            }
        }
    }
}

#[cfg(any(test, not(target_os = "linux")))]
mod sleeper {
    use parking_lot::Mutex;
    use std::io;
    use std::sync::Arc;
    use std::time::{Duration, Instant};
    use tokio::sync::Notify;

    /// The thread looks up this often while it sleeps, to see that an earlier instant was asked for.
    const LONGEST_SLEEP: Duration = Duration::from_millis(20);

    /// A timer: a thread that sleeps on the system's clock.
    #[derive(Debug)]
    pub(crate) struct FineTimer {
        shared: Arc<Shared>,
        thread: std::thread::Thread,
    }

    #[derive(Debug)]
    struct Shared {
        wish: Mutex<Wish>,
        fired: Notify,
    }

    #[derive(Debug, Clone, Copy)]
    enum Wish {
        None,
        WakeAt(Instant),
        End,
    }

    impl FineTimer {
        /// A timer.
        ///
        /// # Errors
        /// The system has no thread left.
        pub(crate) fn new() -> io::Result<Self> {
            let shared = Arc::new(Shared {
                wish: Mutex::new(Wish::None),
                fired: Notify::new(),
            });
            let thread = std::thread::Builder::new().name("timer".to_owned());
            let sleeper = shared.clone();
            let thread = thread.spawn(move || sleeper.serve())?.thread().clone();
            Ok(Self { shared, thread })
        }

        /// Waits for so long. When it was given up before, it may return early once.
        pub(crate) async fn wait(&mut self, left: Duration) {
            // An instant beyond what the system can count is as good as none.
            *self.shared.wish.lock() = Instant::now().checked_add(left).map_or(Wish::None, Wish::WakeAt);
            self.thread.unpark();
            self.shared.fired.notified().await;
        }
    }

    impl Drop for FineTimer {
        fn drop(&mut self) {
            *self.shared.wish.lock() = Wish::End;
            self.thread.unpark();
        }
    }

    impl Shared {
        fn serve(&self) {
            loop {
                let wish = *self.wish.lock();
                match wish {
                    Wish::End => return,
                    Wish::None => std::thread::park(),
                    Wish::WakeAt(at) => {
                        let left = at.saturating_duration_since(Instant::now());
                        if left.is_zero() {
                            self.fire(at);
                        } else {
                            std::thread::sleep(left.min(LONGEST_SLEEP));
                        }
                    }
                }
            }
        }

        /// Tells that `at` has come, unless something else was wished meanwhile.
        fn fire(&self, at: Instant) {
            let mut wish = self.wish.lock();
            if matches!(*wish, Wish::WakeAt(still) if still == at) {
                *wish = Wish::None;
                self.fired.notify_one();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    macro_rules! holds {
        ($timer:ty) => {{
            let mut timer = <$timer>::new().unwrap();
            for left in [0, 1, 30_000, 2_000_000].map(Duration::from_nanos) {
                let begun = Instant::now();
                timer.wait(left).await;
                assert!(begun.elapsed() >= left, "it came early");
            }
            // Given up, and then asked for something else: it comes, at most once too early.
            let far = Duration::from_secs(1000);
            assert!(tokio::time::timeout(Duration::ZERO, timer.wait(far)).await.is_err());
            timer.wait(Duration::from_micros(10)).await;
            let begun = Instant::now();
            timer.wait(Duration::from_millis(1)).await;
            timer.wait(Duration::from_millis(1)).await;
            assert!(begun.elapsed() >= Duration::from_millis(1));
        }};
    }

    #[tokio::test]
    async fn it_waits_as_long_as_it_was_asked_to() {
        holds!(super::FineTimer);
    }

    #[tokio::test]
    async fn where_no_kernel_timer_can_be_waited_for_a_thread_sleeps() {
        holds!(super::sleeper::FineTimer);
    }
}
