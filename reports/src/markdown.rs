//! Text that stays text in Markdown, in GitHub's and GitLab's dialects too.

use proofload_results::text;
use std::fmt::Write;

/// What a hostile server may put into one cell.
pub(crate) const CELL_CHARS: usize = 300;
/// GitHub drops a step summary of more than 1 MiB; ours stop well before, and say so.
pub(crate) const MAX_BYTES: usize = 900_000;

/// An inline `<code>` element of at most `max_chars` characters of `text`.
///
/// Not a code span: inside a table a span cannot hold a backslash before a pipe.
pub(crate) fn code(text: &str, max_chars: usize) -> String {
    // Mentions and references are not looked for in code, and a mail address has a full stop: without one the `@` of
    // a case id may stay as it is, for those who read the source or search it.
    let only_mail = |c: char, rest: &str| c == '@' && rest.contains('.');
    format!("<code>{}</code>", inert(text, max_chars, only_mail))
}

/// Running text of at most `max_chars` characters of `text`, on one line, with nothing in it that Markdown reads. It
/// must not stand at the beginning of a line, where a mere dash would open a list.
pub(crate) fn prose(text: &str, max_chars: usize) -> String {
    inert(text, max_chars, |_, rest| rest.starts_with(char::is_alphanumeric))
}

/// `refers` says whether an `@` or `#` before the given rest could become a mention, a reference or an address.
fn inert(text: &str, max_chars: usize, refers: impl Fn(char, &str) -> bool) -> String {
    let shown = text::line(&text::clip(text, max_chars));
    let mut out = String::with_capacity(shown.len());
    let mut before = ' ';
    for (place, c) in shown.char_indices() {
        let rest = &shown[place + c.len_utf8()..];
        match c {
            // These are found in the finished text, where an entity has become its character again; an empty
            // comment keeps the halves apart.
            '@' | '#' if refers(c, rest) => push_entity(c, "<!-- -->", &mut out),
            // `http://` and `www.` become links by themselves, `:name:` a picture.
            ':' if !rest.starts_with(' ') => push_entity(c, "", &mut out),
            '.' if before.eq_ignore_ascii_case(&'w') => push_entity(c, "", &mut out),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '|' | '&' | '~' | '$' | '!' | '^' => {
                push_entity(c, "", &mut out);
            }
            _ => out.push(c),
        }
        before = c;
    }
    out
}

fn push_entity(c: char, behind: &str, out: &mut String) {
    let _ = write!(out, "&#{};{behind}", u32::from(c));
}

/// A fenced code block around `text`, its fence longer than any run of backticks inside.
pub(crate) fn fence(language: &str, text: &str) -> String {
    let text = text::block(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end_matches('\n'))
}
