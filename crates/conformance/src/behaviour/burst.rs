//! Limits on how many calls are let through at once: whoever sets one is right to refuse what is above it.

use proofload_probing::findings::Finding;
use proofload_probing::messages::Exchange;

/// Why a burst is not judged, where a limit answered a call of it: 429, or 503 with a page of a front or a time to wait.
pub(super) fn limited(exchange: &Exchange) -> Option<Finding> {
    let told_to_wait = exchange.header(http::header::RETRY_AFTER).is_some();
    let limited = match exchange.status() {
        429 => true,
        503 => told_to_wait || exchange.media_type() == "text/html",
        _ => false,
    };
    let status = exchange.status();
    limited.then(|| {
        Finding::skip(format!(
            "a limit on calls at once answered {status}, so that nothing was tested"
        ))
    })
}
