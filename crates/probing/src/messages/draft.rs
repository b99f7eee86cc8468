//! A request before it is sent: built from the contract, then bent by a probe.

use super::redact::Mark;
use super::variables;
use crate::body::Body;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method};
use proofload_contract::Operation;
use proofload_deployment::percent_encoded;
use proofload_results::shell::{Piece, is_filled, pieces, shell};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use url::form_urlencoded;

/// A header line, and how a shell would write its value.
#[derive(Debug, Clone)]
pub struct HeaderLine {
    /// Its name.
    pub name: HeaderName,
    /// Its value.
    pub value: HeaderValue,
    /// The value for a command line, with marked expressions for the shell to fill in.
    shell: String,
    /// The token that the value presents, when that is one as it was given.
    token: Option<Arc<SecretString>>,
    /// The account from whose token the value was made, which expressions call `$TOKEN`.
    made_from: Option<String>,
}

impl HeaderLine {
    /// A header without secrets. Bytes that no header may hold make it empty: probes only send what is well-formed
    /// at the level of HTTP.
    pub fn plain(name: HeaderName, value: &str) -> Self {
        Self {
            name,
            value: HeaderValue::from_str(value).unwrap_or_else(|_| HeaderValue::from_static("")),
            shell: value.to_owned(),
            token: None,
            made_from: None,
        }
    }

    /// A header whose value is secret; `shell` says how a command line would write it, where [`shell`] has marked what is to
    /// be filled in, and `$TOKEN` is the token of the account that the value was made from.
    pub fn secret(name: HeaderName, value: &str, shell: String) -> Self {
        let mut line = Self::plain(name, value);
        line.value.set_sensitive(true);
        line.shell = shell;
        line
    }

    /// `Authorization: Bearer` with a token that the command line calls `$TOKEN`.
    pub fn bearer(token: &SecretString) -> Self {
        let value = format!("Bearer {}", token.expose_secret());
        Self {
            token: Some(Arc::new(token.clone())),
            ..Self::secret(AUTHORIZATION, &value, format!("Bearer {}", shell("$TOKEN")))
        }
    }

    /// Says from whose token the value was made.
    #[must_use]
    pub fn made_from(mut self, account: &str) -> Self {
        self.made_from = Some(account.to_owned());
        self
    }

    /// The line as a command line has it, with marked expressions.
    pub fn marked(&self, mark: Mark<'_>) -> String {
        // curl drops a header with nothing behind its colon; a semicolon makes it send an empty one.
        if self.shell.is_empty() {
            return format!("{};", self.name);
        }
        let known = self.token.as_deref().map(|token| mark(token.expose_secret()));
        let value = match known.filter(|token| is_filled(token)) {
            Some(token) => format!("Bearer {token}"),
            None => self.filled_in(mark),
        };
        format!("{}: {value}", self.name)
    }

    fn filled_in(&self, mark: Mark<'_>) -> String {
        let variable = self.made_from.as_deref().map_or("TOKEN".to_owned(), variables::token);
        let pieces = pieces(&self.shell).into_iter().map(|piece| match piece {
            Piece::Plain(text) => mark(&text),
            Piece::Filled(expression) => {
                let of_account = expression.replace("$TOKEN", &format!("${variable}"));
                shell(&of_account.replace("${TOKEN", &format!("${{{variable}")))
            }
        });
        pieces.collect()
    }
}

/// A request before it is sent.
#[derive(Debug, Clone)]
pub struct Draft {
    /// GET, POST and so on.
    pub method: Method,
    path: String,
    query: Vec<(String, String)>,
    /// Header lines in order; the same name may stand twice.
    pub headers: Vec<HeaderLine>,
    /// What is sent.
    pub body: Body,
    /// Whether it is sent once and no more, because it may store something.
    pub once: bool,
    /// Whether somebody counts how often it is sent, so that it is not sent again either when there were too many calls.
    pub is_counted: bool,
    /// Whether a server may hang up on it without an answer: it is larger than anybody has to read.
    pub may_be_hung_up_on: bool,
    /// The most of an answer that is read, in bytes: what comes after, nobody needs.
    pub room: usize,
}

/// The most of an answer of which nothing is known.
const ROOM: usize = 4 << 20;
/// The most of a document, such as a list.
const ROOM_FOR_A_DOCUMENT: usize = 2 << 20;
/// The most where no content is documented.
const ROOM_FOR_NOTHING: usize = 256 << 10;

impl Draft {
    /// A call of `operation` with nothing filled in yet: no path values, no query, no body, no credentials.
    pub fn of(operation: &Operation) -> Self {
        Self {
            once: operation.writes,
            room: room_of(operation),
            ..Self::new(operation.method.clone(), &operation.path)
        }
    }

    /// A call of any path below the base URL, already percent-encoded; `{name}` can still be [filled in](Self::path).
    pub fn new(method: Method, path: &str) -> Self {
        Self {
            once: !method.is_safe(),
            method,
            path: path.to_owned(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Body::Empty,
            is_counted: false,
            may_be_hung_up_on: false,
            room: ROOM,
        }
    }

    /// Says that it stores nothing, whatever is wrong with the server: when it is not answered, it is sent again.
    #[must_use]
    pub fn harmless(self) -> Self {
        Self { once: false, ..self }
    }

    /// Says that it is sent once, whatever comes of it: a bad login, which a server may count.
    #[must_use]
    pub fn counted(self) -> Self {
        Self {
            once: true,
            is_counted: true,
            ..self
        }
    }

    /// Says that a server may hang up on it without an answer.
    #[must_use]
    pub fn may_be_hung_up_on(self) -> Self {
        Self {
            may_be_hung_up_on: true,
            ..self
        }
    }

    /// Fills in `{name}` of the path, percent-encoded.
    #[must_use]
    pub fn path(mut self, name: &str, value: &str) -> Self {
        self.path = self.path.replace(&format!("{{{name}}}"), &percent_encoded(value));
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
        self.once |= !method.is_safe();
        self.method = method;
        self
    }

    /// The header lines as a command line has them, with marked expressions.
    pub fn shell_headers(&self, mark: Mark<'_>) -> Vec<String> {
        self.headers.iter().map(|line| line.marked(mark)).collect()
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
    ///
    /// # Errors
    /// What was drafted is no request of HTTP, as with a path that is none.
    pub fn request(&self) -> Result<http::Request<Bytes>, http::Error> {
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

/// What an answer of the operation can need.
fn room_of(operation: &Operation) -> usize {
    let content = &operation.success().content;
    if content.is_empty() {
        ROOM_FOR_NOTHING
    } else if content.iter().all(|media| media.name.ends_with("json")) {
        ROOM_FOR_A_DOCUMENT
    } else {
        ROOM
    }
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
    fn a_tampered_token_says_whose_it_was() {
        let text = format!(
            "Bearer {}.x.{}",
            shell("${TOKEN%%.*}"),
            shell("$(printf %s \"$TOKEN\" | cut -d. -f3)")
        );
        let line = HeaderLine::secret(AUTHORIZATION, "Bearer a.x.c", text).made_from("svc-proof");
        assert_eq!(
            proofload_results::shell::word(&line.marked(&str::to_owned)),
            "'authorization: Bearer '\"${TOKEN_OF_SVC_PROOF%%.*}\"'.x.'\"$(printf %s \"$TOKEN_OF_SVC_PROOF\" | cut -d. -f3)\""
        );
    }

    #[test]
    fn a_token_that_nobody_knows_is_not_written_down() {
        let line = HeaderLine::bearer(&"tok-9".to_owned().into());
        assert_eq!(
            proofload_results::shell::word(&line.marked(&str::to_owned)),
            "'authorization: Bearer '\"$TOKEN\""
        );
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
