//! How a guard ended: refused, let in, or neither.

use super::doors::Door;
use super::given::withheld;
use proofload_contract::Contract;
use proofload_results::load::{GuardCount, GuardKind};
use proofload_wire::{Answer, Connection, WireError};

/// How a guard ended.
pub(super) enum Ended {
    Refused(u16),
    LetIn(u16),
    /// Neither: the server was in trouble, or something else answered.
    Otherwise {
        /// How it is counted.
        name: String,
        /// What came, in words.
        what: String,
        /// The beginning of what was answered, where that matters.
        body: Option<String>,
    },
}

impl Ended {
    pub(super) fn of(
        kind: GuardKind,
        door: &Door,
        result: &Result<Answer, WireError>,
        connection: &Connection,
    ) -> Self {
        Self::with(kind, door, result, connection.body(), connection.body_was_cut())
    }

    fn with(kind: GuardKind, door: &Door, result: &Result<Answer, WireError>, body: &[u8], cut: bool) -> Self {
        match result {
            Ok(answer) if (200..300).contains(&answer.status) => {
                let status = answer.status;
                match unlike(door, *answer, body, cut) {
                    None => Self::LetIn(status),
                    // A gateway's page, or an error with a friendly status, is not what is behind the door.
                    Some(why) => Self::Otherwise {
                        name: "wrong-body".to_owned(),
                        what: format!("answered {status}, and {why}"),
                        body: Some(String::from_utf8_lossy(&body[..body.len().min(512)]).into_owned()),
                    },
                }
            }
            Ok(answer) if kind.is_refused_by(answer.status) => Self::Refused(answer.status),
            Ok(answer) => Self::Otherwise {
                name: answer.status.to_string(),
                what: format!("answered {}", answer.status),
                body: None,
            },
            Err(error) => Self::Otherwise {
                name: error.name().to_owned(),
                what: format!("gave no answer ({error})"),
                body: None,
            },
        }
    }

    /// What is to be said of it where it is neither; `shown` makes a server's text fit to be shown.
    pub(super) fn odd(&self, operation: &str, shown: impl Fn(&str) -> String) -> Option<String> {
        let Self::Otherwise { what, body, .. } = self else {
            return None;
        };
        let body = body.as_deref().map(shown).filter(|body| !body.is_empty());
        let body = body.map_or_else(String::new, |body| format!(": {body}"));
        Some(format!("{operation} {what}{body}"))
    }

    /// Counts it; it was counted as sent already.
    pub(super) fn count(&self, count: &mut GuardCount, odd: Option<String>) {
        let ending = match self {
            Self::Refused(status) => {
                count.refused += 1;
                status.to_string()
            }
            Self::LetIn(status) => {
                count.let_in += 1;
                status.to_string()
            }
            Self::Otherwise { name, .. } => name.clone(),
        };
        count.odd = count.odd.take().or(odd);
        *count.statuses.entry(ending).or_default() += 1;
    }
}

/// What keeps an answer with 2xx from being the operation's; none where it is that.
fn unlike(door: &Door, answer: Answer, body: &[u8], cut: bool) -> Option<&'static str> {
    if let Some(why) = door.request.gives.unlike(answer) {
        return Some(why);
    }
    if answer.body.encoded {
        return Some("it was compressed, though nobody asked for that");
    }
    // Nobody gives 64 KB to say no.
    let operation = Contract::bundled().operation(&door.operation).filter(|_| !cut)?;
    withheld(operation, body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generator::request::{Factory, Tails};
    use proofload_deployment::{BaseUrl, OwnHeaders};
    use proofload_wire::{BodySeen, HttpVersion, Media};
    use std::sync::Arc;

    fn ended(kind: GuardKind, operation: &str, result: Result<u16, WireError>, media: Media, body: &str) -> GuardCount {
        let base = BaseUrl::parse("http://127.0.0.1:1").unwrap();
        let factory = Factory {
            base: &base,
            proxy: None,
            account: None,
            images: &[],
            headers: &OwnHeaders::default(),
            tails: Tails::default(),
        };
        let answer = result.map(|status| Answer {
            status,
            version: HttpVersion::Http11,
            body: BodySeen {
                media,
                first: body.bytes().next(),
                encoded: false,
            },
        });
        let door = Door {
            operation: operation.to_owned(),
            request: Arc::new(factory.plain(operation)),
        };
        let mut count = GuardCount::default();
        let ended = Ended::with(kind, &door, &answer, body.as_bytes(), false);
        let odd = ended.odd(operation, str::to_owned);
        ended.count(&mut count, odd);
        count
    }

    #[test]
    fn a_guard_is_refused_let_in_or_neither() {
        let profile = r#"{"email":"a@b"}"#;
        let page = "<!DOCTYPE html><p>Please sign in";
        for (operation, result, media, body, expected) in [
            ("profile", Ok(401), Media::Json, "{}", (1, 0)),
            ("profile", Ok(200), Media::Json, profile, (0, 1)),
            ("profile", Ok(200), Media::Json, r#"{"error":"denied"}"#, (0, 0)),
            ("profile", Ok(200), Media::Html, page, (0, 0)),
            ("profile", Ok(200), Media::Unnamed, "", (0, 0)),
            ("profile", Ok(302), Media::Html, page, (0, 0)),
            ("profile", Ok(503), Media::Html, page, (0, 0)),
            ("profile", Ok(429), Media::Json, "{}", (0, 0)),
            ("profile", Err(WireError::Timeout), Media::Json, "", (0, 0)),
            ("publish", Ok(200), Media::Unnamed, "", (0, 1)),
            ("publish", Ok(204), Media::Unnamed, "", (0, 1)),
            ("publish", Ok(200), Media::Unnamed, page, (0, 0)),
            ("publish", Ok(200), Media::Other, page, (0, 0)),
        ] {
            let told = format!("{operation} {result:?} {media:?} {body}");
            let count = ended(GuardKind::NoToken, operation, result, media, body);
            assert_eq!((count.refused, count.let_in), expected, "{told}");
            assert_eq!(count.statuses.len(), 1, "{told}");
            assert_eq!(count.odd.is_some(), expected == (0, 0), "{told}");
        }
    }

    #[test]
    fn what_is_neither_is_told_with_what_came() {
        let count = ended(GuardKind::NobodysId, "getPerson", Ok(200), Media::Json, "null");
        assert_eq!(
            count.odd.as_deref(),
            Some("getPerson answered 200, and it was answered with something else than an object: null")
        );
    }
}
