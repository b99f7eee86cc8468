//! How an answer is dressed: the bodies of refusals, statuses that say the same, headers.

use super::{Variant, Variants, ids};
use crate::answer::{self, Answer};
use bytes::Bytes;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderName, SET_COOKIE, VARY, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};

/// Dresses an answer as the variants do.
pub(super) fn dressed(server: &Variants, request: &Request<Bytes>, answer: Answer) -> Answer {
    let mut answer = ids::not_found(server, answer);
    status(server, request, &mut answer);
    if answer.status().is_client_error() {
        body(server, &mut answer);
    }
    if server.has(Variant::ChallengeWithRealm) && answer.headers().contains_key(WWW_AUTHENTICATE) {
        let realm = HeaderValue::from_static("bearer realm=\"identities\", charset=\"UTF-8\"");
        answer.headers_mut().insert(WWW_AUTHENTICATE, realm);
    }
    if server.has(Variant::JsonWithoutCharset)
        && let Some(kind) = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok())
    {
        let bare = kind.split(';').next().unwrap_or_default().to_owned();
        if let Ok(bare) = HeaderValue::try_from(bare) {
            answer.headers_mut().insert(CONTENT_TYPE, bare);
        }
    }
    if server.has(Variant::HeadersAdded) {
        add(answer.headers_mut());
    }
    answer
}

fn status(server: &Variants, request: &Request<Bytes>, answer: &mut Answer) {
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
        answer.headers_mut().remove("allow");
        *answer.status_mut() = StatusCode::UNAUTHORIZED;
    }
    let kept = path.contains("/people/") && request.method() == Method::PUT || path.ends_with("/Tags");
    if server.has(Variant::InvalidIs422)
        && kept
        && answer.status() == StatusCode::BAD_REQUEST
        && serde_json::from_slice::<serde_json::Value>(request.body()).is_ok()
    {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    if server.has(Variant::UnknownPersonHasNothing)
        && answer.status() == StatusCode::NOT_FOUND
        && request.method() == Method::GET
        && lists_of_a_person(path)
    {
        *answer = answer::json(&serde_json::json!([]));
    }
    if server.has(Variant::DeletesTwice)
        && answer.status() == StatusCode::NOT_FOUND
        && request.method() == Method::DELETE
    {
        *answer = answer::empty();
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

fn body(server: &Variants, answer: &mut Answer) {
    let status = answer.status();
    let reason = status.canonical_reason().unwrap_or("Error");
    let (kind, text) = if server.has(Variant::ErrorsEmpty) {
        answer.headers_mut().remove(CONTENT_TYPE);
        *answer.body_mut() = Bytes::new();
        return;
    } else if server.has(Variant::ErrorsInText) {
        ("text/plain; charset=utf-8", format!("{reason}\n"))
    } else if server.has(Variant::ErrorsInJson) {
        let text = format!(
            "{{\"error\":{{\"code\":\"E{}\",\"message\":\"{reason}\"}}}}",
            status.as_u16()
        );
        ("application/json", text)
    } else if server.has(Variant::ErrorsAsPages) {
        (
            "text/html",
            format!("<html><head><title>{reason}</title></head><body><h1>{reason}</h1></body></html>"),
        )
    } else {
        return;
    };
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    *answer.body_mut() = text.into();
}

fn add(headers: &mut HeaderMap) {
    for (name, value) in [
        (HeaderName::from_static("x-request-id"), "0HN4:00000001"),
        (HeaderName::from_static("x-content-type-options"), "nosniff"),
        (HeaderName::from_static("x-frame-options"), "DENY"),
        (HeaderName::from_static("api-supported-versions"), "1.0"),
        (CACHE_CONTROL, "no-store,no-cache"),
        (VARY, "Accept-Encoding, Origin"),
        (SET_COOKIE, "ARRAffinity=1f0c; Path=/; HttpOnly"),
    ] {
        headers.append(name, HeaderValue::from_static(value));
    }
}
