//! A refusal of the content where a refusal of the caller was due: is the caller not looked at, or only later?
//!
//! Probes of writing operations carry a body that cannot be parsed. A server that parses first answers 400 to
//! everybody; that is a matter of order, and of custom. A server that never looks at the caller answers the same. Where
//! something may be stored, a proper body tells the two apart.

use proofload_contract::Operation;
use proofload_probing::context::Context;
use proofload_probing::fill;
use proofload_probing::findings::{Finding, Stop};
use proofload_probing::messages::{Draft, Exchange};
use serde_json::Value;

/// The note where it was only the order.
pub(super) const ORDER: &str = "with a proper body the call is refused as it should be, so only the order is wrong";

/// The note where it could not be told.
pub(super) const UNTOLD: &str = "the body was made so that it cannot be stored; on a target that allows writes a proper one tells whether the caller is looked at at all";

/// Whether a deviation may come from the broken body alone.
pub(super) fn is_about_content(operation: &Operation, finding: &Finding) -> bool {
    operation.writes
        && operation.request_body.is_some()
        && !finding.holds()
        && matches!(finding.status(), Some(400 | 413 | 415 | 422))
}

/// The same call with a proper body, on a target that allows writes. What a broken server stores is removed again, as
/// far as the API lets anybody remove it. None where nothing may be stored.
///
/// # Errors
/// It was not answered: the deviation at hand may then be one of order alone, and is not judged.
pub(super) async fn send(
    context: &Context,
    operation: &Operation,
    credentials: impl FnOnce(Draft) -> Draft,
) -> Result<Option<Exchange>, Stop> {
    if context.require_writes().is_err() {
        return Ok(None);
    }
    let draft = fill::proper(operation, &mut context.random(&format!("{}/second-look", operation.id)));
    let exchange = context.send(credentials(draft)).await?;
    if operation.id == "createTag" && exchange.is_success() {
        let id = exchange.json().unwrap_or_default();
        if let (Some(id), Ok(call)) = (id.get("tagId").and_then(Value::as_str), context.call("deleteTag")) {
            // Nothing more can be done about a tag that will not go.
            let _ = context.send_as_main(call.path("tagId", id)).await;
        }
    }
    Ok(Some(exchange))
}
