//! Logins that must be refused, and refused alike.

mod cases;
mod tries;

use super::common;
use super::family::Family;
use super::name::unique;
use super::play::Play;
use super::refusal::told;
use super::renewal::Held;
use super::value::text;
use futures_util::future::FutureExt as _;
use proofload_contract::Source;
use proofload_deployment::{Account, Target};
use proofload_probing::body::Body;
use proofload_probing::findings::{Cause, Finding, Stop};
use proofload_probing::messages::{Draft, Exchange};
use proofload_probing::probe::Sequence;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use cases::CASES;
use tries::Wrong;

const LOGIN: &str = "authenticate";
/// The wrong password that an unknown user is tried with, too.
const ALIKE: &str = "password-extended";

pub(super) fn family() -> Box<dyn Sequence> {
    Family::new("credentials", &[LOGIN], &CASES, |play| run(play).boxed()).boxed()
}

/// How many bad logins the cases of these names make of each account of a target at most; empty for another operation.
pub(crate) fn bad_logins(target: &Target, operation: &str, names: &[&str], most: usize) -> Vec<(String, usize)> {
    if operation == tries::OPERATION {
        tries::count(target, names, most)
    } else {
        Vec::new()
    }
}

/// What locks nobody's account comes first: where that is counted, the accounts that were lent are left alone.
async fn run(play: &mut Play<'_>) -> Result<(), Stop> {
    let account = play.context.main();
    right(play, account).await?;
    spellings(play, account).await?;
    or_skipped(play, &["malformed-json", "username-missing"], no_user).await?;
    or_skipped(
        play,
        &["username-empty", "username-injection", "password-huge"],
        wrong_users,
    )
    .await?;
    bad(play).await
}

/// Goes on with what comes next where bad logins must not be made.
async fn or_skipped<'a>(
    play: &mut Play<'a>,
    probes: &[&str],
    part: impl AsyncFnOnce(&mut Play<'a>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    match part(play).await {
        Err(Stop::Skip(cause @ (Cause::NoBadLogins | Cause::LockedOut(_)))) => {
            for probe in probes {
                play.report(LOGIN, probe, Finding::skip(cause.clone()));
            }
            Ok(())
        }
        other => other,
    }
}

async fn right(play: &mut Play<'_>, account: &Account) -> Result<(), Stop> {
    let exchange = play
        .context
        .send(play.context.login_request(&account.username, &account.password))
        .await?;
    if exchange.is_success() {
        Held::from(play, &exchange);
        return play.proper(LOGIN, &exchange);
    }
    let observed = exchange.observed();
    Err(Stop::skip(format!(
        "the right login is answered {observed} meanwhile: the account may be locked for a while"
    )))
}

/// Bad logins, shared out among the accounts that can log in. A right one comes behind each: the context sees to that.
async fn bad(play: &mut Play<'_>) -> Result<(), Stop> {
    let context = play.context;
    let main = context.main();
    let mut accounts = vec![main];
    for other in context.accounts().filter(|other| other.name != main.name) {
        if context.login(other).await.is_ok() {
            accounts.push(other);
        }
    }
    let stranger = unique(context, "stranger");
    let mut unknown = None;
    let variable = |account: &Account| context.password_variable(account);
    for (probe, account, wrong) in tries::all(&accounts, variable, context.bad_logins_of_one()) {
        let wrong = match wrong {
            Ok(wrong) => wrong,
            Err(why) => {
                play.report(LOGIN, probe, Finding::skip(why));
                continue;
            }
        };
        if probe == ALIKE
            && let Wrong::Password(password, Some(shell)) = &wrong
        {
            unknown = attempt_secretly(play, &stranger, password, shell).await.ok();
        }
        let sent = match &wrong {
            Wrong::Password(password, None) => attempt(play, &account.username, password).await,
            Wrong::Password(password, Some(shell)) => attempt_secretly(play, &account.username, password, shell).await,
            Wrong::Body(body) => {
                let request = play.draft(LOGIN)?.body(body.clone());
                sent(play, request).await
            }
        };
        let exchange = match sent {
            Err(Stop::Skip(cause)) => {
                play.report(LOGIN, probe, Finding::skip(cause));
                continue;
            }
            other => other?,
        };
        let usual: &[u16] = match wrong {
            Wrong::Password(..) => &[400],
            Wrong::Body(_) => &[400, 415, 422],
        };
        refused(play, probe, &exchange, usual);
        if let (ALIKE, Wrong::Password(password, _), Some(unknown)) = (probe, &wrong, unknown.take()) {
            alike(play, &account.username, &exchange, &stranger, &unknown, password);
        }
    }
    Ok(())
}

async fn wrong_users(play: &mut Play<'_>) -> Result<(), Stop> {
    let password = unique(play.context, "password");
    let users = [
        ("username-empty", ""),
        ("username-injection", "' OR '1'='1' --"),
        ("username-injection", "*"),
        ("username-injection", "%"),
        ("username-injection", "admin\u{0}"),
    ];
    for (probe, user) in users {
        let exchange = attempt(play, user, &password).await?;
        refused(play, probe, &exchange, &[400]);
    }
    let quoted = format!("{}' --", play.context.main().username);
    let exchange = attempt(play, &quoted, &password).await?;
    refused(play, "username-injection", &exchange, &[400]);
    huge(play).await
}

/// A server may hang up on a password that is too long for anybody.
async fn huge(play: &mut Play<'_>) -> Result<(), Stop> {
    let credentials = json!({"username": unique(play.context, "user"), "password": "x".repeat(100_000)});
    let request = play.draft(LOGIN)?.json(credentials).may_be_hung_up_on();
    match sent(play, request).await {
        Ok(exchange) => refused(play, "password-huge", &exchange, &[400, 413, 414, 422, 431]),
        Err(Stop::Untestable(Cause::HungUp(_))) => {
            let finding = Finding::verdict(true, "a refusal", "the connection was closed");
            play.report(LOGIN, "password-huge", finding);
        }
        Err(stop) => return Err(stop),
    }
    Ok(())
}

/// The two refusals must not tell who has an account.
fn alike(play: &mut Play<'_>, user: &str, wrong: &Exchange, stranger: &str, unknown: &Exchange, password: &str) {
    let same = unknown.status() == wrong.status();
    let observed = format!(
        "{} for an unknown user, {} for a wrong password",
        unknown.status(),
        wrong.status()
    );
    play.judge(LOGIN, "refused-alike", unknown, same, "the same status", observed);
    let repeated = String::from_utf8_lossy(&wrong.answer().body).contains(password);
    let observed = if repeated { "a body that repeats it" } else { "" };
    play.judge(LOGIN, "password-repeated", wrong, !repeated, "no password", observed);
    let same = told(unknown, stranger) == told(wrong, user);
    let observed = if same {
        "the same"
    } else {
        "another body for an unknown user than for a wrong password"
    };
    play.judge(LOGIN, "refused-alike-body", unknown, same, "the same body", observed);
}

/// Logins that name nobody.
async fn no_user(play: &mut Play<'_>) -> Result<(), Stop> {
    let password = unique(play.context, "password");
    let bodies = [
        ("username-missing", Body::Json(json!({"password": password}))),
        ("malformed-json", Body::broken_json()),
        ("malformed-json", raw("")),
        ("malformed-json", raw("null")),
        ("malformed-json", raw("[]")),
    ];
    for (probe, body) in bodies {
        let request = play.draft(LOGIN)?.body(body);
        let exchange = sent(play, request).await?;
        refused(play, probe, &exchange, &[400, 415, 422]);
    }
    Ok(())
}

fn raw(text: &'static str) -> Body {
    Body::Raw {
        content_type: "application/json".to_owned(),
        bytes: text.into(),
    }
}

/// Whether another spelling is the same user is left open; that it is nobody else is not.
async fn spellings(play: &mut Play<'_>, account: &Account) -> Result<(), Stop> {
    let user = &account.username;
    for (probe, spelling) in [
        ("username-case", swapped(user)),
        ("username-spelling", format!("{user} ")),
    ] {
        let exchange = attempt_secretly(play, &spelling, account.password.expose_secret(), "").await?;
        let held = Held::from(play, &exchange).filter(|_| exchange.is_success());
        if let Some(named) = held.and_then(|held| held.user()) {
            let own = named.trim() == user.to_lowercase();
            play.judge(
                LOGIN,
                "username-spelling",
                &exchange,
                own,
                "the user's own token",
                "another user's token",
            );
        } else {
            play.report(
                LOGIN,
                "username-spelling",
                Finding::judge(exchange.clone(), true, "the user's own token, or none"),
            );
        }
        if probe == "username-case" {
            play.judge(LOGIN, probe, &exchange, exchange.is_success(), "200", "");
            if exchange.is_success() {
                // Neither spelling is known to be the stored one, but one and the same must come back for both.
                let usual = attempt_secretly(play, user, account.password.expose_secret(), "").await?;
                let spelt = |exchange: &Exchange| exchange.json().and_then(|body| text(&body, "username"));
                let same = spelt(&usual) == spelt(&exchange);
                play.judge(
                    LOGIN,
                    "stored-spelling",
                    &exchange,
                    same,
                    "the stored spelling",
                    "the spelling of the login",
                );
            }
        }
    }
    right(play, account).await
}

/// A login whose password is no secret: made up, or the user's name.
async fn attempt(play: &mut Play<'_>, user: &str, password: &str) -> Result<Exchange, Stop> {
    let request = play.draft(LOGIN)?.json(json!({"username": user, "password": password}));
    sent(play, request).await
}

/// A login whose password is one, or nearly; `shell` says how a command line makes it, where it is not known already.
async fn attempt_secretly(play: &mut Play<'_>, user: &str, password: &str, shell: &str) -> Result<Exchange, Stop> {
    let password = SecretString::from(password);
    let request = play.context.login_request_with(user, &password, shell);
    sent(play, request).await
}

async fn sent(play: &mut Play<'_>, request: Draft) -> Result<Exchange, Stop> {
    let exchange = play.context.send(request).await?;
    watch(play, &exchange)?;
    Ok(exchange)
}

fn watch(play: &mut Play<'_>, exchange: &Exchange) -> Result<(), Stop> {
    let finding = common::status(play.context.operation(LOGIN)?, exchange);
    play.report(LOGIN, common::STATUSES, finding);
    Ok(())
}

/// A refusal has one of some statuses and no token; a token is a failure wherever the clause comes from.
fn refused(play: &mut Play<'_>, probe: &str, exchange: &Exchange, statuses: &[u16]) {
    let token = Held::from(play, exchange).is_some();
    let holds = statuses.contains(&exchange.status()) && !token;
    let observed = if token {
        format!("{} with a token", exchange.observed())
    } else {
        exchange.observed()
    };
    let mut finding =
        Finding::judge(exchange.clone(), holds, format!("{} and no token", statuses[0])).observed(observed);
    if token || exchange.is_success() {
        finding = finding.weighed_by(Source::Seed);
    } else if exchange.is_server_error() && probe.ends_with("-empty") {
        // As good as missing, for which a server error is but a breach of custom.
        finding = finding.weighed_by(Source::Convention);
    }
    play.report(LOGIN, probe, finding);
}

/// The other case of every letter.
fn swapped(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_ascii_uppercase() {
                c.to_ascii_lowercase()
            } else {
                c.to_ascii_uppercase()
            }
        })
        .collect()
}
