//! Header fields of answers (HPACK, RFC 7541): of each only what a virtual user needs to know is kept, in the dynamic table
//! as well, so that a connection needs no room for texts.

use super::huffman;
use super::static_table::{STATIC, STATUSES};
use crate::body_seen::Media;
use crate::date_field::DateField;
use std::collections::VecDeque;

/// The dynamic table's size that every server may count on (`SETTINGS_HEADER_TABLE_SIZE` as it is by default).
const TABLE_BYTES: usize = 4096;
/// What an entry counts beside its name and value.
const ENTRY_BYTES: usize = 32;
/// More fields than this are refused: no answer has them.
const MAX_FIELDS: usize = 1000;
/// No name or value that matters is longer.
const TEXT_BYTES: usize = 96;

const OF_REQUESTS: &str = "the head of the answer has a field that belongs to requests";
const NO_STATUS: &str = "the status of the answer is no status";
const NO_LENGTH: &str = "the Content-Length of the answer is no number of bytes that can be";

/// What a field says.
#[derive(Debug, Clone, Copy)]
pub(super) enum Field {
    /// `:status`
    Status(u16),
    /// `content-type`
    Media(Media),
    /// `content-encoding`: whether there is any.
    Encoded(bool),
    /// `content-length`
    Length(u64),
    /// `date`
    Date(DateField),
    /// Nothing of importance.
    Other,
    /// Nothing that an answer may say, and why.
    Wrong(&'static str),
}

/// A name, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    Status,
    Type,
    Encoding,
    Length,
    Date,
    Other,
    Wrong,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    name: Name,
    name_bytes: usize,
    bytes: usize,
    field: Field,
}

/// Reads header blocks; each has to be read, in order, also those that nobody waits for.
#[derive(Debug)]
pub(super) struct Decoder {
    /// The newest first.
    entries: VecDeque<Entry>,
    bytes: usize,
    capacity: usize,
    most: usize,
}

/// A block that is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl Default for Decoder {
    fn default() -> Self {
        Self::with_room(TABLE_BYTES)
    }
}

impl Decoder {
    fn with_room(bytes: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            bytes: 0,
            capacity: bytes,
            most: bytes,
        }
    }

    /// Reads a block, field by field.
    pub(super) fn decode(&mut self, block: &[u8], mut take: impl FnMut(Field)) -> Result<(), Malformed> {
        let mut input = block;
        let mut fields = 0;
        while let Some(first) = input.first().copied() {
            if first & 0xe0 == 0x20 {
                let size = integer(&mut input, 5)?;
                if fields > 0 || size > self.most {
                    return Err(Malformed);
                }
                self.capacity = size;
                self.shrink(0);
                continue;
            }
            fields += 1;
            if fields > MAX_FIELDS {
                return Err(Malformed);
            }
            if first & 0x80 != 0 {
                let index = integer(&mut input, 7)?;
                take(self.entry(index)?.field);
                continue;
            }
            let added = first & 0x40 != 0;
            let index = integer(&mut input, if added { 6 } else { 4 })?;
            let (name, name_bytes) = match index {
                0 => {
                    let text = Text::read(&mut input, true)?;
                    (Name::of(text.kept()), text.length)
                }
                index => {
                    let entry = self.entry(index)?;
                    (entry.name, entry.name_bytes)
                }
            };
            // The value of what nobody asks for is passed over, unless its length counts.
            let text = Text::read(&mut input, added || name != Name::Other)?;
            let field = name.says(&text);
            take(field);
            if added {
                self.add(Entry {
                    name,
                    name_bytes,
                    bytes: name_bytes + text.length + ENTRY_BYTES,
                    field,
                });
            }
        }
        Ok(())
    }

    fn entry(&self, index: usize) -> Result<Entry, Malformed> {
        match index.checked_sub(1 + STATIC.len()) {
            Some(place) => self.entries.get(place).copied().ok_or(Malformed),
            None => statically(index).ok_or(Malformed),
        }
    }

    fn add(&mut self, entry: Entry) {
        self.shrink(entry.bytes);
        if entry.bytes <= self.capacity {
            self.bytes += entry.bytes;
            self.entries.push_front(entry);
        }
    }

    /// Makes room for so many bytes.
    fn shrink(&mut self, room: usize) {
        while self.bytes + room > self.capacity {
            let Some(oldest) = self.entries.pop_back() else { return };
            self.bytes -= oldest.bytes;
        }
    }
}

fn statically(index: usize) -> Option<Entry> {
    let name = STATIC.get(index.checked_sub(1)?)?;
    let status = index.checked_sub(8).and_then(|nth| STATUSES.get(nth));
    Some(Entry {
        name: Name::of(name.as_bytes()),
        name_bytes: name.len(),
        bytes: 0,
        field: match (status, name.starts_with(':')) {
            (Some(status), _) => Field::Status(*status),
            (None, true) => Field::Wrong(OF_REQUESTS),
            (None, false) => Field::Other,
        },
    })
}

impl Name {
    fn of(name: &[u8]) -> Self {
        match name {
            b":status" => Self::Status,
            b"content-type" => Self::Type,
            b"content-encoding" => Self::Encoding,
            b"content-length" => Self::Length,
            b"date" => Self::Date,
            // Other pseudo-header fields belong to requests.
            [b':', ..] => Self::Wrong,
            _ => Self::Other,
        }
    }

    fn says(self, value: &Text) -> Field {
        let text = value.kept().trim_ascii();
        match self {
            Self::Status => number(text)
                .and_then(|status| u16::try_from(status).ok())
                .filter(|status| (100..1000).contains(status))
                .map_or(Field::Wrong(NO_STATUS), Field::Status),
            Self::Type => Field::Media(Media::of(text)),
            Self::Encoding => Field::Encoded(!text.eq_ignore_ascii_case(b"identity")),
            Self::Length => number(text).map_or(Field::Wrong(NO_LENGTH), Field::Length),
            Self::Date if value.length <= TEXT_BYTES => Field::Date(DateField::of(text)),
            Self::Date | Self::Other => Field::Other,
            Self::Wrong => Field::Wrong(OF_REQUESTS),
        }
    }
}

fn number(text: &[u8]) -> Option<u64> {
    let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(text).ok().filter(|_| digits)?.parse().ok()
}

/// A number behind a prefix of so many bits (section 5.1).
fn integer(input: &mut &[u8], prefix: u32) -> Result<usize, Malformed> {
    let mut next = || {
        let (byte, rest) = input.split_first().ok_or(Malformed)?;
        *input = rest;
        Ok(usize::from(*byte))
    };
    let most = (1 << prefix) - 1;
    let mut value = next()? & most;
    if value < most {
        return Ok(value);
    }
    // Nothing that is told here needs more than four bytes.
    for shift in [0, 7, 14, 21] {
        let byte = next()?;
        value += (byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Malformed)
}

/// A name or a value: its beginning, and its whole length.
struct Text {
    kept: [u8; TEXT_BYTES],
    length: usize,
}

impl Text {
    /// Takes a string from a block (section 5.2); what is not `wanted` is passed over.
    fn read(input: &mut &[u8], wanted: bool) -> Result<Self, Malformed> {
        let coded = input.first().ok_or(Malformed)? & 0x80 != 0;
        let length = integer(input, 7)?;
        let (bytes, rest) = input.split_at_checked(length).ok_or(Malformed)?;
        *input = rest;
        let mut text = Self {
            kept: [0; TEXT_BYTES],
            length: 0,
        };
        if !wanted {
            return Ok(text);
        }
        if coded {
            huffman::decode(bytes, |byte| {
                if let Some(place) = text.kept.get_mut(text.length) {
                    *place = byte;
                }
                text.length += 1;
            })
            .ok_or(Malformed)?;
        } else {
            let kept = bytes.len().min(TEXT_BYTES);
            text.kept[..kept].copy_from_slice(&bytes[..kept]);
            text.length = bytes.len();
        }
        Ok(text)
    }

    fn kept(&self) -> &[u8] {
        &self.kept[..self.length.min(TEXT_BYTES)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let hex: String = hex.split_whitespace().collect();
        (0..hex.len() / 2)
            .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
            .collect()
    }

    fn told(decoder: &mut Decoder, hex: &str) -> Result<Vec<String>, Malformed> {
        let mut told = Vec::new();
        decoder.decode(&bytes(hex), |field| {
            told.push(match field {
                Field::Status(status) => status.to_string(),
                Field::Media(media) => format!("{media:?}"),
                Field::Encoded(encoded) => format!("encoded {encoded}"),
                Field::Length(length) => format!("{length} bytes"),
                Field::Date(date) => format!("at {:?}", date.read().is_some()),
                Field::Other => "other".to_owned(),
                Field::Wrong(_) => "wrong".to_owned(),
            });
        })?;
        Ok(told)
    }

    #[test]
    fn the_answers_of_the_rfcs_appendix_are_read_with_their_evictions() {
        for coded in [
            [
                "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
                "4803 3330 37c1 c0bf",
                "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970",
            ],
            [
                "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
                "4883 640e ffc1 c0bf",
                "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab",
            ],
        ] {
            let mut decoder = Decoder::with_room(256);
            assert_eq!(
                told(&mut decoder, coded[0]).unwrap(),
                ["302", "other", "at true", "other"]
            );
            assert_eq!(decoder.bytes, 222, "as the RFC says");
            assert_eq!(
                told(&mut decoder, coded[1]).unwrap(),
                ["307", "other", "at true", "other"]
            );
            assert_eq!(decoder.bytes, 222);
            assert_eq!(
                told(&mut decoder, coded[2]).unwrap(),
                ["200", "other", "at true", "other", "encoded true"]
            );
        }
    }

    #[test]
    fn what_is_indexed_keeps_what_it_said() {
        let mut decoder = Decoder::default();
        // content-type: application/json, indexed; content-length: 17, not.
        let first = format!("88 5f10 {} 0f0d 02 3137", "6170706c69636174696f6e2f6a736f6e");
        assert_eq!(told(&mut decoder, &first).unwrap(), ["200", "Json", "17 bytes"]);
        assert_eq!(told(&mut decoder, "88 be").unwrap(), ["200", "Json"]);
        // The table is emptied and shrunk: what stood in it is gone.
        assert_eq!(told(&mut decoder, "20 88").unwrap(), ["200"]);
        assert_eq!(told(&mut decoder, "88 be"), Err(Malformed));
    }

    #[test]
    fn blocks_that_are_none_are_refused() {
        for hex in [
            "80",                // index 0
            "c0",                // an entry that is not there
            "88 20",             // the table's size behind a field
            "3f e2 1f",          // a table of more than 4,096 bytes
            "ff ff ff ff ff 7f", // a number without end
            "00 05 6162",        // a name that is cut
            "00 01",             // nothing behind the length
            "40 01 61 81 00",    // a value whose code is not padded with ones
        ] {
            assert_eq!(told(&mut Decoder::default(), hex), Err(Malformed), "{hex}");
        }
        let many = "88".repeat(MAX_FIELDS + 1);
        assert_eq!(told(&mut Decoder::default(), &many), Err(Malformed));
        assert_eq!(
            told(&mut Decoder::default(), "82 08 02 3939").unwrap(),
            ["wrong", "wrong"]
        );
    }

    #[test]
    fn a_table_never_outgrows_its_room() {
        let mut decoder = Decoder::default();
        for _ in 0..1000 {
            // A name of one byte, a value of 100.
            let hex = format!("40 01 61 64 {}", "62".repeat(100));
            told(&mut decoder, &hex).unwrap();
        }
        assert!(decoder.bytes <= TABLE_BYTES && decoder.entries.len() <= TABLE_BYTES / ENTRY_BYTES);
        let huge = format!("40 01 61 7f ad 27 {}", "62".repeat(5164));
        told(&mut decoder, &huge).unwrap();
        assert_eq!(
            (decoder.bytes, decoder.entries.len()),
            (0, 0),
            "what does not fit empties it"
        );
    }
}
