//! Texts as a database keeps them.

use super::{Variant, Variants};
use bytes::Bytes;
use http::{Method, Request};
use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};
use serde_json::Value;

/// Longer than this no text is, but a picture may be.
const LONGEST_TEXT: usize = 4096;
/// Members that are texts, and may be missing.
const OPTIONAL: [&str; 4] = ["middleName", "title", "street2", "description"];

/// What is stored of a text.
type Storing = fn(&str) -> String;

/// What becomes of a text that is stored, by variant.
const STORED: [(Variant, Storing); 16] = [
    (Variant::TextsTrimmed, |text| text.trim().to_owned()),
    (Variant::TextsTrimmedAtTheEnd, |text| text.trim_end().to_owned()),
    (Variant::TextsTrimmedAtTheBegin, |text| text.trim_start().to_owned()),
    (Variant::BlanksTrimmed, |text| text.trim_matches(' ').to_owned()),
    (Variant::BlanksTrimmedAtTheEnd, |text| {
        text.trim_end_matches(' ').to_owned()
    }),
    (Variant::BlanksCollapsed, |text| {
        text.split(' ')
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }),
    (Variant::BlanksPlain, |text| {
        text.replace(['\u{A0}', '\u{202F}', '\u{2009}'], " ")
    }),
    (Variant::TabsAreBlanks, |text| text.replace('\t', " ")),
    (Variant::LinesEndAlike, |text| text.replace("\r\n", "\n")),
    (Variant::LinesEndInTwo, |text| {
        text.replace("\r\n", "\n").replace('\n', "\r\n")
    }),
    (Variant::ControlsDropped, |text| {
        without(text, |c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    }),
    (Variant::JoinersDropped, |text| {
        without(text, |c| matches!(c, '\u{200B}'..='\u{200D}' | '\u{FEFF}'))
    }),
    (Variant::DirectionsDropped, |text| {
        without(
            text,
            |c| matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'),
        )
    }),
    (Variant::QuotesStraight, |text| {
        text.replace(['\u{2018}', '\u{2019}'], "'")
            .replace(['\u{201C}', '\u{201D}'], "\"")
    }),
    (Variant::LettersComposed, |text| {
        ComposingNormalizer::new_nfc().normalize(text).into_owned()
    }),
    (Variant::LettersDecomposed, |text| {
        DecomposingNormalizer::new_nfd().normalize(text).into_owned()
    }),
];

fn without(text: &str, dropped: impl Fn(char) -> bool) -> String {
    text.chars().filter(|c| !dropped(*c)).collect()
}

fn keeps_texts(path: &str) -> bool {
    (path.contains("/people/") || path.contains("/Tags")) && !path.contains("Photo/") && !path.contains("/detections/")
}

/// Stores the texts of a request as the site does.
pub(super) fn arriving(server: &Variants, request: &mut Request<Bytes>) {
    let Some((_, stored)) = STORED.iter().find(|(variant, _)| server.has(*variant)) else {
        return;
    };
    let writes = request.method() == Method::PUT || request.method() == Method::POST;
    if !writes || !keeps_texts(request.uri().path()) {
        return;
    }
    let Ok(mut body) = serde_json::from_slice::<Value>(request.body()) else {
        return;
    };
    for text in body.as_object_mut().into_iter().flat_map(serde_json::Map::values_mut) {
        if let Value::String(kept) = text
            && kept.len() <= LONGEST_TEXT
        {
            *kept = stored(kept);
        }
    }
    *request.body_mut() = body.to_string().into();
}

/// Writes texts of no characters as the database gives them back.
pub(super) fn shown(server: &Variants, path: &str, value: &mut Value) {
    if !keeps_texts(path) && !path.ends_with("/people") {
        return;
    }
    match value {
        Value::Array(entries) => entries.iter_mut().for_each(|entry| shown(server, path, entry)),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                let is_blank = member.as_str().is_some_and(|text| text.trim().is_empty());
                let is_empty = member.as_str() == Some("");
                if server.has(Variant::EmptyIsNull) && is_empty || server.has(Variant::BlankIsNull) && is_blank {
                    *member = Value::Null;
                } else if server.has(Variant::NullIsEmpty) && member.is_null() && OPTIONAL.contains(&name.as_str()) {
                    *member = "".into();
                } else {
                    shown(server, path, member);
                }
            }
        }
        _ => {}
    }
}
