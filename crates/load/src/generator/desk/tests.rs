//! Who gets what, in simulated time.

use super::*;
use crate::generator::pulse::EndTimes;
use crate::pacer::{Arrivals, Process, Schedule};
use proofload_deployment::units::Rate;
use proofload_deployment::units::Shard;
use std::time::Duration;

const MS: u64 = 1_000_000;

fn desk(per_s: f64, seconds: u64) -> Desk {
    let schedule = Schedule::constant(Rate::per_s(per_s).unwrap(), Duration::from_secs(seconds));
    let arrivals = Arrivals::new(schedule, Process::Constant, Shard::ALL);
    Desk::new(1, vec![Lane::new(Some(arrivals), 2)])
}

fn begin(number: u64, due_ns: u64, ready_ns: u64) -> Order {
    Order::Begin(Begin {
        number,
        due_ns,
        ready_ns,
    })
}

fn ending(at_ns: u64, close_ns: u64) -> EndTimes {
    EndTimes {
        arrivals_end: at_ns,
        closes: close_ns,
        given_up: close_ns,
    }
}

#[test]
fn free_users_take_turns_and_late_ones_take_what_waits() {
    let mut desk = desk(1000.0, 1);
    let (a, b) = (desk.enter(0), desk.enter(0));
    assert_eq!(desk.next(a, 0), Poll::Pending, "the run has not started");
    assert_eq!(desk.next(b, 0), Poll::Pending);
    desk.set_times(10 * MS, ending(1010 * MS, 2010 * MS));
    desk.dispatch(9 * MS);
    assert_eq!(desk.wait(a, Waker::noop()), Poll::Pending, "nothing is due yet");
    desk.dispatch(10 * MS + 7);
    assert_eq!(desk.wait(a, Waker::noop()), Poll::Ready(begin(0, 10 * MS, 10 * MS)));
    assert_eq!(desk.wait(b, Waker::noop()), Poll::Pending);
    desk.dispatch(12 * MS);
    assert_eq!(desk.wait(b, Waker::noop()), Poll::Ready(begin(1, 11 * MS, 11 * MS)));
    // Both are busy until 15 ms: what fell due meanwhile waits and keeps its instant.
    assert_eq!(desk.next(a, 15 * MS), Poll::Ready(begin(2, 12 * MS, 15 * MS)));
    assert_eq!(desk.next(b, 15 * MS), Poll::Ready(begin(3, 13 * MS, 15 * MS)));
    assert_eq!(desk.tally.waited_for_user, 2);
}

#[test]
fn the_end_sends_everybody_away_when_nothing_is_left() {
    let mut desk = desk(1000.0, 1);
    let (a, b) = (desk.enter(0), desk.enter(0));
    desk.set_times(0, ending(2 * MS, 100 * MS));
    assert_eq!(desk.next(a, 0), Poll::Ready(begin(0, 0, 0)));
    assert_eq!(desk.next(b, 0), Poll::Pending);
    // The arrival of 1 ms is still taken after the end (b was free for it), the one of 2 ms is none.
    assert_eq!(desk.next(a, 5 * MS), Poll::Ready(begin(1, MS, MS)));
    desk.dispatch(5 * MS);
    assert_eq!(desk.wait(b, Waker::noop()), Poll::Ready(Order::Leave));
    assert_eq!(desk.next(a, 6 * MS), Poll::Ready(Order::Leave));
    desk.leave(a);
    assert!(!desk.empty());
    desk.leave(b);
    desk.leave(b);
    assert!(desk.empty());
}

#[test]
fn nothing_is_sent_after_the_close() {
    let mut desk = desk(1000.0, 1);
    let a = desk.enter(0);
    desk.set_times(0, ending(10 * MS, 20 * MS));
    assert_eq!(desk.next(a, 21 * MS), Poll::Ready(Order::Leave));
}

#[test]
fn tokens_are_renewed_by_free_users_only_and_before_the_next_arrival() {
    let mut desk = desk(10.0, 1);
    let (a, b) = (desk.enter(0), desk.enter(0));
    desk.set_times(0, ending(1000 * MS, 2000 * MS));
    assert_eq!(desk.next(a, 1), Poll::Ready(begin(0, 0, 1)));
    assert_eq!(desk.next(b, 1), Poll::Pending);
    desk.renew_at(a, 50 * MS);
    desk.renew_at(b, 60 * MS);
    desk.dispatch_renewals(55 * MS);
    assert_eq!(desk.wait(b, Waker::noop()), Poll::Pending, "not due yet");
    desk.dispatch_renewals(60 * MS);
    assert_eq!(desk.wait(b, Waker::noop()), Poll::Ready(Order::Renew));
    assert_eq!(
        desk.next(a, 150 * MS),
        Poll::Ready(Order::Renew),
        "before the arrival that waits"
    );
    desk.renew_at(a, 9000 * MS);
    assert_eq!(desk.next(a, 160 * MS), Poll::Ready(begin(1, 100 * MS, 160 * MS)));
}

#[test]
fn users_that_set_the_pace_are_never_late() {
    let mut desk = Desk::new(1, vec![Lane::new(None, 1)]);
    let a = desk.enter(0);
    desk.set_times(0, ending(10 * MS, 20 * MS));
    assert_eq!(desk.next(a, 3 * MS), Poll::Ready(begin(0, 3 * MS, 3 * MS)));
    assert_eq!(desk.next(a, 4 * MS), Poll::Ready(begin(1, 4 * MS, 4 * MS)));
    assert_eq!(desk.next(a, 11 * MS), Poll::Ready(Order::Leave));
    assert_eq!(desk.fallen_due(11 * MS), 2);
    assert_eq!(desk.tally.waited_for_user, 0);
}

#[test]
fn users_that_set_the_pace_go_through_one_round_however_short_the_run() {
    let mut desk = Desk::new(1, vec![Lane::new(None, 2)]);
    let (a, b) = (desk.enter(0), desk.enter(0));
    desk.set_times(0, ending(MS, 20 * MS));
    assert_eq!(desk.next(a, 2 * MS), Poll::Ready(begin(0, 2 * MS, 2 * MS)));
    assert_eq!(desk.next(b, 3 * MS), Poll::Ready(begin(1, 3 * MS, 3 * MS)));
    assert_eq!(desk.next(a, 4 * MS), Poll::Ready(Order::Leave));
    assert_eq!(desk.next(b, 4 * MS), Poll::Ready(Order::Leave));
}

#[test]
fn arrivals_fall_due_whether_or_not_users_are_free() {
    let schedule = |per_s| Schedule::constant(Rate::per_s(per_s).unwrap(), Duration::from_secs(1));
    let lane = |per_s| {
        let arrivals = Arrivals::new(schedule(per_s), Process::Constant, Shard::ALL);
        Lane::new(Some(arrivals), 1)
    };
    let mut desk = Desk::new(1, vec![lane(1000.0), lane(100.0)]);
    let (a, b) = (desk.enter(0), desk.enter(1));
    assert_eq!(desk.fallen_due(5 * MS), 0, "nobody knows when the run starts");
    desk.set_times(10 * MS, ending(1010 * MS, 2000 * MS));
    assert_eq!(desk.fallen_due(9 * MS), 0);
    for number in 0..3 {
        let due_ns = (10 + number) * MS;
        assert_eq!(desk.next(a, 12 * MS), Poll::Ready(begin(number, due_ns, 12 * MS)));
    }
    assert_eq!(desk.next(b, 12 * MS), Poll::Ready(begin(0, 10 * MS, 12 * MS)));
    assert_eq!(desk.fallen_due(12 * MS), 4);
    // One more each millisecond on one lane, and one on the other; both users are at work.
    assert_eq!(desk.fallen_due(20 * MS), 4 + 8 + 1);
    // What would be due at the end or later is none.
    desk.end_at(ending(30 * MS, 40 * MS));
    assert_eq!(desk.fallen_due(35 * MS), 20 + 2);
}

#[test]
fn the_next_look_is_when_the_next_arrival_of_any_lane_is_due() {
    let mut desk = desk(1000.0, 1);
    desk.set_times(10 * MS, ending(1010 * MS, 2010 * MS));
    assert_eq!(desk.next_look_ns(3 * MS), 10 * MS, "the start");
    desk.dispatch(10 * MS);
    assert_eq!(desk.next_look_ns(10 * MS), 11 * MS);
    // Nobody is free: what is due waits for a user, not for a look.
    desk.dispatch(13 * MS + 7);
    assert_eq!(desk.next_look_ns(13 * MS + 7), 14 * MS);
    // Shortly before an arrival there is a rest first.
    desk.dispatch(14 * MS - 1);
    assert_eq!(desk.next_look_ns(14 * MS - 1), 14 * MS - 1 + 50_000);
    desk.end_at(ending(14 * MS, 20 * MS));
    assert_eq!(desk.next_look_ns(14 * MS - 1), 14 * MS, "not after the end");
}

#[test]
fn users_that_set_the_pace_need_looks_only_at_the_start_and_the_end() {
    let mut desk = Desk::new(1, vec![Lane::new(None, 1)]);
    desk.set_times(10 * MS, ending(50 * MS, 60 * MS));
    assert_eq!(desk.next_look_ns(0), 10 * MS);
    desk.dispatch(10 * MS);
    assert_eq!(desk.next_look_ns(10 * MS), 50 * MS);
}

#[test]
fn what_piled_up_while_the_thread_stood_still_waits_for_no_user() {
    let mut desk = desk(1000.0, 1);
    let (a, b) = (desk.enter(0), desk.enter(0));
    desk.set_times(0, ending(1000 * MS, 2000 * MS));
    assert_eq!(desk.next(a, 0), Poll::Ready(begin(0, 0, 0)));
    assert_eq!(desk.next(b, MS), Poll::Ready(begin(1, MS, MS)));
    for ms in [1, 6, 406] {
        desk.look_up(ms * MS);
    }
    // The users come back when the thread runs again, and then take what fell due meanwhile.
    for number in 2..10 {
        assert_eq!(
            desk.next(a, 407 * MS),
            Poll::Ready(begin(number, number * MS, 407 * MS))
        );
    }
    assert_eq!(
        desk.tally.waited_for_user, 4,
        "those of 2 to 5 ms waited before it stood still"
    );
    let still = desk.tally.stood_still;
    assert_eq!(
        (still.longest_ns, still.at_ns, still.total_ns),
        (400 * MS, 6 * MS, 400 * MS)
    );
}

#[test]
fn what_is_left_when_it_stood_still_until_the_close_is_missed() {
    let mut desk = desk(1000.0, 1);
    let (a, b) = (desk.enter(0), desk.enter(0));
    desk.set_times(0, ending(1000 * MS, 1100 * MS));
    assert_eq!(desk.next(a, 0), Poll::Ready(begin(0, 0, 0)));
    assert_eq!(desk.next(b, 0), Poll::Pending);
    desk.dispatch(1200 * MS);
    assert_eq!(desk.tally.missed, 999);
    desk.dispatch(1300 * MS);
    assert_eq!(desk.tally.missed, 999, "counted once");
}
