//! The two operations that give out tokens, as one typed exchange each.

use super::session_error::{Purpose, SessionError};
use super::{Answer, Http};
use crate::{Account, escaped};
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderValue};
use http::{Request, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::time::{Duration, SystemTime};

/// Where accounts log in.
const AUTHENTICATE: &str = "/api/v1/authenticate";
/// Where a token is exchanged for a fresh one.
const RENEW: &str = "/api/v1/renewToken";
/// No header of a server takes a longer token.
const TOKEN_BYTES: usize = 64 << 10;

/// A token as it was given out.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The user name the server answered with, if it did.
    pub username: Option<String>,
    /// The token.
    pub token: SecretString,
    /// The server's clock when it answered, by its `Date` header.
    pub date: Option<SystemTime>,
    /// From the first byte sent to the last received.
    pub elapsed: Duration,
}

/// Logs `account` in with its password.
///
/// # Errors
/// The login was refused or could not be made; the error names the account and what the server said.
pub async fn authenticate(http: &Http, account: &Account) -> Result<Issued, SessionError> {
    let purpose = Purpose::login(http, account);
    let password = account.password.expose_secret();
    let body = serde_json::json!({ "username": account.username, "password": password });
    let request = Request::post(AUTHENTICATE)
        .header(CONTENT_TYPE, "application/json")
        .header(ACCEPT, "application/json")
        .body(Bytes::from(body.to_string()))
        .expect("constant method, path and headers");
    let answer = send(http, request, &purpose).await?;
    read(&answer, &purpose, password)
}

/// Exchanges `account`'s still valid `token` for a fresh one.
///
/// # Errors
/// The renewal was refused or could not be made; the error names the account and what the server said.
pub async fn renew(http: &Http, account: &Account, token: &SecretString) -> Result<Issued, SessionError> {
    let purpose = Purpose::renewal(http, account);
    let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))
        .map_err(|_| SessionError::no_token(&purpose, "the token to renew fits in no header"))?;
    bearer.set_sensitive(true);
    let request = Request::get(RENEW)
        .header(AUTHORIZATION, bearer)
        .header(ACCEPT, "application/json")
        .body(Bytes::new())
        .expect("constant method, path and headers");
    let answer = send(http, request, &purpose).await?;
    read(&answer, &purpose, token.expose_secret())
}

async fn send(http: &Http, request: Request<Bytes>, purpose: &Purpose) -> Result<Answer, SessionError> {
    http.send(request).await.map_err(|source| SessionError::Transport {
        purpose: purpose.clone(),
        source: Box::new(source),
    })
}

/// Reads the token out of `answer`; `secret` is what was sent, in case the server echoes it.
fn read(answer: &Answer, purpose: &Purpose, secret: &str) -> Result<Issued, SessionError> {
    let status = answer.status;
    if answer.is_html() {
        return Err(SessionError::Html {
            purpose: purpose.clone(),
            status: status.as_u16(),
        });
    }
    if status != StatusCode::OK {
        let said = excerpt(answer, secret);
        let purpose = purpose.clone();
        let status = status.as_u16();
        return Err(match status {
            400 | 401 | 403 => SessionError::Refused { purpose, status, said },
            _ => SessionError::Unexpected { purpose, status, said },
        });
    }
    let no_token = |why: &str| SessionError::no_token(purpose, why);
    if answer.truncated {
        return Err(no_token("its body has no end"));
    }
    let body: Value = serde_json::from_slice(&answer.body).map_err(|_| no_token("its body is no JSON"))?;
    let token = match body.get("token") {
        None => return Err(no_token("its JSON has no member `token`")),
        Some(Value::String(token)) => token,
        Some(_) => return Err(no_token("its `token` is no string")),
    };
    // A token is sent back in a header; visible ASCII is all that fits there.
    if token.is_empty() {
        return Err(no_token("its `token` is empty"));
    }
    if token.len() > TOKEN_BYTES {
        return Err(no_token("its `token` is longer than 64 KiB"));
    }
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(no_token("its `token` holds characters that fit in no header"));
    }
    Ok(Issued {
        username: body.get("username").and_then(Value::as_str).map(ToOwned::to_owned),
        token: SecretString::from(token.as_str()),
        date: date(answer),
        elapsed: answer.elapsed,
    })
}

/// What the server said, short and safe to show.
fn excerpt(answer: &Answer, secret: &str) -> String {
    let head = &answer.body[..answer.body.len().min(64 << 10)];
    let mut text = String::from_utf8_lossy(head).into_owned();
    if !secret.is_empty() {
        let quoted = Value::from(secret).to_string();
        text = text
            .replace(secret, "[withheld]")
            .replace(&quoted[1..quoted.len() - 1], "[withheld]");
    }
    escaped(text.as_bytes(), 160)
}

/// The server's clock, by the answer's `Date`.
fn date(answer: &Answer) -> Option<SystemTime> {
    let text = answer.headers.get(DATE)?.to_str().ok()?;
    Some(chrono::DateTime::parse_from_rfc2822(text).ok()?.into())
}
