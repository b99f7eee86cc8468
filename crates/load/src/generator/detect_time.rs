//! Instants in bodies: `2026-11-22T05:30:00.123Z`, with the part that changes once a second made once a second.

use chrono::{DateTime, SecondsFormat};

/// Formats instants; remembers the second it formatted last.
#[derive(Debug)]
pub(crate) struct DetectTime {
    second: u64,
    text: [u8; 24],
}

impl Default for DetectTime {
    fn default() -> Self {
        Self {
            second: u64::MAX,
            text: [b'0'; 24],
        }
    }
}

impl DetectTime {
    /// The text of a Unix time in milliseconds.
    pub(crate) fn format(&mut self, unix_ms: u64) -> [u8; 24] {
        let (second, milli) = (unix_ms / 1000, unix_ms % 1000);
        if second != self.second {
            let instant = i64::try_from(second)
                .ok()
                .and_then(|second| DateTime::from_timestamp(second, 0));
            let text = instant.unwrap_or_default().to_rfc3339_opts(SecondsFormat::Millis, true);
            if let Ok(text) = text.as_bytes().try_into() {
                self.text = text;
            }
            self.second = second;
        }
        for (place, divisor) in [(20, 100), (21, 10), (22, 1)] {
            self.text[place] = b'0' + u8::try_from(milli / divisor % 10).unwrap_or_default();
        }
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_as_the_api_wants_it() {
        let mut clock = DetectTime::default();
        for (unix_ms, text) in [
            (1_700_000_000_123, "2023-11-14T22:13:20.123Z"),
            (1_700_000_000_007, "2023-11-14T22:13:20.007Z"),
            (1_700_000_001_000, "2023-11-14T22:13:21.000Z"),
            (0, "1970-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(clock.format(unix_ms), text.as_bytes());
        }
    }
}
