//! A crowd: sixty calls at once of several accounts and operations are answered as each is alone, and each to its caller.
//!
//! What goes wrong then goes wrong nowhere else: a field that requests share, a decision cached without the user, a pool
//! that is too small. With one account there is nobody to be taken for, but the answers must be right all the same.

use super::burst::limited;
use super::declare::{guide, seed};
use super::family::Family;
use super::play::Play;
use super::renewal::{Held, login, profile_of};
use futures_util::future::{FutureExt as _, join_all};
use proofload_deployment::{Account, Permissions};
use proofload_probing::context::Context;
use proofload_probing::findings::{Finding, Stop};
use proofload_probing::messages::{Draft, Exchange};
use proofload_probing::probe::{Declared, Sequence};
use secrecy::ExposeSecret as _;
use serde_json::Value;

/// So many calls are made at once.
const AT_ONCE: usize = 60;

/// So often.
const ROUNDS: usize = 2;

const LOGIN: &str = "authenticate";
const RENEW: &str = "renewToken";
const PROFILE: &str = "profile";
const LIST: &str = "listTags";

/// What the accounts call in turn. Logins are few: passwords are made to be slow.
const TURNS: [&str; 7] = [PROFILE, RENEW, LIST, PROFILE, RENEW, LIST, LOGIN];

const CROWD: &str = "crowd";

const CASES: [Declared; 4] = [
    seed(
        LOGIN,
        CROWD,
        "Among sixty calls at once, a login gives the caller's own token.",
    ),
    seed(
        RENEW,
        CROWD,
        "Among sixty calls at once, a renewal gives the caller's own token, with the roles it had.",
    ),
    guide(
        PROFILE,
        CROWD,
        "Among sixty calls at once, a profile is the caller's own.",
    ),
    guide(
        LIST,
        CROWD,
        "Among sixty calls at once, who holds the permission is let in, and who lacks it is refused with 403.",
    ),
];

pub(super) fn family() -> Box<dyn Sequence> {
    Family::new("crowd", &[], &CASES, |play| run(play).boxed()).boxed()
}

/// An account with a token of its own, and what it is answered when nobody else calls.
struct Caller<'a> {
    account: &'a Account,
    held: Held,
    /// What it renews, for a renewal may end the token that it is given.
    renewed: Held,
    profile: Option<(Value, Value)>,
    /// The status of the list; none where it is not the right one, which is another case's finding.
    listed: Option<u16>,
    /// What was not answered alone: it is not asked for at once, and says nothing of the others.
    unanswered: Vec<&'static str>,
}

async fn run(play: &mut Play<'_>) -> Result<(), Stop> {
    let context = play.context;
    let mut callers = Vec::new();
    for account in context.accounts() {
        callers.push(Caller::alone(play, account).await?);
    }
    for _ in 0..ROUNDS {
        let mut calls = Vec::new();
        for n in 0..AT_ONCE {
            let caller = &callers[n % callers.len()];
            let operation = TURNS[n / callers.len() % TURNS.len()];
            if caller.unanswered.contains(&operation) {
                continue;
            }
            calls.push((caller, operation, caller.draft(context, operation)?));
        }
        let answers = join_all(calls.iter().map(|(_, _, draft)| context.send(draft.clone()))).await;
        for ((caller, operation, _), answer) in calls.iter().zip(answers) {
            let finding = match answer {
                Ok(exchange) if exchange.status() == 401 && *operation != LOGIN => {
                    caller.refused(play, operation, exchange).await?
                }
                Ok(exchange) => limited(&exchange).or_else(|| caller.judged(play, operation, exchange)),
                Err(stop) => Some(stop.into()),
            };
            if let Some(finding) = finding {
                play.report(operation, CROWD, finding);
            }
        }
    }
    Ok(())
}

impl<'a> Caller<'a> {
    async fn alone(play: &mut Play<'_>, account: &'a Account) -> Result<Self, Stop> {
        let context = play.context;
        let mut caller = Self {
            account,
            held: login(play, account).await?,
            renewed: login(play, account).await?,
            profile: None,
            listed: None,
            unanswered: Vec::new(),
        };
        let profile = caller.called_alone(play, PROFILE).await?;
        caller.profile = profile.filter(Exchange::is_success).as_ref().map(profile_of);
        let listed = caller.called_alone(play, LIST).await?.map(|listed| listed.status());
        let known = matches!(account.permissions, Permissions::All | Permissions::Only(_));
        let right = if account.may_call(context.operation(LIST)?) {
            200
        } else {
            403
        };
        caller.listed = listed.filter(|listed| *listed == right && (known || right == 200));
        Ok(caller)
    }

    /// Calls an operation when nobody else does; none where that is not answered, which is reported.
    async fn called_alone(&mut self, play: &mut Play<'_>, operation: &'static str) -> Result<Option<Exchange>, Stop> {
        match play.context.send(self.draft(play.context, operation)?).await {
            Ok(exchange) => Ok(Some(exchange)),
            Err(stop) => {
                play.report(operation, CROWD, stop.into());
                self.unanswered.push(operation);
                Ok(None)
            }
        }
    }

    fn draft(&self, context: &Context, operation: &str) -> Result<Draft, Stop> {
        if operation == LOGIN {
            return Ok(context.login_request(&self.account.username, &self.account.password));
        }
        let draft = context.call(operation)?;
        let draft = if operation == LIST {
            // Of a name that nobody has: the list itself may be long.
            draft.query("tagName", "proofload-crowd")
        } else {
            draft
        };
        let held = if operation == RENEW { &self.renewed } else { &self.held };
        Ok(draft.bearer(&held.token))
    }

    /// Whether the token that an operation is called with may have been renewed before, here or by another check. Two that were
    /// made in one second may be one.
    async fn may_have_ended(&self, context: &Context, operation: &str) -> bool {
        let same = self.held.token.expose_secret() == self.renewed.token.expose_secret();
        operation == RENEW || same || context.ends_renewed_tokens().await
    }

    /// Judges a refusal of a token: it may be one that has ended, by a renewal or by a login of the same account.
    async fn refused(&self, play: &Play<'_>, operation: &str, exchange: Exchange) -> Result<Option<Finding>, Stop> {
        let context = play.context;
        let alone = context.send(self.draft(context, operation)?).await?;
        let renewed = self.may_have_ended(context, operation).await;
        if alone.status() == 401 {
            if renewed {
                let reason = "a renewal ends the token that it is given, so that it cannot be used again";
                return Ok(Some(Finding::skip(reason)));
            }
            if context.tried_sessions(self.account).await? {
                let reason =
                    "a login ends the session of a login before it, so that not all of them can be used at once";
                return Ok(Some(Finding::skip(reason)));
            }
        }
        if renewed {
            return Ok(Some(Finding::judge(exchange, false, "no refusal of a good token")));
        }
        Ok(self.judged(play, operation, exchange))
    }

    /// Judges an answer; none where what the account is answered alone is wrong already.
    fn judged(&self, play: &Play<'_>, operation: &str, exchange: Exchange) -> Option<Finding> {
        let name = self.account.username.to_lowercase();
        let held = Held::from(play, &exchange);
        let own_token = held.as_ref().and_then(Held::user).is_none_or(|user| user == name);
        let (own, expected) = match operation {
            PROFILE => {
                let profile = self.profile.as_ref()?;
                (
                    own_token && profile_of(&exchange) == *profile,
                    "200 and the caller's profile",
                )
            }
            LIST => {
                let right = exchange.status() == self.listed?;
                return Some(Finding::judge(exchange, right, self.listed?.to_string()));
            }
            _ => {
                let body = exchange.json().unwrap_or_default();
                let named = super::value::text(&body, "username").is_none_or(|named| named.to_lowercase() == name);
                let roles = held.is_none_or(|held| held.roles() == self.held.roles());
                (named && own_token && roles, "200 and the caller's token")
            }
        };
        let status = exchange.status();
        let finding = Finding::judge(exchange, own && status == 200, expected);
        Some(if status == 200 && !own {
            finding.observed("200 and somebody else's")
        } else {
            finding
        })
    }
}
