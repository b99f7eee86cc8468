//! The calls of a run one by one, for whoever needs more of them than histograms keep.
//!
//! Each thread of the generator has a log of its own beside its desk, so nothing is locked; the recorder puts them together
//! when the run is over. A log is whole or there is none: who works out from it what a server did must know of everything
//! that it was asked.

/// When a call was made and how long it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallTimes {
    /// The operation's place among those of the run.
    pub operation: usize,
    /// When its request was sent, in nanoseconds since the run's begin. A connection that had to be made for it was made
    /// before.
    pub sent_ns: u64,
    /// From then to the last byte of its answer, in nanoseconds.
    pub took_ns: u64,
}

/// The calls of one thread.
#[derive(Debug, Default)]
pub(crate) struct CallLog {
    /// `None` where none are kept, and for good once one call is missing.
    kept: Option<Vec<CallTimes>>,
    most: usize,
}

impl CallLog {
    /// A log of at most so many calls; 0 for none.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            kept: (most > 0).then(Vec::new),
            most,
        }
    }

    /// Notes a call that was sent and answered at these instants, of a run that starts at `start_ns`.
    pub(crate) fn add(&mut self, operation: usize, start_ns: u64, sent_ns: u64, done_ns: u64, answered: bool) {
        let Some(kept) = &mut self.kept else { return };
        if done_ns <= start_ns {
            // A login or a renewal before the run.
            return;
        }
        match sent_ns.checked_sub(start_ns) {
            Some(since_ns) if answered && kept.len() < self.most => kept.push(CallTimes {
                operation,
                sent_ns: since_ns,
                took_ns: done_ns.saturating_sub(sent_ns),
            }),
            // Without an answer nobody knows how long it kept the server busy; one more than are kept would be missing; and a
            // renewal that began before the run fits on no axis that begins with it.
            _ => self.kept = None,
        }
    }

    /// Hands the calls over; `None` where some are missing.
    pub(crate) fn take(&mut self) -> Option<Vec<CallTimes>> {
        self.kept.take()
    }
}

/// Puts the logs of all threads together, in the order of being sent; nothing where one is missing or they are more than
/// `most` calls.
pub(crate) fn join(logs: impl IntoIterator<Item = Option<Vec<CallTimes>>>, most: usize) -> Vec<CallTimes> {
    let logs: Option<Vec<Vec<CallTimes>>> = logs.into_iter().collect();
    let mut calls = logs.unwrap_or_default().concat();
    if calls.len() > most {
        return Vec::new();
    }
    calls.sort_by_key(|call| call.sent_ns);
    calls
}

#[cfg(test)]
mod tests {
    use super::*;

    const START_NS: u64 = 1000;

    fn log(most: usize, calls: &[(u64, u64, bool)]) -> Option<Vec<CallTimes>> {
        let mut log = CallLog::new(most);
        for (sent_ns, done_ns, answered) in calls {
            log.add(2, START_NS, *sent_ns, *done_ns, *answered);
        }
        log.take()
    }

    fn call(sent_ns: u64, took_ns: u64) -> CallTimes {
        CallTimes {
            operation: 2,
            sent_ns,
            took_ns,
        }
    }

    #[test]
    fn calls_of_all_threads_are_put_in_order() {
        let one = log(3, &[(1300, 1400, true), (1000, 1500, true)]);
        let other = log(3, &[(1200, 1250, true)]);
        let all = [call(0, 500), call(200, 50), call(300, 100)];
        assert_eq!(join([one.clone(), other.clone()], 3), all);
        assert_eq!(join([one, other], 2), [], "each kept few enough, all together did not");
    }

    #[test]
    fn a_log_that_misses_a_call_is_none() {
        let answered = (1100, 1200, true);
        for (calls, why) in [
            (&[answered, (1150, 1250, false)][..], "no answer"),
            (&[answered, answered, answered], "more than are kept"),
            (&[(900, 1100, true), answered], "sent before the run"),
        ] {
            assert_eq!(log(2, calls), None, "{why}");
        }
        assert_eq!(join([log(2, &[answered]), None], 2), [], "another thread's");
        assert_eq!(log(0, &[]), None, "none are kept");
    }

    #[test]
    fn what_was_over_before_the_run_is_no_call_of_it() {
        assert_eq!(log(1, &[(10, 1000, false), (1000, 1001, true)]), Some(vec![call(0, 1)]));
        let mut log = CallLog::new(1);
        log.add(0, u64::MAX, 10, 20, true);
        assert_eq!(log.take(), Some(vec![]), "nobody knows yet when it starts");
    }
}
