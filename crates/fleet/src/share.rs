//! Whether every shard has something to do, and somebody to do it.

use crate::plan::PlanError;
use proofload_load::Workload;

/// Refuses a division of a load in which a shard would be idle. `users` are those that were asked for in place of the scenario's.
///
/// # Errors
/// There are more shards than arrivals, or fewer users than each shard needs.
pub fn check_shares(workload: &Workload, users: Option<u32>, shards: u32) -> Result<(), PlanError> {
    if let Some(arrivals) = workload.schedule().map(|schedule| schedule.expected())
        && arrivals < f64::from(shards)
    {
        return Err(PlanError::MoreShardsThanArrivals { shards, arrivals });
    }
    let most = workload.crowd().map(|crowd| crowd.most());
    let journeys = workload.journeys.len();
    let needed = u64::from(shards).saturating_mul(journeys as u64);
    match users.or(most).or(workload.users) {
        Some(users) if u64::from(users) < needed => Err(PlanError::MoreShardsThanUsers {
            shards,
            users,
            journeys,
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn no_shard_is_idle() {
        let mut open = Workload::find("camera-feed").unwrap();
        open.set_rate("2/s".parse().unwrap()).unwrap();
        open.set_duration(Duration::from_secs(2));
        check_shares(&open, None, 4).unwrap();
        let told = check_shares(&open, None, 5).unwrap_err().to_string();
        assert!(told.starts_with("5 shards are more than the 4 arrivals"), "{told}");

        let mut closed = Workload::find("smoke").unwrap();
        assert!(closed.schedule().is_none(), "users set its pace");
        closed.users = Some(6);
        let most = 6 / u32::try_from(closed.journeys.len()).unwrap();
        check_shares(&closed, None, most).unwrap();
        let told = check_shares(&closed, None, most + 1).unwrap_err().to_string();
        assert!(told.starts_with("6 virtual users are too few for"), "{told}");
        assert!(check_shares(&closed, Some(1000), most + 1).is_ok());
    }
}
