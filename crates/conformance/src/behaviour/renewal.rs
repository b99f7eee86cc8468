//! Renewal and the profile: a renewed token works, differs, lives longer, and stays its owner's.

use super::common;
use super::declare::{assumed, guide, seed};
use super::family::Family;
use super::play::Play;
use super::username::wrong_name;
use crate::jwt::Jwt;
use futures_util::future::FutureExt as _;
use proofload_deployment::Account;
use proofload_deployment::client::login::TOKEN_BYTES;
use proofload_probing::findings::{Finding, Stop};
use proofload_probing::messages::{Draft, Exchange};
use proofload_probing::probe::{Declared, Sequence};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

const RENEW: &str = "renewToken";
const PROFILE: &str = "profile";

/// Two tokens of one user, made within one second, may be the same token: nothing in them need tell them apart.
const APART: Duration = Duration::from_millis(1100);

const CASES: [Declared; 12] = [
    seed(RENEW, "works", "A renewed token is let in."),
    seed(
        RENEW,
        "differs",
        "A token that is renewed more than a second later is another token.",
    ),
    seed(RENEW, "later-expiry", "A token that is renewed later expires later."),
    seed(
        RENEW,
        "same-user",
        "The renewed token is the same user's, and so is the username beside it.",
    ),
    guide(
        RENEW,
        "same-roles",
        "The renewed token carries the user's roles, no more and no fewer.",
    ),
    seed(
        RENEW,
        "own-identity",
        "Whoever renews, the renewed token is that user's own, by its claim and by the profile.",
    ),
    seed(
        RENEW,
        "renews-again",
        "A renewed token is a token like any other: it can be renewed itself.",
    ),
    assumed(RENEW, "old-token", "The old token works until it expires."),
    guide(PROFILE, "whose", "The profile's token is a token of the caller."),
    guide(
        PROFILE,
        "roles",
        "The profile's roles are those that the token carries.",
    ),
    guide(
        PROFILE,
        "steady",
        "The profile stays the same from call to call, and from token to token of one user.",
    ),
    guide(
        PROFILE,
        "token-works",
        "The token in the profile, when there is one, is let in.",
    ),
];

pub(super) fn family() -> Box<dyn Sequence> {
    Family::new("renewal", &[RENEW, PROFILE], &CASES, |play| run(play).boxed()).boxed()
}

async fn run(play: &mut Play<'_>) -> Result<(), Stop> {
    let context = play.context;
    renewed(play, context.main()).await?;
    for account in context.accounts() {
        owned(play, account).await?;
    }
    Ok(())
}

/// A token with what can be read from it.
pub(super) struct Held {
    pub(super) token: SecretString,
    jwt: Option<Jwt>,
}

impl Held {
    /// The token that an answer of `authenticate` or `renewToken` carries.
    pub(super) fn from(play: &Play<'_>, exchange: &Exchange) -> Option<Self> {
        let token = exchange.json()?.get("token")?.as_str()?.to_owned();
        if token.is_empty() || token.len() > TOKEN_BYTES || http::HeaderValue::from_str(&token).is_err() {
            return None;
        }
        play.context.keep_secret(&token);
        let jwt = Jwt::parse(&token);
        Some(Self {
            token: token.into(),
            jwt,
        })
    }

    /// The user it names, in lower case: user names are matched in any case.
    pub(super) fn user(&self) -> Option<String> {
        let name = self.jwt.as_ref()?.claims();
        Some(name.get("unique_name")?.as_str()?.to_lowercase())
    }

    /// The roles it carries, under whichever name a .NET server gives the claim.
    pub(super) fn roles(&self) -> Option<BTreeSet<String>> {
        let claims = self.jwt.as_ref()?.claims();
        let is_role = |name: &str| {
            let name = name.to_ascii_lowercase();
            name == "role" || name == "roles" || name.ends_with("/role")
        };
        let (_, roles) = claims.as_object()?.iter().find(|(name, _)| is_role(name))?;
        texts(roles)
    }
}

/// Texts, be they one or many; `None` when they are something else.
fn texts(value: &Value) -> Option<BTreeSet<String>> {
    match value {
        Value::String(one) => Some(BTreeSet::from([one.clone()])),
        Value::Array(many) => many.iter().map(|text| text.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

/// A login of its own: to renew the token that other checks use could end it.
pub(super) async fn login(play: &Play<'_>, account: &Account) -> Result<Held, Stop> {
    if play.context.ends_renewed_tokens().await {
        play.goes_on()?;
        let exchange = play.context.fresh_login(account).await?.exchange;
        held(play, account, &exchange)
    } else {
        logged_in(play, account).await
    }
}

/// A login whose token may be another check's, too, where both were made within one second.
async fn logged_in(play: &Play<'_>, account: &Account) -> Result<Held, Stop> {
    play.goes_on()?;
    let request = play.context.login_request(&account.username, &account.password);
    let exchange = play.context.send(request).await?;
    held(play, account, &exchange)
}

fn held(play: &Play<'_>, account: &Account, exchange: &Exchange) -> Result<Held, Stop> {
    let refused = || {
        Stop::skip(format!(
            "account {:?} could not log in: see authenticate/login",
            account.name
        ))
    };
    let held = Held::from(play, exchange).ok_or_else(refused)?;
    play.context.keep_secret_of(account, held.token.expose_secret());
    Ok(held)
}

async fn with(play: &mut Play<'_>, operation: &str, held: &Held) -> Result<Exchange, Stop> {
    play.goes_on()?;
    let draft: Draft = play.draft(operation)?;
    let exchange = play.context.send(draft.bearer(&held.token)).await?;
    let finding = common::status(play.context.operation(operation)?, &exchange);
    play.report(operation, common::STATUSES, finding);
    Ok(exchange)
}

async fn renewed(play: &mut Play<'_>, account: &Account) -> Result<(), Stop> {
    // Its second passes while it is looked what a renewal does.
    let (mut old, mut since) = (logged_in(play, account).await?, Instant::now());
    if play.context.ends_renewed_tokens().await {
        (old, since) = (login(play, account).await?, Instant::now());
    }
    let profile = with(play, PROFILE, &old).await?;
    let readable = play.proper(PROFILE, &profile).is_ok();
    if readable {
        looked_at(play, account, &old, &profile).await?;
    }
    tokio::time::sleep(APART.saturating_sub(since.elapsed())).await;
    let mut exchange = with(play, RENEW, &old).await?;
    if play.context.was_ended(account, exchange.status()).await {
        old = login(play, account).await?;
        tokio::time::sleep(APART).await;
        exchange = with(play, RENEW, &old).await?;
    }
    play.proper(RENEW, &exchange)?;
    let Some(new) = Held::from(play, &exchange) else {
        return Err(Stop::skip(format!("{RENEW} gave no token: see {RENEW}/renewal")));
    };
    // A renewal may end the token that it is made with.
    let after = with(play, PROFILE, &new).await?;
    let again = with(play, RENEW, &new).await?;
    let works = again.is_success() || after.is_success();
    play.judge(
        RENEW,
        "works",
        if readable { &after } else { &again },
        works,
        "200 with the renewed token",
        "",
    );
    if works {
        let renews = again.is_success();
        play.judge(RENEW, "renews-again", &again, renews, "200 with another token", "");
    }
    if works && readable && !after.is_success() {
        let _ = play.proper(PROFILE, &after);
    }
    compared(play, account, &exchange, &old, &new);
    if readable && after.is_success() && new.user() == old.user() {
        let same = profile_of(&profile) == profile_of(&after);
        play.judge(
            PROFILE,
            "steady",
            &after,
            same,
            "the same email and roles",
            "another email or other roles",
        );
    }
    let fate = with(play, PROFILE, &old).await?;
    let lives = fate.is_success();
    play.judge(RENEW, "old-token", &fate, lives, "200 until it expires", "");
    let verb = if lives { "still works" } else { "no longer works" };
    play.context.note(format!("After a renewal, the old token {verb}."));
    Ok(())
}

fn compared(play: &mut Play<'_>, account: &Account, exchange: &Exchange, old: &Held, new: &Held) {
    let differs = old.token.expose_secret() != new.token.expose_secret();
    play.judge(RENEW, "differs", exchange, differs, "another token", "the same token");
    let (Some(former), Some(latter)) = (&old.jwt, &new.jwt) else {
        return;
    };
    if let (Some(before), Some(after)) = (former.seconds("exp"), latter.seconds("exp")) {
        let observed = format!("{} s later", after.saturating_sub(before));
        play.judge(RENEW, "later-expiry", exchange, after > before, "a later exp", observed);
    } else if former.seconds("exp").is_some() {
        play.judge(RENEW, "later-expiry", exchange, false, "a later exp", "no exp");
    }
    let wrong = match wrong_name(&exchange.json().unwrap_or_default(), &account.username) {
        None if new.user() != old.user() => Some("a token of another user"),
        wrong => wrong,
    };
    let observed = wrong.unwrap_or_default();
    play.judge(RENEW, "same-user", exchange, wrong.is_none(), "the same user", observed);
    let roles = old.roles() == new.roles();
    play.judge(RENEW, "same-roles", exchange, roles, "the same roles", "other roles");
}

/// The profile against the token that it was asked with.
async fn looked_at(play: &mut Play<'_>, account: &Account, held: &Held, exchange: &Exchange) -> Result<(), Stop> {
    let body = exchange.json().unwrap_or_default();
    if let (Some(carried), Some(listed)) = (held.roles(), body.get("roles").and_then(texts)) {
        let same = carried == listed;
        play.judge(
            PROFILE,
            "roles",
            exchange,
            same,
            "the roles of the token",
            "other roles than the token's",
        );
    } else {
        let reason = "the token or the profile does not tell roles as texts";
        play.report(PROFILE, "roles", Finding::skip(reason));
    }
    let Some(inner) = Held::from(play, exchange) else {
        for probe in ["whose", "token-works"] {
            play.report(PROFILE, probe, Finding::skip("the profile has no token"));
        }
        return Ok(());
    };
    let caller = account.username.to_lowercase();
    let own = inner.user().is_none_or(|user| user == caller);
    play.judge(
        PROFILE,
        "whose",
        exchange,
        own,
        "the caller's token",
        "another user's token",
    );
    // A renewal may end the token that it is made with, and this may be the one of the call.
    let used = if inner.token.expose_secret() == held.token.expose_secret() {
        with(play, PROFILE, &inner).await?
    } else {
        let renewed = with(play, RENEW, &inner).await?;
        if renewed.is_success() {
            renewed
        } else {
            with(play, PROFILE, &inner).await?
        }
    };
    play.judge(
        PROFILE,
        "token-works",
        &used,
        used.is_success(),
        "200 with the profile's token",
        "",
    );
    Ok(())
}

/// Each account's renewed token is its own.
async fn owned(play: &mut Play<'_>, account: &Account) -> Result<(), Stop> {
    let old = login(play, account).await?;
    let before = with(play, PROFILE, &old).await?;
    if before.is_success() {
        looked_at(play, account, &old, &before).await?;
    }
    let exchange = with(play, RENEW, &old).await?;
    let Some(new) = Held::from(play, &exchange).filter(|_| exchange.is_success()) else {
        return Ok(());
    };
    let caller = account.username.to_lowercase();
    let own = new.user().is_none_or(|user| user == caller);
    play.judge(
        RENEW,
        "own-identity",
        &exchange,
        own,
        "the caller's token",
        "another user's token",
    );
    let roles = old.roles() == new.roles();
    play.judge(RENEW, "same-roles", &exchange, roles, "the same roles", "other roles");
    let after = with(play, PROFILE, &new).await?;
    if before.is_success() && after.is_success() && new.user() == old.user() {
        let same = profile_of(&before) == profile_of(&after);
        play.judge(
            PROFILE,
            "steady",
            &after,
            same,
            "the same email and roles",
            "another email or other roles",
        );
    }
    Ok(())
}

/// What of a profile belongs to its user rather than to the session.
pub(super) fn profile_of(exchange: &Exchange) -> (Value, Value) {
    let body = exchange.json().unwrap_or_default();
    let mut roles = body.get("roles").cloned().unwrap_or_default();
    if let Value::Array(roles) = &mut roles {
        roles.sort_by_key(ToString::to_string);
    }
    (body.get("email").cloned().unwrap_or_default(), roles)
}
