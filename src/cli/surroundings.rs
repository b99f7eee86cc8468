//! What stdout may look like, from the environment and the terminal.

use super::Colour;
use proofload_reports::console::{Style, may_colour, may_leave_ascii};
use std::io::{self, IsTerminal as _};

/// How results on this process's stdout may look.
pub(super) fn style(colour: Colour) -> Style {
    let is_terminal = io::stdout().is_terminal();
    let environment = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let colour = match colour {
        Colour::Auto => may_colour(is_terminal, &environment),
        Colour::Always => true,
        Colour::Never => false,
    };
    // An old Windows console shows the escapes themselves until it is told to read them.
    let colour = colour && (!is_terminal || anstyle_query::windows::enable_ansi_colors() != Some(false));
    let terminal = is_terminal.then(terminal_size::terminal_size).flatten();
    let width = terminal.map_or(Style::PIPE_WIDTH, |(width, _)| usize::from(width.0));
    Style {
        width,
        colour,
        unicode: may_leave_ascii(&environment),
        verbose: false,
    }
    .wide(width)
}

/// The columns of stderr; none where it is no terminal.
pub(super) fn stderr_width() -> Option<usize> {
    terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| usize::from(width.0))
}

/// Whether a line on stderr can be drawn over.
pub(super) fn may_redraw(is_terminal: bool) -> bool {
    is_terminal && std::env::var("TERM").as_deref() != Ok("dumb")
}
