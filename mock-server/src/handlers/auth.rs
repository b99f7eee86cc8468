//! Logging in, renewing, and the caller's own profile.

use crate::accounts::SeededAccount;
use crate::answer::{self, Answer, Problem};
use crate::call::Call;
use crate::identities::Identities;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::borrow::Cow;

#[derive(Deserialize)]
struct Credentials<'a> {
    #[serde(borrow, default)]
    username: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    password: Option<Cow<'a, str>>,
}

/// What `authenticate` and `renewToken` answer.
#[derive(Serialize)]
struct Session<'a> {
    username: &'a str,
    token: &'a str,
}

pub(super) fn authenticate(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    let credentials: Credentials = call.json()?;
    let missing = [("username", &credentials.username), ("password", &credentials.password)];
    let errors: Vec<_> = missing
        .into_iter()
        .filter(|(_, value)| value.as_deref().is_none_or(str::is_empty))
        .map(|(name, _)| (name.to_owned(), format!("The {name} field is required.")))
        .collect();
    if !errors.is_empty() {
        return Err(Problem::validation(errors));
    }
    let (username, password) = (
        credentials.username.unwrap_or_default(),
        credentials.password.unwrap_or_default(),
    );
    // One sentence for both, so that nobody learns which names exist.
    let account = SeededAccount::find(&username)
        .filter(|account| account.has_password(&password))
        .ok_or_else(|| Problem::bad_request("Username or password is incorrect."))?;
    Ok(session(server, account, call.now_ms))
}

pub(super) fn renew_token(server: &Identities, call: &Call) -> Answer {
    session(server, call.caller(), call.now_ms)
}

pub(super) fn profile(server: &Identities, call: &Call) -> Answer {
    let caller = call.caller();
    let token = server.tokens.issue(caller, call.now_ms);
    answer::json(&json!({ "email": caller.email(), "roles": caller.roles, "token": token }))
}

fn session(server: &Identities, account: &SeededAccount, now_ms: i64) -> Answer {
    let token = server.tokens.issue(account, now_ms);
    answer::json(&Session {
        username: account.name,
        token: &token,
    })
}
