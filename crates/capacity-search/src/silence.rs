//! Pauses: stretches in which calls are under way and none is answered, far longer than the target usually takes from one answer
//! to the next. A garbage collection, a rotation of logs or a neighbour stops every call at once; load does not, it only makes
//! the answers late.

use super::evidence::{Allowed, StepResult, number};

/// Stretches are counted by length in so many classes for each factor of ten...
const PER_DECADE: f64 = 10.0;
/// ...from this length on, in seconds...
const SHORTEST_S: f64 = 1e-5;
/// ...to a thousand seconds.
const CLASSES: usize = 80;
/// A pause is so many times longer than stretches usually are...
const TIMES: f64 = 5.0;
/// ...that is, than those that this share of all time is made of: what takes up more of it belongs to the target.
const USUALLY: f64 = 0.95;
/// Fewer stretches than these do not say what is usual.
const FEWEST: usize = 20;
/// A pause that is shorter than this share of the shortest limit makes hardly a call late.
const OF_LIMIT: f64 = 0.5;
/// Where no objective speaks of latency, a shorter one is none, in seconds.
const SHORTEST_PAUSE_S: f64 = 0.2;

/// The stretches of some steps in which calls were under way and none was answered.
#[derive(Debug, Clone)]
pub(super) struct Silences {
    /// By class of length: how much time they take up, in seconds. The longest of each step is not among them.
    by_length_s: [f64; CLASSES],
    count: usize,
}

impl Silences {
    pub(super) fn new() -> Self {
        Self {
            by_length_s: [0.0; CLASSES],
            count: 0,
        }
    }

    /// Adds those of a step, and says how long the target paused in it, in seconds, if it did. Nothing is seen where the step's
    /// calls are not known.
    pub(super) fn add(&mut self, step: &StepResult, allowed: &[Allowed]) -> Option<f64> {
        let mut stretches_s = stretches_s(step);
        let at = (0..stretches_s.len()).max_by(|one, other| stretches_s[*one].total_cmp(&stretches_s[*other]))?;
        let longest_s = stretches_s.swap_remove(at);
        self.count += stretches_s.len();
        for length_s in stretches_s {
            self.by_length_s[class(length_s)] += length_s;
        }
        let limits_s = allowed.iter().filter_map(|allowed| allowed.limit_s);
        let shortest_s = limits_s
            .reduce(f64::min)
            .map_or(SHORTEST_PAUSE_S, |limit_s| OF_LIMIT * limit_s);
        let stands_out = self.count >= FEWEST && longest_s > TIMES * self.usual_s();
        (stands_out && longest_s > shortest_s).then_some(longest_s)
    }

    /// The length that most of the time is made of, or shorter ones, in seconds.
    fn usual_s(&self) -> f64 {
        let all_s: f64 = self.by_length_s.iter().sum();
        let mut sum_s = 0.0;
        let within = self.by_length_s.iter().position(|length_s| {
            sum_s += length_s;
            sum_s >= USUALLY * all_s
        });
        let above = number(within.unwrap_or_default() as u64 + 1);
        SHORTEST_S * 10.0_f64.powf(above / PER_DECADE)
    }
}

fn class(length_s: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "no less than 0, and casts saturate"
    )]
    let class = (PER_DECADE * (length_s / SHORTEST_S).max(1.0).log10()) as usize;
    class.min(CLASSES - 1)
}

/// From each answer to the next, in seconds, as far as a call was under way meanwhile.
fn stretches_s(step: &StepResult) -> Vec<f64> {
    let mut ends_ns: Vec<u64> = step.calls.iter().map(|call| call.at_ns + call.took_ns).collect();
    ends_ns.sort_unstable();
    let (mut before_ns, mut sent) = (0, 0);
    let stretches = ends_ns.iter().enumerate().map(|(answered, end_ns)| {
        while step.calls.get(sent).is_some_and(|call| call.at_ns <= before_ns) {
            sent += 1;
        }
        // When nobody is under way, the target is silent from the next call on.
        let from_ns = match step.calls.get(sent) {
            Some(next) if sent <= answered => next.at_ns,
            _ => before_ns,
        };
        before_ns = *end_ns;
        number(end_ns.saturating_sub(from_ns)) / 1e9
    });
    stretches.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Call, Ending, StepPlan};
    use proofload_results::capacity::Purpose;
    use std::time::Duration;

    const P99: Allowed = Allowed {
        share: Some(0.01),
        limit_s: Some(0.25),
    };

    /// A step at 100/s for 10 s on a server that takes 8 ms for each call, one after the other, and stops at some instants, in
    /// seconds, for some time.
    fn step(pauses_s: &[(f64, f64)]) -> StepResult {
        let mut free_s = 0.0_f64;
        let calls = (0..1000_u32).map(|number| {
            let at_s = f64::from(number) / 100.0;
            let mut end_s = free_s.max(at_s) + 0.008;
            for (from_s, length_s) in pauses_s {
                if end_s > *from_s && free_s.max(at_s) < from_s + length_s && free_s <= *from_s {
                    end_s += length_s;
                }
            }
            free_s = end_s;
            let ns = |seconds: f64| u64::try_from(Duration::from_secs_f64(seconds).as_nanos()).unwrap();
            Call {
                at_ns: ns(at_s),
                took_ns: ns(end_s - at_s),
            }
        });
        StepResult {
            plan: StepPlan {
                purpose: Purpose::Edge,
                rate_per_s: 100.0,
                warm_up_s: 0.0,
                measured_s: 10.0,
            },
            ending: Ending::Whole,
            moments: Vec::new(),
            under_way_before: 0,
            calls: calls.collect(),
            held: Vec::new(),
            median_s: 0.008,
            elapsed_s: 10.0,
        }
    }

    #[test]
    fn a_pause_is_seen_with_its_length_and_a_quick_server_has_none() {
        assert_eq!(Silences::new().add(&step(&[]), &[P99]), None);
        let mut silences = Silences::new();
        let seen_s = silences.add(&step(&[(4.0, 1.5)]), &[P99]).unwrap();
        assert!((seen_s - 1.508).abs() < 0.011, "{seen_s}");
        // Shorter than half of the limit, and without a limit shorter than a fifth of a second.
        assert_eq!(silences.add(&step(&[(4.0, 0.1)]), &[P99]), None);
        assert!(silences.add(&step(&[(4.0, 0.15)]), &[P99]).is_some());
        assert_eq!(silences.add(&step(&[(4.0, 0.15)]), &[]), None);
    }

    #[test]
    fn what_a_target_does_again_and_again_is_no_pause() {
        let often: Vec<(f64, f64)> = (0..9_u32).map(|second| (f64::from(second) + 0.5, 0.15)).collect();
        assert_eq!(Silences::new().add(&step(&often), &[P99]), None);
    }

    #[test]
    fn calls_that_are_not_known_show_nothing() {
        let unknown = StepResult {
            calls: Vec::new(),
            ..step(&[(4.0, 1.5)])
        };
        assert_eq!(Silences::new().add(&unknown, &[P99]), None);
    }
}
