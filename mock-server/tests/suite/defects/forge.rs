//! Tokens that no honest server takes.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

const KEY: [u8; 32] = [7; 32];

fn part(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

fn signed(header: &Value, claims: &Value, key: &[u8], algorithm: Algorithm) -> String {
    let message = format!("{}.{}", part(header), part(claims));
    let key = EncodingKey::from_secret(key);
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, algorithm).expect("signs");
    format!("{message}.{signature}")
}

/// Tokens that are wrong in one way each; `now` in seconds since the epoch.
pub(crate) fn tokens(now: i64) -> Vec<String> {
    let hs256 = json!({"alg": "HS256", "typ": "JWT"});
    let claims = json!({"unique_name": "admin", "nbf": now, "iat": now, "exp": now + 600});
    let with = |member: &str, value: Value| {
        let mut claims = claims.clone();
        claims[member] = value;
        claims
    };
    let header = |member: &str, value: Value| {
        let mut header = hs256.clone();
        header[member] = value;
        header
    };
    let right = signed(&hs256, &claims, &KEY, Algorithm::HS256);
    let (message, signature) = right.rsplit_once('.').expect("three parts");
    let mut later = signature.to_owned();
    later.replace_range(20..21, if &signature[20..21] == "A" { "B" } else { "A" });
    let unsigned = |alg: &str| format!("{}.{}.", part(&json!({"alg": alg})), part(&claims));
    let mut without_expiry = claims.clone();
    without_expiry.as_object_mut().expect("an object").remove("exp");
    let jwk = json!({"kty": "oct", "k": BASE64_URL_SAFE_NO_PAD.encode("mine")});
    vec![
        "garbage".to_owned(),
        "a.b.c".to_owned(),
        "x".repeat(10_000),
        format!("{message}."),
        format!("{message}.{later}"),
        format!(
            "{}.{}.{signature}",
            part(&hs256),
            part(&with("role", json!("Administrators")))
        ),
        unsigned("none"),
        unsigned("None"),
        signed(&hs256, &claims, b"", Algorithm::HS256),
        signed(&hs256, &claims, b"secret", Algorithm::HS256),
        signed(&header("jwk", jwk), &claims, b"mine", Algorithm::HS256),
        signed(&header("kid", json!("../../dev/null")), &claims, b"", Algorithm::HS256),
        signed(&json!({"alg": "HS384"}), &claims, &KEY, Algorithm::HS384),
        signed(&json!({"alg": "HS512"}), &claims, &KEY, Algorithm::HS512),
        signed(&hs256, &with("exp", json!(now - 3_600)), &KEY, Algorithm::HS256),
        signed(&hs256, &with("exp", json!(now - 200_000)), &KEY, Algorithm::HS256),
        signed(&hs256, &with("nbf", json!(now + 3_600)), &KEY, Algorithm::HS256),
        signed(&hs256, &without_expiry, &KEY, Algorithm::HS256),
    ]
}
