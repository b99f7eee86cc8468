//! Names of branches and scenarios as names of directories, on every system.

use std::fmt::Write as _;

/// A branch or scenario as one directory name: letters, digits, `-`, `_` and inner full stops stay, every other byte stands as
/// `%2F` and the like. Different names stay different, on systems that tell cases apart.
pub(super) fn encoded(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let last = name.len().saturating_sub(1);
    for (place, byte) in name.bytes().enumerate() {
        // A leading full stop hides a directory, and Windows drops one at the end.
        let inner = place > 0 && place < last;
        if byte.is_ascii_alphanumeric() || b"-_".contains(&byte) || (byte == b'.' && inner) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
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
            ("C:\\x", "C%3A%5Cx"),
            ("Größe", "Gr%C3%B6%C3%9Fe"),
        ] {
            assert_eq!(encoded(name), directory);
        }
    }
}
