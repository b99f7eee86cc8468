//! How often a run tries a door that must stay shut: `1/s`, or `off`.

use proofload_deployment::units::Rate;
use std::fmt;
use std::str::FromStr;

/// Guards beyond this rate would be a load of their own.
const MOST_PER_S: f64 = 100.0;

/// How often a run makes a call that must be refused.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct GuardRate(Option<Rate>);

/// Why a text is not a rate of guards.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not a rate of guards: write one up to 100/s, such as 1/s, or off")]
pub struct GuardRateError(String);

impl GuardRate {
    /// None are made.
    pub const OFF: Self = Self(None);

    /// One a second: enough to see a door that opens, too few to be a load.
    ///
    /// # Panics
    /// Never: it is a rate.
    pub fn usual() -> Self {
        Self(Some(Rate::per_s(1.0).expect("a rate")))
    }

    /// Guards a second; 0 for none.
    pub fn per_s(self) -> f64 {
        self.0.map_or(0.0, Rate::get)
    }

    /// Whether any are made.
    pub fn is_on(self) -> bool {
        self.0.is_some()
    }
}

impl FromStr for GuardRate {
    type Err = GuardRateError;

    fn from_str(text: &str) -> Result<Self, GuardRateError> {
        let number = text.split('/').next().unwrap_or_default().trim();
        if text.trim() == "off" || number.parse() == Ok(0.0) {
            return Ok(Self::OFF);
        }
        let wrong = || GuardRateError(text.to_owned());
        let rate: Rate = text.parse().map_err(|_| wrong())?;
        if rate.get() > MOST_PER_S {
            return Err(wrong());
        }
        Ok(Self(Some(rate)))
    }
}

impl fmt::Display for GuardRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(rate) => rate.fmt(f),
            None => f.write_str("off"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_or_off() {
        for (text, per_s) in [
            ("1/s", 1.0),
            ("0.5/s", 0.5),
            ("60/min", 1.0),
            ("off", 0.0),
            ("0", 0.0),
            ("0/s", 0.0),
        ] {
            let rate: GuardRate = text.parse().unwrap();
            assert!((rate.per_s() - per_s).abs() < 1e-9, "{text}");
            assert_eq!(rate.is_on(), per_s > 0.0);
        }
        for text in ["", "on", "-1/s", "101/s", "1/day", "NaN/s"] {
            assert!(text.parse::<GuardRate>().is_err(), "{text}");
        }
        assert_eq!(
            (GuardRate::usual().to_string(), GuardRate::OFF.to_string()),
            ("1/s".into(), "off".into())
        );
    }
}
