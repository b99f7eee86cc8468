//! Probes that only differ in the headers they send: pure data.

use super::clause::Clause;
use super::context::Context;
use super::draft::{Draft, HeaderLine};
use super::exchange::Exchange;
use super::fill;
use super::finding::{Finding, Stop};
use super::logins::Login;
use super::probe::{Probe, Subject};
use futures_util::future::{BoxFuture, FutureExt as _};
use proofload_contract::{Access, Operation};
use rand::rngs::StdRng;
use secrecy::{ExposeSecret as _, SecretSlice};

/// A probe that sends a harmless call with unusual credentials.
pub struct HeaderProbe {
    /// What it checks.
    pub clause: Clause,
    /// Makes the credentials.
    pub provoke: fn(&mut Materials<'_>) -> Result<Provocation, Stop>,
    /// Which answers are right.
    pub verify: Verify,
}

/// What credentials are made from.
pub struct Materials<'a> {
    /// The current login of an account that may call the operation.
    pub login: &'a Login,
    /// The key that the target signs with, when it was given.
    pub signing_key: Option<&'a SecretSlice<u8>>,
    /// Randomness of this case alone.
    pub rng: StdRng,
}

/// Credentials as they are put on a request.
#[derive(Debug, Default)]
pub struct Provocation {
    /// Header lines.
    pub headers: Vec<HeaderLine>,
    /// Query parameters.
    pub query: Vec<(String, String)>,
    /// A sentence on how they were made, where that is worth telling.
    pub note: Option<String>,
}

/// Which answers are right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verify {
    /// 401 and nothing else.
    Refused,
    /// 401, or another refusal at the level of HTTP: these statuses.
    RefusedOr(&'static [u16]),
    /// As a call with a good token: not 401, not 403, no server error.
    Accepted,
    /// 401 with a `WWW-Authenticate` header that names the scheme `Bearer`.
    Challenged,
}

impl Provocation {
    /// One `Authorization` header.
    pub fn authorization(line: HeaderLine) -> Self {
        Self {
            headers: vec![line],
            ..Self::default()
        }
    }
}

impl Verify {
    fn judge(self, exchange: Exchange) -> Finding {
        let status = exchange.status();
        match self {
            Self::Refused => Finding::judge(exchange, status == 401, "401"),
            Self::RefusedOr(others) => {
                let expected = others
                    .iter()
                    .fold("401".to_owned(), |text, other| format!("{text} or {other}"));
                Finding::judge(exchange, status == 401 || others.contains(&status), expected)
            }
            Self::Accepted => {
                let holds = !super::exchange::is_refusal(status) && !exchange.is_server_error();
                Finding::judge(exchange, holds, "as with a good token: neither 401, 403 nor 5xx")
            }
            Self::Challenged => {
                let challenges = exchange.answer().headers.get_all(http::header::WWW_AUTHENTICATE);
                let bearer = challenges
                    .iter()
                    .filter_map(|value| value.to_str().ok())
                    .any(|value| value.split([' ', ',']).any(|word| word.eq_ignore_ascii_case("bearer")));
                let observed = if bearer {
                    exchange.observed()
                } else {
                    format!("{} without it", exchange.observed())
                };
                Finding::judge(exchange, bearer || status != 401, "WWW-Authenticate: Bearer").observed(observed)
            }
        }
    }
}

impl Probe for HeaderProbe {
    fn clause(&self) -> Clause {
        self.clause
    }

    fn fits(&self, operation: &Operation) -> bool {
        operation.access != Access::Anonymous
    }

    fn run<'a>(&'a self, context: &'a Context, subject: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        async move {
            let caller = context.caller_of(subject.operation).unwrap_or_else(|| context.main());
            let login = context.login(caller).await?;
            let mut materials = Materials {
                login: &login,
                signing_key: context.target.signing_key.as_ref(),
                rng: context.random(&super::case_id(&subject.operation.id, self.clause.name, None)),
            };
            let draft = fill::harmless(subject.operation, &mut materials.rng);
            let provocation = (self.provoke)(&mut materials)?;
            let note = provocation.note.clone();
            let exchange = context.send(provoked(draft, provocation)).await?;
            let finding = self.verify.judge(exchange);
            Ok(match note {
                Some(note) => finding.note(note),
                None => finding,
            })
        }
        .boxed()
    }
}

fn provoked(draft: Draft, provocation: Provocation) -> Draft {
    let draft = provocation.headers.into_iter().fold(draft, Draft::header);
    provocation
        .query
        .iter()
        .fold(draft, |draft, (name, value)| draft.query(name, value))
}

impl Materials<'_> {
    /// The text of the good token.
    pub fn token(&self) -> &str {
        self.login.token.expose_secret()
    }
}
