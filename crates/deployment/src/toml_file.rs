//! TOML files that people write: read within bounds, and every complaint names file, line and key.

use proofload_results::{plain_file, text};
use serde::de::DeserializeOwned;
use std::ops::Range;
use std::path::Path;

/// No file that a person writes is longer.
const MAX_BYTES: u64 = 1024 * 1024;

/// Why a file cannot be used, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TomlError {
    /// It cannot be read at all.
    #[error("cannot read `{file}`: {problem}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why not.
        problem: String,
    },
    /// Something in it is wrong.
    #[error("`{file}`{}{}: {problem}", line_shown(*.line), key_shown(.key))]
    Wrong {
        /// The file.
        file: String,
        /// The line, from 1; none where the file as a whole lacks something.
        line: Option<usize>,
        /// The key; empty where none is to blame.
        key: String,
        /// What is wrong, and what would be right.
        problem: String,
    },
}

fn line_shown(line: Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!(", line {line}"))
}

fn key_shown(key: &str) -> String {
    match key {
        "" => String::new(),
        key => format!(", key `{key}`"),
    }
}

impl TomlError {
    /// Something wrong at `place`, a range of bytes of `text`.
    pub fn at(file: &str, text: &str, place: Option<Range<usize>>, key: &str, problem: &str) -> Self {
        Self::Wrong {
            file: text::line(file),
            line: place.map(|place| line_of(text, place.start)),
            key: text::line(key),
            problem: text::line(problem),
        }
    }

    /// Key and problem without file and line, for a text that nobody has seen.
    pub fn without_place(&self) -> String {
        match self {
            Self::Wrong { key, problem, .. } if !key.is_empty() => format!("{key}: {problem}"),
            Self::Unreadable { problem, .. } | Self::Wrong { problem, .. } => problem.clone(),
        }
    }

    fn of(file: &str, text: &str, mut error: toml::de::Error) -> Self {
        // Without its input, the error prints its message and the key, on a line each; there is no other way to the key.
        error.set_input(None);
        let printed = error.to_string();
        let named = printed.lines().last().unwrap_or_default();
        let key = named.strip_prefix("in `").and_then(|key| key.strip_suffix('`'));
        let key = key.or_else(|| key_on_line(text, error.span()?.start));
        Self::at(
            file,
            text,
            error.span(),
            key.unwrap_or_default(),
            &in_words(error.message()),
        )
    }
}

/// A parser's message in a writer's words: the program's own names for its tables are nobody's business.
fn in_words(message: &str) -> String {
    let message = message
        .replace("invalid type: map,", "invalid type: a table,")
        .replace("expected path string", "expected the path of a file");
    match message.split_once("expected struct ") {
        Some((before, _)) => format!("{before}expected a table"),
        None => message,
    }
}

/// Reads the text of a file.
///
/// # Errors
/// It is missing, unreadable, longer than 1 MiB or not UTF-8.
pub fn read_text(path: &Path) -> Result<String, TomlError> {
    let refuse = |problem: String| TomlError::Unreadable {
        file: text::line(&path.to_string_lossy()),
        problem,
    };
    let bytes = plain_file::read(path, MAX_BYTES).map_err(|error| refuse(error.to_string()))?;
    if plain_file::is_utf16(&bytes) {
        return Err(refuse(plain_file::UTF16.to_owned()));
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
        let line = line_of(&good, good.len());
        refuse(format!("line {line} is not UTF-8; TOML must be"))
    })
}

/// Parses the text of `file`.
///
/// # Errors
/// It is no TOML, or not of the form of `T`.
pub fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, TomlError> {
    toml::from_str(text).map_err(|error| TomlError::of(file, text, error))
}

fn line_of(text: &str, place: usize) -> usize {
    let before = text.get(..place).unwrap_or(text);
    1 + before.matches('\n').count()
}

/// The key of the line that `place` is on: what the parser did not come to name.
fn key_on_line(text: &str, place: usize) -> Option<&str> {
    let (key, _) = text.lines().nth(line_of(text, place) - 1)?.split_once('=')?;
    let key = key.trim();
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    (!key.is_empty() && key.chars().all(bare)).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[expect(dead_code, reason = "only its form matters here")]
        inner: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only its form matters here")]
        number: u8,
    }

    #[test]
    fn a_complaint_names_file_line_and_key() {
        for (text, sentence) in [
            ("a = [", "`x.toml`, line 1, key `a`: unclosed array, expected `]`"),
            (
                "[[inner]]\nnumber = 'one'\n",
                "`x.toml`, line 2, key `inner.number`: invalid type: string \"one\", expected u8",
            ),
            (
                "[[inner]]\nnumber = 1\n\nnmber = 1",
                "`x.toml`, line 4, key `inner`: unknown field `nmber`, expected `number`",
            ),
            (
                "inner = [7]",
                "`x.toml`, line 1, key `inner`: invalid type: integer `7`, expected a table",
            ),
            (
                "[[inner]]\nnumber = {}",
                "`x.toml`, line 2, key `inner.number`: invalid type: a table, expected u8",
            ),
            ("[[inner]]", "`x.toml`, line 1, key `inner`: missing field `number`"),
            ("", "`x.toml`, line 1: missing field `inner`"),
        ] {
            assert_eq!(parse::<Sample>("x.toml", text).expect_err(text).to_string(), sentence);
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("x.toml");
        let complaint = |path: &Path| read_text(path).expect_err("refused").to_string();
        assert!(complaint(&path).starts_with(&format!("cannot read `{}`: ", path.display())));
        std::fs::write(&path, b"a = 1\nb = '\xff'\n").expect("written");
        assert!(complaint(&path).ends_with("line 2 is not UTF-8; TOML must be"));
        std::fs::write(&path, vec![b'#'; 2_000_000]).expect("written");
        assert!(complaint(&path).contains("longer than 1 MiB"));
    }
}
