//! Reading an HTTP/1.1 response from whatever pieces the network hands over.
//!
//! Heads are parsed by `httparse`; the framing of bodies (RFC 9112, section 6.3) is here. Nothing is kept of a
//! body unless asked for, so that a connection needs no buffer of its own between two reads.

use super::body_seen::{BodySeen, MAX_KEPT_BYTES};
use super::date_field::DateField;
use super::error::WireError;
use super::version::HttpVersion;
use std::mem::MaybeUninit;

/// A head longer than this is refused.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// More header fields than this are refused.
const MAX_HEADERS: usize = 96;
/// A chunk's size line or the trailers may be this long.
const MAX_CHUNK_LINE_BYTES: u32 = 8 * 1024;
/// Interim responses (1xx) in front of one final response.
const MAX_INTERIM: u32 = 16;

/// What is wrong with a head that is none.
fn no_response(error: httparse::Error) -> &'static str {
    match error {
        httparse::Error::TooManyHeaders => "the head of the answer has more than 96 fields",
        httparse::Error::HeaderName => {
            "the answer is not an HTTP response: a field's name is wrong, or a field goes on in a second line"
        }
        httparse::Error::HeaderValue => "the answer is not an HTTP response: a field's value holds a control character",
        httparse::Error::NewLine => "the answer is not an HTTP response: a line ends in a bare carriage return",
        httparse::Error::Status => "the answer is not an HTTP response: its status line is wrong",
        httparse::Error::Token | httparse::Error::Version => {
            "the answer is not an HTTP response: it does not begin with HTTP/1.0 or HTTP/1.1"
        }
    }
}

/// A response being read.
#[derive(Debug)]
pub(super) struct ResponseReader {
    state: State,
    /// A head that came in pieces.
    head: Vec<u8>,
    interim: u32,
    status: u16,
    version: HttpVersion,
    reusable: bool,
    body_bytes: u64,
    body_limit: u64,
    kept: Option<Vec<u8>>,
    /// What was seen of the body, asked for or not.
    seen: BodySeen,
    /// The server's clock, where the body was asked for.
    date: DateField,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Head,
    Length { left: u64 },
    Chunked(Chunk),
    UntilClose,
    Done,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chunk {
    /// In the size line.
    Size {
        size: u64,
        digits: u32,
        extension: bool,
        line: u32,
    },
    /// In the data.
    Data { left: u64 },
    /// At the line break behind the data.
    AfterData,
    /// In the trailers: bytes in this line, bytes in all.
    Trailer { line: u32, total: u32 },
}

const CHUNK_BEGIN: Chunk = Chunk::Size {
    size: 0,
    digits: 0,
    extension: false,
    line: 0,
};

impl ResponseReader {
    /// A reader that refuses bodies longer than `body_limit` bytes, and keeps the body in a buffer if it gets one.
    pub(super) fn new(body_limit: u64, kept: Option<Vec<u8>>) -> Self {
        Self {
            state: State::Head,
            head: Vec::new(),
            interim: 0,
            status: 0,
            version: HttpVersion::Http11,
            reusable: true,
            body_bytes: 0,
            body_limit,
            kept,
            seen: BodySeen::default(),
            date: DateField::NONE,
        }
    }

    /// Takes the next bytes from the connection; `true` when the response is complete.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) -> Result<bool, WireError> {
        while !bytes.is_empty() {
            let used = match self.state {
                State::Head => self.feed_head(bytes)?,
                State::Length { left } => self.feed_length(bytes, left)?,
                State::Chunked(chunk) => self.feed_chunk(bytes, chunk)?,
                State::UntilClose => self.take_body(bytes, bytes.len() as u64)?,
                State::Done => {
                    // Bytes nobody asked for: whatever they are, they do not belong to the next response.
                    self.reusable = false;
                    return Ok(true);
                }
            };
            bytes = &bytes[used..];
        }
        Ok(self.state == State::Done)
    }

    /// The connection was closed; `true` when that completes the response.
    pub(super) fn closed(&mut self) -> bool {
        self.reusable = false;
        if self.state == State::UntilClose {
            self.state = State::Done;
        }
        self.state == State::Done
    }

    /// Whether any byte of the response came.
    pub(super) fn began(&self) -> bool {
        self.state != State::Head || !self.head.is_empty() || self.interim > 0
    }

    /// The status, once the head is there.
    pub(super) fn status(&self) -> u16 {
        self.status
    }

    /// The HTTP version, once the head is there.
    pub(super) fn version(&self) -> HttpVersion {
        self.version
    }

    /// What was seen of the body.
    pub(super) fn seen(&self) -> BodySeen {
        self.seen
    }

    /// Whether the connection may carry another request.
    pub(super) fn reusable(&self) -> bool {
        self.reusable && self.state == State::Done
    }

    /// The server's clock by its `Date`, when the body was asked for.
    pub(super) fn date(&self) -> DateField {
        self.date
    }

    /// The body, when it was asked for.
    pub(super) fn into_body(self) -> Vec<u8> {
        self.kept.unwrap_or_default()
    }

    fn feed_head(&mut self, bytes: &[u8]) -> Result<usize, WireError> {
        if self.head.is_empty() {
            if let Some(used) = self.parse_head(bytes)? {
                return Ok(used);
            }
            self.head.extend_from_slice(bytes);
        } else {
            let before = self.head.len();
            self.head.extend_from_slice(bytes);
            // Parsed anew only when its end is there: a server that sends byte by byte costs no more than another.
            if ends_head(&self.head[before.saturating_sub(3)..]) {
                let head = std::mem::take(&mut self.head);
                if let Some(used) = self.parse_head(&head)? {
                    return Ok(used - before);
                }
                self.head = head;
            }
        }
        if self.head.len() > MAX_HEAD_BYTES {
            return Err(WireError::Protocol("the head of the response is too long"));
        }
        Ok(bytes.len())
    }

    /// Parses a whole head and says how long it is; `None` when more is needed.
    fn parse_head(&mut self, bytes: &[u8]) -> Result<Option<usize>, WireError> {
        let mut headers = [const { MaybeUninit::<httparse::Header<'_>>::uninit() }; MAX_HEADERS];
        let mut response = httparse::Response::new(&mut []);
        let parsed = httparse::ParserConfig::default()
            .parse_response_with_uninit_headers(&mut response, bytes, &mut headers)
            .map_err(|error| WireError::Protocol(no_response(error)))?;
        let httparse::Status::Complete(length) = parsed else {
            return Ok(None);
        };
        self.status = response.code.unwrap_or_default();
        if (100..200).contains(&self.status) {
            self.interim += 1;
            if self.status == 101 || self.interim > MAX_INTERIM {
                return Err(WireError::Protocol("the server answers with interim responses only"));
            }
            return Ok(Some(length));
        }
        self.reusable = response.version == Some(1);
        if response.version == Some(0) {
            self.version = HttpVersion::Http10;
        }
        self.state = self.framing(response.headers)?;
        if self.state == (State::Length { left: 0 }) {
            self.state = State::Done;
        }
        Ok(Some(length))
    }

    /// How the body ends, by RFC 9112, section 6.3.
    fn framing(&mut self, headers: &[httparse::Header<'_>]) -> Result<State, WireError> {
        let mut length: Option<u64> = None;
        let mut encoded: Option<bool> = None;
        for header in headers {
            if header.name.eq_ignore_ascii_case("content-length") {
                let value = std::str::from_utf8(header.value)
                    .ok()
                    .and_then(|text| text.trim().parse().ok());
                let value = value.ok_or(WireError::Protocol("the Content-Length is not a number"))?;
                if length.is_some_and(|other| other != value) {
                    return Err(WireError::Protocol("two Content-Lengths contradict each other"));
                }
                length = Some(value);
            } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
                encoded = Some(ends_in_chunked(header.value));
            } else if header.name.eq_ignore_ascii_case("connection") {
                if has_token(header.value, b"close") {
                    self.reusable = false;
                } else if has_token(header.value, b"keep-alive") {
                    self.reusable = true;
                }
            } else if self.kept.is_some() && header.name.eq_ignore_ascii_case("date") {
                self.date = DateField::of(header.value);
            } else {
                self.seen.field(header.name, header.value);
            }
        }
        if matches!(self.status, 204 | 304) {
            return Ok(State::Done);
        }
        match (encoded, length) {
            (Some(true), _) => Ok(State::Chunked(CHUNK_BEGIN)),
            (None, Some(left)) if left > self.body_limit => Err(WireError::BodyTooLong),
            (None, Some(left)) => Ok(State::Length { left }),
            (Some(false), _) | (None, None) => {
                self.reusable = false;
                Ok(State::UntilClose)
            }
        }
    }

    fn feed_length(&mut self, bytes: &[u8], left: u64) -> Result<usize, WireError> {
        let used = self.take_body(bytes, left)?;
        let left = left - used as u64;
        self.state = if left == 0 { State::Done } else { State::Length { left } };
        Ok(used)
    }

    fn take_body(&mut self, bytes: &[u8], at_most: u64) -> Result<usize, WireError> {
        let used = usize::try_from(at_most).map_or(bytes.len(), |most| most.min(bytes.len()));
        self.body_bytes += used as u64;
        if self.body_bytes > self.body_limit {
            return Err(WireError::BodyTooLong);
        }
        self.seen.bytes(&bytes[..used]);
        if let Some(kept) = &mut self.kept {
            let room = MAX_KEPT_BYTES.saturating_sub(kept.len());
            kept.extend_from_slice(&bytes[..used.min(room)]);
        }
        Ok(used)
    }

    fn feed_chunk(&mut self, bytes: &[u8], chunk: Chunk) -> Result<usize, WireError> {
        if let Chunk::Data { left } = chunk {
            let used = self.take_body(bytes, left)?;
            let left = left - used as u64;
            self.state = State::Chunked(if left == 0 {
                Chunk::AfterData
            } else {
                Chunk::Data { left }
            });
            return Ok(used);
        }
        let next = chunk.step(bytes[0])?;
        self.state = next.map_or(State::Done, State::Chunked);
        Ok(1)
    }
}

impl Chunk {
    /// What comes after `byte` outside of chunk data; `None` at the end of the body.
    fn step(self, byte: u8) -> Result<Option<Self>, WireError> {
        let wrong = WireError::Protocol("a chunk of the body is malformed");
        Ok(Some(match self {
            Self::Size {
                size,
                digits,
                extension,
                line,
            } => {
                if line > MAX_CHUNK_LINE_BYTES {
                    return Err(wrong);
                }
                let line = line + 1;
                match byte {
                    b'\n' if digits == 0 => return Err(wrong),
                    b'\n' if size == 0 => Self::Trailer { line: 0, total: 0 },
                    b'\n' => Self::Data { left: size },
                    b'\r' => Self::Size {
                        size,
                        digits,
                        extension: true,
                        line,
                    },
                    _ if extension => Self::Size {
                        size,
                        digits,
                        extension,
                        line,
                    },
                    b';' | b' ' | b'\t' => Self::Size {
                        size,
                        digits,
                        extension: true,
                        line,
                    },
                    _ => {
                        let digit = char::from(byte).to_digit(16);
                        let Some(digit) = digit.filter(|_| digits < 15) else {
                            return Err(wrong);
                        };
                        Self::Size {
                            size: size * 16 + u64::from(digit),
                            digits: digits + 1,
                            extension,
                            line,
                        }
                    }
                }
            }
            Self::AfterData => match byte {
                b'\r' => Self::AfterData,
                b'\n' => CHUNK_BEGIN,
                _ => return Err(wrong),
            },
            Self::Trailer { line, total } => match byte {
                _ if total > MAX_CHUNK_LINE_BYTES => return Err(wrong),
                b'\n' if line == 0 => return Ok(None),
                b'\n' => Self::Trailer {
                    line: 0,
                    total: total + 1,
                },
                b'\r' => Self::Trailer { line, total: total + 1 },
                _ => Self::Trailer {
                    line: line + 1,
                    total: total + 1,
                },
            },
            Self::Data { .. } => return Err(wrong),
        }))
    }
}

/// Whether an empty line is among `bytes`.
fn ends_head(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| pair == b"\n\n") || bytes.windows(3).any(|three| three == b"\n\r\n")
}

fn tokens(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii)
}

fn has_token(value: &[u8], token: &[u8]) -> bool {
    tokens(value).any(|each| each.eq_ignore_ascii_case(token))
}

fn ends_in_chunked(value: &[u8]) -> bool {
    tokens(value)
        .last()
        .is_some_and(|last| last.eq_ignore_ascii_case(b"chunked"))
}

#[cfg(test)]
mod tests;
