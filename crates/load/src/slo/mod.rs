//! Service level objectives: `publish.p99 < 250ms`, `errors < 0.1%`, `publish.rate >= 200/s`.

mod ceiling;
mod measured;
mod typed;
mod written;

pub use ceiling::Ceiling;
pub use typed::SloError;

use measured::{Calls, Measured};
use proofload_results::load::SloRow;
use proofload_results::objective::{Comparison, Metric, Objective};
use proofload_results::record::Totals;
use std::fmt;
use written::written;

/// An objective that a run must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Slo {
    text: String,
    objective: Objective,
}

impl Slo {
    /// What was measured, and whether the objective holds. Where nothing was called, nothing holds; what failed or was never
    /// sent is later than every limit, and holds none. It is undecided where it would have come out otherwise, had the
    /// generator itself delayed no call, nor failed or left one out.
    pub fn evaluate(&self, totals: &Totals) -> SloRow {
        let operation = self.objective.operation.as_deref();
        let (measured, held) = self.figure(&Calls::of(totals, operation));
        if let Some(offered) = self.beyond_the_offer(totals) {
            return SloRow {
                slo: self.text.clone(),
                measured,
                held: false,
                at_best: Some(format!("{}{offered} were offered", SloRow::OFFERED)),
                objective: Some(self.objective.clone()),
            };
        }
        let (at_best, held_at_best) = if totals.was_delayed() {
            self.figure(&Calls::at_best(totals, operation))
        } else {
            (measured.clone(), held)
        };
        SloRow {
            slo: self.text.clone(),
            measured,
            held: held && held_at_best,
            at_best: (held != held_at_best).then_some(at_best),
            objective: Some(self.objective.clone()),
        }
    }

    /// The rate at which calls fell due, where it asks for more than that: no target could have held it, and none has missed it.
    /// None where users set the pace, for then the target sets it with them.
    pub(crate) fn beyond_the_offer(&self, totals: &Totals) -> Option<String> {
        let calls = Calls::of(totals, self.objective.operation.as_deref());
        let offered = calls.offered_per_s();
        // Where not one call came to an end, nobody knows how many were to be of which operation.
        let is_known = offered > 0.0 && !totals.lag_histogram().is_empty();
        let is_beyond = self.is_rate_floor() && is_known && !self.objective.holds(offered);
        is_beyond.then(|| written(&self.objective, offered))
    }

    fn is_rate_floor(&self) -> bool {
        self.is_about_rate() && matches!(self.objective.must_be, Comparison::More | Comparison::AtLeast)
    }

    /// What was measured, where the calls that have ended miss the objective by themselves, and would have had the generator
    /// delayed none of them. Of a rate that must be reached, what is under way counts as answered, and nothing is missed while
    /// less than that is offered, as in a ramp.
    pub(crate) fn missed_already(&self, totals: &Totals) -> Option<String> {
        let operation = self.objective.operation.as_deref();
        if self.is_rate_floor() {
            let calls = Calls::at_best(totals, operation).hopeful();
            let nothing = matches!(calls.measure(self.objective.metric), Measured::Nothing);
            let (figure, held) = self.figure(&calls);
            let excused = nothing || held || self.beyond_the_offer(totals).is_some();
            return (!excused).then_some(figure);
        }
        let calls = Calls::of(totals, operation).ended();
        let nothing = matches!(calls.measure(self.objective.metric), Measured::Nothing);
        let (figure, held) = self.figure(&calls);
        let at_best = || self.figure(&Calls::at_best(totals, operation).ended()).1;
        let excused = nothing || held || (totals.was_delayed() && at_best());
        (!excused).then_some(figure)
    }

    fn figure(&self, calls: &Calls) -> (String, bool) {
        let metric = self.objective.metric;
        match calls.measure(metric) {
            Measured::Nothing => ("nothing was called".to_owned(), false),
            Measured::Figure(figure) => (written(&self.objective, figure), self.objective.holds(figure)),
            Measured::Beyond { unserved } => (
                format!(
                    "later than any limit: {:.1}% of the calls failed or were never sent",
                    unserved * 100.0
                ),
                false,
            ),
        }
    }
}

impl Slo {
    /// What holds where nobody stated an objective: most of what was due succeeded. A load that mostly fails measured
    /// how a target refuses, and nobody would sign that it passed.
    pub(crate) fn most_succeed() -> Self {
        Self {
            text: "errors <= 50%".to_owned(),
            objective: Objective::new(None, Metric::Errors, Comparison::AtMost, 0.5),
        }
    }

    /// Whether it is an objective on errors that the calls which failed miss by themselves, whatever was never sent, and
    /// without those that the generator may have failed itself.
    pub(crate) fn is_broken_by_failures(&self, totals: &Totals) -> bool {
        let ended = Calls::at_best(totals, self.objective.operation.as_deref()).ended();
        self.objective.metric == Metric::Errors
            && matches!(ended.measure(Metric::Errors), Measured::Figure(share) if !self.objective.holds(share))
    }
}

impl fmt::Display for Slo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::load::SloState;
    use proofload_results::record::{Counters, HistogramTag, Second, latency_histogram};

    fn totals() -> Totals {
        let mut counters = Counters {
            length_s: 10.0,
            ..Counters::default()
        };
        counters
            .statuses
            .insert("publish".into(), [("200".into(), 999), ("500".into(), 1)].into());
        counters.errors.insert("publish".into(), 1);
        let mut histogram = latency_histogram();
        histogram.record_n(10_000, 990).unwrap();
        histogram.record_n(300_000, 9).unwrap();
        let mut second = Second::new(counters);
        second
            .histograms
            .insert("publish.response.ok".parse().unwrap(), histogram);
        let mut totals = Totals::default();
        totals.add(&second);
        totals.offered_s = 10.0;
        totals
    }

    #[test]
    fn objectives_hold_or_not() {
        for (text, held) in [
            ("publish.p50 < 11ms", true),
            ("publish.p99 < 250ms", true),
            ("publish.p999 < 250ms", false),
            ("p95 <= 1s", true),
            ("publish.max > 250ms", false),
            ("publish.p99.9 < 250ms", false),
            ("publish.p99.9 < 1s", true),
            ("p99.95 < 1h", false),
            ("publish.min < 11ms", true),
            ("publish.mean < 10ms", false),
            ("errors < 0.1%", false),
            ("publish.errors <= 0.1%", true),
            ("errors < 0.01", true),
            ("publish.rate >= 99/s", true),
            ("publish.rate >= 100/s", false),
            ("publish.rate < 100/s", true),
            ("renewToken.p99 < 1s", false),
        ] {
            let slo = Slo::parse(text, &["publish", "renewToken"]).unwrap();
            assert_eq!(
                slo.evaluate(&totals()).held,
                held,
                "{text}: {}",
                slo.evaluate(&totals()).measured
            );
        }
    }

    #[test]
    fn what_is_no_objective_is_refused() {
        for (text, why) in [
            ("publish.p99", "none of <"),
            ("publish.p99 < 250", "unit"),
            ("publish.p9 < 1s", "none of p50"),
            ("publish.p100 < 1s", "none of p50"),
            ("p1000 < 1s", "none of p50"),
            ("p0 < 1s", "none of p50"),
            ("p00 < 1s", "none of p50"),
            ("p995 < 1s", "none of p50"),
            ("p99. < 1s", "no operation"),
            ("p+9 < 1s", "none of p50"),
            ("publish.latency < 1s", "none of p50"),
            ("errors < 200%", "not a share"),
            ("publsh.p99 < 1s", "did you mean publish"),
            ("publish.rate >= 0/s", "more than 0"),
        ] {
            let error = Slo::parse(text, &["publish"]).expect_err(text).to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    /// A run in which calls fell due by themselves, at 100 a second over 3 s.
    fn open(sent: u64, failed: u64) -> Totals {
        let mut totals = partly(sent, failed);
        let mut second = Second::new(Counters::default());
        let mut lag = latency_histogram();
        lag.record_n(50, sent).unwrap();
        second.histograms.insert(HistogramTag::lag(), lag);
        totals.add(&second);
        totals
    }

    #[test]
    fn a_rate_that_was_never_offered_is_not_missed() {
        let slo = |text: &str| Slo::parse(text, &["publish"]).unwrap();
        for (text, sent, failed, state) in [
            ("rate >= 90/s", 300, 0, SloState::Held),
            ("rate >= 90/s", 300, 60, SloState::Missed),
            ("rate >= 100/s", 300, 0, SloState::Held),
            ("rate > 100/s", 300, 0, SloState::Undecided),
            ("rate >= 200/s", 300, 60, SloState::Undecided),
            ("rate < 50/s", 300, 0, SloState::Missed),
            ("rate >= 50/s", 0, 0, SloState::Missed),
        ] {
            let row = slo(text).evaluate(&open(sent, failed));
            assert_eq!(row.state(), state, "{text}: {}", row.figures());
        }
        let row = slo("rate >= 200/s").evaluate(&open(300, 0));
        assert_eq!(row.figures(), "100/s; no more than 100/s were offered");
        let by_users = slo("rate >= 200/s").evaluate(&partly(300, 0));
        assert_eq!(by_users.state(), SloState::Missed, "it answers too slowly");
    }

    #[test]
    fn a_rate_is_missed_before_the_end_only_by_what_failed() {
        let missed = |text: &str, sent, failed| {
            let slo = Slo::parse(text, &["publish"]).unwrap();
            slo.missed_already(&open(sent, failed)).is_some()
        };
        assert!(!missed("rate >= 150/s", 300, 0), "less was offered so far");
        assert!(!missed("rate >= 90/s", 200, 0), "what is under way may be answered");
        assert!(missed("rate >= 90/s", 200, 60));
        assert!(!missed("rate >= 90/s", 0, 0), "nothing has ended");
    }

    /// 100 calls of 10 ms were due a second over 3 s; so many were sent, of which so many failed at once.
    fn partly(sent: u64, failed: u64) -> Totals {
        let mut counters = Counters {
            length_s: 3.0,
            due: 300,
            sent,
            done: sent,
            ..Counters::default()
        };
        let statuses = [("200".to_owned(), sent - failed), ("503".to_owned(), failed)];
        counters.statuses.insert("publish".into(), statuses.into());
        counters.errors.insert("publish".into(), failed);
        let mut second = Second::new(counters);
        for (tag, us, count) in [
            ("publish.response.ok", 10_000, sent - failed),
            ("publish.response.error", 1_000, failed),
        ] {
            let mut histogram = latency_histogram();
            histogram.record_n(us, count).unwrap();
            second.histograms.insert(tag.parse().unwrap(), histogram);
        }
        let mut totals = Totals::default();
        totals.add(&second);
        totals
    }

    #[test]
    fn what_was_never_sent_or_failed_is_later_than_every_limit() {
        let held = |text: &str, totals: &Totals| Slo::parse(text, &["publish"]).unwrap().evaluate(totals).held;
        for (sent, failed, p50, p90, errors_below_half, rate_at_least_90) in [
            (300, 0, true, true, true, true),
            (300, 31, true, false, true, false),
            (300, 300, false, false, false, false),
            (112, 0, false, false, false, false),
            (200, 0, true, false, true, false),
            (200, 60, false, false, false, false),
        ] {
            let totals = partly(sent, failed);
            let case = format!("{sent} sent, {failed} failed");
            assert_eq!(held("publish.p50 < 1h", &totals), p50, "{case}");
            assert_eq!(held("p90 <= 1h", &totals), p90, "{case}");
            assert_eq!(held("errors < 50%", &totals), errors_below_half, "{case}");
            assert_eq!(held("publish.rate >= 90/s", &totals), rate_at_least_90, "{case}");
            assert_eq!(held("max < 1h", &totals), sent == 300 && failed == 0, "{case}");
            assert!(!held("p99 > 1h", &totals), "{case}: nothing unanswered holds anything");
        }
        assert_eq!(
            Slo::parse("p90 < 1s", &[]).unwrap().evaluate(&partly(112, 0)).measured,
            "later than any limit: 62.7% of the calls failed or were never sent"
        );
    }
}
