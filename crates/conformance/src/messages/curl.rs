//! A command line that repeats an exchange, with shell variables in place of secrets.

use super::draft::Draft;
use super::redact::{CLOSE, OPEN, Redactor};
use crate::body::{Body, Part};
use crate::images;
use proofload_deployment::{BaseUrl, Trust};
use std::fmt::Write as _;

/// The command line for `draft`.
pub(crate) fn line(draft: &Draft, base: &BaseUrl, trust: &Trust, redactor: &Redactor) -> String {
    let mut line = String::from(if base.is_tls() && *trust != Trust::System {
        "curl -sik"
    } else {
        "curl -si"
    });
    if draft.method == http::Method::HEAD {
        line.push_str(" --head");
    } else if draft.method != http::Method::GET {
        let _ = write!(line, " -X {}", draft.method);
    }
    // Paths are sent as they stand, tricks with dots included.
    line.push_str(" --path-as-is");
    let url = redactor.shell_variables(&base.join(&draft.path_and_query()));
    let _ = write!(line, " {}", quoted(&url));
    for header in &draft.headers {
        // curl drops a header with nothing behind its colon; a semicolon makes it send an empty one.
        let text = match header.shell.as_str() {
            "" => format!("{};", header.name),
            value => format!("{}: {}", header.name, redactor.shell_variables(value)),
        };
        let _ = write!(line, " -H {}", quoted(&text));
    }
    body(&mut line, &draft.body, redactor);
    line
}

fn body(line: &mut String, body: &Body, redactor: &Redactor) {
    match body {
        Body::Empty => {}
        Body::Json(value) => {
            let mut text = redactor.shell_variables(&value.to_string());
            for image in images::ALL {
                let encoded = image.base64();
                if text.contains(&encoded) {
                    let from_file = format!("{OPEN}$(base64 < scenarios/images/{} | tr -d '\\n'){CLOSE}", image.file);
                    text = text.replace(&encoded, &from_file);
                }
            }
            let _ = write!(
                line,
                " -H 'Content-Type: application/json' --data-binary {}",
                quoted(&text)
            );
        }
        Body::Multipart(parts) => {
            for part in parts {
                let _ = write!(line, " -F {}", quoted(&form_field(part)));
            }
        }
        Body::Raw { content_type, bytes } => {
            let text = redactor.shell_variables(&String::from_utf8_lossy(bytes));
            let _ = write!(
                line,
                " -H {} --data-binary {}",
                quoted(&format!("Content-Type: {content_type}")),
                quoted(&text)
            );
        }
    }
}

fn form_field(part: &Part) -> String {
    if part.file_name.is_none() {
        return format!("{}={}", part.name, String::from_utf8_lossy(&part.content));
    }
    match images::ALL.iter().find(|image| image.jpeg == part.content) {
        Some(image) => format!("{}=@scenarios/images/{}", part.name, image.file),
        None => format!("{}=@FILE-OF-{}-BYTES", part.name, part.content.len()),
    }
}

/// One word of a POSIX shell: single quotes where nothing is to be filled in, else double quotes.
fn quoted(text: &str) -> String {
    if !text.contains(OPEN) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut word = String::from("\"");
    let mut filling = false;
    for c in text.chars() {
        match c {
            OPEN => filling = true,
            CLOSE => filling = false,
            '\\' | '"' | '$' | '`' if !filling => word.extend(['\\', c]),
            c => word.push(c),
        }
    }
    word.push('"');
    word
}

#[cfg(test)]
mod tests {
    use super::super::draft::HeaderLine;
    use super::super::redact::SecretKind;
    use super::*;
    use http::Method;
    use serde_json::json;

    fn render(draft: &Draft) -> String {
        let redactor = Redactor::default();
        redactor.learn(SecretKind::Password, "s3$cret");
        redactor.learn(SecretKind::Token, "tok-1");
        let base = BaseUrl::parse("https://h:5009/identities").unwrap();
        line(draft, &base, &Trust::Insecure, &redactor)
    }

    #[test]
    fn secrets_become_variables_and_the_rest_is_quoted() {
        let login =
            Draft::new(Method::POST, "/api/v1/authenticate").json(json!({"username": "o'x\"$", "password": "s3$cret"}));
        assert_eq!(
            render(&login),
            r#"curl -sik -X POST --path-as-is 'https://h:5009/identities/api/v1/authenticate' -H 'Content-Type: application/json' --data-binary "{\"username\":\"o'x\\\"\$\",\"password\":\"$PASSWORD\"}""#
        );
        let get = Draft::new(Method::GET, "/x").bearer(&"tok-1".to_owned().into());
        assert_eq!(
            render(&get),
            r#"curl -sik --path-as-is 'https://h:5009/identities/x' -H "authorization: Bearer $TOKEN""#
        );
    }

    #[test]
    fn pictures_are_named_rather_than_pasted() {
        let draft = Draft::new(Method::POST, "/p").json(json!({"expanded": images::FACE.base64()}));
        let line = render(&draft);
        assert!(line.ends_with(
            r#"--data-binary "{\"expanded\":\"$(base64 < scenarios/images/face-crop-260x300.jpg | tr -d '\n')\"}""#
        ));
    }

    #[test]
    fn an_empty_header_is_written_so_that_curl_sends_it() {
        let draft = Draft::new(Method::GET, "/x").header(HeaderLine::plain(http::header::AUTHORIZATION, ""));
        assert!(render(&draft).ends_with("-H 'authorization;'"));
    }
}
