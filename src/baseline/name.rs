//! Names of branches and scenarios as names of directories, on every system.

use proofload_deployment::percent_encoded;

/// A branch or scenario as one directory name: letters, digits, `-`, `_` and inner full stops stay, every other byte stands as
/// `%2F` and the like. Different names stay different, on systems that tell cases apart.
pub(super) fn encoded(name: &str) -> String {
    let mut name = percent_encoded(name).replace('~', "%7E");
    // A leading full stop hides a directory, and Windows drops one at the end.
    if name.starts_with('.') {
        name.replace_range(..1, "%2E");
    }
    if name.ends_with('.') {
        name.replace_range(name.len() - 1.., "%2E");
    }
    name
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
        ] {
            assert_eq!(encoded(name), directory);
        }
    }
}
