//! What came of many pairs.

use proofload_results::gate::GateVerdict;

/// What came of one pair.
pub(crate) struct Pair {
    /// Without a change.
    pub(crate) without: GateVerdict,
    /// With one.
    pub(crate) with: GateVerdict,
    /// Of the median, with one.
    pub(crate) p50: GateVerdict,
    /// Whether the intervals of p50, p90, p99 and throughput held the truth.
    pub(crate) covered: [Option<bool>; 4],
    /// Measured on each side, without a change and with one.
    pub(crate) seconds: [usize; 2],
}

/// What came of many pairs.
#[derive(Default)]
pub(crate) struct Tally {
    pairs: u32,
    false_alarms: u32,
    passed: u32,
    found: u32,
    found_p50: u32,
    missed: u32,
    covered: [(u32, u32); 4],
    seconds: [u64; 2],
}

pub(crate) const HEAD: &str = "\
| setting | no change: regressed | not regressed | inconclusive | +10%: regressed | p50 found | +10%: passed | 95% intervals hold p50 | p90 | p99 | throughput | seconds a side |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|";

impl Tally {
    pub(crate) fn add(&mut self, pair: &Pair) {
        self.pairs += 1;
        self.false_alarms += u32::from(pair.without == GateVerdict::Regressed);
        self.passed += u32::from(pair.without == GateVerdict::NotRegressed);
        self.found += u32::from(pair.with == GateVerdict::Regressed);
        self.found_p50 += u32::from(pair.p50 == GateVerdict::Regressed);
        self.missed += u32::from(pair.with == GateVerdict::NotRegressed);
        for (sum, covered) in self.covered.iter_mut().zip(pair.covered) {
            if let Some(covered) = covered {
                sum.0 += u32::from(covered);
                sum.1 += 1;
            }
        }
        for (sum, seconds) in self.seconds.iter_mut().zip(pair.seconds) {
            *sum += seconds as u64;
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.pairs += other.pairs;
        self.false_alarms += other.false_alarms;
        self.passed += other.passed;
        self.found += other.found;
        self.found_p50 += other.found_p50;
        self.missed += other.missed;
        for (sum, other) in self.covered.iter_mut().zip(other.covered) {
            *sum = (sum.0 + other.0, sum.1 + other.1);
        }
        for (sum, other) in self.seconds.iter_mut().zip(other.seconds) {
            *sum += other;
        }
    }

    /// Without a change and with one, when the two are not the same.
    fn mean_seconds(&self) -> String {
        let [without, with] = self.seconds.map(|seconds| seconds / u64::from(self.pairs.max(1)));
        if without == with {
            without.to_string()
        } else {
            format!("{without}, {with}")
        }
    }

    pub(crate) fn row(&self, name: &str) -> String {
        let share = |count| percent(count, self.pairs);
        let undecided = self.pairs - self.false_alarms - self.passed;
        let covered = self.covered.map(|(covered, of)| percent(covered, of)).join(" | ");
        format!(
            "| {name} | {} | {} | {} | {} | {} | {} | {covered} | {} |",
            share(self.false_alarms),
            share(self.passed),
            share(undecided),
            share(self.found),
            share(self.found_p50),
            share(self.missed),
            self.mean_seconds(),
        )
    }
}

fn percent(count: u32, of: u32) -> String {
    if of == 0 {
        return "-".to_owned();
    }
    format!("{:.1}%", 100.0 * f64::from(count) / f64::from(of))
}
