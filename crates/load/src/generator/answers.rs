//! What an answer is looked into for: whether it has the shape of the operation's, and for whom it is. Light, by hand: this
//! runs beside a load.

use proofload_contract::Operation;
use proofload_deployment::token::jwt::Jwt;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use std::fmt::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

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
        email: email.map(|email| email.to_lowercase()),
        name: token.and_then(|token| name_in(&token)),
    }
}

/// The name in a token, in small letters; names are matched in any case.
pub(crate) fn name_in(token: &str) -> Option<String> {
    let claims = Jwt::parse(token)?.claims();
    Some(claims.get("unique_name")?.as_str()?.to_lowercase())
}

/// Who an answer says that it is for.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) email: Option<String>,
    /// In a token.
    pub(crate) name: Option<String>,
}

/// Who the answers to an account's calls must be for, as the first of each kind said.
#[derive(Debug, Default)]
pub(crate) struct Owner {
    /// Whether somebody asks for its profile already, to see whose it is.
    asked: AtomicBool,
    username: OnceLock<String>,
    name: OnceLock<String>,
    email: OnceLock<String>,
}

impl Owner {
    /// Whether nobody asked for its profile before, which is then for the caller to do.
    pub(crate) fn begins_to_ask(&self) -> bool {
        !self.asked.swap(true, Ordering::AcqRel)
    }

    /// What the first login of an account says.
    pub(crate) fn logged_in(&self, username: Option<&str>, token: &str) {
        if let Some(username) = username.filter(|_| self.username.get().is_none()) {
            let _ = self.username.set(username.to_lowercase());
        }
        if self.name.get().is_none()
            && let Some(name) = name_in(token)
        {
            let _ = self.name.set(name);
        }
    }

    /// What its first profile says.
    pub(crate) fn profiled(&self, named: &Named) {
        if let Some(email) = &named.email {
            let _ = self.email.set(email.clone());
        }
    }

    /// Whom an answer with a token is for instead, if it names somebody else. The token itself is only looked into when it is
    /// to be looked at `closely`.
    pub(crate) fn other(&self, username: Option<&str>, token: &str, closely: bool) -> Option<String> {
        let by_name = self.username.get().zip(username);
        let stranger = by_name.filter(|(own, named)| !equal(own, named));
        let named = stranger.map(|(own, named)| told(named, own));
        named.or_else(|| {
            let own = self.name.get().filter(|_| closely)?;
            let name = name_in(token).filter(|name| name != own)?;
            Some(told(&name, own))
        })
    }

    /// Whom a profile is of instead, if it is of somebody else.
    pub(crate) fn other_profile(&self, named: &Named) -> Option<String> {
        let pairs = [(&self.email, &named.email), (&self.name, &named.name)];
        pairs.into_iter().find_map(|(own, named)| {
            let (own, named) = own.get().zip(named.as_deref())?;
            (own != named).then(|| told(named, own))
        })
    }
}

/// Whether a name is another in other letters only, without a copy where it is the same.
fn equal(own: &str, named: &str) -> bool {
    own == named || *own == named.to_lowercase()
}

fn told(named: &str, own: &str) -> String {
    let shown = |name: &str| proofload_deployment::escaped(name.as_bytes(), 60);
    format!("it is for {}, and {} asked", shown(named), shown(own))
}

/// What was seen in a picture, in a form that is the same whenever the same was seen: ids and places of the faces. None where
/// no face was, or they are named otherwise than assumed.
pub(crate) fn portrait(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Answer {
        Wrapped { faces: Vec<Face> },
        Bare(Vec<Face>),
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Face {
        face_id: String,
        bounding_box: Value,
    }
    let (Answer::Wrapped { faces } | Answer::Bare(faces)) = serde_json::from_slice(body).ok()?;
    let mut seen: Vec<String> = Vec::new();
    for face in &faces {
        let mut one = String::new();
        let _ = write!(one, "{} {}", face.face_id, face.bounding_box);
        seen.push(one);
    }
    seen.sort_unstable();
    (!seen.is_empty()).then(|| seen.join(" "))
}

/// Whether `seen` is what is seen in another picture than the one at `sent`: not its own portrait, and to the letter that of
/// another.
pub(crate) fn is_of_another(portraits: &[Option<String>], sent: usize, seen: &str) -> bool {
    let own = portraits.get(sent).and_then(Option::as_deref);
    own.is_some_and(|own| own != seen) && portraits.iter().flatten().any(|other| other == seen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_contract::Contract;
    use proofload_deployment::token::jwt::Hs;
    use serde_json::json;

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

    fn token(name: &str) -> String {
        Jwt::signed(&json!({"alg": "HS256"}), &json!({"unique_name": name}), Hs::Hs256, b"k").compact()
    }

    #[test]
    fn an_answer_for_somebody_else_is_told_and_letters_do_not_matter() {
        let owner = Owner::default();
        assert_eq!(
            owner.other(Some("anna"), &token("anna"), true),
            None,
            "nobody logged in yet"
        );
        owner.logged_in(Some("Anna"), &token("anna"));
        owner.logged_in(Some("bert"), &token("bert"));
        assert_eq!(owner.other(Some("ANNA"), &token("Anna"), true), None);
        assert_eq!(owner.other(None, "opaque", true), None);
        let told = owner.other(Some("bert"), &token("anna"), false);
        assert_eq!(told.as_deref(), Some("it is for bert, and anna asked"));
        assert_eq!(
            owner.other(Some("anna"), &token("bert"), false),
            None,
            "not looked at closely"
        );
        assert!(owner.other(Some("anna"), &token("bert"), true).is_some());

        let own = profile(
            json!({"email": "Anna@x", "roles": [], "token": token("anna")})
                .to_string()
                .as_bytes(),
        );
        owner.profiled(&own);
        assert_eq!(owner.other_profile(&own), None);
        for other in [
            json!({"email": "bert@x", "token": token("anna")}),
            json!({"email": "anna@x", "token": token("bert")}),
        ] {
            assert!(
                owner.other_profile(&profile(other.to_string().as_bytes())).is_some(),
                "{other}"
            );
        }
        assert_eq!(owner.other_profile(&profile(b"{}")), None);
    }

    #[test]
    fn faces_are_of_another_picture_only_where_they_are_its_to_the_letter() {
        let answer = |id: &str, x: u32| {
            let face = json!({"faceId": id, "detectionId": x, "boundingBox": {"x": x, "y": 1}, "confidence": 0.5});
            portrait(json!({"faces": [face]}).to_string().as_bytes())
        };
        let portraits = [answer("a", 1), answer("b", 2), None];
        let seen = |sent, portrait: Option<String>| is_of_another(&portraits, sent, &portrait.unwrap());
        assert!(!seen(0, answer("a", 1)));
        assert!(seen(0, answer("b", 2)));
        assert!(!seen(0, answer("c", 3)), "a face that nobody saw before");
        assert!(!seen(2, answer("b", 2)), "nothing is known of what was sent");
        assert_eq!(portrait(br#"{"faces":[]}"#), None);
        assert_eq!(portrait(br#"{"faces":[{"id":1}]}"#), None);
        assert_eq!(
            portrait(br#"[{"faceId":"a","boundingBox":null}]"#).as_deref(),
            Some("a null")
        );
    }
}
