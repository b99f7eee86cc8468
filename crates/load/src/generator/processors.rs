//! What the processors of this machine do, so that a machine which is too busy to measure can be told from a generator that
//! has too much to do. Linux tells; elsewhere nothing is known.

use proofload_results::record::Processors;
use std::time::{Duration, Instant};

/// Asks now and then.
#[derive(Debug)]
pub(crate) struct ProcessorWatch {
    before: Option<Reading>,
}

/// What the system has counted since it was started.
#[derive(Debug, Clone, Copy)]
struct Reading {
    at: Instant,
    ticks: Ticks,
    throttled: Option<Duration>,
}

/// Time of all processors that we may use together, in the system's ticks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Ticks {
    processors: u32,
    all: u64,
    /// At work for anybody, the kernel included.
    busy: u64,
    stolen: u64,
}

impl ProcessorWatch {
    /// A watch that begins now.
    pub(crate) fn new() -> Self {
        Self { before: Reading::now() }
    }

    /// What happened since the last call, in which our own process used `own_s` seconds of processor time.
    pub(crate) fn since_last(&mut self, own_s: f64) -> Option<Processors> {
        let now = Reading::now()?;
        let before = self.before.replace(now)?;
        now.since(&before, own_s)
    }
}

impl Reading {
    fn now() -> Option<Self> {
        Some(Self {
            at: Instant::now(),
            ticks: Ticks::parse(&system::counts()?, &system::allowed())?,
            throttled: system::throttled(),
        })
    }

    fn since(&self, before: &Self, own_s: f64) -> Option<Processors> {
        let elapsed_s = self.at.saturating_duration_since(before.at).as_secs_f64();
        let ticks = self
            .ticks
            .all
            .checked_sub(before.ticks.all)
            .filter(|ticks| *ticks > 0)?;
        let share = |now: u64, before: u64| count(now.saturating_sub(before)) / count(ticks);
        let own = own_s / (elapsed_s * f64::from(self.ticks.processors)).max(1e-9);
        let throttled = self
            .throttled
            .unwrap_or_default()
            .saturating_sub(before.throttled.unwrap_or_default());
        let rounded = |share: f64| (share.clamp(0.0, 1.0) * 1e3).round() / 1e3;
        Some(Processors {
            own: rounded(own),
            others: rounded(share(self.ticks.busy, before.ticks.busy) - own),
            stolen: rounded(share(self.ticks.stolen, before.ticks.stolen)),
            throttled: rounded(throttled.as_secs_f64() / elapsed_s.max(1e-9)),
        })
    }
}

impl Ticks {
    /// Adds up the lines of Linux's `/proc/stat` for those processors that we may use, by the kernel's list of them, such as
    /// `0-1,3`: user, nice, system, idle, iowait, irq, softirq, steal (guests are within user).
    fn parse(text: &str, allowed: &str) -> Option<Self> {
        let allowed = Range::list(allowed);
        let mut sum = Self::default();
        for line in text.lines().take_while(|line| line.starts_with("cpu")) {
            let mut words = line.split_ascii_whitespace();
            let Some(number) = words.next().and_then(|name| name.strip_prefix("cpu")?.parse().ok()) else {
                // The first line is the sum over all.
                continue;
            };
            if !allowed.is_empty() && !allowed.iter().any(|range| range.holds(number)) {
                continue;
            }
            let counts: Result<Vec<u64>, _> = words.take(8).map(str::parse).collect();
            let [user, nice, system, idle, waiting, irq, soft_irq, stolen] = counts.ok()?.try_into().ok()?;
            let busy = user + nice + system + irq + soft_irq;
            sum.processors += 1;
            sum.all += busy + idle + waiting + stolen;
            sum.busy += busy;
            sum.stolen += stolen;
        }
        (sum.processors > 0).then_some(sum)
    }
}

/// Processors by their numbers, both ends included.
struct Range(u32, u32);

impl Range {
    /// Reads `0-1,3`; empty where it is no such list.
    fn list(text: &str) -> Vec<Self> {
        let range = |part: &str| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            Some(Self(first.parse().ok()?, last.parse().ok()?))
        };
        let ranges: Option<Vec<Self>> = text.trim().split(',').map(range).collect();
        ranges.unwrap_or_default()
    }

    fn holds(&self, number: u32) -> bool {
        (self.0..=self.1).contains(&number)
    }
}

#[expect(clippy::cast_precision_loss, reason = "ticks of a few seconds")]
fn count(count: u64) -> f64 {
    count as f64
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs::read_to_string;
    use std::time::Duration;

    /// The counts of all processors.
    pub(super) fn counts() -> Option<String> {
        read_to_string("/proc/stat").ok()
    }

    /// The list of the processors that we may use; empty where it is not told.
    pub(super) fn allowed() -> String {
        let status = read_to_string("/proc/self/status").unwrap_or_default();
        let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
        list.unwrap_or_default().trim().to_owned()
    }

    /// How long our control group was held back until now, where it has a limit (cgroup v2).
    pub(super) fn throttled() -> Option<Duration> {
        let group = read_to_string("/proc/self/cgroup").ok()?;
        let group = group.lines().find_map(|line| line.strip_prefix("0::"))?;
        let text = read_to_string(format!("/sys/fs/cgroup{group}/cpu.stat")).ok()?;
        let us = text.lines().find_map(|line| line.strip_prefix("throttled_usec "))?;
        us.trim().parse().ok().map(Duration::from_micros)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::time::Duration;

    pub(super) fn counts() -> Option<String> {
        None
    }

    pub(super) fn allowed() -> String {
        String::new()
    }

    pub(super) fn throttled() -> Option<Duration> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two processors that share these counts, and a third one.
    fn reading(at: Instant, counts: [u64; 8], allowed: &str) -> Reading {
        let each = |counts: [u64; 8]| counts.map(|count| count.to_string()).join(" ");
        let half = each(counts.map(|count| count / 2));
        let text = format!("cpu  9 9 9 9 9 9 9 9 0 0\ncpu0 {half} 0 0\ncpu1 {half} 0 0\ncpu2 {half} 0 0\nintr 5\n");
        Reading {
            at,
            ticks: Ticks::parse(&text, allowed).unwrap(),
            throttled: None,
        }
    }

    #[test]
    fn shares_are_of_all_processors_and_others_are_not_us() {
        let start = Instant::now();
        let before = reading(start, [100, 0, 50, 1000, 10, 0, 0, 0], "0-1");
        // Two processors over one second: 200 ticks, of which 150 at work and 10 stolen; ours were 0.2 s.
        let after = reading(start + Duration::from_secs(1), [220, 4, 70, 1030, 20, 2, 4, 10], "0,1");
        let seen = after.since(&before, 0.2).unwrap();
        assert_eq!(
            seen,
            Processors {
                own: 0.1,
                others: 0.65,
                stolen: 0.05,
                throttled: 0.0
            }
        );
        assert!(seen.are_crowded(), "some of it was stolen");
        assert!(after.since(&after, 0.0).is_none(), "no time passed");
        let all = reading(start, [100, 0, 50, 1000, 10, 0, 0, 0], "what is this");
        assert_eq!(all.ticks.processors, 3, "an unknown list leaves out none");
    }

    #[test]
    fn what_is_no_count_is_none() {
        for text in ["", "cpu 1 2 3 4 5 6 7 8", "cpu0 1 2", "cpu0 a b c d e f g h", "intr 1"] {
            assert_eq!(Ticks::parse(text, ""), None, "{text:?}");
        }
    }
}
