//! Signals during a run: the first asks for an orderly end, the second ends the program at once.

use crate::cli::Console;
use crate::exit::Exit;
use proofload_deployment::halt::{Asker, Halt, Interruption};

/// Listens for SIGINT (Ctrl-C), SIGTERM and SIGHUP (the terminal went away) from now on. To be called once in a process: the first handler stands.
///
/// Goose installs its own Ctrl-C handler through the `ctrlc` crate, which lets the first one that is installed stand:
/// ours goes in before.
pub(in crate::cli) fn listen(console: &Console) -> Halt {
    let (asker, halt) = Halt::new();
    let on_interrupt = {
        let (asker, console) = (asker.clone(), console.clone());
        move || signalled(&asker, Interruption::Interrupt, &console)
    };
    // A second run in one process keeps the first one's handler.
    let _ = ctrlc::set_handler(on_interrupt);
    // Elsewhere nothing like SIGTERM can be caught.
    #[cfg(unix)]
    listen_for_termination(&asker, console);
    halt
}

#[cfg(unix)]
fn listen_for_termination(asker: &Asker, console: &Console) {
    use tokio::signal::unix::{SignalKind, signal};
    for kind in [SignalKind::terminate(), SignalKind::hangup()] {
        let Ok(mut signals) = signal(kind) else { continue };
        let (asker, console) = (asker.clone(), console.clone());
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                signalled(&asker, Interruption::Terminate, &console);
            }
        });
    }
}

fn signalled(asker: &Asker, interruption: Interruption, console: &Console) {
    if asker.ask(interruption) {
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
