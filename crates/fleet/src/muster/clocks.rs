//! The clocks of the shards' machines, compared with each other by way of this machine's.

use std::fmt;
use std::time::Duration;

/// A clock is called off once it was seen so often: a first word may have lain in a log for a while.
const SURE: u32 = 2;

/// How far the shards' clocks are ahead of this machine's. A word takes time to come, so that each seems behind by as much; of
/// several, the one that came quickest says most.
#[derive(Debug)]
pub(crate) struct Clocks {
    shards: Vec<Option<Seen>>,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    /// At least so far ahead of this machine's, in nanoseconds.
    ahead_ns: i64,
    times: u32,
}

/// A clock that is off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Off {
    shard: usize,
    /// How far it is ahead of the others, in seconds; negative where it is behind.
    by_s: f64,
    /// Whether it was seen often enough.
    pub(crate) is_sure: bool,
}

impl Clocks {
    pub(crate) fn new(shards: usize) -> Self {
        Self {
            shards: vec![None; shards],
        }
    }

    /// Takes what a shard's clock said when its word came, as seen from this machine's.
    pub(crate) fn add(&mut self, shard: usize, ahead_ns: i64) {
        if let Some(seen) = self.shards.get_mut(shard) {
            let before = seen.unwrap_or(Seen { ahead_ns, times: 0 });
            *seen = Some(Seen {
                ahead_ns: before.ahead_ns.max(ahead_ns),
                times: before.times + 1,
            });
        }
    }

    /// How far the shards' clocks are apart, as far as can be seen from here.
    pub(crate) fn within(&self) -> Duration {
        let ahead = self.shards.iter().flatten().map(|seen| seen.ahead_ns);
        let (least, most) = (ahead.clone().min(), ahead.max());
        let apart = most.unwrap_or(0).saturating_sub(least.unwrap_or(0));
        Duration::from_nanos(apart.unsigned_abs())
    }

    /// How far the clock of the middle shard is ahead of this machine's, in nanoseconds.
    pub(crate) fn middle_ns(&self) -> i64 {
        let mut ahead: Vec<i64> = self.shards.iter().flatten().map(|seen| seen.ahead_ns).collect();
        ahead.sort_unstable();
        ahead.get(ahead.len() / 2).copied().unwrap_or(0)
    }

    /// The clock that is furthest from the middle, where that is more than `most`.
    pub(crate) fn off(&self, most: Duration) -> Option<Off> {
        let middle = self.middle_ns();
        let apart = |seen: &Seen| seen.ahead_ns.saturating_sub(middle);
        let seen = self.shards.iter().enumerate();
        let seen = seen.filter_map(|(shard, seen)| Some((shard, seen.as_ref()?)));
        let (shard, seen) = seen.max_by_key(|(_, seen)| apart(seen).unsigned_abs())?;
        let by = apart(seen);
        // With two, both are as far from each other, and nobody can say which is wrong.
        #[expect(clippy::cast_precision_loss, reason = "a few seconds in nanoseconds")]
        let by_s = by as f64 / 1e9;
        (Duration::from_nanos(by.unsigned_abs()) > most).then_some(Off {
            shard,
            by_s,
            is_sure: self.shards.iter().flatten().all(|seen| seen.times >= SURE),
        })
    }
}

impl fmt::Display for Off {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = if self.by_s < 0.0 { "behind" } else { "ahead of" };
        write!(
            f,
            "the clock of shard {} is {:.1} s {way} those of the others: its seconds would not be theirs",
            self.shard + 1,
            self.by_s.abs()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    #[test]
    fn the_word_that_came_quickest_counts() {
        let mut clocks = Clocks::new(3);
        for (shard, ahead_ms) in [(0, -5), (1, -900), (1, -3), (2, -4)] {
            clocks.add(shard, ahead_ms * MS);
        }
        assert_eq!(clocks.within(), Duration::from_millis(2));
        assert_eq!(clocks.middle_ns(), -4 * MS);
        assert_eq!(clocks.off(Duration::from_secs(1)), None);
    }

    #[test]
    fn a_clock_that_is_off_is_named_once_it_is_sure() {
        let mut clocks = Clocks::new(3);
        for shard in 0..3 {
            clocks.add(shard, if shard == 2 { 12_345 * MS } else { -2 * MS });
        }
        let off = clocks.off(Duration::from_secs(1)).unwrap();
        assert!(!off.is_sure);
        (0..3).for_each(|shard| clocks.add(shard, if shard == 2 { 12_340 * MS } else { -2 * MS }));
        let off = clocks.off(Duration::from_secs(1)).unwrap();
        assert!(off.is_sure);
        assert!(
            off.to_string()
                .starts_with("the clock of shard 3 is 12.3 s ahead of those"),
            "{off}"
        );
    }
}
