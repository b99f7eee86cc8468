//! Accounts by operations: who holds the permission is let in, who lacks it is refused.

use crate::probes::second_look;
use futures_util::future::{BoxFuture, FutureExt as _};
use proofload_contract::{Access, Operation, Source};
use proofload_deployment::{Account, Permissions};
use proofload_probing::context::Context;
use proofload_probing::fill;
use proofload_probing::findings::leak;
use proofload_probing::findings::{Cause, Clause, Finding, Stop};
use proofload_probing::messages::{Draft, Exchange};
use proofload_probing::probe::{Probe, Subject};

/// One cell of the matrix of accounts by operations.
pub(super) struct Permission;

impl Probe for Permission {
    fn clause(&self) -> Clause {
        Clause::new(
            "permission",
            Source::Guide,
            "An account that holds the operation's permission is let in; one that lacks it is refused with 403.",
        )
    }

    fn fits(&self, operation: &Operation) -> bool {
        operation.access != Access::Anonymous
    }

    fn per_account(&self) -> bool {
        true
    }

    fn run<'a>(&'a self, context: &'a Context, subject: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        async move {
            let account = subject.account.unwrap_or_else(|| context.main());
            cell(context, subject.operation, account).await
        }
        .boxed()
    }
}

async fn cell(context: &Context, operation: &Operation, account: &Account) -> Result<Finding, Stop> {
    if matches!(account.permissions, Permissions::Seen(_)) && !account.may_call(operation) {
        return Err(Stop::Untestable(Cause::PermissionUnknown(operation.access.clone())));
    }
    let purpose = format!("{}/permission@{}", operation.id, account.name);
    let draft = fill::harmless(operation, &mut context.random(&purpose));
    let mut exchange = context.send_as(account, draft.clone()).await?;
    if exchange.status() == 401 {
        // The account's session may have been lost meanwhile; a new one settles whether the operation is to blame.
        let login = context.login_again(account).await?;
        exchange = context.send(draft.bearer(&login.token)).await?;
    }
    if !account.may_call(operation) {
        let finding = refused(context, operation, account, exchange).await?;
        let finding = if finding.holds() {
            leak::held_back(operation, finding)
        } else {
            finding
        };
        let lacks = format!("account {:?} lacks {}", account.name, operation.access);
        let words = match &finding.detail {
            Some(detail) => format!("{lacks}; {detail}"),
            None => lacks,
        };
        return Ok(finding.note(words));
    }
    if second_look::is_fronts_word(context, &exchange) {
        // A firewall that stumbles over a body that nobody can parse says nothing of the account.
        exchange = context
            .send_as(account, second_look::unstorable(context, operation))
            .await?;
    } else if exchange.status() == 413 && context.front(&exchange).is_none() {
        // How much the application takes is nobody's business here; that it looks at a small body shows who is let in.
        exchange = context.send_as(account, second_look::small(context, operation)).await?;
    }
    let status = exchange.status();
    let server_error = exchange.is_server_error();
    let refused = status == 401 || status == 403 || exchange.answer().status.is_redirection();
    // A page of success, or what a front says, is nobody let in.
    let let_in = !refused && !exchange.is_page() && context.front(&exchange).is_none();
    let finding = Finding::judge(exchange, let_in && !server_error, "not 401, not 403").note(format!(
        "account {:?} holds what it takes ({})",
        account.name, operation.access
    ));
    Ok(if let_in && server_error {
        finding.weighed_by(Source::Convention)
    } else {
        finding
    })
}

/// A refusal of who lacks the permission, told apart from a refusal of the content.
async fn refused(
    context: &Context,
    operation: &Operation,
    account: &Account,
    exchange: Exchange,
) -> Result<Finding, Stop> {
    let judge = |exchange: Exchange| {
        let holds = exchange.status() == 403;
        Ok(Finding::judge(exchange, holds, "403").of_refusal())
    };
    let login = context.login(account).await?;
    let credentials = |draft: Draft| draft.bearer(&login.token);
    let clause = Permission.clause();
    let finding = second_look::settled(context, operation, clause, judge(exchange)?, judge, credentials).await?;
    second_look::of_what_is_there(context, operation, finding, judge, credentials).await
}
