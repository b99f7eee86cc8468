//! JSON that is written in another way and says the same.

use super::{Variant, Variants};
use serde::Serialize as _;
use serde_json::Value;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};
use std::fmt::Write as _;
use std::io::{self, Write};

/// The JSON as the variant writes it.
pub(super) fn written(server: &Variants, value: &Value) -> String {
    if server.has(Variant::JsonIndented) {
        return serde_json::to_string_pretty(value).unwrap_or_default();
    }
    if server.has(Variant::JsonInTabs) {
        return in_tabs(value);
    }
    let hand = Hand {
        spaced: server.has(Variant::JsonSpaced),
        slashes: server.has(Variant::JsonSlashesEscaped),
        fractions: if server.has(Variant::FractionsAsPowers) {
            Fractions::Powers
        } else if server.has(Variant::FractionsAsLargePowers) {
            Fractions::LargePowers
        } else if server.has(Variant::FractionsPadded) {
            Fractions::Padded(6)
        } else if server.has(Variant::FractionsOfDecimals) {
            Fractions::Padded(4)
        } else {
            Fractions::Plain
        },
    };
    let mut text = Vec::new();
    let _ = value.serialize(&mut Serializer::with_formatter(&mut text, hand)); // memory takes everything
    let text = String::from_utf8_lossy(&text).into_owned();
    if server.has(Variant::JsonPadded) {
        return format!("\r\n {text}\n\n");
    }
    if server.has(Variant::JsonEscaped) {
        return escaped(&text, true);
    }
    if server.has(Variant::JsonEscapedInSmall) {
        return escaped(&text, false);
    }
    if server.has(Variant::JsonEscapedForPages) {
        return for_pages(&text);
    }
    text
}

/// Many lines, which begin with tabs and end as on Windows.
fn in_tabs(value: &Value) -> String {
    let mut text = Vec::new();
    let _ = value.serialize(&mut Serializer::with_formatter(
        &mut text,
        PrettyFormatter::with_indent(b"\t"),
    ));
    // Line ends within texts are escaped: what is left are those of the hand.
    String::from_utf8_lossy(&text).replace('\n', "\r\n")
}

/// As Go writes it, so that it may stand in a web page.
fn for_pages(text: &str) -> String {
    let each = |c: char| match c {
        '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    };
    text.chars().map(each).collect()
}

/// The same in ASCII: as System.Text.Json does it, or with small digits and no more than has to be.
fn escaped(text: &str, all: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() && !(all && matches!(c, '<' | '>' | '&' | '\'' | '+')) {
            escaped.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = if all {
                write!(escaped, "\\u{unit:04X}")
            } else {
                write!(escaped, "\\u{unit:04x}")
            };
        }
    }
    escaped
}

#[derive(Clone, Copy)]
enum Fractions {
    Plain,
    Powers,
    LargePowers,
    /// With so many places at least.
    Padded(usize),
}

/// How a serializer writes.
struct Hand {
    spaced: bool,
    slashes: bool,
    fractions: Fractions,
}

impl Hand {
    fn next(&self, writer: &mut (impl Write + ?Sized), first: bool) -> io::Result<()> {
        match (first, self.spaced) {
            (true, _) => Ok(()),
            (false, true) => writer.write_all(b", "),
            (false, false) => writer.write_all(b","),
        }
    }
}

impl Formatter for Hand {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        match self.fractions {
            Fractions::Plain => write!(writer, "{}", Value::from(value)),
            Fractions::Powers => write!(writer, "{value:e}"),
            Fractions::LargePowers => write!(writer, "{value:E}"),
            Fractions::Padded(least) => {
                let shortest = format!("{value}");
                let places = shortest
                    .split_once('.')
                    .map_or(0, |(_, places)| places.len())
                    .max(least);
                write!(writer, "{value:.places$}")
            }
        }
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if self.slashes {
            return writer.write_all(fragment.replace('/', "\\/").as_bytes());
        }
        writer.write_all(fragment.as_bytes())
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.next(writer, first)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.next(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(if self.spaced { b": " } else { b":" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn whatever_the_hand_it_says_the_same() {
        let value = json!({"a": "Zoë <b> 😀 it's 1+1 / 2", "b": [0.87, 3, 1e-9, 12_345.678_901_234], "c": {}, "d": []});
        for variant in [
            Variant::JsonIndented,
            Variant::JsonEscaped,
            Variant::JsonEscapedInSmall,
            Variant::JsonSpaced,
            Variant::JsonPadded,
            Variant::JsonSlashesEscaped,
            Variant::FractionsAsPowers,
            Variant::FractionsPadded,
            Variant::JsonInTabs,
            Variant::JsonEscapedForPages,
            Variant::FractionsAsLargePowers,
            Variant::FractionsOfDecimals,
        ] {
            let server = Variants::new(&[variant]).expect("one");
            let text = written(&server, &value);
            assert_ne!(text, value.to_string(), "{variant}");
            assert_eq!(
                serde_json::from_str::<Value>(&text).expect("JSON"),
                value,
                "{variant}: {text}"
            );
        }
    }
}
