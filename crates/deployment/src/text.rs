//! Text from elsewhere, made safe: to show, and to stand in a URL.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use proofload_results::text::line;

/// The beginning of `bytes` as text on one line: at most `limit` characters of it, white space folded into single
/// spaces, what cannot be seen escaped, what is not UTF-8 replaced, and `…` where it was cut.
pub fn escaped(bytes: &[u8], limit: usize) -> String {
    // Four bytes are the most that a character takes; what lies further can never be shown.
    let looked_at = &bytes[..bytes.len().min(limit.saturating_mul(4).saturating_add(4))];
    let text = String::from_utf8_lossy(looked_at);
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match folded.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", line(&folded[..end])),
        None if looked_at.len() < bytes.len() => format!("{}…", line(&folded)),
        None => line(&folded),
    }
}

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `value` as it stands in one segment of a URL's path: every byte but the unreserved characters of RFC 3986 is
/// percent-encoded.
pub fn percent_encoded(value: &str) -> String {
    utf8_percent_encode(value, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::{escaped, percent_encoded};

    #[test]
    fn only_unreserved_characters_stand_for_themselves() {
        assert_eq!(percent_encoded("aZ09-._~"), "aZ09-._~");
        assert_eq!(percent_encoded("1/2 ä%?#[]"), "1%2F2%20%C3%A4%25%3F%23%5B%5D");
    }

    #[test]
    fn control_characters_are_escaped_and_long_text_is_cut() {
        assert_eq!(escaped(b"plain", 10), "plain");
        assert_eq!(escaped(b" a\r\n\t b ", 10), "a b");
        assert_eq!(escaped(b"\x1b[31mred", 20), "\\u{1b}[31mred");
        assert_eq!(escaped("\u{202e}evil".as_bytes(), 20), "\\u{202e}evil");
        assert_eq!(escaped(b"\xff\xfe", 20), "\u{fffd}\u{fffd}");
        assert_eq!(escaped(b"abcdef", 3), "abc…");
        assert_eq!(escaped("äöü".as_bytes(), 3), "äöü");
        assert_eq!(escaped(&vec![b'x'; 1 << 20], 3), "xxx…");
    }
}
