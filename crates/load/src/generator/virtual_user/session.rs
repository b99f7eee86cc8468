//! How a virtual user keeps its token valid, and what it does when one is refused.

use super::VirtualUser;
use super::asking::NoNewToken;
use crate::generator::clock::ns;
use crate::generator::desk;
use crate::generator::held_token::{End, Held};
use crate::generator::script::{AUTHENTICATE, RENEW};
use crate::generator::token_pool::LeftToken;
use proofload_deployment::client::login::AccountGate;
use proofload_deployment::token::{self, LEAST_LIFE, Life};
use rand::RngExt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A token that one operation refused, and that is as good as ever, is not tried by a renewal again for so long.
const NEXT_TRIAL: Duration = Duration::from_secs(5);
/// Users that may ask for a token from one instant on are spread over so much time.
const SPREAD: Duration = Duration::from_millis(200);

impl VirtualUser {
    /// Leaves the token to a user of the next run. One that logs in as part of its journey has none to leave.
    pub(super) fn leave_token(&mut self) {
        let clock = self.script.clock;
        if self.script.logs_in
            && let Some(token) = self.token.take_if(|held| !held.void && !held.is_anothers())
        {
            let renew_at_unix_ns = self.renew_at_ns.map(|at_ns| clock.unix_ns(at_ns));
            self.script.pool.leave(LeftToken {
                account: self.tokens.username.clone(),
                token,
                renew_at_unix_ns,
            });
        }
    }

    /// Whether the token that is held would be refused at that instant, as far as it was told or seen.
    pub(super) fn token_has_ended(&self, at: Instant) -> bool {
        let account = &self.tokens.account;
        self.script.logs_in && self.token.as_ref().is_some_and(|held| held.has_ended(account, at))
    }

    /// Gets another token in place of one that has ended or ends, if one may be asked for: whatever it was, none is replaced sooner
    /// than it would be renewed.
    pub(super) async fn replace_token(&mut self) {
        let Some(held) = &self.token else { return };
        let (got, now) = (held.got, Instant::now());
        if now < got + LEAST_LIFE {
            self.renew_at(self.script.clock.at_ns(got + LEAST_LIFE));
            return;
        }
        if held.unrenewable || self.backoff.is_failing() {
            self.account().not_renewed(got, now);
        }
        self.log_in_again().await;
    }

    /// A call that was sent at that time was let in with the token.
    pub(super) fn token_was_accepted(&mut self, sent_ns: u64) {
        let account = &self.tokens.account;
        let Some(held) = &mut self.token else { return };
        if !held.life.stated {
            let sent = self.script.clock.instant(sent_ns);
            account.lived(sent.saturating_duration_since(held.got), sent);
        }
        if !held.accepted || held.void || account.is_in_doubt() {
            (held.accepted, held.void) = (true, false);
            account.accepted(held.got, Instant::now());
        }
    }

    /// Counts a 401 to a call that was sent at that instant, by what its token says of its end.
    pub(super) fn count_refusal(&self, sent: Instant) {
        let Some(held) = &self.token else { return };
        let traffic = &self.script.commons.tokens;
        // Claims and dates count whole seconds.
        match held.end(sent + Duration::from_secs(1)) {
            End::Ahead => desk::with(|desk| desk.tally.unauthorised += 1),
            End::Over => traffic.refused_over.add(),
            End::Unstated => traffic.refused_unstated.add(),
        }
    }

    /// A call was answered 401: finds out whether the token is to blame, and gets another one then.
    pub(super) async fn token_was_refused(&mut self) {
        let (account, now) = (self.account(), Instant::now());
        let Some(held) = &self.token else { return };
        let (accepted, is_over) = (held.accepted, held.end(now) == End::Over);
        if !accepted && !held.void {
            self.token_is_void();
        }
        if accepted && is_over {
            // No wonder.
            return self.replace_token().await;
        }
        if self.next_trial.is_some_and(|at| now < at) {
            return;
        }
        if let Some(at) = self.backoff.waits(now).max(account.waits(now)) {
            self.ask_at(at);
            return;
        }
        if accepted && self.token.as_ref().is_some_and(|held| !held.void) {
            if !self.is_void_by_renewal().await {
                return;
            }
            self.token_is_void();
        }
        self.log_in_again().await;
    }

    /// Whether a token that was accepted before cannot be renewed either. One that can is as good as ever: the operation
    /// refuses it, and a new login would not help.
    async fn is_void_by_renewal(&mut self) -> bool {
        self.script.commons.tokens.trials.add();
        match self.ask_for_token(RENEW).await {
            Ok(()) | Err(NoNewToken::Same) => {
                self.next_trial = Some(Instant::now() + NEXT_TRIAL);
                false
            }
            Err(NoNewToken::Login(failure)) if failure.status() < 500 && failure.status() != 429 => true,
            // Whatever that was, it says nothing about the token.
            Err(_) => {
                self.renew_later();
                false
            }
        }
    }

    /// The token was refused for itself.
    fn token_is_void(&mut self) {
        let (account, now, jitter) = (self.account(), Instant::now(), self.rng.random());
        let Some(held) = &mut self.token else { return };
        held.void = true;
        if held.accepted && !held.life.stated && account.ended(held.got, now) {
            // It came to its end: that is no trouble, and soon it is not met any more.
            return account.not_renewed(held.got, now);
        }
        account.refused(held.got, held.accepted, now, jitter);
    }

    /// A new login, when the account may log in.
    async fn log_in_again(&mut self) {
        let (account, began) = (self.account(), Instant::now());
        if let Err(at) = account.turn(began) {
            self.ask_at(at);
            return;
        }
        if self.ask_for_token(AUTHENTICATE).await.is_ok() {
            self.backoff.succeeded(Instant::now());
        } else {
            let at = account.failed(began, Instant::now(), self.rng.random());
            self.ask_at(at);
        }
    }

    /// Goes on with the token that the users of the account share, where there is a newer one.
    pub(super) fn take_over(&mut self) -> bool {
        let newer = self
            .tokens
            .session
            .as_ref()
            .and_then(|session| session.newer_than(self.generation));
        let Some((held, generation)) = newer else { return false };
        let lasts = held.life.lasts.map(|lasts| lasts.saturating_sub(held.got.elapsed()));
        self.renew_after(Life { lasts, ..held.life }, self.script.clock.now_ns());
        (self.token, self.generation) = (Some(held), generation);
        true
    }

    /// Renews the token when its time has come.
    pub(super) async fn renew(&mut self) {
        if self.take_over() {
            return;
        }
        let now = Instant::now();
        if self.only_a_login_helps(now) {
            return self.replace_token().await;
        }
        if let Some(at) = self.backoff.waits(now) {
            self.renew_at(self.script.clock.at_ns(at));
            return;
        }
        match self.ask_for_token(RENEW).await {
            Ok(()) => self.backoff.succeeded(Instant::now()),
            Err(NoNewToken::Login(failure)) if failure.is_refusal() => {
                if failure.status() == 401 {
                    self.count_refusal(now);
                }
                let in_doubt = self.account().is_in_doubt();
                if let Some(held) = &mut self.token {
                    held.void |= in_doubt;
                    held.unrenewable = true;
                }
                self.replace_token().await;
            }
            // The token that is held may be as good as ever.
            Err(_) => self.renew_later(),
        }
    }

    /// Whether the next token has to come of a login: the one that is held cannot be renewed any more, or soon cannot.
    fn only_a_login_helps(&self, now: Instant) -> bool {
        let is_failing = self.backoff.is_failing();
        let ends = |held: &Held| held.unrenewable || (is_failing && held.last_chance().is_some_and(|at| now >= at));
        self.token_has_ended(now) || self.token.as_ref().is_some_and(ends)
    }

    /// Says when a token is to be renewed that lives for so long from that time on.
    pub(super) fn renew_after(&mut self, life: Life, from_ns: u64) {
        let learnt = self.tokens.account.learnt_life().filter(|_| !life.stated);
        if let Some(learnt) = learnt {
            self.script.commons.tokens.goes_by(learnt);
        }
        let lasts = [life.lasts, learnt].into_iter().flatten().min();
        let after = token::renew_after(lasts, self.rng.random());
        self.renew_at(from_ns.saturating_add(ns(after)));
    }

    pub(super) fn account(&self) -> Arc<AccountGate> {
        self.tokens.account.clone()
    }

    /// The renewal failed: it is made again later, or a login, when that would be too late.
    fn renew_later(&mut self) {
        let (now, jitter) = (Instant::now(), self.rng.random());
        let mut at = self.backoff.failed(now, jitter);
        if let Some(last) = self.token.as_ref().and_then(Held::last_chance) {
            at = at.min(last.max(now + LEAST_LIFE));
        }
        self.renew_at(self.script.clock.at_ns(at));
    }

    /// Asks for a token at that instant or a little later: others wait for the same one.
    fn ask_at(&mut self, at: Instant) {
        let at = at + SPREAD.mul_f64(self.rng.random());
        self.renew_at(self.script.clock.at_ns(at));
    }

    pub(super) fn renew_at(&mut self, at_ns: u64) {
        self.renew_at_ns = Some(at_ns);
        desk::with(|desk| desk.renew_at(self.seat, at_ns));
    }
}
