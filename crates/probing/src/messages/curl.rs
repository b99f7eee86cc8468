//! A command line that repeats an exchange, with shell variables in place of secrets.

use super::draft::Draft;
use super::exchange::Display;
use super::redact::{Redactor, marked_json};
use crate::body::Body;
use proofload_deployment::{Trust, Way};
use proofload_results::shell::{quoted, shell, word};
use secrecy::ExposeSecret;
use std::fmt::Write as _;

/// A longer body is named rather than pasted.
const PASTED: usize = 500;

/// The command line for `draft`; `body_file` is where its body is, or would be, when it is too long to be pasted.
pub(super) fn line(draft: &Draft, display: &Display, body_file: &str) -> String {
    let Display {
        base,
        trust,
        way,
        redactor,
        ..
    } = display;
    let mut line = String::from("curl -si");
    if base.is_tls() {
        line.push_str(&trusting(trust));
    }
    line.push_str(&going(way));
    if draft.method == http::Method::HEAD {
        line.push_str(" --head");
    } else if draft.method != http::Method::GET {
        let _ = write!(line, " -X {}", draft.method);
    }
    // Paths are sent as they stand, tricks with dots and brackets included.
    let url = base.join(&draft.path_and_query());
    line.push_str(if url.contains(['[', ']', '{', '}']) {
        " --path-as-is -g"
    } else {
        " --path-as-is"
    });
    let _ = write!(line, " {}", word(&redactor.marked(&url)));
    let own = draft.shell_headers(&|text| redactor.marked(text));
    for header in own.iter().chain(&carried(way, &own, redactor)) {
        let _ = write!(line, " -H {}", word(header));
    }
    body(&mut line, &draft.body, redactor, body_file);
    line
}

/// What calls go through: a proxy, and a certificate of ours. Where its files are, and who one is to the proxy, a shell knows.
fn going(way: &Way) -> String {
    let mut going = String::new();
    if way.identity.is_some() {
        let [cert, key] = ["$CLIENT_CERT", "$CLIENT_KEY"].map(|name| word(&shell(name)));
        let _ = write!(going, " --cert {cert} --key {key}");
    }
    if let Some(proxy) = way.proxy() {
        let _ = write!(going, " --proxy {}", quoted(&proxy.to_string()));
        if proxy.authorization().is_some() {
            let _ = write!(going, " --proxy-user {}", word(&shell("$PROXY_USER")));
        }
    }
    going
}

/// The header fields that every call carries, but for those that this one has itself.
fn carried(way: &Way, own: &[String], redactor: &Redactor) -> Vec<String> {
    let is_own = |name: &str| {
        own.iter().any(|line| {
            line.split([':', ';'])
                .next()
                .is_some_and(|own| own.eq_ignore_ascii_case(name))
        })
    };
    let host = way.headers.host().map(|host| ("host", host));
    let lines = way
        .headers
        .lines()
        .map(|(name, value)| (name.as_str(), value.expose_secret()));
    let carried = host.into_iter().chain(lines).filter(|(name, _)| !is_own(name));
    carried
        .map(|(name, value)| redactor.marked(&format!("{name}: {value}")))
        .collect()
}

/// Whom curl trusts, as the person said for the run.
fn trusting(trust: &Trust) -> String {
    match trust {
        Trust::System => String::new(),
        Trust::Ca(path) => format!(" --cacert {}", quoted(&path.to_string_lossy())),
        Trust::Pin(pin) => format!(" --pinnedpubkey {}", quoted(&pin.to_string())),
        Trust::Insecure => " -k".to_owned(),
    }
}

fn body(line: &mut String, body: &Body, redactor: &Redactor, body_file: &str) {
    let (content_type, bytes) = body.encoded();
    let Some(content_type) = content_type else { return };
    let _ = write!(line, " -H {}", quoted(&format!("Content-Type: {content_type}")));
    let marked = match body {
        Body::Json(value) => marked_json(value, &|text| redactor.marked(text)).to_string(),
        _ => redactor.marked(&String::from_utf8_lossy(&bytes)),
    };
    let can_be_pasted =
        bytes.len() <= PASTED && std::str::from_utf8(&bytes).is_ok_and(|text| !text.contains(char::is_control));
    let data = if can_be_pasted {
        word(&marked)
    } else {
        quoted(&format!("@{body_file}"))
    };
    let _ = write!(line, " --data-binary {data}");
}

#[cfg(test)]
mod tests {
    use super::super::draft::HeaderLine;
    use super::super::kept::room_to_keep;
    use super::super::redact::SecretKind;
    use super::*;
    use http::Method;
    use proofload_deployment::{BaseUrl, Route, images};
    use serde_json::json;
    use std::sync::Arc;

    fn trusted(draft: &Draft, trust: &Trust) -> String {
        let redactor = Redactor::default();
        redactor.learn(SecretKind::Password, "s3$cret", "$PROOFLOAD_PASSWORD");
        redactor.learn(SecretKind::Token, "tok-1", "$TOKEN_OF_FULL");
        on_the_way(draft, trust, Way::default(), redactor)
    }

    fn on_the_way(draft: &Draft, trust: &Trust, way: Way, redactor: Redactor) -> String {
        let display = Display {
            base: BaseUrl::parse("https://h:5009/identities").unwrap(),
            trust: trust.clone(),
            way,
            redactor: redactor.into(),
            kept: room_to_keep(),
        };
        line(draft, &display, "evidence/x.body")
    }

    fn render(draft: &Draft) -> String {
        trusted(draft, &Trust::System)
    }

    #[test]
    fn secrets_become_variables_and_the_rest_is_quoted() {
        let login =
            Draft::new(Method::POST, "/api/v1/authenticate").json(json!({"username": "o'x\"$", "password": "s3$cret"}));
        assert_eq!(
            render(&login),
            r#"curl -si -X POST --path-as-is 'https://h:5009/identities/api/v1/authenticate' -H 'Content-Type: application/json' --data-binary '{"username":"o'\''x\"$","password":"'"$PROOFLOAD_PASSWORD"'"}'"#
        );
        let get = Draft::new(Method::GET, "/x").bearer(&"tok-1".to_owned().into());
        assert_eq!(
            render(&get),
            r#"curl -si --path-as-is 'https://h:5009/identities/x' -H 'authorization: Bearer '"$TOKEN_OF_FULL""#
        );
    }

    #[test]
    fn curl_trusts_as_the_person_said() {
        let draft = Draft::new(Method::GET, "/x");
        let pin = "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        for (trust, said) in [
            (Trust::System, "curl -si --path".to_owned()),
            (
                Trust::Ca("lab's ca.pem".into()),
                r"curl -si --cacert 'lab'\''s ca.pem' --path".to_owned(),
            ),
            (
                Trust::Pin(pin.parse().unwrap()),
                format!("curl -si --pinnedpubkey '{pin}' --path"),
            ),
            (Trust::Insecure, "curl -si -k --path".to_owned()),
        ] {
            let line = trusted(&draft, &trust);
            assert!(line.starts_with(&said), "{line}");
        }
    }

    #[test]
    fn what_every_call_carries_and_goes_through_is_said_without_what_is_secret() {
        let mut way = Way::default();
        way.route = Route::Proxy(Arc::new("http://me:hush-hush@proxy.example:3128".parse().unwrap()));
        for line in ["Host: other.example", "X-Api-Key: hush-hush-1", "X-Trace: 7"] {
            way.headers.add_line(line).unwrap();
        }
        let redactor = Redactor::default();
        redactor.learn(SecretKind::Header, "hush-hush-1", "$HEADER_X_API_KEY");
        let own = HeaderLine::plain(http::header::HeaderName::from_static("x-trace"), "mine");
        let draft = Draft::new(Method::GET, "/x").header(own);
        let line = on_the_way(&draft, &Trust::Insecure, way, redactor);
        assert_eq!(
            line,
            r#"curl -si -k --proxy 'http://proxy.example:3128' --proxy-user "$PROXY_USER" --path-as-is 'https://h:5009/identities/x' -H 'x-trace: mine' -H 'host: other.example' -H 'x-api-key: '"$HEADER_X_API_KEY""#
        );
    }

    #[test]
    fn pictures_are_named_rather_than_pasted() {
        let draft = Draft::new(Method::POST, "/p").json(json!({"expanded": images::FACE.base64()}));
        let line = render(&draft);
        assert!(
            line.ends_with("--data-binary '@evidence/x.body'") && line.len() < 200,
            "{line}"
        );
        let bytes = Body::Raw {
            content_type: "application/json".to_owned(),
            bytes: bytes::Bytes::from_static(b"a\0\n$(id)"),
        };
        assert!(render(&Draft::new(Method::POST, "/p").body(bytes)).ends_with("--data-binary '@evidence/x.body'"));
    }

    #[test]
    fn an_empty_header_is_written_so_that_curl_sends_it() {
        let draft = Draft::new(Method::GET, "/x").header(HeaderLine::plain(http::header::AUTHORIZATION, ""));
        assert!(render(&draft).ends_with("-H 'authorization;'"));
    }
}
