//! A request before it is sent: built from the contract, then bent by a probe.

use super::redact::{CLOSE, OPEN};
use crate::body::Body;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method};
use proofload_contract::Operation;
use secrecy::{ExposeSecret, SecretString};
use std::fmt::Write as _;
use url::form_urlencoded;

/// A header line, and how a shell would write its value.
#[derive(Debug, Clone)]
pub struct HeaderLine {
    pub(crate) name: HeaderName,
    pub(crate) value: HeaderValue,
    /// The value for a command line; parts between [`OPEN`] and [`CLOSE`] are for the shell to fill in.
    pub(crate) shell: String,
}

impl HeaderLine {
    /// A header without secrets. Bytes that no header may hold make it empty: probes only send what is well-formed
    /// at the level of HTTP.
    pub fn plain(name: HeaderName, value: &str) -> Self {
        Self {
            name,
            value: HeaderValue::from_str(value).unwrap_or_else(|_| HeaderValue::from_static("")),
            shell: value.to_owned(),
        }
    }

    /// A header whose value is secret; `shell` says how a command line would write it, with `{}` around nothing but
    /// what [`shell`] marked.
    pub fn secret(name: HeaderName, value: &str, shell: String) -> Self {
        let mut line = Self::plain(name, value);
        line.value.set_sensitive(true);
        line.shell = shell;
        line
    }

    /// `Authorization: Bearer` with a token that the command line calls `$TOKEN`.
    pub fn bearer(token: &SecretString) -> Self {
        let value = format!("Bearer {}", token.expose_secret());
        Self::secret(AUTHORIZATION, &value, format!("Bearer {}", shell("$TOKEN")))
    }
}

/// Marks a piece of text for the shell to fill in.
pub fn shell(expression: &str) -> String {
    format!("{OPEN}{expression}{CLOSE}")
}

/// A request before it is sent.
#[derive(Debug, Clone)]
pub struct Draft {
    pub(crate) method: Method,
    path: String,
    query: Vec<(String, String)>,
    /// Header lines in order; the same name may stand twice.
    pub(crate) headers: Vec<HeaderLine>,
    pub(crate) body: Body,
}

impl Draft {
    /// A call of `operation` with nothing filled in yet: no path values, no query, no body, no credentials.
    pub fn of(operation: &Operation) -> Self {
        Self::new(operation.method.clone(), &operation.path)
    }

    /// A call of any path below the base URL, already percent-encoded; `{name}` can still be [filled in](Self::path).
    pub fn new(method: Method, path: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Body::Empty,
        }
    }

    /// Fills in `{name}` of the path, percent-encoded.
    #[must_use]
    pub fn path(mut self, name: &str, value: &str) -> Self {
        self.path = self.path.replace(&format!("{{{name}}}"), &encoded_segment(value));
        self
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a header line.
    #[must_use]
    pub fn header(mut self, line: HeaderLine) -> Self {
        self.headers.push(line);
        self
    }

    /// Presents a token.
    #[must_use]
    pub fn bearer(self, token: &SecretString) -> Self {
        self.header(HeaderLine::bearer(token))
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// Sets a JSON body.
    #[must_use]
    pub fn json(self, value: serde_json::Value) -> Self {
        self.body(Body::Json(value))
    }

    /// Rewrites the path as it will stand in the request line.
    #[must_use]
    pub fn rewrite_path(mut self, rewrite: impl FnOnce(&str) -> String) -> Self {
        self.path = rewrite(&self.path);
        self
    }

    /// Replaces the method.
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Whether it is a call with that method.
    pub fn method_is(&self, method: &Method) -> bool {
        self.method == *method
    }

    /// Path and query, percent-encoded.
    pub fn path_and_query(&self) -> String {
        if self.query.is_empty() {
            return self.path.clone();
        }
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.query)
            .finish();
        format!("{}?{query}", self.path)
    }

    /// The request as the client sends it.
    pub(crate) fn request(&self) -> Result<http::Request<Bytes>, http::Error> {
        let (content_type, bytes) = self.body.encoded();
        let mut request = http::Request::builder()
            .method(self.method.clone())
            .uri(self.path_and_query())
            .body(bytes)?;
        for line in &self.headers {
            request.headers_mut().append(line.name.clone(), line.value.clone());
        }
        if let Some(content_type) = content_type
            && !request.headers().contains_key(CONTENT_TYPE)
        {
            request
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::try_from(content_type)?);
        }
        Ok(request)
    }
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
fn encoded_segment(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(byte.into());
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_values_and_queries_are_encoded() {
        let draft = Draft::new(Method::GET, "/api/{a}/x/{b}")
            .path("a", "1/2 ä")
            .path("b", "z")
            .query("q", "a&b");
        assert_eq!(draft.path_and_query(), "/api/1%2F2%20%C3%A4/x/z?q=a%26b");
    }

    #[test]
    fn repeated_headers_stay_repeated() {
        let draft = Draft::new(Method::GET, "/")
            .header(HeaderLine::plain(AUTHORIZATION, "a"))
            .header(HeaderLine::plain(AUTHORIZATION, "b"));
        assert_eq!(
            draft.request().unwrap().headers().get_all(AUTHORIZATION).iter().count(),
            2
        );
    }
}
