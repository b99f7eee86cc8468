//! In words: whether the answer lasts, how the target changed while it was measured, and what was refused.

use proofload_capacity_search::{Change, Held};
use proofload_results::capacity::{ChangeRow, HeldRow};
use proofload_results::figures::three_digits;
use proofload_results::load::{LoadReport, rounded};
use std::collections::BTreeMap;

/// Kinds of refusals that are named.
const NAMED: usize = 3;

/// What of a step's calls was not answered with success, and over how many connections they went.
#[derive(Debug, Clone, Default)]
pub(super) struct Refusals {
    pub(super) users: u64,
    /// By status or why there was no answer.
    pub(super) kinds: BTreeMap<String, u64>,
}

impl Refusals {
    pub(super) fn of(report: &LoadReport) -> Self {
        let mut kinds = BTreeMap::new();
        let statuses = report.operations.iter().flat_map(|row| &row.statuses);
        for (status, count) in statuses.filter(|(status, _)| !status.starts_with('2')) {
            *kinds.entry(status.clone()).or_default() += count;
        }
        Self {
            users: report.generator.users,
            kinds,
        }
    }

    /// What was refused at a rate, for people; nothing where nothing was.
    pub(super) fn told(&self, rate_per_s: f64) -> Option<String> {
        let mut kinds: Vec<(&String, &u64)> = self.kinds.iter().collect();
        kinds.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let named: Vec<String> = kinds
            .iter()
            .take(NAMED)
            .map(|(kind, count)| format!("{kind} ({count})"))
            .collect();
        let (most, _) = kinds.first()?;
        let what = match most.as_str() {
            "429" => {
                "429 is the answer of a limit on the rate, which may count by account, by address or by connection"
            }
            status if status.parse::<u16>().is_ok() => "the target answered, and refused",
            "wrong-body" => {
                "the target answered with success, and with another body than the operation's, such as a web page"
            }
            "timeout" => "no answer came in time",
            "connect" => "no connection came about, as where a target takes no more of them",
            "no-descriptor" | "no-local-port" => "this machine had nothing left to connect with",
            _ => "no whole answer came",
        };
        Some(format!(
            "at {}/s calls failed over {} connections, one for each virtual user: {}; {what}. Clients with more or fewer connections \
             may get another figure",
            three_digits(rate_per_s),
            self.users,
            named.join(", "),
        ))
    }
}

/// As results keep it.
pub(super) fn held_row(held: Held) -> HeldRow {
    HeldRow {
        rate_per_s: rounded(held.rate_per_s),
        for_s: rounded(held.for_s),
        whole: held.whole,
        then_per_s: held.then_per_s.map(rounded),
    }
}

/// As results keep it.
pub(super) fn change_row(change: Change) -> ChangeRow {
    ChangeRow {
        rate_per_s: rounded(change.rate_per_s),
        before_s: rounded(change.before_s),
        after_s: change.after_s.map(rounded),
        since_step: change.since_step as u64 + 1,
        broke_per_s: change.broke_per_s.map(rounded),
        quicker: change.is_quicker(),
    }
}

/// How the target changed while it was measured.
pub(super) fn changed(change: &ChangeRow) -> String {
    let (rate, before) = (three_digits(change.rate_per_s), ms(change.before_s));
    match change.after_s {
        Some(after_s) if change.quicker => format!(
            "the target became quicker while it was measured: at {rate}/s a call took {before} at first and {} from step {} on; only \
             what was measured from there on counts",
            ms(after_s),
            change.since_step
        ),
        after_s => {
            let after = after_s.map_or_else(
                || "it did not hold".to_owned(),
                |after_s| format!("a call took {}", ms(after_s)),
            );
            let before = format!(
                "at {rate}/s a call took {before} at first, and {after} in step {}",
                change.since_step
            );
            match change.broke_per_s {
                Some(broke) => format!(
                    "the target did not come back: {before}, after {}/s had broken it in between. Let it rest without load, or restart \
                     it; when it is as quick as at first, search again with a highest rate below {}/s. If it becomes slower all the \
                     same, it slows down with time or with work",
                    three_digits(broke),
                    three_digits(broke)
                ),
                None => format!(
                    "the target became slower with time or with work: {before}, and nothing had broken it in between"
                ),
            }
        }
    }
}

/// Whether the answer lasted.
pub(super) fn held(held: &HeldRow) -> String {
    let rate = three_digits(held.rate_per_s);
    let time = seconds(held.for_s);
    match held.then_per_s {
        _ if held.whole => format!("{rate}/s were held for {time}"),
        Some(then) => format!(
            "{rate}/s were held for the first {time}; then it carried {:.0}% less, {}/s",
            100.0 * (1.0 - then / held.rate_per_s),
            three_digits(then)
        ),
        None => format!("{rate}/s were held for the first {time}, and not after that"),
    }
}

fn ms(seconds: f64) -> String {
    format!("{} ms", three_digits(1000.0 * seconds))
}

/// `300 s` for people.
fn seconds(seconds: f64) -> String {
    if seconds >= 120.0 && seconds % 60.0 == 0.0 {
        format!("{:.0} minutes", seconds / 60.0)
    } else {
        format!("{seconds:.0} s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_held_is_said_with_what_came_after() {
        let row = |for_s, whole, then_per_s| {
            held(&HeldRow {
                rate_per_s: 200.0,
                for_s,
                whole,
                then_per_s,
            })
        };
        assert_eq!(row(300.0, true, None), "200/s were held for 5 minutes");
        assert_eq!(
            row(64.0, false, Some(140.0)),
            "200/s were held for the first 64 s; then it carried 30% less, 140/s"
        );
        assert_eq!(
            row(64.0, false, None),
            "200/s were held for the first 64 s, and not after that"
        );
    }

    #[test]
    fn a_change_is_blamed_on_nothing_that_was_not_seen() {
        let row = |after_s, broke_per_s| {
            changed(&ChangeRow {
                rate_per_s: 40.0,
                before_s: 0.02,
                after_s,
                since_step: 9,
                broke_per_s,
                quicker: after_s.is_some_and(|after_s: f64| after_s < 0.02),
            })
        };
        assert!(
            row(Some(0.01), Some(80.0))
                .starts_with("the target became quicker while it was measured: at 40.0/s a call took 20.0 ms")
        );
        assert!(row(Some(0.03), Some(80.0)).contains("did not come back"));
        assert!(row(None, Some(80.0)).contains("it did not hold in step 9, after 80.0/s had broken it"));
        assert!(row(Some(0.03), None).ends_with("nothing had broken it in between"));
    }

    #[test]
    fn refusals_are_named_with_the_connections_they_came_over() {
        let refusals = Refusals {
            users: 250,
            kinds: [("429".to_owned(), 900), ("503".to_owned(), 2)].into(),
        };
        let told = refusals.told(200.0).unwrap();
        assert!(
            told.starts_with(
                "at 200/s calls failed over 250 connections, one for each virtual user: 429 (900), 503 (2); 429 is"
            ),
            "{told}"
        );
        assert_eq!(Refusals::default().told(200.0), None);
    }

    #[test]
    fn what_came_is_said_and_not_that_nothing_did() {
        for (kind, said) in [
            (
                "wrong-body",
                "; the target answered with success, and with another body",
            ),
            ("connect", "; no connection came about"),
            ("timeout", "; no answer came in time"),
            ("reset", "; no whole answer came"),
        ] {
            let refusals = Refusals {
                users: 9,
                kinds: [(kind.to_owned(), 5)].into(),
            };
            let told = refusals.told(50.0).unwrap();
            assert!(told.contains(said), "{told}");
        }
    }
}
