//! Logging in, renewing, and the caller's own profile.

use crate::accounts::{ACCOUNTS, SeededAccount};
use crate::answer::{self, Answer, Problem};
use crate::call::{Call, Text};
use crate::defects::{Defect, previous};
use crate::faults::issuing::Occasion;
use crate::faults::{busy, credentials, crowd, issuing};
use crate::state::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Deserialize)]
struct Credentials<'a> {
    #[serde(borrow, default)]
    username: Option<Text<'a>>,
    #[serde(borrow, default)]
    password: Option<Text<'a>>,
}

/// What `authenticate` and `renewToken` answer.
#[derive(Serialize)]
struct Session<'a> {
    username: &'a str,
    token: &'a str,
}

pub(super) fn authenticate(server: &State, call: &Call) -> Result<Answer, Problem> {
    let sent: Credentials = call.json()?;
    let forgiven = credentials::forgiven(server, sent.username.as_deref(), sent.password.as_deref());
    if let (Some(account), Some(username)) = (forgiven, &sent.username) {
        return Ok(logged_in(server, account, username, "", call.now_ms));
    }
    let missing = [("username", &sent.username), ("password", &sent.password)];
    let errors: Vec<_> = missing
        .into_iter()
        .filter(|(_, value)| value.as_deref().is_none_or(str::is_empty))
        .map(|(name, _)| (name.to_owned(), format!("The {name} field is required.")))
        .collect();
    if !errors.is_empty() {
        return Err(Problem::validation(errors));
    }
    let (username, password) = (
        sent.username.as_deref().unwrap_or_default(),
        sent.password.as_deref().unwrap_or_default(),
    );
    // One sentence for both, so that nobody learns which names exist.
    let account = SeededAccount::find(username)
        .filter(|account| account.has_password(password))
        .filter(|account| !credentials::refused_all_the_same(server, account, username))
        .ok_or_else(|| Problem::bad_request("Username or password is incorrect."))?;
    Ok(logged_in(server, account, username, password, call.now_ms))
}

fn logged_in(server: &State, account: &'static SeededAccount, typed: &str, password: &str, now_ms: i64) -> Answer {
    if server.has(Defect::ProfileOfLastLogin) {
        server.memory.last_logged_in.lock().replace(account);
    }
    let username = if server.has(Defect::LoginEchoesUsername) {
        typed
    } else {
        account.name
    };
    session(
        username,
        &issuing::issue(server, account, now_ms, Occasion::Login { password }),
    )
}

pub(super) fn renew_token(server: &State, call: &Call) -> Result<Answer, Problem> {
    if issuing::renewal_fails(server) {
        return Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR));
    }
    let mut caller = call.caller();
    if server.has(Defect::RenewForPreviousCaller) {
        caller = previous(&server.memory.last_renewal, caller);
    }
    caller = crowd::mixed_up(server, caller);
    let token = call.sent_token();
    let renewed = issuing::issue(server, caller, call.now_ms, Occasion::Renewal { token });
    Ok(session(caller.name, &renewed))
}

pub(super) fn profile(server: &State, call: &Call) -> Answer {
    let mut caller = call.caller();
    if server.has(Defect::ProfileOfPreviousCaller) || (server.has(Defect::BusyMixesProfiles) && busy::is_busy(server)) {
        caller = previous(&server.memory.last_profile, caller);
    }
    if server.has(Defect::ProfileOfLastLogin) {
        caller = server.memory.last_logged_in.lock().unwrap_or(caller);
    }
    caller = crowd::mixed_up(server, caller);
    let token = issuing::issue(server, caller, call.now_ms, Occasion::Profile);
    if server.has(Defect::ProfileIsTheAdmins) {
        caller = &ACCOUNTS[0];
    }
    answer::json(&json!({ "email": caller.email(), "roles": caller.roles, "token": token }))
}

fn session(username: &str, token: &str) -> Answer {
    answer::json(&Session { username, token })
}
