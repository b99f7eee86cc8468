//! Nothing secret leaves the engine: what is known to be secret, and what looks like a token, is replaced.

use parking_lot::RwLock;
use proofload_deployment::echo::is_escaped_in;
use proofload_results::shell::shell;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::collections::BTreeSet;

/// Stands for the n-th secret while a text is worked on, so that a short secret is not found in the words that replaced a
/// long one. From a private-use plane.
const STAND_IN: u32 = 0xF_0000;

/// The longest secret that is looked for whole, in bytes: twice what headers take.
const LONGEST: usize = 16 * 1024;

/// Marks what a shell is to fill in.
pub type Mark<'a> = &'a dyn Fn(&str) -> String;

/// Knows every secret of the run.
#[derive(Default)]
pub struct Redactor {
    /// Longest first, so that a secret which contains another is replaced whole.
    secrets: RwLock<Vec<Known>>,
    /// Names of the API. A password may be a word, and the names of members are no secret.
    names: BTreeSet<String>,
}

struct Known {
    text: SecretString,
    kind: SecretKind,
    /// How a shell writes it.
    shell: String,
}

/// A text is withheld for a secret of so many bytes that stands in it under escapes.
const TELLING: usize = 6;
/// What is shown in its place.
const WITHHELD: &str = "[withheld: it repeats a secret in another way of writing]";

/// What kind of secret it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// A password.
    Password,
    /// A token.
    Token,
    /// The value of a header field that every call carries.
    Header,
}

/// How a shell writes a token of which it is not known whose it is.
pub const NOBODYS: &str = "$TOKEN";

impl Redactor {
    /// Knows no secret yet; the names of members, paths and parameters in `document` are none, whatever the secrets are.
    pub fn with_names_of(document: &Value) -> Self {
        let mut names = BTreeSet::new();
        collect_names(document, &mut names);
        Self {
            secrets: RwLock::default(),
            names,
        }
    }

    /// Learns a secret, also in the spelling it has inside a JSON string, and how a shell writes it, as in `$TOKEN`.
    /// Whether it was not known before.
    pub fn learn(&self, kind: SecretKind, secret: &str, shell: &str) -> bool {
        if secret.is_empty() {
            return false;
        }
        let in_json = Value::from(secret).to_string();
        let in_json = in_json[1..in_json.len() - 1].to_owned();
        let mut secrets = self.secrets.write();
        let known = secrets.len();
        // One that is too long for every header is known by its pieces: looking for it whole takes its length each time.
        let pieces = [secret, &in_json].map(pieces);
        for text in pieces.into_iter().flatten() {
            match secrets.iter_mut().find(|known| known.text.expose_secret() == text) {
                // Two logins in one second may give the same token: whose it is says more.
                Some(known) if known.shell == NOBODYS => shell.clone_into(&mut known.shell),
                Some(_) => {}
                None => secrets.push(Known {
                    text: text.into(),
                    kind,
                    shell: shell.to_owned(),
                }),
            }
        }
        let is_new = secrets.len() > known;
        secrets.sort_by_key(|known| std::cmp::Reverse(known.text.expose_secret().len()));
        is_new
    }

    /// The length of the longest secret, in bytes.
    pub fn longest(&self) -> usize {
        let secrets = self.secrets.read();
        secrets.first().map_or(0, |known| known.text.expose_secret().len())
    }

    /// `text` with `[password]`, `[token]` and `[header]` where secrets stood.
    pub fn redact(&self, text: &str) -> String {
        let known = self.replaced(text, |known| match known.kind {
            SecretKind::Password => "[password]".to_owned(),
            SecretKind::Token => "[token]".to_owned(),
            SecretKind::Header => "[header]".to_owned(),
        });
        if self.is_written_otherwise(&known) {
            return WITHHELD.to_owned();
        }
        without_token_shapes(&known)
    }

    /// Whether a text repeats a secret that it does not hold plainly. Of what is short or a name of the API that is not asked: it
    /// stands in too many texts.
    fn is_written_otherwise(&self, text: &str) -> bool {
        let secrets = self.secrets.read();
        let mut asked = secrets.iter().filter(|known| known.kind != SecretKind::Token);
        text.contains(['\\', '%', '&'])
            && asked.any(|known| {
                let secret = known.text.expose_secret();
                secret.len() >= TELLING && !self.names.contains(secret) && is_escaped_in(text, secret)
            })
    }

    /// `text` with marked shell expressions where secrets stood.
    pub fn marked(&self, text: &str) -> String {
        self.replaced(text, |known| shell(&known.shell))
    }

    fn replaced(&self, text: &str, with: impl Fn(&Known) -> String) -> String {
        let secrets = self.secrets.read();
        let mut text = text.to_owned();
        let mut found = Vec::new();
        for (known, stand_in) in secrets.iter().zip((STAND_IN..).filter_map(char::from_u32)) {
            let secret = known.text.expose_secret();
            if text.contains(secret) {
                text = self.with_stand_in(&text, secret, stand_in);
                found.push((stand_in, known));
            }
        }
        for (stand_in, known) in found {
            text = text.replace(stand_in, &with(known));
        }
        text
    }

    fn with_stand_in(&self, text: &str, secret: &str, stand_in: char) -> String {
        let mut replaced = String::with_capacity(text.len());
        let mut from = 0;
        for (start, _) in text.match_indices(secret) {
            let end = start + secret.len();
            replaced.push_str(&text[from..start]);
            if self.is_of_a_name(text, start, end) {
                replaced.push_str(secret);
            } else {
                replaced.push(stand_in);
            }
            from = end;
        }
        replaced.push_str(&text[from..]);
        replaced
    }

    /// Whether what stands there belongs to the name of a member (`"password":`), of a parameter (`?tagName=`), or to a path.
    fn is_of_a_name(&self, text: &str, start: usize, end: usize) -> bool {
        let of_a_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let before = text[..start].trim_end_matches(of_a_word);
        let after = text[end..].trim_start_matches(of_a_word);
        let name = &text[before.len()..text.len() - after.len()];
        if !self.names.contains(name) {
            return false;
        }
        match before.chars().next_back() {
            Some('"') => {
                let closed = after.trim_start_matches('\\').strip_prefix('"');
                closed.is_some_and(|rest| rest.trim_start().starts_with(':'))
            }
            Some('?' | '&') => after.starts_with('='),
            Some('/') => after.is_empty() || after.starts_with(['/', '?', ' ']),
            _ => false,
        }
    }
}

/// A secret in pieces of which none is too long.
fn pieces(secret: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for letter in secret.chars() {
        if pieces.last().is_none_or(|piece| piece.len() >= LONGEST) {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(letter);
        }
    }
    pieces
}

/// A JSON document with marks in its texts, not in the names of its members.
pub fn marked_json(value: &Value, mark: Mark<'_>) -> Value {
    match value {
        Value::String(text) => mark(text).into(),
        Value::Array(items) => items.iter().map(|item| marked_json(item, mark)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), marked_json(member, mark)))
            .collect(),
        other => other.clone(),
    }
}

/// The names of members and parameters, and the words of paths, in an `OpenAPI` document.
fn collect_names(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_names(item, names)),
        Value::Object(members) => {
            for key in ["properties", "paths"] {
                let keyed = members.get(key).and_then(Value::as_object).into_iter().flatten();
                names.extend(keyed.flat_map(|(name, _)| name.split('/').map(str::to_owned)));
            }
            if members.contains_key("in") {
                names.extend(members.get("name").and_then(Value::as_str).map(str::to_owned));
            }
            members.values().for_each(|member| collect_names(member, names));
        }
        _ => {}
    }
}

/// Replaces whatever looks like a compact JWT: `eyJ` (that is, `{"`), then base64url in two or three parts.
fn without_token_shapes(text: &str) -> String {
    let part_of_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '=');
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("eyJ") {
        let (before, candidate) = rest.split_at(start);
        let end = candidate.find(|c| !part_of_token(c)).unwrap_or(candidate.len());
        clean.push_str(before);
        clean.push_str(if candidate[..end].contains('.') {
            "[token]"
        } else {
            &candidate[..end]
        });
        rest = &candidate[end..];
    }
    clean.push_str(rest);
    clean
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::shell::word;
    use serde_json::json;

    #[test]
    fn known_secrets_and_their_json_spelling_are_replaced() {
        let redactor = Redactor::default();
        redactor.learn(SecretKind::Password, "pa\"ss", "$P");
        redactor.learn(SecretKind::Token, "opaque-token-1", "$T");
        assert_eq!(
            redactor.redact(r#"pa"ss {"password":"pa\"ss"} opaque-token-1"#),
            r#"[password] {"password":"[password]"} [token]"#
        );
    }

    #[test]
    fn a_password_in_another_way_of_writing_withholds_the_text() {
        let redactor = Redactor::default();
        redactor.learn(SecretKind::Password, "S3cr\"et&Pa<ss", "$P");
        for text in [
            "S3cr%22et%26Pa%3Css",
            "<p>S3cr&quot;et&amp;Pa&lt;ss</p>",
            r#"{"detail":"{\"password\":\"S3cr\\\"et&Pa<ss\"}"}"#,
        ] {
            assert_eq!(redactor.redact(text), WITHHELD, "{text}");
        }
        assert_eq!(redactor.redact("50% of & \\ \"nothing\""), "50% of & \\ \"nothing\"");
    }

    #[test]
    fn a_password_that_is_a_word_leaves_names_alone() {
        let document = json!({
            "paths": {"/api/v1/Tags": {"parameters": [{"in": "query", "name": "tagName"}]}},
            "properties": {"password": {}, "username": {}},
        });
        for (password, text, redacted) in [
            (
                "password",
                r#"{"username":"password","password" : "password"}"#,
                r#"{"username":"[password]","password" : "[password]"}"#,
            ),
            ("user", r#"{\"username\":\"user\"}"#, r#"{\"username\":\"[password]\"}"#),
            (
                "Tags",
                "GET /api/v1/Tags?tagName=Tags",
                "GET /api/v1/Tags?tagName=[password]",
            ),
            (
                "tag",
                "GET /api/v1/Tags?tagName=tag",
                "GET /api/v1/Tags?tagName=[password]",
            ),
            // What is no name of the API may well be a password that a server put there.
            ("hunter2", r#"{"hunter2": 1}"#, r#"{"[password]": 1}"#),
        ] {
            let redactor = Redactor::with_names_of(&document);
            redactor.learn(SecretKind::Password, password, "$P");
            assert_eq!(redactor.redact(text), redacted, "{password}");
        }
    }

    #[test]
    fn a_short_secret_is_not_found_in_the_words_for_a_long_one() {
        let redactor = Redactor::default();
        redactor.learn(SecretKind::Token, "a-long-token", NOBODYS);
        redactor.learn(SecretKind::Token, "a-long-token", "$TOKEN_OF_A");
        redactor.learn(SecretKind::Token, "a-long-token", NOBODYS);
        redactor.learn(SecretKind::Password, "token", "$A");
        redactor.learn(SecretKind::Password, "a", "$B");
        assert_eq!(redactor.redact("a-long-token token"), "[token] [password]");
        assert_eq!(word(&redactor.marked("a-long-token")), "\"$TOKEN_OF_A\"");
    }

    #[test]
    fn in_json_only_texts_are_marked() {
        let redactor = Redactor::default();
        redactor.learn(SecretKind::Password, "password", "$P");
        let marked = marked_json(&json!({"password": "password"}), &|text| redactor.marked(text)).to_string();
        assert_eq!(word(&marked), "'{\"password\":\"'\"$P\"'\"}'");
    }

    #[test]
    fn what_looks_like_a_token_is_replaced_even_when_unknown() {
        let redactor = Redactor::default();
        assert_eq!(
            redactor.redact(r#"{"token":"eyJhbGciOiJIUzI1NiJ9.eyJ1Ijoi.abc_-","x":"eyJust text"}"#),
            r#"{"token":"[token]","x":"eyJust text"}"#
        );
    }
}
