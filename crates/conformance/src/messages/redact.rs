//! Nothing secret leaves the engine: what is known to be secret, and what looks like a token, is replaced.

use parking_lot::RwLock;
use secrecy::{ExposeSecret, SecretString};

/// Marks the beginning of a placeholder that the shell will fill in; from a private-use area, so that no server's or
/// contract's text is taken for one by accident.
pub(crate) const OPEN: char = '\u{E0F0}';
/// Marks the end of such a placeholder.
pub(crate) const CLOSE: char = '\u{E0F1}';

/// Knows every secret of the run.
#[derive(Default)]
pub(crate) struct Redactor {
    secrets: RwLock<Vec<Known>>,
}

struct Known {
    text: SecretString,
    kind: SecretKind,
}

/// What kind of secret it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SecretKind {
    /// A password.
    Password,
    /// A token.
    Token,
}

impl Redactor {
    /// Learns a secret; also in the spelling it has inside a JSON string.
    pub(crate) fn learn(&self, kind: SecretKind, secret: &str) {
        if secret.is_empty() {
            return;
        }
        let in_json = serde_json::Value::from(secret).to_string();
        let in_json = in_json[1..in_json.len() - 1].to_owned();
        let mut secrets = self.secrets.write();
        for text in [secret.to_owned(), in_json] {
            if !secrets.iter().any(|known| known.text.expose_secret() == text) {
                secrets.push(Known {
                    text: text.into(),
                    kind,
                });
            }
        }
        // Longest first, so that a secret which contains another is replaced whole.
        secrets.sort_by_key(|known| std::cmp::Reverse(known.text.expose_secret().len()));
    }

    /// The length of the longest secret, in bytes.
    pub(crate) fn longest(&self) -> usize {
        let secrets = self.secrets.read();
        secrets.first().map_or(0, |known| known.text.expose_secret().len())
    }

    /// `text` with `[password]` and `[token]` where secrets stood.
    pub(crate) fn redact(&self, text: &str) -> String {
        let known = self.replaced(text, |kind| match kind {
            SecretKind::Password => "[password]".to_owned(),
            SecretKind::Token => "[token]".to_owned(),
        });
        without_token_shapes(&known)
    }

    /// `text` with a marked shell variable, `$PASSWORD` or `$TOKEN`, where secrets stood.
    pub(crate) fn shell_variables(&self, text: &str) -> String {
        self.replaced(text, |kind| match kind {
            SecretKind::Password => format!("{OPEN}$PASSWORD{CLOSE}"),
            SecretKind::Token => format!("{OPEN}$TOKEN{CLOSE}"),
        })
    }

    fn replaced(&self, text: &str, with: impl Fn(SecretKind) -> String) -> String {
        let mut text = text.to_owned();
        for known in self.secrets.read().iter() {
            let secret = known.text.expose_secret();
            if text.contains(secret) {
                text = text.replace(secret, &with(known.kind));
            }
        }
        text
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

    #[test]
    fn known_secrets_and_their_json_spelling_are_replaced() {
        let redactor = Redactor::default();
        redactor.learn(SecretKind::Password, "pa\"ss");
        redactor.learn(SecretKind::Token, "opaque-token-1");
        assert_eq!(
            redactor.redact(r#"pa"ss {"password":"pa\"ss"} opaque-token-1"#),
            r#"[password] {"password":"[password]"} [token]"#
        );
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
