//! Who takes which arrivals: how threads and machines share one stream without a word between them.

use std::fmt;
use std::str::FromStr;

/// Every n-th arrival of a stream, beginning with the k-th: arrival i is this shard's when i mod n = k.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Which of them, from 0.
    pub index: u64,
    /// How many there are.
    pub of: u64,
}

/// Why a text is no shard.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is not a shard: write which one and of how many, from 1/1 to 1000/1000, such as 2/8")]
pub struct ShardError(String);

impl Shard {
    /// More machines than anybody has; a typing mistake is likelier.
    pub const MOST: u64 = 1000;
    /// The whole stream.
    pub const ALL: Self = Self { index: 0, of: 1 };

    /// The shard of a shard.
    #[must_use]
    pub fn split(self, inner: Self) -> Self {
        Self {
            index: self.index + inner.index * self.of,
            of: self.of * inner.of,
        }
    }

    /// How many of `count` things fall to this shard: all shards together take all of them.
    pub fn part(self, count: u64) -> u64 {
        count / self.of + u64::from(self.index < count % self.of)
    }
}

/// As people write it, counted from 1: `2/8`.
impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index + 1, self.of)
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let read = || {
            let (which, of) = text.split_once('/')?;
            let (which, of): (u64, u64) = (which.trim().parse().ok()?, of.trim().parse().ok()?);
            (1..=of).contains(&which).then_some(())?;
            (of <= Self::MOST).then_some(Self { index: which - 1, of })
        };
        read().ok_or_else(|| ShardError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_and_refuses_the_rest() {
        for text in ["1/1", "2/8", "1000/1000"] {
            assert_eq!(text.parse::<Shard>().unwrap().to_string(), text);
        }
        for text in [
            "0/8", "9/8", "1", "1/0", "0/0", "-1/2", "a/b", "1/2/3", "1/1001", "", "/",
        ] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }

    #[test]
    fn parts_together_are_the_whole() {
        for of in 1..9 {
            for count in 0..40 {
                let parts = (0..of).map(|index| Shard { index, of }.part(count));
                assert_eq!(parts.clone().sum::<u64>(), count);
                assert!(parts.clone().max().unwrap() - parts.min().unwrap() <= 1);
            }
        }
    }
}
