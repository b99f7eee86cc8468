//! How a virtual user comes by its first token.

use super::VirtualUser;
use super::asking::NoNewToken;
use crate::generator::script::AUTHENTICATE;
use proofload_deployment::client::login::LoginFailure;
use proofload_wire::WireError;
use rand::RngExt;
use std::time::{Duration, Instant};

/// A login whose connection is lost is made again at once so often: a target that drops some of its connections is to be
/// measured.
const AT_ONCE: usize = 3;
/// Users that wait for the same instant are spread over so much time.
const SPREAD: Duration = Duration::from_millis(200);

/// A login that failed.
#[derive(Debug)]
pub(crate) struct FailedLogin {
    /// Whose it was.
    pub(crate) account: String,
    /// One sentence says how it failed.
    pub(crate) why: String,
    /// Whether the server answered it.
    pub(crate) answered: bool,
}

/// Why a user could not get ready.
#[derive(Debug)]
pub(crate) enum NotReady {
    /// Its login failed.
    Failed(FailedLogin),
    /// Another user's login failed, so this one's was not tried.
    GivenUp,
}

impl NoNewToken {
    /// Why another attempt may go better, in a few words; none where it would not, or where the server may yet make the first.
    fn passes(&self) -> Option<String> {
        match self {
            Self::Wire(WireError::Lost(_)) => Some("the connection was lost".to_owned()),
            Self::Wire(error) if error.is_lost_in_handshake() => {
                Some("the connection was lost in the TLS handshake".to_owned())
            }
            Self::Wire(WireError::Proxy {
                wants_password: true, ..
            }) => None,
            Self::Wire(error @ (WireError::NotInTime(_) | WireError::Proxy { .. })) => Some(error.told()),
            Self::Wire(error @ WireError::Connect(_)) if error.name() == "connect" => Some(error.told()),
            Self::Login(failure) if matches!(failure.status(), 429 | 502 | 503 | 504) => {
                Some(format!("status {}", failure.status()))
            }
            _ => None,
        }
    }

    fn is_lost(&self) -> bool {
        matches!(self, Self::Wire(error) if matches!(error, WireError::Lost(_)) || error.is_lost_in_handshake())
    }
}

impl VirtualUser {
    /// Gets ready: logs in where the journey needs it. Where journeys log in themselves, one login is tried before all: a password
    /// that is refused then is not refused once for each arrival.
    ///
    /// # Errors
    /// The login failed, or was not tried because another user's failed.
    pub(crate) async fn get_ready(&mut self) -> Result<(), NotReady> {
        // Where journeys log in themselves one user tries it before the run, so that a wrong password costs one refused login there too.
        let trial = !self.script.logs_in;
        if trial && !self.script.steps.iter().any(|step| step.operation == AUTHENTICATE) {
            return Ok(());
        }
        if self.take_left_token() {
            Box::pin(self.learn()).await;
            return Ok(());
        }
        let gate = self.script.logins.clone();
        let turn = gate.enter().await.ok_or(NotReady::GivenUp)?;
        if trial && gate.is_open() {
            return Ok(());
        }
        let account = self.account();
        if let Err(at) = account.turn(Instant::now()) {
            // Trouble that an earlier run left is for the first one to wait out; what came since is for all.
            if !gate.is_open() {
                tokio::time::sleep_until(at.into()).await;
            } else if gate.is_in_trouble() {
                self.wait_for_turn(at).await;
            }
        }
        let began = Instant::now();
        let asked = self.ask_patiently(trial).await;
        let refused = matches!(&asked, Err(NoNewToken::Login(failure)) if failure.is_refusal());
        // What else comes of a trial is for the run to measure.
        let ready = asked.is_ok() || (trial && !refused);
        gate.learn(ready);
        match asked {
            Err(why) if !ready => {
                account.failed(began, Instant::now(), 0.0);
                Err(NotReady::Failed(FailedLogin {
                    account: self.tokens.name.clone(),
                    answered: !matches!(why, NoNewToken::Wire(_)),
                    why: why.after_logins(account.logins()),
                }))
            }
            _ => {
                // Others need not wait for what this one finds out.
                drop(turn);
                Box::pin(self.learn()).await;
                Ok(())
            }
        }
    }

    /// Asks for the first token, again where what went wrong may pass: a server that is just starting, that lets only so many log in
    /// at a time, or that drops some of its connections. A refusal is final, and a login that the server may yet make is not
    /// repeated.
    async fn ask_patiently(&mut self, trial: bool) -> Result<(), NoNewToken> {
        let (account, gate, since) = (self.account(), self.script.logins.clone(), Instant::now());
        let mut tries = 0;
        loop {
            let began = Instant::now();
            let Err(why) = self.ask_for_token(AUTHENTICATE).await else {
                if let Some(held) = self.token.as_ref().filter(|_| tries > 0) {
                    // Logins go through again: the others need not wait.
                    account.accepted(held.got, Instant::now());
                }
                return Ok(());
            };
            tries += 1;
            let Some(reason) = why.passes() else { return Err(why) };
            if why.is_lost() && tries <= AT_ONCE {
                gate.tries_again(reason, began, began);
                continue;
            }
            if trial {
                return Err(why);
            }
            let at = account.failed(began, Instant::now(), self.rng.random());
            if !gate.tries_again(reason, since, at) {
                return Err(match why {
                    NoNewToken::Login(LoginFailure::Unexpected { status, said }) => NoNewToken::Patience {
                        tries,
                        failure: LoginFailure::Unexpected { status, said },
                    },
                    why => why,
                });
            }
            self.wait_for_turn(at).await;
        }
    }

    /// Waits until the account may log in, from `at` on.
    async fn wait_for_turn(&mut self, mut at: Instant) {
        loop {
            let spread = SPREAD.mul_f64(self.rng.random());
            tokio::time::sleep_until((at + spread).into()).await;
            match self.account().turn(Instant::now()) {
                Ok(()) => return,
                Err(later) => at = later,
            }
        }
    }

    /// Goes on with a token of an earlier run, if there is one.
    fn take_left_token(&mut self) -> bool {
        let clock = self.script.clock;
        let pool = &self.script.pool;
        let Some(left) = self
            .script
            .logs_in
            .then(|| pool.take(&self.tokens.username, &clock))
            .flatten()
        else {
            return false;
        };
        self.script.commons.offer(&left.token);
        self.token = Some(left.token);
        if let Some(at_unix_ns) = left.renew_at_unix_ns {
            self.renew_at(at_unix_ns.saturating_sub(clock.unix_ns(0)));
        }
        true
    }
}
