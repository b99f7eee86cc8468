//! Durations as people write them: `10s`, `1m 30s`, `250ms`, `2h`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The longest duration that is accepted: 30 days.
pub const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// Why a text is not a duration.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{text:?} is not a duration: {why}; one looks like 10s, 1m 30s, 250ms or 2h")]
pub struct SpanError {
    text: String,
    why: String,
}

/// A duration that is one: more than 0, at most [`LONGEST`]. For time-outs, lengths of runs and the like, which make no
/// sense without any time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(Duration);

impl Span {
    /// A duration that is one.
    ///
    /// # Errors
    /// It is 0, or longer than [`LONGEST`].
    pub fn new(duration: Duration) -> Result<Self, SpanError> {
        Self::checked(duration).map_err(|why| SpanError {
            text: display(duration),
            why: why.to_owned(),
        })
    }

    /// The duration.
    pub fn get(self) -> Duration {
        self.0
    }

    fn checked(duration: Duration) -> Result<Self, &'static str> {
        if duration.is_zero() {
            return Err("it must be longer than 0");
        }
        within(duration).map(Self)
    }
}

impl FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        Self::checked(parse(text)?).map_err(|why| SpanError {
            text: text.to_owned(),
            why: why.to_owned(),
        })
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&display(self.0))
    }
}

impl From<Span> for Duration {
    fn from(span: Span) -> Self {
        span.0
    }
}

fn within(duration: Duration) -> Result<Duration, &'static str> {
    if duration > LONGEST {
        return Err("it is longer than 30 days");
    }
    Ok(duration)
}

/// Reads a duration, 0 included.
///
/// # Errors
/// The text is no sum of numbers with units, or longer than [`LONGEST`].
pub fn parse(text: &str) -> Result<Duration, SpanError> {
    let wrong = |why: String| SpanError {
        text: text.to_owned(),
        why,
    };
    let duration = humantime::parse_duration(text).map_err(|error| wrong(error.to_string()))?;
    within(duration).map_err(|why| wrong(why.to_owned()))
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
    fn a_span_has_a_length() {
        for text in ["10s", "250ms", "1us", "2592000s"] {
            assert_eq!(text.parse::<Span>().unwrap().to_string(), text);
        }
        for (text, why) in [
            ("0s", "longer than 0"),
            ("0ms", "longer than 0"),
            ("31days", "30 days"),
            ("-1s", "is not a duration"),
            ("", "is not a duration"),
        ] {
            let error = text.parse::<Span>().expect_err(text).to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
        assert!(Span::new(Duration::ZERO).is_err());
        assert!(Span::new(LONGEST + Duration::from_nanos(1)).is_err());
        assert_eq!(Span::new(LONGEST).map(Duration::from), Ok(LONGEST));
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
