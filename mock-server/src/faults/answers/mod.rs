//! Answers that were right until a defect got hold of them.

mod bodies;
mod odd;
mod refusals;

use crate::answer::{Answer, Problem};
use crate::defects::Defect;
use crate::operation::{Operation, Row};
use crate::state::State;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, LOCATION};
use http::{HeaderValue, Request, StatusCode};

/// Spoils an answer; without a row it is one to an unknown path or method.
pub(crate) fn spoil(server: &State, row: Option<&Row>, request: &Request<Bytes>, answer: Answer) -> Answer {
    let Some(row) = row else {
        return nowhere(server, answer);
    };
    let mut answer = match answer.status().as_u16() {
        401 if row.is_protected() => refusals::unauthenticated(server, request, answer),
        403 => refusals::denied(server, row, answer),
        400 => refusals::invalid(server, row, request, answer),
        404 => refusals::not_found(server, row, answer),
        200 => success(server, row, answer),
        _ => answer,
    };
    let is_json = content_type(&answer).starts_with("application/json");
    if is_json && server.has(Defect::JsonAsHtml) {
        answer
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    }
    odd::spoil(server, row, request, answer)
}

fn success(server: &State, row: &Row, mut answer: Answer) -> Answer {
    let status = match row.operation {
        Operation::Publish if server.has(Defect::PublishIs202) => StatusCode::ACCEPTED,
        Operation::FaceEnroll if server.has(Defect::EnrollIs201) => StatusCode::CREATED,
        Operation::FaceDetect if server.has(Defect::DetectIs500) => return refusals::server_error(),
        Operation::FaceCompare if server.has(Defect::CompareIs404) => {
            return Problem::new(StatusCode::NOT_FOUND).into_answer();
        }
        _ => StatusCode::OK,
    };
    *answer.status_mut() = status;
    if row.operation == Operation::Publish && server.has(Defect::PublishAnswersBody) {
        return crate::answer::json(&serde_json::json!({ "accepted": true }));
    }
    match row.operation {
        Operation::GetEnrollmentPhoto | Operation::GetDetectionPhoto => photo(server, &mut answer),
        Operation::GetDocumentData => document(server, &mut answer),
        _ => return bodies::spoil(server, row, answer),
    }
    answer
}

fn photo(server: &State, answer: &mut Answer) {
    if server.has(Defect::PhotoAsOctetStream) {
        answer
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    }
    if server.has(Defect::PhotoTruncated) {
        let half = answer.body().len() / 2;
        answer.body_mut().truncate(half);
    }
    if server.has(Defect::PhotoInBase64) {
        *answer.body_mut() = BASE64_STANDARD.encode(answer.body()).into();
    }
}

fn document(server: &State, answer: &mut Answer) {
    if server.has(Defect::DocumentTypeLost) {
        answer
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    }
    if server.has(Defect::DocumentLineEndings) {
        *answer.body_mut() = with_line_ends(answer.body()).into();
    }
    if server.has(Defect::DocumentTruncated)
        && let Some(end) = answer.body().iter().position(|byte| *byte == 0)
    {
        answer.body_mut().truncate(end);
    }
    if server.has(Defect::DocumentInBase64) {
        *answer.body_mut() = BASE64_STANDARD.encode(answer.body()).into();
    }
}

/// Every line feed becomes carriage return and line feed, as a server that takes files for text does.
fn with_line_ends(bytes: &[u8]) -> Vec<u8> {
    let mut converted = Vec::with_capacity(bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'\n' && (at == 0 || bytes[at - 1] != b'\r') {
            converted.push(b'\r');
        }
        converted.push(*byte);
    }
    converted
}

fn nowhere(server: &State, mut answer: Answer) -> Answer {
    match answer.status() {
        StatusCode::NOT_FOUND if server.has(Defect::UnknownPathIs200) => crate::answer::bytes(
            HeaderValue::from_static("text/html; charset=utf-8"),
            Bytes::from_static(b"<!doctype html><title>Identities</title><div id=\"app\"></div>"),
        ),
        StatusCode::METHOD_NOT_ALLOWED if server.has(Defect::WrongMethodIs500) => refusals::server_error(),
        StatusCode::METHOD_NOT_ALLOWED if server.has(Defect::WrongMethodIs404) => {
            Problem::new(StatusCode::NOT_FOUND).into_answer()
        }
        StatusCode::METHOD_NOT_ALLOWED if server.has(Defect::NoAllow) => {
            answer.headers_mut().remove(ALLOW);
            answer
        }
        _ => answer,
    }
}

/// A redirect to a page for people.
fn redirect(page: &'static str) -> Answer {
    let mut answer = crate::answer::empty();
    *answer.status_mut() = StatusCode::FOUND;
    answer.headers_mut().insert(LOCATION, HeaderValue::from_static(page));
    answer
}

fn content_type(answer: &Answer) -> &str {
    let value = answer.headers().get(CONTENT_TYPE);
    value.and_then(|value| value.to_str().ok()).unwrap_or_default()
}
