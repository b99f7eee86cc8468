//! Whether a break goes on through a step, so that no single pause of the target explains it.

use super::evidence::{Allowed, StepResult, number};

/// A pause of three seconds touches as many of a step's seconds as this.
const PAUSE: usize = 4;
/// Outside of it calls pile up when there are so many more in the end...
const CALLS: f64 = 4.0;
/// ...and so many standard errors of arrivals at random.
const ERRORS: f64 = 2.5;

/// Whether calls pile up outside the worst few seconds too, or more are late than may be in several parts of the step.
pub(super) fn is_sustained(step: &StepResult, allowed: &[Allowed]) -> bool {
    let late = |(objective, allowed): (usize, &Allowed)| {
        allowed
            .share
            .is_some_and(|share| parts_late(step, objective, share) > 1)
    };
    piles_up_throughout(step) || allowed.iter().enumerate().any(late)
}

fn piles_up_throughout(step: &StepResult) -> bool {
    let mut before = number(step.under_way_before);
    let grown: Vec<(f64, f64)> = step
        .moments
        .iter()
        .map(|moment| {
            let now = number(moment.under_way);
            let grown = now - std::mem::replace(&mut before, now);
            (grown, number(moment.due))
        })
        .collect();
    if grown.len() < 2 * PAUSE {
        return false;
    }
    let sum = |part: &[(f64, f64)]| {
        part.iter()
            .fold((0.0, 0.0), |(grown, due), one| (grown + one.0, due + one.1))
    };
    let all = sum(&grown);
    grown.windows(PAUSE).all(|window| {
        let worst = sum(window);
        let (rest, due) = (all.0 - worst.0, all.1 - worst.1);
        rest > CALLS && rest > ERRORS * due.sqrt()
    })
}

/// In how many parts of a step, with a second without a late call between them, more calls were late than may be in all of it.
fn parts_late(step: &StepResult, objective: usize, share: f64) -> usize {
    let may_be = share * number(step.mark(objective).calls);
    let (mut parts, mut late) = (0, 0.0);
    for moment in &step.moments {
        let Some(mark) = moment.marks.get(objective) else {
            continue;
        };
        if mark.beyond == 0 && mark.calls > 0 {
            parts += usize::from(late > may_be);
            late = 0.0;
        }
        late += number(mark.beyond);
    }
    parts + usize::from(late > may_be)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Ending, Mark, Moment, StepPlan};
    use proofload_results::capacity::Purpose;

    const P99: Allowed = Allowed {
        share: Some(0.01),
        limit_s: Some(0.25),
    };

    /// A step at 100/s: by second, how many calls are under way at its end and how many of its calls were late.
    fn step(seconds: &[(u64, u64)]) -> StepResult {
        let moment = |(under_way, beyond): &(u64, u64)| Moment {
            length_s: 1.0,
            due: 100,
            under_way: *under_way,
            marks: vec![Mark {
                calls: 100,
                beyond: *beyond,
                ..Mark::default()
            }],
        };
        StepResult {
            plan: StepPlan {
                purpose: Purpose::Edge,
                rate_per_s: 100.0,
                warm_up_s: 0.0,
                measured_s: number(seconds.len() as u64),
            },
            ending: Ending::Whole,
            moments: seconds.iter().map(moment).collect(),
            under_way_before: 2,
            calls: Vec::new(),
            held: vec![false],
            median_s: 0.01,
            elapsed_s: 0.0,
        }
    }

    #[test]
    fn a_pause_is_not_sustained_whether_or_not_the_target_catches_up() {
        let caught_up = [
            (2, 0),
            (2, 0),
            (102, 0),
            (152, 90),
            (80, 100),
            (10, 100),
            (2, 20),
            (2, 0),
            (2, 0),
            (2, 0),
        ];
        assert!(!is_sustained(&step(&caught_up), &[P99]));
        let never = [
            (2, 0),
            (2, 0),
            (102, 0),
            (152, 90),
            (150, 100),
            (151, 100),
            (152, 100),
            (150, 100),
            (151, 100),
        ];
        assert!(!is_sustained(&step(&never), &[P99]));
    }

    #[test]
    fn what_piles_up_all_the_time_is_and_so_are_two_bad_times() {
        let overload: Vec<(u64, u64)> = (1..=10).map(|second| (2 + 20 * second, 50)).collect();
        assert!(is_sustained(&step(&overload), &[P99]));
        assert!(!is_sustained(&step(&overload[..5]), &[P99]), "too short to say so");
        let twice = [(2, 0), (2, 30), (2, 0), (2, 0), (2, 0), (2, 40), (2, 0)];
        assert!(is_sustained(&step(&twice), &[P99]));
        let hardly = [(2, 0), (2, 30), (2, 0), (2, 0), (2, 0), (2, 3), (2, 0)];
        assert!(!is_sustained(&step(&hardly), &[P99]));
    }
}
