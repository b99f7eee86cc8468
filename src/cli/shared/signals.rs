//! Signals during a run: the first asks for an orderly end, the second ends the program at once.

use crate::cli::Console;
use crate::exit::Exit;
use proofload_deployment::halt::{Asker, Halt, Interruption};

/// Listens for SIGINT (Ctrl-C), SIGTERM and SIGHUP (the terminal went away) from now on. To be called once in a process: the first
/// handler stands. A SIGHUP that the process was started to ignore, as `nohup` does, stays ignored.
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
    let hang_up = (!hang_up_is_ignored()).then(SignalKind::hangup);
    for kind in [Some(SignalKind::terminate()), hang_up].into_iter().flatten() {
        let Ok(mut signals) = signal(kind) else { continue };
        let (asker, console) = (asker.clone(), console.clone());
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                signalled(&asker, Interruption::Terminate, &console);
            }
        });
    }
}

/// Whether whoever started the process wants it to outlive its terminal. Only Linux tells without unsafe code.
#[cfg(unix)]
pub(in crate::cli) fn hang_up_is_ignored() -> bool {
    std::fs::read_to_string("/proc/self/status").is_ok_and(|status| ignores_hang_up(&status))
}

/// SIGHUP is signal 1: the lowest bit of the mask of ignored signals.
#[cfg(unix)]
fn ignores_hang_up(status: &str) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 1 == 1)
}

fn signalled(asker: &Asker, interruption: Interruption, console: &Console) {
    if asker.ask(interruption) {
        console.progress(&[]);
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_hang_up_that_is_ignored_is_the_lowest_bit() {
        for (mask, ignored) in [("0000000000001001", true), ("0000000000001000", false), ("", false)] {
            let status = format!("Name:\tproofload\nSigBlk:\t0000000000000001\nSigIgn:\t{mask}\nSigCgt:\t0\n");
            assert_eq!(ignores_hang_up(&status), ignored, "{mask}");
        }
        assert!(!ignores_hang_up(""));
    }
}
