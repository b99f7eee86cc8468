//! What a run rests on, looked at before any case: the clocks, and what an account holds of which nobody stated anything.

use crate::probes::weak_keys;
use futures_util::stream::{self, StreamExt as _};
use proofload_contract::Access;
use proofload_deployment::token::jwt::Hs;
use proofload_deployment::{Account, Permissions};
use proofload_probing::context::Context;
use proofload_probing::context::logins::Login;
use proofload_probing::fill;
use proofload_results::validate::{Basis, Premise, PremiseKind, ScopeAccount, TokensBegin};
use secrecy::ExposeSecret as _;

/// Clocks that differ by less are taken to agree, in seconds.
const AGREE_S: i64 = 60;

/// Looks, and takes accounts to hold what they were seen to hold.
pub(super) async fn look(context: &mut Context) -> Vec<Premise> {
    let mut premises = Vec::new();
    if !context.has_accounts() {
        return premises;
    }
    // Where that cannot be seen, no session is lost by it either.
    let _ = context.tried_sessions(context.main()).await;
    if let Ok(login) = context.login(context.main()).await {
        premises.extend(clock(&login));
        if key_is_wrong(context, &login) {
            context.give_up_key();
            premises.push(PremiseKind::SigningKey.into());
        }
    }
    let untold = context
        .accounts()
        .filter(|account| account.permissions == Permissions::Untold);
    for account in untold.cloned().collect::<Vec<Account>>() {
        let (lacks, holds) = tried(context, &account).await;
        if !lacks.is_empty() {
            context.settle(&account.name, &Permissions::Seen(holds.clone()));
            let account = account.name;
            premises.push(PremiseKind::Permissions { account, holds, lacks }.into());
        }
    }
    premises
}

/// Whether the signing key that was given is not the server's. Tokens with no real signature, or with a key that everybody
/// knows, are the server's fault, and found as that.
fn key_is_wrong(context: &Context, login: &Login) -> bool {
    let (Some(key), Some(jwt)) = (&context.target.signing_key, login.jwt()) else {
        return false;
    };
    let lengths = [(Hs::Hs256, 32), (Hs::Hs384, 48), (Hs::Hs512, 64)];
    let length = jwt.signature_bytes().len();
    let signed = lengths.iter().find(|(_, bytes)| *bytes == length);
    signed.is_some_and(|(hs, _)| !jwt.is_signed_by(*hs, key.expose_secret())) && weak_keys::that_signed(&jwt).is_none()
}

/// The accounts as the scope of a run names them.
pub(super) fn accounts(context: &Context) -> Vec<ScopeAccount> {
    let scoped = |account: &Account| ScopeAccount {
        name: account.name.clone(),
        holds: account.permissions.names().map(<[String]>::to_vec),
        basis: match &account.permissions {
            Permissions::All | Permissions::Only(_) => Basis::Stated,
            Permissions::Untold => Basis::Taken,
            Permissions::Seen(_) => Basis::Seen,
        },
    };
    context.accounts().map(scoped).collect()
}

/// The permissions of which every operation refuses an account with 403, and the others. One operation that does not is
/// enough: a server that refuses single operations wrongly must still be found out.
async fn tried(context: &Context, account: &Account) -> (Vec<String>, Vec<String>) {
    let permissions = context.contract.permissions();
    let asked: Vec<_> = permissions
        .iter()
        .map(|name| refuses_all(context, account, name))
        .collect();
    let refused: Vec<bool> = stream::iter(asked)
        .buffered(context.options.concurrency.max(1))
        .collect()
        .await;
    let (mut lacks, mut holds) = (Vec::new(), Vec::new());
    for (name, refused) in permissions.into_iter().zip(refused) {
        let list = if refused { &mut lacks } else { &mut holds };
        list.push(name.to_owned());
    }
    (lacks, holds)
}

async fn refuses_all(context: &Context, account: &Account, permission: &str) -> bool {
    let takes = |access: &Access| matches!(access, Access::Permission { name, .. } if name == permission);
    let operations = context.contract.operations().iter();
    for operation in operations.filter(|operation| takes(&operation.access)) {
        if context.options.halt.asked() {
            return false;
        }
        let draft = fill::harmless(operation, &mut context.random(&format!("{}/premise", operation.id)));
        let answer = context.send_as(account, draft).await;
        if !answer.is_ok_and(|exchange| exchange.status() == 403) {
            return false;
        }
    }
    true
}

/// Whether the clock that answers are dated by agrees with that of the tokens, and with ours.
fn clock(login: &Login) -> Option<Premise> {
    let jwt = login.jwt();
    let claim = |name| jwt.as_ref().and_then(|jwt| jwt.seconds(name));
    let begins = [claim("nbf"), claim("iat")].into_iter().flatten().max();
    let date = login.dated();
    if let Some(date) = date {
        let early = begins.map_or(0, |begins| begins.saturating_sub(date));
        let late = claim("exp").map_or(0, |ends| ends.saturating_sub(date).min(0));
        if early > AGREE_S || late < 0 {
            let ahead_s = if late < 0 { late } else { early };
            return Some(PremiseKind::TokenClock { ahead_s }.into());
        }
    }
    let ahead_s = login.ahead_of_ours(date.or(begins)?);
    let agrees = |apart: Option<i64>| apart.is_some_and(|apart_s| apart_s.abs() <= AGREE_S);
    let tokens = if agrees(begins.zip(date).map(|(begins, date)| begins.saturating_sub(date))) {
        TokensBegin::ByTheServers
    } else if agrees(begins.map(|begins| login.ahead_of_ours(begins))) {
        TokensBegin::ByOurs
    } else {
        TokensBegin::Otherwise
    };
    (ahead_s.abs() > AGREE_S).then(|| Premise::clock(ahead_s, tokens))
}
