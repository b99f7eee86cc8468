//! What an operation answers with when it succeeds, and whether an answer is that. A gateway that is overloaded gives its own
//! page with status 200: no success, however fast it came.

use proofload_contract::Operation;
use proofload_wire::{Answer, BodySeen, Media};

/// What a successful answer of an operation holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gives {
    /// Nothing, or nothing that is documented: only a page is certainly none of it.
    Nothing,
    /// JSON.
    Json,
    /// Something else: a picture, a document.
    Else,
}

impl Gives {
    /// What the contract says of an operation.
    pub(super) fn of(operation: &Operation) -> Self {
        let content = &operation.success().content;
        let is_json = |name: &str| name.ends_with("json");
        match content.as_slice() {
            [] => Self::Nothing,
            content if content.iter().all(|media| is_json(&media.name)) => Self::Json,
            _ => Self::Else,
        }
    }

    /// Why a successful answer is not the operation's; `None` when it may be.
    pub(crate) fn unlike(self, answer: Answer) -> Option<&'static str> {
        let BodySeen { media, first, encoded } = answer.body;
        match (self, first) {
            // JSON that is called a page is a small fault, and not this one.
            (_, Some(first)) if media == Media::Html && !surely_json(first) => Some(match self {
                Self::Nothing => "it was answered with a web page, where the operation answers with nothing",
                Self::Json => "it was answered with a web page, where the operation answers with JSON",
                Self::Else => "it was answered with a web page, where the operation answers with a file",
            }),
            // Whatever it is called, or where it is called nothing: what begins so is a page, or XML.
            (Self::Nothing, Some(b'<')) if !encoded => {
                Some("it was answered with a page (it begins with <), where the operation answers with nothing")
            }
            (Self::Json, None) => Some("it was answered with nothing, where the operation answers with JSON"),
            (Self::Else, None) => Some("it was answered with nothing, where the operation answers with a file"),
            (Self::Json, Some(first)) if !encoded && !begins_json(media, first) => {
                Some("it was answered with something that is not JSON, where the operation answers with JSON")
            }
            _ => None,
        }
    }
}

/// Whether a body may be JSON by its first byte. What is called something else has to look like it: words of a page begin as
/// `true` does.
fn begins_json(media: Media, first: u8) -> bool {
    surely_json(first) || (media == Media::Json && matches!(first, b'-' | b'0'..=b'9' | b't' | b'f' | b'n'))
}

fn surely_json(first: u8) -> bool {
    matches!(first, b'{' | b'[' | b'"')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_contract::Contract;
    use proofload_wire::HttpVersion;

    fn unlike(operation: &str, media: Media, first: Option<u8>) -> Option<&'static str> {
        let operation = Contract::bundled().operation(operation).unwrap();
        Gives::of(operation).unlike(Answer {
            status: 200,
            version: HttpVersion::Http11,
            body: BodySeen {
                media,
                first,
                encoded: false,
            },
        })
    }

    #[test]
    fn a_page_is_no_success_and_small_liberties_are_none_of_a_loads_business() {
        for (operation, media, first, may_be) in [
            ("publish", Media::Unnamed, None, true),
            ("publish", Media::Json, Some(b'{'), true),
            ("publish", Media::Other, Some(b'O'), true),
            ("publish", Media::Html, None, true),
            ("publish", Media::Unnamed, Some(b'<'), false),
            ("publish", Media::Other, Some(b'<'), false),
            ("publish", Media::Other, Some(b'{'), true),
            ("publish", Media::Html, Some(b'<'), false),
            ("publishWithResponse", Media::Json, Some(b'{'), true),
            ("publishWithResponse", Media::Other, Some(b'{'), true),
            ("publishWithResponse", Media::Unnamed, Some(b'['), true),
            ("publishWithResponse", Media::Json, Some(b'n'), true),
            ("publishWithResponse", Media::Unnamed, None, false),
            ("publishWithResponse", Media::Json, None, false),
            ("publishWithResponse", Media::Json, Some(b'<'), false),
            ("publishWithResponse", Media::Other, Some(b't'), false),
            ("publishWithResponse", Media::Html, Some(b'{'), true),
            ("publishWithResponse", Media::Html, Some(b'<'), false),
        ] {
            let why = unlike(operation, media, first);
            assert_eq!(why.is_none(), may_be, "{operation} {media:?} {first:?}: {why:?}");
        }
    }

    #[test]
    fn what_is_compressed_is_taken_for_what_it_is_called() {
        let answer = Answer {
            status: 200,
            version: HttpVersion::Http11,
            body: BodySeen {
                media: Media::Json,
                first: Some(0x1f),
                encoded: true,
            },
        };
        assert_eq!(Gives::Json.unlike(answer), None);
    }
}
