//! The pace of a run: as fast as it may be, and slower once the target says that it is too fast.
//!
//! A limit shows as 429, as 503 with `Retry-After`, or, before nginx with its defaults, as a 503 now and then. It may be on one
//! route, as on logins: what is learnt is learnt of the route, and holds back everybody only where calls of several paths are
//! refused, and a good part of all. Nothing here sends or sleeps by itself.

mod pace;
mod recent;
mod route;
mod told;
mod waits;

pub use pace::Push;
pub use route::Route;

use pace::{MOST_DOUBLED, MOST_OF_ONE, Pace};
use parking_lot::Mutex;
use recent::Recent;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use waits::Waits;

/// So many calls in a row that got the same 503 whenever they were made mean that it is the answer.
const STUBBORN: u32 = 3;

/// The pace of a run.
#[derive(Debug)]
pub struct Throttle {
    /// The distance that a person asked for at least.
    asked: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The pace of everybody.
    all: Pace,
    /// Whether everybody was ever held back.
    held_all: bool,
    /// The routes of which calls were pushed back.
    routes: BTreeMap<Route, OfRoute>,
    recent: Recent,
    /// How many calls were pushed back, and are made again.
    pushed_back: usize,
    /// The last of them.
    last: Option<Refusal>,
    /// The first that was asked to come again later than the run goes on, and how many there were.
    too_late: Option<(Refusal, usize)>,
    /// Calls in a row that never got through, though nothing said that they would.
    in_vain: u32,
    waits: Waits,
}

#[derive(Debug)]
struct OfRoute {
    pace: Pace,
    last: Refusal,
    /// Whether the last that was refused said that it was for a limit's sake: 429, or when to come again.
    is_told: bool,
}

/// A call that was refused for there having been too many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its route.
    pub route: Route,
    /// The status that it got.
    pub status: u16,
    /// In how long to come again, where it said so.
    pub retry_after: Option<Duration>,
}

/// What a limit cost.
#[derive(Debug, Clone)]
pub struct Cost {
    /// How many calls were pushed back, and made again.
    pub pushed_back: usize,
    /// Of which routes, in their order.
    pub routes: Vec<Route>,
    /// Whether everybody was held back because of it.
    pub held_all: bool,
    /// How far calls are apart in the end.
    pub apart: Duration,
    /// How long some call waited, so far.
    pub waited: Duration,
    /// The first that was asked to come again later than the run goes on, and how many there were.
    pub too_late: Option<(Refusal, usize)>,
}

impl Throttle {
    /// A pace; calls are `asked` apart at least.
    pub fn new(asked: Duration) -> Self {
        Self {
            asked,
            state: Mutex::default(),
        }
    }

    /// Takes the next turn of a route: when the call may be made, as far as the route goes.
    pub fn turn_of(&self, route: &Route, now: Instant) -> Instant {
        let mut state = self.state.lock();
        let of_route = state.routes.get_mut(route);
        of_route.map_or(now, |one| one.pace.turn(now, Duration::ZERO))
    }

    /// Takes the next turn among all.
    pub fn turn(&self, now: Instant) -> Instant {
        self.state.lock().all.turn(now, self.asked)
    }

    /// A call was answered in earnest.
    pub fn answered(&self, route: &Route) {
        let mut state = self.state.lock();
        state.recent.answered();
        state.all.answered();
        if let Some(one) = state.routes.get_mut(route) {
            one.pace.answered();
        }
    }

    /// Whether calls of a route wait at an instant, those too whose turn was given before.
    pub fn is_closed(&self, route: &Route, at: Instant) -> bool {
        let state = self.state.lock();
        state.all.is_closed(at) || state.routes.get(route).is_some_and(|one| one.pace.is_closed(at))
    }

    /// A call of a route was pushed back; how long to wait before it is made again.
    pub fn pushed_back(&self, route: &Route, push: Push) -> Duration {
        let mut state = self.state.lock();
        state.pushed_back += 1;
        state.recent.pushed_back(&route.path);
        let everybody = state.recent.is_everybody();
        let refusal = Refusal {
            route: route.clone(),
            status: push.status,
            retry_after: push.retry_after,
        };
        state.last = Some(refusal.clone());
        let one = state.routes.entry(route.clone()).or_insert_with(|| OfRoute {
            pace: Pace::default(),
            last: refusal.clone(),
            is_told: false,
        });
        one.last = refusal;
        one.is_told = push.status == 429 || push.retry_after.is_some();
        // What says nothing may be the answer of this operation: that is not waited for as long as a limit is.
        let most = if one.is_told { MOST_DOUBLED } else { MOST_OF_ONE };
        one.pace.saw(true);
        let widens = !everybody && one.pace.is_crowded();
        let pause = one.pace.pushed_back(push, widens, most);
        if everybody {
            state.held_all = true;
            return state.all.pushed_back(push, true, MOST_DOUBLED).max(pause);
        }
        pause
    }

    /// The call that was pushed back last of a route is not made again: it was to come again later than the run goes on.
    pub fn is_too_late(&self, route: &Route) {
        let mut state = self.state.lock();
        state.pushed_back = state.pushed_back.saturating_sub(1);
        let Some(last) = state.routes.get(route).map(|one| one.last.clone()) else {
            return;
        };
        state.too_late.get_or_insert((last, 0)).1 += 1;
    }

    /// A call was let in after it had been pushed back.
    pub fn got_through(&self) {
        self.state.lock().in_vain = 0;
    }

    /// A call of a route was pushed back as often as it was made: what it got is taken for its answer.
    pub fn in_vain(&self, route: &Route) {
        let mut state = self.state.lock();
        state.in_vain += 1;
        if let Some(one) = state.routes.get_mut(route).filter(|one| !one.is_told) {
            one.pace.begins_anew();
        }
    }

    /// Whether a 503 that does not say when to come again is worth another try.
    pub fn believes_in_limits(&self) -> bool {
        self.state.lock().in_vain < STUBBORN
    }

    /// Whether no call of a route gets through any more: what was refused last, if so.
    pub fn is_shut(&self, route: &Route) -> Option<Refusal> {
        let state = self.state.lock();
        let of_route = state
            .routes
            .get(route)
            .filter(|one| one.is_told && one.pace.is_shut())
            .map(|one| one.last.clone());
        of_route.or_else(|| state.last.clone().filter(|_| state.all.is_shut()))
    }

    /// What keeps calls of a route waiting until an instant and longer.
    pub fn closed_at(&self, route: &Route, at: Instant) -> Option<Refusal> {
        let state = self.state.lock();
        let of_route = state.routes.get(route).filter(|one| one.pace.is_closed(at));
        let of_all = || state.last.clone().filter(|_| state.all.is_closed(at));
        of_route.map(|one| one.last.clone()).or_else(of_all)
    }

    /// A call of a route begins to wait: the time counts until what is given back is gone, where it is for a limit's sake.
    pub fn waits(&self, route: &Route, now: Instant) -> Option<Waiting<'_>> {
        let mut state = self.state.lock();
        let slow = |pace: &Pace| pace.is_closed(now) || !pace.apart.is_zero();
        let for_limit = slow(&state.all) || state.routes.get(route).is_some_and(|one| slow(&one.pace));
        for_limit.then(|| {
            state.waits.begin(now);
            Waiting(self)
        })
    }

    /// What a limit cost so far.
    pub fn cost(&self) -> Cost {
        let state = self.state.lock();
        Cost {
            pushed_back: state.pushed_back,
            routes: state.routes.keys().cloned().collect(),
            held_all: state.held_all,
            apart: state.all.apart,
            waited: state.waits.until(Instant::now()),
            too_late: state.too_late.clone(),
        }
    }
}

/// A call that waits for the sake of a limit.
#[derive(Debug)]
pub struct Waiting<'a>(&'a Throttle);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.state.lock().waits.end(Instant::now());
    }
}

#[cfg(test)]
mod tests;
