//! Logins that must be refused, and refused alike.

use super::common;
use super::declare::{custom, seed};
use super::family::Family;
use super::name::unique;
use super::play::Play;
use super::refusal::told;
use super::renewal::Held;
use super::value::text;
use crate::body::Body;
use crate::findings::{Finding, Stop};
use crate::messages::{Draft, Exchange};
use crate::probe::{Declared, Sequence};
use futures_util::future::FutureExt as _;
use proofload_contract::Source;
use proofload_deployment::Account;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

const LOGIN: &str = "authenticate";

const CASES: [Declared; 23] = [
    seed(
        LOGIN,
        "password-case",
        "A password in other case is a wrong one: 400 and no token.",
    ),
    seed(
        LOGIN,
        "password-truncated",
        "A password that lacks its last character is a wrong one: 400 and no token.",
    ),
    seed(
        LOGIN,
        "password-extended",
        "A password with a character more is a wrong one: 400 and no token.",
    ),
    seed(
        LOGIN,
        "password-trailing-space",
        "A password with a space behind it is a wrong one: 400 and no token.",
    ),
    seed(
        LOGIN,
        "password-leading-space",
        "A password with a space before it is a wrong one: 400 and no token.",
    ),
    seed(
        LOGIN,
        "password-empty",
        "An empty password is a wrong one: 400 and no token.",
    ),
    seed(
        LOGIN,
        "password-is-username",
        "The user's name is no password unless it is the password: 400 and no token.",
    ),
    seed(
        LOGIN,
        "password-of-another",
        "Another account's password is a wrong one: 400 and no token.",
    ),
    seed(
        LOGIN,
        "username-empty",
        "An empty user name is a wrong one: 400 and no token.",
    ),
    seed(
        LOGIN,
        "username-injection",
        "A user name in the shape of a query is an unknown one: 400 and no token.",
    ),
    seed(
        LOGIN,
        "password-injection",
        "A password in the shape of a query is a wrong one: 400 and no token.",
    ),
    seed(
        LOGIN,
        "refused-alike",
        "An unknown user and a wrong password are refused with the same status.",
    ),
    custom(
        LOGIN,
        "refused-alike-body",
        "The refusal does not tell an unknown user from a wrong password.",
    ),
    custom(LOGIN, "password-missing", "A login without a password is answered 400."),
    custom(
        LOGIN,
        "username-missing",
        "A login without a user name is answered 400.",
    ),
    custom(
        LOGIN,
        "password-null",
        "A login with null for a password is answered 400.",
    ),
    custom(
        LOGIN,
        "password-no-text",
        "A login whose password is an object or a truth value is answered 400.",
    ),
    custom(
        LOGIN,
        "malformed-json",
        "Malformed JSON, none at all, or JSON of another shape is answered 400.",
    ),
    custom(
        LOGIN,
        "password-huge",
        "A password of 100 000 characters is refused without a server error.",
    ),
    seed(
        LOGIN,
        "username-spelling",
        "Under another spelling of a user name, nobody gets another user's token.",
    ),
    custom(LOGIN, "username-case", "User names are matched in any case."),
    custom(
        LOGIN,
        "stored-spelling",
        "A user name comes back as it is stored, however it was spelt.",
    ),
    custom(
        LOGIN,
        "password-repeated",
        "A refusal does not repeat the password that was sent.",
    ),
];

pub(super) fn family() -> Box<dyn Sequence> {
    Family::new("credentials", &[LOGIN], &CASES, |play| run(play).boxed()).boxed()
}

async fn run(play: &mut Play<'_>) -> Result<(), Stop> {
    let account = play.context.main();
    right(play, account).await?;
    wrong_passwords(play, account).await?;
    wrong_users(play).await?;
    alike(play, account).await?;
    broken(play, account).await?;
    spellings(play, account).await
}

/// A right login in between keeps a server that counts failures from locking the account.
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

async fn wrong_passwords(play: &mut Play<'_>, account: &Account) -> Result<(), Stop> {
    let password = account.password.expose_secret();
    let mut shorter = password.to_owned();
    shorter.pop();
    let other = play
        .context
        .accounts()
        .find(|other| other.password.expose_secret() != password && other.name != account.name);
    let tries = [
        ("password-case", Some(swapped(password))),
        ("password-truncated", Some(shorter)),
        ("password-extended", Some(format!("{password}x"))),
        ("password-trailing-space", Some(format!("{password} "))),
        ("password-leading-space", Some(format!(" {password}"))),
        ("password-empty", Some(String::new())),
        ("password-is-username", Some(account.username.clone())),
        (
            "password-of-another",
            other.map(|other| other.password.expose_secret().to_owned()),
        ),
        ("password-injection", Some("' OR '1'='1".to_owned())),
    ];
    for (probe, wrong) in tries {
        let Some(wrong) = wrong.filter(|wrong| wrong != password) else {
            play.report(LOGIN, probe, Finding::skip("there is no such password to try"));
            continue;
        };
        let exchange = if wrong == account.username || wrong.starts_with('\'') {
            attempt(play, &account.username, &wrong).await?
        } else {
            attempt_secretly(play, &account.username, &wrong).await?
        };
        refused(play, probe, &exchange, &[400]);
        right(play, account).await?;
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
    let exchange = attempt(play, &unique(play.context, "user"), &"x".repeat(100_000)).await?;
    refused(play, "password-huge", &exchange, &[400, 413, 414, 422, 431]);
    Ok(())
}

/// The two refusals must not tell who has an account.
async fn alike(play: &mut Play<'_>, account: &Account) -> Result<(), Stop> {
    let password = unique(play.context, "password");
    let stranger = unique(play.context, "stranger");
    let unknown = attempt(play, &stranger, &password).await?;
    let wrong = attempt(play, &account.username, &password).await?;
    right(play, account).await?;
    let same = unknown.status() == wrong.status();
    let observed = format!(
        "{} for an unknown user, {} for a wrong password",
        unknown.status(),
        wrong.status()
    );
    play.judge(LOGIN, "refused-alike", &unknown, same, "the same status", observed);
    let repeated = String::from_utf8_lossy(&wrong.answer().body).contains(&password);
    let observed = if repeated { "a body that repeats it" } else { "" };
    play.judge(LOGIN, "password-repeated", &wrong, !repeated, "no password", observed);
    let same = told(&unknown, &stranger) == told(&wrong, &account.username);
    let observed = if same {
        "the same"
    } else {
        "another body for an unknown user than for a wrong password"
    };
    play.judge(LOGIN, "refused-alike-body", &unknown, same, "the same body", observed);
    Ok(())
}

async fn broken(play: &mut Play<'_>, account: &Account) -> Result<(), Stop> {
    let user = &account.username;
    let password = unique(play.context, "password");
    let bodies = [
        ("password-missing", Body::Json(json!({"username": user}))),
        ("password-null", Body::Json(json!({"username": user, "password": null}))),
        (
            "password-no-text",
            Body::Json(json!({"username": user, "password": {"$ne": null}})),
        ),
        (
            "password-no-text",
            Body::Json(json!({"username": user, "password": true})),
        ),
        ("username-missing", Body::Json(json!({"password": password}))),
        ("malformed-json", Body::broken_json()),
        ("malformed-json", raw("")),
        ("malformed-json", raw("null")),
        ("malformed-json", raw("[]")),
    ];
    for (probe, body) in bodies {
        let exchange = play.context.send(play.draft(LOGIN)?.body(body)).await?;
        watch(play, &exchange)?;
        refused(play, probe, &exchange, &[400, 415, 422]);
        right(play, account).await?;
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
        let exchange = attempt_secretly(play, &spelling, account.password.expose_secret()).await?;
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
                let usual = attempt_secretly(play, user, account.password.expose_secret()).await?;
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

/// A login whose password is one, or nearly.
async fn attempt_secretly(play: &mut Play<'_>, user: &str, password: &str) -> Result<Exchange, Stop> {
    let request = play.context.login_request(user, &SecretString::from(password));
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
