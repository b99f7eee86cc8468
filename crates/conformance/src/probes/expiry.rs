//! A token that has expired: minted, or waited for.

use crate::jwt::Jwt;
use crate::probes::own_kind;
use proofload_deployment::Account;
use proofload_probing::context::Context;
use proofload_probing::context::logins::Login;
use proofload_probing::context::shared::Expired;
use proofload_probing::findings::{Cause, Stop};
use secrecy::ExposeSecret as _;
use std::time::Duration;
use tokio::time::Instant;

/// ASP.NET Core's default clock skew: so long an expired token may live on.
const SKEW: Duration = Duration::from_secs(300);

/// Waited beyond the expiry, for clocks that count whole seconds.
const MARGIN: Duration = Duration::from_secs(2);

/// How long before now a minted token expired, in seconds: far beyond every skew that is right, and within what a
/// mistaken time zone or a generous server would forgive.
const MINTED_AGO: i64 = 3600;

/// An expired token of `account`, which has the permissions that the case needs.
pub(super) async fn expired_token(context: &Context, account: &Account) -> Result<Expired, Stop> {
    let login = context.login(account).await?;
    if let Some(key) = &context.target.signing_key {
        context.note("expired and not-yet-valid tokens were minted with the signing key that was given");
        return minted(&login, key.expose_secret());
    }
    if context.options.wait_for_expiry.is_zero() {
        let Stop::Skip(why) = context.no_key() else {
            return Err(context.no_key());
        };
        return Err(Stop::skip(format!(
            "{why}, and waiting for one to expire was not allowed"
        )));
    }
    // Everybody waits for the same token: the main account's, which may call most.
    context.waited_for.get_or_init(|| wait(context)).await.clone()
}

fn minted(login: &Login, key: &[u8]) -> Result<Expired, Stop> {
    let jwt = login
        .jwt()
        .ok_or_else(|| Stop::skip("the target's tokens are no JWTs"))?;
    let hs = own_kind::minting(&jwt, key)?;
    let now = login.server_clock();
    let mut claims = jwt.claims();
    claims["exp"] = (now - MINTED_AGO).into();
    for earlier in ["nbf", "iat"] {
        if claims.get(earlier).is_some() {
            claims[earlier] = (now - 2 * MINTED_AGO).into();
        }
    }
    let token = Jwt::signed(&own_kind::header(hs), &claims, hs, key).compact();
    Ok(Expired {
        token: token.into(),
        how: "minted with the target's signing key, expired an hour ago".to_owned(),
        within_skew: false,
    })
}

/// Keeps a fresh token until it has expired, if that takes no longer than the person allows.
async fn wait(context: &Context) -> Result<Expired, Stop> {
    let obtained = Instant::now();
    let login = context.fresh_login(context.main()).await?;
    let lifetime = login.life().ok_or_else(|| {
        Stop::skip("the target's tokens do not say when they expire: no wait is known to be long enough")
    })?;
    let allowed = context.options.wait_for_expiry;
    if lifetime + MARGIN > allowed {
        return Err(Stop::skip(format!(
            "the target's tokens live for {} s, and waiting is allowed for {} s",
            lifetime.as_secs(),
            allowed.as_secs()
        )));
    }
    let waited = (lifetime + SKEW + MARGIN).min(allowed);
    tokio::select! {
        () = tokio::time::sleep_until(obtained + waited) => {}
        _ = context.options.halt.wait() => return Err(Stop::Untestable(Cause::Interrupted)),
    }
    let how = format!(
        "waited for: it was {} s old and lived for {} s",
        waited.as_secs(),
        lifetime.as_secs()
    );
    context.note(format!("the expired token was {how}"));
    Ok(Expired {
        token: login.token.expose_secret().to_owned().into(),
        how,
        within_skew: waited < lifetime + SKEW,
    })
}
