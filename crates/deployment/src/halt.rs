//! How an engine is asked to come to an orderly end: what is under way is ended, nothing new begins.

use tokio::sync::watch;

/// Asks.
#[derive(Debug)]
pub struct Asker(watch::Sender<bool>);

/// Is asked. Without an [`Asker`] nobody ever asks.
#[derive(Debug, Clone, Default)]
pub struct Halt(Option<watch::Receiver<bool>>);

impl Halt {
    /// Somebody who asks, and who is asked.
    pub fn new() -> (Asker, Self) {
        let (sender, receiver) = watch::channel(false);
        (Asker(sender), Self(Some(receiver)))
    }

    /// Whether it has been asked for.
    pub fn asked(&self) -> bool {
        self.0.as_ref().is_some_and(|receiver| *receiver.borrow())
    }

    /// Waits until it is asked for: for ever, when nobody ever asks.
    pub async fn wait(&self) {
        if let Some(mut receiver) = self.0.clone()
            && receiver.wait_for(|asked| *asked).await.is_ok()
        {
            return;
        }
        std::future::pending::<()>().await;
    }
}

impl Asker {
    /// Asks for the end.
    pub fn ask(&self) {
        self.0.send_replace(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[tokio::test]
    async fn it_waits_until_it_is_asked() {
        let (asker, halt) = Halt::new();
        assert!(!halt.asked());
        assert_eq!(halt.wait().now_or_never(), None);
        asker.ask();
        assert!(halt.asked());
        halt.wait().await;
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
}
