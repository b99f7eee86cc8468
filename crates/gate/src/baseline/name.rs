//! Names of branches and scenarios as names of directories, on every system.

use proofload_deployment::percent_encoded;
use proofload_results::hash;

/// No directory name is longer, in bytes: some systems take 143.
const LONGEST: usize = 140;
/// Windows takes these, with any ending, for devices.
const DEVICES: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];
/// And these with a digit behind them.
const NUMBERED_DEVICES: [&str; 2] = ["COM", "LPT"];

/// A branch or scenario as one directory name: letters, digits, `-`, `_` and inner full stops stay, every other byte stands as
/// `%2F` and the like. Different names stay different, on systems that tell cases apart. Of a long one only the beginning stays,
/// and a hash of the whole; the whole name stands in the label and in the record.
pub(super) fn encoded(name: &str) -> String {
    let mut encoded = percent_encoded(name).replace('~', "%7E");
    // A leading full stop hides a directory, and Windows drops one at the end.
    if encoded.starts_with('.') {
        encoded.replace_range(..1, "%2E");
    }
    if encoded.ends_with('.') {
        encoded.replace_range(encoded.len() - 1.., "%2E");
    }
    if is_device(&encoded) {
        let first = format!("%{:02X}", encoded.as_bytes()[0]);
        encoded.replace_range(..1, &first);
    }
    if encoded.is_empty() || encoded.len() > LONGEST {
        shortened(&encoded, name)
    } else {
        encoded
    }
}

/// The beginning and a hash; `~` stands in no other name.
fn shortened(encoded: &str, name: &str) -> String {
    let hash = &hash::sha256(name)[..16];
    let room = LONGEST - 1 - hash.len();
    let mut beginning = &encoded[..encoded.len().min(room)];
    // No byte is left in half.
    if let Some(at) = beginning.rfind('%').filter(|at| at + 3 > beginning.len()) {
        beginning = &beginning[..at];
    }
    format!("{beginning}~{hash}")
}

/// Whether Windows has a device of that name.
fn is_device(encoded: &str) -> bool {
    let stem = encoded.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let numbered = |name: &str| {
        let digit = stem.strip_prefix(name);
        digit.is_some_and(|digit| matches!(digit.as_bytes(), [b'0'..=b'9']))
    };
    DEVICES.contains(&stem.as_str()) || NUMBERED_DEVICES.into_iter().any(numbered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_one_harmless_directory() {
        for (name, directory) in [
            ("main", "main"),
            ("release-1.2", "release-1.2"),
            ("feature/new login", "feature%2Fnew%20login"),
            ("..", "%2E%2E"),
            (".hidden", "%2Ehidden"),
            ("../../etc", "%2E.%2F..%2Fetc"),
            ("50%", "50%25"),
            ("~one", "%7Eone"),
            ("C:\\x", "C%3A%5Cx"),
            ("Größe", "Gr%C3%B6%C3%9Fe"),
            ("a b ", "a%20b%20"),
            ("CON", "%43ON"),
            ("nul.tar.gz", "%6Eul.tar.gz"),
            ("com1", "%63om1"),
            ("com", "com"),
            ("console", "console"),
        ] {
            assert_eq!(encoded(name), directory);
        }
    }

    #[test]
    fn names_of_any_length_and_script_fit_and_stay_different() {
        let long = ["x".repeat(5_000), "測".repeat(29), "ü".repeat(86), "x".repeat(141)];
        let other = long.iter().map(|name| format!("{name}!"));
        let names: Vec<String> = long.iter().cloned().chain(other).collect();
        let directories: std::collections::BTreeSet<String> = names.iter().map(|name| encoded(name)).collect();
        assert_eq!(directories.len(), names.len());
        for directory in &directories {
            assert!(directory.len() <= LONGEST && directory.is_ascii(), "{directory}");
            let (beginning, hash) = directory.split_once('~').expect("a hash");
            assert!(beginning.len() > 100 && hash.len() == 16, "{directory}");
            assert!(
                !beginning.ends_with('%') && !beginning[..beginning.len() - 1].ends_with('%'),
                "{directory}"
            );
        }
        assert_eq!(encoded(&"x".repeat(140)), "x".repeat(140));
        assert!(encoded("").starts_with('~'));
    }
}
