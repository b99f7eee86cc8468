//! The file of accepted deviations, as it is read.

use chrono::NaiveDate;
use proofload_deployment::pattern::Pattern;
use proofload_deployment::toml_file::{self, TomlError};
use serde::Deserialize;
use std::path::Path;
use toml::Spanned;

/// The deviations that somebody has accepted.
#[derive(Debug, Clone, Default)]
pub struct Accepted {
    pub(super) entries: Vec<Entry>,
}

/// One accepted deviation.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) pattern: Pattern,
    pub(super) reason: String,
    pub(super) owner: String,
    /// The last day on which it holds.
    pub(super) expires: NaiveDate,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileForm {
    #[serde(default)]
    accepted: Vec<EntryForm>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryForm {
    case: Spanned<String>,
    reason: Spanned<String>,
    owner: Spanned<String>,
    expires: Spanned<toml::Value>,
}

impl Accepted {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, or [`Self::parse`] refuses it.
    pub fn read(path: &Path) -> Result<Self, TomlError> {
        Self::parse(&path.to_string_lossy(), &toml_file::read_text(path)?)
    }

    /// Parses the text of `file`.
    ///
    /// # Errors
    /// It is no TOML, a key is missing or unknown, a pattern or a date cannot be read, a reason or an owner is empty,
    /// or two entries have the same pattern.
    pub fn parse(file: &str, text: &str) -> Result<Self, TomlError> {
        let form: FileForm = toml_file::parse(file, text)?;
        let mut entries: Vec<Entry> = Vec::with_capacity(form.accepted.len());
        for form in form.accepted {
            let place = form.case.span();
            let entry = form.check().map_err(|(place, key, problem)| {
                TomlError::at(file, text, Some(place), &format!("accepted.{key}"), &problem)
            })?;
            if entries
                .iter()
                .any(|earlier| earlier.pattern.as_str() == entry.pattern.as_str())
            {
                let problem = format!("`{}` is accepted twice; keep one of the two", entry.pattern);
                return Err(TomlError::at(file, text, Some(place), "accepted.case", &problem));
            }
            entries.push(entry);
        }
        Ok(Self { entries })
    }
}

/// Where, under which key, and what is wrong.
type Complaint = (std::ops::Range<usize>, &'static str, String);

impl EntryForm {
    fn check(self) -> Result<Entry, Complaint> {
        let pattern = Pattern::parse(self.case.get_ref());
        Ok(Entry {
            pattern: pattern.map_err(|error| (self.case.span(), "case", error.to_string()))?,
            reason: filled(self.reason, "reason", "why the deviation is accepted")?,
            owner: filled(self.owner, "owner", "who answers for it")?,
            expires: date(&self.expires).map_err(|problem| (self.expires.span(), "expires", problem))?,
        })
    }
}

fn filled(text: Spanned<String>, key: &'static str, what: &str) -> Result<String, Complaint> {
    let place = text.span();
    let text = text.into_inner();
    if text.trim().is_empty() {
        return Err((place, key, format!("it is empty; say {what}")));
    }
    Ok(text)
}

/// A date as TOML has it, or quoted.
fn date(value: &Spanned<toml::Value>) -> Result<NaiveDate, String> {
    let text = match value.get_ref() {
        toml::Value::Datetime(datetime) => datetime.to_string(),
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    NaiveDate::parse_from_str(&text, "%Y-%m-%d")
        .map_err(|_| format!("`{text}` is not a date; write the last day on which it is accepted, as in 2027-01-31"))
}
