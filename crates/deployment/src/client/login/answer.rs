//! How the answer to a login or a renewal is read.

use super::failure::{LoginFailure, NoToken};
use crate::client::{Answer, looks_compressed, looks_like_html};
use crate::echo::gives_away;
use crate::{OwnHeaders, escaped};
use http::header::DATE;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;
use std::time::SystemTime;

/// No header of a server takes a longer token, in bytes.
pub const TOKEN_BYTES: usize = 64 << 10;
/// So much of a refusal is shown, in characters...
const SAID: usize = 160;
/// ...of so many bytes that are looked at.
const LOOKED_AT: usize = 16 << 10;

/// What is shown in place of a secret...
const WITHHELD: &str = "[withheld]";
/// ...and what stands there until all of them are looked for: no text of a server has it.
const GAP: &str = "\u{f8ff}";

/// What was answered, by whatever client.
#[derive(Clone, Copy)]
pub struct Reply<'a> {
    /// The status.
    pub status: u16,
    /// Whether the body is a web page.
    pub is_html: bool,
    /// The body.
    pub body: &'a [u8],
    /// Whether the body was cut.
    pub truncated: bool,
    /// What the request carried beside what is its own.
    pub carried: Option<&'a OwnHeaders>,
}

/// What a successful answer gave.
#[derive(Debug, Clone)]
pub struct Given {
    /// The user name the server answered with, if it did.
    pub username: Option<String>,
    /// The token: visible ASCII, which is all that fits in a header.
    pub token: SecretString,
}

impl<'a> Reply<'a> {
    /// A whole answer of which only the body is known to say what it is.
    pub fn of_body(status: u16, body: &'a [u8]) -> Self {
        Self {
            status,
            is_html: looks_like_html(body),
            body,
            truncated: false,
            carried: None,
        }
    }

    /// The same answer, to a request that carried these header fields: a server that echoes them does not get them shown.
    #[must_use]
    pub fn carrying(self, headers: &'a OwnHeaders) -> Self {
        Self {
            carried: Some(headers),
            ..self
        }
    }

    /// Reads the token. `secret` is what the request proved itself with: a server that echoes it does not get it shown.
    ///
    /// # Errors
    /// There is none that could be used.
    pub fn token(self, secret: &str) -> Result<Given, LoginFailure> {
        let Self { status, body, .. } = self;
        if (200..300).contains(&status) {
            // A token is one whatever media type it comes with.
            return self.given().map_err(|why| match why {
                NoToken::NoJson | NoToken::Marked | NoToken::Compressed | NoToken::Endless if self.is_html => {
                    LoginFailure::Html { status }
                }
                why => LoginFailure::NoToken { status, why },
            });
        }
        let said = || said(body, secret, self.carried);
        Err(match status {
            _ if self.is_html => LoginFailure::Html { status },
            400 | 401 | 403 => LoginFailure::Refused { status, said: said() },
            _ => LoginFailure::Unexpected { status, said: said() },
        })
    }

    fn given(self) -> Result<Given, NoToken> {
        if self.truncated {
            return Err(NoToken::Endless);
        }
        // Loads renew a hundred thousand times a second: what is as usual is read without a tree of it.
        if let Ok(Usual { username, token }) = serde_json::from_slice(self.body) {
            return fit(&token, username.map(Cow::into_owned));
        }
        let body: Value = serde_json::from_slice(self.body).map_err(|_| no_json(self.body))?;
        let token = match body.get("token") {
            None if has_in_other_case(&body) => return Err(NoToken::OtherCase),
            None => return Err(NoToken::NoMember),
            Some(Value::String(token)) => token,
            Some(_) => return Err(NoToken::NoString),
        };
        fit(
            token,
            body.get("username").and_then(Value::as_str).map(ToOwned::to_owned),
        )
    }
}

/// An answer as it usually is.
#[derive(Deserialize)]
struct Usual<'a> {
    #[serde(borrow, default)]
    username: Option<Cow<'a, str>>,
    #[serde(borrow)]
    token: Cow<'a, str>,
}

/// A token that can be sent in a header.
fn fit(token: &str, username: Option<String>) -> Result<Given, NoToken> {
    if token.is_empty() {
        return Err(NoToken::Empty);
    }
    if token.len() > TOKEN_BYTES {
        return Err(NoToken::TooLong);
    }
    // Every renewal of a load comes by here: looked at without a way out, many bytes are looked at in one step.
    let is_fit = token.bytes().fold(true, |fit, byte| fit & byte.is_ascii_graphic());
    if !is_fit {
        let is_only_spaced = token.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
        return Err(if is_only_spaced {
            NoToken::Spaced
        } else {
            NoToken::FitsNoHeader
        });
    }
    Ok(Given {
        username,
        token: SecretString::from(token),
    })
}

impl<'a> From<&'a Answer> for Reply<'a> {
    fn from(answer: &'a Answer) -> Self {
        Self {
            status: answer.status.as_u16(),
            is_html: answer.is_html(),
            body: &answer.body,
            truncated: answer.truncated,
            carried: None,
        }
    }
}

/// What a body is that is no JSON.
fn no_json(body: &[u8]) -> NoToken {
    match body {
        [0xef, 0xbb, 0xbf, ..] | [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => NoToken::Marked,
        _ if looks_compressed(body) => NoToken::Compressed,
        _ => NoToken::NoJson,
    }
}

fn has_in_other_case(body: &Value) -> bool {
    let mut members = body.as_object().into_iter().flatten();
    members.any(|(name, _)| name.eq_ignore_ascii_case("token"))
}

/// What the server said, short and safe to show.
fn said(body: &[u8], secret: &str, carried: Option<&OwnHeaders>) -> String {
    let head = &body[..body.len().min(LOOKED_AT)];
    let mut text = String::from_utf8_lossy(head).into_owned();
    let carried = carried.into_iter().flat_map(OwnHeaders::secrets);
    let carried = carried.map(|(_, value)| value.expose_secret());
    for secret in carried.chain([secret]).filter(|secret| !secret.is_empty()) {
        let quoted = Value::from(secret).to_string();
        text = text.replace(secret, GAP).replace(&quoted[1..quoted.len() - 1], GAP);
        // What repeats a part of it, or all of it in other letters, is not shown at all.
        if gives_away(&text, secret) {
            return WITHHELD.to_owned();
        }
    }
    escaped(text.replace(GAP, WITHHELD).as_bytes(), SAID)
}

/// The server's clock, by the value of a `Date` header; none where it cannot be read.
pub fn server_date(value: &[u8]) -> Option<SystemTime> {
    let text = std::str::from_utf8(value).ok()?;
    Some(chrono::DateTime::parse_from_rfc2822(text.trim()).ok()?.into())
}

/// The server's clock, by the answer's `Date`.
pub(super) fn date(answer: &Answer) -> Option<SystemTime> {
    server_date(answer.headers.get(DATE)?.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_from_every_success() {
        for status in [200, 201, 299] {
            let given = Reply::of_body(status, br#"{"username":"anna","token":"a.b.c","more":[]}"#).token("");
            let given = given.unwrap();
            assert_eq!(given.username.as_deref(), Some("anna"));
            assert_eq!(given.token.expose_secret(), "a.b.c");
        }
    }

    #[test]
    fn a_token_counts_whatever_its_media_type() {
        let mut reply = Reply::of_body(200, br#"{"token":"a.b.c"}"#);
        reply.is_html = true;
        assert!(reply.token("").is_ok());
        reply.body = b"hello";
        assert_eq!(reply.token("").unwrap_err(), LoginFailure::Html { status: 200 });
    }

    #[test]
    fn every_other_answer_says_why_it_gives_none() {
        let no_token = |why| LoginFailure::NoToken { status: 200, why };
        let long = format!(r#"{{"token":"{}"}}"#, "x".repeat(TOKEN_BYTES + 1));
        for (status, body, failure) in [
            (200, "", no_token(NoToken::NoJson)),
            (200, "[]", no_token(NoToken::NoMember)),
            (200, r#"{"Token":"a"}"#, no_token(NoToken::OtherCase)),
            (200, r#"{"jwt":"a"}"#, no_token(NoToken::NoMember)),
            (200, "\u{feff}{\"token\":\"a\"}", no_token(NoToken::Marked)),
            (200, r#"{"token":"Bearer a.b.c"}"#, no_token(NoToken::Spaced)),
            (200, r#"{"token":null}"#, no_token(NoToken::NoString)),
            (200, r#"{"token":""}"#, no_token(NoToken::Empty)),
            (200, r#"{"token":"a b"}"#, no_token(NoToken::Spaced)),
            (200, r#"{"token":"a\r\nb: c"}"#, no_token(NoToken::FitsNoHeader)),
            (200, r#"{"token":"é"}"#, no_token(NoToken::FitsNoHeader)),
            (200, &long, no_token(NoToken::TooLong)),
            (
                401,
                "who?",
                LoginFailure::Refused {
                    status: 401,
                    said: "who?".to_owned(),
                },
            ),
            (
                503,
                "",
                LoginFailure::Unexpected {
                    status: 503,
                    said: String::new(),
                },
            ),
            (404, " <!DOCTYPE html><p>", LoginFailure::Html { status: 404 }),
        ] {
            let given = Reply::of_body(status, body.as_bytes()).token("");
            assert_eq!(given.map(|given| given.username), Err(failure), "{status}");
        }
    }

    #[test]
    fn a_compressed_body_is_told() {
        for body in [&b"\x1f\x8b\x08\0"[..], b"\x78\x9c\x01", b"\x28\xb5\x2f\xfd\0"] {
            let failure = Reply::of_body(200, body).token("").unwrap_err();
            let why = NoToken::Compressed;
            assert_eq!(failure, LoginFailure::NoToken { status: 200, why });
        }
    }

    #[test]
    fn a_header_that_is_echoed_is_withheld() {
        let mut carried = OwnHeaders::default();
        carried.add_line("X-Key: a-\"long\"-key").unwrap();
        let reply = Reply::of_body(403, br#"{"x-key":"a-\"long\"-key"}"#).carrying(&carried);
        let sentence = reply.token("").unwrap_err().to_string();
        assert!(
            sentence.contains("[withheld]") && !sentence.contains("long"),
            "{sentence}"
        );
    }

    #[test]
    fn a_secret_that_is_echoed_is_withheld() {
        let failure = Reply::of_body(400, br#"{"password":"pass \"word\""}"#).token("pass \"word\"");
        let sentence = failure.unwrap_err().to_string();
        assert!(
            sentence.contains("[withheld]") && !sentence.contains("word\\"),
            "{sentence}"
        );
    }

    #[test]
    fn a_secret_that_is_echoed_in_other_letters_withholds_all() {
        for body in [
            r#"{"detail":"cannot parse {\"password\": \"S3cr\\\"et&Pa<ss\"}"}"#,
            "S3cr%22et%26Pa%3Css",
            "S3cr&quot;et&amp;Pa&lt;ss",
            r#"password too long: S3cr\"et&Pa<s"#,
        ] {
            let failure = Reply::of_body(400, body.as_bytes())
                .token("S3cr\"et&Pa<ss")
                .unwrap_err();
            let said = "[withheld]".to_owned();
            assert_eq!(failure, LoginFailure::Refused { status: 400, said }, "{body}");
        }
    }
}
