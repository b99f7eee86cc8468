//! What stderr says while an engine works: warnings and steps in lines that stay, how far it has come in one that moves.

use crate::cli::Console;
use proofload_deployment::units::span;
use proofload_reports::load::progress_line;
use proofload_results::capacity::{StepRow, StepVerdict};
use proofload_results::events::{Event, Observer};
use std::time::Duration;

/// The width of a terminal that does not say.
const COLUMNS: usize = 100;

/// Says on stderr how the work of any engine goes.
#[derive(Debug, Clone)]
pub(in crate::cli) struct ProgressLines(pub(in crate::cli) Console);

impl Observer for ProgressLines {
    fn observe(&self, event: &Event) {
        let Self(console) = self;
        match event {
            Event::Warning(sentence) => console.note(&format!("warning: {sentence}")),
            Event::CaseDone { id, done, total } => console.progress(&format!("{done} of {total} cases  {id}")),
            Event::GatePair { pairs, planned } => {
                console.progress(&format!("{pairs} of at most {planned} pairs of blocks"));
            }
            Event::StepDone(step) => {
                console.progress("");
                console.note(&step_line(step));
            }
            Event::LoadTick(tick) if console.stderr_is_terminal => {
                let size = terminal_size::terminal_size_of(std::io::stderr());
                let columns = size.map_or(COLUMNS, |(width, _)| usize::from(width.0));
                console.progress(&progress_line(tick, columns));
            }
            _ => {}
        }
    }
}

fn step_line(step: &StepRow) -> String {
    let how = match step.verdict {
        StepVerdict::Held => "held".to_owned(),
        StepVerdict::Invalid => "the generator was not healthy".to_owned(),
        StepVerdict::Incomplete => "incomplete".to_owned(),
        StepVerdict::Broke | StepVerdict::Hopeless => step.reasons.join("; "),
    };
    let p99 = span::display(Duration::from_micros(step.response_us.p99));
    format!(
        "step {:2}  {:>9.1}/s  p99 {p99:>10}  {how}",
        step.number, step.rate_per_s
    )
}
