//! The Huffman code of HPACK (RFC 7541, appendix B). It is canonical: the lengths of its codes say all.

/// The length in bits of each byte's code; the last is that of the end, which no string may hold.
const LENGTHS: [u8; 257] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
    28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12,
    10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6,
    5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22,
    22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20,
    22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28,
    27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28,
    27, 27, 27, 27, 27, 26, 30,
];

/// The end of a string.
const END: u16 = 256;
/// The shortest and the longest code, in bits.
const SHORTEST: usize = 5;
const LONGEST: usize = 30;

/// The codes, those of a length together.
struct Table {
    /// Bytes in the order of their codes.
    symbols: [u16; 257],
    /// For each length: its first code, how many there are, and where they stand.
    lengths: [(u32, u32, u32); LONGEST + 1],
}

static TABLE: Table = table();

#[expect(
    clippy::cast_possible_truncation,
    reason = "of 257 symbols and 31 lengths nothing is too long"
)]
const fn table() -> Table {
    let mut table = Table {
        symbols: [0; 257],
        lengths: [(0, 0, 0); LONGEST + 1],
    };
    let (mut code, mut at, mut length) = (0, 0, 1);
    while length <= LONGEST {
        code <<= 1;
        let (first, begin) = (code, at);
        let mut symbol = 0;
        while symbol < LENGTHS.len() {
            if LENGTHS[symbol] as usize == length {
                table.symbols[at as usize] = symbol as u16;
                at += 1;
                code += 1;
            }
            symbol += 1;
        }
        table.lengths[length] = (first, at - begin, begin);
        length += 1;
    }
    table
}

/// Decodes a string, byte by byte; `None` where it is none.
pub(super) fn decode(mut input: &[u8], mut take: impl FnMut(u8)) -> Option<()> {
    // The next bits, from the highest on, and how many there are.
    let (mut bits, mut held) = (0_u64, 0_usize);
    loop {
        while held <= 56 {
            let Some((byte, rest)) = input.split_first() else { break };
            bits |= u64::from(*byte) << (56 - held);
            held += 8;
            input = rest;
        }
        let mut length = SHORTEST;
        let symbol = loop {
            if length > held.min(LONGEST) {
                // What is left fills the last byte, with ones.
                let padding = held < 8 && bits == !(u64::MAX.checked_shr(u32::try_from(held).ok()?).unwrap_or(0));
                return padding.then_some(());
            }
            let (first, count, begin) = TABLE.lengths[length];
            let code = u32::try_from(bits >> (64 - length)).ok()?;
            let nth = code.wrapping_sub(first);
            if nth < count {
                break TABLE.symbols[(begin + nth) as usize];
            }
            length += 1;
        };
        if symbol == END {
            return None;
        }
        take(u8::try_from(symbol).ok()?);
        bits <<= length;
        held -= length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(hex: &str) -> Option<String> {
        let bytes: Vec<u8> = (0..hex.len() / 2)
            .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        let mut text = Vec::new();
        decode(&bytes, |byte| text.push(byte)).map(|()| String::from_utf8(text).unwrap())
    }

    #[test]
    fn the_examples_of_the_rfc_are_read() {
        for (hex, text) in [
            ("", ""),
            ("f1e3c2e5f23a6ba0ab90f4ff", "www.example.com"),
            ("a8eb10649cbf", "no-cache"),
            ("25a849e95bb8e8b4bf", "custom-value"),
            (
                "d07abe941054d444a8200595040b8166e082a62d1bff",
                "Mon, 21 Oct 2013 20:13:21 GMT",
            ),
            ("9d29ad171863c78f0b97c8e9ae82ae43d3", "https://www.example.com"),
        ] {
            assert_eq!(decoded(hex).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_is_padded_with_anything_but_up_to_seven_ones_is_refused() {
        assert_eq!(decoded("07").as_deref(), Some("0"));
        // A whole byte of padding, zeros as padding, the end as a symbol.
        for hex in ["07ff", "00", "ffffffff", "fffffffc"] {
            let read = decoded(hex);
            assert!(read.is_none(), "{hex}: {read:?}");
        }
    }
}
