//! Probes that only differ in the credentials they present: pure data.

use crate::probes::second_look;
use futures_util::future::{BoxFuture, FutureExt as _};
use proofload_contract::{Access, Operation};
use proofload_deployment::client::login::RENEW;
use proofload_probing::context::Context;
use proofload_probing::context::logins::Login;
use proofload_probing::fill;
use proofload_probing::findings::leak;
use proofload_probing::findings::{Cause, Clause, Finding, Stop, case_id};
use proofload_probing::messages::{Draft, Exchange, HeaderLine, is_refusal};
use proofload_probing::probe::{Probe, Subject};
use rand::rngs::StdRng;
use secrecy::{ExposeSecret as _, SecretSlice};

/// A probe that sends a harmless call with unusual credentials.
pub struct HeaderProbe {
    /// What it checks.
    pub clause: Clause,
    /// Makes the credentials, in as many variants as the clause has; the first that is answered wrongly is reported.
    pub provoke: fn(&mut Materials<'_>) -> Result<Vec<Provocation>, Stop>,
    /// Which answers are right.
    pub verify: Verify,
}

/// What credentials are made from.
pub struct Materials<'a> {
    login: Result<&'a Login, Stop>,
    /// That account's user name, or a likely one.
    pub username: &'a str,
    /// The key that the target signs with, when it was given.
    pub signing_key: Option<&'a SecretSlice<u8>>,
    /// Why there is none, where there is none.
    pub no_key: Stop,
    /// Randomness of this case alone.
    pub rng: StdRng,
}

/// Credentials as they are put on a request.
#[derive(Debug, Clone, Default)]
pub struct Provocation {
    /// Which variant this is, in a few words, where a probe has several.
    pub variant: Option<&'static str>,
    /// Header lines.
    pub headers: Vec<HeaderLine>,
    /// Query parameters.
    pub query: Vec<(String, String)>,
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
    /// No redirect, wherever to.
    NotRedirected,
}

/// Header probes as the registry keeps them.
pub(super) fn boxed(probes: Vec<HeaderProbe>) -> impl Iterator<Item = Box<dyn Probe>> {
    probes.into_iter().map(|probe| -> Box<dyn Probe> { Box::new(probe) })
}

impl Provocation {
    /// One `Authorization` header.
    pub fn authorization(line: HeaderLine) -> Self {
        Self {
            headers: vec![line],
            ..Self::default()
        }
    }

    /// Names the variant.
    #[must_use]
    pub fn variant(mut self, name: &'static str) -> Self {
        self.variant = Some(name);
        self
    }
}

impl Verify {
    /// Judges an answer; `Err` where another probe's finding leaves nothing to judge.
    pub(super) fn judge(self, exchange: Exchange) -> Result<Finding, Stop> {
        let status = exchange.status();
        Ok(match self {
            Self::Refused => Finding::judge(exchange, status == 401, "401").of_refusal(),
            Self::RefusedOr(others) => {
                let expected = others
                    .iter()
                    .fold("401".to_owned(), |text, other| format!("{text} or {other}"));
                Finding::judge(exchange, status == 401 || others.contains(&status), expected).of_refusal()
            }
            Self::Accepted => {
                let holds = !is_refusal(status) && !exchange.is_server_error();
                Finding::judge(exchange, holds, "as with a good token: neither 401, 403 nor 5xx")
            }
            Self::Challenged if status != 401 => {
                return Err(Stop::skip(format!(
                    "the call was answered {status}, not 401, so nothing can be challenged"
                )));
            }
            Self::Challenged => {
                let challenged = names_bearer(&exchange);
                let observed = if challenged { "401 with it" } else { "401 without it" };
                Finding::judge(exchange, challenged, "WWW-Authenticate: Bearer").observed(observed)
            }
            Self::NotRedirected => {
                let redirected = exchange.answer().status.is_redirection();
                Finding::judge(exchange, !redirected, "401, no redirect")
            }
        })
    }

    /// Whether only a refusal is right.
    fn wants_refusal(self) -> bool {
        matches!(self, Self::Refused | Self::RefusedOr(_))
    }
}

fn names_bearer(exchange: &Exchange) -> bool {
    let challenges = exchange.answer().headers.get_all(http::header::WWW_AUTHENTICATE);
    challenges
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.split([' ', ',']).any(|word| word.eq_ignore_ascii_case("bearer")))
}

impl Probe for HeaderProbe {
    fn clause(&self) -> Clause {
        self.clause
    }

    fn fits(&self, operation: &Operation) -> bool {
        operation.access != Access::Anonymous
    }

    fn needs_account(&self) -> bool {
        false
    }

    fn run<'a>(&'a self, context: &'a Context, subject: Subject<'a>) -> BoxFuture<'a, Result<Finding, Stop>> {
        async move {
            let finding = self.provoked(context, subject).await?;
            let caller = context.caller_of(subject.operation);
            let refused = finding.status().filter(|_| self.verify == Verify::Accepted);
            match (caller, refused) {
                (Some(caller), Some(status)) if context.was_ended(caller, status).await => {
                    self.provoked(context, subject).await
                }
                _ => Ok(finding),
            }
        }
        .boxed()
    }
}

impl HeaderProbe {
    /// Sends every provocation, until one does not come out as it should.
    async fn provoked(&self, context: &Context, subject: Subject<'_>) -> Result<Finding, Stop> {
        let caller = context.caller_of(subject.operation);
        if caller.is_none() && context.has_accounts() && self.verify == Verify::Accepted {
            return Err(Stop::Skip(Cause::NoHolder {
                access: subject.operation.access.clone(),
                operation: None,
            }));
        }
        // To be refused any token will do: where nobody may call the operation, the main account's.
        let caller = caller.or_else(|| context.has_accounts().then(|| context.main()));
        let login = match caller {
            Some(caller) => context.login_for(&subject.operation.id, caller).await,
            None => Err(Stop::skip("no account was given whose token could be used")),
        };
        let mut materials = Materials {
            login: login.as_ref().map_err(Clone::clone),
            username: caller.map_or("admin", |caller| &caller.username),
            signing_key: context.target.signing_key.as_ref(),
            no_key: context.no_key(),
            rng: context.random(&case_id(&subject.operation.id, self.clause.name, None)),
        };
        let mut last = Err(Stop::skip("the probe has nothing to send"));
        for mut provocation in (self.provoke)(&mut materials)? {
            if let Some(caller) = caller {
                let lines = provocation.headers.into_iter();
                provocation.headers = lines.map(|line| line.made_from(&caller.name)).collect();
            }
            let draft = fill::harmless(subject.operation, &mut materials.rng);
            let finding = self.one(context, subject.operation, draft, &provocation).await?;
            if !finding.holds() {
                return Ok(finding);
            }
            last = Ok(finding);
            // The call that was let in may have been the token's last.
            let ends = subject.operation.id == RENEW && self.verify == Verify::Accepted;
            if ends && context.ends_renewed_tokens().await {
                break;
            }
        }
        last
    }

    async fn one(
        &self,
        context: &Context,
        operation: &Operation,
        draft: Draft,
        provocation: &Provocation,
    ) -> Result<Finding, Stop> {
        let draft = with_credentials(draft, provocation);
        let draft = match self.verify {
            Verify::RefusedOr(_) => draft.may_be_hung_up_on(),
            _ => draft,
        };
        let exchange = match context.send(draft).await {
            Ok(exchange) => exchange,
            Err(stop @ Stop::Untestable(Cause::HungUp(_))) => return closed_upon(context, operation, stop).await,
            Err(stop) => return Err(stop),
        };
        let mut finding = self.verify.judge(exchange)?;
        if self.verify.wants_refusal() || self.verify == Verify::Accepted {
            let judge = |exchange| self.verify.judge(exchange);
            let credentials = |draft| with_credentials(draft, provocation);
            finding = second_look::settled(context, operation, self.clause, finding, judge, credentials).await?;
        }
        if finding.holds() && self.verify.wants_refusal() {
            finding = leak::held_back(operation, finding);
        }
        Ok(match provocation.variant {
            Some(variant) if !finding.holds() => finding.note(variant),
            _ => finding,
        })
    }
}

/// A server may close the connection upon a request that it will not read. It must be there afterwards.
async fn closed_upon(context: &Context, operation: &Operation, stop: Stop) -> Result<Finding, Stop> {
    let draft = fill::harmless(operation, &mut context.random("closed-upon"));
    match context.send(draft).await {
        Ok(_) => Ok(Finding::verdict(true, "a refusal", "the connection was closed")),
        Err(_) => Err(stop),
    }
}

/// `draft` with the credentials on it.
pub(super) fn with_credentials(draft: Draft, provocation: &Provocation) -> Draft {
    let draft = provocation.headers.iter().cloned().fold(draft, Draft::header);
    let query = provocation.query.iter();
    query.fold(draft, |draft, (name, value)| draft.query(name, value))
}

impl Materials<'_> {
    /// The current login of an account that may call the operation.
    ///
    /// # Errors
    /// No account was given, or it cannot log in.
    pub fn login(&self) -> Result<&Login, Stop> {
        self.login.clone()
    }

    /// The text of the good token.
    ///
    /// # Errors
    /// No account was given, or it cannot log in.
    pub fn token(&self) -> Result<&str, Stop> {
        Ok(self.login()?.token.expose_secret())
    }
}
