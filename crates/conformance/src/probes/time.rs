//! Tokens outside their time. Minted with the target's signing key when it was given; else an expired one is waited for.

use super::algorithm::signing_key;
use super::bend::{jwt_of, presented};
use crate::jwt::Jwt;
use crate::probes::expiry;
use crate::probes::header_probe::{HeaderProbe, Materials, Provocation, Verify, boxed};
use crate::probes::own_kind;
use crate::probes::second_look;
use futures_util::future::{BoxFuture, FutureExt as _};
use http::header::AUTHORIZATION;
use proofload_contract::Source::{Assumed, Convention, Seed};
use proofload_contract::{Access, Operation};
use proofload_probing::context::Context;
use proofload_probing::context::shared::Expired;
use proofload_probing::fill;
use proofload_probing::findings::{Clause, Finding, Stop};
use proofload_probing::messages::{Draft, HeaderLine, shell};
use proofload_probing::probe::{Probe, Subject};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

/// Far beyond the five minutes of clock skew that ASP.NET Core allows by default, in seconds.
const FAR: i64 = 24 * 3600;

pub(super) fn all() -> Vec<Box<dyn Probe>> {
    let minted = boxed(vec![
        HeaderProbe {
            clause: Clause::new(
                "minted-control",
                Assumed,
                "A token minted with the target's own key and the login's own claims is let in: what follows is no accident.",
            ),
            provoke: |materials| minted(materials, |_, _| {}),
            verify: Verify::Accepted,
        },
        HeaderProbe {
            clause: Clause::new(
                "not-yet-valid",
                Convention,
                "A token whose nbf lies a day ahead is refused with 401 (RFC 7519, 4.1.5).",
            ),
            provoke: |materials| {
                minted(materials, |claims, now| {
                    claims["nbf"] = (now + FAR).into();
                    claims["exp"] = (now + 2 * FAR).into();
                })
            },
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "unknown-critical",
                Assumed,
                "A token whose header demands an extension that nobody knows (crit) is refused with 401 (RFC 7515, 4.1.11).",
            ),
            provoke: |materials| {
                let (key, hs) = signing_key(materials)?;
                let claims = jwt_of(materials)?.claims();
                let mut header = own_kind::header(hs);
                header["crit"] = json!(["proofload"]);
                header["proofload"] = true.into();
                let token = Jwt::signed(&header, &claims, hs, &key).compact();
                Ok(vec![presented(&token, &shell("$MINTED_TOKEN"))])
            },
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "no-expiry",
                Convention,
                "A token without exp is refused with 401, as ASP.NET Core does by default.",
            ),
            provoke: |materials| {
                minted(materials, |claims, _| {
                    if let Some(claims) = claims.as_object_mut() {
                        claims.remove("exp");
                    }
                })
            },
            verify: Verify::Refused,
        },
    ]);
    let mut probes: Vec<Box<dyn Probe>> = minted.collect();
    probes.insert(1, Box::new(ExpiredToken));
    probes
}

/// The good claims, bent, and signed with the target's own key.
fn minted(materials: &mut Materials<'_>, bend: fn(&mut Value, i64)) -> Result<Vec<Provocation>, Stop> {
    let (key, hs) = signing_key(materials)?;
    let jwt = jwt_of(materials)?;
    let mut claims = jwt.claims();
    bend(&mut claims, materials.login()?.server_clock());
    let token = Jwt::signed(&own_kind::header(hs), &claims, hs, &key).compact();
    Ok(vec![presented(&token, &shell("$MINTED_TOKEN"))])
}

/// A token that has expired.
struct ExpiredToken;

impl Probe for ExpiredToken {
    fn clause(&self) -> Clause {
        Clause::new("expired", Seed, "A token that has expired is refused with 401.")
    }

    fn fits(&self, operation: &Operation) -> bool {
        operation.access != Access::Anonymous
    }

    fn run<'a>(&'a self, context: &'a Context, subject: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        async move {
            let caller = context.caller_of(subject.operation).unwrap_or_else(|| context.main());
            let Expired { token, how, within_skew } = expiry::expired_token(context, caller).await?;
            let mut rng = context.random(&format!("{}/expired", subject.operation.id));
            let variable = if context.target.signing_key.is_some() {
                "$MINTED_TOKEN"
            } else {
                "$EXPIRED_TOKEN"
            };
            let value = format!("Bearer {}", token.expose_secret());
            let line = HeaderLine::secret(AUTHORIZATION, &value, format!("Bearer {}", shell(variable)));
            let draft = fill::harmless(subject.operation, &mut rng).header(line.clone());
            let finding = Verify::Refused.judge(context.send(draft).await?)?;
            let (judge, credentials) = (
                |exchange| Verify::Refused.judge(exchange),
                |draft: Draft| draft.header(line.clone()),
            );
            let clause = self.clause();
            let finding =
                second_look::settled(context, subject.operation, clause, finding, judge, credentials).await?;
            if within_skew && !finding.holds() {
                return Err(Stop::skip(format!(
                    "the token was still taken, but it expired less than five minutes ago, which is the clock skew that \
                     ASP.NET Core allows by default; {how}"
                )));
            }
            Ok(finding.note(how))
        }
        .boxed()
    }
}
