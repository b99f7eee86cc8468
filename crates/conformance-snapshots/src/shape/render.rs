//! A shape as text: on one line where it fits, member by member where it does not, so that a diff shows what changed.

use super::{Member, Shape};
use std::collections::BTreeMap;
use std::fmt;

/// Longer shapes are written over several lines.
const MAX_WIDTH: usize = 100;

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(0))
    }
}

impl Shape {
    /// The text, for a place that is `indent` columns in.
    fn text(&self, indent: usize) -> String {
        let line = self.join(&|shape| shape.line(), &|members| object_line(members));
        if indent + line.len() <= MAX_WIDTH {
            return line;
        }
        self.join(&|shape| shape.array_lines(indent), &|members| {
            object_lines(members, indent)
        })
    }

    fn line(&self) -> String {
        format!(
            "[{}]",
            if *self == Self::default() {
                String::new()
            } else {
                self.text_on_line()
            }
        )
    }

    fn text_on_line(&self) -> String {
        self.join(&|shape| shape.line(), &|members| object_line(members))
    }

    fn array_lines(&self, indent: usize) -> String {
        if *self == Self::default() {
            return "[]".to_owned();
        }
        let inner = indent + 2;
        format!("[\n{:inner$}{}\n{:indent$}]", "", self.text(inner), "")
    }

    /// Every alternative, joined by `|`.
    fn join(&self, array: &dyn Fn(&Self) -> String, object: &dyn Fn(&BTreeMap<String, Member>) -> String) -> String {
        let mut parts: Vec<String> = self.scalars.iter().map(|scalar| scalar.name().to_owned()).collect();
        parts.extend(self.text.map(|text| text.name().to_owned()));
        parts.extend(self.array.as_deref().map(array));
        parts.extend(self.object.as_ref().map(object));
        if self.cut {
            parts.push("…".to_owned());
        }
        parts.join(" | ")
    }
}

fn object_line(members: &BTreeMap<String, Member>) -> String {
    let members: Vec<String> = members
        .iter()
        .map(|(name, member)| format!("{}{}", head(name, member), member.shape.text_on_line()))
        .collect();
    format!("{{{}}}", members.join(", "))
}

fn object_lines(members: &BTreeMap<String, Member>, indent: usize) -> String {
    let inner = indent + 2;
    let members: Vec<String> = members
        .iter()
        .map(|(name, member)| {
            let head = head(name, member);
            format!("{:inner$}{head}{}", "", member.shape.text(inner))
        })
        .collect();
    format!("{{\n{}\n{:indent$}}}", members.join(",\n"), "")
}

fn head(name: &str, member: &Member) -> String {
    let mark = if member.optional { "?" } else { "" };
    format!("\"{name}\"{mark}: ")
}
