//! Exchanges, curl lines and differences, and the texts around them: shown whole as long as the page stays small enough to
//! open at once.
//!
//! A page has a share for each kind of text. What a server says again and again is shown once; what no share is left
//! for is cut or left out with a note. The JSON report always has everything.

use super::units::shown;
use maud::{Markup, Render as _, html};
use proofload_results::text;
use proofload_results::validate::ExchangeRecord;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// What a page shows of exchanges, differences and commands in full, in bytes.
const EVIDENCE_BYTES: usize = 640 * 1024;
/// What it shows of commands in lists.
const COMMAND_BYTES: usize = 512 * 1024;
/// What it shows of texts in tables and cards; beyond, each is cut to a few words.
const TEXT_BYTES: usize = 384 * 1024;
/// The most characters of one piece.
const MAX_PIECE: usize = 16 * 1024;
/// The most characters of a text when no share is left.
const FEW: usize = 24;

/// What is left of a page's shares.
#[derive(Debug)]
pub(super) struct Allowance {
    evidence: Cell<usize>,
    commands: Cell<usize>,
    texts: Cell<usize>,
    /// Answers that were shown, each with the place of its card.
    answers: RefCell<HashMap<String, String>>,
}

impl Allowance {
    /// A page's allowance.
    pub(super) fn new() -> Self {
        Self {
            evidence: Cell::new(EVIDENCE_BYTES),
            commands: Cell::new(COMMAND_BYTES),
            texts: Cell::new(TEXT_BYTES),
            answers: RefCell::default(),
        }
    }

    /// A text on one line, bounded; cut to a few words when the page has shown much already.
    pub(super) fn text(&self, from_elsewhere: &str, max_chars: usize) -> String {
        let text = shown(from_elsewhere, max_chars);
        if from_elsewhere.len() <= FEW || take(&self.texts, escaped(&text)) {
            text
        } else {
            shown(from_elsewhere, FEW)
        }
    }

    /// An exchange under a name; an answer that was shown already is linked to. `card` is the place it is shown in.
    pub(super) fn exchange(&self, exchange: &ExchangeRecord, card: &str) -> Markup {
        let whole = exchange.to_string();
        let answer = whole.strip_prefix(&exchange.request).unwrap_or(&whole).to_owned();
        if answer.len() < 200 {
            return self.block("The exchange", &whole);
        }
        let before = self.answers.borrow().get(&answer).cloned();
        if let Some(place) = before {
            return html! {
                p.more {
                    "The exchange: " code { (self.text(&exchange.request, super::units::SHORT)) }
                    ", answered as " a href={ "#" (place) } { "shown above" } "."
                }
            };
        }
        self.answers.borrow_mut().insert(answer, card.to_owned());
        self.block("The exchange", &whole)
    }

    /// Several lines under a name.
    pub(super) fn block(&self, name: &str, lines: &str) -> Markup {
        let piece = text::block(&text::clip(lines, MAX_PIECE));
        if !take(&self.evidence, escaped(&piece)) {
            return left_out(name);
        }
        html! {
            figure.evidence {
                figcaption { (name) @if lines.chars().count() > MAX_PIECE { span { "cut here; the JSON report has it whole" } } }
                pre tabindex="0" { code { (piece) } }
            }
        }
    }

    /// A command line to copy. One that is too long is left out: cut short it would repeat nothing.
    pub(super) fn command(&self, name: &str, line: &str) -> Markup {
        let piece = text::block(line);
        if line.len() > MAX_PIECE || !take(&self.evidence, escaped(&piece)) {
            return left_out(name);
        }
        html! {
            figure.evidence.command {
                figcaption { (name) button.copy type="button" hidden { "Copy" } }
                pre tabindex="0" { code { (piece) } }
            }
        }
    }

    /// A command line in a list; none when it is too long, or the page has shown many.
    pub(super) fn listed_command(&self, line: &str) -> Option<String> {
        let piece = text::line(line);
        (line.len() <= MAX_PIECE && take(&self.commands, escaped(&piece))).then_some(piece)
    }
}

fn take(share: &Cell<usize>, bytes: usize) -> bool {
    let left = share.get().checked_sub(bytes);
    share.set(left.unwrap_or(share.get()));
    left.is_some()
}

/// How many bytes a text takes in the page.
fn escaped(text: &str) -> usize {
    text.render().0.len()
}

fn left_out(name: &str) -> Markup {
    html! { p.left-out { (name) ": left out here because it is too long; the JSON report has it." } }
}
