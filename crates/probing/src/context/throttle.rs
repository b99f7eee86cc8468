//! The pace of a run: as fast as it may be, and slower once the target says that it is too fast.
//!
//! A limit shows as 429, as 503 with `Retry-After`, or, before nginx with its defaults, as a 503 now and then. Each makes calls
//! fall due further apart; a while without any lets them come closer together again. Nothing here sends or sleeps by itself.

use parking_lot::Mutex;
use std::time::{Duration, Instant};

/// The shortest distance between calls once there is one.
const LEAST: Duration = Duration::from_millis(10);
/// The longest: a target that lets fewer through says by `Retry-After` when to come again.
const MOST: Duration = Duration::from_secs(5);
/// A pause after the first push back, doubled by each that follows upon it.
const PAUSE: Duration = Duration::from_millis(200);
/// The longest pause that nobody asked for.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// So often a pause is doubled for the sake of one call.
const MOST_OF_ONE: u32 = 4;
/// So many push backs one after the other, with no answer to anybody between them, mean that nothing gets through.
const SHUT: u32 = 9;
/// So many calls in a row that got the same 503 whenever they were made mean that it is the answer.
const STUBBORN: u32 = 3;
/// Answers in a row after which calls come a tenth closer together.
const EASE_AFTER: u32 = 25;

/// The pace of a run.
#[derive(Debug)]
pub struct Throttle {
    /// The distance that a person asked for at least.
    asked: Duration,
    state: Mutex<State>,
}

/// What became of the pace.
#[derive(Debug, Clone, Copy, Default)]
pub struct State {
    /// When the next call may be made.
    next: Option<Instant>,
    /// How far calls are apart, as the target has it.
    pub apart: Duration,
    /// How many calls were pushed back.
    pub pushed_back: usize,
    /// How many of the last ones were, without an answer between them.
    in_a_row: u32,
    /// How many were answered since.
    eased: u32,
    /// The same, however often it was eased meanwhile.
    since: u32,
    /// When the last was pushed back.
    last: Option<Instant>,
    /// Until when everybody waits since the last push back.
    closed_until: Option<Instant>,
    /// How long nobody could send because of it, as the clock on the wall has it.
    pub paused: Duration,
    /// Until when that is counted.
    counted: Option<Instant>,
    /// Calls in a row that never got through, though nothing said that they would.
    in_vain: u32,
}

impl Throttle {
    /// A pace; calls are `asked` apart at least.
    pub fn new(asked: Duration) -> Self {
        Self {
            asked,
            state: Mutex::default(),
        }
    }

    /// Takes the next turn: when the call may be made.
    pub fn turn(&self, now: Instant) -> Instant {
        let mut state = self.state.lock();
        let apart = state.apart.max(self.asked);
        if apart.is_zero() && state.next.is_none_or(|next| next <= now) {
            return now;
        }
        let at = state.next.map_or(now, |next| next.max(now));
        state.next = Some(at + apart);
        if state.pushed_back > 0 {
            state.count(now, at);
        }
        at
    }

    /// A call was answered in earnest.
    pub fn answered(&self) {
        let mut state = self.state.lock();
        state.in_a_row = 0;
        if state.apart.is_zero() {
            return;
        }
        state.eased += 1;
        state.since = state.since.saturating_add(1);
        if state.eased >= EASE_AFTER {
            state.eased = 0;
            state.apart = state.apart * 9 / 10;
            if state.apart < LEAST / 4 {
                state.apart = Duration::ZERO;
            }
        }
    }

    /// Whether everybody waits at an instant, those too whose turn was given before.
    pub fn is_closed(&self, at: Instant) -> bool {
        self.state.lock().closed_until.is_some_and(|until| at < until)
    }

    /// A call that was made at `began` was pushed back; how long to wait before it is made again. What had begun before the
    /// wait for the last push back was over is the same trouble seen once more. The call was pushed back `tries` times before.
    pub fn pushed_back(&self, began: Instant, now: Instant, retry_after: Option<Duration>, tries: u32) -> Duration {
        let mut state = self.state.lock();
        state.pushed_back += 1;
        if state.closed_until.is_none_or(|until| began >= until) {
            state.in_a_row += 1;
        }
        if state.last.is_none_or(|last| began >= last) {
            state.last = Some(now);
            // One now and then, with many answers between, is no sign that the pace is far from right.
            let wider = if state.since < EASE_AFTER {
                state.apart * 3 / 2
            } else {
                state.apart * 11 / 10
            };
            state.apart = wider.clamp(LEAST, MOST);
            (state.eased, state.since) = (0, 0);
        }
        // One call that is met so again and again needs more room, whatever gets through beside it.
        let times = state.in_a_row.saturating_sub(1).max(tries.min(MOST_OF_ONE));
        let doubled = PAUSE.saturating_mul(1 << times.min(10));
        let pause = retry_after.unwrap_or(doubled.min(LONGEST_PAUSE)).max(PAUSE);
        // Whoever else wants to send waits, too.
        let until = now + pause;
        state.closed_until = Some(state.closed_until.map_or(until, |closed| closed.max(until)));
        state.next = Some(state.next.map_or(until, |next| next.max(until)));
        state.count(now, until);
        pause
    }

    /// A call was let in after it had been pushed back.
    pub fn got_through(&self) {
        self.state.lock().in_vain = 0;
    }

    /// A call was pushed back as often as it was made.
    pub fn in_vain(&self) {
        self.state.lock().in_vain += 1;
    }

    /// Whether a 503 that does not say when to come again is worth another try.
    pub fn believes_in_limits(&self) -> bool {
        self.state.lock().in_vain < STUBBORN
    }

    /// Whether nothing gets through any more.
    pub fn is_shut(&self) -> bool {
        self.state.lock().in_a_row >= SHUT
    }

    /// What became of the pace.
    pub fn state(&self) -> State {
        *self.state.lock()
    }
}

impl State {
    fn count(&mut self, from: Instant, until: Instant) {
        let from = self.counted.map_or(from, |counted| counted.max(from));
        self.paused += until.saturating_duration_since(from);
        self.counted = Some(self.counted.map_or(until, |counted| counted.max(until)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn while_nobody_minds_every_call_is_due_at_once() {
        let (throttle, now) = (Throttle::new(Duration::ZERO), Instant::now());
        assert!((0..1000).all(|_| throttle.turn(now) == now));
        throttle.answered();
        assert_eq!(throttle.state().pushed_back, 0);
    }

    #[test]
    fn a_rate_that_was_asked_for_is_kept_from_the_first_call() {
        let (throttle, now) = (Throttle::new(ms(50)), Instant::now());
        let due: Vec<_> = (0..4).map(|_| throttle.turn(now) - now).collect();
        assert_eq!(due, [ms(0), ms(50), ms(100), ms(150)]);
        assert_eq!(
            throttle.state().paused,
            Duration::ZERO,
            "that is no fault of the target"
        );
    }

    #[test]
    fn a_target_that_says_when_is_left_alone_until_then() {
        let (throttle, now) = (Throttle::new(Duration::ZERO), Instant::now());
        assert_eq!(throttle.pushed_back(now, now, Some(ms(3000)), 0), ms(3000));
        assert_eq!(throttle.turn(now + ms(1)), now + ms(3000), "others wait, too");
        assert!(throttle.state().paused >= ms(3000));
    }

    #[test]
    fn calls_that_are_pushed_back_together_count_once_and_the_next_double_the_pause() {
        let (throttle, now) = (Throttle::new(Duration::ZERO), Instant::now());
        for _ in 0..8 {
            assert_eq!(throttle.pushed_back(now, now + ms(5), None, 0), PAUSE);
        }
        assert_eq!(throttle.state().apart, LEAST);
        let later = now + ms(300);
        assert_eq!(throttle.pushed_back(later, later, None, 0), PAUSE * 2);
        throttle.answered();
        let later = later + ms(900);
        assert_eq!(
            throttle.pushed_back(later, later, None, 0),
            PAUSE,
            "an answer came between"
        );
    }

    #[test]
    fn those_who_had_their_turn_before_wait_too_and_shut_nothing() {
        let (throttle, now) = (Throttle::new(Duration::ZERO), Instant::now());
        for n in 0..50 {
            let began = now + ms(n);
            throttle.pushed_back(began, began, Some(ms(1000)), 0);
        }
        assert!(!throttle.is_shut(), "all of them are one trouble");
        assert!(throttle.is_closed(now + ms(1040)) && !throttle.is_closed(now + ms(1050)));
        for n in 1..=u64::from(SHUT) {
            let later = now + ms(1100 * n);
            throttle.pushed_back(later, later, Some(ms(1000)), 0);
        }
        assert!(throttle.is_shut(), "whoever waited as long as was asked met the same");
    }

    #[test]
    fn a_while_without_any_brings_calls_closer_together_again() {
        let (throttle, now) = (Throttle::new(Duration::ZERO), Instant::now());
        throttle.pushed_back(now, now, None, 0);
        for _ in 0..EASE_AFTER {
            throttle.answered();
        }
        assert_eq!(throttle.state().apart, LEAST * 9 / 10);
        for _ in 0..40 * EASE_AFTER {
            throttle.answered();
        }
        assert_eq!(throttle.state().apart, Duration::ZERO);
    }
}
