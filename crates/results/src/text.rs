//! Text from elsewhere, made safe to show: the one place that escapes control and invisible characters.
//!
//! A hostile server may send terminal escapes, line breaks that forge a second line, or bidirectional overrides that
//! turn a sentence around. Whatever a person will read goes through here first; a rendering then adds the escapes of
//! its own format (XML, HTML, Markdown) on top.

use std::fmt::Write as _;

/// What stands between the thousands of our own figures: a narrow space that does not break.
const THIN_SPACE: char = '\u{202f}';

/// One line: every character that is not printable stands as its escape (`\n`, `\u{202e}`).
///
/// Quotes and backslashes stay as they are, because this is for reading, not for parsing back.
pub fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(text, &['"', '\'', '\\', THIN_SPACE], &mut out);
    out
}

/// Several lines: as [`line()`], but line feeds and tabs stay, and CRLF becomes LF.
pub fn block(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let mut out = String::with_capacity(text.len());
    escape(&text, &['"', '\'', '\\', THIN_SPACE, '\n', '\t'], &mut out);
    out
}

/// A JSON document in which nothing hides: controls that JSON lets stand (DEL, C1, which some terminals obey), bidirectional
/// overrides and invisible characters stand as `\uXXXX`. They can only be in strings, so that it reads back as the same.
pub fn json(document: &str) -> String {
    if !document.contains(is_hidden) {
        return document.to_owned();
    }
    let mut out = String::with_capacity(document.len());
    for c in document.chars() {
        if is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether a terminal obeys it, or nobody sees it; line feeds and the like are what a document is made of.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}'
    )
}

/// At most `max_chars` characters of a text, and a word on how much was cut off.
pub fn clip(text: &str, max_chars: usize) -> String {
    match text.char_indices().nth(max_chars) {
        None => text.to_owned(),
        Some((end, _)) => {
            let (kept, cut) = text.split_at(end);
            format!("{kept}… ({} more bytes)", cut.len())
        }
    }
}

/// A text in lines of at most `width` characters, broken between words only; a word that is longer has a line of its own.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let (mut lines, mut line, mut length) = (Vec::new(), String::new(), 0);
    for word in text.split_inclusive(' ') {
        if length > 0 && length + word.trim_end().chars().count() > width {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
            length = 0;
        }
        line.push_str(word);
        length += word.chars().count();
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// Appends `text`, escaped, but for the characters in `keep`.
///
/// The standard library's `escape_debug` knows what Unicode counts as printable; a combining mark survives unless it
/// has nothing of its own to combine with.
fn escape(text: &str, keep: &[char], out: &mut String) {
    for piece in text.split_inclusive(|c| keep.contains(&c) || is_hidden_mark(c)) {
        let last = piece
            .chars()
            .next_back()
            .filter(|&c| keep.contains(&c) || is_hidden_mark(c));
        let body = &piece[..piece.len() - last.map_or(0, char::len_utf8)];
        out.extend(body.escape_debug());
        match last {
            Some(mark) if is_hidden_mark(mark) => out.extend(mark.escape_unicode()),
            Some(kept) => out.push(kept),
            None => {}
        }
    }
}

/// Variation selectors of the supplementary plane: printable by category, invisible in fact, and able to carry
/// hidden bytes.
fn is_hidden_mark(c: char) -> bool {
    matches!(c, '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_shows_what_would_not_be_seen() {
        for (text, shown) in [
            (
                "plain, with \"quotes\" and C:\\path",
                "plain, with \"quotes\" and C:\\path",
            ),
            ("two\r\nlines\tand a tab", r"two\r\nlines\tand a tab"),
            ("\u{1b}[31mred\u{7}", r"\u{1b}[31mred\u{7}"),
            ("\u{202e}evil\u{2066}", r"\u{202e}evil\u{2066}"),
            ("zero\u{200b}width\u{feff}", r"zero\u{200b}width\u{feff}"),
            (
                "C1 \u{9b}31m, nel \u{85}, ls \u{2028}",
                r"C1 \u{9b}31m, nel \u{85}, ls \u{2028}",
            ),
            ("nul \0 del \u{7f}", r"nul \0 del \u{7f}"),
            ("none \u{fffe}\u{ffff}", r"none \u{fffe}\u{ffff}"),
            ("tag \u{e0041} selector \u{e0101}", r"tag \u{e0041} selector \u{e0101}"),
            ("Grüße, 顔, e\u{301}, ✓", "Grüße, 顔, e\u{301}, ✓"),
            ("", ""),
        ] {
            assert_eq!(line(text), shown);
        }
    }

    #[test]
    fn a_block_keeps_its_lines() {
        assert_eq!(block("one\r\n\ttwo\n\u{1b}three\r"), "one\n\ttwo\n\\u{1b}three\\r");
    }

    #[test]
    fn no_control_character_survives_anywhere() {
        let all: Vec<char> = ('\0'..=char::MAX).collect();
        for some in all.chunks(4096) {
            let shown = line(&some.iter().collect::<String>());
            assert_eq!(shown.find(char::is_control), None, "{:x}…", u32::from(some[0]));
        }
    }

    #[test]
    fn a_json_document_hides_nothing_and_reads_back_the_same() {
        let value = "C1 \u{9b}31m, \u{202e}evil\u{2066}, zero\u{200b}width, tag \u{e0041}, Grüße 顔 \u{1b}[31m";
        let document = serde_json::to_string_pretty(&[value]).unwrap();
        let shown = json(&document);
        assert!(
            shown.contains(r"C1 \u009b31m, \u202eevil\u2066, zero\u200bwidth, tag \udb40\udc41, Grüße 顔 \u001b[31m"),
            "{shown}"
        );
        assert_eq!(serde_json::from_str::<[String; 1]>(&shown).unwrap(), [value]);
        let plain = "{\n  \"a\": 1\n}\n";
        assert_eq!(json(plain), plain);
    }

    #[test]
    fn a_text_is_broken_between_words() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(
            wrapped("  Grüße, wörtlich genommen", 8),
            ["  Grüße,", "wörtlich", "genommen"]
        );
        assert_eq!(wrapped("", 5), [""]);
    }

    #[test]
    fn a_clipped_text_says_so() {
        assert_eq!(clip("abc", 3), "abc");
        assert_eq!(clip("äbcd", 2), "äb… (2 more bytes)");
    }
}
