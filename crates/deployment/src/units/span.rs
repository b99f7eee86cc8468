//! Durations as people write them: `10s`, `1m 30s`, `250ms`, `2h`.

use std::time::Duration;

/// The longest duration that is accepted: 30 days.
pub const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// Why a text is no duration.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{text:?} is no duration: {why}; one looks like 10s, 1m 30s, 250ms or 2h")]
pub struct SpanError {
    text: String,
    why: String,
}

/// Reads a duration.
///
/// # Errors
/// The text is no sum of numbers with units, or longer than [`LONGEST`].
pub fn parse(text: &str) -> Result<Duration, SpanError> {
    let wrong = |why: String| SpanError {
        text: text.to_owned(),
        why,
    };
    let duration = humantime::parse_duration(text).map_err(|error| wrong(error.to_string()))?;
    if duration > LONGEST {
        return Err(wrong("it is longer than 30 days".to_owned()));
    }
    Ok(duration)
}

/// Writes a duration the short way, as a person reads it.
pub fn display(duration: Duration) -> String {
    let micros = duration.as_micros();
    if micros == 0 {
        "0s".to_owned()
    } else if micros < 1000 {
        format!("{micros}us")
    } else if micros.is_multiple_of(1_000_000) {
        format!("{}s", duration.as_secs())
    } else if micros < 1_000_000 {
        format!("{}ms", decimal(micros, 1000, 3))
    } else {
        format!("{}s", decimal(micros, 1_000_000, 6))
    }
}

/// A number of units, to the digit: a division of floating point numbers would show 21.358999999999998.
fn decimal(micros: u128, unit: u128, digits: usize) -> String {
    let text = format!("{}.{:0digits$}", micros / unit, micros % unit);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, millis) in [
            ("10s", 10_000),
            ("1m30s", 90_000),
            ("1m 30s", 90_000),
            ("250ms", 250),
            ("2h", 7_200_000),
            ("0s", 0),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_duration() {
        for text in ["", "10", "s", "ten s", "-5s", "1e9h", "31days", "5 fortnights"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn displays_shortly() {
        for (text, shown) in [
            ("250ms", "250ms"),
            ("90s", "90s"),
            ("1s 500ms", "1.5s"),
            ("15us", "15us"),
            ("21ms 359us", "21.359ms"),
            ("100ms", "100ms"),
            ("1s 50us", "1.00005s"),
            ("0s", "0s"),
        ] {
            assert_eq!(display(parse(text).unwrap()), shown);
        }
    }
}
