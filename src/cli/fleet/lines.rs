//! What stderr says while a fleet goes on.

use crate::cli::Console;
use proofload_fleet::{Listener, Told};
use proofload_reports::load::live_line;

/// Says on stderr how a fleet goes: lines that stay, and one that is drawn over.
pub(super) struct Lines {
    console: Console,
    seed: Option<u64>,
}

impl Lines {
    pub(super) fn new(console: &Console, seed: Option<u64>) -> Self {
        Self {
            console: console.clone(),
            seed,
        }
    }
}

impl Listener for Lines {
    fn hear(&self, told: &Told) {
        let line = match (told, self.seed) {
            (Told::Created { .. }, Some(seed)) => format!("{told}, seed {seed}"),
            (Told::Going(live), _) => live_line(live),
            _ => told.to_string(),
        };
        if told.is_passing() {
            self.console.progress(&[line]);
        } else {
            self.console.note(&line);
        }
    }
}
