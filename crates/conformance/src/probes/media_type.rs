//! Bodies of another media type than the operation takes.

use super::malformed::{as_caller, takes_json, usual};
use super::page::is_page;
use futures_util::future::{BoxFuture, FutureExt as _};
use proofload_contract::Source::Convention;
use proofload_contract::{Access, Operation};
use proofload_probing::body::Body;
use proofload_probing::context::Context;
use proofload_probing::findings::{Cause, Clause, Finding, Stop};
use proofload_probing::messages::Exchange;
use proofload_probing::probe::{Probe, Subject};

/// Types that no operation takes.
const OTHERS: [&str; 2] = ["text/plain", "application/xml"];

/// Everything that takes a body is sent it as something else.
pub(super) struct WrongMediaType;

impl Probe for WrongMediaType {
    fn clause(&self) -> Clause {
        Clause::new(
            "wrong-media-type",
            Convention,
            "A body of another media type than the operation takes is refused with 415 (RFC 9110, 15.5.16).",
        )
    }

    fn fits(&self, operation: &Operation) -> bool {
        operation.request_body.is_some()
    }

    fn run<'a>(&'a self, context: &'a Context, subject: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        async move {
            let operation = subject.operation;
            // Who may not call it at all is refused for that, whatever the body is called.
            if operation.access != Access::Anonymous && context.caller_of(operation).is_none() {
                return Err(Stop::Skip(Cause::NoHolder {
                    access: operation.access.clone(),
                    operation: None,
                }));
            }
            let mut last = Err(Stop::skip("no other media type to send"));
            for other in OTHERS {
                let exchange = sent_as(context, operation, other).await?;
                let holds = refused(operation, &exchange);
                let finding = Finding::judge(exchange, holds, "415");
                if !holds {
                    return Ok(finding.note(other));
                }
                last = Ok(finding);
            }
            last
        }
        .boxed()
    }
}

/// The harmless call with its body under another name. A login carries the right password: nobody is locked out by a
/// server that reads it all the same.
async fn sent_as(context: &Context, operation: &Operation, other: &str) -> Result<Exchange, Stop> {
    let mut rng = context.random(&format!("{}/wrong-media-type", operation.id));
    let draft = usual(context, operation, &mut rng);
    let (_, bytes) = draft.body.encoded();
    let draft = draft.body(Body::Raw {
        content_type: other.to_owned(),
        bytes,
    });
    as_caller(context, operation, draft).await
}

/// 415; or a refusal that is not the application's own, or is one of the broken body that writing operations are sent:
/// what is looked at first is stated nowhere. A form may also be missed in any other body.
fn refused(operation: &Operation, exchange: &Exchange) -> bool {
    let refusal = exchange.answer().status.is_client_error() && exchange.status() != 401;
    let may_be_another = operation.writes || !takes_json(operation) || is_page(exchange);
    exchange.status() == 415 || (refusal && may_be_another)
}
