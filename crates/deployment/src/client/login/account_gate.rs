//! When an account may log in: one gate for all who hold its tokens, whatever part of the program they belong to.
//!
//! While all is well it lets everybody through: a thousand virtual users may log in together. A server in trouble, one that
//! refuses logins or the tokens that it gave out, meets one attempt at a time, ever more seldom; two in a second at most.

use super::Backoff;
use super::learnt_life::LearntLife;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Weak};
use std::time::{Duration, Instant};

/// While tokens are in doubt, attempts are so far apart at least: fewer than two fall into any second.
const SPACING: Duration = Duration::from_millis(600);
/// A token that is refused before it was ever accepted is a fresh one for so long: one that nobody used may have ended.
const FRESH: Duration = Duration::from_secs(30);
/// For so long after a new token was accepted, refusals of older ones tell nothing new: the server forgot them all.
const SETTLED: Duration = Duration::from_secs(10);
/// After so long without a failure, the next one counts as the first.
const FORGIVEN: Duration = Duration::from_secs(120);

/// Says when an account may log in, and remembers how its tokens fared.
#[derive(Debug, Default)]
pub struct AccountGate {
    in_doubt: AtomicBool,
    life: LearntLife,
    /// Logins that gave a token.
    logins: AtomicU64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    backoff: Backoff,
    last_failure: Option<Instant>,
    doubt: Option<Doubt>,
    settled: Option<Settled>,
}

/// The account's tokens may be worth nothing: none that was got since is known to have been accepted.
#[derive(Debug, Clone, Copy)]
struct Doubt {
    since: Instant,
    next_attempt: Option<Instant>,
}

/// How the last doubt ended.
#[derive(Debug, Clone, Copy)]
struct Settled {
    at: Instant,
    /// When the token was got that was accepted.
    got: Instant,
}

type Key = (String, String);
static GATES: LazyLock<Mutex<HashMap<Key, Weak<AccountGate>>>> = LazyLock::new(Mutex::default);

impl AccountGate {
    /// The gate of a user name at a base URL, the same for all who hold it at the same time. Names match in any case, as they do
    /// for the server.
    pub fn of(base: &str, username: &str) -> Arc<Self> {
        let mut gates = GATES.lock();
        let key = (base.to_owned(), username.to_lowercase());
        if let Some(gate) = gates.get(&key).and_then(Weak::upgrade) {
            return gate;
        }
        gates.retain(|_, gate| gate.strong_count() > 0);
        let gate = Arc::<Self>::default();
        gates.insert(key, Arc::downgrade(&gate));
        gate
    }

    /// Asks for a turn to log in; who gets one makes the attempt now.
    ///
    /// # Errors
    /// Not yet: when to ask again.
    pub fn turn(&self, now: Instant) -> Result<(), Instant> {
        let mut state = self.state.lock();
        if let Some(at) = state.waits(now) {
            return Err(at);
        }
        if let Some(doubt) = &mut state.doubt {
            doubt.next_attempt = Some(now + SPACING);
        }
        Ok(())
    }

    /// Until when nobody is to log in; none when somebody may.
    pub fn waits(&self, now: Instant) -> Option<Instant> {
        self.state.lock().waits(now)
    }

    /// An attempt to log in that began at `began` gave no token that could be used; says when to ask again. `jitter` as in
    /// [`Backoff::failed`].
    pub fn failed(&self, began: Instant, now: Instant, jitter: f64) -> Instant {
        let mut state = self.state.lock();
        self.doubt(&mut state, now);
        state.count_failure(began, now, jitter);
        state.waits(now).unwrap_or(now)
    }

    /// A token that came at `got` was refused with 401, for itself and not for what was asked for. `accepted` says whether it
    /// was ever accepted.
    pub fn refused(&self, got: Instant, accepted: bool, now: Instant, jitter: f64) {
        let mut state = self.state.lock();
        if state.is_old_news(got, now) {
            return;
        }
        let in_vain = state.doubt.is_some_and(|doubt| got >= doubt.since);
        let young = now.saturating_duration_since(got) < FRESH;
        // The last doubt had a good end, and here is the next.
        let again = state.settled.is_some_and(|settled| got >= settled.got);
        self.doubt(&mut state, now);
        if in_vain || (young && (again || !accepted)) {
            state.count_failure(got, now, jitter);
        }
    }

    /// A token that came at `got` cannot be renewed: its renewal is refused, or does not succeed until it ends. One tries for all
    /// whether a login helps.
    pub fn not_renewed(&self, got: Instant, now: Instant) {
        let mut state = self.state.lock();
        if !state.is_old_news(got, now) {
            self.doubt(&mut state, now);
        }
    }

    /// A token that came at `got` was accepted. When no token is in doubt, that is nothing new.
    pub fn accepted(&self, got: Instant, now: Instant) {
        if !self.is_in_doubt() {
            return;
        }
        let mut state = self.state.lock();
        if state.doubt.is_some_and(|doubt| got >= doubt.since) {
            state.doubt = None;
            state.backoff.relented();
            state.settled = Some(Settled { at: now, got });
            self.in_doubt.store(false, Ordering::Relaxed);
        }
    }

    /// Whether the account's tokens are in doubt; cheap enough to ask at every call.
    pub fn is_in_doubt(&self) -> bool {
        self.in_doubt.load(Ordering::Relaxed)
    }

    /// A login gave a token.
    pub fn logged_in(&self) {
        self.logins.fetch_add(1, Ordering::Relaxed);
    }

    /// How many logins gave a token: where any did, the user name and the password are right.
    pub fn logins(&self) -> u64 {
        self.logins.load(Ordering::Relaxed)
    }

    /// A token that does not say when it ends came at `got`, was accepted before, and is refused `now`: whether it lived as long as such
    /// tokens do.
    pub fn ended(&self, got: Instant, now: Instant) -> bool {
        self.life.ended(got, now)
    }

    /// A token that does not say when it ends was accepted at that `age`; cheap enough to tell at every call.
    pub fn lived(&self, age: Duration, now: Instant) {
        self.life.lived(age, now);
    }

    /// How long the account's tokens live that do not say so, as far as it was seen; more than once, and never contradicted.
    pub fn learnt_life(&self) -> Option<Duration> {
        self.life.known()
    }

    fn doubt(&self, state: &mut State, now: Instant) {
        state.doubt.get_or_insert(Doubt {
            since: now,
            next_attempt: None,
        });
        self.in_doubt.store(true, Ordering::Relaxed);
    }
}

impl State {
    fn waits(&self, now: Instant) -> Option<Instant> {
        let spaced = self.doubt.and_then(|doubt| doubt.next_attempt).filter(|at| now < *at);
        self.backoff.waits(now).max(spaced)
    }

    /// Whether a token that came at `got` was replaced, by one that is accepted, a moment ago.
    fn is_old_news(&self, got: Instant, now: Instant) -> bool {
        let settled = |settled: Settled| got < settled.got && now.saturating_duration_since(settled.at) < SETTLED;
        self.settled.is_some_and(settled)
    }

    /// Counts a failure of what began at `began`. What had begun before the last failure is the same trouble seen once more:
    /// a hundred attempts that fail together make nobody wait a hundred times as long.
    fn count_failure(&mut self, began: Instant, now: Instant, jitter: f64) {
        match self.last_failure {
            Some(last) if began <= last => return,
            Some(last) if now.saturating_duration_since(last) > FORGIVEN => self.backoff = Backoff::default(),
            _ => {}
        }
        self.last_failure = Some(now);
        self.backoff.failed(now, jitter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    /// Lets fifty holders ask for turns every ten milliseconds for twenty seconds, and counts the attempts of the worst second.
    /// `before` happens to each holder before it asks, `after` when it made its attempt.
    fn worst_second(before: impl Fn(&AccountGate, Instant), after: impl Fn(&AccountGate, Instant)) -> usize {
        let (gate, start) = (AccountGate::default(), Instant::now() + ms(60_000));
        let mut attempts = Vec::new();
        for step in 0..2_000 {
            let now = start + ms(step * 10);
            for _ in 0..50 {
                before(&gate, now);
                if gate.turn(now).is_ok() {
                    attempts.push(now);
                    after(&gate, now);
                }
            }
        }
        let within = |from: &Instant| {
            attempts
                .iter()
                .filter(|at| *at >= from && **at < *from + ms(1000))
                .count()
        };
        attempts.iter().map(within).max().unwrap_or_default()
    }

    #[test]
    fn while_all_is_well_everybody_may_log_in_at_once() {
        let (gate, now) = (AccountGate::default(), Instant::now());
        assert!((0..1000).all(|_| gate.turn(now).is_ok()));
        gate.accepted(now, now);
        assert!((0..1000).all(|_| gate.turn(now).is_ok()));
        assert_eq!(gate.waits(now), None);
    }

    #[test]
    fn whatever_the_trouble_no_second_sees_more_than_two_logins() {
        let long_ago = Instant::now();
        let nothing = |_: &AccountGate, _| ();
        let refused_logins = worst_second(nothing, |gate, now| _ = gate.failed(now, now, 0.0));
        let refused_tokens = worst_second(nothing, |gate, now| gate.refused(now, false, now, 0.0));
        let old_tokens = worst_second(|gate, now| gate.refused(long_ago, true, now, 0.0), nothing);
        for (what, most) in [
            ("refused logins", refused_logins),
            ("refused tokens", refused_tokens),
            ("old tokens", old_tokens),
        ] {
            assert!((1..=2).contains(&most), "{what}: {most}");
        }
    }

    #[test]
    fn a_token_that_is_accepted_opens_the_gate_for_all_whose_tokens_were_forgotten() {
        let (gate, start) = (AccountGate::default(), Instant::now());
        let lost = start + ms(60_000);
        gate.refused(start, true, lost, 0.0);
        assert!(gate.turn(lost).is_ok());
        assert!(gate.turn(lost + ms(1)).is_err(), "one tries for all");
        gate.accepted(start, lost + ms(2));
        assert!(gate.is_in_doubt(), "an old token proves nothing");
        gate.accepted(lost + ms(3), lost + ms(4));
        assert!(!gate.is_in_doubt());
        let later = lost + ms(2_000);
        gate.refused(start, true, later, 0.0);
        assert!((0..1000).all(|_| gate.turn(later).is_ok()), "the others follow");
        gate.refused(start, true, later + SETTLED, 0.0);
        assert!(gate.is_in_doubt());
    }

    #[test]
    fn a_token_that_is_refused_in_place_of_a_refused_one_makes_waits_grow() {
        let (gate, start) = (AccountGate::default(), Instant::now());
        let mut now = start + ms(60_000);
        gate.refused(start, true, now, 0.0);
        for wait in [500, 1000, 2000, 4000] {
            assert!(gate.turn(now).is_ok());
            gate.refused(now, true, now, 0.0);
            assert!(gate.waits(now).is_some_and(|at| at >= now + ms(wait)), "{wait}");
            now += ms(wait).max(SPACING);
        }
    }

    /// A limit on logins lets some through and refuses the others, again and again.
    #[test]
    fn waits_do_not_grow_where_logins_go_through_between_failures() {
        let gate = AccountGate::default();
        let mut now = Instant::now();
        for _ in 0..20 {
            let at = gate.failed(now, now + ms(1), 0.0);
            assert_eq!(at, now + ms(501));
            assert!(gate.turn(at).is_ok());
            gate.accepted(at, at + ms(1));
            now = at + ms(2);
        }
    }

    #[test]
    fn failures_of_one_moment_count_once() {
        let (gate, now) = (AccountGate::default(), Instant::now());
        for _ in 0..32 {
            gate.failed(now, now + ms(5), 0.0);
        }
        assert_eq!(gate.waits(now + ms(5)), Some(now + ms(505)));
    }

    #[test]
    fn where_renewals_are_refused_one_logs_in_for_all_and_the_others_follow() {
        let (gate, start) = (AccountGate::default(), Instant::now());
        let due = start + ms(2_000);
        let try_all = |at: Instant| {
            let turns = (0..100).filter(|_| {
                gate.not_renewed(start, at);
                gate.turn(at).is_ok()
            });
            turns.count()
        };
        assert_eq!([try_all(due), try_all(due + ms(10)), try_all(due + SPACING)], [1, 0, 1]);
        gate.accepted(due + ms(1), due + ms(700));
        assert_eq!(try_all(due + ms(710)), 100);
        assert_eq!(
            gate.waits(due + ms(710)),
            None,
            "no login failed: nobody waits longer for it"
        );
    }

    #[test]
    fn holders_of_one_account_share_a_gate_for_as_long_as_there_are_any() {
        let one = AccountGate::of("http://a:1", "anna");
        assert!(Arc::ptr_eq(&one, &AccountGate::of("http://a:1", "anna")));
        assert!(Arc::ptr_eq(&one, &AccountGate::of("http://a:1", "Anna")));
        assert!(!Arc::ptr_eq(&one, &AccountGate::of("http://a:1", "bert")));
        assert!(!Arc::ptr_eq(&one, &AccountGate::of("http://a:2", "anna")));
        one.failed(Instant::now(), Instant::now(), 0.0);
        drop(one);
        assert!(!AccountGate::of("http://a:1", "anna").is_in_doubt());
    }
}
