//! Mistakes in TOML files as one sentence that names the file, the line and the key.

use crate::target::escaped;
use std::ops::Range;
use std::path::Path;

/// `file:line:column: key: message`, from an error of the TOML library about `text`, the content of `path`.
///
/// The content itself is never quoted: there may be secrets in it.
pub fn sentence(path: &Path, text: &str, error: &toml::de::Error) -> String {
    let mut without_text = error.clone();
    // Without its input the library prints the message and the keys instead of the line that went wrong.
    without_text.set_input(None);
    let printed = without_text.to_string();
    let key = printed
        .rsplit_once("in `")
        .map(|(_, key)| key.trim_end().trim_end_matches('`'));
    at(path, text, error.span(), key, error.message())
}

/// `file:line:column: key: message`, for what lies at `span` of `text`.
pub fn at(path: &Path, text: &str, span: Option<Range<usize>>, key: Option<&str>, message: &str) -> String {
    let place = span.map_or_else(String::new, |span| {
        let before = String::from_utf8_lossy(&text.as_bytes()[..span.start.min(text.len())]);
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        format!(":{line}:{column}")
    });
    let key = key.map_or_else(String::new, |key| format!(" {}:", escaped(key.as_bytes(), 200)));
    format!("{}{place}:{key} {}", path.display(), escaped(message.as_bytes(), 400))
}
