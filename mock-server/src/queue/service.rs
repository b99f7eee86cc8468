//! How long a server takes for one request: `fixed:20ms`, `exp:20ms`, `lognormal:20ms,0.5`.

use rand::{Rng, RngExt};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The longest mean that is taken.
const LONGEST: Duration = Duration::from_secs(60);

/// How long a server takes for one request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ServiceTime {
    /// Always the same.
    Fixed(Duration),
    /// Exponentially distributed, with this mean.
    Exponential(Duration),
    /// Log-normally distributed.
    LogNormal {
        /// The mean of the time itself, not of its logarithm.
        mean: Duration,
        /// The standard deviation of its natural logarithm.
        sigma: f64,
    },
}

/// Why a text is no service time.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{text:?} is not a service time: {why}; one looks like fixed:20ms, exp:20ms or lognormal:20ms,0.5")]
pub struct ServiceTimeError {
    text: String,
    why: &'static str,
}

impl ServiceTime {
    /// Its mean.
    pub fn mean(&self) -> Duration {
        match self {
            Self::Fixed(mean) | Self::Exponential(mean) | Self::LogNormal { mean, .. } => *mean,
        }
    }

    /// One service time, in nanoseconds.
    pub(super) fn sample_ns(&self, rng: &mut impl Rng) -> u64 {
        let factor = match self {
            Self::Fixed(_) => 1.0,
            Self::Exponential(_) => exponential(rng),
            // The mean of a log-normal time is exp(mu + sigma^2 / 2).
            Self::LogNormal { sigma, .. } => (sigma * normal(rng) - sigma * sigma / 2.0).exp(),
        };
        super::scaled(u64::try_from(self.mean().as_nanos()).unwrap_or(u64::MAX), factor)
    }
}

/// Exponentially distributed, with mean 1.
fn exponential(rng: &mut impl Rng) -> f64 {
    -(1.0 - rng.random::<f64>()).ln()
}

/// Normally distributed, with mean 0 and standard deviation 1 (Box and Muller 1958).
fn normal(rng: &mut impl Rng) -> f64 {
    (2.0 * exponential(rng)).sqrt() * (std::f64::consts::TAU * rng.random::<f64>()).cos()
}

impl FromStr for ServiceTime {
    type Err = ServiceTimeError;

    fn from_str(text: &str) -> Result<Self, ServiceTimeError> {
        let wrong = |why| ServiceTimeError {
            text: text.to_owned(),
            why,
        };
        let (kind, rest) = text
            .split_once(':')
            .ok_or_else(|| wrong("it has no kind before a colon"))?;
        let mean = |text: &str| {
            let mean = milliseconds(text.trim()).ok_or_else(|| wrong("its time is no number with us, ms or s"))?;
            if mean.is_zero() || mean > LONGEST {
                return Err(wrong("its time is not above 0 and at most 60s"));
            }
            Ok(mean)
        };
        match kind.trim() {
            "fixed" => Ok(Self::Fixed(mean(rest)?)),
            "exp" => Ok(Self::Exponential(mean(rest)?)),
            "lognormal" => {
                let (time, sigma) = rest
                    .split_once(',')
                    .ok_or_else(|| wrong("a log-normal one needs its sigma too"))?;
                let sigma = sigma.trim().parse().ok().filter(|sigma| (0.0..=3.0).contains(sigma));
                Ok(Self::LogNormal {
                    mean: mean(time)?,
                    sigma: sigma.ok_or_else(|| wrong("its sigma is no number from 0 to 3"))?,
                })
            }
            _ => Err(wrong("its kind is none of fixed, exp, lognormal")),
        }
    }
}

/// Reads `20ms`, `1.5s`, `250us`.
fn milliseconds(text: &str) -> Option<Duration> {
    let at = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(at);
    let seconds = match unit {
        "us" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        _ => return None,
    };
    let number: f64 = number.trim().parse().ok()?;
    Duration::try_from_secs_f64(number * seconds).ok()
}

impl fmt::Display for ServiceTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(mean) => write!(f, "fixed:{mean:?}"),
            Self::Exponential(mean) => write!(f, "exp:{mean:?}"),
            Self::LogNormal { mean, sigma } => write!(f, "lognormal:{mean:?},{sigma}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::Xoshiro256PlusPlus;

    #[test]
    fn reads_what_people_write_and_writes_it_the_same_way() {
        for text in ["fixed:20ms", "exp:1.5s", "lognormal:20ms,0.5", "exp:250µs"] {
            let read = text.replace('µ', "u").parse::<ServiceTime>().unwrap();
            assert_eq!(read.to_string(), text);
        }
    }

    #[test]
    fn refuses_what_is_none() {
        for (text, why) in [
            ("20ms", "kind"),
            ("uniform:20ms", "kind"),
            ("exp:20", "number with"),
            ("exp:0ms", "above 0"),
            ("exp:-5ms", "number with"),
            ("exp:NaNs", "number with"),
            ("fixed:61s", "at most"),
            ("lognormal:20ms", "sigma"),
            ("lognormal:20ms,x", "sigma"),
            ("lognormal:20ms,4", "sigma"),
            ("", "kind"),
        ] {
            let error = text.parse::<ServiceTime>().expect_err(text).to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn they_have_the_distributions_of_their_names() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let mut share_beyond = |text: &str, ms: u64| {
            let service: ServiceTime = text.parse().unwrap();
            let beyond = (0..100_000).filter(|_| service.sample_ns(&mut rng) > ms * 1_000_000);
            f64::from(u32::try_from(beyond.count()).unwrap()) / 1e5
        };
        assert!(share_beyond("fixed:20ms", 19) > 0.999 && share_beyond("fixed:20ms", 20) < 0.001);
        // exp(-46.05 / 10) = 1%
        assert!((share_beyond("exp:10ms", 46) - 0.01).abs() < 0.002);
        // The median of a log-normal time is mean * exp(-sigma^2 / 2): 20 ms * 0.6065 = 12.13 ms.
        assert!((share_beyond("lognormal:20ms,1", 12) - 0.5).abs() < 0.02);
    }
}
