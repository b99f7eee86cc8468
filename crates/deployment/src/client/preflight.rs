//! A look at the server before any engine works on it, so that a wrong base URL is one sentence and not a thousand
//! failed cases.
//!
//! It must never turn away a server that is merely defective: as soon as one of three calls is answered as an API might,
//! however wrongly, the engines may have it.

use super::login::{AUTHENTICATE, RENEW, operation};
use super::patience::{is_too_busy, patiently};
use super::{Answer, Http, Limits, TransportError};
use crate::{BaseUrl, escaped};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{Request, StatusCode};
use std::time::Duration;

/// Why no engine needs to start.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum PreflightError {
    /// No answer at all.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The API is there, but below another base URL.
    #[error("the API is not at {base}, which answers {seen}, but at {right}: give {right} as the base URL")]
    WrongPrefix {
        /// What was given.
        base: String,
        /// What it answers.
        seen: String,
        /// Where a token is asked for as it should be.
        right: String,
    },
    /// Everything leads elsewhere.
    #[error(
        "{base} answers every call with a redirect to {location}; redirects are not followed: give the URL it leads to as the base URL"
    )]
    Redirects {
        /// What was given.
        base: String,
        /// Where it leads, escaped.
        location: String,
    },
    /// Whatever is asked, it is one call too many, or the server behind is down.
    #[error(
        "{base} answers every call {seen}, however long they are apart: the server behind it is down, or something before it lets nothing through"
    )]
    Busy {
        /// What was given.
        base: String,
        /// What it answers.
        seen: String,
    },
    /// Nothing of the API there, nor nearby.
    #[error(
        "{base} answers {seen} where the API should be; is the base URL right, with its path prefix (/identities in the cloud, none on premise) and its port (5009 HTTPS, 6009 HTTP on premise)?"
    )]
    NotTheApi {
        /// What was given.
        base: String,
        /// What it answers.
        seen: String,
    },
}

/// The longest one call of the preflight may take, and the most of an answer that is looked at.
const BOUNDS: Limits = Limits {
    timeout: Duration::from_secs(10),
    body_bytes: 64 << 10,
};

/// So many other base URLs are tried.
const CANDIDATES: usize = 8;

/// Makes sure that something like the API answers below the client's base URL; when it does not, looks nearby for where
/// it does. Sends at most a dozen calls, none with a password or a token, none that could store anything.
///
/// # Errors
/// One sentence that says what answers there instead, and what to do.
pub async fn preflight(http: &Http) -> Result<(), PreflightError> {
    let http = http.with_limits(Limits {
        timeout: BOUNDS.timeout.min(http.limits().timeout),
        ..BOUNDS
    });
    let mut answers = Vec::new();
    let mut first_error = None;
    for call in [renewal(), list(), login()] {
        let answer = patiently(&http, call).await;
        if let Ok(busy) = &answer
            && is_too_busy(busy)
        {
            // Whoever limits its rate is there; the engines wait for it in their own ways.
            return match busy.status {
                StatusCode::TOO_MANY_REQUESTS => Ok(()),
                _ => Err(PreflightError::Busy {
                    base: http.base().to_string(),
                    seen: seen(busy),
                }),
            };
        }
        let odd = answer
            .as_ref()
            .is_ok_and(|answer| answer.status == StatusCode::BAD_REQUEST);
        // Some servers answer plain HTTP on their TLS port with a 400 of their own words, which an API might, too.
        if odd && http.port_speaks_tls().await {
            let base = http.base().to_string();
            return Err(TransportError::TlsOnly { base }.into());
        }
        match answer {
            Ok(answer) if is_plausible(&answer) => return Ok(()),
            Ok(answer) => answers.push(answer),
            Err(error) if error.is_unreachable() => return Err(error.into()),
            Err(error) => {
                first_error.get_or_insert(error);
            }
        }
    }
    match (answers.first(), first_error) {
        (Some(answer), _) => Err(explain(&http, answer, &answers).await),
        // Every call of the three ended in an answer or an error.
        (None, Some(error)) => Err(error.into()),
        (None, None) => Ok(()),
    }
}

/// Without a token, so that 401 is the right answer.
fn renewal() -> Request<Bytes> {
    Request::get(&operation(RENEW).path)
        .body(Bytes::new())
        .expect("constant")
}

fn list() -> Request<Bytes> {
    Request::get("/api/v1/Tags").body(Bytes::new()).expect("constant")
}

/// Without a user name, so that nobody is locked out by it.
fn login() -> Request<Bytes> {
    Request::post(&operation(AUTHENTICATE).path)
        .header(CONTENT_TYPE, "application/json")
        .body(Bytes::from_static(b"{}"))
        .expect("constant")
}

/// Whether an API might answer so: no web page, no redirect, no "nothing here".
fn is_plausible(answer: &Answer) -> bool {
    let nothing_here = matches!(
        answer.status,
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::GONE
    );
    // Gateways answer so while the server behind them is down.
    let nobody_home = matches!(answer.status, StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT);
    let refuses = answer.status == StatusCode::UNAUTHORIZED;
    refuses || !(answer.is_html() || answer.status.is_redirection() || nothing_here || nobody_home)
}

async fn explain(http: &Http, first: &Answer, answers: &[Answer]) -> PreflightError {
    let base = http.base().to_string();
    if is_plain_http_on_a_tls_port(first) {
        return TransportError::TlsOnly { base }.into();
    }
    // nginx lets everybody connect, and says so in words when a certificate is missing or wrong.
    if matches!(first.status.as_u16(), 400 | 403 | 495 | 496)
        && first.is_html()
        && let Some(error) = http.certificate_wanted(None)
    {
        return error.into();
    }
    for candidate in candidates(http.base()) {
        let there = http.with_base(candidate.clone()).send(renewal()).await;
        if there.is_ok_and(|answer| answer.status == StatusCode::UNAUTHORIZED) {
            return PreflightError::WrongPrefix {
                base,
                seen: seen(first),
                right: candidate.to_string(),
            };
        }
    }
    if answers.iter().all(|answer| answer.status.is_redirection()) {
        return PreflightError::Redirects {
            base,
            location: first
                .headers
                .get(LOCATION)
                .map(|location| escaped(without_query(location.as_bytes()), 200))
                .unwrap_or_default(),
        };
    }
    PreflightError::NotTheApi {
        base,
        seen: seen(first),
    }
}

/// nginx says so in words instead of hanging up.
fn is_plain_http_on_a_tls_port(answer: &Answer) -> bool {
    answer.status == StatusCode::BAD_REQUEST
        && String::from_utf8_lossy(&answer.body).contains("plain HTTP request was sent to HTTPS port")
}

/// Base URLs that are often meant: the cloud's prefix forgotten, or too much of a path copied along.
fn candidates(base: &BaseUrl) -> Vec<BaseUrl> {
    let mut prefixes = vec![format!("{}/identities", base.prefix())];
    let mut prefix = base.prefix();
    while let Some((shorter, _)) = prefix.rsplit_once('/') {
        prefix = shorter;
        prefixes.push(prefix.to_owned());
    }
    prefixes.push("/identities".to_owned());
    let mut candidates: Vec<BaseUrl> = Vec::new();
    for prefix in prefixes {
        let candidate = base.with_prefix(&prefix);
        if candidate.prefix() != base.prefix() && !candidates.contains(&candidate) {
            candidates.push(candidate);
        }
    }
    candidates.truncate(CANDIDATES);
    candidates
}

/// What an answer looks like, in a few words.
fn seen(answer: &Answer) -> String {
    let status = answer.status.as_u16();
    if answer.is_html() {
        format!("with a web page (status {status})")
    } else {
        format!("with status {status}")
    }
}

/// Where a redirect leads, without what may be secret in it.
fn without_query(location: &[u8]) -> &[u8] {
    let end = location.iter().position(|byte| matches!(byte, b'?' | b'#'));
    &location[..end.unwrap_or(location.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::testing::{client, dead_port, http, listen, raw};
    use http::Response;

    fn answer(status: u16, media_type: &str, body: &'static str) -> Response<Bytes> {
        Response::builder()
            .status(status)
            .header("content-type", media_type)
            .body(Bytes::from_static(body.as_bytes()))
            .unwrap()
    }

    /// The API below `prefix`, and a web page everywhere else.
    async fn api_below(prefix: &'static str) -> String {
        http(move |request| match request.uri().path().strip_prefix(prefix) {
            Some("/api/v1/renewToken" | "/api/v1/Tags") => answer(401, "application/json", ""),
            Some("/api/v1/authenticate") => answer(400, "application/json", "{}"),
            _ => answer(404, "text/html", "<html>nginx"),
        })
        .await
    }

    async fn sentence(base: &str) -> String {
        preflight(&client(base)).await.unwrap_err().to_string()
    }

    #[tokio::test]
    async fn the_right_base_url_passes_and_wrong_ones_are_told_the_right_one() {
        for (prefix, given, right) in [
            ("", "", None),
            ("/identities", "/identities", None),
            ("/identities", "", Some("/identities")),
            ("", "/identities", Some("")),
            ("/identities", "/identities/identities", Some("/identities")),
            ("/identities", "/identities/api/v1", Some("/identities")),
            ("", "/swagger/index.html", Some("")),
            ("/identities", "/portal/login", Some("/identities")),
        ] {
            let server = api_below(prefix).await;
            let outcome = preflight(&client(&format!("{server}{given}"))).await;
            match right {
                None => outcome.unwrap(),
                Some(right) => assert_eq!(
                    outcome.unwrap_err().to_string(),
                    format!(
                        "the API is not at {server}{given}, which answers with a web page (status 404), but at {server}{right}: give {server}{right} as the base URL"
                    )
                ),
            }
        }
    }

    #[tokio::test]
    async fn a_web_page_everywhere_is_not_the_api() {
        let server = http(|_| answer(200, "text/html; charset=utf-8", "<!doctype html>")).await;
        let sentence = sentence(&server).await;
        assert!(
            sentence.starts_with(&format!("{server} answers with a web page (status 200)")),
            "{sentence}"
        );
    }

    #[tokio::test]
    async fn a_limited_rate_is_waited_for_and_is_no_wrong_url() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        for status in [429, 503] {
            let calls = AtomicUsize::new(0);
            let server = http(move |_| match calls.fetch_add(1, Ordering::Relaxed) {
                0 => answer(status, "text/html", "<html>nginx"),
                _ => answer(401, "application/json", ""),
            })
            .await;
            preflight(&client(&server)).await.unwrap();
        }
        let limited = http(|_| answer(429, "text/html", "<html>nginx")).await;
        preflight(&client(&limited)).await.unwrap();
    }

    #[tokio::test]
    async fn redirects_everywhere_are_told_with_their_end() {
        let server = http(|_| {
            Response::builder()
                .status(308)
                .header("location", "https://elsewhere.example/\u{e9}?token=hunter2")
                .body(Bytes::new())
                .unwrap()
        })
        .await;
        let sentence = sentence(&server).await;
        assert!(
            sentence.contains("redirect to https://elsewhere.example/") && !sentence.contains("hunter2"),
            "{sentence}"
        );
    }

    #[tokio::test]
    async fn a_defective_server_is_let_through() {
        for (status, media_type, body) in [
            (500, "application/json", "{"),
            (200, "application/json", "{}"),
            (403, "text/plain", "no"),
            (401, "text/html", "<html>log in"),
            (204, "", ""),
        ] {
            let server = http(move |_| answer(status, media_type, body)).await;
            preflight(&client(&server)).await.unwrap();
        }
        // Everything but the login is missing or leads to a login page.
        let server = http(|request| match request.uri().path() {
            "/api/v1/authenticate" => answer(400, "application/problem+json", "{}"),
            "/api/v1/Tags" => answer(302, "text/html", "<html>"),
            _ => answer(404, "", ""),
        })
        .await;
        preflight(&client(&server)).await.unwrap();
    }

    #[tokio::test]
    async fn a_plain_port_is_told_whatever_it_makes_of_a_handshake() {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        // One hangs up on what is no HTTP, one says 400 to it; both answer HTTP.
        for nonsense in [&b""[..], b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"] {
            let address = listen(move |mut stream| async move {
                let mut head = [0; 4096];
                let count = stream.read(&mut head).await.unwrap_or_default();
                let answer = if head[..count].starts_with(b"GET ") {
                    &b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n"[..]
                } else {
                    nonsense
                };
                let _ = stream.write_all(answer).await;
            })
            .await;
            let sentence = sentence(&format!("https://{address}")).await;
            assert!(sentence.contains("write http:// instead of https://"), "{sentence}");
        }
    }

    #[tokio::test]
    async fn what_cannot_be_reached_or_speaks_no_http_is_told() {
        let dead = format!("http://{}", dead_port().await);
        let refused = sentence(&dead).await;
        assert_eq!(
            refused,
            format!(
                "cannot reach {dead}: connection refused; is the server running, and is 5009 (HTTPS) or 6009 (HTTP) its port?"
            )
        );
        let ssh = raw(b"SSH-2.0-OpenSSH_9.9\r\n\r\n", false).await;
        let malformed = sentence(&ssh).await;
        assert!(malformed.contains("not HTTP"), "{malformed}");
        let nginx = http(|_| answer(400, "text/html", "<html>The plain HTTP request was sent to HTTPS port")).await;
        let tls_only = sentence(&nginx).await;
        assert!(tls_only.contains("speaks TLS"), "{tls_only}");
    }
}
