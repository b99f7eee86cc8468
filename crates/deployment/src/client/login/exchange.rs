//! The two operations that give out tokens, as one typed exchange each.

use super::answer::{Reply, date};
use super::request::{AUTHENTICATE, RENEW, credentials, operation};
use crate::Account;
use crate::client::session_error::{Purpose, SessionError};
use crate::client::{Answer, Http};
use bytes::Bytes;
use http::Request;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use std::time::{Duration, SystemTime};

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
    let body = credentials(&account.username, &account.password);
    let request = request(AUTHENTICATE)
        .header(CONTENT_TYPE, "application/json")
        .body(Bytes::from(body.to_string()))
        .expect("constant method, path and headers");
    let answer = send(http, request, &purpose).await?;
    read(http, &answer, purpose, account.password.expose_secret())
}

/// Exchanges `account`'s still valid `token` for a fresh one.
///
/// # Errors
/// The renewal was refused or could not be made; the error names the account and what the server said.
pub async fn renew(http: &Http, account: &Account, token: &SecretString) -> Result<Issued, SessionError> {
    let purpose = Purpose::renewal(http, account);
    let mut bearer =
        HeaderValue::try_from(format!("Bearer {}", token.expose_secret())).map_err(|_| SessionError::Unsendable {
            purpose: purpose.clone(),
        })?;
    bearer.set_sensitive(true);
    let request = request(RENEW)
        .header(AUTHORIZATION, bearer)
        .body(Bytes::new())
        .expect("constant method, path and headers");
    let answer = send(http, request, &purpose).await?;
    read(http, &answer, purpose, token.expose_secret())
}

fn request(id: &str) -> http::request::Builder {
    let operation = operation(id);
    Request::builder()
        .method(&operation.method)
        .uri(&operation.path)
        .header(ACCEPT, "application/json")
}

async fn send(http: &Http, request: Request<Bytes>, purpose: &Purpose) -> Result<Answer, SessionError> {
    http.send(request).await.map_err(|source| SessionError::Transport {
        purpose: purpose.clone(),
        source: Box::new(source),
    })
}

fn read(http: &Http, answer: &Answer, purpose: Purpose, secret: &str) -> Result<Issued, SessionError> {
    match Reply::from(answer).carrying(http.carried()).token(secret) {
        Ok(given) => Ok(Issued {
            username: given.username,
            token: given.token,
            date: date(answer),
            elapsed: answer.elapsed,
        }),
        Err(failure) => Err(SessionError::Login { purpose, failure }),
    }
}
