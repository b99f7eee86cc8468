//! One session for all users of an account: one of them asks for a token, the others take it over.

use crate::generator::held_token::Held;
use parking_lot::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// The token that all users of an account go by.
#[derive(Debug, Default)]
pub(crate) struct SharedSession {
    /// How many there were so far.
    generation: AtomicU64,
    current: Mutex<Option<Held>>,
    /// Held by the one who asks for the next.
    asking: tokio::sync::Mutex<()>,
}

impl SharedSession {
    /// Waits for one's turn to ask for a token.
    pub(crate) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.asking.lock().await
    }

    /// A token that came since `generation`, and its own generation; cheap enough to ask at every call.
    pub(crate) fn newer_than(&self, generation: u64) -> Option<(Held, u64)> {
        if self.generation.load(Ordering::Acquire) <= generation {
            return None;
        }
        let current = self.current.lock();
        Some((current.clone()?, self.generation.load(Ordering::Acquire)))
    }

    /// Gives a new token to all; returns its generation.
    pub(crate) fn put(&self, token: Held) -> u64 {
        let mut current = self.current.lock();
        *current = Some(token);
        self.generation.fetch_add(1, Ordering::AcqRel) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_deployment::token::Life;
    use secrecy::ExposeSecret;
    use std::time::Instant;

    #[test]
    fn a_token_is_taken_over_once_by_each_user() {
        let session = SharedSession::default();
        assert!(session.newer_than(0).is_none());
        assert_eq!(session.put(Held::new("one".into(), Life::UNSTATED, Instant::now())), 1);
        let (held, generation) = session.newer_than(0).unwrap();
        assert_eq!((held.secret.expose_secret(), generation), ("one", 1));
        assert!(session.newer_than(1).is_none());
        session.put(Held::new("two".into(), Life::UNSTATED, Instant::now()));
        assert!(session.newer_than(1).is_some_and(|(_, generation)| generation == 2));
    }
}
