//! Percentages as people write them: `5%`, `0.5%`.

use std::fmt;
use std::str::FromStr;

/// A percentage: 0% to 10000%.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Percent(f64);

/// Why a text or a number is no percentage.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is not a percentage: write one from 0% to 10000%, such as 5% or 0.5%")]
pub struct PercentError(String);

impl Percent {
    /// The most that is accepted: a hundredfold.
    pub const MOST: Self = Self(10_000.0);

    /// A percentage from its figure: 5 for 5%.
    ///
    /// # Errors
    /// Not a number, below 0 or above [`Percent::MOST`].
    pub fn of(figure: f64) -> Result<Self, PercentError> {
        if (0.0..=Self::MOST.0).contains(&figure) {
            Ok(Self(figure))
        } else {
            Err(PercentError(format!("{figure}%")))
        }
    }

    /// As a share of the whole: 0.05 for 5%.
    pub fn share(self) -> f64 {
        self.0 / 100.0
    }
}

impl FromStr for Percent {
    type Err = PercentError;

    fn from_str(text: &str) -> Result<Self, PercentError> {
        let wrong = || PercentError(text.to_owned());
        let figure = text.trim().strip_suffix('%').ok_or_else(wrong)?;
        let figure = figure.trim().parse().map_err(|_| wrong())?;
        Self::of(figure).map_err(|_| wrong())
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, share) in [("5%", 0.05), ("0.5 %", 0.005), ("0%", 0.0), ("10000%", 100.0)] {
            assert_eq!(text.parse::<Percent>().map(Percent::share), Ok(share), "{text}");
        }
    }

    #[test]
    fn writes_the_figure_it_read() {
        // 0.07 * 100 would be 7.000000000000001.
        for text in ["7%", "0.1%", "29%", "57%"] {
            assert_eq!(text.parse::<Percent>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn refuses_what_is_no_percentage() {
        for text in ["", "%", "5", "-5%", "NaN%", "inf%", "10001%", "1e9%", "five%", "5%%"] {
            let error = text.parse::<Percent>().expect_err(text).to_string();
            assert!(error.contains("0% to 10000%"), "{error}");
        }
    }
}
