//! A good token in the wrong place, and headers that claim what only a token can prove.

use crate::probes::header_probe::{HeaderProbe, Provocation, Verify};
use http::HeaderName;
use http::header::COOKIE;
use proofload_contract::Source::{Convention, Seed};
use proofload_probing::findings::Clause;
use proofload_probing::messages::{HeaderLine, shell};

pub(super) fn all() -> Vec<HeaderProbe> {
    vec![
        HeaderProbe {
            clause: Clause::new(
                "token-in-query",
                Convention,
                "A good token in the query string is not accepted: it would end up in every log.",
            ),
            provoke: |materials| {
                let token = materials.token()?;
                let names = ["access_token", "token", "jwt", "bearer_token"];
                let provocation = |name: &&'static str| Provocation {
                    variant: Some(name),
                    headers: Vec::new(),
                    query: vec![((*name).to_owned(), token.to_owned())],
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
                let token = materials.token()?;
                let other = |name: HeaderName, prefix: &str, variant| {
                    let value = format!("{prefix}{token}");
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
        trusted_header(),
    ]
}

fn trusted_header() -> HeaderProbe {
    HeaderProbe {
        clause: Clause::new(
            "trusted-header",
            Seed,
            "Headers that claim a trusted origin or user take no token's place: the call is refused with 401.",
        ),
        provoke: |materials| {
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
    }
}

fn claimed(lines: &[(&'static str, &str)], variant: &'static str) -> Provocation {
    Provocation {
        variant: Some(variant),
        headers: lines
            .iter()
            .map(|(name, value)| HeaderLine::plain(HeaderName::from_static(name), value))
            .collect(),
        query: Vec::new(),
    }
}
