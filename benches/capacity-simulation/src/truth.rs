//! The truth, by long simulation: the rate at which the allowed share of calls takes longer than the limit.

use crate::Setting;
use crate::callers::Callers;
use proofload_mock_server::Behaviour;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use std::num::NonZeroU32;

/// Evaluations of the share.
const HALVINGS: usize = 12;

/// The highest rate at which `setting`, at its first speed, holds its objectives in the long run (warm, new and upright), by a simulation of `calls` calls
/// at every rate looked at. Where no latency breaks below it, that is the rate at which the queue keeps up at all.
pub fn truth_per_s(setting: &Setting, calls: u32) -> f64 {
    let capacity = setting.most_per_s();
    let (mut low, mut high) = (0.02 * capacity, 1.002 * capacity);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if breaks(setting, middle, calls) {
            high = middle;
        } else {
            low = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The server as it is when it is warm, new and upright.
fn in_the_long_run(setting: &Setting) -> Setting {
    let mut setting = setting.clone();
    for behaviour in &setting.behaviours {
        if let Behaviour::Autoscale { most, .. } = behaviour {
            setting.workers = NonZeroU32::new(*most).unwrap_or(setting.workers);
        }
    }
    setting.behaviours.retain(|behaviour| {
        !matches!(
            behaviour,
            Behaviour::WarmUp { .. }
                | Behaviour::Leak { .. }
                | Behaviour::Collapse { .. }
                | Behaviour::Autoscale { .. }
        )
    });
    setting
}

/// Whether more calls than may be are beyond the limit, or fail, at a rate; the same random numbers at every rate, so that their
/// share grows smoothly.
fn breaks(setting: &Setting, rate_per_s: f64, calls: u32) -> bool {
    let mut callers = Callers::new(&in_the_long_run(setting), 1);
    callers.connect_anew(rate_per_s);
    let mut arrivals = Xoshiro256PlusPlus::seed_from_u64(2);
    let mut others = Xoshiro256PlusPlus::seed_from_u64(3);
    let exponential = |rng: &mut Xoshiro256PlusPlus| -(1.0 - rng.random::<f64>()).ln();
    let warm_up = calls / 10;
    let (mut at_s, mut beyond, mut failed) = (0.0, 0_u32, 0_u32);
    let mut sent_s: Vec<f64> = Vec::with_capacity(calls as usize);
    let mut note = |callers: &mut Callers, sent_s: &[f64]| {
        while let Some((number, done_s)) = callers.answered() {
            let mut response_s = done_s - sent_s[number];
            response_s += setting.noise_s * exponential(&mut others);
            if let Some(pauses) = setting.pauses
                && others.random::<f64>() < pauses.share
            {
                response_s += pauses.length_s;
            }
            beyond += u32::from(number >= warm_up as usize && response_s > setting.limit_s);
        }
    };
    for call in 0..calls {
        sent_s.push(at_s);
        let is_taken = callers.call(at_s, call as usize);
        failed += u32::from(call >= warm_up && !is_taken);
        note(&mut callers, &sent_s);
        at_s += if setting.poisson {
            exponential(&mut arrivals) / rate_per_s
        } else {
            1.0 / rate_per_s
        };
    }
    callers.go_on(f64::INFINITY);
    note(&mut callers, &sent_s);
    let counted = f64::from(calls - warm_up);
    f64::from(beyond + failed) > setting.allowed * counted || f64::from(failed) > setting.allowed_errors * counted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_what_formulas_say() {
        // Fixed service, evenly spaced arrivals: nobody waits below the capacity.
        let fixed = truth_per_s(&Setting::queue(4, "fixed:20ms"), 100_000);
        assert!((fixed / 200.0 - 1.0).abs() < 0.005, "{fixed}");
        // M/M/1: the response time is exponential with rate mu - lambda, so 1% are beyond 250 ms at 50 - ln(100) / 0.25.
        let poisson = Setting {
            poisson: true,
            ..Setting::queue(1, "exp:20ms")
        };
        let poisson = truth_per_s(&poisson, 2_000_000);
        assert!((poisson / 31.58 - 1.0).abs() < 0.02, "{poisson}");
    }
}
