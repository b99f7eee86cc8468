//! Who answered: the application, or somebody in front of it, a proxy or a firewall, with a page of its own.
//!
//! What stands in front passes most calls on, and refuses those that it does not like before the application has seen them. It
//! is known by the pages that such programs have; one that nobody knows, by a web page where the application, which was heard
//! to refuse callers itself, sends none. One that refuses in JSON or in a line of text is known by what comes around it: the
//! application's answers, passed on, name one program and carry the same headers every time, and its own do not. A page that
//! is known is its maker's whatever the status: some firewalls refuse with 200. 407 is a proxy's word, and so is 401 with a
//! page and a challenge of another scheme than the application's.

mod signs;

use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, StatusCode};
use parking_lot::Mutex;
use proofload_deployment::client::Answer;
use signs::{is_page, known, marked, named, server};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Whoever asks for credentials that no application asks for.
const PROXY: &str = "a proxy";
/// Whoever it is.
const SOMETHING: &str = "something in front of the application";
/// So many answers make a habit of what all of them have.
const HABIT: usize = 5;
/// Headers that come and go with what an answer says.
const BY_CONTENT: [&str; 24] = [
    "accept-ranges",
    "age",
    "allow",
    "alt-svc",
    "cache-control",
    "connection",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-length",
    "content-type",
    "date",
    "etag",
    "expires",
    "keep-alive",
    "last-modified",
    "link",
    "location",
    "pragma",
    "retry-after",
    "set-cookie",
    "transfer-encoding",
    "vary",
    "www-authenticate",
];

/// What was heard of the application.
#[derive(Debug, Default)]
pub struct Voices {
    heard: Mutex<Heard>,
    /// The proxy that calls go through, without its credentials.
    proxy: Option<String>,
}

#[derive(Debug, Default)]
struct Heard {
    /// Refusals for want of a good token that were no web pages.
    plain: usize,
    /// The same, as web pages: then a page may be the application's.
    pages: usize,
    /// Calls that were let in.
    let_in: usize,
    /// What the application's answers say in `Server`; an empty text where they say nothing.
    servers: BTreeSet<String>,
    /// The headers that all of them had so far.
    constant: BTreeSet<String>,
}

impl Heard {
    fn habits(&mut self, headers: &HeaderMap) {
        self.servers.insert(server(headers));
        let names: BTreeSet<String> = headers.keys().map(|name| name.as_str().to_owned()).collect();
        if self.plain + self.let_in <= 1 {
            self.constant = names;
            self.constant.retain(|name| !BY_CONTENT.contains(&name.as_str()));
        } else {
            self.constant.retain(|name| names.contains(name));
        }
    }

    /// Whether an answer lacks the habits of the application's: another program is named, or what all others have is missing.
    fn is_foreign(&self, headers: &HeaderMap) -> bool {
        let known = self.plain > 0 && self.let_in > 0 && self.plain + self.let_in >= HABIT;
        let lacks = |name: &String| !headers.contains_key(name.as_str());
        known && (!self.servers.contains(&server(headers)) || self.constant.iter().any(lacks))
    }
}

impl Voices {
    /// Nobody was heard yet; calls go through `proxy`, where there is one.
    pub fn through(proxy: Option<String>) -> Self {
        Self {
            heard: Mutex::default(),
            proxy,
        }
    }

    /// Hears an answer. Only the application asks for its tokens, and only it lets anybody in.
    pub fn hear(&self, answer: &Answer) {
        let refused = answer.status.as_u16() == 401;
        if !refused && !answer.status.is_success() || refused && is_anothers_challenge(answer) {
            return;
        }
        let mut heard = self.heard.lock();
        match (refused, is_page(answer)) {
            (true, true) => heard.pages += 1,
            (true, false) => heard.plain += 1,
            (false, true) => {}
            (false, false) => heard.let_in += 1,
        }
        if !is_page(answer) {
            heard.habits(&answer.headers);
        }
    }

    /// Who answered so, when it was not the application.
    pub fn front(&self, answer: &Answer) -> Option<Cow<'static, str>> {
        if answer.status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            return Some(match &self.proxy {
                Some(proxy) => format!("the proxy {proxy}").into(),
                None => named(&answer.headers).unwrap_or(PROXY).into(),
            });
        }
        self.by_page_or_habit(answer).map(Cow::Borrowed)
    }

    /// Whether a front wants something of the caller, credentials or a proof that it is no machine, and may let it through the
    /// next time. What it has against the call itself, it refuses every time.
    pub fn asks_the_caller(&self, answer: &Answer) -> bool {
        let status = answer.status;
        let asks = status.is_success() || matches!(status.as_u16(), 401 | 407);
        asks && self.front(answer).is_some()
    }

    fn by_page_or_habit(&self, answer: &Answer) -> Option<&'static str> {
        let status = answer.status.as_u16();
        match status {
            401 => {
                return is_anothers_challenge(answer)
                    .then(|| known(answer).or_else(|| named(&answer.headers)).unwrap_or(SOMETHING));
            }
            // Whatever it says by its status, it is not the application that says it.
            200..=299 => return is_page(answer).then(|| marked(answer)).flatten(),
            ..=199 | 300..=399 => return None,
            _ => {}
        }
        let heard = self.heard.lock();
        if is_page(answer) {
            let by_elimination = heard.plain > 0 && heard.pages == 0 && is_refused_unread(status);
            return known(answer).or(by_elimination.then_some(SOMETHING));
        }
        // A limit that is told by status is a limit, whoever sets it.
        let refused = is_refused_unread(status) && !matches!(status, 429 | 503);
        (refused && heard.is_foreign(&answer.headers)).then(|| named(&answer.headers).unwrap_or(SOMETHING))
    }
}

/// Whether a 401 asks for other credentials than the application's tokens, or for none, by a page that is no application's.
fn is_anothers_challenge(answer: &Answer) -> bool {
    if !is_page(answer) {
        return false;
    }
    let challenges = answer.headers.get_all(WWW_AUTHENTICATE).iter();
    let mut schemes = challenges.filter_map(|value| value.to_str().ok()?.split([' ', ',']).next());
    match schemes.next() {
        Some(first) => std::iter::once(first)
            .chain(schemes)
            .all(|scheme| !scheme.eq_ignore_ascii_case("bearer")),
        None => known(answer).is_some(),
    }
}

/// Statuses with which a front refuses what it does not pass on. A page with 404 or 500 may be anybody's.
fn is_refused_unread(status: u16) -> bool {
    matches!(
        status,
        400 | 403 | 405 | 406 | 408 | 411 | 413 | 414 | 418 | 421 | 429 | 431 | 451 | 494 | 501 | 503
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::header::SERVER;
    use http::{HeaderMap, HeaderValue, StatusCode};
    use std::time::Duration;

    fn answer(status: u16, media_type: &'static str, body: &'static str) -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert(http::header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers,
            body: Bytes::from_static(body.as_bytes()),
            truncated: false,
            elapsed: Duration::ZERO,
        }
    }

    fn page(status: u16, body: &'static str) -> Answer {
        answer(status, "text/html", body)
    }

    #[test]
    fn pages_of_known_programs_are_theirs() {
        let voices = Voices::default();
        for (status, body, who) in [
            (
                405,
                "<html>\r\n<head><title>405 Not Allowed</title></head>\r\n<body>\r\n<center><h1>405 Not Allowed</h1></center>\r\n<hr><center>nginx</center>",
                "nginx",
            ),
            (
                403,
                "<html><body><h1>403 Forbidden</h1>\nRequest forbidden by administrative rules.\n</body></html>\n",
                "HAProxy",
            ),
            (
                403,
                "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\" \"http://www.w3.org/TR/html4/strict.dtd\">\n<html><head>",
                "Apache",
            ),
            (
                400,
                "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\"\"http://www.w3.org/TR/html4/strict.dtd\">\r\n<HTML>",
                "http.sys",
            ),
            (
                403,
                "<html><head><title>Request Rejected</title></head><body>The requested URL was rejected.",
                "a firewall (F5)",
            ),
        ] {
            assert_eq!(voices.front(&page(status, body)).as_deref(), Some(who));
        }
    }

    #[test]
    fn an_unknown_page_is_a_front_s_once_the_application_was_heard_without_one() {
        let (voices, blocked) = (Voices::default(), page(403, "<!doctype html><title>Blocked</title>"));
        assert_eq!(voices.front(&blocked), None, "nobody was heard yet");
        voices.hear(&answer(401, "application/problem+json", "{}"));
        assert!(voices.front(&blocked).is_some());
        for status in [404, 500, 502] {
            assert_eq!(voices.front(&page(status, "<!doctype html>")), None, "{status}");
        }
        assert_eq!(voices.front(&page(401, "<html>")), None);
        assert_eq!(voices.front(&answer(403, "application/json", "{}")), None);
        voices.hear(&page(401, "<html>log in"));
        assert_eq!(voices.front(&blocked), None, "the application has pages, too");
    }

    /// An answer of one program, with headers that it always has.
    fn by(status: u16, program: &'static str, always: &[&'static str], body: &'static str) -> Answer {
        let mut answer = answer(status, "application/json", body);
        if !program.is_empty() {
            answer.headers.insert(SERVER, HeaderValue::from_static(program));
        }
        for name in always {
            answer.headers.insert(*name, HeaderValue::from_static("1"));
        }
        answer
    }

    #[test]
    fn a_refusal_in_json_is_a_front_s_where_it_lacks_the_application_s_habits() {
        let gateways = [
            ("Kestrel", &[][..], "awselb/2.0", &[][..], "AWS's load balancer"),
            ("Kestrel", &["via"], "kong/3.4.2", &[], "Kong"),
            ("envoy", &["x-envoy-upstream-service-time"], "envoy", &[], "Envoy"),
            ("Kestrel", &[], "", &[], SOMETHING),
            ("", &["x-request-id"], "", &[], SOMETHING),
        ];
        for (program, always, other, others, who) in gateways {
            let voices = Voices::default();
            let refusal = by(403, other, others, "{\"message\":\"Forbidden\"}");
            for status in [200, 401, 204, 401] {
                voices.hear(&by(status, program, always, "{}"));
                assert_eq!(voices.front(&refusal), None, "too little was heard");
            }
            voices.hear(&by(201, program, always, "{}"));
            assert_eq!(voices.front(&refusal).as_deref(), Some(who));
            assert_eq!(voices.front(&by(403, program, always, "")), None, "its own");
            for status in [404, 429, 500, 503] {
                assert_eq!(voices.front(&by(status, other, others, "{}")), None, "{status}");
            }
        }
    }

    #[test]
    fn a_known_page_is_its_maker_s_whatever_the_status_and_an_unknown_one_with_200_is_nobody_s() {
        let voices = Voices::default();
        voices.hear(&answer(401, "application/problem+json", "{}"));
        for (body, who) in [
            (
                "<html><head><title>Request Rejected</title></head><body>The requested URL was rejected.",
                Some("a firewall (F5)"),
            ),
            ("<html><head><title>Just a moment...</title>", Some("Cloudflare")),
            ("<html><form action=/login>", None),
        ] {
            assert_eq!(voices.front(&page(200, body)).as_deref(), who, "{body}");
        }
        let quoted = answer(
            200,
            "application/json",
            "{\"body\": \"<html>The requested URL was rejected\"}",
        );
        assert_eq!(voices.front(&quoted), None, "what somebody stored");
    }

    #[test]
    fn what_asks_for_credentials_of_its_own_is_a_front() {
        let nginx = "<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx</center>";
        let challenged = |mut answer: Answer, challenge| {
            answer
                .headers
                .insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
            answer
        };
        let voices = Voices::default();
        let who = |answer: &Answer| voices.front(answer).map(Cow::into_owned);
        assert_eq!(
            who(&challenged(page(401, nginx), "Basic realm=\"x\"")).as_deref(),
            Some("nginx")
        );
        assert_eq!(who(&page(401, nginx)).as_deref(), Some("nginx"));
        assert_eq!(
            who(&challenged(page(401, "<html>who are you?"), "Negotiate")).as_deref(),
            Some(SOMETHING)
        );
        assert_eq!(who(&challenged(page(401, nginx), "Bearer")), None, "passed on");
        assert_eq!(who(&page(401, "<html>log in")), None, "the application may have pages");
        let basic = challenged(answer(401, "application/json", "{}"), "Basic");
        assert_eq!(who(&basic), None, "wrong, and the application's own");
        assert_eq!(who(&answer(407, "", "")).as_deref(), Some(PROXY));
        let through = Voices::through(Some("http://proxy.example:3128".to_owned()));
        assert_eq!(
            through.front(&answer(407, "", "")).as_deref(),
            Some("the proxy http://proxy.example:3128")
        );
    }
}
