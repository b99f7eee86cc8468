//! How the server refuses: statuses that say the same, the bodies of refusals, what a challenge names.

use super::{Variant, Variants};
use crate::accounts::SeededAccount;
use crate::answer::{self, Answer, Problem};
use bytes::Bytes;
use http::header::{
    ACCEPT, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, AUTHORIZATION, CONTENT_LANGUAGE,
    CONTENT_TYPE, WWW_AUTHENTICATE,
};
use http::{HeaderValue, Method, Request, StatusCode};
use serde_json::{Value, json};

/// A refusal, or an answer, that does not depend on what the server within would say.
pub(super) fn arriving(server: &Variants, request: &mut Request<Bytes>) -> Option<Answer> {
    let method = request.method();
    if server.has(Variant::OptionsAnswered) && method == Method::OPTIONS {
        let mut answer = answer::empty();
        *answer.status_mut() = StatusCode::NO_CONTENT;
        for (name, value) in [
            (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
            (ACCESS_CONTROL_ALLOW_METHODS, "GET,POST,PUT,DELETE"),
        ] {
            answer.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        return Some(answer);
    }
    let known = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::HEAD,
        Method::OPTIONS,
        Method::PATCH,
    ];
    if server.has(Variant::MethodsUnknownAre501) && !known.contains(method) {
        return Some(Problem::new(StatusCode::NOT_IMPLEMENTED).into_answer());
    }
    if server.has(Variant::HeadsAnswered) && method == Method::HEAD {
        *request.method_mut() = Method::GET; // what the answer is without its body, the transport takes out
    }
    None
}

/// The status, and with it what it says, of an answer.
pub(super) fn status(server: &Variants, request: &Request<Bytes>, answer: &mut Answer) {
    let path = request.uri().path();
    let unsigned = !request.headers().contains_key(AUTHORIZATION);
    if server.has(Variant::UnknownPathIs401)
        && matches!(answer.status(), StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED)
        && unsigned
        && path.contains("/v1/")
    {
        answer
            .headers_mut()
            .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        answer.headers_mut().remove(ALLOW);
        *answer.status_mut() = StatusCode::UNAUTHORIZED;
    }
    let kept = path.contains("/people/") && request.method() == Method::PUT || path.ends_with("/Tags");
    if server.has(Variant::InvalidIs422)
        && kept
        && answer.status() == StatusCode::BAD_REQUEST
        && serde_json::from_slice::<Value>(request.body()).is_ok()
    {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    if server.has(Variant::UnknownPersonHasNothing)
        && is_about_a_thing(answer)
        && request.method() == Method::GET
        && lists_of_a_person(path)
    {
        *answer = answer::json(&json!([]));
    }
    if server.has(Variant::DeletesTwice) && is_about_a_thing(answer) && request.method() == Method::DELETE {
        *answer = answer::empty();
    }
    if server.has(Variant::AcceptIsHeeded) && answer.status().is_success() && is_json(answer) && !takes_json(request) {
        *answer = Problem::new(StatusCode::NOT_ACCEPTABLE).into_answer();
    }
}

/// What the server says to a caller who may not, where it looks first whether the thing is there: it asks within as somebody
/// who may.
pub(super) fn unknown_first(
    server: &Variants,
    request: &Request<Bytes>,
    answer: &Answer,
    token_of: impl Fn(&SeededAccount) -> String,
    within: impl Fn(&Request<Bytes>) -> Answer,
) -> Option<Answer> {
    if !server.has(Variant::UnknownBeforeForbidden)
        || answer.status() != StatusCode::FORBIDDEN
        || request.method() != Method::GET
    {
        return None;
    }
    let mut asked = request.clone();
    let administrator = HeaderValue::try_from(format!("Bearer {}", token_of(SeededAccount::find("admin")?))).ok()?;
    asked.headers_mut().insert(AUTHORIZATION, administrator);
    Some(within(&asked)).filter(|answer| answer.status() == StatusCode::NOT_FOUND)
}

/// Whether what was asked for is not there, rather than the path that was asked: only then was the caller looked at.
pub(super) fn is_about_a_thing(answer: &Answer) -> bool {
    let says_which = || serde_json::from_slice::<Value>(answer.body()).is_ok_and(|body| body.get("detail").is_some());
    answer.status() == StatusCode::NOT_FOUND && says_which()
}

fn is_json(answer: &Answer) -> bool {
    let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/json"))
}

fn takes_json(request: &Request<Bytes>) -> bool {
    let mut accepted = request
        .headers()
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok());
    match accepted.next() {
        None => true,
        Some(first) => std::iter::once(first)
            .chain(accepted)
            .any(|value| ["json", "*/*", "application/*"].iter().any(|kind| value.contains(kind))),
    }
}

/// Lists that belong to one person.
const OF_A_PERSON: [&str; 4] = ["aliases", "tags", "notes", "entityFields"];

/// Whether the path is that of a list of a person's.
fn lists_of_a_person(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [.., "people", _, last] => OF_A_PERSON.contains(last),
        [.., "detections", "personId" | "faceId", _] => true,
        _ => false,
    }
}

/// The body of a refusal.
pub(super) fn body(server: &Variants, answer: &mut Answer) {
    let status = answer.status();
    let is_about_a_path =
        matches!(status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) && !is_about_a_thing(answer);
    if server.has(Variant::PathsUnknownArePages) && is_about_a_path {
        let page = HeaderValue::from_static("text/html");
        answer.headers_mut().insert(CONTENT_TYPE, page);
        *answer.body_mut() =
            Bytes::from_static(b"<!DOCTYPE html><title>Not here</title><h2>There is no such page.</h2>");
        return;
    }
    let reason = status.canonical_reason().unwrap_or("Error");
    let code = status.as_u16();
    let (kind, text) = if server.has(Variant::ErrorsEmpty) {
        answer.headers_mut().remove(CONTENT_TYPE);
        *answer.body_mut() = Bytes::new();
        return;
    } else if server.has(Variant::ErrorsInText) {
        ("text/plain; charset=utf-8", format!("{reason}\n"))
    } else if server.has(Variant::ErrorsInJson) {
        let text = format!("{{\"error\":{{\"code\":\"E{code}\",\"message\":\"{reason}\"}}}}");
        ("application/json", text)
    } else if server.has(Variant::ErrorsAsPages) {
        (
            "text/html",
            format!("<html><head><title>{reason}</title></head><body><h1>{reason}</h1></body></html>"),
        )
    } else if server.has(Variant::ProblemsAsXml) {
        (
            "application/problem+xml; charset=utf-8",
            format!("<problem xmlns=\"urn:ietf:rfc:7807\"><title>{reason}</title><status>{code}</status></problem>"),
        )
    } else if server.has(Variant::ProblemsAsJson) {
        let same = String::from_utf8_lossy(answer.body()).into_owned();
        ("application/json; charset=utf-8", same)
    } else if server.has(Variant::ProblemsTraced) {
        let mut problem: Value = serde_json::from_slice(answer.body()).unwrap_or_else(|_| json!({"status": code}));
        problem["traceId"] = json!("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00");
        problem["requestId"] = json!("0HN4K2:00000002");
        problem["timestamp"] = json!("2026-11-22T05:30:00.1234567+00:00");
        ("application/problem+json", problem.to_string())
    } else if server.has(Variant::ProblemsByMember) {
        ("application/problem+json; charset=utf-8", by_member(answer.body()))
    } else if server.has(Variant::ProblemsTranslated) {
        let language = HeaderValue::from_static("de-DE");
        answer.headers_mut().insert(CONTENT_LANGUAGE, language);
        let problem =
            json!({"title": translated(status), "status": code, "detail": "Die Anfrage wurde nicht ausgeführt."});
        ("application/problem+json; charset=utf-8", problem.to_string())
    } else {
        return;
    };
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    *answer.body_mut() = text.into();
}

/// As ASP.NET Core words what System.Text.Json has against a body: each member by its JSON path, and the parameter besides.
fn by_member(problem: &Bytes) -> String {
    let mut problem: Value = serde_json::from_slice(problem).unwrap_or_default();
    if let Some(Value::Object(errors)) = problem.get_mut("errors") {
        let named = std::mem::take(errors).into_iter();
        errors.extend(named.map(|(name, messages)| (format!("$.{name}"), messages)));
        errors.insert("request".to_owned(), json!(["The request field is required."]));
    }
    problem.to_string()
}

fn translated(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "Ungültige Anfrage",
        401 => "Nicht angemeldet",
        403 => "Zugriff verweigert",
        404 => "Nicht gefunden",
        405 => "Methode nicht erlaubt",
        415 => "Nicht unterstützter Medientyp",
        _ => "Fehler",
    }
}

/// What a challenge names.
pub(super) fn challenge(server: &Variants, answer: &mut Answer) {
    if server.has(Variant::ForbiddenChallenges) && answer.status() == StatusCode::FORBIDDEN {
        let scope = HeaderValue::from_static("Bearer error=\"insufficient_scope\", scope=\"identities\"");
        answer.headers_mut().insert(WWW_AUTHENTICATE, scope);
    }
    let headers = answer.headers_mut();
    let Some(within) = headers.get(WWW_AUTHENTICATE).cloned() else {
        return;
    };
    if server.has(Variant::ChallengeWithRealm) {
        let realm = HeaderValue::from_static("bearer realm=\"identities\", charset=\"UTF-8\"");
        headers.insert(WWW_AUTHENTICATE, realm);
    }
    if server.has(Variant::ChallengeOfSeveral) {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Negotiate"));
        headers.append(WWW_AUTHENTICATE, HeaderValue::from_static("NTLM"));
        headers.append(WWW_AUTHENTICATE, within.clone());
    }
    if server.has(Variant::ChallengesOnOneLine) {
        let all = [b"Negotiate, Basic realm=\"a, b\", ", within.as_bytes()].concat();
        if let Ok(all) = HeaderValue::from_bytes(&all) {
            headers.insert(WWW_AUTHENTICATE, all);
        }
    }
    if server.has(Variant::ChallengeWithoutCause) {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
}
