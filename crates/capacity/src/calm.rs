//! Cool-down: one step's backlog must not be there when the next one begins.
//!
//! A load run ends when all its calls are answered or given up, but a target may still work on what was given up. One call
//! at a time looks until the target is as quick as it was before the first step.

use super::error::CapacityError;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request};
use proofload_deployment::client::{Http, Limits, Session};
use proofload_deployment::{Account, Target};
use secrecy::ExposeSecret;
use std::time::{Duration, Instant};

/// What is called: every account may, and it changes nothing.
const PATH: &str = "/auth/v1/user/profile";
/// Calls that find out how quick the target is at first.
const FIRST: usize = 3;
/// Quick is within this many times that...
const TIMES: f64 = 3.0;
/// ...and this much.
const SLACK: Duration = Duration::from_millis(30);
/// So many quick calls in a row are calm.
const IN_A_ROW: usize = 2;
/// Between two calls that were not quick.
const PAUSE: Duration = Duration::from_millis(100);
/// A target that is not calm by then is measured as it is.
const LONGEST: Duration = Duration::from_secs(20);
/// A target that answers nothing for so long is dead.
const DEAD: Duration = Duration::from_secs(8);

/// How a target is between two steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Calm {
    /// As quick as at first.
    Quick,
    /// Still slower after a while.
    Restless,
    /// It answers nothing.
    Dead,
}

/// Looks whether a target is calm.
pub(super) struct Watch {
    http: Http,
    session: Option<Session>,
    quick: Duration,
}

impl Watch {
    /// Logs in, with the first of the accounts that were given or else the target's own, and finds out how quick the target is while
    /// nothing else is asked of it.
    ///
    /// # Errors
    /// The target's trust cannot be set up, or the login failed.
    pub(super) async fn begin(target: &Target, given: &[Account], timeout: Duration) -> Result<Self, CapacityError> {
        let limits = Limits {
            timeout,
            ..Limits::default()
        };
        let http = Http::new(target, limits)?;
        let session = match given.first().or(target.main_account()) {
            Some(account) => Some(Session::login(&http, account).await?),
            None => None,
        };
        let mut watch = Self {
            http,
            session,
            quick: Duration::ZERO,
        };
        let mut took = Vec::new();
        for _ in 0..FIRST {
            took.extend(watch.call().await);
        }
        took.sort_unstable();
        watch.quick = took.get(took.len() / 2).copied().unwrap_or(timeout);
        Ok(watch)
    }

    /// Waits until the target is calm, within bounds.
    pub(super) async fn wait(&self) -> Calm {
        let began = Instant::now();
        let mut answered = began;
        let mut in_a_row = 0;
        while in_a_row < IN_A_ROW {
            match self.call().await {
                Some(took) => {
                    answered = Instant::now();
                    in_a_row = if took <= self.quick.mul_f64(TIMES) + SLACK {
                        in_a_row + 1
                    } else {
                        0
                    };
                }
                None if answered.elapsed() > DEAD => return Calm::Dead,
                None => in_a_row = 0,
            }
            if began.elapsed() > LONGEST {
                return Calm::Restless;
            }
            if in_a_row == 0 {
                tokio::time::sleep(PAUSE).await;
            }
        }
        Calm::Quick
    }

    /// One call: how long it took. Whatever the answer says, it is one.
    async fn call(&self) -> Option<Duration> {
        let mut request = Request::get(PATH);
        if let Some(session) = &self.session {
            // A token that cannot be renewed just now is no reason not to ask.
            if let Ok(token) = session.valid_access_token().await {
                let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())).ok()?;
                bearer.set_sensitive(true);
                request = request.header(AUTHORIZATION, bearer);
            }
        }
        let answer = self.http.send(request.body(bytes::Bytes::new()).ok()?).await;
        answer.ok().map(|answer| answer.elapsed)
    }
}
