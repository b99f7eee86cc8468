//! Tokens with other claims, and how long they are good.
//!
//! A token of another face stands for one of the server's: whoever presents exactly that is let in, and anything bent of it
//! is looked at by the server, which finds no signature of its own on it.

use super::{Variant, Variants};
use crate::answer::{Answer, Problem};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderValue, Method, Request, StatusCode};
use parking_lot::Mutex;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::{HashMap, HashSet};

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
    [Variant::ClaimsByUri, Variant::ClaimsAdded, Variant::ClaimsFew]
        .into_iter()
        .any(|variant| server.has(variant))
}

/// Puts the server's own token in place of a face; refuses one that has ended.
pub(super) fn arriving(server: &Variants, request: &mut Request<Bytes>) -> Option<Answer> {
    let token = bearer(request)?.to_owned();
    if server.has(Variant::RenewalEndsOldToken) && server.tokens.ended.lock().contains(&token) {
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
    body["token"] = face.into();
    *answer.body_mut() = body.to_string().into();
}

fn face(server: &Variants, within: &str) -> Option<String> {
    let (head, rest) = within.split_once('.')?;
    let (payload, _) = rest.split_once('.')?;
    let mut claims: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    let members = claims.as_object_mut()?;
    if server.has(Variant::ClaimsByUri)
        && let Some(role) = members.remove("role")
    {
        members.insert(ROLE.to_owned(), role);
    }
    if server.has(Variant::ClaimsFew) {
        members.remove("nbf");
        members.remove("iat");
    }
    if server.has(Variant::ClaimsAdded) {
        let issuer = json!({"jti": "8f0c", "iss": "https://identities.example", "aud": "identities", "name": "A User"});
        members.extend(issuer.as_object()?.clone());
    }
    let payload = BASE64_URL_SAFE_NO_PAD.encode(claims.to_string());
    // Looks like an HMAC, and is made with what nobody can guess.
    let signature = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(within.as_bytes()));
    Some(format!("{head}.{payload}.{signature}"))
}
