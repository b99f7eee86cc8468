use super::*;
use std::num::NonZeroU32;

const MS: u64 = 1_000_000;

fn queue(workers: u32, service: &str, slowdown: f64, behaviours: &[&str]) -> Queue {
    Queue::new(QueueSettings {
        workers: NonZeroU32::new(workers).unwrap(),
        service: service.parse().unwrap(),
        slowdown,
        behaviours: behaviours.iter().map(|text| text.parse().unwrap()).collect(),
        seed: 7,
    })
}

/// When calls are done that come at these instants over these connections, in milliseconds; none where they are refused.
fn done_ms(queue: &mut Queue, calls: impl IntoIterator<Item = (u64, u64)>) -> Vec<Option<u64>> {
    let mut take = |(at_ms, connection)| {
        queue.admit(at_ms * MS).ok()?;
        Some(queue.arrive(at_ms * MS, connection))
    };
    let tickets: Vec<Option<u64>> = calls.into_iter().map(&mut take).collect();
    queue.go_on(u64::MAX);
    let begun: Vec<Begun> = std::iter::from_fn(|| queue.begun()).collect();
    let done = |ticket: u64| {
        begun
            .iter()
            .find(|one| one.ticket == ticket)
            .map(|one| one.done_ns / MS)
    };
    tickets.into_iter().map(|ticket| done(ticket?)).collect()
}

fn at_ms(instants: &[u64]) -> Vec<(u64, u64)> {
    instants.iter().map(|at| (*at, 0)).collect()
}

fn some(done: &[u64]) -> Vec<Option<u64>> {
    done.iter().copied().map(Some).collect()
}

#[test]
fn so_many_at_once_and_the_others_in_line() {
    let mut queue = queue(2, "fixed:20ms", 0.0, &[]);
    assert_eq!(
        done_ms(&mut queue, at_ms(&[0, 1, 2, 3, 50])),
        some(&[20, 21, 40, 41, 70])
    );
}

#[test]
fn departures_keep_no_lateness() {
    // Always somebody waiting: the thousandth is done after exactly a thousand services.
    let mut queue = queue(1, "fixed:20ms", 0.0, &[]);
    let done = done_ms(&mut queue, (0..1000).map(|n| (n, 0)));
    assert_eq!(done.last(), Some(&Some(20_000)));
}

#[test]
fn its_capacity_is_workers_by_mean_service_time() {
    for service in ["fixed:20ms", "exp:20ms", "lognormal:20ms,1"] {
        let mut queue = queue(4, service, 0.0, &[]);
        assert!((queue.settings.capacity_per_s() - 200.0).abs() < 1e-9);
        let count = 100_000;
        for _ in 0..count {
            queue.arrive(0, 0);
        }
        queue.go_on(u64::MAX);
        let last = std::iter::from_fn(|| queue.begun())
            .map(|begun| begun.done_ns)
            .max()
            .unwrap();
        let per_s = f64::from(count) / s_of(last);
        assert!((per_s / 200.0 - 1.0).abs() < 0.02, "{service}: {per_s}");
    }
}

#[test]
fn a_server_that_slows_down_does_less_the_more_wait() {
    let mut queue = queue(1, "fixed:10ms", 0.1, &[]);
    // Alone in the system twice (the second finds nobody waiting), then 1 and 2 others wait: 10, 10, 11, 12 ms. Once it is empty
    // it is as fast as before.
    assert_eq!(
        done_ms(&mut queue, at_ms(&[0, 0, 0, 0, 100])),
        some(&[10, 20, 31, 43, 110])
    );
}

#[test]
fn the_same_seed_serves_the_same() {
    let times = || {
        done_ms(
            &mut queue(3, "exp:5ms", 0.0, &["mix:share=20%,times=5"]),
            (0..100).map(|n| (n, 0)),
        )
    };
    assert_eq!(times(), times());
}

#[test]
fn a_batch_is_taken_when_it_is_full_or_its_first_call_waited_enough() {
    let mut queue = queue(1, "fixed:20ms", 0.0, &["batch:size=3,wait=5ms,each=50%"]);
    let done = done_ms(
        &mut queue,
        at_ms(&[0, 1, 2, 100, 103, 200, 201, 202, 203, 204, 205, 206]),
    );
    // Full at 2: 20 ms and twice 10 more. Two at 105: 30 ms. Three at 202, three more when those are done, and one.
    let expected = [42, 42, 42, 135, 135, 242, 242, 242, 282, 282, 282, 302];
    assert_eq!(done, some(&expected));
}

#[test]
fn a_batching_server_carries_size_times_as_much() {
    let mut queue = queue(1, "fixed:20ms", 0.0, &["batch:size=8,wait=2ms"]);
    // 390/s of 400/s: nobody waits long.
    let calls: Vec<(u64, u64)> = (0..3900).map(|n| (n * 1000 / 390, 0)).collect();
    let done = done_ms(&mut queue, calls.clone());
    let longest = calls.iter().zip(&done).map(|((at, _), done)| done.unwrap() - at).max();
    assert!(longest < Some(100), "{longest:?}");
}

#[test]
fn what_is_beyond_the_limit_is_refused_and_takes_no_time() {
    let mut queue = queue(1, "fixed:1ms", 0.0, &["rate-limit:rate=10,burst=2"]);
    let done = done_ms(&mut queue, at_ms(&[0, 0, 0, 50, 100, 150]));
    let refused: Vec<bool> = done.iter().map(Option::is_none).collect();
    assert_eq!(refused, [false, false, true, true, false, true]);
    let retry_after_s = queue.admit(150 * MS).expect_err("there is half a token");
    assert!((retry_after_s - 0.05).abs() < 1e-6, "{retry_after_s}");
}

#[test]
fn calls_of_a_connection_wait_for_its_worker_though_another_is_free() {
    let mut bound = queue(2, "fixed:20ms", 0.0, &["bound"]);
    let calls = [(0, 0), (1, 2), (2, 1), (3, 4)];
    assert_eq!(done_ms(&mut bound, calls), some(&[20, 40, 22, 60]));
    assert_eq!(
        done_ms(&mut queue(2, "fixed:20ms", 0.0, &[]), calls),
        some(&[20, 21, 40, 41])
    );
}

#[test]
fn workers_come_with_a_delay_while_calls_wait() {
    let mut queue = queue(1, "fixed:100ms", 0.0, &["autoscale:most=2,delay=250ms"]);
    let done = done_ms(&mut queue, at_ms(&[0, 0, 0, 0, 0, 0]));
    // One by one until 250, then two at once.
    assert_eq!(done, some(&[100, 200, 300, 350, 400, 450]));
    assert_eq!(queue.next_ns(), None, "there are as many as there may be");
}

#[test]
fn a_pause_holds_all_up_and_a_neighbour_slows_all_down() {
    let mut pausing = queue(2, "fixed:20ms", 0.0, &["pause:for=500ms,every=1s"]);
    assert_eq!(
        done_ms(&mut pausing, at_ms(&[0, 990, 995, 1200, 1600])),
        some(&[20, 1510, 1515, 1530, 1620])
    );
    let mut slower = queue(1, "fixed:20ms", 0.0, &["neighbour:times=2,for=1s,every=10s"]);
    assert_eq!(
        done_ms(&mut slower, at_ms(&[0, 10_100, 11_500])),
        some(&[20, 10_140, 11_520])
    );
}

#[test]
fn kinds_of_calls_take_times_of_their_own() {
    let mut queue = queue(1, "fixed:10ms", 0.0, &["mix:share=25%,times=10"]);
    let done = done_ms(&mut queue, (0..4000).map(|n| (n * 1000, 0)));
    let slow = done
        .iter()
        .zip(0..)
        .filter(|(done, n)| done.unwrap() - n * 1000 == 100)
        .count();
    assert!((900..1100).contains(&slow), "{slow}");
}

#[test]
fn a_collapsed_server_stays_so_at_a_rate_that_it_held() {
    let mut queue = queue(1, "fixed:10ms", 0.0, &["collapse:waiting=20,times=3,rest=5s"]);
    let even = |from: u64, until: u64, gap: u64| (from..until).step_by(usize::try_from(gap).unwrap()).map(|at| (at, 0));
    let last = |done: &[Option<u64>], at: u64| done.last().unwrap().unwrap() - at;
    let held = done_ms(&mut queue, even(0, 2000, 20));
    assert_eq!(last(&held, 1980), 10);
    done_ms(&mut queue, (0..40).map(|_| (2000, 0)));
    let after = done_ms(&mut queue, even(4000, 6000, 20));
    assert!(last(&after, 5980) > 500, "at 50/s it serves 33");
    let rested = done_ms(&mut queue, even(20_000, 20_200, 20));
    assert_eq!(last(&rested, 20_180), 10);
}
