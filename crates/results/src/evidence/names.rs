//! File names made of case ids, whatever a contract calls its operations.

use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// Longer names are cut: there is room for an ending and a number behind them.
const LONGEST: usize = 120;

/// A case's file name without an ending: `publish/alg-none` is `publish_alg-none`. What had to be cut, and what would be
/// hidden or taken for an option, gets a number of its own.
pub fn file_name(case: &str) -> String {
    let kept = |c: char| {
        if c.is_ascii_alphanumeric() || "-._@".contains(c) {
            c
        } else {
            '_'
        }
    };
    let mut name: String = case.chars().map(kept).take(LONGEST).collect();
    let strange = |c: char| !(c.is_ascii_alphanumeric() || "-._@/".contains(c));
    let begins_well = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    if !begins_well {
        name.insert_str(0, "case");
    }
    if !begins_well || case.chars().any(strange) || case.chars().count() > LONGEST {
        name.push('-');
        for byte in &Sha256::digest(case.as_bytes())[..4] {
            let _ = write!(name, "{byte:02x}");
        }
    }
    name
}

/// [`file_name`], with a number behind it where another case has it. Some file systems know no capitals.
pub fn unique(case: &str, taken: impl Fn(&str) -> bool) -> String {
    let name = file_name(case);
    let numbered = (2..).map(|number| format!("{name}.{number}"));
    let mut candidates = std::iter::once(name.clone()).chain(numbered);
    candidates.find(|name| !taken(name)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_whatever_the_case_is_called() {
        assert_eq!(file_name("publish/alg-none"), "publish_alg-none");
        assert_eq!(file_name("publish/permission@nobody"), "publish_permission@nobody");
        let long = "x".repeat(500);
        let hostile = [
            "../../etc/passwd",
            "-rf",
            ".hidden",
            "a b",
            "a;b",
            "$(id)",
            "ä\n",
            "",
            "NUL\0",
            &long,
        ];
        let mut names = Vec::new();
        for case in hostile {
            let name = file_name(case);
            assert!(name.starts_with(|c: char| c.is_ascii_alphanumeric()), "{name}");
            assert!(
                name.len() < 160 && name.chars().all(|c| c.is_ascii_alphanumeric() || "-._@".contains(c)),
                "{name}"
            );
            names.push(name);
        }
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all, "{names:?}");
    }

    #[test]
    fn two_cases_never_share_a_file() {
        let taken = ["a_b", "a_b.2"];
        assert_eq!(unique("a/b", |name| taken.contains(&name)), "a_b.3");
        assert_eq!(unique("a/c", |name| taken.contains(&name)), "a_c");
    }
}
