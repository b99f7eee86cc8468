//! Values that change from call to call, from a CSV file: detector names, person ids, texts.

use super::model::{Step, Workload};
use proofload_deployment::csv::Table;
use proofload_deployment::escaped;
use proofload_deployment::nearest::advice;
use proofload_results::plain_file;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// No such file is longer...
const MAX_BYTES: u64 = 16 << 20;
/// ...nor has more lines: a request is made ready for each.
const MAX_ROWS: usize = 100_000;

/// The values of a workload: each arrival takes the next line.
#[derive(Debug, Default)]
pub(crate) struct Data {
    file: PathBuf,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    /// The line of the file that each of them begins on, from 1.
    lines: Vec<usize>,
}

/// Why there are no values.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The file cannot be read.
    #[error("cannot read the data in {}: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What came back.
        source: std::io::Error,
    },
    /// Something in it is wrong.
    #[error("{}, {why}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line, and what is wrong with it.
        why: String,
    },
    /// A step asks for a column that is not there.
    #[error("{operation}, {field}: {} has no column {name:?}{nearest}; a brace that is none is written twice", path.display())]
    NoColumn {
        /// The step's operation.
        operation: String,
        /// Its field.
        field: String,
        /// The file.
        path: PathBuf,
        /// The name in braces.
        name: String,
        /// What it may have meant.
        nearest: String,
    },
    /// No step takes anything from it.
    #[error("no step takes a value from {}: write {{{column}}} in its path, query or body where the value of that column should stand", path.display())]
    Unused {
        /// The file.
        path: PathBuf,
        /// Its first column.
        column: String,
    },
}

impl Data {
    /// Reads the values of a workload, and makes sure that its steps take some and name none that is not there.
    pub(crate) fn load(workload: &Workload) -> Result<Option<Self>, DataError> {
        let Some(path) = &workload.data else { return Ok(None) };
        let data = Self::read(path)?;
        let mut used = false;
        for step in workload.journeys.iter().flat_map(|journey| &journey.steps) {
            if data.is_used_by(step)? {
                used = true;
                data.check_paths(step)?;
            }
        }
        if !used {
            return Err(DataError::Unused {
                path: path.clone(),
                column: escaped(data.columns[0].as_bytes(), 40),
            });
        }
        Ok(Some(data))
    }

    fn read(path: &Path) -> Result<Self, DataError> {
        let wrong = |why: String| DataError::Wrong {
            path: path.to_owned(),
            why,
        };
        let text = plain_file::read_text(path, MAX_BYTES).map_err(|source| DataError::Read {
            path: path.to_owned(),
            source,
        })?;
        let table = Table::read(&text, MAX_ROWS).map_err(|error| wrong(error.to_string()))?;
        if table.rows.is_empty() {
            return Err(wrong("line 1: no values stand below it".to_owned()));
        }
        let lines = table.rows.iter().map(|row| row.line).collect();
        let rows = table.rows.into_iter();
        Ok(Self {
            file: path.to_owned(),
            columns: table.columns,
            lines,
            rows: rows
                .map(|row| row.values.into_iter().map(Into::into).collect())
                .collect(),
        })
    }

    /// All of them, wherever they were read from.
    pub(crate) fn table(&self) -> (&[String], &[Vec<String>]) {
        (&self.columns, &self.rows)
    }

    /// How many lines there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether a step takes a value of it.
    ///
    /// # Errors
    /// It names a column that is not there.
    pub(crate) fn is_used_by(&self, step: &Step) -> Result<bool, DataError> {
        let mut used = false;
        let mut look = |field: &str, text: &str| {
            let filled = self.fill(text, 0).map_err(|name| DataError::NoColumn {
                operation: step.operation.clone(),
                field: field.to_owned(),
                path: self.file.clone(),
                nearest: advice(&name, self.columns.iter().map(String::as_str)),
                name,
            })?;
            used |= filled.1;
            Ok(())
        };
        for (name, text) in &step.path {
            look(&format!("path.{name}"), text)?;
        }
        for (name, text) in &step.query {
            look(&format!("query.{name}"), text)?;
        }
        for (name, value) in &step.body {
            texts(value, &mut |text| look(&format!("body.{name}"), text))?;
        }
        Ok(used)
    }

    /// Makes sure that no line makes a part of a path that asks for another one.
    fn check_paths(&self, step: &Step) -> Result<(), DataError> {
        for row in 0..self.len() {
            let filled = self.step(step, row);
            if let Some((name, why)) = filled.strays() {
                let operation = &step.operation;
                return Err(DataError::Wrong {
                    path: self.file.clone(),
                    why: format!("line {}: {operation}, path.{name}: {why}", self.lines[row]),
                });
            }
        }
        Ok(())
    }

    /// The step with the values of a line in place.
    pub(crate) fn step(&self, step: &Step, row: usize) -> Step {
        let fill = |text: &mut String| {
            // Every name was looked up before.
            if let Ok((filled, _)) = self.fill(text, row) {
                *text = filled;
            }
        };
        let mut filled = step.clone();
        filled.path.values_mut().chain(filled.query.values_mut()).for_each(fill);
        for value in filled.body.values_mut() {
            texts_mut(value, &fill);
        }
        filled
    }

    /// The workload with the values of the first line in place, for what is made once beside it.
    pub(crate) fn first(&self, workload: &Workload) -> Workload {
        let mut first = workload.clone();
        let steps = first.journeys.iter_mut().flat_map(|journey| &mut journey.steps);
        steps.for_each(|step| *step = self.step(step, 0));
        first
    }

    /// A text with what stands in braces replaced, and whether anything was; the name of a column that is not there.
    fn fill(&self, text: &str, row: usize) -> Result<(String, bool), String> {
        let (mut filled, mut rest, mut used) = (String::new(), text, false);
        while let Some(at) = rest.find(['{', '}']) {
            let (before, brace) = rest.split_at(at);
            filled += before;
            if let Some(after) = brace.strip_prefix("{{").or(brace.strip_prefix("}}")) {
                filled += &brace[..1];
                rest = after;
                continue;
            }
            let name = brace[1..].split_once('}').filter(|_| brace.starts_with('{'));
            let Some((name, after)) = name else {
                return Err(brace.chars().take(20).collect());
            };
            let column = self.columns.iter().position(|known| known == name.trim());
            filled += &self.rows[row][column.ok_or(name)?];
            (rest, used) = (after, true);
        }
        Ok((filled + rest, used))
    }
}

/// Every text in a JSON value.
fn texts<E>(value: &Value, look: &mut impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
    match value {
        Value::String(text) => look(text),
        Value::Array(list) => list.iter().try_for_each(|value| texts(value, look)),
        Value::Object(members) => members.values().try_for_each(|value| texts(value, look)),
        _ => Ok(()),
    }
}

fn texts_mut(value: &mut Value, change: &impl Fn(&mut String)) {
    match value {
        Value::String(text) => change(text),
        Value::Array(list) => list.iter_mut().for_each(|value| texts_mut(value, change)),
        Value::Object(members) => members.values_mut().for_each(|value| texts_mut(value, change)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workload(directory: &Path, rows: &str, step: &str) -> Workload {
        std::fs::write(directory.join("people.csv"), rows).unwrap();
        let scenario = directory.join("mine.toml");
        let text = format!(
            "description = \"d\"\nduration = \"1s\"\n[arrivals]\nprocess = \"constant\"\nrate = \"1/s\"\n[data]\nfile = \"people.csv\"\n\
             [[journeys]]\nname = \"j\"\nsteps = [{step}]\n"
        );
        std::fs::write(&scenario, text).unwrap();
        Workload::find(&scenario.to_string_lossy()).unwrap()
    }

    #[test]
    fn a_step_takes_the_values_of_its_line() {
        let directory = tempfile::tempdir().unwrap();
        let step = r#"{ operation = "publish", query = { a = "{ id }-{{x}}" }, body = { detectorName = "{door}", more = [{ deep = "{id}" }] } }"#;
        let workload = workload(directory.path(), "id,door\n7,\"north, \"\"A\"\"\"\n8,south\n", step);
        let data = Data::load(&workload).unwrap().unwrap();
        let step = |row| data.step(&workload.journeys[0].steps[0], row);
        assert_eq!(step(0).query["a"], "7-{x}");
        assert_eq!(step(0).body["detectorName"], "north, \"A\"");
        assert_eq!(step(1).body["more"][0]["deep"], "8");
    }

    #[test]
    fn a_value_that_would_ask_for_another_path_is_named_with_its_line() {
        let directory = tempfile::tempdir().unwrap();
        let step = r#"{ operation = "getPerson", path = { personId = "{id}" } }"#;
        for (rows, sentence) in [
            ("id\n1\n..\n", "line 3: getPerson, path.personId: \"..\" is a step"),
            ("id\n.\n", "line 2: getPerson, path.personId: \".\" is a step"),
            ("id,b\n,1\n", "line 2: getPerson, path.personId: it is empty"),
        ] {
            let error = Data::load(&workload(directory.path(), rows, step)).unwrap_err();
            assert!(error.to_string().contains(sentence), "{error}");
        }
        let fit = workload(directory.path(), "id\n\"a\nb\"\n...\na/..\n", step);
        assert!(Data::load(&fit).is_ok(), "what can be written is sent as it is");
    }

    #[test]
    fn what_is_not_there_or_not_used_is_named() {
        let directory = tempfile::tempdir().unwrap();
        for (rows, step, sentence) in [
            (
                "id\n1\n",
                r#"{ operation = "publish", body = { detectorName = "{di}" } }"#,
                "publish, body.detectorName: ",
            ),
            (
                "id\n1\n",
                r#"{ operation = "publish", body = { detectorName = "{id" } }"#,
                "has no column \"{id\"",
            ),
            ("id\n1\n", r#"{ operation = "publish" }"#, "no step takes a value from"),
            ("id\n", r#"{ operation = "publish" }"#, "line 1: no values"),
            ("id\n1,2\n", r#"{ operation = "publish" }"#, "line 2: it has 2 values"),
        ] {
            let error = Data::load(&workload(directory.path(), rows, step))
                .unwrap_err()
                .to_string();
            assert!(error.contains(sentence), "{error}");
        }
    }
}
