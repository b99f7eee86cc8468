//! A server without a transport and short ways to ask it.

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode, header};
use proofload_mock_server::{ACCOUNTS, Identities, ManualClock, Settings};
use serde_json::{Value, json};
use std::sync::Arc;

/// The moment at which every test begins.
pub(crate) const NOW_MS: i64 = 1_750_000_000_000;

/// A server whose clock the test moves.
pub(crate) struct Fixture {
    pub(crate) server: Identities,
    pub(crate) clock: Arc<ManualClock>,
}

/// A response in parts that are easy to compare.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("visible ASCII"))
    }

    /// Panics with the whole reply unless it has that status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self
    }
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let clock = Arc::new(ManualClock::new(NOW_MS));
        let mut settings = Settings {
            clock: Arc::clone(&clock) as _,
            ..Settings::default()
        };
        change(&mut settings);
        Self {
            server: Identities::new(settings),
            clock,
        }
    }

    pub(crate) fn send(&self, request: &Request<Bytes>) -> Reply {
        let (parts, body) = self.server.respond(request).into_parts();
        Reply {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    /// Logs in and gives the token.
    pub(crate) fn token(&self, account: &str) -> String {
        let body = json!({"username": account, "password": format!("{account}-pass")});
        let reply = self.call("", "POST", "/api/v1/authenticate", &body).expect(200);
        reply.json()["token"].as_str().expect("a token").to_owned()
    }

    /// Sends JSON with a token; without a body when it is null, without a token when that is empty.
    pub(crate) fn call(&self, token: &str, method: &str, path: &str, body: &Value) -> Reply {
        let mut request = request(token, method, path);
        if !body.is_null() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = if body.is_null() {
            Bytes::new()
        } else {
            body.to_string().into()
        };
        self.send(&request.body(body).expect("a request"))
    }

    pub(crate) fn get(&self, token: &str, path: &str) -> Reply {
        self.call(token, "GET", path, &Value::Null)
    }

    pub(crate) fn admin(&self) -> String {
        self.token(ACCOUNTS[0].name)
    }
}

pub(crate) fn request(token: &str, method: &str, path: &str) -> http::request::Builder {
    let request = Request::builder().method(method).uri(path);
    if token.is_empty() {
        request
    } else {
        request.header(header::AUTHORIZATION, format!("Bearer {token}"))
    }
}
