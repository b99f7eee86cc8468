//! One exchange with the target: what was sent, what came back, and how it is shown.

use super::redact::Redactor;
use crate::body::Body;
use crate::messages::{Draft, Step, curl, kept};
use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, LOCATION, WWW_AUTHENTICATE};
use proofload_deployment::client::room::Room;
use proofload_deployment::client::{Answer, looks_compressed, looks_like_html};
use proofload_deployment::{BaseUrl, Trust, Way};
use proofload_results::text;
use proofload_results::validate::{ExchangeRecord, WEB_PAGE};
use serde_json::Value;
use std::fmt;
use std::sync::Arc;

/// Longest excerpt of a body in a report, in characters.
const EXCERPT: usize = 400;
/// So many bytes are looked at for it, besides the length of the longest secret.
const LOOKED_AT: usize = 8 * 1024;

/// What an exchange needs in order to be shown.
#[derive(Clone)]
pub struct Display {
    /// What paths are relative to.
    pub base: BaseUrl,
    /// How the server's certificate is checked.
    pub trust: Trust,
    /// What calls go through, and carry beside their own.
    pub way: Way,
    /// What hides secrets.
    pub redactor: Arc<Redactor>,
    /// Where bodies are kept when a check is over.
    pub kept: Room,
}

impl Display {
    /// A server's text, fit to be shown.
    pub fn excerpt(&self, text: &str) -> String {
        self.excerpt_of(text.as_bytes())
    }

    /// A server's bytes, fit to be shown. However many there are, only the beginning is worked on.
    fn excerpt_of(&self, bytes: &[u8]) -> String {
        let longest = self.redactor.longest();
        let looked_at = &bytes[..bytes.len().min(LOOKED_AT + longest)];
        let mut shown = self.redactor.redact(&String::from_utf8_lossy(looked_at));
        if looked_at.len() < bytes.len() {
            // Half a secret is not recognised, and the cut may have gone through one: it would stand at the very end.
            let kept = shown.len().saturating_sub(longest);
            let kept = (0..=kept).rev().find(|end| shown.is_char_boundary(*end));
            shown.truncate(kept.unwrap_or_default());
        }
        text::clip(&text::line(&shown), EXCERPT)
    }
}

/// What is said of a body that is compressed.
const COMPRESSED: &str = "its body is compressed, though nobody asked for that";
/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";
/// No answer of this API has so many values in it; a body of that many is made to take memory.
const MOST_VALUES: usize = 200_000;
/// One exchange with the target.
#[derive(Clone)]
pub struct Exchange {
    serial: u64,
    draft: Draft,
    answer: Answer,
    display: Display,
    /// Whether no more of the body is held than is kept of it.
    body_is_cut: bool,
}

impl Exchange {
    /// A call that was answered; `serial` counts the calls of a run.
    pub fn new(serial: u64, draft: Draft, answer: Answer, display: Display) -> Self {
        Self {
            serial,
            draft,
            answer,
            display,
            body_is_cut: false,
        }
    }

    /// The number of the call in the run.
    pub fn serial(&self) -> u64 {
        self.serial
    }

    /// The status, as a number.
    pub fn status(&self) -> u16 {
        self.answer.status.as_u16()
    }

    /// Whether it succeeded: the status is 2xx, and no web page came, which no API gives anybody.
    pub fn is_success(&self) -> bool {
        self.answer.status.is_success() && !self.is_page()
    }

    /// Whether it is a web page that comes with a status of success.
    pub fn is_page(&self) -> bool {
        self.answer.status.is_success() && looks_like_html(&self.answer.body)
    }

    /// Whether the status is 5xx.
    pub fn is_server_error(&self) -> bool {
        self.answer.status.is_server_error()
    }

    /// The answer as it came.
    pub fn answer(&self) -> &Answer {
        &self.answer
    }

    /// The request.
    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    /// A header of the answer, when it is there and readable.
    pub fn header(&self, name: impl http::header::AsHeaderName) -> Option<&str> {
        self.answer.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The media type of the answer, lower case, without its parameters; empty when it names none.
    pub fn media_type(&self) -> String {
        let value = self.header(CONTENT_TYPE).unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The body as JSON; `None` when it is none, or was too long to be read whole.
    pub fn json(&self) -> Option<Value> {
        if self.answer.truncated {
            return None;
        }
        let body = self.unmarked();
        // Each value takes ten times the bytes that it is written with.
        if memchr::memchr3_iter(b',', b'[', b'{', body).count() > MOST_VALUES {
            return None;
        }
        serde_json::from_slice(body).ok()
    }

    /// Whether the body begins with a byte order mark, which JSON must not have (RFC 8259, 8.1).
    pub fn is_marked(&self) -> bool {
        self.answer.body.starts_with(MARK)
    }

    /// Whether the body is compressed: no call of ours asks for that.
    pub fn is_compressed(&self) -> bool {
        looks_compressed(&self.answer.body)
    }

    /// The body without a byte order mark before it.
    pub fn unmarked(&self) -> &[u8] {
        self.answer.body.strip_prefix(MARK).unwrap_or(&self.answer.body)
    }

    /// The status, and where a redirect leads, or that a success is a web page: what a report shows as observed.
    pub fn observed(&self) -> String {
        let status = self.status();
        match self.header(LOCATION) {
            Some(location) if self.answer.status.is_redirection() => {
                format!("{status} to {}", self.excerpt_of(location))
            }
            _ if self.is_page() => format!("{status} {WEB_PAGE}"),
            _ => status.to_string(),
        }
    }

    /// A bounded piece of the body, fit to be shown: secrets redacted, control characters escaped.
    pub fn excerpt(&self) -> String {
        if self.is_compressed() {
            return format!("({COMPRESSED})");
        }
        self.display.excerpt_of(&self.answer.body)
    }

    /// The beginning of the body, with secrets redacted when it is text.
    pub fn redacted_body(&self, max_bytes: usize) -> Bytes {
        let body = &self.answer.body;
        let body = body.slice(..body.len().min(max_bytes));
        let shown = std::str::from_utf8(&body).map(|text| self.display.redactor.redact(text));
        match shown {
            Ok(shown) if shown.as_bytes() != body => shown.into(),
            // Where there was nothing to hide, the bytes are shared and not held twice.
            _ => body,
        }
    }

    /// Whether the body was longer than this, or was not read to its end.
    pub fn is_longer_than(&self, bytes: usize) -> bool {
        self.answer.truncated || self.answer.body.len() > bytes
    }

    /// Lets go of all but the beginning of a large body: what was judged is not looked at again, and there is room for the next.
    pub fn cut_body(&mut self) {
        if !std::mem::replace(&mut self.body_is_cut, true) {
            kept::cut_body(&mut self.answer, &self.display.kept);
        }
    }

    /// Lets go of what no report shows, headers too: thousands of cases may each keep an exchange. `sent` says whether what
    /// was sent is worth its bytes.
    pub fn slim(&mut self, sent: bool) {
        self.cut_body();
        kept::cut_headers(&mut self.answer);
        if !sent {
            self.draft.body = Body::Empty;
            self.draft.headers.clear();
        }
    }

    fn excerpt_of(&self, text: &str) -> String {
        self.display.excerpt(text)
    }

    /// The same as a step among others, which keeps no more than they do.
    pub fn step(&self) -> Step {
        let mut answer = self.answer.clone();
        if !self.body_is_cut {
            kept::cut_body(&mut answer, &self.display.kept);
        }
        kept::cut_headers(&mut answer);
        Step {
            serial: self.serial,
            draft: self.draft.clone(),
            outcome: Ok(answer),
        }
    }

    /// A command line that repeats it; a long body is in `body_file`.
    pub fn curl(&self, body_file: &str) -> String {
        curl::line(&self.draft, &self.display, body_file)
    }

    /// The exchange as a report keeps it.
    pub fn record(&self) -> ExchangeRecord {
        let shown = [
            CONTENT_TYPE,
            LOCATION,
            WWW_AUTHENTICATE,
            http::header::ALLOW,
            http::header::DATE,
        ];
        ExchangeRecord {
            request: format!(
                "{} {}",
                self.draft.method,
                self.excerpt_of(&self.draft.path_and_query())
            ),
            status: self.status(),
            headers: shown
                .iter()
                .filter_map(|name| Some((name.to_string(), self.excerpt_of(self.header(name)?))))
                .collect(),
            body: self.excerpt(),
            elapsed_us: u64::try_from(self.answer.elapsed.as_micros()).unwrap_or(u64::MAX),
        }
    }
}

impl fmt::Debug for Exchange {
    /// Without headers or bodies: they hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Exchange({} -> {})", self.draft.method, self.status())
    }
}

/// Whether a status says that the caller was let in or the request at least was looked at.
pub fn is_refusal(status: u16) -> bool {
    status == StatusCode::UNAUTHORIZED || status == StatusCode::FORBIDDEN
}
