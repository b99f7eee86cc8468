//! Tokens that must be refused, made of one that is good.

use crate::generator::commons::{CLOCK_SKEW, Specimen};
use proofload_deployment::token::jwt::{self, Hs, Jwt};
use proofload_results::load::GuardKind;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde_json::{Value, json};
use std::time::{Instant, SystemTime};

/// Seconds that lie between the end of a token that is made to have ended, and now.
const LONG_AGO_S: i64 = 3600;

/// A token that must be refused, and what was done to it.
pub(super) struct Bent {
    pub(super) kind: GuardKind,
    pub(super) token: SecretString,
    pub(super) what: &'static str,
}

/// Makes tokens that must be refused.
#[derive(Default)]
pub(super) struct Bench {
    key: Option<SecretSlice<u8>>,
    good: Option<Specimen>,
    /// One that ends before long, kept until it has.
    ageing: Option<(SecretString, Instant)>,
    ended: Option<SecretString>,
}

impl Bench {
    /// With the key that the server signs its tokens with, where that is known.
    pub(super) fn new(key: Option<SecretSlice<u8>>) -> Self {
        Self { key, ..Self::default() }
    }

    /// Takes a newer good token, if there is one, and sees whether the one that is kept has ended.
    pub(super) fn take(&mut self, newer: Option<Specimen>, now: Instant) {
        if let Some(newer) = newer {
            if self.ageing.is_none()
                && let Some(ends) = newer.ends
            {
                self.ageing = Some((newer.secret.clone(), ends));
            }
            self.good = Some(newer);
        }
        if let Some((token, _)) = self.ageing.take_if(|(_, ends)| now >= *ends + CLOCK_SKEW) {
            self.ended = Some(token);
        }
    }

    /// A token of a kind; of the two kinds that are about its end, the one that can be made. None where there is no good token
    /// to make it of. `turn` says which of several ways is taken.
    pub(super) fn bend(&self, kind: GuardKind, turn: u64) -> Option<Bent> {
        let good = self.good.as_ref()?.secret.expose_secret();
        match kind {
            GuardKind::TamperedToken => Some(tampered(good, turn)),
            GuardKind::ExpiredToken | GuardKind::BentExpiry => self.ended(good),
            GuardKind::NoToken | GuardKind::WithoutPermission | GuardKind::NobodysId => None,
        }
    }

    /// The good token itself.
    pub(super) fn good(&self) -> Option<SecretString> {
        self.good.as_ref().map(|good| good.secret.clone())
    }

    fn ended(&self, good: &str) -> Option<Bent> {
        if let Some(token) = &self.ended {
            return Some(Bent {
                kind: GuardKind::ExpiredToken,
                token: token.clone(),
                what: "a token of this run whose end was more than five minutes ago",
            });
        }
        let jwt = Jwt::parse(good)?;
        let mut claims = jwt.claims();
        let end = now_s() - LONG_AGO_S;
        for (claim, at) in [("exp", end), ("nbf", end - 60), ("iat", end - 60)] {
            claims[claim] = json!(at);
        }
        let minted = self
            .key
            .as_ref()
            .and_then(|key| minted(&jwt, &claims, key.expose_secret()));
        Some(match minted {
            Some(token) => Bent {
                kind: GuardKind::ExpiredToken,
                token,
                what: "a token that was minted with the signing key and ended an hour ago",
            },
            None => Bent {
                kind: GuardKind::BentExpiry,
                token: Jwt {
                    payload: jwt::encode(&claims),
                    ..jwt
                }
                .compact()
                .into(),
                what: "its end was moved to an hour ago, under its old signature",
            },
        })
    }
}

/// Seconds since 1970.
fn now_s() -> i64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.map_or(0, |now| i64::try_from(now.as_secs()).unwrap_or(i64::MAX))
}

/// The claims under a signature that is the server's own; none where the key is not its.
fn minted(jwt: &Jwt, claims: &Value, key: &[u8]) -> Option<SecretString> {
    let hs = [Hs::Hs256, Hs::Hs384, Hs::Hs512]
        .into_iter()
        .find(|hs| jwt.is_signed_by(*hs, key))?;
    Some(Jwt::signed(&jwt.header_json(), claims, hs, key).compact().into())
}

fn tampered(good: &str, turn: u64) -> Bent {
    if !turn.is_multiple_of(2)
        && let Some(jwt) = Jwt::parse(good)
    {
        let mut claims = jwt.claims();
        let (later, what) = match jwt.seconds("exp") {
            Some(end) => (
                end.saturating_add(60),
                "its end was put off by a minute, under its old signature",
            ),
            None => (
                now_s().saturating_add(LONG_AGO_S),
                "an end in an hour was written into it, under its old signature",
            ),
        };
        claims["exp"] = json!(later);
        let payload = jwt::encode(&claims);
        return Bent {
            kind: GuardKind::TamperedToken,
            token: Jwt { payload, ..jwt }.compact().into(),
            what,
        };
    }
    let (what, from) = match good.rfind('.') {
        Some(dot) => ("a character of its signature was changed", dot + 1),
        None => ("a character of it was changed", 0),
    };
    // The last character of a signature has bits that nobody reads: one in the middle is all read.
    let at = from + (good.len() - from) / 2;
    let mut bytes = good.as_bytes().to_vec();
    // In hexadecimal `a` is `A`, and some look tokens up in any case: it is to be another letter.
    if let Some(byte) = bytes.get_mut(at) {
        *byte = if byte.eq_ignore_ascii_case(&b'a') { b'b' } else { b'a' };
    }
    Bent {
        kind: GuardKind::TamperedToken,
        token: String::from_utf8(bytes).unwrap_or_default().into(),
        what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const KEY: &[u8] = b"a key of thirty-two bytes, or so";

    fn bench(key: Option<&[u8]>) -> Bench {
        let claims = json!({"unique_name": "anna", "exp": 4_000_000_000_i64});
        let token = Jwt::signed(&json!({"alg": "HS256"}), &claims, Hs::Hs256, KEY).compact();
        let mut bench = Bench::new(key.map(|key| key.to_vec().into()));
        let ends = Some(Instant::now() + Duration::from_secs(1));
        let secret = token.into();
        bench.take(Some(Specimen { secret, ends }), Instant::now());
        bench
    }

    fn jwt(bent: &Bent) -> Jwt {
        Jwt::parse(bent.token.expose_secret()).unwrap()
    }

    #[test]
    fn a_tampered_token_keeps_its_form_and_loses_its_signature() {
        let bench = bench(None);
        let good = bench.good().unwrap();
        for turn in 0..2 {
            let bent = bench.bend(GuardKind::TamperedToken, turn).unwrap();
            assert_ne!(bent.token.expose_secret(), good.expose_secret());
            assert!(!jwt(&bent).is_signed_by(Hs::Hs256, KEY), "{}", bent.what);
        }
    }

    #[test]
    fn a_tampered_token_is_another_one_in_any_case_of_its_letters() {
        for good in ["00a11", "00A11", "00b11", "0a7f3e"] {
            let bent = tampered(good, 0);
            let bent = bent.token.expose_secret();
            assert!(!bent.eq_ignore_ascii_case(good), "{good} {bent}");
        }
    }

    #[test]
    fn a_token_without_an_end_is_not_said_to_have_had_one() {
        let good = Jwt::signed(
            &json!({"alg": "HS256"}),
            &json!({"unique_name": "anna"}),
            Hs::Hs256,
            KEY,
        )
        .compact();
        let bent = tampered(&good, 1);
        assert!(bent.what.starts_with("an end in an hour was written into it"));
        assert!(
            jwt(&bent).seconds("exp") > Some(now_s()),
            "or it would be refused for having ended"
        );
    }

    #[test]
    fn an_expired_token_is_rightly_signed_or_called_otherwise() {
        let minted = bench(Some(KEY)).bend(GuardKind::ExpiredToken, 0).unwrap();
        assert_eq!(minted.kind, GuardKind::ExpiredToken);
        assert!(jwt(&minted).is_signed_by(Hs::Hs256, KEY));
        for key in [None, Some(&b"another key"[..])] {
            let bent = bench(key).bend(GuardKind::ExpiredToken, 0).unwrap();
            assert_eq!(bent.kind, GuardKind::BentExpiry);
            assert!(!jwt(&bent).is_signed_by(Hs::Hs256, KEY));
            assert!(jwt(&bent).seconds("exp") < Some(4_000_000_000));
        }
    }

    #[test]
    fn a_token_of_the_run_that_has_ended_is_kept_for_it() {
        let mut bench = bench(None);
        let good = bench.good().unwrap();
        bench.take(None, Instant::now() + Duration::from_secs(60));
        assert_eq!(
            bench.bend(GuardKind::ExpiredToken, 0).unwrap().kind,
            GuardKind::BentExpiry
        );
        bench.take(None, Instant::now() + Duration::from_secs(2) + CLOCK_SKEW);
        let ended = bench.bend(GuardKind::ExpiredToken, 0).unwrap();
        assert_eq!(ended.kind, GuardKind::ExpiredToken);
        assert_eq!(ended.token.expose_secret(), good.expose_secret());
    }

    #[test]
    fn an_opaque_token_can_be_tampered_with_and_no_more() {
        let mut bench = Bench::new(None);
        assert!(bench.bend(GuardKind::TamperedToken, 0).is_none());
        let secret = "opaque".into();
        bench.take(Some(Specimen { secret, ends: None }), Instant::now());
        assert_eq!(
            bench.bend(GuardKind::TamperedToken, 1).unwrap().token.expose_secret(),
            "opaaue"
        );
        assert!(bench.bend(GuardKind::ExpiredToken, 0).is_none());
    }
}
