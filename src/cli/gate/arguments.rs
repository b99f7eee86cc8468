//! What the options of `proofload gate` hold.

use proofload_deployment::units::span as spans;
use proofload_gate::Scope;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A share, written as a percentage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Share(f64);

impl Share {
    pub(super) fn get(self) -> f64 {
        self.0
    }
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let figure = text
            .strip_suffix('%')
            .map(str::trim)
            .and_then(|figure| figure.parse::<f64>().ok());
        match figure {
            Some(figure) if figure.is_finite() && (0.0..=10_000.0).contains(&figure) => Ok(Self(figure / 100.0)),
            Some(_) => Err("it must be 0% to 10000%".to_owned()),
            None => Err("write a percentage, such as 5% or 0.5%".to_owned()),
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0 * 100.0)
    }
}

/// `5%`, `p99=20%`, `publish=10%`, `publish.p99=30%`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tolerance {
    /// What it is about; none for everything.
    pub(super) scope: Option<Scope>,
    pub(super) share: Share,
}

impl FromStr for Tolerance {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (scope, share) = match text.split_once('=') {
            Some((scope, share)) => (Some(scope.parse()?), share),
            None => (None, text),
        };
        Ok(Self {
            scope,
            share: share.parse()?,
        })
    }
}

/// The confidence of an interval: below 50% nothing is claimed, and nothing is certain.
pub(super) fn confidence(text: &str) -> Result<f64, String> {
    match text.parse::<Share>()?.get() {
        share if (0.5..=0.9999).contains(&share) => Ok(share),
        _ => Err("it must be 50% to 99.99%".to_owned()),
    }
}

/// A duration, 0 included.
pub(super) fn span(text: &str) -> Result<Duration, String> {
    spans::parse(text).map_err(|error| error.to_string())
}

/// A duration that is one.
pub(super) fn block(text: &str) -> Result<Duration, String> {
    match span(text)? {
        Duration::ZERO => Err("it must be longer than 0".to_owned()),
        span => Ok(span),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tolerances_read_as_people_write_them() {
        for (text, scope, share) in [
            ("5%", None, 0.05),
            ("p99=20%", Some("p99"), 0.2),
            ("publish.p99=0.5%", Some("publish.p99"), 0.005),
        ] {
            let tolerance: Tolerance = text.parse().unwrap();
            assert_eq!(
                tolerance.scope.map(|scope| scope.to_string()).as_deref(),
                scope,
                "{text}"
            );
            assert!((tolerance.share.get() - share).abs() < 1e-12, "{text}");
        }
        for text in ["", "5", "-5%", "NaN%", "inf%", "p42x.p9=5%", "p99=", "=5%", "1e9%"] {
            assert!(text.parse::<Tolerance>().is_err(), "{text:?} was taken");
        }
    }

    #[test]
    fn nothing_is_certain() {
        assert_eq!(confidence("95%"), Ok(0.95));
        for text in ["100%", "49%", "0%", "95"] {
            assert!(confidence(text).is_err(), "{text:?} was taken");
        }
    }
}
