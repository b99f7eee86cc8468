//! Answers to odd input, and answers with an odd status.

use super::refusals::{says, server_error};
use crate::answer::{Answer, Problem};
use crate::defects::Defect;
use crate::faults::authentication::fits_to_the_letter;
use crate::operation::Row;
use crate::state::State;
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Request, StatusCode};
use serde_json::{Value, json};

/// Spoils an answer to a request that is odd in some way; the caller was looked at before.
pub(super) fn spoil(server: &State, row: &Row, request: &Request<Bytes>, answer: Answer) -> Answer {
    let at = |defect: Defect| server.has(defect) && defect.shows_at(row);
    if server.has(Defect::PathCaseMatters) && !fits_to_the_letter(request.uri().path(), row.path) {
        return Problem::new(StatusCode::NOT_FOUND).into_answer();
    }
    if matches!(answer.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        return answer;
    }
    if crate::faults::busy::fails(server, row) || (at(Defect::XmlAskedForIs500) && asks_for_xml(request)) {
        return server_error();
    }
    match answer.status() {
        StatusCode::UNSUPPORTED_MEDIA_TYPE if at(Defect::WrongMediaTypeIs500) => server_error(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE if at(Defect::WrongMediaTypeIs400) => {
            Problem::bad_request("The body could not be read.").into_answer()
        }
        StatusCode::BAD_REQUEST if fails_over(server, row, request, &answer) => server_error(),
        StatusCode::OK => with_another_status(server, row, silenced(server, row, answer)),
        _ => answer,
    }
}

fn asks_for_xml(request: &Request<Bytes>) -> bool {
    let accepted = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("xml"))
}

fn fails_over(server: &State, row: &Row, request: &Request<Bytes>, answer: &Answer) -> bool {
    let at = |defect: Defect| server.has(defect) && defect.shows_at(row);
    let body = request.body();
    let no_object = || match serde_json::from_slice::<Value>(body) {
        Ok(body) => !body.is_object(),
        Err(_) => body.starts_with(b"[["),
    };
    (at(Defect::OddBodyIs500) && no_object())
        || (at(Defect::OddIdIs500) && says(answer, "\"id\""))
        || (at(Defect::OddQueryIs500) && request.uri().query().is_some())
}

/// A success that says less than it should.
fn silenced(server: &State, row: &Row, mut answer: Answer) -> Answer {
    let at = |defect: Defect| server.has(defect) && defect.shows_at(row);
    if at(Defect::PublishAnswersNothing) {
        return crate::answer::json(&json!({}));
    }
    if at(Defect::CompareAnswersNothing) {
        return crate::answer::json(&json!({ "similarity": null }));
    }
    if at(Defect::DetectAnswersNothing) || at(Defect::MatchAnswersNothing) {
        return crate::answer::empty();
    }
    if at(Defect::FacesWithoutMembers) {
        let mut body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        for face in body["faces"].as_array_mut().into_iter().flatten() {
            *face = json!({});
        }
        return crate::answer::json(&body);
    }
    if at(Defect::EmptyListIsNull) && answer.body().as_ref() == b"[]" {
        return crate::answer::json(&Value::Null);
    }
    if at(Defect::TokensSentAsText) {
        let text = HeaderValue::from_static("text/plain; charset=utf-8");
        answer.headers_mut().insert(CONTENT_TYPE, text);
    }
    answer
}

fn with_another_status(server: &State, row: &Row, mut answer: Answer) -> Answer {
    let at = |defect: Defect| server.has(defect) && defect.shows_at(row);
    for (defect, status) in [
        (Defect::LoginIs201, StatusCode::CREATED),
        (Defect::ProfileIs203, StatusCode::NON_AUTHORITATIVE_INFORMATION),
        (Defect::ListTagsIs206, StatusCode::PARTIAL_CONTENT),
        (Defect::PutIs201, StatusCode::CREATED),
    ] {
        if at(defect) {
            *answer.status_mut() = status;
        }
    }
    if at(Defect::DeleteIs204) {
        answer = crate::answer::empty();
        *answer.status_mut() = StatusCode::NO_CONTENT;
    }
    answer
}
