//! One call as data: what it sends, with marks for what a shell fills in.

use super::Setting;
use super::flow::Given;
use http::header::CONTENT_TYPE;
use proofload_probing::body::Body;
use proofload_probing::messages::Draft;
use proofload_probing::messages::redact::marked_json;
use proofload_results::evidence::Content;
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
            None => Content::File(setting.shared(&bytes)),
        };
        Self { path, headers, body }
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
