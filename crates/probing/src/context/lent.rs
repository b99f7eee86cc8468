//! Accounts are lent to us: logins that must be refused are made so that nobody is locked out.
//!
//! Whoever sends a login, in whatever check, goes through here. A bad one of an account waits for its turn, is counted, and
//! has a right one behind it: a server that counts failures in a row never counts more than one, one that counts those of a
//! minute never more than [`MOST_A_MINUTE`]. When a right login is refused that was let in before, the account is taken to
//! be locked out: that is said, waited for, and no further bad login is made; what was refused meanwhile proves nothing.

use super::logins::request;
use super::options::BadLogins;
use super::sender::Sender;
use crate::body::Body;
use crate::findings::{Cause, Stop};
use crate::messages::{Draft, Exchange};
use http::Method;
use http::header::RETRY_AFTER;
use parking_lot::Mutex;
use proofload_contract::Contract;
use proofload_deployment::client::login;
use proofload_deployment::halt::Halt;
use proofload_deployment::{Account, Target};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// So many bad logins of one account fall into any minute at most, whatever lies between them: customary locks begin at
/// five.
pub const MOST_A_MINUTE: usize = 4;
/// So many bad logins of one account are made in a run, where they have to wait for each other: two minutes' worth.
pub const MOST_OF_ONE: usize = 2 * MOST_A_MINUTE;
/// A minute, and what clocks and networks add to it.
const MINUTE: Duration = Duration::from_secs(62);
/// Between a right login that was refused and the next: one that was lost by chance is not a lock.
const MOMENT: Duration = Duration::from_millis(300);
/// How long a lock is waited for, step by step: a lock of a minute has ended by then.
const WAITS: [u64; 4] = [5, 10, 20, 30];

/// How many bad logins a run may make of one account of `target`.
pub fn most_of_one(target: &Target, rule: BadLogins) -> usize {
    match rule {
        BadLogins::Never => 0,
        BadLogins::Spaced if !target.embedded => MOST_OF_ONE,
        BadLogins::Spaced | BadLogins::AtOnce => usize::MAX,
    }
}

/// The accounts of a run, and what bad logins were made of them.
pub(super) struct Lent {
    rule: BadLogins,
    halt: Halt,
    login: Draft,
    accounts: Vec<Borrowed>,
    /// Why no further bad login is made, once there was a sign of a lock.
    stopped: Mutex<Option<String>>,
}

/// One account.
struct Borrowed {
    account: Account,
    request: Draft,
    /// Whether a right login was ever let in.
    accepted: AtomicBool,
    /// Right logins that were let in, whoever made them.
    let_in: AtomicUsize,
    /// Bad logins so far.
    made: AtomicUsize,
    /// Held from a bad login to the end of the right one behind it: when the bad ones of the last minute were made.
    turn: tokio::sync::Mutex<Turn>,
}

#[derive(Default)]
struct Turn {
    made: VecDeque<Instant>,
    locked: bool,
}

/// What a call is, where it is a login.
enum Attempt {
    /// An account's own user name and password.
    Right(usize),
    /// An account's user name, with anything but its password.
    Bad(usize),
    /// Nobody's user name.
    Stranger,
}

impl Lent {
    pub(super) fn new(target: &Target, contract: &Contract, rule: BadLogins, halt: &Halt) -> Self {
        let borrowed = |account: &Account| Borrowed {
            request: request(contract, &account.username, &account.password),
            account: account.clone(),
            accepted: AtomicBool::new(false),
            let_in: AtomicUsize::new(0),
            made: AtomicUsize::new(0),
            turn: tokio::sync::Mutex::default(),
        };
        let at_once = target.embedded && rule == BadLogins::Spaced;
        Self {
            rule: if at_once { BadLogins::AtOnce } else { rule },
            halt: halt.clone(),
            login: Draft::of(
                contract
                    .operation(login::AUTHENTICATE)
                    .unwrap_or_else(|| login::operation(login::AUTHENTICATE)),
            ),
            accounts: target.accounts.iter().map(borrowed).collect(),
            stopped: Mutex::default(),
        }
    }

    /// Sends a call; a login with the care that it needs.
    pub(super) async fn send(&self, sender: &Sender, draft: Draft) -> Result<Exchange, Stop> {
        match self.attempt(&draft) {
            None => sender.send(draft).await,
            Some(Attempt::Right(at)) => Box::pin(self.right(&self.accounts[at], sender, draft)).await,
            Some(Attempt::Bad(at)) => Box::pin(self.bad(&self.accounts[at], sender, draft)).await,
            Some(Attempt::Stranger) => Box::pin(self.stranger(sender, draft)).await,
        }
    }

    /// What it took, where somebody should know: which account was locked out, in a sentence.
    pub(super) fn told(&self) -> Option<String> {
        self.stopped.lock().clone()
    }

    /// How many right logins of an account were let in so far.
    pub(super) fn let_in(&self, account: &Account) -> usize {
        let borrowed = self.accounts.iter().find(|one| one.account.name == account.name);
        borrowed.map_or(0, |one| one.let_in.load(Ordering::Relaxed))
    }

    fn attempt(&self, draft: &Draft) -> Option<Attempt> {
        let Body::Json(Value::Object(sent)) = &draft.body else {
            return None;
        };
        if !draft.method_is(&Method::POST) || draft.path_and_query() != self.login.path_and_query() {
            return None;
        }
        let named = sent.get("username")?.as_str()?.trim().to_lowercase();
        let password = sent.get("password").and_then(Value::as_str);
        let is_named = |borrowed: &Borrowed| borrowed.account.username.trim().to_lowercase() == named;
        let is_right = |borrowed: &Borrowed| password == Some(borrowed.account.password.expose_secret());
        let right = self.accounts.iter().position(|one| is_named(one) && is_right(one));
        let bad = || self.accounts.iter().position(is_named);
        Some(match (right, bad()) {
            (Some(at), _) => Attempt::Right(at),
            (None, Some(at)) => Attempt::Bad(at),
            (None, None) => Attempt::Stranger,
        })
    }

    /// A right login. Where it is refused after bad ones were made, the account may be locked out.
    async fn right(&self, one: &Borrowed, sender: &Sender, draft: Draft) -> Result<Exchange, Stop> {
        let answered = sender.send(draft.clone()).await;
        one.count(&answered);
        if !is_refused(&answered) {
            one.accepted
                .fetch_or(answered.as_ref().is_ok_and(Exchange::is_success), Ordering::Relaxed);
            return answered;
        }
        if one.made.load(Ordering::Relaxed) == 0 {
            return answered;
        }
        // Whoever makes bad logins of it just now waits for the end of a lock, too.
        let mut turn = one.turn.lock().await;
        let again = sender.send(one.request.clone()).await;
        if !is_refused(&again) {
            one.count(&again);
            return if turn.locked {
                let late = sender.send(draft).await;
                one.count(&late);
                late
            } else {
                answered
            };
        }
        if !one.accepted.load(Ordering::Relaxed) {
            return answered;
        }
        let why = if turn.locked {
            self.told().unwrap_or_default()
        } else {
            self.locked(one, sender, &again, &mut turn).await
        };
        Err(Stop::Untestable(Cause::LockedOut(why)))
    }

    /// A bad login of an account.
    async fn bad(&self, one: &Borrowed, sender: &Sender, draft: Draft) -> Result<Exchange, Stop> {
        let mut turn = one.turn.lock().await;
        self.may_go_on()?;
        if !one.accepted.load(Ordering::Relaxed) {
            let first = sender.send(one.request.clone()).await?;
            if first.is_success() {
                one.let_in.fetch_add(1, Ordering::Relaxed);
            } else {
                let name = &one.account.name;
                return Err(Stop::skip(format!(
                    "account {name:?} cannot log in, so that a bad login of it would show nothing"
                )));
            }
            one.accepted.store(true, Ordering::Relaxed);
        }
        self.wait(&mut turn).await?;
        self.may_go_on()?;
        let answered = sender.send(draft.counted()).await;
        // One that was not answered may have been counted all the same.
        one.made.fetch_add(1, Ordering::Relaxed);
        turn.made.push_back(Instant::now());
        let mut right = sender.send(one.request.clone()).await;
        if is_refused(&right) {
            tokio::time::sleep(MOMENT).await;
            right = sender.send(one.request.clone()).await;
        }
        one.count(&right);
        if !is_refused(&right) {
            if !is_sign(&answered) {
                return answered;
            }
            let why = format!(
                "a bad login of account {:?} was answered {}, as where logins are counted",
                one.account.name,
                told(&answered)
            );
            return Err(Stop::Skip(Cause::LockedOut(self.stop(why))));
        }
        let why = self.locked(one, sender, &right, &mut turn).await;
        // What was let in was let in; a refusal may be the lock's.
        answered
            .ok()
            .filter(Exchange::is_success)
            .ok_or(Stop::Skip(Cause::LockedOut(why)))
    }

    /// A login of a user that nobody knows: some servers count those of an address.
    async fn stranger(&self, sender: &Sender, draft: Draft) -> Result<Exchange, Stop> {
        self.may_go_on()?;
        let answered = sender.send(draft.counted()).await;
        if is_sign(&answered) {
            let seen = told(&answered);
            let why = format!("a login of an unknown user was answered {seen}, as where logins are counted");
            return Err(Stop::Skip(Cause::LockedOut(self.stop(why))));
        }
        answered
    }

    fn may_go_on(&self) -> Result<(), Stop> {
        if self.rule == BadLogins::Never {
            return Err(Stop::Skip(Cause::NoBadLogins));
        }
        match self.told() {
            None => Ok(()),
            Some(why) => Err(Stop::Skip(Cause::LockedOut(why))),
        }
    }

    /// Waits until one more bad login is not too many for a minute.
    async fn wait(&self, turn: &mut Turn) -> Result<(), Stop> {
        while self.rule == BadLogins::Spaced
            && let Some(until) = turn.waits_until(Instant::now())
        {
            self.sleep(until.saturating_duration_since(Instant::now())).await?;
        }
        Ok(())
    }

    async fn sleep(&self, time: Duration) -> Result<(), Stop> {
        tokio::select! {
            () = tokio::time::sleep(time) => Ok(()),
            _ = self.halt.wait() => Err(Stop::Untestable(Cause::Interrupted)),
        }
    }

    /// An account is locked out: waits for the end of it, and says so in a sentence.
    async fn locked(
        &self,
        one: &Borrowed,
        sender: &Sender,
        refused: &Result<Exchange, Stop>,
        turn: &mut Turn,
    ) -> String {
        turn.locked = true;
        let (made, seen, name) = (one.made.load(Ordering::Relaxed), told(refused), &one.account.name);
        let bad = if made == 1 { "bad login" } else { "bad logins" };
        let begin = format!("the right login of account {name:?} was answered {seen} after {made} {bad}");
        // Whoever makes bad logins of another account stops at once.
        self.stop(format!("{begin}: it is taken to be locked out"));
        let ended = self.waited_out(one, sender, refused).await;
        let end = match ended {
            Some(took) => format!("for {} s", took.as_secs().max(1)),
            None => "and was still when this run stopped waiting".to_owned(),
        };
        let why = format!("{begin}: it was locked out {end}, and no further bad login was made");
        *self.stopped.lock() = Some(why.clone());
        why
    }

    /// Tries the right login until it is let in again; how long that took, if it came to that.
    async fn waited_out(&self, one: &Borrowed, sender: &Sender, refused: &Result<Exchange, Stop>) -> Option<Duration> {
        if self.rule == BadLogins::AtOnce {
            return None;
        }
        let began = Instant::now();
        let longest = Duration::from_secs(WAITS.iter().sum());
        let asked = refused.as_ref().ok().and_then(retry_after);
        let named = asked.filter(|asked| *asked <= longest);
        let waits = WAITS.into_iter().map(Duration::from_secs);
        for wait in named.into_iter().chain(waits) {
            if began.elapsed() + wait > longest + MOMENT || self.sleep(wait).await.is_err() {
                return None;
            }
            if !is_refused(&sender.send(one.request.clone()).await) {
                return Some(began.elapsed());
            }
        }
        None
    }

    fn stop(&self, why: String) -> String {
        self.stopped.lock().get_or_insert(why).clone()
    }
}

impl Borrowed {
    /// Counts a right login, if it was let in.
    fn count(&self, answered: &Result<Exchange, Stop>) {
        if answered.as_ref().is_ok_and(Exchange::is_success) {
            self.let_in.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Turn {
    /// Until when the next bad login has to wait; forgets those that no window counts any more.
    fn waits_until(&mut self, now: Instant) -> Option<Instant> {
        while self.made.front().is_some_and(|made| *made + MINUTE <= now) {
            self.made.pop_front();
        }
        let spare = self.made.len().checked_sub(MOST_A_MINUTE)?;
        self.made.get(spare).map(|made| *made + MINUTE)
    }
}

fn status_of(answered: &Result<Exchange, Stop>) -> Option<u16> {
    match answered {
        Ok(exchange) => Some(exchange.status()),
        Err(Stop::Untestable(Cause::RateLimited { status, .. } | Cause::TooLate { status, .. })) => Some(*status),
        Err(_) => None,
    }
}

/// Whether a server said no to a login, in whichever of the ways that locks have.
fn is_refused(answered: &Result<Exchange, Stop>) -> bool {
    status_of(answered).is_some_and(|status| matches!(status, 400 | 401 | 403 | 423 | 429))
}

/// Whether the answer to a bad login is a lock's, or a limit's on logins.
fn is_sign(answered: &Result<Exchange, Stop>) -> bool {
    status_of(answered).is_some_and(|status| matches!(status, 423 | 429))
}

fn told(answered: &Result<Exchange, Stop>) -> String {
    match answered {
        Ok(exchange) if exchange.answer().body.is_empty() => exchange.observed(),
        Ok(exchange) => format!("{} ({})", exchange.observed(), exchange.excerpt()),
        // Only what was sent has a status.
        Err(_) => status_of(answered).map_or_else(String::new, |status| status.to_string()),
    }
}

fn retry_after(exchange: &Exchange) -> Option<Duration> {
    exchange
        .header(RETRY_AFTER)?
        .trim()
        .parse()
        .ok()
        .map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_minute_sees_more_bad_logins_than_it_may() {
        let (mut turn, start) = (Turn::default(), Instant::now());
        let mut made = Vec::new();
        let mut now = start;
        for _ in 0..14 {
            if let Some(until) = turn.waits_until(now) {
                now = until;
            }
            assert_eq!(turn.waits_until(now), None);
            turn.made.push_back(now);
            made.push(now);
            now += Duration::from_millis(20);
        }
        for from in &made {
            let minute = *from..*from + Duration::from_secs(60);
            assert!(made.iter().filter(|at| minute.contains(*at)).count() <= MOST_A_MINUTE);
        }
        assert!(now - start < 4 * MINUTE, "fourteen take four windows");
    }
}
