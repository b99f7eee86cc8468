//! Answers that are pages for people: this API has none, so that whoever sends one stands in front of it, or beside it.

use proofload_probing::messages::Exchange;

/// Whether an answer is a page for people.
pub(super) fn is_page(exchange: &Exchange) -> bool {
    matches!(exchange.media_type().as_str(), "text/html" | "application/xhtml+xml")
}
