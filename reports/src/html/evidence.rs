//! Exchanges, curl lines and differences: shown whole as long as the page stays small enough to open at once.

use crate::text;
use maud::{Markup, html};
use std::cell::Cell;

/// What a page shows of all evidence together, in bytes; the JSON report has the rest.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// The most characters of one piece.
const MAX_PIECE: usize = 16 * 1024;

/// What is left for evidence on a page.
#[derive(Debug)]
pub(super) struct Allowance {
    left: Cell<usize>,
}

impl Allowance {
    /// A page's allowance.
    pub(super) fn new() -> Self {
        Self {
            left: Cell::new(MAX_BYTES),
        }
    }

    /// Several lines under a name, with a button that copies them.
    pub(super) fn block(&self, name: &str, lines: &str) -> Markup {
        let piece = text::block(&text::clip(lines, MAX_PIECE));
        if !self.take(piece.len()) {
            return left_out(name);
        }
        html! {
            figure.evidence {
                figcaption { (name) }
                pre tabindex="0" { code { (piece) } }
            }
        }
    }

    /// A command line to copy. One that is too long is left out: cut short it would repeat nothing.
    pub(super) fn command(&self, name: &str, line: &str) -> Markup {
        if line.len() > MAX_PIECE || !self.take(line.len()) {
            return left_out(name);
        }
        html! {
            figure.evidence.command {
                figcaption { (name) button.copy type="button" hidden { "Copy" } }
                pre tabindex="0" { code { (text::block(line)) } }
            }
        }
    }

    fn take(&self, bytes: usize) -> bool {
        let left = self.left.get().checked_sub(bytes);
        self.left.set(left.unwrap_or(self.left.get()));
        left.is_some()
    }
}

fn left_out(name: &str) -> Markup {
    html! { p.left-out { (name) ": left out here because it is too long; the JSON report has it." } }
}
