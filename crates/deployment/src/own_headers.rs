//! Header fields that every call carries beside those of its own, as somebody asked for: a gateway's key, another `Host`.

use http::header::{HOST, HeaderMap, HeaderName, HeaderValue};
use http::uri::Authority;
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashSet;
use std::fmt;

/// No more fields than these are carried...
const MOST: usize = 16;
/// ...none longer than this, in bytes.
const MOST_BYTES: usize = 4096;
/// A shorter value guards nothing, and would be found in any text.
const LEAST_SECRET: usize = 8;

/// Fields that calls have by themselves, or that say where a message ends: nobody else writes them.
const REFUSED: [(&str, &str); 18] = [
    ("authorization", "an account is named instead, and its token sent"),
    (
        "proxy-authorization",
        "a proxy's user name and password stand in its URL",
    ),
    ("accept", OWN),
    ("accept-encoding", OWN),
    ("content-encoding", OWN),
    ("content-length", OWN),
    ("content-type", OWN),
    ("user-agent", OWN),
    ("connection", OWN),
    ("date", OWN),
    ("expect", OWN),
    ("http2-settings", OWN),
    ("keep-alive", OWN),
    ("proxy-connection", OWN),
    ("te", OWN),
    ("trailer", OWN),
    ("transfer-encoding", OWN),
    ("upgrade", OWN),
];
const OWN: &str = "calls have it by themselves";

/// Why a field is none that can be carried. Its value is not repeated: it may be secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OwnHeaderError {
    /// There is no colon, or nothing before it.
    #[error("a header field is written NAME: VALUE, such as 'X-Api-Key: abc'")]
    Shape,
    /// Its name has characters that no name has.
    #[error("{0:?} is not the name of a header field: letters, digits and hyphens are")]
    Name(String),
    /// Its value has characters that no value has, or is empty, or too long.
    #[error("the value of {0} is none: it takes printable ASCII characters, 1 to 4096 of them, and no line break")]
    Value(HeaderName),
    /// It is not for others to write.
    #[error("{name} cannot be given: {why}")]
    Refused {
        /// Its name.
        name: HeaderName,
        /// Why not.
        why: &'static str,
    },
    /// Its value names no host.
    #[error("the value of host is not HOST or HOST:PORT")]
    Host,
    /// There are too many.
    #[error("there are more than 16 header fields, or host is among them twice")]
    TooMany,
}

/// Header fields that every call carries.
#[derive(Clone, Default)]
pub struct OwnHeaders(Vec<(HeaderName, SecretString)>);

impl OwnHeaders {
    /// Reads `NAME: VALUE`, and carries it, too.
    ///
    /// # Errors
    /// It is none that can be carried.
    pub fn add_line(&mut self, line: &str) -> Result<(), OwnHeaderError> {
        let (name, value) = line.split_once(':').ok_or(OwnHeaderError::Shape)?;
        if name.trim().is_empty() {
            return Err(OwnHeaderError::Shape);
        }
        self.add(name, &value.trim().into())
    }

    /// Carries a field, too.
    ///
    /// # Errors
    /// It is none that can be carried.
    pub fn add(&mut self, name: &str, value: &SecretString) -> Result<(), OwnHeaderError> {
        let value = value.expose_secret();
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| OwnHeaderError::Name(crate::escaped(name.as_bytes(), 60)))?;
        if let Some((_, why)) = REFUSED.iter().find(|(refused, _)| *refused == name.as_str()) {
            return Err(OwnHeaderError::Refused { name, why });
        }
        let is_printable = value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if value.is_empty() || value.len() > MOST_BYTES || !is_printable {
            return Err(OwnHeaderError::Value(name));
        }
        let is_host = name == HOST;
        if is_host && (value.contains('@') || value.parse::<Authority>().is_err()) {
            return Err(OwnHeaderError::Host);
        }
        if self.0.len() >= MOST || (is_host && self.host().is_some()) {
            return Err(OwnHeaderError::TooMany);
        }
        self.0.push((name, value.into()));
        Ok(())
    }

    /// The names of the fields.
    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// What stands in `Host` in place of the base URL's host.
    pub fn host(&self) -> Option<&str> {
        let host = self.0.iter().find(|(name, _)| *name == HOST)?;
        Some(host.1.expose_secret())
    }

    /// All but `Host`, as they are written into a request's head.
    pub fn lines(&self) -> impl Iterator<Item = (&HeaderName, &SecretString)> {
        self.0
            .iter()
            .filter(|(name, _)| *name != HOST)
            .map(|(name, value)| (name, value))
    }

    /// The values that may be secret, each with the name of its field.
    pub fn secrets(&self) -> impl Iterator<Item = (&HeaderName, &SecretString)> {
        self.lines()
            .filter(|(_, value)| value.expose_secret().len() >= LEAST_SECRET)
    }

    /// Adds them to a request's, but for those that it has already: a probe that says something else means it.
    pub(crate) fn add_to(&self, headers: &mut HeaderMap) {
        let present: HashSet<HeaderName> = headers.keys().cloned().collect();
        for (name, value) in self.0.iter().filter(|(name, _)| !present.contains(name)) {
            if let Ok(mut value) = HeaderValue::from_str(value.expose_secret()) {
                value.set_sensitive(true);
                headers.append(name.clone(), value);
            }
        }
    }
}

impl fmt::Debug for OwnHeaders {
    /// Without their values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<OwnHeaders, String> {
        let mut headers = OwnHeaders::default();
        headers.add_line(line).map_err(|error| error.to_string())?;
        Ok(headers)
    }

    #[test]
    fn a_field_is_carried_unless_the_request_has_it() {
        let mut own = read("X-Api-Key:  hush: hush ").unwrap();
        own.add_line("Host: other.example:81").unwrap();
        own.add_line("x-api-key: second").unwrap();
        assert_eq!(own.host(), Some("other.example:81"));
        assert!(!format!("{own:?}").contains("hush"), "{own:?}");
        let mut headers = HeaderMap::new();
        own.add_to(&mut headers);
        let keys: Vec<_> = headers.get_all("x-api-key").iter().collect();
        assert_eq!(keys, ["hush: hush", "second"]);
        assert!(keys.iter().all(|value| value.is_sensitive()) && headers["host"] == "other.example:81");
        let mut probe = HeaderMap::new();
        probe.insert("x-api-key", HeaderValue::from_static("a probe's"));
        own.add_to(&mut probe);
        assert_eq!(probe.get_all("x-api-key").iter().count(), 1);
        assert_eq!(own.lines().count(), 2);
        assert_eq!(own.secrets().count(), 1, "six letters guard nothing");
    }

    #[test]
    fn what_cannot_be_carried_is_refused_without_its_value() {
        for (line, what) in [
            ("hush", "NAME: VALUE"),
            (": hush", "NAME: VALUE"),
            ("X Key: hush", "not the name of a header field"),
            ("X-Key: hush\r\nX-Other: 1", "no line break"),
            ("X-Key: h\u{fc}sh", "printable ASCII"),
            ("X-Key: ", "printable ASCII"),
            ("Authorization: Bearer hush", "an account is named instead"),
            ("TRANSFER-encoding: hush", "by themselves"),
            ("content-length: 4", "by themselves"),
            ("Host: hush@lab", "not HOST"),
            ("Host: a b", "not HOST"),
        ] {
            let told = read(line).map(|_| ()).unwrap_err();
            assert!(told.contains(what) && !told.contains("hush\r"), "{line:?}: {told}");
            assert!(line == "hush" || !told.contains("hush"), "{line:?}: {told}");
        }
        let mut many = OwnHeaders::default();
        for number in 0..MOST {
            many.add_line(&format!("x-{number}: 1")).unwrap();
        }
        assert_eq!(many.add_line("x: 1"), Err(OwnHeaderError::TooMany));
    }
}
