//! Signals during a run: the first asks for an orderly end, the last ends the program at once; twice within a second is once.

use crate::cli::Console;
use crate::exit::Exit;
use proofload_deployment::halt::{Asker, Halt, Interruption, Wish, Wishes};
use std::sync::Arc;
use std::time::Instant;

/// What signals ask for, and what is said of each.
type Asked = (Arc<Wishes>, &'static [&'static str]);

const ENDING: &str = "ending the run: what is under way is waited for and reported; once more ends it at once";
const ENDING_FLEET: &str = "ending the fleet: what is under way is waited for and reported; once more deletes its Job";
const DELETING: &str = "deleting the Job: what came until now is reported; once more ends this at once";

/// Listens for SIGINT (Ctrl-C), SIGTERM and SIGHUP (the terminal went away) from now on. To be called once in a process: the first
/// handler stands. A SIGHUP that the process was started to ignore, as `nohup` does, stays ignored.
///
/// Goose installs its own Ctrl-C handler through the `ctrlc` crate, which lets the first one that is installed stand:
/// ours goes in before.
pub(in crate::cli) fn listen(console: &Console) -> Halt {
    let (asker, halt) = Halt::new();
    listen_for(vec![asker], &[ENDING], console);
    halt
}

/// The same for a fleet: the first signal asks its shards to end, the second deletes them, and only the third ends the program.
pub(in crate::cli) fn listen_twice(console: &Console) -> (Halt, Halt) {
    let ((orderly, first), (at_once, second)) = (Halt::new(), Halt::new());
    listen_for(vec![orderly, at_once], &[ENDING_FLEET, DELETING], console);
    (first, second)
}

fn listen_for(askers: Vec<Asker>, said: &'static [&'static str], console: &Console) {
    let asked: Asked = (Arc::new(Wishes::new(askers)), said);
    let on_interrupt = {
        let (asked, console) = (asked.clone(), console.clone());
        move || signalled(&asked, Interruption::Interrupt, &console)
    };
    // A second run in one process keeps the first one's handler.
    let _ = ctrlc::set_handler(on_interrupt);
    // Elsewhere nothing like SIGTERM can be caught.
    #[cfg(unix)]
    listen_for_termination(&asked, console);
}

#[cfg(unix)]
fn listen_for_termination(asked: &Asked, console: &Console) {
    use tokio::signal::unix::{SignalKind, signal};
    let hang_up = (!hang_up_is_ignored()).then(SignalKind::hangup);
    for kind in [Some(SignalKind::terminate()), hang_up].into_iter().flatten() {
        let Ok(mut signals) = signal(kind) else { continue };
        let (asked, console) = (asked.clone(), console.clone());
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                signalled(&asked, Interruption::Terminate, &console);
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

fn signalled((wishes, said): &Asked, interruption: Interruption, console: &Console) {
    match wishes.hear(interruption, Instant::now()) {
        Wish::New(place) => {
            console.progress(&[]);
            if let Some(said) = said.get(place) {
                console.note(said);
            }
        }
        Wish::Same => {}
        Wish::More => end_at_once(interruption.into()),
    }
}

#[expect(
    clippy::exit,
    reason = "the last signal asks for exactly this; the record is on disk up to the last second"
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
