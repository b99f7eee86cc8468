//! Queues drawn at random.

use crate::Setting;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use std::num::NonZeroU32;

/// A queue of 1 to 64 workers with some service time, some limit on some percentile, evenly spaced or Poisson arrivals
/// and sometimes a noisy network. Its capacity is between 30 and 3,000 calls a second: less is no load that three minutes
/// can tell anything of.
pub fn random_queue(seed: u64) -> Setting {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut within = |low: f64, high: f64| low * (high / low).powf(rng.random::<f64>());
    let most: f64 = within(1.0, 65.0).floor();
    let capacity_per_s = within(30.0_f64.max(2.0 * most), 3000.0_f64.min(400.0 * most));
    let service_s = most / capacity_per_s;
    let limit_s = service_s * within(5.0, 25.0);
    let mut chance = |share: f64| rng.random::<f64>() < share;
    let (is_fixed, is_exponential) = (chance(1.0 / 3.0), chance(0.5));
    let (poisson, is_noisy) = (chance(0.5), chance(0.5));
    let allowed = [0.1, 0.05, 0.01, 0.01][rng.random_range(0..4)];
    let sigma = [0.3, 0.6][rng.random_range(0..2)];
    let us = (service_s * 1e6).round();
    let service = match (is_fixed, is_exponential) {
        (true, _) => format!("fixed:{us}us"),
        (false, true) => format!("exp:{us}us"),
        (false, false) => format!("lognormal:{us}us,{sigma}"),
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 64")]
    let workers = most as u32;
    Setting {
        workers: NonZeroU32::new(workers).unwrap_or(NonZeroU32::MIN),
        poisson,
        allowed,
        limit_s,
        noise_s: if is_noisy { 0.1 * service_s } else { 0.0 },
        ..Setting::queue(1, &service)
    }
}
