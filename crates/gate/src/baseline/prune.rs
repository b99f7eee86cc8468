//! Which baselines have had their time.

use super::Baseline;
use chrono::{DateTime, Utc};
use std::time::Duration;

/// How many and how old.
#[derive(Debug, Clone, Copy, Default)]
pub struct Policy {
    /// So many of each scenario and branch stay at most.
    pub keep: Option<usize>,
    /// Those that began longer ago go; but the newest of each scenario and branch stays, or there would be nothing left to
    /// compare with.
    pub older_than: Option<Duration>,
}

/// Those that go, of baselines ordered as [`super::Store::list`] gives them.
pub fn chosen(baselines: &[Baseline], policy: Policy, now: DateTime<Utc>) -> Vec<&Baseline> {
    let mut place = 0;
    let mut before: Option<&Baseline> = None;
    let mut going = Vec::new();
    for baseline in baselines {
        let same =
            before.is_some_and(|before| before.scenario == baseline.scenario && before.branch == baseline.branch);
        place = if same { place + 1 } else { 0 };
        before = Some(baseline);
        let too_many = policy.keep.is_some_and(|keep| place >= keep);
        let too_old = policy.older_than.is_some_and(|age| {
            let old = (now - baseline.started_at).to_std().unwrap_or_default() > age;
            old && place > 0
        });
        if too_many || too_old {
            going.push(baseline);
        }
    }
    going
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::record::Machine;

    fn baseline(branch: &str, day: u32) -> Baseline {
        Baseline {
            branch: branch.to_owned(),
            scenario: "smoke".to_owned(),
            commit: None,
            started_at: format!("2026-11-{day:02}T12:00:00Z").parse().unwrap(),
            base_url: "https://lab.example".to_owned(),
            version: "0.1.0".to_owned(),
            machine: Machine::here(),
            path: format!("{branch}-{day}").into(),
        }
    }

    fn gone(policy: Policy) -> Vec<String> {
        let baselines =
            [("main", 20), ("main", 10), ("main", 1), ("next", 2)].map(|(branch, day)| baseline(branch, day));
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        let going = chosen(&baselines, policy, now);
        going
            .iter()
            .map(|baseline| baseline.path.display().to_string())
            .collect()
    }

    #[test]
    fn the_newest_stay() {
        let days = |days: u64| Some(Duration::from_secs(days * 24 * 60 * 60));
        for (keep, older_than, expected) in [
            (Some(3), None, vec![]),
            (Some(2), None, vec!["main-1"]),
            (Some(1), None, vec!["main-10", "main-1"]),
            (None, days(15), vec!["main-1"]),
            // Of next there is only one, however old.
            (None, days(1), vec!["main-10", "main-1"]),
            (Some(2), days(5), vec!["main-10", "main-1"]),
            (None, None, vec![]),
        ] {
            assert_eq!(gone(Policy { keep, older_than }), expected, "{keep:?} {older_than:?}");
        }
    }
}
