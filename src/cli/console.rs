//! The two streams: asked-for output on stdout, everything else on stderr.

use super::surroundings;
use super::{Colour, Failure};
use crate::exit::Exit;
use ::console::{Term, truncate_str};
use parking_lot::Mutex;
use proofload_reports::console::Style;
use proofload_results::text;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;

/// The two streams of the program. The only place that prints.
#[derive(Debug, Clone)]
pub struct Console {
    /// How results on stdout may look.
    pub style: Style,
    /// Whether stderr is a terminal that can redraw a line: a progress line may be shown.
    pub stderr_is_terminal: bool,
    /// Whether only results, warnings and errors are wanted.
    pub(super) quiet: bool,
    /// How many lines are drawn below those that stay, to be drawn over.
    moving: Arc<Mutex<usize>>,
}

impl Console {
    /// The process's own streams.
    pub(super) fn system(colour: Colour, quiet: bool) -> Self {
        Self {
            style: surroundings::style(colour),
            stderr_is_terminal: !quiet && surroundings::may_redraw(io::stderr().is_terminal()),
            quiet,
            moving: Arc::default(),
        }
    }

    /// The same streams, with everything shown where that was asked for.
    #[must_use]
    pub fn verbose(&self, verbose: bool) -> Self {
        let style = if verbose { self.style.verbose() } else { self.style };
        Self { style, ..self.clone() }
    }

    /// Writes asked-for output to stdout. A reader that went away (a closed pipe) ends the output quietly.
    ///
    /// # Errors
    /// Stdout cannot be written for another reason, a full disk say.
    pub fn result(&self, text: &str) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::could_not_test(format!(
                "cannot write the result to stdout: {error}"
            ))),
            _ => Ok(()),
        }
    }

    /// Writes a line to stderr. When stderr is gone there is nobody left to tell. Whatever it quotes, from a file, an option or a
    /// server, the terminal shows it and does not obey it.
    pub fn note(&self, line: &str) {
        let matters = line.starts_with("warning: ") || line.starts_with("error: ");
        if self.quiet && !matters {
            return;
        }
        let line = text::line(line);
        self.progress(&[]);
        // A terminal would break it within words.
        let lines = match surroundings::stderr_width() {
            Some(width) => text::wrapped(&line, width),
            None => vec![line],
        };
        let _ = writeln!(io::stderr().lock(), "{}", lines.join("\n"));
    }

    /// Says what to do about something, a line each.
    pub fn advise(&self, advice: impl IntoIterator<Item = String>) {
        for advice in advice {
            self.note(&format!("advice: {advice}"));
        }
    }

    /// Draws the lines that move in place of those before them, on a terminal only; none removes them.
    pub fn progress(&self, lines: &[String]) {
        if self.stderr_is_terminal {
            let mut drawn = self.moving.lock();
            let terminal = Term::buffered_stderr();
            let width = usize::from(terminal.size().1).saturating_sub(1);
            let _ = terminal.clear_last_lines(std::mem::replace(&mut *drawn, lines.len()));
            for line in lines {
                // One that wraps would be two, and only one of them would be drawn over.
                let _ = terminal.write_line(&truncate_str(&text::line(line), width, ""));
            }
            let _ = terminal.flush(); // nobody is left to tell
        }
    }

    pub(super) fn failure(&self, failure: &Failure) -> Exit {
        self.note(&format!("error: {}", failure.sentence));
        failure.exit
    }

    /// Shows what clap has to say about these arguments: help and version on stdout, usage errors on stderr.
    pub(super) fn clap(error: &clap::Error, args: &[OsString]) -> Exit {
        let plain = |arg: &OsString| {
            let arg = arg.to_string_lossy();
            text::line(&arg) == arg
        };
        // Nobody is left to tell when the stream is gone.
        let _ = if args.iter().all(plain) || !error.use_stderr() {
            error.print()
        } else {
            // It quotes what a terminal would obey: no colours then, and nothing else either.
            write!(io::stderr().lock(), "{}", text::block(&error.render().to_string()))
        };
        if error.use_stderr() { Exit::Usage } else { Exit::Passed }
    }
}
