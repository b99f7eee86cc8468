use super::pace::{EASE_AFTER, PAUSE, SHUT};
use super::*;
use crate::messages::Draft;
use http::Method;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn route(path: &str) -> Route {
    Route::of(&Draft::new(Method::GET, path))
}

fn fast() -> (Throttle, Instant) {
    (Throttle::new(Duration::ZERO), Instant::now())
}

fn push(began: Instant, retry_after: Option<Duration>) -> Push {
    Push {
        status: 429,
        began,
        now: began,
        retry_after,
        tries: 0,
    }
}

/// Calls of several paths, all of them refused.
fn refuse_everybody(throttle: &Throttle, now: Instant) {
    for path in ["/a", "/b", "/c", "/a", "/b", "/c"] {
        throttle.pushed_back(&route(path), push(now, None));
    }
}

#[test]
fn while_nobody_minds_every_call_is_due_at_once() {
    let (throttle, now) = fast();
    let tags = route("/Tags");
    assert!((0..1000).all(|_| throttle.turn(now) == now && throttle.turn_of(&tags, now) == now));
    throttle.answered(&tags);
    assert_eq!(throttle.cost().pushed_back, 0);
}

#[test]
fn a_rate_that_was_asked_for_is_kept_from_the_first_call() {
    let (throttle, now) = (Throttle::new(ms(50)), Instant::now());
    let due: Vec<_> = (0..4).map(|_| throttle.turn(now) - now).collect();
    assert_eq!(due, [ms(0), ms(50), ms(100), ms(150)]);
    assert!(throttle.waits(&route("/Tags"), now).is_none(), "no fault of the target");
}

#[test]
fn a_limit_on_one_route_holds_back_nobody_else() {
    let (throttle, now) = fast();
    let (tags, others) = (route("/Tags"), route("/people"));
    for n in 0..u64::from(SHUT) {
        let began = now + ms(1100 * n);
        throttle.answered(&others);
        throttle.pushed_back(&tags, push(began, Some(ms(1000))));
        assert!(throttle.is_closed(&tags, began + ms(999)) && !throttle.is_closed(&others, began + ms(1)));
        assert_eq!((throttle.turn(began), throttle.turn_of(&others, began)), (began, began));
    }
    let shut = throttle
        .is_shut(&tags)
        .expect("whoever waited as long as was asked met the same");
    assert_eq!((shut.route, shut.status), (tags, 429));
    assert_eq!(throttle.is_shut(&others), None);
    assert!(!throttle.cost().held_all);
}

#[test]
fn where_calls_of_several_paths_are_refused_everybody_waits() {
    let (throttle, now) = fast();
    refuse_everybody(&throttle, now);
    assert!(throttle.is_closed(&route("/other"), now + ms(199)));
    for n in 1..=u64::from(SHUT) {
        throttle.pushed_back(&route("/a"), push(now + ms(60_000 * n), None));
    }
    let refused = throttle.is_shut(&route("/other")).map(|refusal| refusal.route);
    assert_eq!(refused, Some(route("/a")));
    assert!(throttle.cost().held_all);
}

#[test]
fn a_few_of_a_hundred_hold_back_nobody_and_make_no_call_slower() {
    let (throttle, now) = fast();
    let routes = ["/a", "/b", "/c", "/d"].map(route);
    for n in 0..2000_u64 {
        let (one, began) = (&routes[usize::try_from(n % 4).unwrap()], now + ms(n * 300));
        if n % 21 == 0 {
            throttle.pushed_back(one, push(began, None));
            assert!(!throttle.is_closed(one, began + PAUSE), "the retry opens again");
        } else {
            throttle.answered(one);
        }
    }
    let end = now + ms(2000 * 300);
    assert!(!throttle.cost().held_all);
    assert!(
        routes
            .iter()
            .all(|one| throttle.turn_of(one, end) == end && throttle.turn_of(one, end) == end)
    );
}

#[test]
fn calls_that_are_pushed_back_together_count_once_and_the_next_double_the_pause() {
    let (throttle, now) = fast();
    let tags = route("/Tags");
    for _ in 0..8 {
        assert_eq!(throttle.pushed_back(&tags, push(now, None)), PAUSE);
    }
    let later = now + ms(300);
    assert_eq!(throttle.pushed_back(&tags, push(later, None)), PAUSE * 2);
    throttle.answered(&tags);
    let later = later + ms(900);
    let pause = throttle.pushed_back(&tags, push(later, None));
    assert_eq!(pause, PAUSE, "an answer came between");
}

#[test]
fn those_who_had_their_turn_before_wait_too_and_shut_nothing() {
    let (throttle, now) = fast();
    let tags = route("/Tags");
    for n in 0..50 {
        throttle.pushed_back(&tags, push(now + ms(n), Some(ms(1000))));
    }
    assert_eq!(throttle.is_shut(&tags), None, "all of them are one trouble");
    assert!(throttle.is_closed(&tags, now + ms(1040)) && !throttle.is_closed(&tags, now + ms(1050)));
}

#[test]
fn a_while_without_any_brings_calls_closer_together_again() {
    let (throttle, now) = fast();
    refuse_everybody(&throttle, now);
    let apart = throttle.cost().apart;
    assert!(!apart.is_zero());
    for _ in 0..EASE_AFTER {
        throttle.answered(&route("/a"));
    }
    assert_eq!(throttle.cost().apart, apart * 9 / 10);
    for _ in 0..40 * EASE_AFTER {
        throttle.answered(&route("/a"));
    }
    assert_eq!(throttle.cost().apart, Duration::ZERO);
}

#[test]
fn a_503_that_says_nothing_shuts_no_route() {
    let (throttle, now) = fast();
    let tags = route("/Tags");
    for n in 0..u64::from(SHUT) {
        let untold = Push {
            status: 503,
            ..push(now + ms(60_000 * n), None)
        };
        throttle.pushed_back(&tags, untold);
    }
    assert_eq!(throttle.is_shut(&tags), None, "it may be the answer");
}

#[test]
fn only_time_that_passed_was_waited() {
    let (throttle, now) = fast();
    let tags = route("/Tags");
    throttle.pushed_back(&tags, push(now, Some(ms(3_600_000))));
    throttle.is_too_late(&tags);
    drop(throttle.waits(&tags, now));
    let cost = throttle.cost();
    assert!(cost.waited < ms(60_000), "{cost:?}");
    assert_eq!(cost.pushed_back, 0, "it is not made again");
    assert_eq!(
        cost.too_late.map(|(refusal, count)| (refusal.route, count)),
        Some((tags, 1))
    );
}

#[test]
fn no_server_asks_for_more_time_than_a_clock_holds() {
    let (throttle, now) = fast();
    let pause = throttle.pushed_back(&route("/Tags"), push(now, Some(Duration::MAX)));
    assert!(pause >= PAUSE);
}
