//! Calls that present no token where one belongs.

use crate::probes::header_probe::{HeaderProbe, Materials, Provocation, Verify};
use http::header::AUTHORIZATION;
use proofload_contract::Source::{Convention, Seed};
use proofload_probing::findings::{Clause, Stop};
use proofload_probing::messages::{HeaderLine, shell};

pub(super) fn all() -> Vec<HeaderProbe> {
    let mut probes = absent();
    probes.extend(schemes());
    probes
}

fn absent() -> Vec<HeaderProbe> {
    vec![
        HeaderProbe {
            clause: Clause::new(
                "no-token",
                Seed,
                "A call without an Authorization header is refused with 401.",
            ),
            provoke: |_| Ok(vec![Provocation::default()]),
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "no-redirect",
                Seed,
                "A call without a token is refused on the spot, not redirected to a login page.",
            ),
            provoke: |_| {
                // What a browser sends: servers that redirect do it to those who accept HTML.
                let accept = HeaderLine::plain(http::header::ACCEPT, "text/html,application/xhtml+xml");
                Ok(vec![
                    Provocation::default(),
                    Provocation::authorization(accept).variant("asked for as HTML"),
                ])
            },
            verify: Verify::NotRedirected,
        },
        HeaderProbe {
            clause: Clause::new(
                "challenge",
                Convention,
                "A 401 carries WWW-Authenticate with the scheme Bearer (RFC 6750, RFC 9110).",
            ),
            provoke: |_| Ok(vec![Provocation::default()]),
            verify: Verify::Challenged,
        },
        HeaderProbe {
            clause: Clause::new(
                "empty-header",
                Seed,
                "An empty Authorization header is refused with 401.",
            ),
            provoke: |_| Ok(vec![plain("")]),
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "scheme-only",
                Seed,
                "The word Bearer with no token behind it is refused with 401.",
            ),
            provoke: |_| Ok(vec![plain("Bearer")]),
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new("empty-bearer", Seed, "Bearer with an empty token is refused with 401."),
            provoke: |_| {
                Ok(vec![
                    plain("Bearer ").variant("a space behind the scheme"),
                    plain("Bearer \"\"").variant("two quotation marks as token"),
                    plain("Bearer null").variant("the word null as token"),
                    plain("Bearer undefined").variant("the word undefined as token"),
                ])
            },
            verify: Verify::Refused,
        },
    ]
}

fn schemes() -> Vec<HeaderProbe> {
    vec![
        HeaderProbe {
            clause: Clause::new(
                "no-scheme",
                Convention,
                "A good token without the scheme Bearer before it is refused with 401.",
            ),
            provoke: |materials| Ok(vec![with_token(materials, "")?]),
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "wrong-scheme",
                Convention,
                "A good token under another scheme than Bearer is refused with 401.",
            ),
            provoke: |materials| {
                Ok(vec![
                    with_token(materials, "Basic ")?.variant("scheme Basic"),
                    with_token(materials, "Token ")?.variant("scheme Token"),
                    with_token(materials, "JWT ")?.variant("scheme JWT"),
                    with_token(materials, "Bearerx ")?.variant("scheme Bearerx"),
                ])
            },
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "scheme-case",
                Convention,
                "The scheme Bearer is matched in any case (RFC 9110).",
            ),
            provoke: |materials| {
                Ok(vec![
                    with_token(materials, "bearer ")?.variant("written bearer"),
                    with_token(materials, "BEARER ")?.variant("written BEARER"),
                ])
            },
            verify: Verify::Accepted,
        },
    ]
}

fn plain(value: &str) -> Provocation {
    Provocation::authorization(HeaderLine::plain(AUTHORIZATION, value))
}

fn with_token(materials: &Materials<'_>, prefix: &str) -> Result<Provocation, Stop> {
    let value = format!("{prefix}{}", materials.token()?);
    Ok(Provocation::authorization(HeaderLine::secret(
        AUTHORIZATION,
        &value,
        format!("{prefix}{}", shell("$TOKEN")),
    )))
}
