//! What ids look like: each shape is made from the server's own id, the same each time.

use super::Variant;
use base64::Engine as _;
use base64::prelude::{BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;
use uuid::Uuid;

/// What an id looks like, from the server's own and from which one it is.
pub(super) type Shape = fn(Uuid, u64) -> Value;

/// How ids look, by variant.
pub(super) const SHAPES: [(Variant, Shape); 24] = [
    (Variant::IdsAsNumbers, |id, _| number(id).into()),
    (Variant::IdsAsText, |id, _| format!("p-{}", number(id)).into()),
    (Variant::IdsAsLargeNumbers, |id, _| (low(id) >> 2 | 1 << 61).into()),
    (Variant::IdsAsObjectIds, |id, _| id.simple().to_string()[8..].into()),
    (Variant::IdsAsUlids, |id, _| {
        in_base(id, b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", 26).into()
    }),
    (Variant::IdsInBase64, |id, _| {
        BASE64_URL_SAFE_NO_PAD.encode(id.as_bytes()).into()
    }),
    (Variant::IdsPrefixed, |id, _| format!("id_{}", id.simple()).into()),
    (Variant::GuidsInBraces, |id, _| id.braced().to_string().into()),
    (Variant::GuidsInSequence, |id, _| in_sequence(id).to_string().into()),
    (Variant::GuidsInParentheses, |id, _| format!("({id})").into()),
    (Variant::IdsAsUrns, |id, _| id.urn().to_string().into()),
    (Variant::IdsCounted, |_, nth| nth.into()),
    (Variant::IdsNegative, |_, nth| {
        (-i64::try_from(nth).unwrap_or(i64::MAX)).into()
    }),
    (Variant::IdsOfDigits, |_, nth| format!("{nth:012}").into()),
    (Variant::IdsAsSnowflakes, |id, _| {
        (low(id) >> 2 | 1 << 61).to_string().into()
    }),
    (Variant::IdsInHex, |id, _| format!("0x{:016x}", low(id)).into()),
    (Variant::IdsAsKsuids, |id, _| in_base(id, BASE62, 27).into()),
    (Variant::IdsOfBlanks, |_, nth| format!("entry {nth}").into()),
    (Variant::IdsOfSigns, |id, _| {
        BASE64_URL_SAFE.encode(id.as_bytes()).into()
    }),
    (Variant::IdsOfDots, |_, nth| format!("1.3.6.{nth}").into()),
    (Variant::IdsOfLetters, |_, nth| format!("größe-{nth}").into()),
    (Variant::IdsOfASite, |_, nth| format!("{nth}@site:1;v=2").into()),
    (Variant::IdsLong, |id, _| {
        format!("{0}.{0}.{0}.{0}.{0}", id.simple()).into()
    }),
    (Variant::IdsInQuotes, |_, nth| format!("'{nth}'&+%").into()),
];

const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// No smaller than a few digits, and the same each time.
fn number(id: Uuid) -> u64 {
    low(id) % 900_000_000 + 100_000_000
}

fn low(id: Uuid) -> u64 {
    id.as_u64_pair().1
}

/// So many digits of those.
fn in_base(id: Uuid, digits: &[u8], length: usize) -> String {
    let base = digits.len() as u128;
    let mut left = id.as_u128();
    let mut text: Vec<char> = (0..length)
        .map(|_| {
            let digit = usize::try_from(left % base).unwrap_or_default();
            left /= base;
            char::from(digits[digit])
        })
        .collect();
    text.reverse();
    text.into_iter().collect()
}

/// As version 7 has it: the time in front, here always the same.
fn in_sequence(id: Uuid) -> Uuid {
    let (_, low) = id.as_u64_pair();
    let random = id.as_u64_pair().0 & 0xFFF;
    Uuid::from_u64_pair(0x0199_4B1E_7C00_7000 | random, low)
}
