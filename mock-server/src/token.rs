//! Tokens: HS256 JSON Web Tokens with the claims that .NET writes.

use crate::accounts::SeededAccount;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use parking_lot::RwLock;
use secrecy::{ExposeSecret, SecretSlice};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::time::Duration;

/// Issues tokens and checks them.
pub(crate) struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    header: Header,
    validation: Validation,
    lifetime_s: i64,
    /// Tokens are taken for so long after their end.
    leeway_s: f64,
    /// What signatures vouched for lately, so that a client's every call does not cost a check of the same token.
    vouched: RwLock<HashMap<Box<str>, Claims>>,
}

/// The claims of a token whose signature is right. Its times are compared with the clock on every call.
#[derive(Debug, Clone, Copy)]
struct Claims {
    account: &'static SeededAccount,
    expires_s: f64,
    begins_s: Option<f64>,
}

/// Tokens whose signatures are remembered; beyond it all are forgotten and checked anew.
const MAX_VOUCHED: usize = 20_000;

/// The claims of an issued token.
#[derive(Debug, Serialize)]
struct Issued<'a> {
    unique_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Roles<'a>>,
    nbf: i64,
    exp: i64,
    iat: i64,
}

/// .NET writes one role as a string and several as an array.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Roles<'a> {
    One(&'a str),
    Many(&'a [&'a str]),
}

/// The claims that are asked of a presented token.
#[derive(Debug, Deserialize)]
struct Presented {
    unique_name: String,
    /// `NumericDate`s may have fractions (RFC 7519, section 2).
    exp: f64,
    #[serde(default)]
    nbf: Option<f64>,
}

/// Why a token was refused, in the words of `WWW-Authenticate`'s `error_description`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Not a token, signed by another key or algorithm, or without the claims that are needed.
    Invalid,
    Expired,
    NotYetValid,
}

impl Tokens {
    pub(crate) fn new(key: &SecretSlice<u8>, lifetime: Duration, leeway: Duration) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        // The times are checked against the injected clock, with the leeway of the settings; .NET asks for no audience unless told to.
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let whole = lifetime.as_secs() + u64::from(lifetime.subsec_nanos() > 0);
        Self {
            encoding: EncodingKey::from_secret(key.expose_secret()),
            decoding: DecodingKey::from_secret(key.expose_secret()),
            header: Header::new(Algorithm::HS256),
            validation,
            lifetime_s: i64::try_from(whole).unwrap_or(i64::MAX),
            leeway_s: leeway.as_secs_f64(),
            vouched: RwLock::default(),
        }
    }

    /// A new token. Without a `jti`, as in .NET: two of the same second are the same.
    pub(crate) fn issue(&self, account: &SeededAccount, now_ms: i64) -> String {
        let now = now_ms.div_euclid(1000);
        let claims = Issued {
            unique_name: account.name,
            role: match account.roles {
                [] => None,
                [one] => Some(Roles::One(one)),
                many => Some(Roles::Many(many)),
            },
            nbf: now,
            exp: now.saturating_add(self.lifetime_s),
            iat: now,
        };
        jsonwebtoken::encode(&self.header, &claims, &self.encoding).expect("HS256 over plain claims cannot fail")
    }

    /// The account that a token speaks for. What it may do is looked up, not believed: a token's roles are for its reader.
    pub(crate) fn check(&self, token: &str, now_ms: i64) -> Result<&'static SeededAccount, Refusal> {
        let known = self.vouched.read().get(token).copied();
        let claims = known.or_else(|| self.vouch(token)).ok_or(Refusal::Invalid)?;
        #[expect(
            clippy::cast_precision_loss,
            reason = "exact below 2^53 ms, which is the year 287396"
        )]
        let now = now_ms as f64 / 1000.0;
        if now >= claims.expires_s + self.leeway_s {
            return Err(Refusal::Expired);
        }
        if claims.begins_s.is_some_and(|begin| now < begin) {
            return Err(Refusal::NotYetValid);
        }
        Ok(claims.account)
    }

    /// Checks the signature, and remembers what it vouches for.
    fn vouch(&self, token: &str) -> Option<Claims> {
        let decoded = jsonwebtoken::decode::<Presented>(token, &self.decoding, &self.validation).ok()?;
        if decoded.header.crit.is_some() {
            return None; // RFC 7515, section 4.1.11: no extension is understood here
        }
        let claims = Claims {
            account: SeededAccount::find(&decoded.claims.unique_name)?,
            expires_s: decoded.claims.exp,
            begins_s: decoded.claims.nbf,
        };
        let mut vouched = self.vouched.write();
        if vouched.len() >= MAX_VOUCHED {
            vouched.clear();
        }
        vouched.insert(token.into(), claims);
        Some(claims)
    }
}

impl Refusal {
    pub(crate) fn description(self) -> &'static str {
        match self {
            Self::Invalid => "The token is not valid",
            Self::Expired => "The token expired",
            Self::NotYetValid => "The token is not valid yet",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::ACCOUNTS;
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    const NOW: i64 = 1_700_000_000_250;

    fn tokens() -> Tokens {
        Tokens::new(&vec![7; 32].into(), Duration::from_secs(5), Duration::ZERO)
    }

    fn signed(claims: &Value) -> String {
        jsonwebtoken::encode(
            &Header::new(Algorithm::HS256),
            claims,
            &EncodingKey::from_secret(&[7; 32]),
        )
        .expect("signs")
    }

    fn payload(token: &str) -> Value {
        let part = token.split('.').nth(1).expect("a payload");
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
    }

    #[test]
    fn a_token_lives_from_its_second_until_its_expiry() {
        let tokens = tokens();
        let token = tokens.issue(&ACCOUNTS[0], NOW);
        for (at, expected) in [
            (NOW - 250, Ok("admin")),
            (NOW - 251, Err(Refusal::NotYetValid)),
            (NOW + 4749, Ok("admin")),
            (NOW + 4750, Err(Refusal::Expired)),
        ] {
            assert_eq!(
                tokens.check(&token, at).map(|account| account.name),
                expected,
                "at {at}"
            );
        }
    }

    #[test]
    fn roles_are_written_as_dotnet_writes_them() {
        let role = |index: usize| payload(&tokens().issue(&ACCOUNTS[index], NOW)).get("role").cloned();
        assert_eq!(role(0), Some(json!(["Administrators", "Operators"])));
        assert_eq!(role(1), Some(json!("Face Publishers")));
        assert_eq!(role(4), None);
    }

    #[test]
    fn nothing_but_a_right_token_is_taken() {
        let tokens = tokens();
        let right = tokens.issue(&ACCOUNTS[0], NOW);
        assert!(tokens.check(&right, NOW).is_ok());
        let (head, signature) = right.rsplit_once('.').expect("three parts");
        let none = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        let body = head.split('.').nth(1).expect("a payload");
        let wrong = [
            String::new(),
            "x".to_owned(),
            head.to_owned(),
            format!("{head}."),
            format!("{none}.{body}."),
            format!("{none}.{body}.{signature}"),
            format!("{right}.{signature}"),
            signed(&json!({"unique_name": "admin"})),
            signed(&json!({"unique_name": "stranger", "exp": 9_999_999_999_i64})),
            signed(&json!({"exp": 9_999_999_999_i64})),
            signed(&json!({"unique_name": "admin", "exp": "9999999999"})),
        ];
        for token in wrong {
            assert_eq!(tokens.check(&token, NOW).err(), Some(Refusal::Invalid), "{token}");
        }
        let other = Tokens::new(&vec![8; 32].into(), Duration::from_secs(5), Duration::ZERO);
        assert_eq!(other.check(&right, NOW).err(), Some(Refusal::Invalid));
    }

    #[test]
    fn a_fraction_of_a_second_is_rounded_up() {
        let tokens = Tokens::new(&vec![7; 32].into(), Duration::from_millis(1500), Duration::ZERO);
        let claims = payload(&tokens.issue(&ACCOUNTS[0], NOW));
        assert_eq!(
            claims["exp"]
                .as_i64()
                .zip(claims["iat"].as_i64())
                .map(|(exp, iat)| exp - iat),
            Some(2)
        );
    }
}
