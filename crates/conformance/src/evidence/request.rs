//! One call as data: what it sends, with marks for what a shell fills in.

use super::Setting;
use super::flow::Given;
use http::header::CONTENT_TYPE;
use proofload_probing::body::Body;
use proofload_probing::messages::Draft;
use proofload_probing::messages::redact::marked_json;
use proofload_results::evidence::{Chunk, Content};
use proofload_results::shell::{is_filled, shell};

/// What a call sends.
pub(super) struct Request {
    /// Behind the base URL.
    pub(super) path: String,
    /// Header lines.
    pub(super) headers: Vec<String>,
    pub(super) body: Content,
}

impl Request {
    /// A draft, in which values that earlier answers gave are filled in from the answers of now.
    pub(super) fn of(draft: &Draft, given: &[Given], setting: &mut Setting) -> Self {
        let redactor = &setting.display.redactor;
        let mark = |text: &str| marked(text, given, &|plain| redactor.marked(plain));
        let (content_type, bytes) = draft.body.encoded();
        let mut headers = draft.shell_headers(&mark);
        if let Some(content_type) = content_type
            && draft.headers.iter().all(|line| line.name != CONTENT_TYPE)
        {
            headers.push(format!("content-type: {content_type}"));
        }
        let path = mark(&draft.path_and_query());
        let filled = match &draft.body {
            Body::Json(value) => Some(marked_json(value, &mark).to_string())
                .filter(|text| is_filled(text))
                .map(Content::Json),
            _ => std::str::from_utf8(&bytes)
                .ok()
                .map(mark)
                .filter(|text| is_filled(text))
                .map(Content::Text),
        };
        let body = match filled {
            _ if bytes.is_empty() => Content::None,
            Some(filled) => filled,
            None => match chunks(&bytes, given) {
                parts if parts.len() > 1 => {
                    Content::Mixed(parts.into_iter().map(|part| part.content(setting)).collect())
                }
                _ => Content::File(setting.shared(&bytes)),
            },
        };
        Self { path, headers, body }
    }
}

/// A part of a body that is no text.
enum Part<'a> {
    Bytes(&'a [u8]),
    /// The value with this number among those that answers give.
    Given(usize),
}

impl Part<'_> {
    fn content(&self, setting: &mut Setting) -> Chunk {
        match self {
            Self::Bytes(bytes) => Chunk::Bytes(setting.shared(bytes)),
            Self::Given(number) => Chunk::Text(shell(&format!("${}", variable(*number)))),
        }
    }
}

/// A body that is no text, taken apart where it holds values that answers give: a form with a file says whose it is.
fn chunks<'a>(bytes: &'a [u8], given: &[Given]) -> Vec<Part<'a>> {
    let found = given.iter().enumerate().find_map(|(number, value)| {
        let length = value.text.len();
        let at = bytes.windows(length).position(|part| part == value.text.as_bytes())?;
        Some((&bytes[..at], number, &bytes[at + length..]))
    });
    match found {
        None if bytes.is_empty() => Vec::new(),
        None => vec![Part::Bytes(bytes)],
        Some((before, number, after)) => {
            let mut parts = chunks(before, given);
            parts.push(Part::Given(number));
            parts.extend(chunks(after, given));
            parts
        }
    }
}

/// Text with marks for values that answers give, and in between for secrets.
fn marked(text: &str, given: &[Given], secrets: &dyn Fn(&str) -> String) -> String {
    let found = given.iter().enumerate().find_map(|(number, value)| {
        let (before, after) = text.split_once(value.text.as_str())?;
        Some((before, number, after))
    });
    match found {
        None => secrets(text),
        Some((before, number, after)) => [
            marked(before, given, secrets),
            shell(&format!("${}", variable(number))),
            marked(after, given, secrets),
        ]
        .concat(),
    }
}

/// The shell variable of a value that is taken out of an answer.
pub(super) fn variable(number: usize) -> String {
    format!("VALUE_{}", number + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_are_taken_apart_where_they_hold_what_answers_gave() {
        let given = |text: &str, step| Given {
            text: text.to_owned(),
            step,
            member: "personId".to_owned(),
            nth: 1,
        };
        let given = [given("another-person", 0), given("a-person", 1)];
        let shown = |bytes: &[u8]| -> Vec<String> {
            let parts = chunks(bytes, &given);
            let text = |part: &Part<'_>| match part {
                Part::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                Part::Given(number) => format!("${}", variable(*number)),
            };
            parts.iter().map(text).collect()
        };
        assert_eq!(shown(b"\xff none"), ["\u{fffd} none"]);
        assert_eq!(
            shown(b"\xffa-person\0another-persona-person"),
            ["\u{fffd}", "$VALUE_2", "\0", "$VALUE_1", "$VALUE_2"]
        );
        assert!(shown(b"").is_empty());
    }
}
