//! What was answered, in a form that two servers can be compared by.

use bytes::Bytes;
use http::{HeaderMap, Request, header};
use proofload_mock_server::{Defect, Fate, Identities, ManualClock, Settings};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// An id that no server makes up.
pub(crate) const UNKNOWN: &str = "00000000-0000-4000-8000-000000000000";

const NOW_MS: i64 = 1_750_000_000_000;

/// One call and its answer; ids that the server made up are numbered in the order of their appearance.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) operation: &'static str,
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    /// What becomes of it on its way.
    fate: Option<Fate>,
}

/// A server being asked.
pub(crate) struct Session {
    pub(crate) server: Identities,
    pub(crate) clock: Arc<ManualClock>,
    steps: Vec<Step>,
    ids: HashMap<String, usize>,
}

impl Session {
    pub(crate) fn new(defects: &[Defect]) -> Self {
        let clock = Arc::new(ManualClock::new(NOW_MS));
        let settings = Settings {
            clock: Arc::clone(&clock) as _,
            signing_key: vec![7; 32].into(),
            defects: defects.to_vec(),
            ..Settings::default()
        };
        Self {
            server: Identities::new(settings),
            clock,
            steps: Vec::new(),
            ids: HashMap::from([(UNKNOWN.to_owned(), 0)]),
        }
    }

    pub(crate) fn steps(self) -> Vec<Step> {
        self.steps
    }

    /// Sends a request about an operation, and gives the answer as JSON (null when it is none).
    pub(crate) fn send(&mut self, operation: &'static str, request: &Request<Bytes>) -> Value {
        let (parts, body) = self.server.respond(request).into_parts();
        let text = String::from_utf8_lossy(&body).into_owned();
        let body = self.numbered(&text);
        self.steps.push(Step {
            operation,
            status: parts.status.as_u16(),
            headers: headers(&parts.headers),
            body,
            fate: parts.extensions.get().copied(),
        });
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Sends JSON with an `Authorization` header; without the header when that is empty, without a body when null.
    pub(crate) fn call(
        &mut self,
        operation: &'static str,
        authorization: &str,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Value {
        let mut request = Request::builder().method(method).uri(path);
        if !authorization.is_empty() {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        if !body.is_null() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = match body {
            Value::Null => Bytes::new(),
            Value::String(raw) => raw.clone().into(),
            body => body.to_string().into(),
        };
        self.send(operation, &request.body(body).expect("a request"))
    }

    /// Logs in and gives the `Authorization` header.
    pub(crate) fn log_in(&mut self, username: &str, password: &Value) -> String {
        let body = json!({"username": username, "password": password});
        let answer = self.call("authenticate", "", "POST", "/api/v1/authenticate", &body);
        format!("Bearer {}", answer["token"].as_str().unwrap_or("none"))
    }

    /// Replaces GUIDs by numbers. Each has its first dash after eight digits.
    fn numbered(&mut self, text: &str) -> String {
        let mut numbered = String::new();
        let mut rest = text;
        while let Some(dash) = rest.find('-') {
            let guid = dash
                .checked_sub(8)
                .and_then(|at| rest.get(at..at + 36))
                .filter(|text| is_guid(text));
            let Some(guid) = guid else {
                numbered.push_str(&rest[..=dash]);
                rest = &rest[dash + 1..];
                continue;
            };
            let next = self.ids.len();
            let number = *self.ids.entry(guid.to_owned()).or_insert(next);
            let _ = write!(numbered, "{}<id {number}>", &rest[..dash - 8]);
            rest = &rest[dash + 28..];
        }
        numbered + rest
    }
}

fn is_guid(text: &str) -> bool {
    let dash = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    text.bytes().enumerate().all(|(at, byte)| {
        if dash(at) {
            byte == b'-'
        } else {
            byte.is_ascii_hexdigit()
        }
    })
}

fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers
        .iter()
        .map(|(name, value)| (name.to_string(), text(value)))
        .collect()
}
