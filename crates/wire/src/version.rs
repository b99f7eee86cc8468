//! The HTTP version that an answer came in.

use proofload_results::load::HTTP_2;

/// The HTTP version that an answer came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpVersion {
    /// HTTP/1.0: no connection carries a second request.
    Http10,
    /// HTTP/1.1
    Http11,
    /// HTTP/2
    Http2,
}

impl HttpVersion {
    /// All of them, each at its place.
    pub const ALL: [Self; 3] = [Self::Http10, Self::Http11, Self::Http2];

    /// Its place among [`Self::ALL`].
    pub fn place(self) -> usize {
        self as usize
    }

    /// As it is counted.
    pub fn name(self) -> &'static str {
        match self {
            Self::Http10 => "HTTP/1.0",
            Self::Http11 => "HTTP/1.1",
            Self::Http2 => HTTP_2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_is_at_its_place() {
        for (place, version) in HttpVersion::ALL.into_iter().enumerate() {
            assert_eq!(version.place(), place, "{version:?}");
        }
    }
}
