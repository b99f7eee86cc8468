//! JSON Web Tokens taken apart, bent and put together again: what no honest library would mint.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Sha256, Sha384, Sha512};

/// A token in its three parts, each still encoded.
#[derive(Clone)]
pub struct Jwt {
    /// The encoded header.
    pub header: String,
    /// The encoded payload.
    pub payload: String,
    /// The encoded signature.
    pub signature: String,
}

/// The HMAC family of JWS algorithms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hs {
    /// HMAC with SHA-256.
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
}

impl Jwt {
    /// Takes a compact token apart; `None` unless it has three parts whose first two are JSON objects.
    pub fn parse(token: &str) -> Option<Self> {
        let mut parts = token.split('.');
        let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || object(header).is_none() || object(payload).is_none() {
            return None;
        }
        Some(Self {
            header: header.to_owned(),
            payload: payload.to_owned(),
            signature: signature.to_owned(),
        })
    }

    /// The header's members.
    pub fn header_json(&self) -> Value {
        object(&self.header).unwrap_or_default()
    }

    /// The claims.
    pub fn claims(&self) -> Value {
        object(&self.payload).unwrap_or_default()
    }

    /// The signature's bytes; empty when it is not base64url.
    pub fn signature_bytes(&self) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(&self.signature).unwrap_or_default()
    }

    /// A `NumericDate` claim, whole seconds since the Unix epoch, to the letter of RFC 7519: this is what a token is judged
    /// by. How long it lives for those who use it is [`super::life`], which forgives more.
    pub fn seconds(&self, claim: &str) -> Option<i64> {
        let value = self.claims();
        let value = value.get(claim)?;
        // RFC 7519 allows fractions of a second.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "as-casts from f64 saturate, and whole seconds are wanted"
        )]
        value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))
    }

    /// Whether `key` signed it with the algorithm.
    pub fn is_signed_by(&self, hs: Hs, key: &[u8]) -> bool {
        let signature = self.signature_bytes();
        !signature.is_empty() && mac(hs, key, &self.signing_input()) == signature
    }

    /// What the signature covers.
    pub fn signing_input(&self) -> String {
        format!("{}.{}", self.header, self.payload)
    }

    /// The compact form.
    pub fn compact(&self) -> String {
        format!("{}.{}.{}", self.header, self.payload, self.signature)
    }

    /// Signs a header and claims.
    pub fn signed(header: &Value, claims: &Value, hs: Hs, key: &[u8]) -> Self {
        let mut jwt = Self {
            header: encode(header),
            payload: encode(claims),
            signature: String::new(),
        };
        jwt.signature = URL_SAFE_NO_PAD.encode(mac(hs, key, &jwt.signing_input()));
        jwt
    }
}

/// A JSON value as a part of a token.
pub fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn object(part: &str) -> Option<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?;
    let value: Value = serde_json::from_slice(&bytes).ok()?;
    value.is_object().then_some(value)
}

fn mac(hs: Hs, key: &[u8], input: &str) -> Vec<u8> {
    fn digest<M: Mac + KeyInit>(key: &[u8], input: &str) -> Vec<u8> {
        let mut mac = <M as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
        mac.update(input.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }
    match hs {
        Hs::Hs256 => digest::<Hmac<Sha256>>(key, input),
        Hs::Hs384 => digest::<Hmac<Sha384>>(key, input),
        Hs::Hs512 => digest::<Hmac<Sha512>>(key, input),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The example of RFC 7515, appendix A.1.
    const RFC_TOKEN: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const RFC_KEY: &str = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

    #[test]
    fn the_example_of_rfc_7515_verifies_under_its_key_alone() {
        let jwt = Jwt::parse(RFC_TOKEN).unwrap();
        let key = URL_SAFE_NO_PAD.decode(RFC_KEY).unwrap();
        assert!(jwt.is_signed_by(Hs::Hs256, &key));
        assert!(!jwt.is_signed_by(Hs::Hs256, b"another key"));
        assert!(!jwt.is_signed_by(Hs::Hs512, &key));
        assert_eq!(jwt.seconds("exp"), Some(1_300_819_380));
        assert_eq!(jwt.compact(), RFC_TOKEN);
    }

    #[test]
    fn a_minted_token_reads_back() {
        let jwt = Jwt::signed(
            &json!({"alg": "HS512"}),
            &json!({"unique_name": "anna", "nbf": 1.5}),
            Hs::Hs512,
            b"k",
        );
        let back = Jwt::parse(&jwt.compact()).unwrap();
        assert!(back.is_signed_by(Hs::Hs512, b"k"));
        assert_eq!(back.claims()["unique_name"], "anna");
        assert_eq!(back.seconds("nbf"), Some(1));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for text in ["", "a.b.c", "eyJ9.eyJ9", "e30.e30.x.y", "W10.e30.x"] {
            assert!(Jwt::parse(text).is_none(), "{text}");
        }
    }
}
