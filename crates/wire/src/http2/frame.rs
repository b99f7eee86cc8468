//! Frames (RFC 9113, section 4), cut out of whatever pieces the network hands over.

/// Kinds of frames.
pub(super) mod kind {
    pub(in crate::http2) const DATA: u8 = 0;
    pub(in crate::http2) const HEADERS: u8 = 1;
    pub(in crate::http2) const RST_STREAM: u8 = 3;
    pub(in crate::http2) const SETTINGS: u8 = 4;
    pub(in crate::http2) const PUSH_PROMISE: u8 = 5;
    pub(in crate::http2) const PING: u8 = 6;
    pub(in crate::http2) const GOAWAY: u8 = 7;
    pub(in crate::http2) const WINDOW_UPDATE: u8 = 8;
    pub(in crate::http2) const CONTINUATION: u8 = 9;
}

/// Flags of frames.
pub(super) mod flag {
    pub(in crate::http2) const ACK: u8 = 1;
    pub(in crate::http2) const END_STREAM: u8 = 1;
    pub(in crate::http2) const END_HEADERS: u8 = 4;
    pub(in crate::http2) const PADDED: u8 = 8;
    pub(in crate::http2) const PRIORITY: u8 = 0x20;
}

/// Error codes (section 7) that we send.
pub(super) mod code {
    pub(in crate::http2) const PROTOCOL_ERROR: u32 = 1;
    pub(in crate::http2) const FLOW_CONTROL_ERROR: u32 = 3;
    pub(in crate::http2) const FRAME_SIZE_ERROR: u32 = 6;
    pub(in crate::http2) const REFUSED_STREAM: u32 = 7;
    pub(in crate::http2) const CANCEL: u32 = 8;
    pub(in crate::http2) const COMPRESSION_ERROR: u32 = 9;
    pub(in crate::http2) const ENHANCE_YOUR_CALM: u32 = 11;
}

/// What error codes are called.
const CODES: [&str; 14] = [
    "NO_ERROR",
    "PROTOCOL_ERROR",
    "INTERNAL_ERROR",
    "FLOW_CONTROL_ERROR",
    "SETTINGS_TIMEOUT",
    "STREAM_CLOSED",
    "FRAME_SIZE_ERROR",
    "REFUSED_STREAM",
    "CANCEL",
    "COMPRESSION_ERROR",
    "CONNECT_ERROR",
    "ENHANCE_YOUR_CALM",
    "INADEQUATE_SECURITY",
    "HTTP_1_1_REQUIRED",
];

/// What an error code is called.
pub(super) fn code_name(code: u32) -> &'static str {
    let known = usize::try_from(code).ok().and_then(|code| CODES.get(code));
    known.copied().unwrap_or("an unknown error code")
}

/// The head of a frame.
pub(super) const HEAD_BYTES: usize = 9;
/// The longest payload, both ways, until somebody allows more; nobody does here.
pub(super) const MAX_PAYLOAD: usize = 16_384;
/// A buffer for pieces is kept when it is no larger.
const KEPT_BYTES: usize = 4096;

/// Why a connection is given up by us: what the server is told, and what a person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) code: u32,
    pub(super) why: &'static str,
}

impl Fault {
    /// An HTTP/1 answer came instead of frames.
    pub(super) const HTTP_1: Self = Self {
        code: code::PROTOCOL_ERROR,
        why: "the server does not speak HTTP/2: it answered in HTTP/1",
    };

    /// The server broke the protocol.
    pub(super) const fn protocol(why: &'static str) -> Self {
        let code = code::PROTOCOL_ERROR;
        Self { code, why }
    }
}

/// The head of a frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) length: usize,
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) stream: u32,
}

impl Head {
    pub(super) fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    fn read(bytes: &[u8]) -> Result<Option<Self>, Fault> {
        let Some([l1, l2, l3, kind, flags, s1, s2, s3, s4]) = bytes.first_chunk() else {
            return Ok(None);
        };
        if bytes.starts_with(b"HTTP/1.") {
            return Err(Fault::HTTP_1);
        }
        let head = Self {
            length: u32::from_be_bytes([0, *l1, *l2, *l3]) as usize,
            kind: *kind,
            flags: *flags,
            stream: u32::from_be_bytes([*s1, *s2, *s3, *s4]) & 0x7fff_ffff,
        };
        if head.length > MAX_PAYLOAD {
            return Err(Fault {
                code: code::FRAME_SIZE_ERROR,
                why: "the server sent a frame that is longer than was allowed, or does not speak HTTP/2",
            });
        }
        Ok(Some(head))
    }

    /// Whether its payload is handed on as it comes.
    fn is_passed_on(self) -> bool {
        self.kind == kind::DATA && !self.has(flag::PADDED)
    }
}

/// A part of what came.
#[derive(Debug, Clone, Copy)]
pub(super) enum Piece<'a> {
    /// Bytes of a body; whether the frame, and with it the answer, ends with them.
    Data { stream: u32, bytes: &'a [u8], end: bool },
    /// Any other frame, whole.
    Frame { head: Head, payload: &'a [u8] },
}

/// Cuts frames out of pieces. Bodies are passed on as they come; of anything else at most one frame is kept.
#[derive(Debug, Default)]
pub(super) struct FrameReader {
    partial: Vec<u8>,
    /// Whether what is kept was handed out.
    used: bool,
    /// The `DATA` frame that is under way, and how much of it is missing.
    data: Option<Head>,
}

impl FrameReader {
    /// The next part; `None` when more has to come first.
    pub(super) fn next<'s, 'i: 's>(&'s mut self, input: &mut &'i [u8]) -> Result<Option<Piece<'s>>, Fault> {
        if std::mem::take(&mut self.used) {
            self.partial.clear();
            if self.partial.capacity() > KEPT_BYTES {
                self.partial = Vec::new();
            }
        }
        if self.data.is_none() && self.partial.is_empty() {
            let Some(head) = Head::read(input)? else {
                self.partial.extend_from_slice(take(input, HEAD_BYTES));
                return Ok(None);
            };
            if head.is_passed_on() {
                take(input, HEAD_BYTES);
                self.data = Some(head);
            } else if input.len() >= HEAD_BYTES + head.length {
                let payload = &take(input, HEAD_BYTES + head.length)[HEAD_BYTES..];
                return Ok(Some(Piece::Frame { head, payload }));
            }
        }
        if self.data.is_none() {
            let missing = HEAD_BYTES.saturating_sub(self.partial.len());
            self.partial.extend_from_slice(take(input, missing));
            let Some(head) = Head::read(&self.partial)? else {
                return Ok(None);
            };
            if head.is_passed_on() {
                self.partial.clear();
                self.data = Some(head);
            } else {
                let missing = HEAD_BYTES + head.length - self.partial.len();
                self.partial.extend_from_slice(take(input, missing));
                if self.partial.len() < HEAD_BYTES + head.length {
                    return Ok(None);
                }
                self.used = true;
                let payload = &self.partial[HEAD_BYTES..];
                return Ok(Some(Piece::Frame { head, payload }));
            }
        }
        Ok(self.pass_on(input))
    }

    fn pass_on<'i>(&mut self, input: &mut &'i [u8]) -> Option<Piece<'i>> {
        let head = self.data.as_mut()?;
        let bytes = take(input, head.length);
        if bytes.is_empty() && head.length > 0 {
            return None;
        }
        head.length -= bytes.len();
        let (stream, over) = (head.stream, head.length == 0);
        let end = over && head.has(flag::END_STREAM);
        if over {
            self.data = None;
        }
        Some(Piece::Data { stream, bytes, end })
    }
}

/// Takes up to so many bytes off the front.
fn take<'i>(input: &mut &'i [u8], most: usize) -> &'i [u8] {
    let (taken, rest) = input.split_at(most.min(input.len()));
    *input = rest;
    taken
}

/// Writes a frame's head.
pub(super) fn put_head(out: &mut Vec<u8>, length: usize, kind: u8, flags: u8, stream: u32) {
    let [_, l1, l2, l3] = u32::try_from(length).unwrap_or_default().to_be_bytes();
    let [s1, s2, s3, s4] = stream.to_be_bytes();
    out.extend_from_slice(&[l1, l2, l3, kind, flags, s1, s2, s3, s4]);
}

/// Writes a frame of a few bytes.
pub(super) fn put(out: &mut Vec<u8>, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
    put_head(out, payload.len(), kind, flags, stream);
    out.extend_from_slice(payload);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bytes: &[u8], size: usize) -> Result<Vec<String>, Fault> {
        let mut reader = FrameReader::default();
        let mut told: Vec<String> = Vec::new();
        for mut piece in bytes.chunks(size) {
            while let Some(piece) = reader.next(&mut piece)? {
                match piece {
                    Piece::Data { stream, bytes, end } => {
                        let text = String::from_utf8_lossy(bytes);
                        match told
                            .last_mut()
                            .filter(|last| last.starts_with("data") && !last.ends_with('!'))
                        {
                            Some(last) => *last += &text,
                            None => told.push(format!("data {stream} {text}")),
                        }
                        if end {
                            told.last_mut().unwrap().push('!');
                        }
                    }
                    Piece::Frame { head, payload } => {
                        told.push(format!(
                            "{} {} {} {}",
                            head.kind,
                            head.flags,
                            head.stream,
                            payload.len()
                        ));
                    }
                }
            }
        }
        Ok(told)
    }

    #[test]
    fn frames_are_the_same_in_pieces_of_every_size() {
        let mut bytes = Vec::new();
        put(&mut bytes, kind::SETTINGS, 0, 0, &[]);
        put(&mut bytes, kind::HEADERS, flag::END_HEADERS, 1, &[0x88; 40]);
        put(&mut bytes, kind::DATA, 0, 1, b"hello ");
        put(&mut bytes, kind::DATA, flag::END_STREAM, 1, b"world");
        put(&mut bytes, kind::DATA, flag::PADDED, 3, b"\x01ab");
        put(&mut bytes, kind::DATA, flag::END_STREAM, 3, b"");
        put(&mut bytes, kind::PING, 0, 0, &[7; 8]);
        for size in 1..bytes.len() {
            let expected = [
                "4 0 0 0",
                "1 4 1 40",
                "data 1 hello world!",
                "0 8 3 3",
                "data 3 !",
                "6 0 0 8",
            ];
            assert_eq!(told(&bytes, size).unwrap(), expected, "{size}");
        }
    }

    #[test]
    fn what_is_no_frame_is_refused_before_it_is_kept() {
        assert_eq!(told(b"HTTP/1.1 400 Bad Request\r\n", 5), Err(Fault::HTTP_1));
        let fault = told(b"\xff\xff\xff\x01\0\0\0\0\x01", 3).unwrap_err();
        assert_eq!(fault.code, code::FRAME_SIZE_ERROR);
        assert_eq!(code_name(11), "ENHANCE_YOUR_CALM");
        assert_eq!(code_name(99), "an unknown error code");
    }
}
