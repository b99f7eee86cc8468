//! Whether a step reached a steady state: calls that pile up say that the target does not keep up, however good the
//! latencies still look.

use super::evidence::{Allowed, Ending, Moment, StepResult, number};

/// Calls pile up when more than this share of the arrivals is left over, second after second...
const GROWTH: f64 = 0.01;
/// ...and that is more than so many standard errors...
const ERRORS: f64 = 2.5;
/// ...and so many calls.
const CALLS: f64 = 4.0;
/// A step is hopeless when calls wait this many times longer than the objectives allow, or this many seconds longer...
const BEYOND: f64 = 1.2;
const BEYOND_S: f64 = 0.75;
/// ...and still pile up by this share of the arrivals at least.
const FAST: f64 = 0.08;
/// Or when so many calls are beyond an objective's limit...
const MOST: f64 = 0.5;
/// ...for so many seconds in a row. A queue at its edge also has a bad second now and then.
const SECONDS: usize = 4;
/// Or when the target fails (where an objective allows a few per cent at most) so many seconds in a row.
const FAILED_SECONDS: usize = 2;
/// Fewer calls a second say nothing.
const FEW: u64 = 4;

/// What share of the arrivals was left over, per second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Growth {
    /// Its mean over the step: 0 in a steady state, 1 minus capacity divided by rate where calls pile up.
    pub(super) share: f64,
    /// Its standard error.
    pub(super) error: f64,
    steady: bool,
}

impl Growth {
    /// Whether the target kept up.
    pub(super) fn is_steady(self) -> bool {
        self.steady
    }
}

impl StepResult {
    /// Whether the target kept up: calls did not pile up.
    pub fn is_steady(&self) -> bool {
        growth(self).is_steady()
    }

    /// Whether every objective held and calls did not pile up.
    pub fn passed(&self) -> bool {
        self.ending == Ending::Whole && self.held.iter().all(|held| *held) && self.is_steady()
    }
}

/// The growth over a step.
pub(super) fn growth(step: &StepResult) -> Growth {
    let mut growth = over(&step.moments, step.under_way_before);
    growth.steady &= step.ending != Ending::Hopeless;
    growth
}

fn over(moments: &[Moment], before: u64) -> Growth {
    let mut last = number(before);
    let mut shares = Vec::new();
    for moment in moments.iter().filter(|moment| moment.due > 0) {
        let now = number(moment.under_way);
        shares.push((now - last) / number(moment.due));
        last = now;
    }
    let count = number(shares.len() as u64).max(1.0);
    let share = shares.iter().sum::<f64>() / count;
    let variance = shares.iter().map(|each| (each - share).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
    let error = (variance / count).sqrt();
    let piled_up = last - number(before) >= CALLS && share > GROWTH && share > ERRORS * error;
    Growth {
        share,
        error,
        steady: shares.len() < 3 || !piled_up,
    }
}

/// Whether it is no use to go on with a step: all its seconds so far, warm-up included, the rate, the longest latency
/// that an objective allows in seconds, and what each objective allows.
pub fn hopeless(moments: &[Moment], rate_per_s: f64, longest_s: f64, allowed: &[Allowed]) -> bool {
    let [.., before, last] = moments else { return false };
    let wait_s = number(last.under_way) / rate_per_s;
    let piled_up = (number(last.under_way) - number(before.under_way)) / number(last.due.max(1));
    if wait_s > (BEYOND * longest_s + 0.25).max(longest_s + BEYOND_S) && piled_up > FAST && last.due > 0 {
        return true;
    }
    allowed.iter().enumerate().any(|(objective, allowed)| {
        let needed = if allowed.limit_s.is_none() {
            FAILED_SECONDS
        } else {
            SECONDS
        };
        let Some(latest) = moments.len().checked_sub(needed).map(|from| &moments[from..]) else {
            return false;
        };
        allowed.share.is_some_and(|share| share <= 0.1)
            && latest.iter().all(|moment| {
                let mark = moment.marks.get(objective).copied().unwrap_or_default();
                mark.calls >= FEW && number(mark.beyond) >= MOST * number(mark.calls)
            })
    })
}
