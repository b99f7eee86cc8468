//! What a target is to carry, as people say it: `150/s`, or `40 cameras`.

use super::rate::{MAX_PER_S, Rate};
use std::fmt;
use std::str::FromStr;

/// What a target is to carry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Need {
    /// Arrivals per second.
    Rate(Rate),
    /// Cameras, each of which publishes the frames per second that are stated beside.
    Cameras(u32),
}

/// Why a text is no need.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "{text:?} is nothing that a target can carry: {why}; write a rate such as 150/s, or a number of cameras such as '40 cameras'"
)]
pub struct NeedError {
    text: String,
    why: String,
}

impl Need {
    /// The same in arrivals per second, where an arrival publishes so many frames on average and a camera so many per second; none
    /// where cameras are needed and nothing is published, or where it is beyond what any generator makes.
    pub fn per_s(self, frames: f64, fps: f64) -> Option<f64> {
        match self {
            Self::Rate(rate) => Some(rate.get()),
            Self::Cameras(count) => {
                let per_s = f64::from(count) * fps / frames;
                (per_s > 0.0 && per_s <= MAX_PER_S).then_some(per_s)
            }
        }
    }
}

impl FromStr for Need {
    type Err = NeedError;

    fn from_str(text: &str) -> Result<Self, NeedError> {
        let wrong = |why: &str| NeedError {
            text: text.to_owned(),
            why: why.to_owned(),
        };
        let trimmed = text.trim().to_lowercase();
        let count = trimmed
            .strip_suffix("cameras")
            .or_else(|| trimmed.strip_suffix("camera"));
        let Some(count) = count else {
            let rate: Result<Rate, _> = text.parse();
            return rate.map(Self::Rate).map_err(|error| {
                let why = error.to_string();
                let why = why.rsplit_once(": ").map_or(why.as_str(), |(_, why)| why);
                wrong(why.split("; ").next().unwrap_or_default())
            });
        };
        let count: u32 = count.trim().parse().map_err(|_| wrong("cameras are a whole number"))?;
        match count {
            0 => Err(wrong("there is one camera at least")),
            1..=1_000_000 => Ok(Self::Cameras(count)),
            _ => Err(wrong("there are a million cameras at most")),
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rate(rate) => write!(f, "{}/s", rate.get()),
            Self::Cameras(1) => f.write_str("1 camera"),
            Self::Cameras(count) => write!(f, "{count} cameras"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_need_is_a_rate_or_cameras() {
        let read = |text: &str| text.parse::<Need>().unwrap();
        assert_eq!(read("40 cameras"), Need::Cameras(40));
        assert_eq!(read(" 1Camera "), Need::Cameras(1));
        assert_eq!(read("150/s").per_s(1.0, 2.0), Some(150.0));
        assert_eq!(read("40 cameras").per_s(0.5, 2.0), Some(160.0));
        assert_eq!(read("40 cameras").per_s(0.0, 2.0), None);
        assert_eq!(read("40cameras").to_string(), "40 cameras");
        for wrong in [
            "",
            "cameras",
            "0 cameras",
            "-1 cameras",
            "1.5 cameras",
            "9999999 cameras",
            "forty",
            "0/s",
        ] {
            let why = wrong.parse::<Need>().unwrap_err().to_string();
            assert!(why.contains("'40 cameras'"), "{wrong}: {why}");
        }
    }
}
