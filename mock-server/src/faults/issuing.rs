//! Tokens that are issued wrongly.

use super::authentication::{BEHIND_S, Presented};
use crate::accounts::{ACCOUNTS, SeededAccount};
use crate::defects::{Defect, Defects};
use crate::state::State;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::{ExposeSecret as _, SecretSlice};
use serde_json::{Map, Value, json};
use std::sync::atomic::Ordering;

const TEN_YEARS_S: i64 = 10 * 365 * 86_400;
const TEN_MINUTES_S: i64 = 600;

/// What a token is issued for.
#[derive(Clone, Copy)]
pub(crate) enum Occasion<'a> {
    Login { password: &'a str },
    Renewal { token: &'a str },
    Profile,
}

/// The key that a defective server signs with, when it is not the one that was set.
pub(crate) fn weak_key(defects: &Defects) -> Option<SecretSlice<u8>> {
    if defects.has(Defect::TokenSignedWithEmptyKey) {
        return Some(Vec::new().into());
    }
    let well_known = defects.has(Defect::TokenSignedWithWellKnownKey);
    well_known.then(|| b"secret".to_vec().into())
}

/// Issues a token with what is wrong about it.
pub(crate) fn issue(server: &State, account: &'static SeededAccount, now_ms: i64, occasion: Occasion) -> String {
    if !server.is_defective() {
        return server.tokens.issue(account, now_ms);
    }
    let account = match occasion {
        Occasion::Renewal { .. } if server.has(Defect::RenewAsAdmin) => &ACCOUNTS[0],
        _ => account,
    };
    if let Occasion::Renewal { token } = occasion
        && server.has(Defect::RenewReturnsSameToken)
    {
        return token.to_owned();
    }
    let right = server.tokens.issue(account, now_ms);
    let Some(presented) = Presented::read(&right) else {
        return right;
    };
    let Value::Object(mut claims) = presented.claims else {
        return right;
    };
    spoil(server, &mut claims, account, occasion);
    let token = sign(server, &claims, occasion);
    match occasion {
        Occasion::Login { .. } if server.has(Defect::LoginHandsOutLastToken) => {
            server.memory.last_login.lock().replace(token.clone()).unwrap_or(token)
        }
        _ => token,
    }
}

/// Whether this renewal is one of those that fail.
pub(crate) fn renewal_fails(server: &State) -> bool {
    server.has(Defect::EveryThirdRenewalFails) && server.memory.renewals.fetch_add(1, Ordering::Relaxed) % 3 == 2
}

fn spoil(server: &State, claims: &mut Map<String, Value>, account: &SeededAccount, occasion: Occasion) {
    let has = |defect| server.has(defect);
    let seconds =
        |claims: &Map<String, Value>, name: &str| claims.get(name).and_then(Value::as_i64).unwrap_or_default();
    let (expiry, now) = (seconds(claims, "exp"), seconds(claims, "iat"));
    if has(Defect::TokenWithoutName) || has(Defect::TokenNamesSomebodyElse) {
        claims.insert("sub".to_owned(), json!(account.name));
        claims.insert("unique_name".to_owned(), json!("identities-service"));
    }
    if has(Defect::TokenWithoutName) {
        claims.shift_remove("unique_name");
    }
    if has(Defect::TokenWithoutExpiry) {
        claims.shift_remove("exp");
    }
    for (defect, wrong) in [
        (Defect::TokenExpiryBehind, expiry - BEHIND_S),
        (Defect::TokenExpiryInMilliseconds, expiry * 1000),
        (Defect::TokenLivesTenYears, now + TEN_YEARS_S),
    ] {
        if has(defect) {
            claims.insert("exp".to_owned(), json!(wrong));
        }
    }
    if has(Defect::TokenNotValidYet) {
        claims.insert("nbf".to_owned(), json!(now + TEN_MINUTES_S));
    }
    if has(Defect::TokenWithoutRoles) {
        claims.shift_remove("role");
    }
    match occasion {
        Occasion::Login { password } if has(Defect::TokenHoldsPassword) => {
            claims.insert("password".to_owned(), json!(password));
        }
        Occasion::Renewal { token } => spoil_renewed(server, claims, token),
        _ => {}
    }
}

fn spoil_renewed(server: &State, claims: &mut Map<String, Value>, old: &str) {
    if server.has(Defect::RenewDropsRoles) {
        claims.shift_remove("role");
    }
    if server.has(Defect::RenewOnlyOnce) {
        claims.insert("renewed".to_owned(), json!(true));
    }
    let expiry = Presented::read(old).and_then(|old| old.claims.get("exp").cloned());
    if let Some(expiry) = expiry.filter(|_| server.has(Defect::RenewKeepsExpiry)) {
        claims.insert("exp".to_owned(), expiry);
    }
}

fn sign(server: &State, claims: &Map<String, Value>, occasion: Occasion) -> String {
    if server.has(Defect::TokenUnsigned) {
        let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let payload = Value::Object(claims.clone()).to_string();
        return format!("{}.{}.", part(r#"{"alg":"none","typ":"JWT"}"#), part(&payload));
    }
    let algorithm = if server.has(Defect::TokenHs512) {
        Algorithm::HS512
    } else {
        Algorithm::HS256
    };
    let other_key = server.has(Defect::RenewedTokenIsRefused) && matches!(occasion, Occasion::Renewal { .. });
    let key = if other_key {
        b"the key before the last restart"
    } else {
        server.settings.signing_key.expose_secret()
    };
    jsonwebtoken::encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(key))
        .expect("HMAC over plain claims cannot fail")
}
