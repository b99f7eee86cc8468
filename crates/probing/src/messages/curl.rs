//! A command line that repeats an exchange, with shell variables in place of secrets.

use super::draft::Draft;
use super::redact::{Redactor, marked_json};
use crate::body::Body;
use proofload_deployment::{BaseUrl, Trust};
use proofload_results::shell::{quoted, word};
use std::fmt::Write as _;

/// A longer body is named rather than pasted.
const PASTED: usize = 500;

/// The command line for `draft`; `body_file` is where its body is, or would be, when it is too long to be pasted.
pub(super) fn line(draft: &Draft, base: &BaseUrl, trust: &Trust, redactor: &Redactor, body_file: &str) -> String {
    let mut line = String::from("curl -si");
    if base.is_tls() {
        line.push_str(&trusting(trust));
    }
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
    for header in draft.shell_headers(&|text| redactor.marked(text)) {
        let _ = write!(line, " -H {}", word(&header));
    }
    body(&mut line, &draft.body, redactor, body_file);
    line
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
    use super::super::redact::SecretKind;
    use super::*;
    use http::Method;
    use proofload_deployment::images;
    use serde_json::json;

    fn trusted(draft: &Draft, trust: &Trust) -> String {
        let redactor = Redactor::default();
        redactor.learn(SecretKind::Password, "s3$cret", "$PROOFLOAD_PASSWORD");
        redactor.learn(SecretKind::Token, "tok-1", "$TOKEN_OF_FULL");
        let base = BaseUrl::parse("https://h:5009/identities").unwrap();
        line(draft, &base, trust, &redactor, "evidence/x.body")
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
