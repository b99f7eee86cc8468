//! What stderr says while an engine works: warnings and steps in lines that stay, how far it has come in lines that are drawn anew.

use crate::cli::Console;
use proofload_reports::capacity::step_line;
use proofload_reports::load::progress_lines;
use proofload_results::events::{Event, Observer};

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
            Event::CaseDone { id, done, total } => console.progress(&[format!("{done} of {total} cases  {id}")]),
            Event::GatePair { pairs, planned } => {
                console.progress(&[format!("{pairs} of at most {planned} pairs of blocks")]);
            }
            Event::StepDone(step) => {
                console.note(&step_line(step));
            }
            Event::LoadTick(tick) if console.stderr_is_terminal => {
                let size = terminal_size::terminal_size_of(std::io::stderr());
                let columns = size.map_or(COLUMNS, |(width, _)| usize::from(width.0));
                console.progress(&progress_lines(tick, columns));
            }
            _ => {}
        }
    }
}
