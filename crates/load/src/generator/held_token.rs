//! A token in the hands of a virtual user, and what is known of it.

use proofload_deployment::client::login::AccountGate;
use proofload_deployment::token::Life;
use secrecy::SecretString;
use std::time::{Duration, Instant};

/// The token that a virtual user holds.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    /// The token.
    pub(crate) secret: SecretString,
    /// When it came.
    pub(crate) got: Instant,
    /// How long it lives from then.
    pub(crate) life: Life,
    /// Whether a call was ever let in with it.
    pub(crate) accepted: bool,
    /// Whether it was refused for itself: only a login helps.
    pub(crate) void: bool,
}

impl Held {
    /// A token that came now.
    pub(crate) fn new(secret: SecretString, life: Life) -> Self {
        Self {
            secret,
            got: Instant::now(),
            life,
            accepted: false,
            void: false,
        }
    }

    /// Whether no call would be let in with it, as far as it was told or seen.
    pub(crate) fn has_ended(&self, account: &AccountGate) -> bool {
        let outlived = |life| self.got.elapsed() >= life;
        self.void || (!self.life.stated && account.learnt_life().is_some_and(outlived))
    }

    /// What is left of the life that its server states.
    pub(crate) fn left(&self) -> Option<Duration> {
        let lasts = self.life.lasts.filter(|_| self.life.stated)?;
        Some(lasts.saturating_sub(self.got.elapsed()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_learnt_ends_only_tokens_that_do_not_say() {
        let account = AccountGate::default();
        account.learn(Duration::from_secs(1));
        let long_ago = Instant::now().checked_sub(Duration::from_secs(2)).unwrap();
        let held = |stated| Held {
            got: long_ago,
            ..Held::new(
                "token".into(),
                Life {
                    lasts: Some(Duration::from_secs(60)),
                    stated,
                },
            )
        };
        assert!(held(false).has_ended(&account) && !held(true).has_ended(&account));
        assert!(!held(false).has_ended(&AccountGate::default()));
        assert!(held(true).left().is_some_and(|left| left <= Duration::from_secs(58)) && held(false).left().is_none());
        let void = Held {
            void: true,
            ..held(true)
        };
        assert!(void.has_ended(&account));
    }
}
