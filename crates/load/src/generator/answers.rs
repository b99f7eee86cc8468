//! What an answer is looked into for: whether it has the shape of the operation's, and for whom it is. Light, by hand: this
//! runs beside a load.

use proofload_contract::Operation;
use proofload_deployment::token::unique_name;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

/// What the answer of an operation looks like, as far as anything documents it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// There is nothing to look into.
    Nothing,
    /// A token; it is read anyway.
    Token,
    /// The caller's profile.
    Profile,
    /// The faces that were seen in the picture that was sent.
    Faces,
    /// A JSON object.
    Object,
    /// A JSON array.
    Array,
    /// JSON.
    Json,
}

impl Shape {
    /// What the contract says of an operation.
    pub(crate) fn of(operation: &Operation) -> Self {
        match operation.id.as_str() {
            "authenticate" | "renewToken" => return Self::Token,
            "profile" => return Self::Profile,
            "publishWithResponse" => return Self::Faces,
            _ => {}
        }
        let content = &operation.success().content;
        let Some(media) = content.first().filter(|media| media.name.ends_with("json")) else {
            return Self::Nothing;
        };
        match media.schema.get("type").and_then(Value::as_str) {
            Some("object") => Self::Object,
            Some("array") => Self::Array,
            _ => Self::Json,
        }
    }

    /// Whether an answer is worth a look.
    pub(crate) fn is_seen(self) -> bool {
        !matches!(self, Self::Nothing | Self::Token)
    }

    /// What is wrong with the shape of a successful answer; none where it may be right. Names of members that nobody
    /// documented are nobody's business.
    pub(crate) fn unlike(self, body: &[u8]) -> Option<&'static str> {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        if serde_json::from_slice::<IgnoredAny>(body).is_err() {
            return Some("it was answered with something that begins as JSON and is none");
        }
        let body = body.trim_ascii();
        let first = body.first().copied().unwrap_or_default();
        let is_empty = |body: &[u8]| body[1..body.len() - 1].trim_ascii().is_empty();
        let is_object = matches!(self, Self::Object | Self::Profile | Self::Faces);
        match (self, first) {
            (_, b'{') if is_object && is_empty(body) => Some("it was answered with an object without members"),
            (_, b'{') if is_object => None,
            // A list of nothing is null on some servers; and how faces are wrapped is documented nowhere.
            (Self::Nothing | Self::Token | Self::Json, _) | (Self::Array, b'[' | b'n') | (Self::Faces, b'[') => None,
            (Self::Array, _) => Some("it was answered with something else than a list"),
            (Self::Faces, _) => Some("it was answered without the faces that were seen"),
            (Self::Profile, _) => Some("it was answered without a profile"),
            (Self::Object, _) => Some("it was answered with something else than an object"),
        }
    }
}

#[derive(Deserialize)]
struct Profile {
    email: Option<String>,
    token: Option<String>,
}

/// What a profile says of who it is: its address, and the name in its token.
pub(crate) fn profile(body: &[u8]) -> Named {
    let profile: Option<Profile> = serde_json::from_slice(body).ok();
    let (email, token) = profile.map_or((None, None), |profile| (profile.email, profile.token));
    Named {
        email: email.and_then(|email| small(&email)),
        name: token.and_then(|token| name_in(&token)),
    }
}

/// The name in a token, in small letters; names are matched in any case.
pub(crate) fn name_in(token: &str) -> Option<String> {
    small(&unique_name(token)?)
}

/// A name as names are compared; none where it says nothing.
fn small(name: &str) -> Option<String> {
    Some(name.trim().to_lowercase()).filter(|name| !name.is_empty())
}

/// Who an answer says that it is for.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) email: Option<String>,
    /// In a token.
    pub(crate) name: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_contract::Contract;

    fn shape(operation: &str) -> Shape {
        Shape::of(Contract::bundled().operation(operation).unwrap())
    }

    #[test]
    fn the_contract_says_what_is_looked_into() {
        for (operation, expected) in [
            ("publish", Shape::Nothing),
            ("renewToken", Shape::Token),
            ("publishWithResponse", Shape::Faces),
            ("profile", Shape::Profile),
            ("listTags", Shape::Array),
            ("getTag", Shape::Object),
            ("getEnrollmentPhoto", Shape::Nothing),
        ] {
            assert_eq!(shape(operation), expected, "{operation}");
        }
    }

    #[test]
    fn only_what_is_certainly_none_is_refused() {
        for (shape, body, fits) in [
            (Shape::Faces, r#"{"faces":[]}"#, true),
            (Shape::Faces, r#"{"found":[]}"#, true),
            (Shape::Faces, "[]", true),
            (Shape::Faces, " { } ", false),
            (Shape::Faces, "null", false),
            (Shape::Faces, r#"{"faces":["#, false),
            (Shape::Profile, r#"{"mail":"x"}"#, true),
            (Shape::Profile, "[]", false),
            (Shape::Array, "null", true),
            (Shape::Array, "[{}]", true),
            (Shape::Array, "{}", false),
            (Shape::Object, "\u{feff}{\"a\":1}", true),
            (Shape::Object, "\"a\"", false),
            (Shape::Json, "1", true),
        ] {
            assert_eq!(shape.unlike(body.as_bytes()).is_none(), fits, "{shape:?} {body}");
        }
    }
}
