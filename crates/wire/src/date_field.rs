//! The `Date` of an answer, as it came: to read it costs more than all its other headers, and hardly anybody asks.

use proofload_deployment::client::login::server_date;
use std::time::SystemTime;

/// Longer than any form of a date that HTTP has (RFC 9110, 5.6.7).
const LONGEST: usize = 40;

/// A field value that may be a date; empty when there was none, or one too long to be any.
#[derive(Debug, Clone, Copy)]
pub(super) struct DateField {
    bytes: [u8; LONGEST],
    length: usize,
}

impl DateField {
    /// No date.
    pub(super) const NONE: Self = Self {
        bytes: [0; LONGEST],
        length: 0,
    };

    /// Keeps a field value.
    pub(super) fn of(value: &[u8]) -> Self {
        let mut field = Self::NONE;
        if let Some(room) = field.bytes.get_mut(..value.len()) {
            room.copy_from_slice(value);
            field.length = value.len();
        }
        field
    }

    /// The server's clock; `None` when it did not say.
    pub(super) fn read(&self) -> Option<SystemTime> {
        server_date(&self.bytes[..self.length])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_date_is_read_as_it_came() {
        let read = DateField::of(b"Sun, 06 Nov 1994 08:49:37 GMT").read();
        assert_eq!(read, Some(SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777)));
        for none in [&b""[..], b"tomorrow", &[b'1'; LONGEST + 1]] {
            assert_eq!(DateField::of(none).read(), None);
        }
    }
}
