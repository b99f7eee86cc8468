//! Durations as people write them.

use proofload_deployment::units::span;
use std::time::Duration;

/// Reads `5s`, `250ms`, `1h 30m`; for clap's `value_parser`.
///
/// # Errors
/// One sentence with what would be right.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text.trim())
        .map_err(|_| format!("'{text}' is no duration; write a number with its unit, such as 250ms, 5s, 10m or 1h"))
}

/// Reads the length of a run, which is longer than 0 and 30 days at most; for clap's `value_parser`.
///
/// # Errors
/// One sentence with what would be right.
pub(super) fn positive_span(text: &str) -> Result<Duration, String> {
    let span = span::parse(text).map_err(|error| error.to_string())?;
    if span.is_zero() {
        Err("it must be longer than 0".to_owned())
    } else {
        Ok(span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_needs_its_unit() {
        assert_eq!(duration("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(duration(" 250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("1h 30m"), Ok(Duration::from_secs(5_400)));
        for wrong in ["", "5", "-5s", "s", "5 parsecs", "99999999999999999999s"] {
            assert!(duration(wrong).is_err(), "{wrong:?} was taken");
        }
    }
}
