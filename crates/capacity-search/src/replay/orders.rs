//! Whether the order of service times matters: the calls of each step must have waited as long as they would have, had their
//! service times come in any other order and from any other step (a permutation test, Pitman 1937).

use super::edge::SEED;
use super::line::Line;
use super::sample::Sample;
use super::services::Services;
use crate::evidence::{StepResult, number};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

/// Orders that each step is compared with...
const ORDERS: usize = 30;
/// ...as far as it has so many calls.
const FEWEST: usize = 100;
/// A step may differ from them by so many standard deviations...
const ONE_DIFFERS: f64 = 4.0;
/// ...and all together by so many.
const ALL_DIFFER: f64 = 3.0;
/// A mean response time that is off by no more than this share is no difference.
const NO_MATTER: f64 = 0.006;

/// By how much steps differ from what they would be in any other order, as a share of what chance explains.
pub(super) fn differ(services: &Services, steps: &[&StepResult]) -> f64 {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(SEED);
    let (mut sum, mut count, mut most) = (0.0, 0.0, 0.0_f64);
    for (step, needed_ns) in steps.iter().zip(&services.by_step) {
        if step.calls.len() < FEWEST {
            continue;
        }
        let seen = ln_mean_response(services, step, needed_ns.iter().copied());
        let others = (0..ORDERS).map(|_| {
            let drawn = std::iter::repeat_with(|| services.sorted_ns[rng.random_range(0..services.sorted_ns.len())]);
            ln_mean_response(services, step, drawn)
        });
        let others = Sample::of(others.collect::<Vec<_>>());
        let away = (seen - others.mean()) / others.deviation().max(NO_MATTER);
        sum += away;
        count += 1.0;
        most = most.max(away.abs());
    }
    (most / ONE_DIFFERS).max(sum.abs() / f64::max(count, 1.0).sqrt() / ALL_DIFFER)
}

/// The logarithm of the mean response time of a step's calls, had they needed these times.
fn ln_mean_response(services: &Services, step: &StepResult, needed_ns: impl Iterator<Item = u64>) -> f64 {
    let mut line = Line::new(services.workers);
    let responses_ns = step.calls.iter().zip(needed_ns).map(|(call, needs_ns)| {
        let done_ns = line.take(call.at_ns, needs_ns);
        number(done_ns - call.at_ns + services.beside_ns)
    });
    Sample::of(responses_ns).mean().max(1.0).ln()
}
