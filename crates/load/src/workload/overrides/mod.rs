//! `--set KEY=VALUE`: changes any field of a scenario without a file of one's own.

use super::error::WorkloadError;
use std::fmt;
use std::path::Path;
use std::str::FromStr;
use toml::{Table, Value};

/// One field of a scenario file and the value to put there, written as `arrivals.process=poisson`.
///
/// The key is the path through the file's tables; a journey is named by its name or its place, another list's element by its
/// place from 0. The value is TOML, or a bare word where TOML would want quotes; an empty one removes the field.
#[derive(Debug, Clone, PartialEq)]
pub struct Override {
    path: Vec<String>,
    /// `None` removes the field.
    value: Option<Value>,
}

impl FromStr for Override {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let shape = "write KEY=VALUE, such as arrivals.process=poisson or journeys.camera.weight=3";
        let (key, value) = text
            .split_once('=')
            .ok_or_else(|| format!("{text:?} has no =; {shape}"))?;
        let path: Vec<String> = key.split('.').map(|part| part.trim().to_owned()).collect();
        if path.iter().any(String::is_empty) {
            return Err(format!("{key:?} names no field of a scenario; {shape}"));
        }
        let value = value.trim();
        Ok(Self {
            path,
            value: if value.is_empty() {
                None
            } else {
                Some(bare_or_toml(value).map_err(|why| format!("the value of {key} is no TOML: {why}"))?)
            },
        })
    }
}

/// What a text says as TOML; what is none is a string, so that `200/s` needs no quotes.
///
/// # Errors
/// It is none, and looks as if it was meant to be: what TOML says of it.
fn bare_or_toml(text: &str) -> Result<Value, String> {
    let parsed = toml::from_str::<Table>(&format!("value = {text}"));
    let bare = || Ok(Value::String(text.to_owned()));
    match parsed {
        // A text with line breaks could bring further keys: only the one that was asked for counts.
        Ok(mut table) if table.len() == 1 => table.remove("value").map_or_else(bare, Ok),
        Err(error) if is_meant_as_toml(text) => Err(error.message().trim().replace('\n', "; ")),
        Ok(_) | Err(_) => bare(),
    }
}

/// Whether a text looks like a list, a table or a text in quotes, and not like `[north] gate`, `{column}` or `'s-Hertogenbosch`.
fn is_meant_as_toml(text: &str) -> bool {
    match text.as_bytes() {
        [b'[', .., b']'] | [b'"', ..] | [b'\'', .., b'\''] => true,
        [b'[', ..] => text.contains(['{', '"', '=']),
        [b'{', ..] => text.contains('='),
        _ => false,
    }
}

impl fmt::Display for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=", self.path.join("."))?;
        match &self.value {
            Some(Value::String(text)) => f.write_str(text),
            Some(value) => write!(f, "{value}"),
            None => Ok(()),
        }
    }
}

impl Override {
    /// Cameras see the pictures of a directory.
    pub fn pictures(directory: &Path) -> Self {
        let path = directory.to_string_lossy().into_owned();
        let table = Table::from_iter([("directory".to_owned(), Value::String(path))]);
        Self {
            path: vec!["images".to_owned()],
            value: Some(Value::Table(table)),
        }
    }

    /// Whether it changes something in that table; a relative path there is then seen from here and not from the file.
    pub(super) fn changes(&self, table: &str) -> bool {
        self.path[0] == table
    }

    /// Puts the value into `scenario`, which came from `file`.
    pub(super) fn apply(&self, file: &str, scenario: &mut Table) -> Result<(), WorkloadError> {
        let (field, way) = self.path.split_last().expect("a path has at least one part");
        let wrong = |what: String| WorkloadError::Override {
            file: file.to_owned(),
            set: self.to_string(),
            what,
        };
        let mut whole = Value::Table(std::mem::take(scenario));
        let place = way.iter().enumerate().try_fold(&mut whole, |value, (depth, part)| {
            step_into(value, part).map_err(|there| wrong(format!("{} {there}", self.path[..=depth].join("."))))
        });
        let put = place.and_then(|place| {
            self.put(place, field)
                .map_err(|there| wrong(format!("{} {there}", self.path.join("."))))
        });
        if let Value::Table(table) = whole {
            *scenario = table;
        }
        put
    }

    fn put(&self, place: &mut Value, field: &str) -> Result<(), String> {
        match (place, &self.value) {
            (Value::Table(table), Some(value)) => {
                table.insert(field.to_owned(), value.clone());
            }
            (Value::Table(table), None) => {
                table.remove(field).ok_or("is not there to be removed")?;
            }
            (Value::Array(list), change) => {
                let index = position(list, field)?;
                match change {
                    Some(value) => list[index] = value.clone(),
                    None => drop(list.remove(index)),
                }
            }
            _ => return Err("lies within a value that has no fields".to_owned()),
        }
        Ok(())
    }
}

/// The part of `value` that is named `part`; a table that is missing is made.
fn step_into<'a>(value: &'a mut Value, part: &str) -> Result<&'a mut Value, String> {
    match value {
        Value::Table(table) => Ok(table.entry(part).or_insert_with(|| Value::Table(Table::new()))),
        Value::Array(list) => {
            let index = position(list, part)?;
            Ok(&mut list[index])
        }
        _ => Err("lies within a value that has no fields".to_owned()),
    }
}

/// Where in a list the element stands that `part` names by its `name` or its place.
fn position(list: &[Value], part: &str) -> Result<usize, String> {
    let goes_by_it = |value: &Value| value.get("name").and_then(Value::as_str) == Some(part);
    if let Some(index) = list.iter().position(goes_by_it) {
        return Ok(index);
    }
    let index = part.parse::<usize>().ok().filter(|index| *index < list.len());
    index.ok_or_else(|| {
        let names: Vec<&str> = list.iter().filter_map(|value| value.get("name")?.as_str()).collect();
        match (names.is_empty(), list.len()) {
            (false, _) => format!("is none of {}", names.join(", ")),
            (true, 0) => "lies within a list that is empty".to_owned(),
            (true, count) => format!("is not a place in a list of {count}: they count from 0"),
        }
    })
}

#[cfg(test)]
mod tests;
