//! One call: what a handler is given, and how it reads its parts.

use crate::accounts::SeededAccount;
use crate::answer::Problem;
use crate::route::percent_decoded;
use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime, Utc};
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde::Deserialize;
use std::borrow::Cow;
use std::ops::Deref;
use std::str::FromStr;
use uuid::Uuid;

/// Text of a JSON body, borrowed from it unless it holds escapes: a published image is not copied.
/// (An `Option<Cow<str>>` would be: serde borrows a bare `Cow` only.)
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// A request that was routed, authenticated and authorised.
pub(crate) struct Call<'a> {
    pub(crate) request: &'a Request<Bytes>,
    /// The values of the path template, in its order.
    pub(crate) values: &'a [String],
    /// Who calls; nobody on `authenticate`.
    pub(crate) caller: Option<&'static SeededAccount>,
    pub(crate) now_ms: i64,
}

impl Call<'_> {
    /// The caller of an operation that is not anonymous.
    pub(crate) fn caller(&self) -> &'static SeededAccount {
        self.caller.expect("only authenticate is called by nobody")
    }

    /// The token that the caller sent, whatever it is worth; empty when there was none.
    pub(crate) fn sent_token(&self) -> &str {
        let value = self.request.headers().get(AUTHORIZATION);
        let value = value.and_then(|value| value.to_str().ok()).unwrap_or_default();
        value.split_once(' ').map_or("", |(_, token)| token.trim())
    }

    /// A path value as text.
    pub(crate) fn value(&self, index: usize) -> &str {
        self.values.get(index).map_or("", String::as_str)
    }

    /// A path value as an id; an id that is no GUID is a `400`.
    pub(crate) fn id(&self, index: usize) -> Result<Uuid, Problem> {
        let text = self.value(index);
        Uuid::from_str(text).map_err(|_| Problem::invalid("id", format!("The value '{text}' is not valid.")))
    }

    /// The body as JSON. The text may be borrowed from it.
    pub(crate) fn json<'b, T: Deserialize<'b>>(&'b self) -> Result<T, Problem> {
        if self.request.body().is_empty() {
            return Err(Problem::invalid("", "A non-empty request body is required."));
        }
        serde_json::from_slice(self.request.body())
            .map_err(|error| Problem::invalid("$", format!("The JSON value could not be read: {error}.")))
    }

    /// The value of a query parameter, whose name is matched in any case. Of several the first counts.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        let query = self.request.uri().query()?;
        query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let key = percent_decoded(&key.replace('+', " "))?;
            if key.eq_ignore_ascii_case(name) {
                percent_decoded(&value.replace('+', " "))
            } else {
                None
            }
        })
    }

    /// A query parameter of another type than text; one that cannot be read is a `400`, an empty one is none.
    pub(crate) fn query_as<T: FromStr>(&self, name: &str) -> Result<Option<T>, Problem> {
        match self.query(name) {
            None => Ok(None),
            Some(text) if text.is_empty() => Ok(None),
            Some(text) => match T::from_str(&text) {
                Ok(value) => Ok(Some(value)),
                Err(_) => Err(Problem::invalid(name, format!("The value '{text}' is not valid."))),
            },
        }
    }

    /// A query parameter that is true or false in any case.
    pub(crate) fn query_flag(&self, name: &str, default: bool) -> Result<bool, Problem> {
        match self.query(name).map(|text| text.to_ascii_lowercase()).as_deref() {
            None | Some("") => Ok(default),
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(text) => Err(Problem::invalid(name, format!("The value '{text}' is not valid."))),
        }
    }

    /// The `Content-Type` as text.
    pub(crate) fn content_type(&self) -> &str {
        let value = self.request.headers().get(CONTENT_TYPE);
        value.and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// Reads an ISO 8601 instant; without an offset it is UTC.
pub(crate) fn instant(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f")
        .ok()
        .map(|time| time.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_borrowed_unless_it_holds_escapes() {
        let text: Option<Text> = serde_json::from_str("\"/9j/4AAQ\"").expect("JSON");
        assert!(matches!(text, Some(Text(Cow::Borrowed("/9j/4AAQ")))));
        let text: Option<Text> = serde_json::from_str(r#""\u002f9j""#).expect("JSON");
        assert_eq!(text.as_deref(), Some("/9j"));
        assert!(serde_json::from_str::<Option<Text>>("null").expect("JSON").is_none());
    }

    #[test]
    fn instants_may_lack_an_offset() {
        let utc = instant("2026-01-31T18:32:05Z");
        assert!(utc.is_some());
        for same in [
            "2026-01-31T18:32:05",
            "2026-01-31T18:32:05.000",
            "2026-01-31T10:32:05-08:00",
        ] {
            assert_eq!(instant(same), utc, "{same}");
        }
        assert_eq!(instant("2026-01-31"), None);
    }
}
