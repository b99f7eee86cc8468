//! What somebody in front of the application answered is weighed as that: nothing of it is held against the application.

use super::verdict::Judged;
use crate::behaviour::ANSWERS;
use proofload_probing::body::Body;
use proofload_probing::context::Context;
use proofload_probing::findings::{Cause, Finding, FindingKind};
use proofload_probing::probe::Stage;

/// Weighs a deviation that a front answered: where a refusal was wanted, the call was refused before it reached the
/// application, and else nothing was tested.
pub(super) fn weighed(context: &Context, stage: Stage, finding: Finding) -> Finding {
    let deciding = finding
        .exchange
        .as_ref()
        .filter(|_| finding.kind == FindingKind::Deviates);
    let Some(exchange) = deciding else {
        return finding;
    };
    let status = exchange.status();
    // What breaks behind a front, it answers with the same pages: only a body that nobody can parse is its own to stumble over.
    let unread = status < 500 || status == 501 || (status == 500 && matches!(exchange.draft().body, Body::Raw { .. }));
    let Some(who) = context.front(exchange).filter(|_| unread) else {
        return finding;
    };
    context.swallowed(who.clone(), status);
    let cause = Cause::Front { who, status };
    if finding.refusal && status < 500 {
        return Finding {
            kind: FindingKind::Holds,
            ..finding.note(cause.to_string())
        };
    }
    match stage {
        // Without the control call the negatives prove nothing.
        Stage::Before | Stage::After => Finding::untestable(cause),
        Stage::Negative => Finding::skip(cause),
    }
}

/// Where a front let not one proper call of an operation through, the operation was not tested, whatever was refused rightly
/// beside it: the case that asks for a success says so.
pub(super) fn never_let_through(context: &Context, judged: &mut [Judged]) {
    for Judged { case, finding } in judged {
        let by_front = finding.kind == FindingKind::Skipped && matches!(finding.cause, Some(Cause::Front { .. }));
        if by_front && case.clause.name == ANSWERS && !context.has_succeeded(&case.operation) {
            finding.kind = FindingKind::Untestable;
        }
    }
}
