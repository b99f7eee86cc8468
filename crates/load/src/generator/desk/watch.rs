//! When this thread stood still, and what that can have cost a call.
//!
//! The thread is to look up every few milliseconds. When it did not, its process was stopped, its machine slept, or others
//! had the processors; answers that came meanwhile are read late, and what fell due is sent late and all at once. Such a
//! call must not become the target's longest.

use super::Desk;
use crate::generator::clock::Clock;
use crate::generator::measured_call::{Ending, Hindrance, Instants};
use proofload_results::load::Complaint;
use std::collections::VecDeque;
use std::time::Duration;

/// The thread is to look up this often...
const TICK: Duration = Duration::from_millis(5);
/// ...and stood still when it did not for this long, in nanoseconds.
const STILL_NS: u64 = 15_000_000;
/// What stood still for a while costs a call up to so many times as long: by itself, and because what had piled up is sent at
/// once and has to be served before things are as they were.
const COST: u64 = 3;
/// Times that are remembered at most; the oldest are forgotten first.
const REMEMBERED: usize = 4096;

/// When this thread stood still.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// When it looked up last; none before the first time.
    looked_up_ns: Option<u64>,
    /// The times in which it did not, in order.
    still: VecDeque<Still>,
}

/// A time in which the thread stood still.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_field_names,
    reason = "the unit stands in every name, as in the rest of the generator"
)]
struct Still {
    begin_ns: u64,
    end_ns: u64,
    /// Calls that fall due before this find what had piled up.
    aftermath_ns: u64,
    /// The latest aftermath of this one and all before it.
    reach_ns: u64,
}

impl Still {
    fn new(begin_ns: u64, end_ns: u64, reach_ns: u64) -> Self {
        let aftermath_ns = end_ns.saturating_add((end_ns - begin_ns).saturating_mul(COST - 1));
        Self {
            begin_ns,
            end_ns,
            aftermath_ns,
            reach_ns: reach_ns.max(aftermath_ns),
        }
    }
}

impl Watch {
    /// The thread looks up; returns since when it stood still, if it did.
    fn look_up(&mut self, now_ns: u64) -> Option<u64> {
        let still = self.pending(now_ns);
        self.looked_up_ns = Some(now_ns);
        let still = still?;
        if self.still.len() == REMEMBERED {
            self.still.pop_front();
        }
        self.still.push_back(still);
        Some(still.begin_ns)
    }

    /// The time in which it stood still until now, if whoever asks came before it could look up.
    fn pending(&self, now_ns: u64) -> Option<Still> {
        let begin_ns = self.looked_up_ns?;
        let is_still = now_ns.saturating_sub(begin_ns) >= STILL_NS;
        let reach_ns = self.still.back().map_or(0, |last| last.reach_ns);
        is_still.then(|| Still::new(begin_ns, now_ns, reach_ns))
    }

    /// The times that reach beyond `from_ns`, the latest first.
    fn beyond(&self, from_ns: u64, now_ns: u64) -> impl Iterator<Item = Still> {
        let known = self.still.iter().rev().copied();
        let latest_first = self.pending(now_ns).into_iter().chain(known);
        latest_first.take_while(move |still| still.reach_ns > from_ns)
    }

    /// How long the thread stood still where a call that was due and done then can have felt it.
    fn felt_ns(&self, due_ns: u64, done_ns: u64) -> u64 {
        let felt = self
            .beyond(due_ns, done_ns)
            .filter(|still| still.aftermath_ns > due_ns && still.begin_ns < done_ns);
        felt.map(|still| still.end_ns - still.begin_ns).sum()
    }

    /// Whether the thread stood still at some time between these.
    fn was_still(&self, from_ns: u64, to_ns: u64) -> bool {
        self.beyond(from_ns, to_ns)
            .any(|still| still.end_ns > from_ns && still.begin_ns < to_ns)
    }

    /// Whether an arrival fell due while the thread stood still, or shortly after: it waits for what piled up then.
    pub(super) fn piled_up(&self, due_ns: u64, now_ns: u64) -> bool {
        self.beyond(due_ns, now_ns)
            .any(|still| still.aftermath_ns > due_ns && still.begin_ns <= due_ns)
    }

    /// What the generator itself may have done to a call.
    fn hindrance(&self, at: Instants, ending: Ending) -> Hindrance {
        let felt_ns = self.felt_ns(at.due, at.done).saturating_mul(COST);
        let late_ns = at.sent.saturating_sub(at.ready).saturating_mul(COST);
        let excused = match ending {
            Ending::Failure(name) if Complaint::is_of_our_side(name) => true,
            // Its answer may have come while nobody looked, or it had no time left when it was sent.
            Ending::Failure("timeout") => {
                self.was_still(at.deadline, at.done) || felt_ns >= at.done.saturating_sub(at.due)
            }
            _ => false,
        };
        Hindrance {
            cost_ns: felt_ns.max(late_ns),
            excused,
        }
    }
}

impl Desk {
    /// Looks up, as the thread is to do every [`TICK`].
    pub(crate) fn look_up(&mut self, now_ns: u64) {
        let Some(since_ns) = self.watch.look_up(now_ns) else {
            return;
        };
        if now_ns > self.start_ns {
            let at_ns = since_ns.saturating_sub(self.start_ns);
            self.tally.stood_still(at_ns, now_ns - since_ns.max(self.start_ns));
        }
    }

    /// Records a call of the operation with index `operation`.
    pub(crate) fn call(&mut self, operation: usize, at: Instants, ending: Ending, ok: bool) {
        let answered = ending.is_answer();
        self.second_chances.called();
        let hindered = self.watch.hindrance(at, ending);
        self.tally.call(operation, at, ending, ok, hindered);
        self.calls.add(operation, self.start_ns, at.written, at.done, answered);
    }

    /// Counts what is never sent now that the run is closed though users were free: had this thread not stood still, they would
    /// have sent it.
    pub(super) fn count_missed(&mut self) {
        for lane in self.lanes.iter().filter(|lane| !lane.free.is_empty()) {
            self.tally.missed += lane.fallen.saturating_sub(lane.taken);
        }
    }
}

/// Looks up at this thread's desk, as long as it lives.
pub(crate) async fn keep_watch(clock: Clock) {
    loop {
        super::with(|desk| desk.look_up(clock.now_ns()));
        tokio::time::sleep(TICK).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    /// A thread that looked up every 5 ms until 10 s, but not between 1000 and 1400 ms, nor between 5000 and 5020 ms.
    fn watch() -> Watch {
        let mut watch = Watch::default();
        for ms in (0..=10_000).step_by(5) {
            if !(1001..1400).contains(&ms) && !(5001..5020).contains(&ms) {
                watch.look_up(ms * MS);
            }
        }
        watch
    }

    fn call(due: u64, done: u64) -> Instants {
        Instants {
            due: due * MS,
            ready: due * MS,
            sent: due * MS,
            written: due * MS,
            done: done * MS,
            deadline: (due + 1000) * MS,
        }
    }

    #[test]
    fn calls_that_a_standstill_touches_feel_it_and_no_others() {
        let watch = watch();
        for (due, done, felt_ms, what) in [
            (900, 950, 0, "over before it"),
            (900, 1402, 400, "under way in it"),
            (1200, 1403, 400, "due in it"),
            (1500, 1510, 400, "due while what had piled up is served"),
            (2300, 2310, 0, "due long after it"),
            (900, 6000, 420, "all the time"),
            (5010, 5021, 20, "due in a short one"),
        ] {
            assert_eq!(watch.felt_ns(due * MS, done * MS), felt_ms * MS, "{what}");
        }
        assert!(watch.piled_up(1200 * MS, 1401 * MS) && watch.piled_up(1500 * MS, 1501 * MS));
        assert!(!watch.piled_up(990 * MS, 1401 * MS) && !watch.piled_up(2300 * MS, 2301 * MS));
    }

    #[test]
    fn whoever_comes_before_the_thread_looked_up_sees_that_it_stood_still() {
        let mut watch = Watch::default();
        assert_eq!(watch.felt_ns(0, 500 * MS), 0, "nobody looked yet");
        watch.look_up(100 * MS);
        assert_eq!(watch.felt_ns(90 * MS, 500 * MS), 400 * MS);
        assert!(watch.piled_up(200 * MS, 500 * MS));
        assert_eq!(watch.look_up(500 * MS), Some(100 * MS));
        assert_eq!(watch.felt_ns(90 * MS, 501 * MS), 400 * MS, "counted once");
        assert_eq!(watch.look_up(506 * MS), None);
    }

    #[test]
    fn time_outs_are_excused_where_nobody_looked_and_errors_never() {
        let watch = watch();
        let excused = |at, ending| watch.hindrance(at, ending).excused;
        let timeout = Ending::Failure("timeout");
        assert!(
            excused(call(300, 1401), timeout),
            "it would have ended at 1300, while nobody looked"
        );
        assert!(
            excused(call(1010, 2010), timeout),
            "three times the standstill is longer than it took"
        );
        assert!(!excused(call(3000, 4000), timeout), "nothing stood still");
        assert!(!excused(call(300, 1401), Ending::Status(503)));
        assert!(!excused(call(300, 1401), Ending::Failure("reset")));
        assert!(excused(call(3000, 3001), Ending::Failure("no-local-port")));
        assert!(excused(call(3000, 3001), Ending::Failure("proxy")));
        assert!(excused(call(3000, 3001), Ending::Failure("no-descriptor")));
    }

    #[test]
    fn lateness_of_a_single_call_costs_as_a_standstill_does() {
        let late = Instants {
            sent: 3004 * MS,
            ..call(3000, 3030)
        };
        let cost = |at| watch().hindrance(at, Ending::Status(200)).cost_ns;
        assert_eq!(cost(late), 12 * MS);
        assert_eq!(cost(call(3000, 3030)), 0);
        assert_eq!(cost(call(1200, 1403)), 1200 * MS);
    }
}
