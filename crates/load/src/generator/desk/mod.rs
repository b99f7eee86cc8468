//! Who does what next, on one thread: the desk where free virtual users wait and due arrivals are handed out.
//!
//! Every thread of the generator has its own desk, its own share of the arrivals and its own users. Nothing here is
//! shared with another thread, so nothing is locked, and time comes in as a number, so tests need no clock.

mod beside;
mod lane;
mod second_chances;
mod watch;

pub(crate) use lane::{Lane, LaneCrowd, ranks};
pub(crate) use watch::keep_watch;

use crate::generator::call_log::CallLog;
use crate::generator::commons::Commons;
use crate::generator::pulse::{EndTimes, Rhythm};
use crate::generator::tally::Tally;
use crate::pacer::Arrival;
use lane::LANE_LOOK_NS;
use second_chances::SecondChances;
use std::cell::RefCell;
use std::sync::Arc;
use std::task::{Poll, Waker};
use watch::Watch;

/// What a virtual user is to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Go through the journey.
    Begin(Begin),
    /// Exchange the token for a fresh one.
    Renew,
    /// The run is over.
    Leave,
}

/// An arrival taken by a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Begin {
    /// The arrival's number within its journey's stream.
    pub(crate) number: u64,
    /// When it was due.
    pub(crate) due_ns: u64,
    /// From when on both the arrival was due and the user was free: lateness after it is the generator's own.
    pub(crate) ready_ns: u64,
}

/// A virtual user's place.
#[derive(Debug)]
struct Seat {
    lane: usize,
    order: Option<Order>,
    waker: Option<Waker>,
    renew_at_ns: u64,
    /// Whether its user is at work, and not free.
    at_work: bool,
    gone: bool,
}

/// The desk of one thread.
#[derive(Debug)]
pub(crate) struct Desk {
    /// What is measured.
    pub(crate) tally: Tally,
    /// The calls of the whole run one by one, where they are kept.
    pub(crate) calls: CallLog,
    /// Arrivals sent but not done.
    pub(crate) in_flight: u64,
    seats: Vec<Seat>,
    lanes: Vec<Lane>,
    rhythm: Rhythm,
    watch: Watch,
    second_chances: SecondChances,
    /// When the run starts; arrivals count from here.
    start_ns: u64,
    /// Arrivals due from here on are none.
    end_ns: u64,
    /// From here on nothing is sent any more.
    close_ns: u64,
    /// From here on no answer is waited for.
    give_up_ns: u64,
    present: usize,
    /// What all threads share, and which of them this one is.
    beside: Option<(Arc<Commons>, usize)>,
}

thread_local! {
    static DESK: RefCell<Option<Desk>> = const { RefCell::new(None) };
}

/// Puts up this thread's desk.
pub(crate) fn open(desk: Desk) {
    DESK.set(Some(desk));
}

/// Works at this thread's desk.
pub(crate) fn with<R>(work: impl FnOnce(&mut Desk) -> R) -> R {
    DESK.with_borrow_mut(|desk| {
        work(
            desk.as_mut()
                .expect("virtual users only live on threads that have a desk"),
        )
    })
}

impl Desk {
    /// A desk for so many operations.
    pub(crate) fn new(operations: usize, lanes: Vec<Lane>) -> Self {
        Self {
            tally: Tally::new(operations),
            calls: CallLog::default(),
            in_flight: 0,
            seats: Vec::new(),
            lanes,
            rhythm: Rhythm::default(),
            watch: Watch::default(),
            second_chances: SecondChances::default(),
            start_ns: u64::MAX,
            end_ns: u64::MAX,
            close_ns: u64::MAX,
            give_up_ns: u64::MAX,
            present: 0,
            beside: None,
        }
    }

    /// The same desk, which keeps at most so many calls one by one.
    pub(crate) fn keeping(self, most: usize) -> Self {
        Self {
            calls: CallLog::new(most),
            ..self
        }
    }

    /// Whether there is a place left for a user; each user comes once.
    pub(crate) fn admits(&self, lane: usize) -> bool {
        self.lanes[lane].places > 0
    }

    /// A seat for a new user.
    pub(crate) fn enter(&mut self, lane: usize) -> usize {
        self.lanes[lane].places = self.lanes[lane].places.saturating_sub(1);
        self.seats.push(Seat {
            lane,
            order: None,
            waker: None,
            renew_at_ns: u64::MAX,
            at_work: false,
            gone: false,
        });
        self.present += 1;
        self.seats.len() - 1
    }

    /// Whether every user came and has left.
    pub(crate) fn empty(&self) -> bool {
        self.present == 0 && self.lanes.iter().all(|lane| lane.places == 0)
    }

    /// Says when the run starts and ends, and until when what is left over is still sent. Measuring begins here:
    /// what was done to get ready does not count, but for what was somebody else's.
    pub(crate) fn set_times(&mut self, start_ns: u64, ending: EndTimes) {
        self.tally.take();
        self.take_early();
        self.start_ns = start_ns;
        (self.end_ns, self.close_ns, self.give_up_ns) = (ending.arrivals_end, ending.closes, ending.given_up);
    }

    /// Ends the run so if it would last longer.
    pub(crate) fn end_at(&mut self, ending: EndTimes) {
        self.end_ns = self.end_ns.min(ending.arrivals_end);
        self.close_ns = self.close_ns.min(ending.closes);
        self.give_up_ns = self.give_up_ns.min(ending.given_up);
    }

    /// Whether no more arrivals fall due.
    pub(crate) fn over(&self, now_ns: u64) -> bool {
        now_ns >= self.end_ns
    }

    /// Whether nothing is sent any more.
    pub(crate) fn closed(&self, now_ns: u64) -> bool {
        now_ns >= self.close_ns
    }

    /// Whether a call that was lost with its idle connection may be sent once more; counts it then.
    pub(crate) fn gives_second_chance(&mut self) -> bool {
        self.second_chances.give()
    }

    /// From when on no answer is waited for.
    pub(crate) fn give_up_ns(&self) -> u64 {
        self.give_up_ns
    }

    /// When a user's token is to be renewed; `u64::MAX` for never.
    pub(crate) fn renew_at(&mut self, seat: usize, at_ns: u64) {
        self.seats[seat].renew_at_ns = at_ns;
    }

    /// What the user in `seat`, free from now on, is to do; pending when it has to wait.
    pub(crate) fn next(&mut self, seat: usize, now_ns: u64) -> Poll<Order> {
        let Seat { lane, renew_at_ns, .. } = self.seats[seat];
        if std::mem::take(&mut self.seats[seat].at_work) {
            self.lanes[lane].at_work -= 1;
        }
        if now_ns >= renew_at_ns && !self.over(now_ns) {
            return Poll::Ready(self.renewal(seat));
        }
        // Where others are free already, the arrival only waits for the next look, not for this user.
        let free_ns = self.lanes[lane].free.front().map_or(now_ns, |(_, since_ns)| *since_ns);
        if let Some(begin) = self.take(seat, now_ns, free_ns) {
            return Poll::Ready(Order::Begin(begin));
        }
        if self.over(now_ns) {
            return Poll::Ready(Order::Leave);
        }
        self.lanes[lane].free.push_back((seat, now_ns));
        Poll::Pending
    }

    /// The order that was given to a waiting user, or a promise to wake it.
    pub(crate) fn wait(&mut self, seat: usize, waker: &Waker) -> Poll<Order> {
        let seat = &mut self.seats[seat];
        if let Some(order) = seat.order.take() {
            return Poll::Ready(order);
        }
        match &mut seat.waker {
            Some(known) => known.clone_from(waker),
            none => *none = Some(waker.clone()),
        }
        Poll::Pending
    }

    /// How many arrivals have fallen due until now. What was taken was due: there are never fewer arrivals due than sent.
    pub(crate) fn fallen_due(&mut self, now_ns: u64) -> u64 {
        self.count(now_ns);
        self.lanes.iter().map(|lane| lane.fallen.max(lane.taken)).sum()
    }

    /// Counts what has fallen due until now; returns how much that is since the last time.
    fn count(&mut self, now_ns: u64) -> u64 {
        // An arrival at the very end is none.
        let Some(until_ns) = now_ns.min(self.end_ns.saturating_sub(1)).checked_sub(self.start_ns) else {
            return 0;
        };
        self.lanes.iter_mut().map(|lane| lane.count(until_ns)).sum()
    }

    /// When to look at the schedule again, after a look at `now_ns`.
    pub(crate) fn next_look_ns(&mut self, now_ns: u64) -> u64 {
        let start_ns = self.start_ns;
        if now_ns < start_ns {
            return start_ns.min(self.end_ns);
        }
        let next = |lane: &mut Lane| Some(start_ns + lane.falling.as_mut()?.peek()?.due_ns);
        let due_ns = self.lanes.iter_mut().filter_map(next).min().unwrap_or(u64::MAX);
        let due_ns = if self.lanes.iter().any(Lane::is_staged) {
            due_ns.min(now_ns.saturating_add(LANE_LOOK_NS))
        } else {
            due_ns
        };
        self.rhythm.next_look_ns(now_ns, due_ns).min(self.end_ns)
    }

    /// A user is gone for good.
    pub(crate) fn leave(&mut self, seat: usize) {
        if !std::mem::replace(&mut self.seats[seat].gone, true) {
            self.present -= 1;
        }
    }

    /// Hands due arrivals to free users, and sends free users away when the run is over.
    pub(crate) fn dispatch(&mut self, now_ns: u64) {
        let fallen = self.count(now_ns);
        self.rhythm.found(fallen, now_ns);
        if self.closed(now_ns) {
            self.count_missed();
        }
        for lane in 0..self.lanes.len() {
            while let Some((seat, since_ns)) = self.lanes[lane].free.front().copied() {
                let order = match self.take(seat, now_ns, since_ns) {
                    Some(begin) => Order::Begin(begin),
                    None if self.over(now_ns) => Order::Leave,
                    None => break,
                };
                self.lanes[lane].free.pop_front();
                self.give(seat, order);
            }
        }
        if self.over(now_ns) {
            // Users that think are neither free nor at work: they look up by themselves when woken.
            for seat in &mut self.seats {
                if let Some(waker) = seat.waker.take() {
                    waker.wake();
                }
            }
        }
    }

    /// Sends free users whose tokens are due to renew them.
    pub(crate) fn dispatch_renewals(&mut self, now_ns: u64) {
        if self.over(now_ns) {
            return;
        }
        for lane in 0..self.lanes.len() {
            let due: Vec<usize> = {
                let (seats, free) = (&self.seats, &mut self.lanes[lane].free);
                let is_due = |seat: usize| now_ns >= seats[seat].renew_at_ns;
                let due: Vec<usize> = free
                    .iter()
                    .map(|(seat, _)| *seat)
                    .filter(|seat| is_due(*seat))
                    .collect();
                if !due.is_empty() {
                    free.retain(|(seat, _)| !is_due(*seat));
                }
                due
            };
            for seat in due {
                let order = self.renewal(seat);
                self.give(seat, order);
            }
        }
    }

    fn renewal(&mut self, seat: usize) -> Order {
        // Set anew by whoever renews; until then it is not due again.
        self.seats[seat].renew_at_ns = u64::MAX;
        Order::Renew
    }

    fn give(&mut self, seat: usize, order: Order) {
        let seat = &mut self.seats[seat];
        seat.order = Some(order);
        if let Some(waker) = seat.waker.take() {
            waker.wake();
        }
    }

    /// Takes the next arrival of the user's lane if it is due; the user in `seat` is free since `free_ns`.
    fn take(&mut self, seat: usize, now_ns: u64, free_ns: u64) -> Option<Begin> {
        let (start_ns, end_ns) = (self.start_ns, self.end_ns);
        if now_ns < start_ns || now_ns >= self.close_ns {
            return None;
        }
        let lane = &mut self.lanes[self.seats[seat].lane];
        let (number, due_ns) = match &mut lane.arrivals {
            None => (lane.next_round(now_ns, start_ns, end_ns)?, now_ns),
            Some(arrivals) => {
                let is_due = |next: &Arrival| start_ns + next.due_ns <= now_ns && start_ns + next.due_ns < end_ns;
                let next = arrivals.next_if(is_due)?;
                (next.number, start_ns + next.due_ns)
            }
        };
        lane.taken += 1;
        lane.at_work += 1;
        self.seats[seat].at_work = true;
        // What piled up while this thread stood still waits for that, and not because users are few.
        let waited = free_ns > due_ns && !self.watch.piled_up(due_ns, now_ns);
        self.tally.waited_for_user += u64::from(waited);
        Some(Begin {
            number,
            due_ns,
            ready_ns: due_ns.max(free_ns),
        })
    }
}

#[cfg(test)]
mod tests;
