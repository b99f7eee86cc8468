//! Whether a text gives a secret away that was sent to whoever wrote it: as it is, cut short, or written in another way, as
//! servers do that put what they could not read into what they say of it.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// So many characters of a secret's beginning give it away.
const TELLING: usize = 6;
/// Ways of writing that are undone one inside the other.
const LAYERS: usize = 4;
/// Base64 of fewer characters is not looked into, nor is anything shorter looked for in it.
const SHORTEST_BASE64: usize = 4;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);

/// Whether `text` gives `secret` away: it, or its beginning where that is six characters or more, stands there in any case of
/// its letters, plainly or under escapes of JSON, of URLs, of HTML, or base64, up to four of them one inside the other.
pub fn gives_away(text: &str, secret: &str) -> bool {
    if secret.is_empty() {
        return false;
    }
    let mut needles = Vec::new();
    // A secret may itself look as if something in it were escaped.
    let mut spelling = Some(secret.to_owned());
    while let Some(known) = spelling.take().filter(|_| needles.len() <= LAYERS) {
        spelling = peeled(&known);
        let beginning: String = known.chars().take(TELLING).collect();
        needles.push(beginning);
    }
    stands_in(text, &needles, LAYERS)
}

/// Whether `text` holds the whole of `secret` under escapes of JSON, of URLs or of HTML, up to four of them one inside the other.
/// Cheap, for texts of which there are many: plainly it is not looked for, nor under base64, nor in part.
pub fn is_escaped_in(text: &str, secret: &str) -> bool {
    let mut layer = peeled(text);
    for _ in 0..LAYERS {
        let Some(plain) = layer else { return false };
        if !secret.is_empty() && plain.contains(secret) {
            return true;
        }
        layer = peeled(&plain);
    }
    false
}

fn stands_in(text: &str, needles: &[String], layers: usize) -> bool {
    let lower = text.to_lowercase();
    let found = needles.iter().any(|needle| {
        // Less than that is part of too many words in another case.
        let is_telling = needle.chars().count() >= TELLING;
        text.contains(needle) || (is_telling && lower.contains(&needle.to_lowercase()))
    });
    if found || layers == 0 {
        return found;
    }
    // In bytes at random, something short stands anywhere.
    let is_long = needles.iter().all(|needle| needle.len() >= SHORTEST_BASE64);
    let below = [peeled(text), unpacked(text).filter(|_| is_long)];
    below.iter().flatten().any(|text| stands_in(text, needles, layers - 1))
}

/// The text with every escape in it undone once; none where there is none.
fn peeled(text: &str) -> Option<String> {
    // Bytes, since an escape of a URL may be a part of a character.
    let mut plain: Vec<u8> = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut changed = false;
    while let Some(at) = rest.find(['\\', '%', '&']) {
        plain.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at..];
        let (bytes, length) = escape(rest).unwrap_or_else(|| (rest.as_bytes()[..1].to_vec(), 1));
        changed |= bytes.as_slice() != &rest.as_bytes()[..length];
        plain.extend(bytes);
        rest = &rest[length..];
    }
    plain.extend_from_slice(rest.as_bytes());
    changed.then(|| String::from_utf8_lossy(&plain).into_owned())
}

/// What the escape that the text begins with stands for, and how long it is.
fn escape(text: &str) -> Option<(Vec<u8>, usize)> {
    let of_char = |code: u32, length: usize| {
        let char = char::from_u32(code)?;
        Some((char.to_string().into_bytes(), length))
    };
    let hex = |from: usize, to: usize| u32::from_str_radix(text.get(from..to)?, 16).ok();
    match text.as_bytes() {
        [b'%', ..] => Some((vec![u8::try_from(hex(1, 3)?).ok()?], 3)),
        [b'\\', b'u', ..] => match (hex(2, 6)?, text.get(6..8), hex(8, 12)) {
            (high @ 0xd800..=0xdbff, Some("\\u"), Some(low @ 0xdc00..=0xdfff)) => {
                of_char(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), 12)
            }
            (code, ..) => of_char(code, 6),
        },
        [b'\\', b'x', ..] => of_char(hex(2, 4)?, 4),
        [b'\\', b'n', ..] => of_char(u32::from(b'\n'), 2),
        [b'\\', b'r', ..] => of_char(u32::from(b'\r'), 2),
        [b'\\', b't', ..] => of_char(u32::from(b'\t'), 2),
        [b'\\', other @ (b'"' | b'\'' | b'/' | b'\\'), ..] => Some((vec![*other], 2)),
        [b'&', ..] => {
            let end = text.as_bytes().iter().take(12).position(|byte| *byte == b';')?;
            let name = &text[1..end];
            let code = match name.strip_prefix('#') {
                Some(number) => match number.strip_prefix(['x', 'X']) {
                    Some(number) => u32::from_str_radix(number, 16).ok()?,
                    None => number.parse().ok()?,
                },
                None => u32::from(*match name {
                    "amp" => &b'&',
                    "lt" => &b'<',
                    "gt" => &b'>',
                    "quot" => &b'"',
                    "apos" => &b'\'',
                    _ => return None,
                }),
            };
            of_char(code, end + 1)
        }
        _ => None,
    }
}

/// What stands in the text as base64, of either alphabet, wherever it begins; none where nothing does.
fn unpacked(text: &str) -> Option<String> {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_');
    let mut plain = String::new();
    for run in text.split(|c| !is_base64(c)).filter(|run| run.len() >= SHORTEST_BASE64) {
        let run = run.replace('-', "+").replace('_', "/");
        for from in 0..4.min(run.len()) {
            let run = &run[from..];
            // One character alone says nothing.
            let whole = run.len() - usize::from(run.len() % 4 == 1);
            if let Ok(bytes) = BASE64.decode(&run[..whole]) {
                plain += &String::from_utf8_lossy(&bytes);
                plain.push('\n');
            }
        }
    }
    (!plain.is_empty()).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use serde_json::json;

    const SECRET: &str = "S3cr\"et&Pa<ss";

    #[test]
    fn a_secret_is_seen_however_it_is_written() {
        let body = json!({"username": "anna", "password": SECRET}).to_string();
        let written = |each: &dyn Fn(u32) -> String| {
            SECRET
                .bytes()
                .map(|byte| each(byte.into()))
                .collect::<Vec<_>>()
                .concat()
        };
        for text in [
            SECRET.to_owned(),
            body.clone(),
            json!({"detail": format!("cannot parse {body}")}).to_string(),
            json!({ "again": json!({"detail": body.clone()}).to_string() }).to_string(),
            written(&|byte| format!("\\u{byte:04x}")),
            written(&|byte| format!("&#{byte};")),
            written(&|byte| format!("%{byte:02X}")),
            "S3cr&quot;et&amp;Pa&lt;ss".to_owned(),
            "S3cr%22et%26Pa%3Css".to_owned(),
            "S3cr%2522et%2526Pa%253Css".to_owned(),
            format!("what is {}?", STANDARD.encode(&body)),
            format!("what is xx{}?", STANDARD.encode(&body)),
            json!({ "p": URL_SAFE_NO_PAD.encode(SECRET) }).to_string(),
            format!("too long: {}", &SECRET[..SECRET.len() - 1]),
            format!("it begins with {}", &SECRET[..6]),
            SECRET.to_uppercase(),
        ] {
            assert!(gives_away(&text, SECRET), "{text}");
        }
    }

    #[test]
    fn the_whole_of_it_is_seen_under_escapes() {
        for (text, is_seen) in [
            ("S3cr%22et%26Pa%3Css", true),
            ("S3cr&quot;et&amp;Pa&lt;ss", true),
            (r#"{"a":"{\"p\":\"S3cr\\\"et&Pa<ss\"}"}"#, true),
            (SECRET, false),
            ("S3cr%22et%26Pa", false),
        ] {
            assert_eq!(is_escaped_in(text, SECRET), is_seen, "{text}");
        }
    }

    #[test]
    fn what_is_not_in_it_is_not_seen() {
        for (text, secret) in [
            ("wrong user name or password", SECRET),
            ("S3cr", SECRET),
            ("50% of & nothing \\ %zz &none; \\u12", SECRET),
            ("anything", ""),
            ("ABC", "a"),
        ] {
            assert!(!gives_away(text, secret), "{text}");
        }
        assert!(gives_away("is %61 it?", "a"));
        assert!(gives_away(r#"{"p":"50%25 of\\n"}"#, "50%25 of\\n"));
    }
}
