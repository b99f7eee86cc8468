//! Tokens that play with the algorithm or the key (RFC 8725, 2.1 and 3).

use super::bend::{jwt_of, original_payload, original_signature, presented};
use crate::jwt::{self, Hs, Jwt};
use crate::probes::header_probe::{HeaderProbe, Materials, Provocation, Verify};
use crate::probes::{own_kind, weak_keys};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proofload_contract::Source::{Convention, Seed};
use proofload_probing::findings::{Clause, Stop};
use proofload_probing::messages::shell;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

pub(super) fn all() -> Vec<HeaderProbe> {
    let mut probes = unsigned();
    probes.extend(confused());
    probes.extend(foreign_keys());
    probes
}

fn unsigned() -> Vec<HeaderProbe> {
    vec![
        HeaderProbe {
            clause: Clause::new("alg-none", Seed, "An unsigned token (alg none) is refused with 401."),
            provoke: |materials| unsigned_as(materials, &json!({"alg": "none", "typ": "JWT"})),
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "alg-none-spelt",
                Seed,
                "An unsigned token is refused with 401 however none is spelt.",
            ),
            provoke: |materials| {
                let spellings = [
                    (json!("None"), "None"),
                    (json!("NONE"), "NONE"),
                    (json!("nOnE"), "nOnE"),
                    (json!(" none"), "a space before none"),
                ];
                variants(materials, &spellings, unsigned_as)
            },
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "alg-missing",
                Seed,
                "An unsigned token that names no algorithm is refused with 401.",
            ),
            provoke: |materials| {
                let mut provocations = variants(
                    materials,
                    &[
                        (json!(""), "an empty alg"),
                        (Value::Null, "alg null"),
                        (json!([]), "alg an array"),
                    ],
                    unsigned_as,
                )?;
                provocations.extend(unsigned_as(materials, &json!({"typ": "JWT"}))?);
                Ok(provocations)
            },
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "alg-none-signed",
                Seed,
                "A token that says alg none and still carries its old signature is refused with 401.",
            ),
            provoke: |materials| relabelled(materials, &json!({"alg": "none", "typ": "JWT"})),
            verify: Verify::Refused,
        },
    ]
}

fn confused() -> Vec<HeaderProbe> {
    vec![
        HeaderProbe {
            clause: Clause::new(
                "alg-relabelled",
                Seed,
                "A token relabelled as another HMAC algorithm keeps no valid signature and is refused with 401.",
            ),
            provoke: |materials| {
                let own = own_kind::algorithm(&jwt_of(materials)?);
                let mut names = vec![(json!("HS384"), "HS384"), (json!("HS512"), "HS512")];
                if own != "HS256" {
                    names.insert(0, (json!("HS256"), "HS256"));
                }
                variants(materials, &names, relabelled)
            },
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "alg-asymmetric",
                Seed,
                "A token relabelled as signed with a key pair (RS256, ES256, PS256) is refused with 401.",
            ),
            provoke: |materials| {
                let names = [
                    (json!("RS256"), "RS256"),
                    (json!("ES256"), "ES256"),
                    (json!("PS256"), "PS256"),
                ];
                variants(materials, &names, relabelled)
            },
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "alg-other-valid",
                Convention,
                "A token signed with the right key by another algorithm than HS256 is refused with 401 (RFC 8725, 3.1).",
            ),
            provoke: |materials| {
                let (key, own) = signing_key(materials)?;
                let claims = jwt_of(materials)?.claims();
                let others = [(Hs::Hs256, "HS256"), (Hs::Hs384, "HS384"), (Hs::Hs512, "HS512")];
                let minted = |(hs, variant): (Hs, &'static str)| {
                    let token = Jwt::signed(&own_kind::header(hs), &claims, hs, &key).compact();
                    presented(&token, &shell("$MINTED_TOKEN")).variant(variant)
                };
                Ok(others.into_iter().filter(|(hs, _)| *hs != own).map(minted).collect())
            },
            verify: Verify::Refused,
        },
    ]
}

fn foreign_keys() -> Vec<HeaderProbe> {
    vec![
        HeaderProbe {
            clause: Clause::new(
                "empty-key",
                Seed,
                "A token signed with an empty key is refused with 401.",
            ),
            provoke: |materials| {
                Ok(vec![signed_with(
                    materials,
                    &json!({"alg": "HS256", "typ": "JWT"}),
                    b"",
                )?])
            },
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "well-known-key",
                Seed,
                "A token signed with a well-known key is refused with 401.",
            ),
            provoke: |materials| {
                let header = json!({"alg": "HS256", "typ": "JWT"});
                weak_keys::TRIED_ONLINE
                    .iter()
                    .map(|key| Ok(signed_with(materials, &header, key.as_bytes())?.variant(key)))
                    .collect()
            },
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "foreign-key",
                Seed,
                "A token signed with a key of our own is refused with 401.",
            ),
            provoke: |materials| {
                let header = json!({"alg": "HS256", "typ": "JWT"});
                Ok(vec![signed_with(
                    materials,
                    &header,
                    b"proofload's own key of thirty-two bytes",
                )?])
            },
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "key-in-header",
                Seed,
                "A token that brings its own key, or says where to find one (jwk, kid, jku, x5u), is refused with 401.",
            ),
            provoke: bringing_keys,
            verify: Verify::Refused,
        },
    ]
}

fn bringing_keys(materials: &mut Materials<'_>) -> Result<Vec<Provocation>, Stop> {
    let own = b"proofload's own key of thirty-two bytes";
    let header = |name: &str, value: Value| json!({"alg": "HS256", "typ": "JWT", name: value});
    let jwk = json!({"kty": "oct", "k": URL_SAFE_NO_PAD.encode(own)});
    Ok(vec![
        signed_with(materials, &header("jwk", jwk), own)?.variant("jwk with the key in it"),
        signed_with(materials, &header("kid", json!("../../../../../../dev/null")), b"")?
            .variant("kid naming an empty file"),
        signed_with(
            materials,
            &header("kid", json!("x' UNION SELECT 'proofload")),
            b"proofload",
        )?
        .variant("kid with an SQL query"),
        // Port 9 of the server itself: nothing else is ever named, lest it be fetched.
        signed_with(materials, &header("jku", json!("http://127.0.0.1:9/jwks.json")), own)?.variant("jku"),
        signed_with(materials, &header("x5u", json!("http://127.0.0.1:9/cert.pem")), own)?.variant("x5u"),
    ])
}

/// One provocation for each spelling of `alg`.
fn variants(
    materials: &mut Materials<'_>,
    spellings: &[(Value, &'static str)],
    bend: fn(&mut Materials<'_>, &Value) -> Result<Vec<Provocation>, Stop>,
) -> Result<Vec<Provocation>, Stop> {
    let mut provocations = Vec::new();
    let own = own_kind::algorithm(&jwt_of(materials)?);
    // Under its own algorithm's name it is the good token.
    for (alg, variant) in spellings.iter().filter(|(alg, _)| *alg != own.as_str()) {
        let made = bend(materials, &json!({"alg": alg, "typ": "JWT"}))?;
        provocations.extend(made.into_iter().map(|provocation| provocation.variant(variant)));
    }
    Ok(provocations)
}

/// The good claims under another header, without a signature.
fn unsigned_as(materials: &mut Materials<'_>, header: &Value) -> Result<Vec<Provocation>, Stop> {
    let jwt = jwt_of(materials)?;
    let header = jwt::encode(header);
    Ok(vec![presented(
        &format!("{header}.{}.", jwt.payload),
        &format!("{header}.{}.", original_payload()),
    )])
}

/// The good claims and the good signature under another header.
fn relabelled(materials: &mut Materials<'_>, header: &Value) -> Result<Vec<Provocation>, Stop> {
    let jwt = jwt_of(materials)?;
    let header = jwt::encode(header);
    Ok(vec![presented(
        &format!("{header}.{}.{}", jwt.payload, jwt.signature),
        &format!("{header}.{}.{}", original_payload(), original_signature()),
    )])
}

/// The good claims signed with another key.
fn signed_with(materials: &Materials<'_>, header: &Value, key: &[u8]) -> Result<Provocation, Stop> {
    let jwt = jwt_of(materials)?;
    let hs = own_kind::hmac(&jwt).unwrap_or(Hs::Hs256);
    let mut header = header.clone();
    header["alg"] = own_kind::header(hs)["alg"].clone();
    let token = Jwt::signed(&header, &jwt.claims(), hs, key).compact();
    Ok(presented(&token, &shell("$FORGED_TOKEN")))
}

/// The target's signing key, when it was given and is the right one, and the HMAC that it makes.
pub(super) fn signing_key(materials: &Materials<'_>) -> Result<(Vec<u8>, Hs), Stop> {
    let Some(key) = materials.signing_key else {
        return Err(materials.no_key.clone());
    };
    let key = key.expose_secret();
    let hs = own_kind::minting(&jwt_of(materials)?, key)?;
    Ok((key.to_vec(), hs))
}
