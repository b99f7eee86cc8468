//! The kind of signature that the target's own tokens have. That it is another than the documented one is told once; the
//! probes go on with it.

use crate::jwt::{Hs, Jwt};
use proofload_probing::findings::Stop;
use serde_json::{Value, json};

/// What the token's header says.
pub(super) fn algorithm(jwt: &Jwt) -> String {
    let header = jwt.header_json();
    header.get("alg").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The HMAC of the token; none for one that a key pair signs, or nobody.
pub(super) fn hmac(jwt: &Jwt) -> Option<Hs> {
    match algorithm(jwt).as_str() {
        "HS256" => Some(Hs::Hs256),
        "HS384" => Some(Hs::Hs384),
        "HS512" => Some(Hs::Hs512),
        _ => None,
    }
}

/// Algorithms of a key pair.
const KEY_PAIRS: [&str; 10] = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
];

/// Whether tokens of the algorithm are signed at all, as far as anybody knows.
pub(super) fn signs(algorithm: &str) -> bool {
    matches!(algorithm, "HS256" | "HS384" | "HS512") || KEY_PAIRS.contains(&algorithm)
}

/// The header of a token of this kind.
pub(super) fn header(hs: Hs) -> Value {
    let alg = match hs {
        Hs::Hs256 => "HS256",
        Hs::Hs384 => "HS384",
        Hs::Hs512 => "HS512",
    };
    json!({"alg": alg, "typ": "JWT"})
}

/// The HMAC with which `key` makes tokens of this kind, where it is the target's own.
///
/// # Errors
/// A key pair signs them, or the key is another.
pub(super) fn minting(jwt: &Jwt, key: &[u8]) -> Result<Hs, Stop> {
    let algorithm = algorithm(jwt);
    if KEY_PAIRS.contains(&algorithm.as_str()) {
        return Err(Stop::skip(format!(
            "the target signs its tokens with a key pair ({algorithm}), with which the key that was given cannot sign"
        )));
    }
    let hs = hmac(jwt).unwrap_or(Hs::Hs256);
    if jwt.is_signed_by(hs, key) {
        Ok(hs)
    } else {
        Err(Stop::untestable(
            "the signing key that was given is not the one that the target signs its tokens with",
        ))
    }
}

/// Whether a signature of so many bytes can be one of the algorithm, and how that is said.
pub(super) fn fits(algorithm: &str, length: usize) -> (bool, String) {
    let bytes = |wanted: usize, what: &str| (length == wanted, format!("the {wanted} bytes of {what}"));
    match algorithm {
        "HS384" => bytes(48, "an HMAC with SHA-384"),
        "HS512" => bytes(64, "an HMAC with SHA-512"),
        "ES256" | "EdDSA" => bytes(64, "such a signature"),
        "ES384" => bytes(96, "such a signature"),
        "ES512" => bytes(132, "such a signature"),
        "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" => {
            (length >= 128, "128 bytes or more of such a signature".to_owned())
        }
        _ => bytes(32, "an HMAC with SHA-256"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(alg: &str, hs: Hs) -> Jwt {
        Jwt::signed(
            &json!({"alg": alg, "typ": "JWT"}),
            &json!({"unique_name": "a"}),
            hs,
            b"key",
        )
    }

    #[test]
    fn a_key_mints_tokens_of_the_kind_that_the_target_has() {
        for hs in [Hs::Hs256, Hs::Hs384, Hs::Hs512] {
            let own = Jwt::signed(&header(hs), &json!({}), hs, b"key");
            assert_eq!(minting(&own, b"key"), Ok(hs));
            assert!(matches!(minting(&own, b"other"), Err(Stop::Untestable(_))));
            assert!(fits(&algorithm(&own), own.signature_bytes().len()).0);
        }
        assert!(matches!(
            minting(&token("RS256", Hs::Hs256), b"key"),
            Err(Stop::Skip(_))
        ));
    }

    #[test]
    fn a_signature_has_the_length_of_its_algorithm() {
        for (algorithm, length, fitting) in [
            ("HS256", 32, true),
            ("HS256", 64, false),
            ("RS256", 256, true),
            ("RS256", 32, false),
            ("none", 0, false),
        ] {
            assert_eq!(fits(algorithm, length).0, fitting, "{algorithm} {length}");
        }
    }
}
