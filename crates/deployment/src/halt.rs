//! How an engine is asked to come to an orderly end: what is under way is ended, nothing new begins.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Why a run is to end before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interruption {
    /// SIGINT, Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

/// Asks. Clones ask for the same end.
#[derive(Debug, Clone)]
pub struct Asker(watch::Sender<Option<Interruption>>);

/// Is asked. Without an [`Asker`] nobody ever asks.
#[derive(Debug, Clone, Default)]
pub struct Halt(Option<watch::Receiver<Option<Interruption>>>);

impl Halt {
    /// Somebody who asks, and who is asked.
    pub fn new() -> (Asker, Self) {
        let (sender, receiver) = watch::channel(None);
        (Asker(sender), Self(Some(receiver)))
    }

    /// Whether it has been asked for.
    pub fn asked(&self) -> bool {
        self.why().is_some()
    }

    /// Why it was asked for first, if it was.
    pub fn why(&self) -> Option<Interruption> {
        self.0.as_ref().and_then(|receiver| *receiver.borrow())
    }

    /// Waits until it is asked for: for ever, when nobody ever asks.
    pub async fn wait(&self) -> Interruption {
        if let Some(mut receiver) = self.0.clone()
            && let Ok(Some(why)) = receiver.wait_for(Option::is_some).await.map(|why| *why)
        {
            return why;
        }
        std::future::pending().await
    }
}

impl Asker {
    /// Asks for the end; `false` when it was asked for before, and the reason given then stands.
    pub fn ask(&self, why: Interruption) -> bool {
        self.0.send_if_modified(|asked| {
            let first = asked.is_none();
            asked.get_or_insert(why);
            first
        })
    }
}

/// So long after a signal the same one again is the same wish: `timeout` signals its child and then its group, and shells and
/// wrappers pass on what a terminal has already sent. No person presses a key again so soon.
const SAME_WISH: Duration = Duration::from_millis(100);

/// Signals, each of which asks for more than the one before.
#[derive(Debug)]
pub struct Wishes {
    askers: Vec<Asker>,
    /// The last that asked for something, and when.
    last: Mutex<Option<(Interruption, Instant)>>,
}

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// What the asker in this place stands for.
    New(usize),
    /// What was asked for a moment before.
    Same,
    /// More than all askers stand for.
    More,
}

impl Wishes {
    /// The first signal asks for what the first asker stands for, and so on.
    pub fn new(askers: Vec<Asker>) -> Self {
        Self {
            askers,
            last: Mutex::new(None),
        }
    }

    /// Asks for what a signal asks for that came at `now`.
    pub fn hear(&self, why: Interruption, now: Instant) -> Wish {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = last.is_some_and(|(before, at)| before == why && now.saturating_duration_since(at) < SAME_WISH);
        if is_same {
            return Wish::Same;
        }
        *last = Some((why, now));
        let place = self.askers.iter().position(|asker| asker.ask(why));
        place.map_or(Wish::More, Wish::New)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_signal_at_once_is_the_same_wish() {
        let ((first, orderly), (second, at_once)) = (Halt::new(), Halt::new());
        let wishes = Wishes::new(vec![first, second]);
        let began = Instant::now();
        let hear = |why, after| wishes.hear(why, began + Duration::from_millis(after));
        assert_eq!(hear(Interruption::Terminate, 0), Wish::New(0));
        assert_eq!(hear(Interruption::Terminate, 0), Wish::Same);
        assert_eq!(hear(Interruption::Terminate, 99), Wish::Same);
        assert!(orderly.asked() && !at_once.asked());
        // Counted from the first: what is sent again and again is heard.
        assert_eq!(hear(Interruption::Terminate, 101), Wish::New(1));
        assert_eq!(hear(Interruption::Terminate, 102), Wish::Same);
        // Another signal is another wish.
        assert_eq!(hear(Interruption::Interrupt, 103), Wish::More);
    }
    use futures_util::FutureExt as _;

    #[tokio::test]
    async fn it_waits_until_it_is_asked_and_the_first_reason_stands() {
        let (asker, halt) = Halt::new();
        assert!(!halt.asked());
        assert_eq!(halt.wait().now_or_never(), None);
        assert!(asker.ask(Interruption::Terminate));
        assert!(!asker.clone().ask(Interruption::Interrupt));
        assert!(halt.asked());
        assert_eq!(halt.why(), Some(Interruption::Terminate));
        assert_eq!(halt.wait().await, Interruption::Terminate);
    }

    #[tokio::test]
    async fn nobody_ever_asks_once_the_asker_is_gone() {
        let (asker, halt) = Halt::new();
        drop(asker);
        for halt in [halt, Halt::default()] {
            assert!(!halt.asked());
            assert_eq!(halt.wait().now_or_never(), None);
        }
    }

    #[tokio::test]
    async fn what_was_asked_stays_asked_when_the_asker_goes() {
        let (asker, halt) = Halt::new();
        asker.ask(Interruption::Interrupt);
        drop(asker);
        assert_eq!(halt.wait().await, Interruption::Interrupt);
    }
}
