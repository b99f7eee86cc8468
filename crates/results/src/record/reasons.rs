//! Why calls got no answer: sentences and how often each was the reason, of so many kinds at most.

use std::collections::BTreeMap;

/// So many kinds of reasons are told apart; what a server can vary must not fill a record.
const KINDS: usize = 20;
/// What the further ones are counted as.
const OTHERS: &str = "other reasons";

/// Counts a reason.
pub fn add_reason(sums: &mut BTreeMap<String, u64>, reason: &str, count: u64) {
    if let Some(sum) = sums.get_mut(reason) {
        *sum += count;
        return;
    }
    let told_apart = sums.keys().filter(|known| *known != OTHERS).count();
    let kind = if told_apart < KINDS { reason } else { OTHERS };
    *sums.entry(kind.to_owned()).or_default() += count;
}

/// Adds what was counted for each operation.
pub(super) fn add_all(
    sums: &mut BTreeMap<String, BTreeMap<String, u64>>,
    more: &BTreeMap<String, BTreeMap<String, u64>>,
) {
    for (operation, reasons) in more {
        let sums = sums.entry(operation.clone()).or_default();
        for (reason, count) in reasons {
            add_reason(sums, reason, *count);
        }
    }
}

/// Adds what was counted by operation.
pub(super) fn add_counts(sums: &mut BTreeMap<String, u64>, more: &BTreeMap<String, u64>) {
    for (operation, count) in more {
        *sums.entry(operation.clone()).or_default() += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_twenty_kinds_are_told_apart_and_none_is_lost() {
        let mut sums = BTreeMap::new();
        for kind in 0..50 {
            add_reason(&mut sums, &format!("reason {kind}"), 2);
        }
        add_reason(&mut sums, "reason 7", 1);
        assert_eq!(sums.len(), KINDS + 1);
        assert_eq!(sums.values().sum::<u64>(), 101);
        assert_eq!((sums["reason 7"], sums[OTHERS]), (3, 60));
        let mut twice = BTreeMap::from([("publish".to_owned(), sums.clone())]);
        let other = twice.clone();
        add_all(&mut twice, &other);
        assert_eq!(twice["publish"].values().sum::<u64>(), 202);
    }
}
