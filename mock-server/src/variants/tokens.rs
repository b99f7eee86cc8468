//! Tokens with other claims, and how long they are good.
//!
//! A token of another face stands for one of the server's: whoever presents exactly that is let in, and anything bent of it
//! is looked at by the server, which finds no signature of its own on it.

use super::{Variant, Variants, sessions};
use crate::answer::{Answer, Problem};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderValue, Method, Request, StatusCode};
use parking_lot::Mutex;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// The name that .NET gives the claim of a role.
const ROLE: &str = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role";

/// Faces that were given out, and tokens that have ended.
#[derive(Default)]
pub(super) struct Faces {
    within: Mutex<HashMap<String, String>>,
    ended: Mutex<HashSet<String>>,
}

fn bearer(request: &Request<Bytes>) -> Option<&str> {
    if request.headers().get_all(AUTHORIZATION).iter().count() != 1 {
        return None;
    }
    let (scheme, token) = request.headers().get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

fn has_faces(server: &Variants) -> bool {
    let claims = [
        Variant::ClaimsByUri,
        Variant::ClaimsAdded,
        Variant::ClaimsFew,
        Variant::KeysNamed,
        Variant::TokensNeverAlike,
        Variant::TokensLong,
        Variant::ClaimsEarly,
        Variant::ExpiryInFractions,
        Variant::NamesAsStored,
        Variant::RolesAlwaysListed,
        Variant::AudiencesSeveral,
        Variant::HeadsTurned,
        Variant::HeadsWithoutType,
        Variant::ClaimsNested,
        Variant::ClaimsOfTheSubject,
        Variant::IssuerBehind,
        Variant::IssuerAhead,
    ];
    let are_told_apart = sessions::most(server).is_some();
    are_told_apart || claims.into_iter().any(|variant| server.has(variant)) || algorithm(server).is_some()
}

/// Other algorithms than the documents' sample, and how many bytes a signature of theirs has.
const ALGORITHMS: [(Variant, &str, usize); 6] = [
    (Variant::SignedRs256, "RS256", 256),
    (Variant::SignedPs256, "PS256", 256),
    (Variant::SignedEs256, "ES256", 64),
    (Variant::SignedEddsa, "EdDSA", 64),
    (Variant::SignedHs384, "HS384", 48),
    (Variant::SignedHs512, "HS512", 64),
];

fn algorithm(server: &Variants) -> Option<(&'static str, usize)> {
    let chosen = ALGORITHMS.iter().find(|(variant, ..)| server.has(*variant))?;
    Some((chosen.1, chosen.2))
}

/// How long tokens live, in seconds.
const LIFETIMES: [(Variant, u64); 4] = [
    (Variant::TokensLastAMinute, 60),
    (Variant::TokensLastTwoMinutes, 120),
    (Variant::TokensLastADay, 86_400),
    (Variant::TokensLastAMonth, 30 * 86_400),
];

/// How long a server with these variants lets a token live, where that is another time.
pub(super) fn lifetime(chosen: &[Variant]) -> Option<Duration> {
    let (_, seconds) = LIFETIMES.iter().find(|(variant, _)| chosen.contains(variant))?;
    Some(Duration::from_secs(*seconds))
}

/// How long it takes one after its end.
pub(super) fn leeway(chosen: &[Variant]) -> Option<Duration> {
    chosen
        .contains(&Variant::TokensLiveOn)
        .then_some(Duration::from_secs(300))
}

/// Puts the server's own token in place of a face; refuses one that has ended.
pub(super) fn arriving(server: &Variants, request: &mut Request<Bytes>) -> Option<Answer> {
    let token = bearer(request)?.to_owned();
    if server.tokens.ended.lock().contains(&token) {
        let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
        return Some(
            Problem::new(StatusCode::UNAUTHORIZED)
                .header(WWW_AUTHENTICATE, challenge)
                .into_answer(),
        );
    }
    if has_faces(server) {
        // The server's own tokens never left it.
        let within = server.tokens.within.lock().get(&token).cloned();
        let within = within.unwrap_or_else(|| format!("{token}x"));
        let value = HeaderValue::try_from(format!("Bearer {within}")).ok()?;
        request.headers_mut().insert(AUTHORIZATION, value);
    }
    None
}

/// Gives a token that goes out its face, and ends the one that was renewed.
pub(super) fn leaving(server: &Variants, asked: &Request<Bytes>, answer: &mut Answer) {
    if !answer.status().is_success() {
        return;
    }
    let path = asked.uri().path();
    if server.has(Variant::RenewalEndsOldToken)
        && asked.method() == Method::GET
        && path.ends_with("/renewToken")
        && let Some(token) = bearer(asked)
        // Made within one second, the new one is the old one.
        && !String::from_utf8_lossy(answer.body()).contains(token)
    {
        server.tokens.ended.lock().insert(token.to_owned());
    }
    if !has_faces(server) {
        return;
    }
    let Ok(mut body) = serde_json::from_slice::<Value>(answer.body()) else {
        return;
    };
    let Some(within) = body.get("token").and_then(Value::as_str).map(str::to_owned) else {
        return;
    };
    let Some(face) = face(server, &within) else { return };
    server.tokens.within.lock().insert(face.clone(), within);
    let ended = sessions::begun(server, asked, bearer(asked), &face);
    server.tokens.ended.lock().extend(ended);
    body["token"] = face.into();
    *answer.body_mut() = body.to_string().into();
}

fn face(server: &Variants, within: &str) -> Option<String> {
    let (head, rest) = within.split_once('.')?;
    let (payload, _) = rest.split_once('.')?;
    let decoded = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).ok();
    let mut claims: Value = serde_json::from_slice(&decoded(payload)?).ok()?;
    reworded(server, claims.as_object_mut()?);
    let mut header: Value = serde_json::from_slice(&decoded(head)?).ok()?;
    let (algorithm, length) = algorithm(server).unwrap_or(("HS256", 32));
    header["alg"] = algorithm.into();
    if server.has(Variant::KeysNamed) {
        header["kid"] = "2026-11".into();
        header["typ"] = "at+jwt".into();
    }
    if server.has(Variant::HeadsTurned) {
        let members = header.as_object_mut()?;
        *members = std::mem::take(members).into_iter().rev().collect();
    }
    if server.has(Variant::HeadsWithoutType) {
        header.as_object_mut()?.remove("typ");
    }
    let encoded = |part: &Value| BASE64_URL_SAFE_NO_PAD.encode(part.to_string());
    let signed = format!("{}.{}", encoded(&header), encoded(&claims));
    Some(format!("{signed}.{}", signature(within, &signed, length)))
}

/// Looks like a signature, and is made with what nobody can guess: the server's own.
fn signature(within: &str, signed: &str, length: usize) -> String {
    let block = |n: u8| Sha256::digest([within.as_bytes(), signed.as_bytes(), &[n]].concat());
    let bytes: Vec<u8> = (0..=u8::MAX).flat_map(block).take(length).collect();
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// The claims as the variants have them.
fn reworded(server: &Variants, claims: &mut Map<String, Value>) {
    if server.has(Variant::ClaimsByUri)
        && let Some(role) = claims.remove("role")
    {
        claims.insert(ROLE.to_owned(), role);
    }
    if server.has(Variant::NamesAsStored)
        && let Some(user) = claims.get_mut("unique_name")
    {
        *user = user.as_str().unwrap_or_default().to_uppercase().into();
    }
    if server.has(Variant::ClaimsFew) {
        claims.remove("nbf");
        claims.remove("iat");
    }
    if server.has(Variant::ClaimsEarly)
        && let Some(begin) = claims.get("nbf").and_then(Value::as_i64)
    {
        claims.insert("nbf".to_owned(), (begin - 300).into());
    }
    if server.has(Variant::ExpiryInFractions)
        && let Some(end) = claims.get("exp").and_then(Value::as_f64)
    {
        claims.insert("exp".to_owned(), (end - 0.25).into());
    }
    if server.has(Variant::ClaimsAdded) {
        let issuer = json!({"jti": "8f0c", "iss": "https://identities.example", "aud": "identities", "name": "A User"});
        claims.extend(issuer.as_object().cloned().unwrap_or_default());
    }
    if server.has(Variant::RolesAlwaysListed)
        && let Some(role) = claims.get_mut("role").filter(|role| role.is_string())
    {
        *role = json!([role]);
    }
    if server.has(Variant::AudiencesSeveral) {
        claims.insert("aud".to_owned(), json!(["identities", "portal", "https://api.example"]));
    }
    if server.has(Variant::ClaimsNested) {
        claims.insert("realm_access".to_owned(), json!({"roles": ["offline_access"]}));
        claims.insert("address".to_owned(), Value::Null);
    }
    if server.has(Variant::ClaimsOfTheSubject) {
        let user = claims.get("unique_name").cloned().unwrap_or_default();
        for name in [
            "sub",
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier",
        ] {
            claims.insert(name.to_owned(), user.clone());
        }
        claims.insert("email_verified".to_owned(), json!("false"));
    }
    let drift = match () {
        () if server.has(Variant::IssuerBehind) => -60,
        () if server.has(Variant::IssuerAhead) => 60,
        () => 0,
    };
    for name in ["nbf", "iat", "exp"] {
        if let Some(time) = claims.get(name).and_then(Value::as_i64) {
            claims.insert(name.to_owned(), (time + drift).into());
        }
    }
    if server.has(Variant::TokensNeverAlike) || sessions::most(server).is_some() {
        claims.insert("jti".to_owned(), server.counted().into());
    }
    if server.has(Variant::TokensLong) {
        let groups: Vec<String> = (0..150).map(|n| format!("CN=Group {n:03},OU=Sites")).collect();
        claims.insert("groups".to_owned(), groups.into());
    }
}
