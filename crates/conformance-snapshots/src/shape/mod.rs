//! The shape of a JSON document: its structure and types, without any value.
//!
//! Two answers have the same shape when a client that reads one can read the other. Lists are told by what their
//! elements have in common, strings only by a few forms that do not vary from value to value.

mod beginning;
mod drift;
mod parse;
mod render;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Deeper structure is not looked at.
const MAX_DEPTH: usize = 24;
/// Members of one object that are told apart; a hostile answer may have millions.
const MAX_MEMBERS: usize = 200;

/// The union of everything that was seen in one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shape {
    scalars: BTreeSet<Scalar>,
    text: Option<Text>,
    /// The elements; an empty shape when there were none.
    array: Option<Box<Shape>>,
    object: Option<BTreeMap<String, Member>>,
    /// Something was too deep or too wide to be looked at.
    cut: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Member {
    shape: Shape,
    /// Missing in some of the objects that were seen.
    optional: bool,
}

/// In the order in which they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Scalar {
    Null,
    Boolean,
    /// Whole and broken numbers are one: `1.0` is written as `1` by some servers.
    Number,
}

/// The forms of strings that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Text {
    Plain,
    Uuid,
    Instant,
    Token,
}

impl Shape {
    /// The shape of a document.
    pub(super) fn of(value: &Value) -> Self {
        Self::at_depth(value, 0)
    }

    fn at_depth(value: &Value, depth: usize) -> Self {
        let mut shape = Self::default();
        match value {
            Value::Null => shape.scalars.extend([Scalar::Null]),
            Value::Bool(_) => shape.scalars.extend([Scalar::Boolean]),
            Value::Number(_) => shape.scalars.extend([Scalar::Number]),
            Value::String(text) => shape.text = Some(Text::of(text)),
            Value::Array(_) | Value::Object(_) if depth == MAX_DEPTH => shape.cut = true,
            Value::Array(elements) => {
                let mut union = Self::default();
                for element in elements {
                    union.merge(Self::at_depth(element, depth + 1));
                }
                shape.array = Some(Box::new(union));
            }
            Value::Object(members) => {
                let members = members
                    .iter()
                    .map(|(name, value)| (name, Self::at_depth(value, depth + 1)));
                shape.object = Some(bounded(members, &mut shape.cut));
            }
        }
        shape
    }

    /// Takes in what `other` may be as well.
    fn merge(&mut self, other: Self) {
        self.scalars.extend(other.scalars);
        self.cut |= other.cut;
        self.text = match (self.text, other.text) {
            (Some(one), Some(other)) if one != other => Some(Text::Plain),
            (one, other) => one.or(other),
        };
        match (&mut self.array, other.array) {
            (Some(mine), Some(theirs)) => mine.merge(*theirs),
            (mine @ None, theirs) => *mine = theirs,
            (Some(_), None) => {}
        }
        match (&mut self.object, other.object) {
            (Some(mine), Some(theirs)) => merge_members(mine, theirs),
            (mine @ None, theirs) => *mine = theirs,
            (Some(_), None) => {}
        }
    }
}

/// The members under names fit to be kept, at most [`MAX_MEMBERS`] of them.
fn bounded<'a>(members: impl Iterator<Item = (&'a String, Shape)>, cut: &mut bool) -> BTreeMap<String, Member> {
    let mut kept: BTreeMap<String, Member> = BTreeMap::new();
    for (name, shape) in members {
        let name = name_of(name);
        if kept.len() == MAX_MEMBERS && !kept.contains_key(name) {
            *cut = true;
            continue;
        }
        kept.entry(name.to_owned()).or_default().shape.merge(shape);
    }
    kept
}

/// Members that are named by a value (an id, a token, a whole sentence) are one member under a placeholder.
fn name_of(name: &str) -> &str {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '$' | '@' | ':' | '[' | ']');
    if uuid::Uuid::try_parse(name).is_ok() {
        "<uuid>"
    } else if name.is_empty() || name.len() > 64 || name.starts_with("eyJ") || !name.chars().all(plain) {
        "<other>"
    } else {
        name
    }
}

fn merge_members(mine: &mut BTreeMap<String, Member>, theirs: BTreeMap<String, Member>) {
    for (name, member) in &mut *mine {
        member.optional |= !theirs.contains_key(name);
    }
    for (name, their) in theirs {
        if let Some(member) = mine.get_mut(&name) {
            member.shape.merge(their.shape);
            member.optional |= their.optional;
        } else {
            let optional = true;
            mine.insert(name, Member { optional, ..their });
        }
    }
}

impl Scalar {
    fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Number => "number",
        }
    }
}

impl Text {
    fn of(text: &str) -> Self {
        if uuid::Uuid::try_parse(text).is_ok() {
            Self::Uuid
        } else if is_instant(text) {
            Self::Instant
        } else if text == "[token]" || (text.starts_with("eyJ") && text.split('.').count() == 3) {
            Self::Token
        } else {
            Self::Plain
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Plain => "string",
            Self::Uuid => "uuid",
            Self::Instant => "date-time",
            Self::Token => "token",
        }
    }
}

/// RFC 3339, or the same without an offset, as .NET writes local times.
fn is_instant(text: &str) -> bool {
    chrono::DateTime::parse_from_rfc3339(text).is_ok()
        || chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").is_ok()
}

#[cfg(test)]
mod tests;
