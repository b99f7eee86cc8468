//! What a site has against one member of what is to be kept.

use super::of;
use crate::variants::{Variant, Variants};
use serde_json::Value;

/// The longest name, and the longest other text, in characters.
const LONGEST: [(Variant, [usize; 2]); 3] = [
    (Variant::TextsLimited, [50, 200]),
    (Variant::TextsShort, [40, 100]),
    (Variant::TextsOfTinytext, [255, 255]),
];
const LARGEST_NUMBER: [(Variant, f64); 3] = [
    (Variant::NumbersLimited, 1e9),
    (Variant::NumbersOf32Bits, 2_147_483_647.0),
    (Variant::NumbersOfDecimals, 1e16),
];
/// The years that a database can keep.
const YEARS: [(Variant, [i32; 2]); 2] = [
    (Variant::YearsOfDatetime, [1753, 9999]),
    (Variant::YearsOfSmalldatetime, [1900, 2078]),
];
const LONGEST_PERIOD_DAYS: u32 = 366;

/// Members that are names.
const NAMES: [&str; 7] = [
    "firstName",
    "lastName",
    "middleName",
    "title",
    "name",
    "tagName",
    "summary",
];

/// Why the site does not take it.
pub(super) fn objection(server: &Variants, name: &str, member: &Value) -> Option<String> {
    let text = member.as_str().unwrap_or_default();
    let is_name = NAMES.contains(&name);
    if let Some(longest) = of(server, &LONGEST)
        && let longest = longest[usize::from(!is_name)]
        && text.chars().count() > longest
    {
        return Some(format!(
            "The field {name} must be a string with a maximum length of {longest}."
        ));
    }
    if server.has(Variant::MarkupRefused) && text.contains(['<', '>']) {
        return Some("A potentially dangerous value was detected from the client.".to_owned());
    }
    let foreign = |c: char| {
        server.has(Variant::SymbolsRefused) && u32::from(c) > 0xFFFF
            || server.has(Variant::ScriptsRefused) && u32::from(c) > 0x24F && c.is_alphabetic()
            || server.has(Variant::ControlsRefused) && c.is_control() && !matches!(c, '\n' | '\r' | '\t')
            || server.has(Variant::LinesInNamesRefused) && is_name && c.is_control()
    };
    if text.chars().any(foreign) {
        return Some(format!("The field {name} has characters that are not supported."));
    }
    if server.has(Variant::EmptyNamesRefused) && is_name && member.is_string() && text.trim().is_empty() {
        return Some(format!("The {name} field is required."));
    }
    if server.has(Variant::CountriesByCode) && name == "country" && text.len() != 2 && !text.is_empty() {
        return Some("The field country must be a code of two letters (ISO 3166).".to_owned());
    }
    if server.has(Variant::PostalCodesShort) && name == "postalCode" && text.chars().count() > 10 {
        return Some("The field postalCode must be a string with a maximum length of 10.".to_owned());
    }
    if server.has(Variant::PeriodsLimited) && name == "defaultExpirePeriod" {
        let days = text.split_once('.').and_then(|(days, _)| days.parse::<u32>().ok());
        if days.is_some_and(|days| days > LONGEST_PERIOD_DAYS) {
            return Some("The field defaultExpirePeriod must be a year at most.".to_owned());
        }
    }
    year(server, name, text).or_else(|| number(server, name, member))
}

fn year(server: &Variants, name: &str, text: &str) -> Option<String> {
    let [first, last] = of(server, &YEARS)?;
    if !matches!(name, "dateValue" | "expires" | "created") {
        return None;
    }
    let year: i32 = text.split('-').next()?.parse().ok()?;
    (year < first || year > last).then(|| format!("The field {name} must be between {first} and {last}."))
}

fn number(server: &Variants, name: &str, member: &Value) -> Option<String> {
    let largest = of(server, &LARGEST_NUMBER)?;
    let beyond = member.as_f64().is_some_and(|number| number.abs() > largest);
    beyond.then(|| format!("The field {name} must be between -{largest} and {largest}."))
}
