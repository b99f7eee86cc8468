//! The line itself, in virtual time: an arrival goes in, and when its service is done comes out as soon as that is certain.

use super::QueueSettings;
use super::behaviour::Behaviour;
use super::bucket::Bucket;
use super::condition::Condition;
use super::{ns_of, s_of, scaled};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// A first-in, first-out queue before some workers, in virtual time.
#[derive(Debug, Clone)]
pub struct Queue {
    settings: QueueSettings,
    rng: Xoshiro256PlusPlus,
    /// One for all, or one for every worker where connections are bound.
    lines: Vec<Line>,
    batch: Batch,
    limit: Option<Bucket>,
    condition: Condition,
    /// The share of calls that take longer, and how many times as long.
    mix: Option<(f64, f64)>,
    scaling: Option<Scaling>,
    /// When the first call came.
    first_ns: Option<u64>,
    tickets: u64,
    begun: VecDeque<Begun>,
}

/// A call whose service has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// Its number.
    pub ticket: u64,
    /// When its service is done, in nanoseconds.
    pub done_ns: u64,
}

/// Calls in line before some workers.
#[derive(Debug, Clone)]
struct Line {
    /// When each worker is free, in nanoseconds, the earliest first.
    free_at_ns: BinaryHeap<Reverse<u64>>,
    waiting: VecDeque<Waiting>,
}

#[derive(Debug, Clone)]
struct Waiting {
    ticket: u64,
    at_ns: u64,
    takes_ns: u64,
    /// How many times as long as that.
    times: f64,
}

/// How workers take calls.
#[derive(Debug, Clone, Copy)]
struct Batch {
    size: usize,
    wait_ns: u64,
    each: f64,
}

/// How workers are added.
#[derive(Debug, Clone, Copy)]
struct Scaling {
    most: usize,
    delay_ns: u64,
    /// When the next one is there, while one is on its way.
    next_ns: Option<u64>,
}

impl Queue {
    /// A queue in which nobody waits.
    pub fn new(settings: QueueSettings) -> Self {
        let (mut batch, mut limit, mut mix, mut scaling) = (Batch::ONE, None, None, None);
        let workers = settings.workers.get() as usize;
        let (mut lines, mut of_each) = (1, workers);
        for behaviour in &settings.behaviours {
            match *behaviour {
                Behaviour::Batch { size, wait, each } => {
                    batch = Batch {
                        size: size as usize,
                        wait_ns: ns_of(wait.as_secs_f64()),
                        each,
                    }
                }
                Behaviour::RateLimit { rate, burst } => limit = Some(Bucket::new(rate, burst)),
                Behaviour::Mix { share, times } => mix = Some((share, times)),
                Behaviour::Bound => (lines, of_each) = (workers, 1),
                Behaviour::Autoscale { most, delay } => {
                    scaling = Some(Scaling {
                        most: most as usize,
                        delay_ns: ns_of(delay.as_secs_f64()),
                        next_ns: None,
                    });
                }
                _ => {}
            }
        }
        Self {
            rng: Xoshiro256PlusPlus::seed_from_u64(settings.seed),
            lines: (0..lines).map(|_| Line::new(of_each)).collect(),
            batch,
            limit,
            condition: Condition::of(&settings.behaviours),
            mix,
            scaling,
            first_ns: None,
            tickets: 0,
            begun: VecDeque::new(),
            settings,
        }
    }

    /// Whether the limit on the rate lets a call in at `now_ns`.
    ///
    /// # Errors
    /// It is refused: in so many seconds there is room for one.
    pub fn admit(&mut self, now_ns: u64) -> Result<(), f64> {
        let since_s = self.since_s(now_ns);
        self.limit.as_mut().map_or(Ok(()), |limit| limit.take(since_s))
    }

    /// Takes a call that comes at `now_ns`, no earlier than those before it, over the `connection`-th connection, and numbers it.
    pub fn arrive(&mut self, now_ns: u64, connection: u64) -> u64 {
        self.go_on(now_ns);
        let since_s = self.since_s(now_ns);
        let waiting = self.lines.iter().map(|line| line.waiting.len()).sum::<usize>();
        let waiting = f64::from(u32::try_from(waiting).unwrap_or(u32::MAX));
        self.condition.called(since_s, waiting);
        let mut times = 1.0 + self.settings.slowdown * waiting;
        if let Some((share, more)) = self.mix
            && self.rng.random::<f64>() < share
        {
            times *= more;
        }
        let takes_ns = self.settings.service.sample_ns(&mut self.rng);
        let ticket = self.tickets;
        self.tickets += 1;
        let line = usize::try_from(connection).unwrap_or_default() % self.lines.len();
        self.lines[line].waiting.push_back(Waiting {
            ticket,
            at_ns: now_ns,
            takes_ns,
            times,
        });
        self.go_on(now_ns);
        self.ask_for_a_worker(now_ns);
        ticket
    }

    /// When something happens next, were nobody to come: a service begins, or a worker comes.
    pub fn next_ns(&self) -> Option<u64> {
        let begins = self.next_begin().map(|(at_ns, _)| at_ns);
        let comes = self.scaling.and_then(|scaling| scaling.next_ns);
        [begins, comes].into_iter().flatten().min()
    }

    /// Does what happens until an instant: hands calls to workers.
    pub fn go_on(&mut self, until_ns: u64) {
        loop {
            let begins = self.next_begin().filter(|(at_ns, _)| *at_ns <= until_ns);
            let comes = self.scaling.and_then(|scaling| scaling.next_ns);
            match (begins, comes.filter(|at_ns| *at_ns <= until_ns)) {
                (Some((at_ns, _)), Some(comes_ns)) if comes_ns <= at_ns => self.worker_comes(comes_ns),
                (None, Some(comes_ns)) => self.worker_comes(comes_ns),
                (Some((at_ns, line)), _) => self.begin(at_ns, line),
                (None, None) => break,
            }
        }
    }

    /// The next of the calls whose service has begun, each once.
    pub fn begun(&mut self) -> Option<Begun> {
        self.begun.pop_front()
    }

    fn next_begin(&self) -> Option<(u64, usize)> {
        let lines = self.lines.iter().enumerate();
        lines
            .filter_map(|(at, line)| Some((line.next_begin_ns(self.batch)?, at)))
            .min()
    }

    fn begin(&mut self, at_ns: u64, line: usize) {
        let workers = self.workers();
        let since_s = self.since_s(at_ns);
        let line = &mut self.lines[line];
        let calls = line.waiting.len().min(self.batch.size);
        let Some(first) = line.waiting.front() else { return };
        let longest = line.waiting.range(..calls).map(|call| call.times).fold(0.0, f64::max);
        let further = f64::from(u32::try_from(calls - 1).unwrap_or(u32::MAX));
        let times = longest * (1.0 + self.batch.each * further) * self.condition.factor(since_s);
        let takes_ns = scaled(first.takes_ns, times);
        self.condition.worked(s_of(takes_ns), workers);
        let done_ns = if self.condition.keeps_time() {
            at_ns.saturating_add(takes_ns)
        } else {
            let done_s = self.condition.done_s(since_s, s_of(takes_ns));
            at_ns.saturating_add(ns_of(done_s - since_s))
        };
        if let Some(mut earliest) = line.free_at_ns.peek_mut() {
            earliest.0 = done_ns;
        }
        let begun = line.waiting.drain(..calls).map(|call| Begun {
            ticket: call.ticket,
            done_ns,
        });
        self.begun.extend(begun);
    }

    fn ask_for_a_worker(&mut self, now_ns: u64) {
        let workers = self.lines[0].free_at_ns.len();
        let somebody_waits = !self.lines[0].waiting.is_empty();
        if let Some(scaling) = &mut self.scaling
            && somebody_waits
            && workers < scaling.most
            && scaling.next_ns.is_none()
        {
            scaling.next_ns = Some(now_ns.saturating_add(scaling.delay_ns));
        }
    }

    fn worker_comes(&mut self, at_ns: u64) {
        self.lines[0].free_at_ns.push(Reverse(at_ns));
        if let Some(scaling) = &mut self.scaling {
            scaling.next_ns = None;
        }
        self.ask_for_a_worker(at_ns);
    }

    fn workers(&self) -> f64 {
        let workers: usize = self.lines.iter().map(|line| line.free_at_ns.len()).sum();
        f64::from(u32::try_from(workers).unwrap_or(u32::MAX))
    }

    /// Seconds since the first call.
    fn since_s(&mut self, at_ns: u64) -> f64 {
        let first_ns = *self.first_ns.get_or_insert(at_ns);
        s_of(at_ns.saturating_sub(first_ns))
    }
}

impl Line {
    fn new(workers: usize) -> Self {
        Self {
            free_at_ns: (0..workers).map(|_| Reverse(0)).collect(),
            waiting: VecDeque::new(),
        }
    }

    /// When a worker takes the next calls, were nobody else to come.
    fn next_begin_ns(&self, batch: Batch) -> Option<u64> {
        let oldest = self.waiting.front()?;
        let ready_ns = match self.waiting.get(batch.size - 1) {
            Some(last) => last.at_ns,
            None => oldest.at_ns.saturating_add(batch.wait_ns),
        };
        let free_ns = self.free_at_ns.peek().map_or(0, |earliest| earliest.0);
        Some(ready_ns.max(free_ns))
    }
}

impl Batch {
    /// One call after the other.
    const ONE: Self = Self {
        size: 1,
        wait_ns: 0,
        each: 0.0,
    };
}

#[cfg(test)]
mod tests;
