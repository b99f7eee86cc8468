//! Those who call: virtual users, each with a connection of its own, who take arrivals in turn as the program's do.

use crate::Setting;
use crate::world::{nanoseconds, seconds};
use proofload_mock_server::{Behaviour, Queue};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};

/// The program has users for so many seconds of arrivals...
const HOLD_S: f64 = 1.25;
/// ...and no fewer, and no more.
const USERS: (f64, f64) = (16.0, 5000.0);

/// Users, and the server that they call.
pub(crate) struct Callers {
    queue: Queue,
    /// Connections that are not refused at once.
    most: Option<usize>,
    /// Connections that there were before this step: servers number them.
    before: u64,
    users: usize,
    /// Free users, the longest waiting first.
    free: VecDeque<usize>,
    /// Users whose call is done at an instant, in nanoseconds.
    busy: BinaryHeap<Reverse<(u64, usize)>>,
    /// By ticket: the call's number and its user.
    in_line: HashMap<u64, (usize, usize)>,
    answered: VecDeque<(usize, f64)>,
}

impl Callers {
    pub(crate) fn new(setting: &Setting, seed: u64) -> Self {
        let most = setting.behaviours.iter().find_map(|behaviour| match behaviour {
            Behaviour::Connections { most, .. } => Some(*most as usize),
            _ => None,
        });
        Self {
            queue: setting.open(seed),
            most,
            before: 0,
            users: 0,
            free: VecDeque::new(),
            busy: BinaryHeap::new(),
            in_line: HashMap::new(),
            answered: VecDeque::new(),
        }
    }

    /// A step begins: every user of it has a connection of its own.
    pub(crate) fn connect_anew(&mut self, rate_per_s: f64) {
        self.before += self.users as u64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "16 to 5000")]
        let users = (rate_per_s * HOLD_S).ceil().clamp(USERS.0, USERS.1) as usize;
        self.users = users;
        self.free = (0..users).collect();
        self.busy.clear();
    }

    /// A call with a number of its own at an instant of the server's own time; false where it is refused.
    pub(crate) fn call(&mut self, at_s: f64, number: usize) -> bool {
        let now_ns = nanoseconds(at_s);
        self.go_on(at_s);
        // Where all are busy for so long, the step broke already, whoever calls.
        let user = self.free.pop_front().unwrap_or(number % self.users);
        if self.most.is_some_and(|most| user >= most) || self.queue.admit(now_ns).is_err() {
            self.free.push_back(user);
            return false;
        }
        let ticket = self.queue.arrive(now_ns, self.before + user as u64);
        self.in_line.insert(ticket, (number, user));
        self.note();
        true
    }

    /// What happens until an instant.
    pub(crate) fn go_on(&mut self, until_s: f64) {
        let end_ns = nanoseconds(until_s);
        self.queue.go_on(end_ns);
        self.note();
        while let Some(Reverse((done_ns, user))) = self.busy.peek().copied()
            && done_ns <= end_ns
        {
            self.busy.pop();
            self.free.push_back(user);
        }
    }

    /// The next call of which it is known when it is answered: its number, and the instant.
    pub(crate) fn answered(&mut self) -> Option<(usize, f64)> {
        self.answered.pop_front()
    }

    fn note(&mut self) {
        while let Some(begun) = self.queue.begun() {
            if let Some((number, user)) = self.in_line.remove(&begun.ticket) {
                self.busy.push(Reverse((begun.done_ns, user)));
                self.answered.push_back((number, seconds(begun.done_ns)));
            }
        }
    }
}
