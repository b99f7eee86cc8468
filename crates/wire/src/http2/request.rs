//! A request that was composed for HTTP/1.1, as a header block. Nothing of it enters the dynamic table, so that a block is the
//! same on every connection and costs no more than to be written down.

use super::frame::{HEAD_BYTES, MAX_PAYLOAD, flag, kind, put_head};
use std::mem::MaybeUninit;

/// Fields that HTTP/2 says by other means.
const HOP_FIELDS: [&str; 2] = ["host", "connection"];
/// More fields than this no request of ours has.
const MAX_FIELDS: usize = 96;

/// A request on its way.
pub(crate) struct Request<'a> {
    /// Head, and what of the body differs from call to call, as for HTTP/1.1.
    pub(crate) head: &'a [u8],
    /// The rest of the body.
    pub(crate) tail: &'a [u8],
    /// Whether it goes over TLS.
    pub(crate) is_secure: bool,
}

impl Request<'_> {
    /// Writes its head, in as many frames as that needs, and returns where in `head` its body begins; `None` when it is no request,
    /// and nothing was written.
    pub(super) fn put_head(&self, out: &mut Vec<u8>, stream: u32, resets_table: bool) -> Option<usize> {
        let begin = out.len();
        out.extend_from_slice(&[0; HEAD_BYTES]);
        if resets_table {
            out.push(0x20);
        }
        let Some(body_at) = self.put_fields(out) else {
            out.truncate(begin);
            return None;
        };
        let is_empty = body_at == self.head.len() && self.tail.is_empty();
        frame(out, begin, stream, if is_empty { flag::END_STREAM } else { 0 });
        Some(body_at)
    }

    fn put_fields(&self, out: &mut Vec<u8>) -> Option<usize> {
        let mut fields = [const { MaybeUninit::<httparse::Header<'_>>::uninit() }; MAX_FIELDS];
        let mut parsed = httparse::Request::new(&mut []);
        let status = parsed.parse_with_uninit_headers(self.head, &mut fields).ok()?;
        let httparse::Status::Complete(end) = status else {
            return None;
        };
        let host = parsed
            .headers
            .iter()
            .find(|field| field.name.eq_ignore_ascii_case("host"))?;
        match parsed.method? {
            "GET" => out.push(0x82),
            "POST" => out.push(0x83),
            other => put_literal(out, 0, 2, other.as_bytes()),
        }
        out.push(if self.is_secure { 0x87 } else { 0x86 });
        put_literal(out, 0, 1, host.value);
        put_literal(out, 0, 4, parsed.path?.as_bytes());
        for field in &*parsed.headers {
            let index = match field.name {
                "accept" => 19,
                "authorization" => {
                    // Never to be indexed, by nobody on the way.
                    put_literal(out, 0x10, 23, field.value);
                    continue;
                }
                "content-length" => 28,
                "content-type" => 31,
                "user-agent" => 58,
                name if HOP_FIELDS.iter().any(|hop| hop.eq_ignore_ascii_case(name)) => continue,
                name => {
                    // What a person carries may be a secret of theirs.
                    out.push(0x10);
                    put_integer(out, 0, 7, name.len());
                    out.extend(name.bytes().map(|byte| byte.to_ascii_lowercase()));
                    put_text(out, field.value);
                    continue;
                }
            };
            put_literal(out, 0, index, field.value);
        }
        Some(end)
    }
}

/// A field that is not indexed, whose name stands in the static table.
fn put_literal(out: &mut Vec<u8>, pattern: u8, index: usize, value: &[u8]) {
    put_integer(out, pattern, 4, index);
    put_text(out, value);
}

fn put_text(out: &mut Vec<u8>, text: &[u8]) {
    put_integer(out, 0, 7, text.len());
    out.extend_from_slice(text);
}

/// A number behind a prefix of so many bits (RFC 7541, section 5.1).
fn put_integer(out: &mut Vec<u8>, pattern: u8, prefix: u32, value: usize) {
    let most = (1_usize << prefix) - 1;
    let byte = |value: usize| u8::try_from(value & 0xff).unwrap_or_default();
    if value < most {
        out.push(pattern | byte(value));
        return;
    }
    out.push(pattern | byte(most));
    let mut left = value - most;
    while left >= 0x80 {
        out.push(byte(left & 0x7f | 0x80));
        left >>= 7;
    }
    out.push(byte(left));
}

/// Makes frames of the block that stands behind room for one head.
fn frame(out: &mut Vec<u8>, begin: usize, stream: u32, flags: u8) {
    let length = out.len() - begin - HEAD_BYTES;
    if length <= MAX_PAYLOAD {
        let mut head = Vec::with_capacity(HEAD_BYTES);
        put_head(&mut head, length, kind::HEADERS, flags | flag::END_HEADERS, stream);
        out[begin..begin + HEAD_BYTES].copy_from_slice(&head);
        return;
    }
    // A token of 20 KB, say.
    let block = out.split_off(begin + HEAD_BYTES);
    out.truncate(begin);
    let pieces = block.chunks(MAX_PAYLOAD);
    let last = pieces.len() - 1;
    for (nth, piece) in pieces.enumerate() {
        let ends = if nth == last { flag::END_HEADERS } else { 0 };
        let (kind, flags) = if nth == 0 {
            (kind::HEADERS, flags | ends)
        } else {
            (kind::CONTINUATION, ends)
        };
        put_head(out, piece.len(), kind, flags, stream);
        out.extend_from_slice(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(head: &[u8], tail: &[u8], is_secure: bool) -> Option<(usize, Vec<u8>)> {
        let mut out = b"before".to_vec();
        let request = Request { head, tail, is_secure };
        let body_at = request.put_head(&mut out, 5, true);
        assert!(out.starts_with(b"before"));
        body_at.map(|at| (at, out.split_off(6)))
    }

    #[test]
    fn a_request_keeps_its_meaning() {
        let head = b"POST /p/api?x=1 HTTP/1.1\r\nhost: h:5009\r\nauthorization: Bearer t\r\nX-Own: 1\r\ncontent-length: 4\r\n\r\nab";
        let (at, out) = put(head, b"cd", true).unwrap();
        assert_eq!(&head[at..], b"ab");
        assert_eq!(out[3..9], [kind::HEADERS, flag::END_HEADERS, 0, 0, 0, 5]);
        let mut expected = vec![0x20, 0x83, 0x87, 0x01, 6];
        expected.extend_from_slice(b"h:5009\x04\x0a/p/api?x=1");
        expected.extend_from_slice(b"\x1f\x08\x08Bearer t");
        expected.extend_from_slice(b"\x10\x05x-own\x011");
        expected.extend_from_slice(b"\x0f\x0d\x014");
        assert_eq!(&out[9..], expected);
        assert_eq!(out[2] as usize, expected.len());
    }

    #[test]
    fn one_without_a_body_ends_with_its_head() {
        let (_, out) = put(b"DELETE /a HTTP/1.1\r\nhost: h\r\n\r\n", b"", false).unwrap();
        assert_eq!(out[4], flag::END_HEADERS | flag::END_STREAM);
        assert_eq!(&out[10..], b"\x02\x06DELETE\x86\x01\x01h\x04\x02/a");
    }

    #[test]
    fn what_is_no_request_leaves_nothing_behind() {
        assert!(put(b"POST / HTTP/1.1\r\n", b"", true).is_none());
        assert!(put(b"GET / HTTP/1.1\r\naccept: */*\r\n\r\n", b"", true).is_none());
    }

    #[test]
    fn a_long_token_goes_on_in_further_frames() {
        let head = format!(
            "GET / HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {}\r\n\r\n",
            "t".repeat(40_000)
        );
        let (_, out) = put(head.as_bytes(), b"", true).unwrap();
        let (mut at, mut kinds) = (0, Vec::new());
        while at < out.len() {
            let length = u32::from_be_bytes([0, out[at], out[at + 1], out[at + 2]]) as usize;
            kinds.push((out[at + 3], out[at + 4], length));
            at += HEAD_BYTES + length;
        }
        assert_eq!(kinds.iter().map(|kind| kind.0).collect::<Vec<_>>(), [1, 9, 9]);
        assert_eq!(
            kinds.iter().map(|kind| kind.1).collect::<Vec<_>>(),
            [flag::END_STREAM, 0, flag::END_HEADERS]
        );
        assert!(kinds.iter().all(|kind| kind.2 <= MAX_PAYLOAD));
    }
}
