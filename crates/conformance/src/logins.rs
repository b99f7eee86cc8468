//! Logged-in accounts, lenient on purpose: a deployment whose login is a little wrong must still be tested.

use super::jwt::Jwt;
use crate::context::sender::Sender;
use crate::findings::Stop;
use crate::messages::{Draft, Exchange};
use proofload_contract::Contract;
use proofload_deployment::Account;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

use crate::messages::redact::SecretKind;

/// Assumed where a token does not say how long it lives.
const UNSTATED_LIFETIME: Duration = Duration::from_secs(30 * 60);

/// A token as a login gave it.
#[derive(Clone)]
pub struct Login {
    /// The token.
    pub token: SecretString,
    /// The login itself.
    pub exchange: Exchange,
    obtained: Instant,
    received_at: i64,
    lifetime: Duration,
}

impl Login {
    /// The token's parts, when it is a JWT.
    pub fn jwt(&self) -> Option<Jwt> {
        Jwt::parse(self.token.expose_secret())
    }

    /// How long the token lives, by its own claims.
    pub fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// Our clock when it came, in seconds since the Unix epoch.
    pub fn received_at(&self) -> i64 {
        self.received_at
    }

    /// The server's clock now, in seconds since the Unix epoch; ours, where its answer had no Date.
    pub fn server_clock(&self) -> i64 {
        let elapsed = i64::try_from(self.obtained.elapsed().as_secs()).unwrap_or_default();
        let date = self.exchange.header(http::header::DATE);
        let date = date.and_then(|date| chrono::DateTime::parse_from_rfc2822(date).ok());
        date.map_or_else(|| chrono::Utc::now().timestamp(), |date| date.timestamp() + elapsed)
    }

    fn is_fresh(&self) -> bool {
        self.obtained.elapsed() < self.lifetime / 2
    }
}

/// One account's place: its login, or why there is none. A refused login is not tried again, lest it lock the account.
pub(super) struct Seat {
    pub(super) account: Account,
    login: Mutex<Option<Result<Login, Stop>>>,
}

impl Seat {
    pub(super) fn new(account: Account) -> Self {
        Self {
            account,
            login: Mutex::new(None),
        }
    }

    /// A login whose token has at least half of its life before it.
    pub(super) async fn login(&self, sender: &Sender, contract: &Contract) -> Result<Login, Stop> {
        let mut place = self.login.lock().await;
        match place.as_ref() {
            Some(Ok(login)) if login.is_fresh() => Ok(login.clone()),
            Some(Err(stop)) => Err(stop.clone()),
            _ => place.insert(log_in(sender, contract, &self.account).await).clone(),
        }
    }

    /// Logs in again, whatever is known.
    pub(super) async fn again(&self, sender: &Sender, contract: &Contract) -> Result<Login, Stop> {
        let mut place = self.login.lock().await;
        place.insert(log_in(sender, contract, &self.account).await).clone()
    }
}

/// The login call of an account.
pub(super) fn request(contract: &Contract, username: &str, password: &SecretString) -> Draft {
    let draft = contract
        .operation("authenticate")
        .map_or_else(|| Draft::new(http::Method::POST, "/api/v1/authenticate"), Draft::of);
    draft.json(json!({"username": username, "password": password.expose_secret()}))
}

pub(super) async fn log_in(sender: &Sender, contract: &Contract, account: &Account) -> Result<Login, Stop> {
    let exchange = sender
        .send(request(contract, &account.username, &account.password))
        .await?;
    let refused = |what: String| {
        Stop::untestable(format!(
            "the login of account {:?} (user {:?}) {what}",
            account.name, account.username
        ))
    };
    if !exchange.is_success() {
        return Err(refused(format!(
            "was answered {}: {}",
            exchange.observed(),
            exchange.excerpt()
        )));
    }
    let body = exchange.json().unwrap_or_default();
    let token = body.get("token").and_then(Value::as_str).unwrap_or_default();
    if token.is_empty() {
        return Err(refused(format!("gave no token: {}", exchange.excerpt())));
    }
    if http::HeaderValue::from_str(token).is_err() {
        return Err(refused("gave a token that no header can carry".to_owned()));
    }
    sender.redactor().learn(SecretKind::Token, token);
    Ok(Login {
        token: token.to_owned().into(),
        lifetime: lifetime(token).unwrap_or(UNSTATED_LIFETIME),
        exchange,
        obtained: Instant::now(),
        received_at: chrono::Utc::now().timestamp(),
    })
}

/// How long a token lives, by its own claims alone: the two clocks need not agree.
fn lifetime(token: &str) -> Option<Duration> {
    let jwt = Jwt::parse(token)?;
    let from = jwt.seconds("iat").or_else(|| jwt.seconds("nbf"));
    let from = from.unwrap_or_else(|| chrono::Utc::now().timestamp());
    let seconds = jwt.seconds("exp")?.checked_sub(from)?;
    u64::try_from(seconds)
        .ok()
        .filter(|seconds| *seconds > 0)
        .map(Duration::from_secs)
}
