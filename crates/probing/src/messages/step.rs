//! A call that a check made, among others, and what came of it.

use super::draft::Draft;
use http::StatusCode;
use proofload_deployment::client::Answer;
use std::fmt;

/// A call that a check made, among others, and what came of it.
pub struct Step {
    /// The number of the call in the run.
    pub serial: u64,
    /// What was sent.
    pub draft: Draft,
    /// What was answered, or why nothing was.
    pub outcome: Result<Answer, String>,
}

impl Step {
    /// Whether a check cannot go on after it: it was not answered, or only to say that there were too many calls.
    pub fn is_in_the_way(&self) -> bool {
        match &self.outcome {
            Ok(answer) => answer.status == StatusCode::TOO_MANY_REQUESTS,
            Err(_) => true,
        }
    }
}

impl fmt::Debug for Step {
    /// Without headers or bodies: they hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.outcome {
            Ok(answer) => write!(f, "Step({} -> {})", self.draft.method, answer.status.as_u16()),
            Err(_) => write!(f, "Step({} -> nothing)", self.draft.method),
        }
    }
}
