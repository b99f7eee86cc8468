//! Keys that everybody knows: from tutorials, sample projects and word lists.

/// The few that are worth a call each: defaults that servers fall back on.
pub(super) const TRIED_ONLINE: [&str; 4] = ["secret", "your-256-bit-secret", "password", "changeme"];

/// Those that a token is checked against without asking the server.
pub(super) const KNOWN: [&str; 46] = [
    "",
    "secret",
    "Secret",
    "SECRET",
    "secretkey",
    "secret_key",
    "secret-key",
    "secretKey",
    "SecretKey",
    "my-secret",
    "mysecret",
    "mysecretkey",
    "my_secret_key",
    "my-secret-key",
    "supersecret",
    "super-secret",
    "super_secret_key",
    "supersecretkey",
    "topsecret",
    "your-secret",
    "your-secret-key",
    "your_secret_key",
    "your-256-bit-secret",
    "your-384-bit-secret",
    "your-512-bit-secret",
    "a-string-secret-at-least-256-bits-long",
    "password",
    "Password1",
    "passw0rd",
    "changeme",
    "change-me",
    "default",
    "key",
    "jwt",
    "jwtsecret",
    "jwt-secret",
    "jwt_secret",
    "jwt_secret_key",
    "JWT_SECRET",
    "token",
    "test",
    "admin",
    "identities",
    "econnect",
    "12345678901234567890123456789012",
    "00000000000000000000000000000000",
];

/// The well-known key that signed the token, when one did. HMAC pads keys with zero bytes, so padded words count too.
pub(crate) fn that_signed(jwt: &crate::jwt::Jwt) -> Option<&'static str> {
    let hs = super::own_kind::hmac(jwt).unwrap_or(crate::jwt::Hs::Hs256);
    KNOWN.into_iter().find(|word| jwt.is_signed_by(hs, word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jwt::{Hs, Jwt};
    use serde_json::json;

    #[test]
    fn a_guessable_key_is_named_and_another_is_not() {
        let signed = |key: &[u8]| Jwt::signed(&json!({"alg": "HS256"}), &json!({"unique_name": "a"}), Hs::Hs256, key);
        assert_eq!(that_signed(&signed(b"changeme")), Some("changeme"));
        assert_eq!(that_signed(&signed(&[0; 32])), Some(""));
        assert_eq!(that_signed(&signed(b"0193a7c2-unguessable-71f0d2a94c55")), None);
    }
}
