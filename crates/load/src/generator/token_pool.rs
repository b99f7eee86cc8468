//! Tokens that outlive a run: several runs on one target, one after the other, log each virtual user in once.

use crate::generator::clock::Clock;
use crate::generator::held_token::Held;
use parking_lot::Mutex;
use std::time::Duration;

/// A token with less time than this left before its renewal is not worth handing on.
const LEAST_LEFT: Duration = Duration::from_secs(1);

/// Tokens that virtual users left behind for those of the next run.
#[derive(Debug, Default)]
pub struct TokenPool {
    left: Mutex<Vec<LeftToken>>,
}

/// A token left behind.
#[derive(Debug)]
pub(crate) struct LeftToken {
    /// The user name that it was given to.
    pub(crate) account: String,
    pub(crate) token: Held,
    /// When it is to be renewed, in nanoseconds of Unix time; every run has a clock of its own. `None` for never.
    pub(crate) renew_at_unix_ns: Option<u64>,
}

impl TokenPool {
    /// Nothing left behind yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many tokens wait for a user.
    pub fn waiting(&self) -> usize {
        self.left.lock().len()
    }

    /// A token of an account that lasts for a while yet.
    pub(crate) fn take(&self, account: &str, clock: &Clock) -> Option<LeftToken> {
        let least_ns = clock
            .unix_ns(clock.now_ns())
            .saturating_add(crate::generator::clock::ns(LEAST_LEFT));
        let mut left = self.left.lock();
        while let Some(place) = left.iter().rposition(|token| token.account == account) {
            let token = left.swap_remove(place);
            if token.renew_at_unix_ns.is_none_or(|at_ns| at_ns > least_ns) {
                return Some(token);
            }
        }
        None
    }

    /// Leaves a token behind.
    pub(crate) fn leave(&self, token: LeftToken) {
        self.left.lock().push(token);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_deployment::token::Life;

    #[test]
    fn a_token_is_handed_on_once_and_only_while_it_lasts() {
        let (pool, clock) = (TokenPool::new(), Clock::new());
        let now_ns = clock.unix_ns(clock.now_ns());
        let leave = |renew_at_unix_ns| {
            pool.leave(LeftToken {
                account: "anna".to_owned(),
                token: Held::new("token".into(), Life::UNSTATED, std::time::Instant::now()),
                renew_at_unix_ns,
            });
        };
        leave(None);
        leave(Some(now_ns + 60_000_000_000));
        leave(Some(now_ns));
        assert_eq!(pool.waiting(), 3);
        assert!(pool.take("bert", &clock).is_none(), "it is another's");
        let take = || pool.take("anna", &clock).map(|left| left.renew_at_unix_ns.is_some());
        assert_eq!([take(), take(), take()], [Some(true), Some(false), None]);
    }
}
