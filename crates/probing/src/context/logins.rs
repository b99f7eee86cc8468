//! Logged-in accounts, lenient on purpose: a deployment whose login is a little wrong must still be tested.

use crate::context::lent::Lent;
use crate::context::sender::Sender;
use crate::findings::{Cause, Stop};
use crate::messages::{Draft, Exchange, variables};
use chrono::{DateTime, Utc};
use proofload_contract::Contract;
use proofload_deployment::client::login::{self, AccountGate, LoginFailure, NoToken, Reply, server_date};
use proofload_deployment::token::jwt::Jwt;
use proofload_deployment::{Account, Target, token};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::Mutex;

use crate::messages::redact::SecretKind;

/// How long after a login that broke another is tried.
const AGAIN_AFTER: [Duration; 3] = [
    Duration::from_millis(250),
    Duration::from_millis(750),
    Duration::from_secs(2),
];

/// A token as a login gave it.
#[derive(Clone)]
pub struct Login {
    /// The token.
    pub token: SecretString,
    /// The login itself.
    pub exchange: Exchange,
    obtained: Instant,
    received_at: i64,
    life: Option<Duration>,
    /// Which of the account's logins that were let in it was.
    pub(super) nth: usize,
    /// Whether nobody in this run held the same token before.
    pub(super) is_new: bool,
    /// Whether any call was let in with it.
    pub(super) accepted: Arc<AtomicBool>,
}

impl Login {
    /// The token's parts, when it is a JWT.
    pub fn jwt(&self) -> Option<Jwt> {
        Jwt::parse(self.token.expose_secret())
    }

    /// How long the token lives from when it came; none when it does not say.
    pub fn life(&self) -> Option<Duration> {
        self.life
    }

    /// Our clock when it came, in seconds since the Unix epoch.
    pub fn received_at(&self) -> i64 {
        self.received_at
    }

    /// The server's clock now, in seconds since the Unix epoch: by the Date of its answer, else by the token's own `iat`;
    /// ours, where it has neither.
    pub fn server_clock(&self) -> i64 {
        let elapsed = i64::try_from(self.obtained.elapsed().as_secs()).unwrap_or_default();
        let told = self.dated().or_else(|| self.jwt()?.seconds("iat"));
        told.map_or_else(|| Utc::now().timestamp(), |then| then.saturating_add(elapsed))
    }

    /// What its answer's Date says, in seconds since the Unix epoch.
    pub fn dated(&self) -> Option<i64> {
        date(&self.exchange).map(|date| date.timestamp())
    }

    /// How far an instant of the server's, when it answered, is ahead of our clock, in seconds; 0 within the exchange.
    pub fn ahead_of_ours(&self, instant: i64) -> i64 {
        let took = i64::try_from(self.exchange.answer().elapsed.as_secs()).unwrap_or_default();
        // Dates count whole seconds.
        let sent_at = self.received_at.saturating_sub(took + 2);
        instant.saturating_sub(instant.clamp(sent_at, self.received_at + 1))
    }

    /// Whether it need not be replaced yet, by the earliest that the rule for renewals has: cases take their time.
    fn is_fresh(&self) -> bool {
        self.obtained.elapsed() < token::renew_after(self.life, 1.0)
    }
}

/// One account's login, or why there is none. A refused login is not tried again, lest it lock the account.
pub(super) struct AccountLogin {
    pub(super) account: Account,
    login: Mutex<Option<Result<Login, Stop>>>,
    gate: Arc<AccountGate>,
    /// Whether several logins of it were seen to be good at once.
    keeps_sessions: AtomicBool,
}

impl AccountLogin {
    pub(super) fn new(account: &Account, target: &Target) -> Self {
        Self {
            gate: AccountGate::of(&target.base.to_string(), &account.username),
            account: account.clone(),
            login: Mutex::new(None),
            keeps_sessions: AtomicBool::new(false),
        }
    }

    /// Whether it may be logged in now; who asks does so.
    pub(super) fn may_log_in(&self) -> bool {
        self.gate.turn(Instant::now()).is_ok()
    }

    pub(super) fn keeps_sessions(&self) -> bool {
        self.keeps_sessions.load(Ordering::Relaxed)
    }

    pub(super) fn found_to_keep_sessions(&self) {
        self.keeps_sessions.store(true, Ordering::Relaxed);
    }

    /// Learns how a call with a login's token was answered.
    pub(super) fn learn(&self, login: &Login, status: u16) {
        let now = Instant::now();
        // One that was let in elsewhere is refused for what was asked, or is lost through nobody's fault.
        if status == 401 && !login.accepted.load(Ordering::Relaxed) {
            self.gate.refused(login.obtained, false, now, 0.0);
        } else if status < 500 && status != 401 {
            login.accepted.store(true, Ordering::Relaxed);
            self.gate.accepted(login.obtained, now);
        }
    }

    /// A login whose token has a good part of its life before it; `alone`: and behind which nobody logged in.
    pub(super) async fn login(
        &self,
        sender: &Sender,
        lent: &Lent,
        contract: &Contract,
        alone: bool,
    ) -> Result<Login, Stop> {
        let mut place = self.login.lock().await;
        let is_last = |login: &Login| !alone || login.nth == lent.let_in(&self.account);
        match place.as_ref() {
            Some(Ok(login)) if login.is_fresh() && is_last(login) => Ok(login.clone()),
            Some(Err(stop)) if !passes(stop) => Err(stop.clone()),
            // What may pass is tried again, ever more seldom.
            Some(Err(stop)) if !stop.is_lost() && self.gate.turn(Instant::now()).is_err() => Err(stop.clone()),
            _ => {
                let began = Instant::now();
                let login = log_in(sender, lent, &self.account, contract).await;
                if login.as_ref().is_err_and(|stop| passes(stop) && !stop.is_lost()) {
                    self.gate.failed(began, Instant::now(), 0.0);
                }
                place.insert(login).clone()
            }
        }
    }

    /// The login that calls go by now, if there is one.
    pub(super) async fn current(&self) -> Option<Login> {
        self.login.lock().await.as_ref()?.as_ref().ok().cloned()
    }

    /// Logs in again; unless a token that was just got was never let in, as another would not be either.
    pub(super) async fn again(&self, sender: &Sender, lent: &Lent, contract: &Contract) -> Result<Login, Stop> {
        let mut place = self.login.lock().await;
        if self.gate.turn(Instant::now()).is_err()
            && let Some(Ok(login)) = place.as_ref().filter(|login| is_untried(login))
        {
            return Ok(login.clone());
        }
        place
            .insert(log_in(sender, lent, &self.account, contract).await)
            .clone()
    }
}

/// Whether a login that gave no token may give one later: one that was not answered, one too many for a while, or one of an
/// account that is locked out for a while. One that was refused is not tried again, lest it lock the account.
fn passes(stop: &Stop) -> bool {
    stop.is_lost() || matches!(stop, Stop::Untestable(Cause::LockedOut(_)))
}

/// Whether it is a login of the last minute with which no call was let in yet.
fn is_untried(login: &Result<Login, Stop>) -> bool {
    let young = |login: &Login| login.obtained.elapsed() < Duration::from_secs(60);
    login
        .as_ref()
        .is_ok_and(|login| young(login) && !login.accepted.load(Ordering::Relaxed))
}

/// The login call of an account.
pub fn request(contract: &Contract, username: &str, password: &SecretString) -> Draft {
    let draft = contract
        .operation(login::AUTHENTICATE)
        .map_or_else(|| Draft::of(login::operation(login::AUTHENTICATE)), Draft::of);
    draft.json(login::credentials(username, password))
}

pub(super) async fn log_in(
    sender: &Sender,
    lent: &Lent,
    account: &Account,
    contract: &Contract,
) -> Result<Login, Stop> {
    let exchange = patiently(sender, lent, account, contract).await?;
    let refused = |what: String| {
        Stop::untestable(format!(
            "the login of account {:?} (user {:?}) {what}",
            account.name, account.username
        ))
    };
    // A byte order mark before the JSON is a finding of its own, and no reason to test nothing.
    let reply = Reply {
        body: exchange.unmarked(),
        ..Reply::from(exchange.answer()).carrying(sender.carried())
    };
    let token = match reply.token(account.password.expose_secret()) {
        Ok(given) => given.token,
        Err(failure) => return Err(refused(told(&failure, &exchange))),
    };
    let variable = format!("${}", variables::token(&account.name));
    let is_new = sender
        .redactor()
        .learn(SecretKind::Token, token.expose_secret(), &variable);
    let date = date(&exchange).map(SystemTime::from);
    Ok(Login {
        life: token::life(token.expose_secret(), date, SystemTime::now()),
        token,
        nth: lent.let_in(account),
        is_new,
        exchange,
        obtained: Instant::now(),
        accepted: Arc::default(),
        received_at: Utc::now().timestamp(),
    })
}

/// Logs in, and again a little later when the server broke: it refused nobody, and two thousand cases hang on it.
async fn patiently(sender: &Sender, lent: &Lent, account: &Account, contract: &Contract) -> Result<Exchange, Stop> {
    let call = || lent.send(sender, request(contract, &account.username, &account.password));
    for wait in AGAIN_AFTER {
        let sent = call().await;
        match &sent {
            Ok(exchange) if !exchange.is_server_error() => return sent,
            Err(stop) if !stop.is_lost() => return sent,
            _ => tokio::time::sleep(wait).await,
        }
    }
    call().await
}

/// Why there is no token, in the words of a report: its excerpts leave out every secret of the run.
fn told(failure: &LoginFailure, exchange: &Exchange) -> String {
    match failure {
        LoginFailure::NoToken {
            why: NoToken::FitsNoHeader | NoToken::Spaced | NoToken::TooLong,
            ..
        } => "gave a token that no header can carry".to_owned(),
        LoginFailure::NoToken {
            why: why @ NoToken::Compressed,
            ..
        } => format!("gave no token: {why}"),
        _ if exchange.is_success() => format!("gave no token: {}", exchange.excerpt()),
        _ => format!("was answered {}: {}", exchange.observed(), exchange.excerpt()),
    }
}

/// The server's clock when it answered.
fn date(exchange: &Exchange) -> Option<DateTime<Utc>> {
    let value = exchange.answer().headers.get(http::header::DATE)?;
    server_date(value.as_bytes()).map(DateTime::from)
}
