//! Which figure of which machine: the name of a series.

use super::kind::{KINDS, Kind, Near, OWN, Unit};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// No part of a series' name is longer, in characters.
const NAME_CHARS: usize = 80;

/// The name of a series of one machine: its kind, and of what it is where there are several, as in `disk.busy[sda]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct SeriesName {
    /// Its kind's place in the table.
    place: usize,
    of: String,
}

impl SeriesName {
    /// The series of a kind that there is one of.
    pub fn new(kind: &'static Kind) -> Self {
        Self::of(kind, "")
    }

    /// The series of one of several; what it is of is cut where it is long.
    pub fn of(kind: &'static Kind, of: &str) -> Self {
        Self {
            place: kind.place(),
            of: of.chars().take(NAME_CHARS).collect(),
        }
    }

    /// A series of somebody's own.
    pub fn own(name: &str) -> Self {
        Self::of(Kind::of(OWN).expect("it is in the table"), name)
    }

    /// Its kind.
    pub fn kind(&self) -> &'static Kind {
        &KINDS[self.place]
    }

    /// Its unit.
    pub fn unit(&self) -> Unit {
        self.kind().unit
    }

    /// When it is near its limit.
    pub fn near(&self) -> Near {
        self.kind().near
    }

    /// As people call it: `disk busy (sda)`.
    pub fn title(&self) -> String {
        match (self.kind().title, self.of.as_str()) {
            (title, "") => title.to_owned(),
            ("", of) => of.to_owned(),
            (title, of) => format!("{title} ({of})"),
        }
    }
}

impl fmt::Display for SeriesName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.of.as_str() {
            "" => f.write_str(self.kind().id),
            of => write!(f, "{}[{of}]", self.kind().id),
        }
    }
}

impl FromStr for SeriesName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (id, of) = match text.split_once('[') {
            Some((id, rest)) => (
                id,
                rest.strip_suffix(']').ok_or_else(|| format!("{text:?} has no end"))?,
            ),
            None => (text, ""),
        };
        let kind = Kind::of(id).ok_or_else(|| format!("there is no kind of series {id:?}"))?;
        Ok(Self::of(kind, of))
    }
}

impl From<SeriesName> for String {
    fn from(name: SeriesName) -> Self {
        name.to_string()
    }
}

impl TryFrom<String> for SeriesName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_as_they_were_written() {
        for text in ["cpu", "disk.busy[sda]", "own[queue of faces]", "gpu.busy[a[0]b]"] {
            let name: SeriesName = text.parse().unwrap();
            assert_eq!(name.to_string(), text);
        }
        assert_eq!(
            "disk.busy[sda]".parse::<SeriesName>().unwrap().title(),
            "disk busy (sda)"
        );
        assert_eq!(SeriesName::own("queue").title(), "queue");
        for text in ["", "cpu[", "nothing", "[x]"] {
            assert!(text.parse::<SeriesName>().is_err(), "{text}");
        }
    }
}
