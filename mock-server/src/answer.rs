//! Answers: how every response of the server is put together.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A response with its whole body.
pub(crate) type Answer = Response<Bytes>;

/// `200` with a JSON body.
pub(crate) fn json(body: &impl Serialize) -> Answer {
    let text = serde_json::to_vec(body).expect("our own types have string keys only");
    bytes(HeaderValue::from_static("application/json; charset=utf-8"), text.into())
}

/// `200` with a body of any type.
pub(crate) fn bytes(content_type: HeaderValue, body: Bytes) -> Answer {
    let mut answer = Response::new(body);
    answer.headers_mut().insert(CONTENT_TYPE, content_type);
    answer
}

/// `200` with nothing to say.
pub(crate) fn empty() -> Answer {
    Response::new(Bytes::new())
}

/// Why a request got no success; becomes a `ProblemDetails` body (RFC 9457) as ASP.NET Core writes it.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: Option<String>,
    /// Messages by the name of the member they are about; with any, it is a `ValidationProblemDetails`.
    errors: Vec<(String, String)>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode) -> Self {
        Self {
            status,
            detail: None,
            errors: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// `400` with one sentence on what is wrong.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST).detail(detail)
    }

    /// `400` about one member of the request.
    pub(crate) fn invalid(member: &str, message: impl Into<String>) -> Self {
        Self::validation(vec![(member.to_owned(), message.into())])
    }

    /// `400` about several members of the request.
    pub(crate) fn validation(errors: Vec<(String, String)>) -> Self {
        Self {
            errors,
            ..Self::new(StatusCode::BAD_REQUEST)
        }
    }

    /// `404` with one sentence on what was not found.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND).detail(detail)
    }

    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(crate) fn into_answer(self) -> Answer {
        let body = serde_json::to_vec(&self.body()).expect("string keys only");
        let mut answer = bytes(
            HeaderValue::from_static("application/problem+json; charset=utf-8"),
            body.into(),
        );
        *answer.status_mut() = self.status;
        answer.headers_mut().extend(self.headers);
        answer
    }

    fn body(&self) -> Value {
        let title = if self.errors.is_empty() {
            self.status.canonical_reason().unwrap_or("Error")
        } else {
            "One or more validation errors occurred."
        };
        let mut body = json!({ "type": rfc_section(self.status), "title": title, "status": self.status.as_u16() });
        if let Some(detail) = &self.detail {
            body["detail"] = json!(detail);
        }
        if !self.errors.is_empty() {
            let mut by_member: Map<String, Value> = Map::new();
            for (member, message) in &self.errors {
                let messages = by_member.entry(member.clone()).or_insert_with(|| json!([]));
                messages.as_array_mut().expect("made as an array").push(json!(message));
            }
            body["errors"] = Value::Object(by_member);
        }
        body
    }
}

/// Where RFC 9110 defines a status, as ASP.NET Core puts it into `type`.
fn rfc_section(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "https://tools.ietf.org/html/rfc9110#section-15.5.1",
        401 => "https://tools.ietf.org/html/rfc9110#section-15.5.2",
        403 => "https://tools.ietf.org/html/rfc9110#section-15.5.4",
        404 => "https://tools.ietf.org/html/rfc9110#section-15.5.5",
        405 => "https://tools.ietf.org/html/rfc9110#section-15.5.6",
        409 => "https://tools.ietf.org/html/rfc9110#section-15.5.10",
        413 => "https://tools.ietf.org/html/rfc9110#section-15.5.14",
        415 => "https://tools.ietf.org/html/rfc9110#section-15.5.16",
        500 => "https://tools.ietf.org/html/rfc9110#section-15.6.1",
        _ => "about:blank",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_about_one_member_stand_together() {
        let problem = Problem::validation(vec![
            ("a".to_owned(), "first".to_owned()),
            ("b".to_owned(), "other".to_owned()),
            ("a".to_owned(), "second".to_owned()),
        ]);
        let answer = problem.into_answer();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        let body: Value = serde_json::from_slice(answer.body()).expect("JSON");
        assert_eq!(body["errors"], json!({"a": ["first", "second"], "b": ["other"]}));
        assert_eq!(body["status"], 400);
    }
}
