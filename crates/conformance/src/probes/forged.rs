//! Tokens that nobody issued: garbage, and good ones tampered with.

use super::bend::{
    changed_signature, cut_signature, jwt_of, original_header, original_payload, original_signature, presented,
    raise_role, with_changed,
};
use crate::jwt;
use crate::probes::header_probe::{HeaderProbe, Materials, Provocation, Verify};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::AUTHORIZATION;
use proofload_contract::Source::{Convention, Seed};
use proofload_probing::findings::{Clause, Stop};
use proofload_probing::messages::HeaderLine;
use rand::RngExt as _;
use serde_json::Value;

pub(super) fn all() -> Vec<HeaderProbe> {
    let mut probes = garbage();
    probes.extend(payload());
    probes.extend(signature());
    probes
}

fn garbage() -> Vec<HeaderProbe> {
    vec![
        HeaderProbe {
            clause: Clause::new("garbage-token", Seed, "A token that is no JWT is refused with 401."),
            provoke: |_| {
                Ok(vec![
                    literal("garbage"),
                    literal("..").variant("two dots"),
                    literal("e30.e30.").variant("empty JSON objects"),
                    literal("'%20OR%201=1--").variant("an SQL condition"),
                ])
            },
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "random-parts",
                Seed,
                "Three random parts in the shape of a JWT are refused with 401.",
            ),
            provoke: |materials| {
                let rng = &mut materials.rng;
                let mut part = || URL_SAFE_NO_PAD.encode(rng.random::<[u8; 30]>());
                Ok(vec![literal(&format!("{}.{}.{}", part(), part(), part()))])
            },
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "odd-token",
                Seed,
                "A token in three parts whose contents make no sense is refused with 401, and breaks nothing.",
            ),
            provoke: |_| {
                let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
                let token =
                    |header: &str, payload: &str| literal(&format!("{}.{}.{}", part(header), part(payload), part("x")));
                let hs256 = r#"{"alg":"HS256","typ":"JWT"}"#;
                Ok(vec![
                    token(hs256, "no JSON").variant("a payload that is no JSON"),
                    token(hs256, "[]").variant("a payload that is an array"),
                    token(hs256, "null").variant("a payload that is null"),
                    token(hs256, r#"{"exp":"soon","unique_name":7}"#).variant("claims of the wrong types"),
                    token(hs256, r#"{"exp":1e400}"#).variant("an expiry beyond every number"),
                    token("[]", "{}").variant("a header that is an array"),
                    token(r#"{"alg":256}"#, "{}").variant("an algorithm that is a number"),
                    literal("a.b.c.d.e").variant("five parts"),
                    literal("!.?.*").variant("characters that are no base64url"),
                ])
            },
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "huge-token",
                Seed,
                "A token of up to 64 KB is refused (401, or 400, 413, 414, 431) and breaks nothing.",
            ),
            provoke: |_| {
                // The smaller one gets past most limits on headers, and so to what reads tokens.
                let long = |kilobytes: usize| literal(&"A".repeat(kilobytes * 1024));
                Ok(vec![
                    long(7).variant("7 KB"),
                    long(12).variant("12 KB"),
                    long(64).variant("64 KB"),
                ])
            },
            verify: Verify::RefusedOr(&[400, 413, 414, 431]),
        },
        HeaderProbe {
            clause: Clause::new(
                "two-headers",
                Convention,
                "Two Authorization headers, neither of them good, are refused (401 or 400).",
            ),
            provoke: |_| {
                Ok(vec![Provocation {
                    headers: vec![
                        HeaderLine::plain(AUTHORIZATION, "Bearer one"),
                        HeaderLine::plain(AUTHORIZATION, "Bearer two"),
                    ],
                    ..Provocation::default()
                }])
            },
            verify: Verify::RefusedOr(&[400]),
        },
    ]
}

fn payload() -> Vec<HeaderProbe> {
    vec![
        HeaderProbe {
            clause: Clause::new(
                "tampered-payload",
                Seed,
                "A token whose payload was changed after signing (a role raised) is refused with 401.",
            ),
            provoke: |materials| with_claims(materials, raise_role),
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "tampered-user",
                Seed,
                "A token made out to another user after signing is refused with 401.",
            ),
            provoke: |materials| with_claims(materials, |claims| claims["unique_name"] = "administrator".into()),
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "tampered-expiry",
                Seed,
                "A token made to live longer after signing is refused with 401.",
            ),
            provoke: |materials| {
                with_claims(materials, |claims| {
                    let later = claims.get("exp").and_then(Value::as_i64).unwrap_or(2_000_000_000) + 86_400;
                    claims["exp"] = later.into();
                })
            },
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "tampered-header",
                Seed,
                "A token whose header was changed after signing is refused with 401.",
            ),
            provoke: |materials| {
                let jwt = jwt_of(materials)?;
                let mut header = jwt.header_json();
                header["kid"] = "proofload".into();
                let header = jwt::encode(&header);
                Ok(vec![presented(
                    &format!("{header}.{}.{}", jwt.payload, jwt.signature),
                    &format!("{header}.{}.{}", original_payload(), original_signature()),
                )])
            },
            verify: Verify::Refused,
        },
    ]
}

fn with_claims(materials: &Materials<'_>, bend: fn(&mut Value)) -> Result<Vec<Provocation>, Stop> {
    let jwt = jwt_of(materials)?;
    let mut claims = jwt.claims();
    bend(&mut claims);
    let payload = jwt::encode(&claims);
    Ok(vec![presented(
        &format!("{}.{payload}.{}", jwt.header, jwt.signature),
        &format!("{}.{payload}.{}", original_header(), original_signature()),
    )])
}

fn signature() -> Vec<HeaderProbe> {
    vec![
        HeaderProbe {
            clause: Clause::new(
                "tampered-signature",
                Seed,
                "A token with one character of its signature changed is refused with 401.",
            ),
            provoke: |materials| {
                let length = jwt_of(materials)?.signature.len();
                let changed = |place: usize| {
                    let bend = |signature: &str| with_changed(signature, place);
                    with_signature(materials, bend, &changed_signature(place))
                };
                // Not the last character: its two spare bits are ignored by verifiers.
                Ok(vec![
                    changed(length / 2)?,
                    changed(0)?.variant("its first character"),
                    changed(length.saturating_sub(2))?.variant("its last but one character"),
                ]
                .into_iter()
                .take(length)
                .collect())
            },
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "truncated-signature",
                Seed,
                "A token whose signature is cut short is refused with 401.",
            ),
            provoke: |materials| {
                let half = jwt_of(materials)?.signature.len() / 2;
                let cut = |length: usize| {
                    let bend = |signature: &str| signature.chars().take(length).collect();
                    with_signature(materials, bend, &cut_signature(length))
                };
                Ok(vec![
                    cut(half)?.variant("half of it"),
                    cut(4)?.variant("three bytes of it"),
                ])
            },
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "emptied-signature",
                Seed,
                "A token whose signature was emptied is refused with 401.",
            ),
            provoke: |materials| Ok(vec![with_signature(materials, |_| String::new(), "")?]),
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "missing-signature",
                Seed,
                "A token without its third part is refused with 401.",
            ),
            provoke: |materials| {
                let jwt = jwt_of(materials)?;
                Ok(vec![presented(
                    &jwt.signing_input(),
                    &format!("{}.{}", original_header(), original_payload()),
                )])
            },
            verify: Verify::Refused,
        },
    ]
}

/// A good token with its signature bent. What is left of it gives most of the good one away, so that a command line bends
/// its own, as `shell` says.
fn with_signature(
    materials: &Materials<'_>,
    bend: impl FnOnce(&str) -> String,
    shell: &str,
) -> Result<Provocation, Stop> {
    let jwt = jwt_of(materials)?;
    let signature = bend(&jwt.signature);
    Ok(presented(
        &format!("{}.{signature}", jwt.signing_input()),
        &format!("{}.{}.{shell}", original_header(), original_payload()),
    ))
}

fn literal(token: &str) -> Provocation {
    Provocation::authorization(HeaderLine::plain(AUTHORIZATION, &format!("Bearer {token}")))
}
