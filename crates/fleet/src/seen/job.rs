//! A Job: what it says of its shards.

use super::words::shown;
use k8s_openapi::api::batch::v1::Job;
use std::collections::BTreeSet;

/// Indexes are read up to this one: what a server says is not trusted to be sensible.
const MOST: u32 = 100_000;

/// A Job as it was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct JobSeen {
    /// Shards that it counts as failed, from 0.
    pub(crate) failed: BTreeSet<u32>,
    /// Why it gave up as a whole, if it did.
    pub(crate) gave_up: Option<String>,
    /// How many shards it is for.
    pub(crate) shards: u32,
    /// Whether it waits to be resumed.
    pub(crate) suspended: bool,
}

impl JobSeen {
    pub(crate) fn of(job: &Job) -> Self {
        let spec = job.spec.as_ref();
        let status = job.status.clone().unwrap_or_default();
        let failed = status.conditions.iter().flatten().find(|condition| {
            matches!(condition.type_.as_str(), "Failed" | "FailureTarget") && condition.status == "True"
        });
        Self {
            failed: indexes(status.failed_indexes.as_deref().unwrap_or_default()),
            gave_up: failed.map(|condition| {
                let words = condition.message.as_deref().or(condition.reason.as_deref());
                shown(words.unwrap_or("it failed"))
            }),
            shards: spec
                .and_then(|spec| spec.completions)
                .and_then(|count| u32::try_from(count).ok())
                .unwrap_or(0),
            suspended: spec.and_then(|spec| spec.suspend).unwrap_or(false),
        }
    }
}

/// Reads `1,3-5`.
fn indexes(text: &str) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        if let (Ok(from), Ok(to)) = (from.trim().parse::<u32>(), to.trim().parse::<u32>()) {
            found.extend(from.min(MOST)..=to.min(MOST));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn indexes_are_read_as_kubernetes_writes_them() {
        assert_eq!(indexes("1,3-5,7"), BTreeSet::from([1, 3, 4, 5, 7]));
        assert_eq!(indexes(""), BTreeSet::new());
        assert_eq!(indexes("x,9-2,0-4294967295").len(), MOST as usize + 1);
    }

    #[test]
    fn a_job_says_why_it_gave_up() {
        let job = json!({"spec": {"completions": 4, "suspend": false, "template": {}}, "status": {"failedIndexes": "2", "conditions": [
            {"type": "Failed", "status": "True", "reason": "DeadlineExceeded", "message": "Job was active longer than specified deadline"},
        ]}});
        let seen = JobSeen::of(&serde_json::from_value(job).unwrap());
        assert_eq!(seen.failed, BTreeSet::from([2]));
        assert_eq!(
            seen.gave_up.as_deref(),
            Some("Job was active longer than specified deadline")
        );
        assert_eq!((seen.shards, seen.suspended), (4, false));
    }
}
