//! Calls that present no token where one belongs.

use crate::conformance::clause::Clause;
use crate::conformance::draft::{HeaderLine, shell};
use crate::conformance::header_probe::{HeaderProbe, Materials, Provocation, Verify};
use http::HeaderName;
use http::header::{AUTHORIZATION, COOKIE};
use proofload_contract::Source::{Convention, Seed};

pub(super) fn all() -> Vec<HeaderProbe> {
    let mut probes = absent();
    probes.extend(schemes());
    probes.extend(elsewhere());
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
                Seed,
                "A good token without the scheme Bearer before it is refused with 401.",
            ),
            provoke: |materials| Ok(vec![with_token(materials, "")]),
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "wrong-scheme",
                Seed,
                "A good token under another scheme than Bearer is refused with 401.",
            ),
            provoke: |materials| {
                Ok(vec![
                    with_token(materials, "Basic ").variant("scheme Basic"),
                    with_token(materials, "Token ").variant("scheme Token"),
                    with_token(materials, "JWT ").variant("scheme JWT"),
                    with_token(materials, "Bearerx ").variant("scheme Bearerx"),
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
                    with_token(materials, "bearer ").variant("written bearer"),
                    with_token(materials, "BEARER ").variant("written BEARER"),
                ])
            },
            verify: Verify::Accepted,
        },
    ]
}

fn elsewhere() -> Vec<HeaderProbe> {
    vec![
        HeaderProbe {
            clause: Clause::new(
                "token-in-query",
                Convention,
                "A good token in the query string is not accepted: it would end up in every log.",
            ),
            provoke: |materials| {
                let names = ["access_token", "token", "jwt", "bearer_token"];
                let provocation = |name: &&'static str| Provocation {
                    variant: Some(name),
                    headers: Vec::new(),
                    query: vec![((*name).to_owned(), materials.token().to_owned())],
                };
                Ok(names.iter().map(provocation).collect())
            },
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "token-elsewhere",
                Convention,
                "A good token in a cookie or in another header is not accepted: Authorization is where it belongs.",
            ),
            provoke: |materials| {
                let other = |name: HeaderName, prefix: &str, variant| {
                    let value = format!("{prefix}{}", materials.token());
                    let line = HeaderLine::secret(name, &value, format!("{prefix}{}", shell("$TOKEN")));
                    Provocation::authorization(line).variant(variant)
                };
                Ok(vec![
                    other(COOKIE, "access_token=", "cookie access_token"),
                    other(COOKIE, "token=", "cookie token"),
                    other(HeaderName::from_static("x-access-token"), "", "X-Access-Token"),
                    other(HeaderName::from_static("x-auth-token"), "", "X-Auth-Token"),
                ])
            },
            verify: Verify::Refused,
        },
        HeaderProbe {
            clause: Clause::new(
                "trusted-header",
                Seed,
                "Headers that claim a trusted origin or user take no token's place: the call is refused with 401.",
            ),
            provoke: |materials| {
                let claimed = |lines: &[(&'static str, &str)], variant| Provocation {
                    variant: Some(variant),
                    headers: lines
                        .iter()
                        .map(|(name, value)| HeaderLine::plain(HeaderName::from_static(name), value))
                        .collect(),
                    query: Vec::new(),
                };
                let user = materials.username;
                Ok(vec![
                    claimed(
                        &[
                            ("x-forwarded-for", "127.0.0.1"),
                            ("x-real-ip", "127.0.0.1"),
                            ("x-client-ip", "127.0.0.1"),
                        ],
                        "an origin on the server itself",
                    ),
                    claimed(
                        &[
                            ("x-forwarded-user", user),
                            ("x-remote-user", user),
                            ("remote-user", user),
                            ("x-user", user),
                        ],
                        "a user that a proxy has authenticated",
                    ),
                    claimed(
                        &[
                            ("x-original-user", user),
                            ("x-authenticated-user", user),
                            ("x-ms-client-principal-name", user),
                        ],
                        "a user that a platform has authenticated",
                    ),
                    claimed(
                        &[("x-http-method-override", "OPTIONS")],
                        "X-HTTP-Method-Override: OPTIONS",
                    ),
                    claimed(
                        &[("x-debug", "1"), ("x-internal", "1"), ("x-test", "1")],
                        "debugging switches",
                    ),
                    claimed(
                        &[
                            ("origin", "http://localhost"),
                            ("referer", "http://localhost/swagger/index.html"),
                        ],
                        "coming from the server's own pages",
                    ),
                ])
            },
            verify: Verify::Refused,
        },
    ]
}

fn plain(value: &str) -> Provocation {
    Provocation::authorization(HeaderLine::plain(AUTHORIZATION, value))
}

fn with_token(materials: &Materials<'_>, prefix: &str) -> Provocation {
    let value = format!("{prefix}{}", materials.token());
    Provocation::authorization(HeaderLine::secret(
        AUTHORIZATION,
        &value,
        format!("{prefix}{}", shell("$TOKEN")),
    ))
}
