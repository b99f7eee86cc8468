//! The answers of one operation as text: a section for each case.
//!
//! ```text
//! no-token: 401 application/problem+json
//!   {"status": number, "title": string}
//! permission@nobody: 403
//!   (empty)
//! ```

use super::shape::Shape;
use proofload_conformance::{Observation, case_id};
use proofload_results::text;
use std::collections::BTreeMap;
use std::fmt;

/// Stands for the shape of JSON of which so little was kept that nothing can be said.
const TOO_LONG: &str = "(too long)";

/// The answers of one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The `operationId`.
    pub operation: String,
    /// What stands behind the operation in a case's id, and the lines under it.
    sections: BTreeMap<String, String>,
}

impl Page {
    /// One page for each operation that was observed, in the order of the observations.
    pub fn all(observations: &[Observation]) -> Vec<Self> {
        let mut pages: Vec<Self> = Vec::new();
        for observation in observations {
            let (operation, section) = observation.case.split_once('/').unwrap_or((&observation.case, ""));
            let position = pages.iter().position(|page| page.operation == operation);
            let position = position.unwrap_or_else(|| {
                pages.push(Self {
                    operation: operation.to_owned(),
                    sections: BTreeMap::new(),
                });
                pages.len() - 1
            });
            pages[position].sections.insert(text::line(section), lines(observation));
        }
        pages
    }

    /// This page, but with the sections of an earlier one where that still holds: where only data differ, and where
    /// the case was not tested this time.
    pub(super) fn settled(&self, earlier: &str, untested: impl Fn(&str) -> bool) -> Self {
        let mut page = self.clone();
        for (name, lines) in sections(earlier) {
            let holds = match page.sections.get(name) {
                Some(now) => holds_for(&lines, now),
                None => untested(&case_id(&page.operation, name, None)),
            };
            if holds {
                page.sections.insert(name.to_owned(), lines);
            }
        }
        page
    }
}

/// Whether a section of a snapshot holds for what was answered now.
fn holds_for(before: &str, now: &str) -> bool {
    let parts = |lines: &str| {
        let (head, shape) = lines.split_once('\n')?;
        Some((head.to_owned(), Shape::parse(shape)?))
    };
    match (parts(before), parts(now)) {
        (Some((head, before)), Some((head_now, now))) => head == head_now && before.holds_for(&now),
        // Answers that are no JSON, and those of which nothing can be said.
        _ => before == now || of_unknown_shape(before, now) || of_unknown_shape(now, before),
    }
}

/// Whether `one` was too long to have a shape, and is otherwise like `other`.
fn of_unknown_shape(one: &str, other: &str) -> bool {
    one.split_once('\n').is_some_and(|(head, shape)| {
        shape.trim() == TOO_LONG && other.split_once('\n').is_some_and(|(theirs, _)| theirs == head)
    })
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sections
            .iter()
            .try_for_each(|(name, lines)| write!(f, "{name}: {lines}"))
    }
}

/// The status and media type, and under it the indented shape.
fn lines(observation: &Observation) -> String {
    let media_type = observation.content_type.as_deref().map_or(String::new(), media_type);
    let shape = shape(observation, &media_type);
    let mut lines = format!("{} {media_type}", observation.status).trim_end().to_owned();
    lines.push('\n');
    for line in shape.lines() {
        lines.push_str("  ");
        lines.push_str(line);
        lines.push('\n');
    }
    lines
}

/// The media type and its charset; other parameters, a boundary say, vary.
fn media_type(header: &str) -> String {
    let header = header.to_ascii_lowercase();
    let mut parts = header.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let token = |c: char| c.is_ascii_alphanumeric() || "/+-._=\"*".contains(c);
    let kept = std::iter::once(essence).chain(parts.filter(|part| part.starts_with("charset=")));
    let kept: Vec<&str> = kept.collect();
    if kept.iter().all(|part| part.len() <= 100 && part.chars().all(token)) {
        kept.join("; ")
    } else {
        "(no media type)".to_owned()
    }
}

fn shape(observation: &Observation, media_type: &str) -> String {
    let body = &observation.body;
    if body.is_empty() {
        return "(empty)".to_owned();
    }
    if let Ok(value) = serde_json::from_slice(body) {
        return Shape::of(&value).to_string();
    }
    if observation.cut && media_type.contains("json") {
        Shape::of_beginning(body).map_or(TOO_LONG.to_owned(), |shape| shape.to_string())
    } else if media_type.contains("json") {
        "(not JSON)".to_owned()
    } else if std::str::from_utf8(body).is_ok() {
        "(text)".to_owned()
    } else if body.starts_with(&[0xff, 0xd8, 0xff]) {
        "(JPEG)".to_owned()
    } else {
        "(bytes)".to_owned()
    }
}

/// The sections of a page that was written before.
fn sections(page: &str) -> Vec<(&str, String)> {
    let mut sections: Vec<(&str, String)> = Vec::new();
    for line in page.lines() {
        match (line.starts_with(' '), sections.last_mut()) {
            (true, Some((_, lines))) => {
                lines.push_str(line);
                lines.push('\n');
            }
            (true, None) => {}
            (false, _) => {
                if let Some((name, rest)) = line.rsplit_once(": ") {
                    sections.push((name, format!("{rest}\n")));
                }
            }
        }
    }
    sections
}
