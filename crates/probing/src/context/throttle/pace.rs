//! How fast calls may follow upon each other, and until when none may: of one route, or of everybody.

use std::time::{Duration, Instant};

/// The shortest distance between calls once there is one.
const LEAST: Duration = Duration::from_millis(10);
/// The longest: a target that lets fewer through says by `Retry-After` when to come again.
const MOST: Duration = Duration::from_secs(5);
/// A pause after the first push back, doubled by each that follows upon it.
pub(super) const PAUSE: Duration = Duration::from_millis(200);
/// The longest pause that nobody asked for.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// So often a pause is doubled for the sake of one call.
pub(super) const MOST_OF_ONE: u32 = 4;
/// So often a pause is doubled at most.
pub(super) const MOST_DOUBLED: u32 = 10;
/// So many push backs one after the other, with no answer between them, mean that nothing gets through.
pub(super) const SHUT: u32 = 9;
/// Answers in a row after which calls come a tenth closer together.
pub(super) const EASE_AFTER: u32 = 25;
/// So many of the last answers are looked at.
const LAST: u32 = 16;

/// A call that was pushed back.
#[derive(Debug, Clone, Copy)]
pub struct Push {
    /// The status that it was answered.
    pub status: u16,
    /// When it was made.
    pub began: Instant,
    /// When it was answered.
    pub now: Instant,
    /// In how long to come again, where the answer says so.
    pub retry_after: Option<Duration>,
    /// How often this call was pushed back before.
    pub tries: u32,
}

/// How fast calls may follow upon each other.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pace {
    /// When the next call may be made.
    next: Option<Instant>,
    /// How far calls are apart, as the target has it.
    pub(super) apart: Duration,
    /// How many of the last calls were pushed back, without an answer between them.
    in_a_row: u32,
    /// How many were answered since it last changed.
    eased: u32,
    /// When the last was pushed back.
    last: Option<Instant>,
    /// Until when nobody may call.
    closed_until: Option<Instant>,
    /// Which of the last answers were push backs, the newest in the lowest bit.
    recent: u32,
    /// How many of them there are, up to [`LAST`].
    seen: u32,
}

impl Pace {
    /// Takes the next turn: when the call may be made, `asked` behind the one before at least.
    pub(super) fn turn(&mut self, now: Instant, asked: Duration) -> Instant {
        let apart = self.apart.max(asked);
        if apart.is_zero() && self.next.is_none_or(|next| next <= now) {
            return now;
        }
        let at = self.next.map_or(now, |next| next.max(now));
        self.next = Some(at + apart);
        at
    }

    /// A call was answered in earnest.
    pub(super) fn answered(&mut self) {
        self.saw(false);
        self.in_a_row = 0;
        if self.apart.is_zero() {
            return;
        }
        self.eased += 1;
        if self.eased >= EASE_AFTER {
            self.eased = 0;
            self.apart = self.apart * 9 / 10;
            if self.apart < LEAST / 4 {
                self.apart = Duration::ZERO;
            }
        }
    }

    /// A call was pushed back; how long nobody calls because of it. What had begun before the last wait was over is the same
    /// trouble seen once more. Calls come further apart only where the pace `widens`: a few of a hundred are refused at
    /// whatever pace. A wait that nobody asked for is doubled `most` times.
    pub(super) fn pushed_back(&mut self, push: Push, widens: bool, most: u32) -> Duration {
        if self.closed_until.is_none_or(|until| push.began >= until) {
            self.in_a_row += 1;
        }
        if self.last.is_none_or(|last| push.began >= last) {
            self.last = Some(push.now);
            if widens {
                self.apart = (self.apart * 3 / 2).clamp(LEAST, MOST);
                self.eased = 0;
            }
        }
        // One call that is met so again and again needs more room, whatever gets through beside it.
        let times = self.in_a_row.saturating_sub(1).max(push.tries.min(MOST_OF_ONE));
        let doubled = PAUSE.saturating_mul(1 << times.min(most));
        let pause = push.retry_after.unwrap_or(doubled.min(LONGEST_PAUSE)).max(PAUSE);
        // A server may ask for more time than a clock can hold.
        let until = push.now.checked_add(pause).unwrap_or(push.now + LONGEST_PAUSE);
        self.closed_until = Some(self.closed_until.map_or(until, |closed| closed.max(until)));
        self.next = Some(self.next.map_or(until, |next| next.max(until)));
        until - push.now
    }

    /// What was taken for a limit is the answer: the row of push backs ends.
    pub(super) fn begins_anew(&mut self) {
        self.in_a_row = 0;
    }

    /// Whether everybody waits at an instant, those too whose turn was given before.
    pub(super) fn is_closed(&self, at: Instant) -> bool {
        self.closed_until.is_some_and(|until| at < until)
    }

    /// Whether nothing gets through any more.
    pub(super) fn is_shut(&self) -> bool {
        self.in_a_row >= SHUT
    }

    /// Takes note of an answer: whether it was a push back.
    pub(super) fn saw(&mut self, pushed_back: bool) {
        self.recent = ((self.recent << 1) | u32::from(pushed_back)) & ((1 << LAST) - 1);
        self.seen = (self.seen + 1).min(LAST);
    }

    /// Whether a good part of the last calls were pushed back.
    pub(super) fn is_crowded(&self) -> bool {
        let pushed_back = self.recent.count_ones();
        pushed_back >= 2 && pushed_back * 4 >= self.seen
    }
}
