//! Sites set limits that nobody states: how long a text, how large a file, how small a picture may be. A refusal that says
//! so is no deviation; a call within the limit is made instead.

use proofload_contract::Operation;
use proofload_probing::messages::Exchange;

/// How refusals of what is too long or too large say so.
const LONG: [&str; 7] = [
    "length",
    "too long",
    "maximum",
    "characters",
    "exceed",
    "too large",
    "at most",
];
/// How refusals of what is too small say so.
const SMALL: [&str; 7] = [
    "pixel",
    "resolution",
    "too small",
    "minimum",
    "dimension",
    "at least",
    "image size",
];

/// Whether a text or a file was refused for its length.
pub(super) fn too_long(exchange: &Exchange) -> bool {
    matches!(exchange.status(), 413 | 414) || says(exchange, &LONG)
}

/// Whether a picture was refused for its size.
pub(super) fn too_small(exchange: &Exchange) -> bool {
    says(exchange, &SMALL)
}

fn says(exchange: &Exchange, words: &[&str]) -> bool {
    let text = String::from_utf8_lossy(&exchange.answer().body).to_lowercase();
    matches!(exchange.status(), 400 | 422) && words.iter().any(|word| text.contains(word))
}

/// What is noted where a smaller or larger one was sent instead.
pub(super) fn note(operation: &Operation, exchange: &Exchange, what: &str) -> String {
    format!(
        "{operation} refused {what} with {}, which the site may: another one was sent instead.",
        exchange.status()
    )
}
