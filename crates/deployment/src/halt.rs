//! How an engine is asked to come to an orderly end: what is under way is ended, nothing new begins.

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

#[cfg(test)]
mod tests {
    use super::*;
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
