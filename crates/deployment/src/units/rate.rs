//! Arrival rates as people write them: `200/s`, `1.5/s`, `12000/min`, `100/2s`.

use super::span;
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
        let per_s = per_second(text).map_err(wrong)?;
        Self::per_s(per_s).map_err(|error| wrong(&error.why))
    }
}

/// The figure of a rate in arrivals per second, whatever it is.
fn per_second(text: &str) -> Result<f64, &'static str> {
    let (number, unit) = text.split_once('/').unwrap_or((text, "s"));
    let number: f64 = number.trim().parse().map_err(|_| {
        let begins_with_digit = number.trim_start().starts_with(|first: char| first.is_ascii_digit());
        if begins_with_digit && !number.trim().contains(' ') {
            "its unit does not stand behind a slash, as in 300/s"
        } else {
            "it has no number"
        }
    })?;
    let divisor = match unit.trim() {
        "s" | "sec" | "second" => 1.0,
        "m" | "min" | "minute" => 60.0,
        "h" | "hour" => 3600.0,
        // So many in a time that is no unit: 100/2s.
        time if time.starts_with(|first: char| first.is_ascii_digit()) => {
            let time = span::parse(time).map_err(|_| "what it is counted over is not a time")?;
            if time.is_zero() {
                return Err("it is counted over no time at all");
            }
            time.as_secs_f64()
        }
        _ => return Err("its unit is none of s, min, h, nor a time such as 2s"),
    };
    Ok(number / divisor)
}

/// What a rate may come from and go to: nothing at all, or a [`Rate`].
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Level(f64);

impl Level {
    /// No arrivals.
    pub const NONE: Self = Self(0.0);

    /// In arrivals per second.
    pub fn get(self) -> f64 {
        self.0
    }

    /// So many times as much.
    ///
    /// # Errors
    /// That is beyond 1,000,000 per second.
    pub fn times(self, factor: f64) -> Result<Self, RateError> {
        if self == Self::NONE {
            return Ok(self);
        }
        Rate::per_s(self.0 * factor).map(Self::from)
    }
}

impl From<Rate> for Level {
    fn from(rate: Rate) -> Self {
        Self(rate.0)
    }
}

impl FromStr for Level {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        match per_second(text) {
            Ok(0.0) => Ok(Self::NONE),
            _ => text.parse().map(Rate::into),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/s", self.0)
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
            ("100/2s", 50.0),
            ("1 / 500ms", 2.0),
            ("600/1m 30s", 20.0 / 3.0),
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
            ("300rps", "behind a slash, as in 300/s"),
            ("5/fortnight", "unit"),
            ("5/2", "not a time"),
            ("5/0s", "no time at all"),
            ("5/-2s", "unit"),
            ("", "no number"),
        ] {
            let error = text.parse::<Rate>().expect_err(text).to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn a_ramp_may_come_from_nothing_and_a_rate_may_not() {
        assert_eq!("0/s".parse(), Ok(Level::NONE));
        assert_eq!("0".parse(), Ok(Level::NONE));
        assert_eq!("100/2s".parse::<Level>().unwrap().to_string(), "50/s");
        assert!("-1/s".parse::<Level>().is_err() && "0/x".parse::<Level>().is_err() && "0/s".parse::<Rate>().is_err());
        assert_eq!(Level::NONE.times(1e9), Ok(Level::NONE));
        assert!(Level::from(Rate::per_s(1000.0).unwrap()).times(2000.0).is_err());
    }
}
