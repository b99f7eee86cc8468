//! What is said of a step of a capacity search when it is done, in a line that stays.

use proofload_results::capacity::{StepRow, StepVerdict};
use proofload_results::figures::in_seven_columns;

/// The line of a step: its rate, its tail, and what came of it.
pub fn step_line(step: &StepRow) -> String {
    let how = match step.verdict {
        StepVerdict::Held => "held".to_owned(),
        StepVerdict::Invalid => "the generator was not healthy".to_owned(),
        StepVerdict::Incomplete => "incomplete".to_owned(),
        StepVerdict::Broke | StepVerdict::Hopeless => step.reasons.join("; "),
    };
    let p99 = in_seven_columns(step.response_us.p99);
    format!("step {:2}  {:>9.1}/s  p99 {p99}  {how}", step.number, step.rate_per_s)
}
