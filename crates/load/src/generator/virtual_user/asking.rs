//! How a virtual user asks for a token, and what it takes of the answer.

use super::looks::OTHERS;
use super::{Fared, VirtualUser};
use crate::generator::clock::ns;
use crate::generator::desk;
use crate::generator::held_token::Held;
use crate::generator::owner::Astray;
use crate::generator::script::{AUTHENTICATE, RENEW};
use crate::options::Check;
use proofload_deployment::client::login::{self, Given, LoginFailure, Reply};
use proofload_deployment::token::Life;
use proofload_wire::{Answer, WireError};
use secrecy::ExposeSecret;
use std::time::Instant;

/// Why no new token came.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoNewToken {
    /// There was no whole answer, which says nothing about the token that is held.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The answer gives none.
    #[error("the login {0}")]
    Login(#[from] LoginFailure),
    /// It is somebody else's.
    #[error("the login was answered with a token that is somebody else's: {0}")]
    Others(String),
    /// It is of whom the token that is held names, and that is somebody else already.
    #[error("the token that is held is somebody else's")]
    Anothers,
    /// The server was in trouble for as long as it was asked again.
    #[error("the login, tried {}, {failure}", times(*tries))]
    Patience {
        /// How often.
        tries: usize,
        /// What came the last time.
        failure: LoginFailure,
    },
    /// The token that is held was given again: those without an id are the same all through a second.
    #[error("the login gave the same token again")]
    Same,
}

fn times(tries: usize) -> String {
    match tries {
        1 => "once".to_owned(),
        tries => format!("{tries} times"),
    }
}

impl NoNewToken {
    /// The sentence, for an account that was let in so many times before.
    pub(super) fn after_logins(&self, logins: u64) -> String {
        match self {
            Self::Login(failure) => format!("the login {}", failure.after_logins(logins)),
            other => other.to_string(),
        }
    }
}

impl VirtualUser {
    /// Asks for a token beside the journey, with the password or with the token that is held.
    pub(super) async fn ask_for_token(&mut self, operation: usize) -> Result<(), NoNewToken> {
        let tokens = self.tokens.clone();
        let Some(session) = &tokens.session else {
            return self.ask_alone(operation).await;
        };
        let _turn = session.turn().await;
        if self.take_over() {
            return Ok(());
        }
        self.ask_alone(operation).await?;
        if let Some(held) = &self.token {
            self.generation = session.put(held.clone());
        }
        Ok(())
    }

    async fn ask_alone(&mut self, operation: usize) -> Result<(), NoNewToken> {
        if self.is_at_work {
            self.script.commons.tokens.asked(operation);
        }
        let called = self.call_aside(operation).await;
        let tokens = self.tokens.clone();
        let request = if operation == AUTHENTICATE {
            &tokens.login
        } else {
            &*tokens.renewal
        };
        let fared = called.fared(request.gives, &[]);
        let taken = match called.result {
            Ok(answer) => Some(self.take_token(operation, answer)),
            Err(_) => None,
        };
        let fared = match &taken {
            Some(taken) if fared == Fared::Well => fared_with_token(taken),
            _ => fared,
        };
        called.record(operation, called.at.due, called.at.ready, fared);
        taken.unwrap_or_else(|| called.result.map(drop).map_err(NoNewToken::from))
    }

    /// Keeps the token that a step of the journey gave; what it does with its tokens is its own business. Without one, or with
    /// somebody else's, it was no success.
    pub(super) fn take_journeys_token(&mut self, operation: usize, answer: Answer) -> Fared {
        fared_with_token(&self.take_token(operation, answer))
    }

    /// Keeps the token of the last answer, and says when it is to be renewed.
    fn take_token(&mut self, operation: usize, answer: Answer) -> Result<(), NoNewToken> {
        let known = self.token.as_ref();
        let known_secret = known.map_or("", |held| held.secret.expose_secret());
        let tokens = &self.tokens;
        let secret = if operation == AUTHENTICATE {
            tokens.password.expose_secret()
        } else {
            known_secret
        };
        let Given { username, token } = Reply::of_body(answer.status, self.connection.body())
            .carrying(&self.script.headers)
            .token(secret)?;
        if self.script.look.check != Check::None {
            self.see_whose(operation, answer, username.as_deref(), token.expose_secret())?;
        }
        if operation == AUTHENTICATE {
            self.tokens.account.logged_in();
        }
        let known = self.token.as_ref();
        let known_secret = known.map_or("", |held| held.secret.expose_secret());
        if token.expose_secret() == known_secret {
            return Err(NoNewToken::Same);
        }
        // By when the call ended: a clock read for each of these would be a hundredth of the call.
        let clock = self.script.clock;
        let (got, calendar) = (clock.instant(self.last_done_ns), clock.calendar(self.last_done_ns));
        let (new, date) = (token.expose_secret(), self.connection.date());
        let life = match known.filter(|_| operation == RENEW) {
            Some(old) => Life::of_renewed(new, date, calendar, known_secret, old.left(got)),
            None => Life::of(new, date, calendar),
        };
        // What is known of a token holds for the one that it is exchanged for.
        let accepted = operation == RENEW && known.is_some_and(|held| held.accepted);
        self.renew_after(life, self.last_done_ns);
        let held = Held {
            accepted,
            given_by: Some(operation),
            ..Held::new(token, life, got)
        };
        self.script.commons.offer(&held);
        self.token = Some(held);
        Ok(())
    }

    /// Sees whether the answer with a token is for this user's account.
    fn see_whose(
        &mut self,
        operation: usize,
        answer: Answer,
        username: Option<&str>,
        token: &str,
    ) -> Result<(), NoNewToken> {
        let tokens = self.tokens.clone();
        let owner = &tokens.owner;
        // The name beside the token costs next to nothing; the one in it does.
        // A login is none of a sample, or it would be the first of every user.
        let closely = match self.script.look.check {
            Check::Sample if operation == AUTHENTICATE => false,
            _ => self.looks_closely(),
        };
        let began = closely.then(Instant::now);
        let sent = self.token.as_ref().filter(|_| operation == RENEW);
        let sent = sent.map(|held| held.secret.expose_secret());
        let other = owner.other(username, token, sent, began.is_some());
        if began.is_some() || username.is_some() {
            let took_ns = began.map_or(0, |began| ns(began.elapsed()));
            desk::with(|desk| desk.tally.looked_into(operation, took_ns));
        }
        let what = match other {
            None => return Ok(()),
            Some(Astray::Token(what)) => {
                self.token_is_anothers(answer, what);
                return Err(NoNewToken::Anothers);
            }
            Some(Astray::Answer(what)) => what,
        };
        self.misdirected(operation, name_of(operation), answer, what.clone());
        Err(NoNewToken::Others(what))
    }
}

/// The name of an operation that gives a token.
pub(super) fn name_of(operation: usize) -> &'static str {
    if operation == AUTHENTICATE {
        login::AUTHENTICATE
    } else {
        login::RENEW
    }
}

/// How a call fared whose answer had to give a token.
fn fared_with_token(taken: &Result<(), NoNewToken>) -> Fared {
    match taken {
        Err(NoNewToken::Others(_)) => Fared::WrongBody(OTHERS),
        Err(NoNewToken::Login(_) | NoNewToken::Patience { .. }) => {
            Fared::WrongBody("it was answered without a token that can be used")
        }
        Ok(()) | Err(NoNewToken::Same | NoNewToken::Anothers | NoNewToken::Wire(_)) => Fared::Well,
    }
}
