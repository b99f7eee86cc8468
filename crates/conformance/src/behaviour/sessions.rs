//! Interleaved sessions: whoever calls at the same time as others is still answered as themselves.

use super::declare::{guide, seed};
use super::family::Family;
use super::play::Play;
use super::renewal::{Held, login, profile_of};
use futures_util::future::{FutureExt as _, join_all};
use parking_lot::Mutex;
use proofload_contract::Source;
use proofload_deployment::Account;
use proofload_deployment::client::login::TOKEN_BYTES;
use proofload_probing::context::Context;
use proofload_probing::findings::{Finding, Stop};
use proofload_probing::messages::{Draft, Exchange};
use proofload_probing::probe::{Declared, Sequence};
use secrecy::SecretString;
use serde_json::Value;

/// So often every account calls.
const ROUNDS: usize = 4;

const CASES: [Declared; 5] = [
    seed(
        "authenticate",
        "interleaved",
        "Logins at the same time each give the caller's own token.",
    ),
    seed(
        "renewToken",
        "interleaved",
        "Renewals at the same time each give the caller's own token.",
    ),
    guide(
        "profile",
        "interleaved",
        "Profiles asked for at the same time are each the caller's own.",
    ),
    guide(
        "profile",
        "in-turn",
        "Profiles asked for one after another are each the caller's own.",
    ),
    guide("profile", "own", "No two accounts have the same profile."),
];

pub(super) fn family() -> Box<dyn Sequence> {
    Family::new("sessions", &[], &CASES, |play| run(play).boxed()).boxed()
}

/// An account with a token and the profile it has when nobody else calls.
struct Caller<'a> {
    account: &'a Account,
    held: Held,
    /// The token that is renewed, each time the one that came of the last renewal where that ends its own.
    renewing: Mutex<SecretString>,
    profile: Option<(Value, Value)>,
}

async fn run(play: &mut Play<'_>) -> Result<(), Stop> {
    let context = play.context;
    let mut callers = Vec::new();
    for account in context.accounts() {
        let held = login(play, account).await?;
        let profile = send(context, play.draft("profile")?, &held).await?;
        let profile = profile.is_success().then(|| profile_of(&profile));
        let renewing = if context.ends_renewed_tokens().await {
            login(play, account).await?.token
        } else {
            held.token.clone()
        };
        callers.push(Caller {
            account,
            held,
            renewing: Mutex::new(renewing),
            profile,
        });
    }
    if callers.len() < 2 {
        return Err(Stop::skip("the target has one account only"));
    }
    let renew = play.draft("renewToken")?;
    let profile = play.draft("profile")?;
    for caller in &callers {
        let again = profiled(context, profile.clone(), caller).await;
        own_profile(play, "in-turn", caller, again);
    }
    apart(play, &callers);
    for _ in 0..ROUNDS {
        let logins = join_all(
            callers
                .iter()
                .map(|caller| context.send(context.login_request(&caller.account.username, &caller.account.password))),
        );
        let renewals = join_all(callers.iter().map(|caller| renewed(context, renew.clone(), caller)));
        let profiles = join_all(callers.iter().map(|caller| profiled(context, profile.clone(), caller)));
        let (logins, renewals, profiles) = if context.ends_sessions() {
            // A login would end the session that its account's other calls go by: only other accounts' calls are made beside it.
            (logins.await, renewals.await, profiles.await)
        } else {
            tokio::join!(logins, renewals, profiles)
        };
        for (((caller, login), renewal), profile) in callers.iter().zip(logins).zip(renewals).zip(profiles) {
            token(play, "authenticate", caller, login);
            token(play, "renewToken", caller, renewal);
            own_profile(play, "interleaved", caller, profile);
        }
    }
    Ok(())
}

async fn send(context: &Context, draft: Draft, held: &Held) -> Result<Exchange, Stop> {
    context.send(draft.bearer(&held.token)).await
}

/// The caller's profile, with the token it holds; another one where a renewal elsewhere ended that.
async fn profiled(context: &Context, draft: Draft, caller: &Caller<'_>) -> Result<Exchange, Stop> {
    let exchange = send(context, draft.clone(), &caller.held).await?;
    if context.was_ended(caller.account, exchange.status()).await {
        return context.send_as(caller.account, draft).await;
    }
    Ok(exchange)
}

async fn renewed(context: &Context, draft: Draft, caller: &Caller<'_>) -> Result<Exchange, Stop> {
    let token = caller.renewing.lock().clone();
    let mut exchange = context.send(draft.clone().bearer(&token)).await?;
    if context.was_ended(caller.account, exchange.status()).await {
        exchange = context.send_as(caller.account, draft).await?;
    }
    if context.ends_renewed_tokens().await
        && let Some(token) = exchange.json().and_then(|body| super::value::text(&body, "token"))
        && token.len() <= TOKEN_BYTES
    {
        // One that came before may be somebody else's by now, and this check renews it next.
        let token = if context.keep_secret(&token) {
            token.into()
        } else {
            context.fresh_login(caller.account).await?.token
        };
        *caller.renewing.lock() = token;
    }
    Ok(exchange)
}

fn token(play: &mut Play<'_>, operation: &str, caller: &Caller<'_>, answer: Result<Exchange, Stop>) {
    let exchange = match answer {
        Ok(exchange) => exchange,
        Err(stop) => return play.report(operation, "interleaved", Finding::from(stop)),
    };
    let caller = caller.account.username.to_lowercase();
    let body = exchange.json().unwrap_or_default();
    let named = super::value::text(&body, "username").map(|name| name.to_lowercase());
    let held = Held::from(play, &exchange).and_then(|held| held.user());
    let own = named.is_none_or(|name| name == caller) && held.is_none_or(|name| name == caller);
    // A refusal is nobody's token.
    let own = own || !exchange.is_success();
    let holds = own && exchange.is_success();
    play.judge(
        operation,
        "interleaved",
        &exchange,
        holds,
        "the caller's token",
        if own { "" } else { "another user's token" },
    );
}

/// Accounts that are two people have two profiles. Where only the address is the same it may be one that they share.
fn apart(play: &mut Play<'_>, callers: &[Caller<'_>]) {
    for (at, caller) in callers.iter().enumerate() {
        for other in &callers[at + 1..] {
            let one_person = caller.account.username.to_lowercase() == other.account.username.to_lowercase();
            let (Some((email, roles)), Some((theirs, their_roles))) = (&caller.profile, &other.profile) else {
                continue;
            };
            let named = email.as_str().is_some_and(|email| !email.trim().is_empty());
            let same = named && email == theirs && !one_person;
            let observed = match (same, roles == their_roles) {
                (false, _) => "each its own".to_owned(),
                (true, true) => format!("{:?} and {:?} have the same", caller.account.name, other.account.name),
                (true, false) => {
                    format!(
                        "{:?} and {:?} have the same email and other roles",
                        caller.account.name, other.account.name
                    )
                }
            };
            let finding = Finding::verdict(!same, "a profile for each account", observed);
            let finding = if same && roles != their_roles {
                finding.weighed_by(Source::Convention)
            } else {
                finding
            };
            play.report("profile", "own", finding);
        }
    }
}

fn own_profile(play: &mut Play<'_>, case: &str, caller: &Caller<'_>, answer: Result<Exchange, Stop>) {
    let exchange = match answer {
        Ok(exchange) => exchange,
        Err(stop) => return play.report("profile", case, Finding::from(stop)),
    };
    let Some(expected) = &caller.profile else { return };
    let held = Held::from(play, &exchange).and_then(|held| held.user());
    let own =
        held.is_none_or(|name| name == caller.account.username.to_lowercase()) && profile_of(&exchange) == *expected;
    // A refusal or a web page is nobody's profile.
    let observed = match exchange.json() {
        _ if own || !exchange.is_success() => "",
        None => "no profile",
        Some(_) => "another profile than alone",
    };
    play.judge(
        "profile",
        case,
        &exchange,
        own && exchange.is_success(),
        "the caller's profile",
        observed,
    );
}
