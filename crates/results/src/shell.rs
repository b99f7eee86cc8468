//! Text for a POSIX shell: what it fills in itself is marked, everything else is quoted.

/// Marks the beginning of what the shell fills in; from a private-use area, so that no server's or contract's text is
/// taken for it by accident.
const OPEN: char = '\u{E0F0}';
/// Marks its end.
const CLOSE: char = '\u{E0F1}';

/// Marks an expression, such as `$TOKEN`, for the shell to fill in. In between it stands in hexadecimal digits, so that it
/// goes through JSON and URLs unharmed.
pub fn shell(expression: &str) -> String {
    let mut marked = String::from(OPEN);
    for byte in expression.bytes() {
        for digit in [byte >> 4, byte & 15] {
            marked.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    marked.push(CLOSE);
    marked
}

/// A piece of marked text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Stands as it is.
    Plain(String),
    /// An expression that the shell fills in.
    Filled(String),
}

/// Takes marked text apart.
pub fn pieces(marked: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = marked;
    while let Some((plain, behind)) = rest.split_once(OPEN) {
        let (digits, after) = behind.split_once(CLOSE).unwrap_or((behind, ""));
        if !plain.is_empty() {
            pieces.push(Piece::Plain(plain.to_owned()));
        }
        pieces.push(Piece::Filled(expression(digits)));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Plain(rest.to_owned()));
    }
    pieces
}

/// Whether there is anything for the shell to fill in.
pub fn is_filled(marked: &str) -> bool {
    marked.contains(OPEN)
}

fn expression(digits: &str) -> String {
    let bytes = digits.as_bytes().chunks(2).filter_map(|pair| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    String::from_utf8_lossy(&bytes.collect::<Vec<u8>>()).into_owned()
}

/// One word of a POSIX shell that is `text` whatever is in it. No shell can hold a zero byte; it is left out.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\0', "").replace('\'', r"'\''"))
}

/// One word of a POSIX shell: marked expressions in double quotes, the rest as [`quoted`].
pub fn word(marked: &str) -> String {
    let pieces = pieces(marked);
    if pieces.is_empty() {
        return "''".to_owned();
    }
    let words = pieces.iter().map(|piece| match piece {
        Piece::Plain(text) => quoted(text),
        Piece::Filled(expression) => format!("\"{expression}\""),
    });
    words.collect()
}

/// The arguments of `printf` that write exactly these bytes.
pub fn printf(bytes: &[u8]) -> String {
    let mut format = String::from("'");
    for (place, &byte) in bytes.iter().enumerate() {
        match byte {
            // Would be taken for an option.
            b'-' if place == 0 => format.push_str(r"\055"),
            b'\'' => format.push_str(r"'\''"),
            b'\\' => format.push_str(r"\\"),
            b'%' => format.push_str("%%"),
            b' '..=b'~' => format.push(char::from(byte)),
            other => {
                format.push('\\');
                for shift in [6, 3, 0] {
                    format.extend(char::from_digit(u32::from((other >> shift) & 7), 8));
                }
            }
        }
    }
    format.push('\'');
    format
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marked_expressions_come_through_json_and_back() {
        let marked = serde_json::Value::from(format!("a\"{}", shell("${X%\"?\"}"))).to_string();
        assert_eq!(
            pieces(&marked),
            [
                Piece::Plain("\"a\\\"".to_owned()),
                Piece::Filled("${X%\"?\"}".to_owned()),
                Piece::Plain("\"".to_owned()),
            ]
        );
    }

    #[test]
    fn words_hold_whatever_is_in_them() {
        assert_eq!(word("$(id) `x` \"q\" \\ \n"), "'$(id) `x` \"q\" \\ \n'");
        assert_eq!(word("it's\0"), r"'it'\''s'");
        assert_eq!(word(&format!("Bearer {}$", shell("$T"))), "'Bearer '\"$T\"'$'");
        assert_eq!(word(""), "''");
        assert_eq!(printf(b"--x"), r"'\055-x'");
        assert_eq!(printf(b"%d\0\n'\\\xff"), r"'%%d\000\012'\''\\\377'");
    }
}
