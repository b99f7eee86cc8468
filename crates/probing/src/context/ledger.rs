//! The run's book of calls: how many there were, how many a healthy server would have answered, and how long to wait for
//! the next.

use crate::messages::Draft;
use parking_lot::Mutex;
use proofload_deployment::client::Loss;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// So many calls may hang for as long as the person said; those after them have to be quicker.
const HANGS_IN_FULL: usize = 3;
/// The shortest patience there is.
const LEAST_PATIENCE: Duration = Duration::from_secs(1);
/// From then on a call may take so many times as long as the slowest that was answered.
const PATIENCE_OVER_SLOWEST: u32 = 4;
/// So long a run waits for calls that are lost, as the clock on the wall has it. After that nothing is tried again.
const MOST_WAITED: Duration = Duration::from_secs(60);
/// A target is dead when so many calls in a row were lost and it has not answered for [`DEAD_FOR`].
const DEAD_CALLS: usize = 20;
const DEAD_FOR: Duration = Duration::from_secs(5);
/// Different sentences that are kept of what went wrong.
const TOLD: usize = 3;
/// A call that ends so much later than its time limit was held up by this machine.
const HELD_UP: Duration = Duration::from_secs(2);

/// The run's book of calls.
pub struct Ledger {
    /// What the person said that one call may take.
    full: Duration,
    page: Mutex<Page>,
}

/// What the book says.
#[derive(Clone, Default)]
pub struct Page {
    /// Calls that were answered, whatever with.
    pub answered: usize,
    /// Calls that the server failed to answer, by how.
    pub lost: BTreeMap<Loss, usize>,
    /// Calls that met a connection which was closed at that moment, and were sent again on a new one.
    pub stale: usize,
    /// What went wrong, in a few different sentences.
    pub told: Vec<String>,
    /// The patience that was left in the end, where it was shortened.
    pub shortened_to: Option<Duration>,
    /// How many calls in a row were lost in the end, and for how long, where that means that the target is dead.
    pub dead: Option<(usize, Duration)>,
    /// A call that was lost, to be repeated: one that stores nothing, where there was such a one.
    pub example: Option<Draft>,
    /// Calls that hung until their time was over.
    pub hangs: usize,
    /// The longest that an answered call took.
    pub slowest: Duration,
    /// How long an answered call takes of late.
    pub of_late: Duration,
    /// Calls that were lost since the last answer.
    pub in_a_row: usize,
    /// When the last answer came.
    pub last_answer: Option<Instant>,
    /// How long lost calls were waited for, as the clock on the wall has it.
    pub waited: Duration,
    /// Until when that is counted.
    pub waited_until: Option<Instant>,
}

impl Page {
    /// How many calls were lost.
    pub fn lost(&self) -> usize {
        self.lost.values().sum()
    }

    /// How many calls were made.
    pub fn calls(&self) -> usize {
        self.answered + self.lost()
    }

    fn patience(&self, full: Duration) -> Duration {
        if self.hangs < HANGS_IN_FULL {
            return full;
        }
        let by_slowest = self.slowest.saturating_mul(PATIENCE_OVER_SLOWEST);
        by_slowest.max(LEAST_PATIENCE).min(full)
    }

    fn is_dead(&self, now: Instant) -> bool {
        let silent = self.last_answer.map(|last| now.saturating_duration_since(last));
        self.in_a_row >= DEAD_CALLS && silent.is_some_and(|silent| silent >= DEAD_FOR)
    }

    fn answer(&mut self, took: Duration, now: Instant) {
        self.answered += 1;
        self.in_a_row = 0;
        self.last_answer = Some(now);
        self.slowest = self.slowest.max(took);
        // The last dozen or so calls count; one slow search among them does not decide.
        self.of_late = match self.answered {
            1 => took,
            _ => (self.of_late * 15 + took) / 16,
        };
    }

    fn lose(&mut self, loss: Loss, began: Instant, now: Instant) {
        *self.lost.entry(loss).or_default() += 1;
        self.in_a_row += 1;
        if loss == Loss::Unanswered {
            self.hangs += 1;
        }
        // Calls that hang side by side are waited for once.
        let from = self.waited_until.map_or(began, |until| until.max(began));
        self.waited += now.saturating_duration_since(from);
        self.waited_until = Some(self.waited_until.map_or(now, |until| until.max(now)));
    }
}

impl Ledger {
    /// An empty book; `full` is the longest that one call may take.
    pub fn new(full: Duration) -> Self {
        Self {
            full,
            page: Mutex::default(),
        }
    }

    /// How long an answered call takes of late.
    pub fn latency(&self) -> Duration {
        self.page.lock().of_late
    }

    /// How long the next call may take.
    pub fn patience(&self) -> Duration {
        self.page.lock().patience(self.full)
    }

    /// Whether a connection that was kept may be used: once one was closed upon a call, only new ones tell a server that
    /// drops calls from one that had closed an idle connection just then.
    pub fn keeps_connections(&self) -> bool {
        self.page.lock().stale == 0
    }

    /// Whether what was lost may be tried again.
    pub fn may_repeat(&self) -> bool {
        let page = self.page.lock();
        page.waited < MOST_WAITED && !page.is_dead(Instant::now())
    }

    /// Whether the target has stopped answering altogether.
    pub fn is_dead(&self) -> bool {
        self.page.lock().is_dead(Instant::now())
    }

    /// A call was answered.
    pub fn answered(&self, took: Duration) {
        self.page.lock().answer(took, Instant::now());
    }

    /// A call met a connection that the server had closed, or closed just then.
    pub fn met_a_closed_connection(&self) {
        self.page.lock().stale += 1;
    }

    /// A call was lost. One that this machine held up for longer than it may take is nobody's fault and not counted.
    pub fn lost(&self, loss: Loss, draft: &Draft, why: &str, began: Instant, patience: Duration) {
        let now = Instant::now();
        if now.saturating_duration_since(began) > patience + HELD_UP {
            return;
        }
        let mut page = self.page.lock();
        page.lose(loss, began, now);
        if page.told.len() < TOLD && !page.told.iter().any(|told| told == why) {
            page.told.push(why.to_owned());
        }
        let better = page.example.as_ref().is_none_or(|example| example.once && !draft.once);
        if better {
            page.example = Some(draft.clone());
        }
    }

    /// What the book says at the end.
    pub fn closed(&self) -> Page {
        let now = Instant::now();
        let mut page = self.page.lock().clone();
        let patience = page.patience(self.full);
        page.shortened_to = (patience < self.full).then_some(patience);
        let silent = page.last_answer.map(|last| now.saturating_duration_since(last));
        page.dead = page.is_dead(now).then(|| (page.in_a_row, silent.unwrap_or_default()));
        // A server that drops calls on new connections dropped those on old ones too.
        if let Some(dropped) = page.lost.get_mut(&Loss::Dropped) {
            *dropped += page.stale;
            page.stale = 0;
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second() -> Duration {
        Duration::from_secs(1)
    }

    #[test]
    fn after_three_hangs_calls_have_to_be_as_quick_as_the_others() {
        let (mut page, full, start) = (Page::default(), 10 * second(), Instant::now());
        page.answer(Duration::from_millis(700), start);
        for _ in 0..2 {
            page.lose(Loss::Unanswered, start, start + full);
        }
        page.lose(Loss::Cut, start, start);
        assert_eq!(page.patience(full), full, "two hangs and a cut");
        page.lose(Loss::Unanswered, start, start + full);
        assert_eq!(page.patience(full), Duration::from_millis(2800));
        page.slowest = Duration::from_millis(3);
        assert_eq!(page.patience(full), second());
        page.slowest = 8 * second();
        assert_eq!(page.patience(full), full, "never more than the person said");
    }

    #[test]
    fn calls_that_hang_side_by_side_are_waited_for_once() {
        let (mut page, start) = (Page::default(), Instant::now());
        for _ in 0..8 {
            page.lose(Loss::Unanswered, start, start + 10 * second());
        }
        assert_eq!(page.waited, 10 * second());
        page.lose(Loss::Unanswered, start + 9 * second(), start + 12 * second());
        assert_eq!(page.waited, 12 * second());
        page.lose(Loss::Unanswered, start + 20 * second(), start + 21 * second());
        assert_eq!(page.waited, 13 * second());
    }

    #[test]
    fn dead_is_many_calls_and_a_while_without_any_answer() {
        let (mut page, start) = (Page::default(), Instant::now());
        page.answer(second(), start);
        for _ in 0..DEAD_CALLS {
            page.lose(Loss::NotConnected, start, start);
        }
        assert!(!page.is_dead(start + second()), "a moment");
        assert!(page.is_dead(start + DEAD_FOR));
        page.answer(second(), start + DEAD_FOR);
        assert!(!page.is_dead(start + 3 * DEAD_FOR), "it came back");
    }

    #[test]
    fn one_closed_connection_is_counted_only_where_new_ones_are_closed_too() {
        let ledger = Ledger::new(second());
        ledger.met_a_closed_connection();
        assert!(!ledger.keeps_connections());
        let page = ledger.closed();
        assert_eq!((page.lost(), page.stale), (0, 1));
        ledger.page.lock().lose(Loss::Dropped, Instant::now(), Instant::now());
        let page = ledger.closed();
        assert_eq!((page.lost(), page.stale), (2, 0));
    }

    #[test]
    fn what_this_machine_held_up_is_not_counted() {
        let draft = Draft::new(http::Method::GET, "/");
        let Some(long_ago) = Instant::now().checked_sub(10 * second()) else {
            return;
        };
        let ledger = Ledger::new(second());
        ledger.lost(Loss::Unanswered, &draft, "late", long_ago, second());
        assert_eq!(ledger.closed().lost(), 0);
        ledger.lost(Loss::Unanswered, &draft, "late", long_ago, 10 * second());
        assert_eq!(ledger.closed().lost(), 1);
    }
}
