//! Patterns on case ids: what `--only`, `--skip` and `accepted.toml` select with.

use globset::{GlobBuilder, GlobMatcher};
use std::fmt;

/// A pattern on case ids.
///
/// `*` stands for any text, slashes included, `?` for one character, `[ab]` for one of these, `{one,two}` for one of
/// these words; a backslash takes a character as it is. The pattern matches a case when it matches
///
/// * its whole id: `publish/permission@nobody`, `*/tampered-*`, `*@nobody`;
/// * its id without the account: `publish/permission`;
/// * its operation: `publish`.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    matcher: GlobMatcher,
}

/// A pattern that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Nothing at all: it could select no case.
    #[error("an empty pattern matches no case; write `*` for all of them, or an id such as `publish/no-token`")]
    Empty,
    /// Not a glob.
    #[error("`{pattern}` is not a pattern on case ids: {reason}; write `*` for any text, as in `publish/*`")]
    Malformed {
        /// As it was given.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// It is empty, or a bracket or brace in it is never closed.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        if text.trim().is_empty() {
            return Err(PatternError::Empty);
        }
        // The same on every system: a case id is no path.
        let glob = GlobBuilder::new(text)
            .literal_separator(false)
            .backslash_escape(true)
            .build();
        let glob = glob.map_err(|error| PatternError::Malformed {
            pattern: proofload_results::text::line(text),
            reason: error.kind().to_string(),
        })?;
        Ok(Self {
            text: text.to_owned(),
            matcher: glob.compile_matcher(),
        })
    }

    /// Whether it matches the case with this id.
    pub fn matches(&self, id: &str) -> bool {
        let without_account = id.split_once('@').map_or(id, |(before, _)| before);
        let operation = id.split_once('/').map_or(id, |(before, _)| before);
        [id, without_account, operation]
            .iter()
            .any(|text| self.matcher.is_match(text))
    }

    /// The pattern as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl std::str::FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_select_what_they_say() {
        const IDS: [&str; 5] = [
            "publish/no-token",
            "publish/permission@nobody",
            "publish/permission@admin",
            "publishWithResponse/no-token",
            "tags/odd[id]",
        ];
        let table: [(&str, &[usize]); 14] = [
            ("*", &[0, 1, 2, 3, 4]),
            ("publish", &[0, 1, 2]),
            ("publish/*", &[0, 1, 2]),
            ("publish*", &[0, 1, 2, 3]),
            ("publish/permission", &[1, 2]),
            ("publish/permission@nobody", &[1]),
            ("*@nobody", &[1]),
            ("*/no-token", &[0, 3]),
            ("publish/{no-token,permission@a*}", &[0, 2]),
            ("publish/no-toke?", &[0]),
            ("[pt]*", &[0, 1, 2, 3, 4]),
            (r"tags/odd\[id\]", &[4]),
            ("Publish", &[]),
            ("permission", &[]),
        ];
        for (text, wanted) in table {
            let pattern = Pattern::parse(text).expect(text);
            let matched: Vec<usize> = (0..IDS.len()).filter(|&place| pattern.matches(IDS[place])).collect();
            assert_eq!(matched, wanted, "{text}");
        }
    }

    #[test]
    fn a_malformed_pattern_is_explained() {
        for (text, sentence) in [
            (
                "",
                "an empty pattern matches no case; write `*` for all of them, or an id such as `publish/no-token`",
            ),
            (
                "publish/[a",
                "`publish/[a` is not a pattern on case ids: unclosed character class; missing ']'; write `*` for any text, as in `publish/*`",
            ),
        ] {
            assert_eq!(Pattern::parse(text).expect_err(text).to_string(), sentence);
        }
    }
}
