//! Refusals with the wrong status or the wrong words.

use super::redirect;
use crate::accounts::SeededAccount;
use crate::answer::{Answer, Problem};
use crate::defects::Defect;
use crate::faults::{authentication, authorisation};
use crate::operation::{Operation, Row};
use crate::state::State;
use bytes::Bytes;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderValue, Request, StatusCode};
use serde_json::{Value, json};

/// Tokens longer than this make `long-token-is-500` stumble.
const LONG_TOKEN_BYTES: usize = 8 * 1024;

pub(super) fn server_error() -> Answer {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR)
        .detail("An error occurred while processing your request.")
        .into_answer()
}

pub(super) fn unauthenticated(server: &State, request: &Request<Bytes>, mut answer: Answer) -> Answer {
    let sent = request.headers().get(AUTHORIZATION);
    if sent.is_some_and(|value| value.len() > LONG_TOKEN_BYTES) && server.has(Defect::LongTokenIs500) {
        return server_error();
    }
    match authentication::is_malformed(request) {
        Some(true) if server.has(Defect::MalformedTokenIs500) => return server_error(),
        Some(true) if server.has(Defect::MalformedTokenIs400) => return other(StatusCode::BAD_REQUEST),
        Some(false) if server.has(Defect::ForgedTokenIs500) && !is_expired(&answer) => return server_error(),
        Some(false) if server.has(Defect::ExpiredIs403) && is_expired(&answer) => return other(StatusCode::FORBIDDEN),
        _ => {}
    }
    for (defect, status) in [
        (Defect::UnauthenticatedIs403, StatusCode::FORBIDDEN),
        (Defect::UnauthenticatedIs404, StatusCode::NOT_FOUND),
    ] {
        if server.has(defect) {
            return other(status);
        }
    }
    if server.has(Defect::UnauthenticatedIsRedirected) {
        return redirect("/login");
    }
    if server.has(Defect::UnauthenticatedIs200) {
        return crate::answer::json(&json!({ "error": "unauthorized" }));
    }
    if server.has(Defect::NoChallenge) {
        answer.headers_mut().remove(WWW_AUTHENTICATE);
    }
    if server.has(Defect::ChallengeNamesBasic) {
        let challenge = HeaderValue::from_static("Basic realm=\"Identities\"");
        answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    answer
}

pub(super) fn denied(server: &State, row: &Row, answer: Answer) -> Answer {
    if !authorisation::needs_permission(row) {
        return answer;
    }
    for (defect, status) in [
        (Defect::DeniedIs401, StatusCode::UNAUTHORIZED),
        (Defect::DeniedIs404, StatusCode::NOT_FOUND),
        (Defect::DeniedIs500, StatusCode::INTERNAL_SERVER_ERROR),
    ] {
        if server.has(defect) {
            return other(status);
        }
    }
    if server.has(Defect::DeniedIs200) {
        return crate::answer::json(&json!({ "error": "access denied" }));
    }
    if server.has(Defect::DeniedIsRedirected) {
        redirect("/Account/AccessDenied")
    } else {
        answer
    }
}

pub(super) fn invalid(server: &State, row: &Row, request: &Request<Bytes>, answer: Answer) -> Answer {
    let body: Option<Value> = serde_json::from_slice(request.body()).ok();
    let answer = match row.operation {
        Operation::Authenticate => login(server, body.as_ref(), answer),
        Operation::Publish | Operation::PublishWithResponse => published(server, body.as_ref(), answer),
        Operation::CreateTag if body.is_none() && server.has(Defect::MalformedTagIs500) => server_error(),
        _ => answer,
    };
    let traced = answer.status() == StatusCode::BAD_REQUEST
        && server.has(Defect::StackTraces)
        && Defect::StackTraces.shows_at(row);
    if traced { with_stack_trace(&answer) } else { answer }
}

fn login(server: &State, body: Option<&Value>, answer: Answer) -> Answer {
    let Some(body) = body else {
        return if server.has(Defect::MalformedLoginIs500) {
            server_error()
        } else {
            answer
        };
    };
    let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (Some(username), Some(password)) = (text("username"), text("password")) else {
        return if server.has(Defect::MissingPasswordIs500) {
            server_error()
        } else {
            answer
        };
    };
    let unknown = SeededAccount::find(username).is_none();
    let refused = |words: String| Problem::bad_request(words).into_answer();
    if server.has(Defect::WrongPasswordIs401) {
        return other(StatusCode::UNAUTHORIZED);
    }
    if server.has(Defect::WrongPasswordIs200) {
        return crate::answer::json(&json!({ "username": username, "token": null }));
    }
    if unknown && server.has(Defect::UnknownUserIs404) {
        return other(StatusCode::NOT_FOUND);
    }
    if unknown && server.has(Defect::UnknownUserIsTold) {
        return refused(format!("The user '{username}' does not exist."));
    }
    if server.has(Defect::WrongPasswordEchoed) {
        return refused(format!("The password '{password}' is incorrect."));
    }
    answer
}

fn published(server: &State, body: Option<&Value>, answer: Answer) -> Answer {
    let Some(body) = body else { return answer };
    let fields = ["expanded", "detectorName", "ianaTimeZone", "detectTimeUtc"];
    if fields.iter().any(|field| body.get(*field).is_none()) {
        if server.has(Defect::MissingFieldIs500) {
            return server_error();
        }
        if server.has(Defect::MissingFieldIs422) {
            return other(StatusCode::UNPROCESSABLE_ENTITY);
        }
    } else if server.has(Defect::BadBase64Is500) && says(&answer, "base64") {
        return server_error();
    }
    answer
}

pub(super) fn not_found(server: &State, row: &Row, answer: Answer) -> Answer {
    for (operation, as_null, as_error) in [
        (
            Operation::GetPerson,
            Defect::UnknownPersonIs200,
            Defect::UnknownPersonIs500,
        ),
        (Operation::GetTag, Defect::UnknownTagIs200, Defect::UnknownTagIs500),
        (
            Operation::Lookup,
            Defect::LookupStrangerIs200,
            Defect::LookupStrangerIs500,
        ),
    ] {
        if row.operation == operation && server.has(as_null) {
            return crate::answer::json(&Value::Null);
        }
        if row.operation == operation && server.has(as_error) {
            return server_error();
        }
    }
    answer
}

/// The same problem under another status.
fn other(status: StatusCode) -> Answer {
    Problem::new(status).into_answer()
}

fn is_expired(answer: &Answer) -> bool {
    let challenge = answer.headers().get(WWW_AUTHENTICATE);
    challenge.is_some_and(|challenge| challenge.as_bytes().windows(7).any(|word| word == b"expired"))
}

/// Whether a word stands in an answer.
pub(super) fn says(answer: &Answer, word: &str) -> bool {
    std::str::from_utf8(answer.body()).is_ok_and(|body| body.contains(word))
}

fn with_stack_trace(answer: &Answer) -> Answer {
    let told = String::from_utf8_lossy(answer.body());
    Problem::bad_request(format!(
        "{told}\n   at System.Text.Json.ThrowHelper.ReThrowWithPath(ReadStack& state, JsonReaderException ex)\n   \
         at eConnect.Identities.Web.Startup.Invoke(HttpContext context) in C:\\build\\src\\Web\\Startup.cs:line 118"
    ))
    .into_answer()
}
