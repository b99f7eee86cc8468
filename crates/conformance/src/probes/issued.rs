//! The tokens that a login gives, looked at without asking the server.

use crate::jwt::Jwt;
use crate::probes::{own_kind, weak_keys};
use chrono::DateTime;
use futures_util::future::{BoxFuture, FutureExt as _};
use http::header::DATE;
use proofload_contract::Operation;
use proofload_contract::Source::{Convention, Guide, Seed};
use proofload_deployment::Account;
use proofload_probing::context::Context;
use proofload_probing::context::logins::Login;
use proofload_probing::findings::{Clause, Finding, Stop};
use proofload_probing::probe::{Probe, Subject};
use secrecy::ExposeSecret as _;
use serde_json::Value;

/// Tokens that live longer than this are as good as passwords, in seconds.
const ABSURDLY_LONG: i64 = 366 * 24 * 3600;

/// Clocks may differ by ASP.NET Core's default skew, in seconds.
const SKEW: i64 = 300;

/// Something about an account's login token.
struct Issued {
    clause: Clause,
    check: fn(&IssuedToken<'_>) -> Result<Finding, Stop>,
}

/// A login token and all that it is held against.
struct IssuedToken<'a> {
    context: &'a Context,
    account: &'a Account,
    login: &'a Login,
    /// The server's clock at the login, or else ours, in seconds since the Unix epoch.
    now: i64,
}

impl IssuedToken<'_> {
    fn jwt(&self) -> Result<Jwt, Stop> {
        self.login.jwt().ok_or_else(|| Stop::skip("the token is no JWT"))
    }
}

pub(super) fn all() -> Vec<Box<dyn Probe>> {
    let mut probes = shape();
    probes.extend(times());
    probes
        .into_iter()
        .map(|probe| -> Box<dyn Probe> { Box::new(probe) })
        .collect()
}

fn shape() -> Vec<Issued> {
    vec![
        Issued {
            clause: Clause::new("token-is-jwt", Seed, "The token of a login is a JWT."),
            check: |issued| {
                let holds = issued.login.jwt().is_some();
                Ok(Finding::verdict(
                    holds,
                    "a JWT",
                    if holds { "a JWT" } else { "something else" },
                ))
            },
        },
        Issued {
            clause: Clause::new("token-alg", Seed, "The token's header says HS256."),
            check: algorithm,
        },
        Issued {
            clause: Clause::new(
                "token-signed",
                Seed,
                "The token is signed: its third part is the HMAC of the other two.",
            ),
            check: signed,
        },
        Issued {
            clause: Clause::new(
                "token-key",
                Seed,
                "The token is not signed with an empty or a guessable key.",
            ),
            check: |issued| {
                let guessed = weak_keys::that_signed(&issued.jwt()?);
                let observed = match guessed {
                    None => "none of the well-known ones".to_owned(),
                    Some("") => "an empty key".to_owned(),
                    Some(key) => format!("the well-known key {key:?}"),
                };
                Ok(Finding::verdict(
                    guessed.is_none(),
                    "a key that nobody can guess",
                    observed,
                ))
            },
        },
        Issued {
            clause: Clause::new(
                "token-user",
                Seed,
                "The token's claim unique_name is the caller, in any case.",
            ),
            check: |issued| {
                let claims = issued.jwt()?.claims();
                let name = claims.get("unique_name").and_then(Value::as_str);
                let holds = name.is_some_and(|name| name.to_lowercase() == issued.account.username.to_lowercase());
                let observed = match name {
                    _ if holds => "the caller".to_owned(),
                    None => "no such claim".to_owned(),
                    Some(name) => format!("{:?}", issued.context.redacted(name)),
                };
                Ok(Finding::verdict(
                    holds,
                    format!("unique_name {:?}", issued.account.username),
                    observed,
                ))
            },
        },
        Issued {
            clause: Clause::new("token-roles", Guide, "The token carries the user's roles."),
            check: roles,
        },
        Issued {
            clause: Clause::new(
                "token-no-password",
                Convention,
                "The token holds neither the password nor a hash of it: anybody can read a JWT.",
            ),
            check: no_password,
        },
        Issued {
            clause: Clause::new("token-own", Guide, "Two accounts never get the same token."),
            check: |_| Err(Stop::skip("there is one account only")),
        },
    ]
}

/// The documents show a token of HS256 and do not say that there is no other: another that signs is told, and no failure.
fn algorithm(issued: &IssuedToken<'_>) -> Result<Finding, Stop> {
    let jwt = issued.jwt()?;
    let alg = jwt.header_json().get("alg").cloned().unwrap_or_default();
    let finding = Finding::verdict(alg == "HS256", "alg HS256", format!("alg {alg}"));
    Ok(if own_kind::signs(&own_kind::algorithm(&jwt)) {
        finding.weighed_by(Convention)
    } else {
        finding
    })
}

fn signed(issued: &IssuedToken<'_>) -> Result<Finding, Stop> {
    let jwt = issued.jwt()?;
    let length = jwt.signature_bytes().len();
    // Another algorithm is a finding of its own.
    let (fits, expected) = own_kind::fits(&own_kind::algorithm(&jwt), length);
    if !fits {
        let observed = format!("a signature of {length} bytes");
        return Ok(Finding::verdict(false, expected, observed));
    }
    let key = issued.context.target.signing_key.as_ref();
    let (Some(key), Some(hs)) = (key, own_kind::hmac(&jwt)) else {
        return Ok(Finding::verdict(true, expected, format!("{length} bytes"))
            .note("without the key that verifies it only its length can be checked"));
    };
    let holds = jwt.is_signed_by(hs, key.expose_secret());
    Ok(Finding::verdict(
        holds,
        "a signature that the given signing key verifies",
        if holds {
            "it verifies"
        } else {
            "it does not verify: another key, or no real signature"
        },
    ))
}

/// Which claim carries the roles is stated nowhere: short or long, ASP.NET's names for it have the word in them.
fn roles(issued: &IssuedToken<'_>) -> Result<Finding, Stop> {
    if issued.account.permissions.names().is_some_and(<[String]>::is_empty) {
        return Err(Stop::skip("an account without any permission need not have a role"));
    }
    let claims = issued.jwt()?.claims();
    let claims = claims.as_object().into_iter().flatten();
    let says = |value: &Value| match value {
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => false,
    };
    let holds = claims
        .into_iter()
        .any(|(name, value)| name.to_ascii_lowercase().contains("role") && says(value));
    Ok(Finding::verdict(
        holds,
        "a claim with roles",
        if holds { "a claim with roles" } else { "no such claim" },
    ))
}

fn no_password(issued: &IssuedToken<'_>) -> Result<Finding, Stop> {
    let claims = issued.jwt()?.claims();
    let password = issued.account.password.expose_secret();
    let telling = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.contains("password") || name.contains("passwd") || name == "pwd"
    };
    let named = claims
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name)
        .find(|name| telling(name));
    // Short or telling passwords turn up in claims by accident: an account whose password is its name, say.
    let held = password.len() >= 6
        && claims
            .as_object()
            .into_iter()
            .flatten()
            .any(|(_, value)| value == password);
    let observed = match (held, named) {
        (true, _) => "the password itself".to_owned(),
        (false, Some(name)) => format!("a claim {:?}", issued.context.redacted(name)),
        (false, None) => "neither".to_owned(),
    };
    Ok(Finding::verdict(!held && named.is_none(), "neither", observed))
}

fn times() -> Vec<Issued> {
    vec![
        Issued {
            clause: Clause::new("token-expires", Seed, "The token has an exp claim, and it lies ahead."),
            check: |issued| {
                let ahead = issued.jwt()?.seconds("exp").map(|exp| exp.saturating_sub(issued.now));
                let observed = match ahead {
                    None => "no exp".to_owned(),
                    Some(ahead) => format!("exp {ahead} s ahead"),
                };
                Ok(Finding::verdict(
                    ahead.is_some_and(|ahead| ahead > 0),
                    "exp ahead",
                    observed,
                ))
            },
        },
        Issued {
            clause: Clause::new(
                "token-lifetime",
                Convention,
                "The token does not live absurdly long: a year at most.",
            ),
            check: |issued| {
                let exp = issued.jwt()?.seconds("exp");
                let exp = exp.ok_or_else(|| Stop::skip("the token has no exp"))?;
                let ahead = exp.saturating_sub(issued.now);
                Ok(Finding::verdict(
                    ahead <= ABSURDLY_LONG,
                    "a year at most",
                    format!("{ahead} s"),
                ))
            },
        },
        Issued {
            clause: Clause::new(
                "token-not-before",
                Convention,
                "Neither nbf nor iat lies in the future, give or take five minutes.",
            ),
            check: |issued| {
                let jwt = issued.jwt()?;
                let ahead = ["nbf", "iat"].iter().filter_map(|claim| jwt.seconds(claim)).max();
                let ahead = ahead.map_or(0, |latest| latest.saturating_sub(issued.now));
                Ok(Finding::verdict(
                    ahead <= SKEW,
                    "not in the future",
                    format!("{} s ahead", ahead.max(0)),
                ))
            },
        },
        Issued {
            clause: Clause::new(
                "clock",
                Convention,
                "The server's clock (the Date header) differs from ours by no more than five minutes.",
            ),
            check: |issued| {
                let Some(server) = server_clock(issued.login) else {
                    return Err(Stop::skip("the login's answer has no Date header"));
                };
                let difference = server.saturating_sub(issued.login.received_at());
                Ok(Finding::verdict(
                    difference.abs() <= SKEW,
                    "five minutes at most",
                    format!("{difference} s"),
                ))
            },
        },
    ]
}

impl Probe for Issued {
    fn clause(&self) -> Clause {
        self.clause
    }

    fn fits(&self, operation: &Operation) -> bool {
        operation.id == "authenticate"
    }

    fn per_account(&self) -> bool {
        true
    }

    fn run<'a>(&'a self, context: &'a Context, subject: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        async move {
            let account = subject.account.unwrap_or_else(|| context.main());
            let login = context.login(account).await?;
            let issued = IssuedToken {
                context,
                account,
                now: server_clock(&login).unwrap_or_else(|| login.received_at()),
                login: &login,
            };
            let finding = match self.clause.name {
                "token-own" => own(context, account, &login).await?,
                "token-alg" => told_once(context, account, (self.check)(&issued)?).await?,
                _ => (self.check)(&issued)?,
            };
            Ok(if finding.holds() {
                finding
            } else {
                finding.shown_by(login.exchange.clone())
            })
        }
        .boxed()
    }
}

/// The algorithm is the deployment's and no account's: it is told of the main one, and of others where theirs is another.
async fn told_once(context: &Context, account: &Account, finding: Finding) -> Result<Finding, Stop> {
    let main = context.main();
    if finding.holds() || account.name == main.name {
        return Ok(finding);
    }
    let of_main = context.login(main).await?;
    let of_main = of_main.jwt().map(|jwt| jwt.header_json().get("alg").cloned());
    let own = context
        .login(account)
        .await?
        .jwt()
        .map(|jwt| jwt.header_json().get("alg").cloned());
    if own == of_main {
        return Err(Stop::skip(format!(
            "it is that of account {:?}, where it is told",
            main.name
        )));
    }
    Ok(finding)
}

/// Whether nobody else was given the same token.
async fn own(context: &Context, account: &Account, login: &Login) -> Result<Finding, Stop> {
    let others = context
        .accounts()
        .filter(|other| other.username.to_lowercase() != account.username.to_lowercase());
    let mut compared = 0;
    for other in others {
        let Ok(theirs) = context.login(other).await else {
            continue;
        };
        compared += 1;
        if theirs.token.expose_secret() == login.token.expose_secret() {
            return Ok(Finding::verdict(
                false,
                "a token of one's own",
                format!("the token of account {:?}", other.name),
            ));
        }
    }
    if compared == 0 {
        return Err(Stop::skip("there is no second account to compare with"));
    }
    Ok(Finding::verdict(true, "a token of one's own", "a token of one's own"))
}

fn server_clock(login: &Login) -> Option<i64> {
    let date = login.exchange.header(DATE)?;
    DateTime::parse_from_rfc2822(date).ok().map(|date| date.timestamp())
}
