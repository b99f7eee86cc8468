//! What the calls below a limit say of those beyond it: peaks over threshold.
//!
//! Near the edge hardly any calls are beyond the limit, and they come in a few clusters, so counting them tells little.
//! Far more are beyond half of it, and how quickly they become fewer from there on says how many reach the limit: beyond
//! a high threshold the excess of nearly every distribution is near a generalised Pareto one (Balkema and de Haan 1974,
//! Pickands 1975), and waiting in a queue has an exponential tail (Kingman 1964), the one with shape 0. So
//! P(T > limit) = P(T > u) * q^r with q the share of calls that, beyond one rung of a ladder, reach the next one, and r the
//! rungs from u to the limit. Excesses are grouped by rungs and end at twice the limit, so no single stall rules them.
//!
//! A low threshold uses more calls, a high one less of an assumption. Of several the lowest is taken whose estimate agrees
//! with that of every higher one, and with the count, within their errors (Lepski 1991): where the shape below says something
//! else than the shape above, only what lies above is used, and in the end only the count.

use super::evidence::{Allowed, Mark, RUNGS, StepResult, number};

/// Thresholds that are tried, as rungs: a sixteenth of the limit to three quarters.
const FROM: [usize; 7] = [0, 1, 3, 5, 7, 9, 11];
/// The rung that is the limit: the last of the parts it is divided into ([`super::evidence::RUNGS_PER_LIMIT`]).
const LIMIT: usize = 15;
/// Where more calls may be beyond the limit than this, there are enough to count.
const MOST_ALLOWED: f64 = 0.11;
/// So many calls beyond the threshold at least, in all steps near the edge...
const FEWEST: u64 = 60;
/// ...and in one of them.
const FEWEST_OF_STEP: u64 = 8;
/// The overdispersion that is believed before anything is seen, and how many seconds that is worth.
const PRIOR: (f64, f64) = (30.0, 5.0);
/// Seconds are no more correlated than this: more is not told apart from a trend in so short a time.
const MOST_CORRELATED: f64 = 0.9;
/// An estimate may differ from one that assumes less by so many of the latter's standard errors.
const AGREES: f64 = 1.5;
/// Pseudo-counts that keep the estimate of a short step finite.
const PSEUDO: f64 = 1.0;

/// How the share beyond the limit is estimated from the tail.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tail {
    from: usize,
    /// The share that reaches the next rung, over all steps near the edge.
    reaches: f64,
    /// The variance of the logarithm of the estimated share, times calls.
    pub(super) variance: f64,
}

impl Tail {
    /// The best estimator for an objective by these steps, all of them near its edge; `None` when counting is better. The
    /// count's overdispersion is `dispersion`.
    pub(super) fn of(steps: &[&StepResult], objective: usize, allowed: &Allowed, dispersion: f64) -> Option<Self> {
        let share = allowed.share.filter(|share| *share <= MOST_ALLOWED)?;
        allowed.limit_s?;
        let mut sum = Mark::default();
        for step in steps {
            sum.add(&step.mark(objective));
        }
        let calls = number(sum.calls);
        let mut best: Option<Self> = None;
        // What assumes less, and its variance: the count first, then from high thresholds to low ones.
        let mut before: Vec<(f64, f64)> = Vec::new();
        for from in FROM.into_iter().rev().filter(|from| sum.over[*from] >= FEWEST) {
            let mut tail = Self {
                from,
                reaches: ladder(&sum, from).share(0.5),
                variance: 0.0,
            };
            tail.variance = tail.variance_per_call(steps, objective, &sum);
            let ln_share = tail.ln_share(&sum);
            let expected = calls * ln_share.exp().max(share / 4.0);
            let counted = (
                ((number(sum.beyond) + 0.5) / calls).ln(),
                dispersion / expected.max(0.5),
            );
            let agrees = |(seen, variance): &(f64, f64)| (ln_share - seen).abs() <= AGREES * variance.sqrt();
            if !before.iter().chain([&counted]).all(agrees) {
                break;
            }
            before.push((ln_share, tail.variance / calls));
            best = Some(tail);
        }
        best.filter(|tail| tail.variance < dispersion / share)
    }

    /// The logarithm of the share beyond the limit in one step; `None` when it has too few calls beyond the threshold.
    ///
    /// The mean excess is unbiased, not its inverse, which the logarithm is proportional to: that makes up for
    /// variance / |logarithm| (the second term of the series).
    pub(super) fn estimate(&self, mark: &Mark) -> Option<f64> {
        let ln_share = self.ln_share(mark);
        let usual = self.variance / number(mark.calls.max(1)) / ln_share.abs().max(2.0);
        (mark.over[self.from] >= FEWEST_OF_STEP).then(|| ln_share + usual.min(1.0))
    }

    fn ln_share(&self, mark: &Mark) -> f64 {
        let share = (number(mark.over[self.from]) + 0.5) / (number(mark.calls) + 1.0);
        share.ln() + self.rungs() * ladder(mark, self.from).share(self.reaches).ln()
    }

    fn rungs(&self) -> f64 {
        number((LIMIT - self.from) as u64)
    }

    /// By the influence of each second on the estimate, and the long-run variance of that.
    fn variance_per_call(&self, steps: &[&StepResult], objective: usize, sum: &Mark) -> f64 {
        let (calls, over) = (number(sum.calls), number(sum.over[self.from]));
        let all = ladder(sum, self.from);
        let mut series = Vec::new();
        for step in steps {
            let whole = step.mark(objective);
            let own = ladder(&whole, self.from);
            let share = number(whole.over[self.from]) / number(whole.calls.max(1));
            let reaches = own.share(self.reaches);
            let marks = step.moments.iter().filter_map(|moment| moment.marks.get(objective));
            let influences: Vec<f64> = marks
                .map(|mark| {
                    let rungs = ladder(mark, self.from);
                    let started = (number(mark.over[self.from]) - share * number(mark.calls)) / over;
                    started + self.rungs() * (rungs.reached - reaches * rungs.passed) / all.reached.max(1.0)
                })
                .collect();
            series.push(influences);
        }
        let seconds = number(series.iter().map(Vec::len).sum::<usize>() as u64);
        let share = over / calls;
        let independent =
            (1.0 - share) / share + self.rungs().powi(2) * (1.0 - all.share(0.5)) * calls / all.reached.max(1.0);
        let seen = long_run(&series) * calls / independent;
        let (prior, worth) = PRIOR;
        independent * ((seen * seconds + prior * worth) / (seconds + worth)).max(1.0)
    }
}

/// Calls that passed rungs, and those of them that reached the next one.
struct Ladder {
    passed: f64,
    reached: f64,
}

impl Ladder {
    /// The share that reaches the next rung, drawn a little towards `usual`.
    fn share(&self, usual: f64) -> f64 {
        (self.reached + PSEUDO * usual) / (self.passed + PSEUDO)
    }
}

fn ladder(mark: &Mark, from: usize) -> Ladder {
    let sum = |rungs: &[u64]| number(rungs.iter().sum());
    Ladder {
        passed: sum(&mark.over[from..RUNGS - 1]),
        reached: sum(&mark.over[from + 1..]),
    }
}

/// The variance of the sum of series that go on like autoregressions of first order, as queues do: what each second is off by
/// decays evenly. Their common autocorrelation is corrected for being measured on short series (Kendall 1954).
pub(super) fn long_run(series: &[Vec<f64>]) -> f64 {
    let (mut squares, mut products, mut count) = (0.0, 0.0, 0.0);
    for rests in series {
        squares += rests.iter().map(|rest| rest * rest).sum::<f64>();
        products += rests.windows(2).map(|pair| pair[0] * pair[1]).sum::<f64>();
        count += number(rests.len() as u64);
    }
    if squares <= 0.0 {
        return 0.0;
    }
    let length = (count / number(series.len() as u64)).max(2.0);
    let seen = products / squares * length / (length - 1.0);
    let correlation = (seen + (1.0 + 3.0 * seen) / length).clamp(0.0, MOST_CORRELATED);
    squares * length / (length - 1.0) * (1.0 + correlation) / (1.0 - correlation)
}

const _: () = assert!(RUNGS > LIMIT + 1, "the ladder reaches beyond the limit");
