//! Reads a shape back from the text that a snapshot holds.

use super::{Member, Scalar, Shape, Text};
use std::collections::BTreeMap;

/// Our own shapes are [`super::MAX_DEPTH`] deep at most; a file that people may edit must not exhaust the stack either.
const MAX_DEPTH: usize = super::MAX_DEPTH + 1;

impl Shape {
    /// The shape that this text was written for; `None` when it is no such text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text };
        let shape = reader.shape(0)?;
        reader.space();
        reader.rest.is_empty().then_some(shape)
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Takes `token`, and the space before it.
    fn take(&mut self, token: &str) -> bool {
        self.space();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn shape(&mut self, depth: usize) -> Option<Shape> {
        let mut shape = Shape::default();
        loop {
            self.alternative(&mut shape, depth)?;
            if !self.take("|") {
                return Some(shape);
            }
        }
    }

    fn alternative(&mut self, shape: &mut Shape, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        if self.take("[") {
            let elements = if self.take("]") {
                Shape::default()
            } else {
                let elements = self.shape(depth + 1)?;
                self.take("]").then_some(elements)?
            };
            shape.array = Some(Box::new(elements));
        } else if self.take("{") {
            shape.object = Some(self.members(depth + 1)?);
        } else if self.take("…") {
            shape.cut = true;
        } else {
            self.named(shape)?;
        }
        Some(())
    }

    fn named(&mut self, shape: &mut Shape) -> Option<()> {
        let end = self
            .rest
            .find(|c: char| !c.is_ascii_lowercase() && c != '-')
            .unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        let scalar = [Scalar::Null, Scalar::Boolean, Scalar::Number]
            .into_iter()
            .find(|scalar| scalar.name() == name);
        if let Some(scalar) = scalar {
            shape.scalars.insert(scalar);
            return Some(());
        }
        let texts = [Text::Plain, Text::Uuid, Text::Instant, Text::Token];
        shape.text = Some(texts.into_iter().find(|text| text.name() == name)?);
        Some(())
    }

    fn members(&mut self, depth: usize) -> Option<BTreeMap<String, Member>> {
        let mut members = BTreeMap::new();
        if self.take("}") {
            return Some(members);
        }
        loop {
            let name = self.name()?;
            let optional = self.take("?");
            let shape = self.take(":").then(|| self.shape(depth))??;
            members.insert(name.to_owned(), Member { shape, optional });
            if !self.take(",") {
                return self.take("}").then_some(members);
            }
        }
    }

    fn name(&mut self) -> Option<&'a str> {
        self.take("\"").then_some(())?;
        let (name, rest) = self.rest.split_once('"')?;
        self.rest = rest;
        Some(name)
    }
}
