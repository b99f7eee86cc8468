//! Signals during a run: the first asks for an orderly end, the second ends the program at once.

use crate::cli::Console;
use crate::exit::Exit;
use proofload_deployment::halt::Halt;
use proofload_load::Interruption;
use std::sync::Arc;
use tokio::sync::watch;

/// Whoever asks a run to end, as the engines want to hear it.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Signals(watch::Receiver<Option<Interruption>>);

impl Signals {
    /// Listens for SIGINT (Ctrl-C) and SIGTERM from now on. To be called once in a process: the first handler stands.
    ///
    /// Goose installs its own Ctrl-C handler through the `ctrlc` crate, which lets the first one that is installed stand:
    /// ours goes in before.
    pub(in crate::cli) fn listen(console: &Console) -> Self {
        let (sender, receiver) = watch::channel(None);
        let sender = Arc::new(sender);
        let on_interrupt = {
            let (sender, console) = (sender.clone(), console.clone());
            move || signalled(&sender, Interruption::Interrupt, &console)
        };
        // A second run in one process keeps the first one's handler.
        let _ = ctrlc::set_handler(on_interrupt);
        listen_for_termination(sender, console.clone());
        Self(receiver)
    }

    /// The signal that came, if one did.
    pub(in crate::cli) fn interruption(&self) -> Option<Interruption> {
        *self.0.borrow()
    }

    /// For the engines that load.
    pub(in crate::cli) fn receiver(&self) -> watch::Receiver<Option<Interruption>> {
        self.0.clone()
    }

    /// For the engine that validates.
    pub(in crate::cli) fn halt(&self) -> Halt {
        let (asker, halt) = Halt::new();
        let mut signals = self.0.clone();
        tokio::spawn(async move {
            if signals.wait_for(Option::is_some).await.is_ok() {
                asker.ask();
            }
        });
        halt
    }
}

#[cfg(unix)]
fn listen_for_termination(sender: Arc<watch::Sender<Option<Interruption>>>, console: Console) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return;
    };
    tokio::spawn(async move {
        while terminate.recv().await.is_some() {
            signalled(&sender, Interruption::Terminate, &console);
        }
    });
}

/// Elsewhere nothing like SIGTERM can be caught; the sender must live on, though.
#[cfg(not(unix))]
fn listen_for_termination(sender: Arc<watch::Sender<Option<Interruption>>>, _: Console) {
    tokio::spawn(async move {
        sender.closed().await;
    });
}

fn signalled(sender: &watch::Sender<Option<Interruption>>, interruption: Interruption, console: &Console) {
    let mut first = false;
    sender.send_if_modified(|stored| {
        first = stored.is_none();
        stored.get_or_insert(interruption);
        first
    });
    if first {
        console.progress("");
        console.note("ending the run: what is under way is waited for and reported; once more ends it at once");
    } else {
        end_at_once(interruption.into());
    }
}

#[expect(
    clippy::exit,
    reason = "the second signal asks for exactly this; the record is on disk up to the last second"
)]
fn end_at_once(exit: Exit) -> ! {
    std::process::exit(i32::from(exit.code()))
}
