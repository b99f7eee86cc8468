//! A simulated target: takes a step's plan and says what a load run would have seen.

use crate::callers::Callers;
use crate::{Setting, stops};
use proofload_capacity_search::{
    Allowed, Call, Ending, Mark, Moment, RUNGS, RUNGS_PER_LIMIT, StepPlan, StepResult, hopeless,
};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

/// What a step takes beyond its own seconds and until its last answer: getting ready, and the calls that look whether the
/// target is calm.
const OVERHEAD_S: f64 = 0.8;
/// What a refusal takes, in seconds.
const REFUSED_S: f64 = 0.001;
/// Logging in before the first step.
const LOGIN_S: f64 = 1.0;

/// A simulated target.
pub(crate) struct World<'a> {
    setting: &'a Setting,
    callers: Callers,
    rng: Xoshiro256PlusPlus,
    now_s: f64,
}

/// What was seen of a step so far.
#[derive(Default)]
struct Log {
    /// By second, from the step's begin: how the calls that ended in it did by each objective, and how many ended.
    ended: Vec<([Mark; 2], u64)>,
    responses_s: Vec<f64>,
    calls: Vec<Call>,
    /// Whether a call got no answer: then nothing is told of any.
    lost: bool,
    last_s: f64,
}

impl<'a> World<'a> {
    pub(crate) fn new(setting: &'a Setting, seed: u64) -> Self {
        Self {
            setting,
            callers: Callers::new(setting, seed),
            rng: Xoshiro256PlusPlus::seed_from_u64(seed ^ 0x5eed),
            now_s: LOGIN_S,
        }
    }

    /// What each objective allows: the latency, and errors.
    pub(crate) fn allowed(&self) -> Vec<Allowed> {
        vec![
            Allowed {
                share: Some(self.setting.allowed),
                limit_s: Some(self.setting.limit_s),
            },
            Allowed {
                share: Some(self.setting.allowed_errors),
                limit_s: None,
            },
        ]
    }

    /// Makes a step.
    pub(crate) fn step(&mut self, plan: StepPlan) -> StepResult {
        let allowed = self.allowed();
        let (begin_s, seconds) = (self.now_s, whole(plan.warm_up_s) + whole(plan.measured_s));
        let mut log = Log::default();
        let mut moments: Vec<Moment> = Vec::new();
        let (mut next_s, mut due, mut done) = (0.0, 0_u64, 0_u64);
        let mut ending = Ending::Whole;
        self.callers.connect_anew(plan.rate_per_s);
        for second in 0..seconds {
            let end_s = float(second) + 1.0;
            let before = due;
            while next_s < end_s {
                due += 1;
                self.call(begin_s, next_s, &mut log);
                next_s += self.gap_s(plan.rate_per_s);
            }
            self.answered(begin_s, end_s, &mut log);
            let (marks, ended) = log.ended.get(second).copied().unwrap_or_default();
            done += ended;
            moments.push(Moment {
                length_s: 1.0,
                due: due - before,
                under_way: due - done,
                marks: marks.to_vec(),
            });
            if hopeless(&moments, plan.rate_per_s, self.setting.limit_s, &allowed) {
                ending = Ending::Hopeless;
                break;
            }
        }
        self.answered(begin_s, f64::INFINITY, &mut log);
        // What is answered after the last arrival belongs to the calls that were still under way then.
        for (marks, _) in log.ended.iter().skip(moments.len()) {
            if let Some(last) = moments.last_mut() {
                last.marks.iter_mut().zip(marks).for_each(|(sum, mark)| sum.add(mark));
            }
        }
        self.now_s = begin_s + float(moments.len()).max(log.last_s) + OVERHEAD_S;
        if self.now_s > self.setting.dies_s {
            ending = Ending::TargetDied;
        } else if plan.rate_per_s > self.setting.generator_per_s {
            ending = Ending::GeneratorGaveOut;
        }
        self.result(plan, ending, &moments, log)
    }

    fn result(&self, plan: StepPlan, ending: Ending, moments: &[Moment], log: Log) -> StepResult {
        let mut responses_s = log.responses_s;
        let warm_up = whole(plan.warm_up_s).min(moments.len().saturating_sub(1));
        let middle = responses_s.len() / 2;
        let median_s = if responses_s.is_empty() {
            0.0
        } else {
            *responses_s.select_nth_unstable_by(middle, f64::total_cmp).1
        };
        let mut result = StepResult {
            plan,
            ending,
            moments: moments[warm_up..].to_vec(),
            under_way_before: warm_up.checked_sub(1).map_or(0, |last| moments[last].under_way),
            held: Vec::new(),
            calls: if self.setting.calls_unknown || log.lost {
                Vec::new()
            } else {
                log.calls
            },
            median_s,
            elapsed_s: self.now_s,
        };
        let held = self.allowed().into_iter().enumerate().map(|(objective, allowed)| {
            let mark = result.mark(objective);
            count(mark.beyond) <= allowed.share.unwrap_or_default() * count(mark.calls)
        });
        result.held = held.collect();
        result
    }

    /// One call, `at_s` after the step's begin.
    fn call(&mut self, begin_s: f64, at_s: f64, log: &mut Log) {
        let number = log.calls.len();
        log.calls.push(Call {
            at_ns: nanoseconds(at_s),
            took_ns: 0,
        });
        let failed = self.setting.failing > 0.0 && self.rng.random::<f64>() < self.setting.failing;
        if failed || !self.callers.call(self.own_s(begin_s + at_s), number) {
            self.done(number, at_s, at_s + REFUSED_S, true, log);
        }
    }

    /// Notes what was answered until an instant after the step's begin.
    fn answered(&mut self, begin_s: f64, until_s: f64, log: &mut Log) {
        self.callers.go_on(self.own_s(begin_s + until_s));
        while let Some((number, done_s)) = self.callers.answered() {
            let at_s = seconds(log.calls[number].at_ns);
            let drifted_s = self.setting.drift.map_or(done_s, |drift| drift.when(done_s));
            let mut done_s = stops::when(&self.setting.stops, drifted_s) - begin_s;
            if self.setting.noise_s > 0.0 {
                done_s += self.setting.noise_s * self.exponential();
            }
            if let Some(pauses) = self.setting.pauses
                && self.rng.random::<f64>() < pauses.share
            {
                done_s += pauses.length_s;
            }
            self.done(number, at_s, done_s, false, log);
        }
    }

    fn done(&self, number: usize, at_s: f64, done_s: f64, failed: bool, log: &mut Log) {
        log.last_s = log.last_s.max(done_s);
        let second = whole_down(done_s);
        if log.ended.len() <= second {
            log.ended.resize_with(second + 1, Default::default);
        }
        let response_s = done_s - at_s;
        let (marks, ended) = &mut log.ended[second];
        *ended += 1;
        // A call that failed is later than any limit.
        marks[0].add(&mark(
            if failed { f64::INFINITY } else { response_s },
            self.setting.limit_s,
        ));
        marks[1].add(&Mark {
            calls: 1,
            beyond: u64::from(failed),
            ..Mark::default()
        });
        log.responses_s.push(response_s);
        log.calls[number].took_ns = nanoseconds(response_s);
        log.lost |= failed && self.setting.refused_are_lost;
    }

    /// The server's own time at an instant: what its stops and its drift leave of it.
    fn own_s(&self, at_s: f64) -> f64 {
        let at_s = stops::work(&self.setting.stops, at_s);
        self.setting.drift.map_or(at_s, |drift| drift.work(at_s))
    }

    fn gap_s(&mut self, rate_per_s: f64) -> f64 {
        if self.setting.poisson {
            self.exponential() / rate_per_s
        } else {
            1.0 / rate_per_s
        }
    }

    fn exponential(&mut self) -> f64 {
        -(1.0 - self.rng.random::<f64>()).ln()
    }
}

fn mark(response_s: f64, limit_s: f64) -> Mark {
    let mut mark = Mark {
        calls: 1,
        beyond: u64::from(response_s > limit_s),
        ..Mark::default()
    };
    let rungs = whole_down(RUNGS_PER_LIMIT * response_s / limit_s).min(RUNGS);
    mark.over[..rungs].fill(1);
    mark
}

pub(crate) fn nanoseconds(seconds: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an instant of a search of some minutes"
    )]
    let nanoseconds = (seconds * 1e9) as u64;
    nanoseconds
}

pub(crate) fn seconds(nanoseconds: u64) -> f64 {
    count(nanoseconds) / 1e9
}

fn count(count: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "2^53 is never reached")]
    let count = count as f64;
    count
}

fn float(count_of: usize) -> f64 {
    count(count_of as u64)
}

fn whole(seconds: f64) -> usize {
    whole_down(seconds.round())
}

fn whole_down(number: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "small and positive; casts saturate"
    )]
    let whole = number as usize;
    whole
}
