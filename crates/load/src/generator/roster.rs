//! How many virtual users and threads a run has on this machine.

use crate::error::LoadError;
use crate::options::LoadOptions;
use crate::workload::Workload;

/// Arrivals per second that one thread takes on before another one is started.
const RATE_PER_THREAD: f64 = 20_000.0;
/// Seconds of arrivals that the users chosen by the engine can hold: a target that stalls for one second leaves some free.
pub const USERS_HOLD_S: f64 = 1.25;
/// The engine chooses no fewer users than this...
const FEWEST_USERS: u32 = 16;
/// ...and no more than this.
const MOST_USERS: u32 = 5000;

/// How many virtual users and threads a run has on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Roster {
    /// Users of each journey, one at least.
    pub(crate) journeys: Vec<usize>,
    /// Threads that run them; each has a user of every journey.
    pub(crate) threads: usize,
}

impl Roster {
    /// The users of this machine: its share of those that were stated, or as many as its arrivals need.
    ///
    /// # Errors
    /// Fewer users were stated than there are journeys on all machines.
    pub(crate) fn new(workload: &Workload, options: &LoadOptions) -> Result<Self, LoadError> {
        let machines = u32::try_from(options.shard.of).unwrap_or(u32::MAX);
        let peak_per_s = workload
            .schedule()
            .map(|schedule| schedule.peak_per_s() / f64::from(machines));
        let most = workload.crowd().map(|crowd| crowd.most());
        let journeys = if let Some(stated) = options.users.or(most).or(workload.users) {
            let whole = shares(workload, stated, machines)?;
            let part = |users: usize| usize::try_from(options.shard.part(users as u64)).unwrap_or(usize::MAX);
            whole.into_iter().map(part).collect()
        } else {
            let enough = users_to_hold(peak_per_s.unwrap_or(1.0), USERS_HOLD_S, workload.journeys.len());
            shares(workload, enough, 1)?
        };
        let threads = threads(options.threads, peak_per_s, &journeys);
        Ok(Self { journeys, threads })
    }
}

/// Virtual users that hold the arrivals of `hold_s` seconds, within bounds and one for each journey at least.
pub fn users_to_hold(rate_per_s: f64, hold_s: f64, journeys: usize) -> u32 {
    let least = u32::try_from(journeys).unwrap_or(u32::MAX);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate is positive; casts saturate"
    )]
    let hold = (rate_per_s * hold_s).ceil() as u32;
    hold.clamp(FEWEST_USERS.max(least), MOST_USERS.max(least))
}

fn threads(stated: Option<usize>, peak_per_s: Option<f64>, journeys: &[usize]) -> usize {
    let cpus = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let chosen = stated.unwrap_or_else(|| match peak_per_s {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate is positive; casts saturate"
        )]
        Some(peak_per_s) => ((peak_per_s / RATE_PER_THREAD).ceil() as usize).min(cpus),
        None => cpus,
    });
    // Every thread has a user of every journey, so that no arrival falls to a thread without one.
    let fewest = journeys.iter().min().copied().unwrap_or(1);
    chosen.clamp(1, fewest.max(1))
}

/// How many users go through each journey over all machines, one on each machine at least.
fn shares(workload: &Workload, users: u32, machines: u32) -> Result<Vec<usize>, LoadError> {
    let count = u32::try_from(workload.journeys.len()).unwrap_or(u32::MAX);
    let least = count.saturating_mul(machines);
    if users < least {
        return Err(LoadError::TooFewUsers {
            users,
            journeys: count,
            machines,
        });
    }
    let each = machines as usize;
    let mut shares: Vec<usize> = Vec::new();
    let mut left = users as usize;
    let mut weight_left: f64 = workload.journeys.iter().map(|journey| journey.weight).sum();
    for (index, journey) in workload.journeys.iter().enumerate() {
        let others = (workload.journeys.len() - index - 1) * each;
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "users are few and shares positive"
        )]
        let share = (left as f64 * journey.weight / weight_left).round() as usize;
        let share = share.clamp(each, left.saturating_sub(others).max(each));
        weight_left -= journey.weight;
        left = left.saturating_sub(share);
        shares.push(share);
    }
    Ok(shares)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{DeadTarget, Start};
    use proofload_deployment::units::Shard;
    use std::time::Duration;

    fn options(users: Option<u32>, shard: &str) -> LoadOptions {
        LoadOptions {
            users,
            threads: Some(1000),
            timeout: Duration::from_secs(1),
            seed: 1,
            http2: None,
            keep_alive: true,
            retry_stale: true,
            out: None,
            may_load: true,
            on_dead_target: DeadTarget::Stop,
            shard: shard.parse().unwrap(),
            shard_from: None,
            start: Start::Ready,
            stream: None,
            accounts: Vec::new(),
            one_login: false,
            stop_on_breach: None,
            keep_calls: 0,
            spread: true,
            count_ports: true,
            check: crate::options::Check::None,
            watch: None,
        }
    }

    fn roster(scenario: &str, users: Option<u32>, shard: &str) -> Result<Roster, LoadError> {
        Roster::new(&Workload::find(scenario).unwrap(), &options(users, shard))
    }

    #[test]
    fn all_machines_together_have_the_users_that_were_stated() {
        for (users, machines) in [(100, 1), (101, 8), (24, 8), (5000, 7)] {
            let rosters = (0..machines).map(|index| {
                let shard = Shard { index, of: machines };
                roster("field-mix", Some(users), &shard.to_string()).unwrap()
            });
            let mut sum = 0;
            for roster in rosters {
                sum += roster.journeys.iter().sum::<usize>();
                let fewest = roster.journeys.iter().min().copied().unwrap();
                assert!(fewest >= 1 && roster.threads == fewest, "{roster:?}");
            }
            assert_eq!(sum, users as usize);
        }
    }

    #[test]
    fn too_few_users_for_all_machines_are_refused() {
        let error = roster("field-mix", Some(7), "1/8").unwrap_err().to_string();
        assert!(error.contains("on 8 machines"), "{error}");
    }

    #[test]
    fn users_that_nobody_stated_suffice_for_the_share_of_the_rate() {
        let alone: usize = roster("camera-feed", None, "1/1").unwrap().journeys.iter().sum();
        let shared: usize = roster("camera-feed", None, "2/4").unwrap().journeys.iter().sum();
        assert_eq!(alone, 250);
        assert_eq!(shared, 63);
    }
}
