//! Arrival rates as people write them: `200/s`, `1.5/s`, `12000/min`.

use std::fmt;
use std::str::FromStr;

/// The highest rate that is accepted; beyond it no machine keeps a schedule, and a typing mistake is likelier.
pub(super) const MAX_PER_S: f64 = 1_000_000.0;

/// An arrival rate: more than 0, at most 1,000,000 arrivals per second.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Rate(f64);

/// Why a text is no rate.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{text:?} is not an arrival rate: {why}; one looks like 200/s, 0.5/s or 12000/min")]
pub struct RateError {
    text: String,
    why: String,
}

impl Rate {
    /// A rate in arrivals per second.
    ///
    /// # Errors
    /// Not a number, 0 or less, or beyond 1,000,000.
    pub fn per_s(value: f64) -> Result<Self, RateError> {
        let wrong = |why: &str| RateError {
            text: value.to_string(),
            why: why.to_owned(),
        };
        if !value.is_finite() {
            return Err(wrong("it is not a finite number"));
        }
        if value <= 0.0 {
            return Err(wrong("a rate is more than 0"));
        }
        if value > MAX_PER_S {
            return Err(wrong("no generator keeps more than 1000000/s"));
        }
        Ok(Self(value))
    }

    /// In arrivals per second.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let wrong = |why: &str| RateError {
            text: text.to_owned(),
            why: why.to_owned(),
        };
        let (number, unit) = text.split_once('/').unwrap_or((text, "s"));
        let number: f64 = number.trim().parse().map_err(|_| wrong("it has no number"))?;
        let divisor = match unit.trim() {
            "s" | "sec" | "second" => 1.0,
            "m" | "min" | "minute" => 60.0,
            "h" | "hour" => 3600.0,
            _ => return Err(wrong("its unit is none of s, min, h")),
        };
        Self::per_s(number / divisor).map_err(|error| wrong(&error.why))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/s", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, per_s) in [
            ("200/s", 200.0),
            ("200", 200.0),
            ("0.5/s", 0.5),
            ("12000/min", 200.0),
            (" 3600 / h ", 1.0),
            ("1e3/s", 1000.0),
        ] {
            assert_eq!(text.parse::<Rate>().map(Rate::get), Ok(per_s), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_rate() {
        for (text, why) in [
            ("0/s", "more than 0"),
            ("-5/s", "more than 0"),
            ("NaN/s", "finite"),
            ("inf/s", "finite"),
            ("2000000/s", "1000000/s"),
            ("fast", "no number"),
            ("5/fortnight", "unit"),
            ("", "no number"),
        ] {
            let error = text.parse::<Rate>().expect_err(text).to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
