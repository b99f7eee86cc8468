//! Frame rates as people write them: `1`, `0.5`, `12.5`.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// What a camera may send: from a frame every quarter of an hour to more than any sensor gives.
const RANGE: RangeInclusive<f64> = 0.001..=1000.0;

/// Frames per second of one camera: 0.001 to 1000.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Fps(f64);

/// Why a text or a number is no frame rate.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is not a frame rate: write frames per second, from 0.001 to 1000, such as 1, 0.5 or 12.5")]
pub struct FpsError(String);

impl Fps {
    /// One frame per second.
    pub const ONE: Self = Self(1.0);

    /// A frame rate in frames per second.
    ///
    /// # Errors
    /// Not a number, below 0.001 or above 1000.
    pub fn per_s(value: f64) -> Result<Self, FpsError> {
        if RANGE.contains(&value) {
            Ok(Self(value))
        } else {
            Err(FpsError(value.to_string()))
        }
    }

    /// In frames per second.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl FromStr for Fps {
    type Err = FpsError;

    fn from_str(text: &str) -> Result<Self, FpsError> {
        let wrong = || FpsError(text.to_owned());
        let value = text.trim().parse().map_err(|_| wrong())?;
        Self::per_s(value).map_err(|_| wrong())
    }
}

impl fmt::Display for Fps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_and_refuses_the_rest() {
        for text in ["1", "0.5", "12.5", "0.001", "1000"] {
            assert_eq!(text.parse::<Fps>().unwrap().to_string(), text);
        }
        for text in [
            "0", "-1", "0.0009", "1000.1", "NaN", "inf", "-inf", "1e9", "", "25 fps", "1,5",
        ] {
            let error = text.parse::<Fps>().expect_err(text).to_string();
            assert!(error.contains("0.001 to 1000"), "{error}");
        }
    }
}
