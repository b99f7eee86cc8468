//! How a command fails: one sentence and an exit code.

use crate::exit::Exit;
use std::fmt::Display;

/// Why a command could not do its work: one clear sentence, and the exit code it ends with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What the program exits with.
    pub exit: Exit,
    /// What was tried, on what, what came back, what to do next.
    pub sentence: String,
}

impl Failure {
    /// A usage or configuration error.
    pub fn usage(sentence: impl Display) -> Self {
        Self {
            exit: Exit::Usage,
            sentence: sentence.to_string(),
        }
    }

    /// The target could not be tested: unreachable, login refused, nothing selected.
    pub fn could_not_test(sentence: impl Display) -> Self {
        Self {
            exit: Exit::CouldNotTest,
            sentence: sentence.to_string(),
        }
    }
}
