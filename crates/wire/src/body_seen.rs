//! What is seen of a body that nobody keeps: enough to tell a gateway's page from the answer of an operation.

/// What is kept of a body that was asked for.
pub(super) const MAX_KEPT_BYTES: usize = 64 * 1024;

/// What a virtual user knows of the body of an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BodySeen {
    /// What it is called.
    pub media: Media,
    /// Its first byte that is neither white space nor of a byte-order mark; `None` where there is none.
    pub first: Option<u8>,
    /// Whether it is compressed, so that its first byte says nothing.
    pub encoded: bool,
}

/// What a body is called by `Content-Type`, as far as it matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Media {
    /// It is called nothing.
    #[default]
    Unnamed,
    /// JSON, or something in JSON (`application/problem+json`).
    Json,
    /// A web page.
    Html,
    /// Something else.
    Other,
}

impl BodySeen {
    /// Looks at a header field.
    pub(super) fn field(&mut self, name: &str, value: &[u8]) {
        if name.eq_ignore_ascii_case("content-type") {
            self.media = Media::of(value);
        } else if name.eq_ignore_ascii_case("content-encoding") {
            self.encoded = !value.trim_ascii().eq_ignore_ascii_case(b"identity");
        }
    }

    /// Looks at the next bytes of the body.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
        if self.first.is_none() {
            let tells = |byte: &&u8| !byte.is_ascii_whitespace() && !BYTE_ORDER_MARK.contains(byte);
            self.first = bytes.iter().find(tells).copied();
        }
    }
}

impl Media {
    pub(super) fn of(value: &[u8]) -> Self {
        let essence = value.split(|byte| *byte == b';').next().unwrap_or_default();
        let essence = essence.trim_ascii().to_ascii_lowercase();
        match essence.as_slice() {
            b"" => Self::Unnamed,
            b"text/html" | b"application/xhtml+xml" => Self::Html,
            b"application/json" | b"text/json" => Self::Json,
            other if other.ends_with(b"+json") => Self::Json,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_byte_that_tells_is_found_in_pieces_of_every_size() {
        for size in 1..12 {
            let mut seen = BodySeen::default();
            for piece in b"\xef\xbb\xbf \r\n{\"a\":1}".chunks(size) {
                seen.bytes(piece);
            }
            assert_eq!(seen.first, Some(b'{'), "{size}");
        }
    }

    #[test]
    fn media_are_told_whatever_stands_behind_them() {
        for (value, media) in [
            ("Application/JSON; charset=utf-8", Media::Json),
            ("text/json", Media::Json),
            ("application/problem+json", Media::Json),
            (" text/HTML;charset=x", Media::Html),
            ("text/plain", Media::Other),
            ("", Media::Unnamed),
        ] {
            assert_eq!(Media::of(value.as_bytes()), media, "{value}");
        }
    }
}
