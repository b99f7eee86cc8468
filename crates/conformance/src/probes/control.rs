//! Control calls with a good token, so that a lost session or a dead operation is never taken for a defect.

use crate::probes::second_look;
use futures_util::future::{BoxFuture, FutureExt as _};
use proofload_contract::{Access, Operation, ParameterPlace, Source};
use proofload_probing::context::Context;
use proofload_probing::context::logins;
use proofload_probing::fill;
use proofload_probing::findings::{Cause, Clause, Finding, FindingKind, Stop};
use proofload_probing::messages::Exchange;
use proofload_probing::probe::{Probe, Stage, Subject};

/// The control call before the negatives.
pub(super) struct Before;

/// The control call after the negatives.
pub(super) struct After;

impl Probe for Before {
    fn clause(&self) -> Clause {
        Clause::new(
            "control",
            Source::Guide,
            "A call with a good token is let in and answered as documented.",
        )
    }

    fn fits(&self, _: &Operation) -> bool {
        true
    }

    fn stage(&self) -> Stage {
        Stage::Before
    }

    fn run<'a>(&'a self, context: &'a Context, subject: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        control(context, subject.operation).boxed()
    }
}

impl Probe for After {
    fn clause(&self) -> Clause {
        Clause::new(
            "control-after",
            Source::Guide,
            "After every refused call, a call with a good token is still let in.",
        )
    }

    fn fits(&self, operation: &Operation) -> bool {
        operation.access != Access::Anonymous
    }

    fn stage(&self) -> Stage {
        Stage::After
    }

    fn run<'a>(&'a self, context: &'a Context, subject: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        control(context, subject.operation).boxed()
    }
}

async fn control(context: &Context, operation: &Operation) -> Result<Finding, Stop> {
    if operation.access == Access::Anonymous {
        let main = context.main();
        let exchange = context
            .send(logins::request(&context.contract, &main.username, &main.password))
            .await?;
        return Ok(of_application(context, operation, exchange));
    }
    let Some(caller) = context.caller_of(operation) else {
        return Err(Stop::Skip(Cause::NoHolder {
            access: operation.access.clone(),
            operation: None,
        }));
    };
    let draft = fill::harmless(operation, &mut context.random(&format!("{}/control", operation.id)));
    let mut draft = draft;
    let mut exchange = context.send_as(caller, draft.clone()).await?;
    if second_look::is_fronts_word(context, &exchange) {
        draft = second_look::unstorable(context, operation);
        exchange = context.send_as(caller, draft.clone()).await?;
    } else if exchange.status() == 413 && context.front(&exchange).is_none() {
        // How much the application takes is stated nowhere; a small body shows whether it looks at one.
        draft = second_look::small(context, operation);
        exchange = context.send_as(caller, draft.clone()).await?;
    }
    if !is_turned_away(&exchange) {
        return Ok(of_application(context, operation, exchange));
    }
    // Lost or refused? A session can be lost through no fault of this operation; a new one settles it.
    let login = context.login_again(caller).await?;
    let exchange = context.send(draft.bearer(&login.token)).await?;
    if !is_turned_away(&exchange) {
        return Ok(of_application(context, operation, exchange));
    }
    let cause = match exchange.status() {
        401 => Cause::SessionLost,
        _ => Cause::Redirected(exchange.observed()),
    };
    Ok(judged(operation, exchange).caused_by(cause))
}

/// Whether a caller with a good token is sent away: refused, or redirected, to a login page say.
fn is_turned_away(exchange: &Exchange) -> bool {
    exchange.status() == 401 || exchange.answer().status.is_redirection()
}

/// What a front answers to a call that is in order was never judged by the application, whatever the status.
fn of_application(context: &Context, operation: &Operation, exchange: Exchange) -> Finding {
    let finding = judged(operation, exchange);
    let by_front = finding.exchange.as_ref().and_then(|exchange| context.front(exchange));
    if by_front.is_none() {
        return finding;
    }
    Finding {
        kind: FindingKind::Deviates,
        ..finding
    }
}

/// Ids are unknown and bodies of writing operations broken, so a refusal of the *content* is right; what must not be
/// is a refusal of the caller, of the method or of the media type, or a server error.
fn judged(operation: &Operation, exchange: Exchange) -> Finding {
    let status = exchange.status();
    let addressed = operation
        .parameters
        .iter()
        .any(|parameter| parameter.place == ParameterPlace::Path);
    let unknown_is_fine = addressed || operation.response(404).is_some() || operation.id == "searchPeople";
    let content_is_refused = match status {
        404 | 410 => unknown_is_fine || takes_body(operation),
        400 | 413 | 422 => addressed || takes_body(operation),
        409 => operation.writes,
        _ => false,
    };
    if operation.writes && exchange.is_server_error() {
        // What a broken body is answered is stated nowhere; that a server error is none of the choices, only by custom.
        return Finding::judge(exchange, false, "not 401, not 403, no server error").weighed_by(Source::Convention);
    }
    let success = operation.success().status;
    if exchange.is_success() && status != success {
        return Finding::judge(exchange, false, success.to_string())
            .weighed_by(other_success(operation, unknown_is_fine));
    }
    let holds = (status == success && !exchange.is_page()) || content_is_refused;
    let expected = if unknown_is_fine || takes_body(operation) {
        format!("{success}, or a refusal of the made-up content")
    } else {
        success.to_string()
    };
    Finding::judge(exchange, holds, expected)
}

/// What another success than the documented one is worth. Of made-up ids and broken bodies nothing says with which status
/// they are answered, nor of a write more than that it succeeds; a read that finds nothing may have a status of its own
/// only where none is documented.
fn other_success(operation: &Operation, unknown_is_fine: bool) -> Source {
    let documented = operation
        .response(404)
        .is_some_and(|response| response.source == Source::Guide);
    if operation.writes || (unknown_is_fine && !documented) {
        return Source::Convention;
    }
    operation.success().source
}

fn takes_body(operation: &Operation) -> bool {
    operation.request_body.is_some() && operation.access != Access::Anonymous
}
