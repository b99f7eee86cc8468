//! The users and arrivals of one journey, on one thread.

use crate::generator::budget::Budget;
use crate::pacer::{Arrivals, Crowd};
use proofload_deployment::units::Shard;
use std::collections::VecDeque;
use std::iter::Peekable;
use std::sync::Arc;
use std::time::Duration;

/// Where the number of users changes, it is looked at this often, in nanoseconds.
pub(super) const LANE_LOOK_NS: u64 = 10_000_000;

/// The users and arrivals of one journey.
#[derive(Debug)]
pub(crate) struct Lane {
    /// `None` when users set the pace.
    pub(super) arrivals: Option<Peekable<Arrivals>>,
    /// The same arrivals once more, counted as they fall due whether or not a user is free.
    pub(super) falling: Option<Peekable<Arrivals>>,
    /// How many have fallen due.
    pub(super) fallen: u64,
    /// Users that may still come.
    pub(super) places: usize,
    /// Free users, the longest waiting first, each with since when.
    pub(super) free: VecDeque<(usize, u64)>,
    /// How many users there are in all.
    users: u64,
    /// How many arrivals users have taken.
    pub(super) taken: u64,
    /// How many users are at work.
    pub(super) at_work: u64,
    /// How many may be, where that changes.
    crowd: Option<LaneCrowd>,
    /// The calls that users may still make, where they are limited, and how many one round makes.
    budget: Option<(Arc<Budget>, u64)>,
    /// Which of all rounds are this lane's, where users set the pace: no two threads begin the same.
    share: Shard,
}

impl Lane {
    /// A lane with these arrivals, or one where users set the pace, and so many places for users.
    pub(crate) fn new(arrivals: Option<Arrivals>, places: usize) -> Self {
        Self {
            falling: arrivals.clone().map(Iterator::peekable),
            arrivals: arrivals.map(Iterator::peekable),
            fallen: 0,
            places,
            free: VecDeque::new(),
            users: places as u64,
            taken: 0,
            at_work: 0,
            crowd: None,
            budget: None,
            share: Shard::ALL,
        }
    }

    /// The same lane, in which only some of the users are at work at a time.
    pub(crate) fn staged(self, crowd: Option<LaneCrowd>) -> Self {
        Self { crowd, ..self }
    }

    /// The same lane, whose rounds make so many calls each and end with the budget.
    pub(crate) fn limited(self, budget: Option<Arc<Budget>>, calls: u64) -> Self {
        Self {
            budget: budget.map(|budget| (budget, calls)),
            ..self
        }
    }

    /// The same lane, whose rounds are that share of all.
    pub(crate) fn numbered(self, share: Shard) -> Self {
        Self { share, ..self }
    }

    /// Whether the number of users at work changes by itself.
    pub(super) fn is_staged(&self) -> bool {
        self.crowd.is_some()
    }

    /// The number of the next round where users set the pace; none when there is none now.
    pub(super) fn next_round(&mut self, now_ns: u64, start_ns: u64, end_ns: u64) -> Option<u64> {
        let bounded = self.crowd.is_some() || self.budget.is_some();
        // However short the run is, there is a round for every user.
        if now_ns >= end_ns && (bounded || self.taken >= self.users) {
            return None;
        }
        if let Some(crowd) = &self.crowd
            && self.at_work >= crowd.at(now_ns - start_ns)
        {
            return None;
        }
        if let Some((budget, calls)) = &self.budget
            && !budget.take(*calls, now_ns)
        {
            return None;
        }
        Some(self.taken.wrapping_mul(self.share.of).wrapping_add(self.share.index))
    }

    /// Counts what has fallen due until `until_ns` after the start; returns how much that is.
    pub(super) fn count(&mut self, until_ns: u64) -> u64 {
        let before = self.fallen;
        if let Some(falling) = &mut self.falling {
            while falling.next_if(|next| next.due_ns <= until_ns).is_some() {
                self.fallen += 1;
            }
        }
        self.fallen - before
    }
}

/// How many users of one lane are at work, of a crowd that is spread over all lanes of all machines.
#[derive(Debug)]
pub(crate) struct LaneCrowd {
    /// All of them.
    pub(crate) crowd: Arc<Crowd>,
    /// Which of them are this machine's.
    pub(crate) shard: Shard,
    /// The places of this lane's users in the order in which the machine's users come, ascending.
    pub(crate) ranks: Vec<u32>,
}

impl LaneCrowd {
    /// How many are at work so long after the start.
    fn at(&self, since_ns: u64) -> u64 {
        let all = self.crowd.at(Duration::from_nanos(since_ns));
        let here = self.shard.part(all.into());
        self.ranks.partition_point(|rank| u64::from(*rank) < here) as u64
    }
}

/// In which order the users of several lanes come, so that at any time each lane has its share of those that are there: for
/// each lane the places of its users.
pub(crate) fn ranks(lanes: &[usize]) -> Vec<Vec<u32>> {
    #[expect(clippy::cast_precision_loss, reason = "users are few")]
    let at = |user: usize, users: usize| (user as f64 + 0.5) / users as f64;
    let each = lanes.iter().enumerate();
    let users = each.flat_map(|(lane, users)| (0..*users).map(move |user| (at(user, *users), lane)));
    let mut order: Vec<(f64, usize)> = users.collect();
    order.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    let mut ranks = vec![Vec::new(); lanes.len()];
    for (rank, (_, lane)) in (0..).zip(order) {
        ranks[lane].push(rank);
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pacer::{Stage, Users};

    #[test]
    fn every_lane_has_its_share_of_the_users_at_any_time() {
        let ranks = ranks(&[1, 3, 6]);
        let mut all: Vec<u32> = ranks.concat();
        all.sort_unstable();
        assert_eq!(all, (0..10).collect::<Vec<_>>());
        let of_ten = |present: u32| {
            let here = |lane: &Vec<u32>| lane.iter().filter(|rank| **rank < present).count();
            ranks.iter().map(here).collect::<Vec<_>>()
        };
        assert_eq!(of_ten(10), [1, 3, 6]);
        assert_eq!(of_ten(5).iter().sum::<usize>(), 5);
        assert!(of_ten(5)[2] == 3, "{ranks:?}");
    }

    #[test]
    fn no_more_users_are_at_work_than_there_are() {
        let second = Duration::from_secs(1);
        let stages = [
            Stage::Ramp {
                lasts: second * 4,
                to: Users(4),
            },
            Stage::Ramp {
                lasts: second * 4,
                to: Users(0),
            },
        ];
        let crowd = LaneCrowd {
            crowd: Arc::new(Crowd::staged(Users(0), &stages)),
            shard: Shard::ALL,
            ranks: vec![0, 1, 2, 3],
        };
        let mut lane = Lane::new(None, 4).staged(Some(crowd));
        let end_ns = 8_000_000_000;
        assert_eq!(lane.next_round(0, 0, end_ns), None, "nobody is there yet");
        assert_eq!(lane.next_round(1_100_000_000, 0, end_ns), Some(0));
        lane.at_work = 1;
        assert_eq!(lane.next_round(1_100_000_000, 0, end_ns), None);
        assert!(lane.next_round(2_100_000_000, 0, end_ns).is_some());
        lane.at_work = 4;
        assert_eq!(lane.next_round(7_000_000_000, 0, end_ns), None, "three of four went");
        lane.at_work = 0;
        assert_eq!(lane.next_round(end_ns, 0, end_ns), None);
    }

    #[test]
    fn rounds_end_with_the_calls_that_may_be_made() {
        let budget = Arc::new(Budget::new(5));
        let mut lanes = [0, 1].map(|index| {
            Lane::new(None, 1)
                .limited(Some(budget.clone()), 2)
                .numbered(Shard { index, of: 2 })
        });
        let mut begun = Vec::new();
        for now_ns in 0..4 {
            for lane in &mut lanes {
                if let Some(number) = lane.next_round(now_ns, 0, u64::MAX) {
                    lane.taken += 1;
                    begun.push(number);
                }
            }
        }
        assert_eq!(begun, [0, 1, 2], "a round is not cut in two");
        assert_eq!(budget.spent_at_ns(), Some(1));
    }
}
