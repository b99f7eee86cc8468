//! How a command fails: one sentence and an exit code.

use crate::exit::Exit;
use clap::Args;
use proofload_advice::{Offered, Reason};
use std::fmt::Display;

/// Why a command could not do its work: one clear sentence, and the exit code it ends with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What the program exits with.
    pub exit: Exit,
    /// What was tried, on what, what came back, what to do next.
    pub sentence: String,
    /// Why, where there is advice to be had; the command words it.
    pub(super) reason: Option<Reason>,
}

impl Failure {
    /// A usage or configuration error.
    pub fn usage(sentence: impl Display) -> Self {
        Self::new(Exit::Usage, sentence)
    }

    /// The target could not be tested: unreachable, login refused, nothing selected.
    pub fn could_not_test(sentence: impl Display) -> Self {
        Self::new(Exit::CouldNotTest, sentence)
    }

    /// A failure that ends with `exit`.
    pub fn new(exit: Exit, sentence: impl Display) -> Self {
        Self {
            exit,
            sentence: sentence.to_string(),
            reason: None,
        }
    }

    /// The same with what there is to advise.
    #[must_use]
    pub(super) fn because(self, reason: Option<Reason>) -> Self {
        Self { reason, ..self }
    }

    /// With advice behind its sentence for whoever gave the command with the arguments `A`.
    pub(super) fn advised<A: Args>(mut self) -> Self {
        let advice = self.reason.take().and_then(|reason| reason.advice(&Offered::by::<A>()));
        if let Some(advice) = advice {
            self.sentence = format!("{}; {advice}", self.sentence);
        }
        self
    }
}
