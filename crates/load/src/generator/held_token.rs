//! A token in the hands of a virtual user, and what is known of it.

use crate::generator::script::AUTHENTICATE;
use proofload_deployment::client::login::AccountGate;
use proofload_deployment::token::Life;
use secrecy::SecretString;
use std::time::{Duration, Instant};

/// A token that cannot be renewed is replaced by a login a fifth of its life before its end, and so much before at most.
const LAST_CHANCE: Duration = Duration::from_secs(10);

/// The token that a virtual user holds.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    /// The token.
    pub(crate) secret: SecretString,
    /// When it came.
    pub(crate) got: Instant,
    /// How long it lives from then.
    pub(crate) life: Life,
    /// The operation that gave it; none once it was seen to be somebody else's, and that was told.
    pub(crate) given_by: Option<usize>,
    /// Whether a call was ever let in with it.
    pub(crate) accepted: bool,
    /// Whether it was refused for itself: only a login helps.
    pub(crate) void: bool,
    /// Whether its renewal was refused: the next token comes of a login, whatever this one is still good for.
    pub(crate) unrenewable: bool,
}

/// What a token says of its end, by its server's own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It lies ahead.
    Ahead,
    /// It is over.
    Over,
    /// Nothing, or nothing that can be: before it was given out, say, or where only this machine's clock would tell.
    Unstated,
}

impl Held {
    /// A token that came at that instant.
    pub(crate) fn new(secret: SecretString, life: Life, got: Instant) -> Self {
        Self {
            secret,
            got,
            life,
            given_by: Some(AUTHENTICATE),
            accepted: false,
            void: false,
            unrenewable: false,
        }
    }

    /// Whether no call would be let in with it at that instant, as far as it was told or seen.
    pub(crate) fn has_ended(&self, account: &AccountGate, at: Instant) -> bool {
        let outlived = |life| at.saturating_duration_since(self.got) >= life;
        self.void
            || self.is_anothers()
            || match self.end(at) {
                End::Ahead => false,
                End::Over => true,
                End::Unstated => account.learnt_life().is_some_and(outlived),
            }
    }

    /// Whether it was seen to be somebody else's.
    pub(crate) fn is_anothers(&self) -> bool {
        self.given_by.is_none()
    }

    /// What it says of its end, as seen at that instant.
    pub(crate) fn end(&self, at: Instant) -> End {
        match self.life.lasts.filter(|_| self.life.stated) {
            Some(lasts) if at.saturating_duration_since(self.got) < lasts => End::Ahead,
            Some(_) => End::Over,
            None => End::Unstated,
        }
    }

    /// The last instant at which to wait for a renewal rather than log in; none where no end is stated.
    pub(crate) fn last_chance(&self) -> Option<Instant> {
        let lasts = self.life.lasts.filter(|_| self.life.stated)?;
        self.got.checked_add(lasts.saturating_sub(LAST_CHANCE.min(lasts / 5)))
    }

    /// What is left at that instant of the life that its server states.
    pub(crate) fn left(&self, at: Instant) -> Option<Duration> {
        let lasts = self.life.lasts.filter(|_| self.life.stated)?;
        Some(lasts.saturating_sub(at.saturating_duration_since(self.got)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_learnt_ends_only_tokens_that_do_not_say() {
        let account = AccountGate::default();
        let (now, seconds) = (Instant::now(), Duration::from_secs);
        let ago = |s| now.checked_sub(seconds(s)).unwrap();
        account.ended(ago(5), ago(4));
        account.ended(ago(3), ago(2));
        let long_ago = ago(2);
        let held = |stated| {
            let life = Life {
                lasts: Some(Duration::from_secs(60)),
                stated,
            };
            Held::new("token".into(), life, long_ago)
        };
        assert!(held(false).has_ended(&account, now) && !held(true).has_ended(&account, now));
        assert!(!held(false).has_ended(&AccountGate::default(), now));
        assert!(held(true).left(now).is_some_and(|left| left <= seconds(58)) && held(false).left(now).is_none());
        let void = Held {
            void: true,
            ..held(true)
        };
        let anothers = Held {
            given_by: None,
            ..held(true)
        };
        assert!(void.has_ended(&account, now) && anothers.has_ended(&account, now));
    }

    #[test]
    fn a_token_has_ended_when_its_own_end_is_over() {
        let (account, got) = (AccountGate::default(), Instant::now());
        let held = |millis, stated| {
            let life = Life {
                lasts: Some(Duration::from_millis(millis)),
                stated,
            };
            Held::new("token".into(), life, got)
        };
        let after = |millis| got + Duration::from_millis(millis);
        assert_eq!(held(3000, true).end(after(2999)), End::Ahead);
        assert_eq!(held(3000, true).end(after(3000)), End::Over);
        assert_eq!(held(3000, false).end(after(3000)), End::Unstated);
        assert_eq!(Held::new("token".into(), Life::UNSTATED, got).end(got), End::Unstated);
        assert!(held(0, true).has_ended(&account, got) && !held(0, false).has_ended(&account, got));
        assert_eq!(held(3000, true).last_chance(), Some(after(2400)));
        assert_eq!(held(600_000, true).last_chance(), Some(after(590_000)));
        assert_eq!(held(3000, false).last_chance(), None);
    }
}
