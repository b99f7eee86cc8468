use super::line::Line;
use super::*;
use crate::evidence::{Call, Ending, StepPlan};
use proofload_results::capacity::Purpose;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

/// Allows one call in a hundred to take longer than 250 ms.
const P99: Allowed = Allowed {
    share: Some(0.01),
    limit_s: Some(0.25),
};

/// A server for tests: so many workers, whose service times are exponential with a mean of 20 ms at first.
struct Server {
    rng: Xoshiro256PlusPlus,
    workers: usize,
    mean_ms: f64,
    /// What every call takes beside.
    beside_ms: f64,
    /// What each busy worker adds to a service time, as a share of it.
    slows: f64,
}

impl Server {
    fn new(workers: usize) -> Self {
        Self {
            rng: Xoshiro256PlusPlus::seed_from_u64(5),
            workers,
            mean_ms: 20.0,
            beside_ms: 0.0,
            slows: 0.0,
        }
    }

    fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.rng.random::<f64>()).ln()
    }

    /// The calls of a step of some seconds at a rate.
    fn step(&mut self, rate_per_s: f64, seconds: f64, poisson: bool) -> StepResult {
        let mut line = Line::new(self.workers);
        let (mut now_ms, mut calls) = (0.0, Vec::new());
        while now_ms < 1000.0 * seconds {
            let at_ns = ns(now_ms);
            let busy = u32::try_from(line.busy(at_ns)).unwrap();
            let needs_ms = self.exponential(self.mean_ms) * (1.0 + self.slows * f64::from(busy));
            calls.push(Call {
                at_ns,
                took_ns: line.take(at_ns, ns(needs_ms)) - at_ns + ns(self.beside_ms),
            });
            let gap_ms = 1000.0 / rate_per_s;
            now_ms += if poisson { self.exponential(gap_ms) } else { gap_ms };
        }
        StepResult {
            plan: StepPlan {
                purpose: Purpose::Edge,
                rate_per_s,
                warm_up_s: 0.0,
                measured_s: seconds,
            },
            ending: Ending::Whole,
            moments: Vec::new(),
            under_way_before: 0,
            calls,
            held: Vec::new(),
            median_s: 0.0,
            elapsed_s: 0.0,
        }
    }

    /// Steps from half its capacity to a tenth beyond it.
    fn steps(&mut self, poisson: bool) -> Vec<StepResult> {
        let workers = f64::from(u32::try_from(self.workers).unwrap());
        let capacity_per_s = 1000.0 * workers / self.mean_ms / (1.0 + self.slows * (workers - 1.0));
        let steps = [(0.5, 10.0), (1.1, 10.0), (0.8, 40.0), (0.75, 60.0)];
        steps
            .map(|(share, seconds)| self.step(share * capacity_per_s, seconds, poisson))
            .into()
    }
}

fn ns(ms: f64) -> u64 {
    services::whole(1e6 * ms)
}

fn all(steps: &[StepResult]) -> Vec<&StepResult> {
    steps.iter().collect()
}

#[test]
fn what_calls_needed_is_known_to_the_nanosecond() {
    let steps = Server::new(4).steps(false);
    let replay = Replay::of(&all(&steps)).unwrap();
    assert_eq!((replay.services.workers, replay.services.beside_ns), (4, 0));
    // The same server again: the same calls are drawn.
    let mut again = Server::new(4);
    for (step, needed_ns) in steps.iter().zip(&replay.services.by_step) {
        assert_eq!(step.calls.len(), needed_ns.len());
        for needs_ns in needed_ns {
            assert_eq!(*needs_ns, ns(again.exponential(20.0)));
        }
    }
}

#[test]
fn the_edge_is_where_formulas_say() {
    // M/M/1: response times are exponential with rate mu - lambda, so 1% are beyond 250 ms at 50 - ln(100) / 0.25. D/M/1: with
    // rate mu (1 - sigma), where sigma = exp(-mu (1 - sigma) / lambda), which is ln(100) / 0.25 at 40.09.
    for (poisson, truth) in [(true, 31.58), (false, 40.09)] {
        let steps = Server::new(1).steps(poisson);
        let edge = Replay::of(&all(&steps)).unwrap().edge(&P99).unwrap();
        let away = (edge.ln_rate - f64::ln(truth)).abs();
        assert!(away < 3.0 * edge.error && edge.error < 0.05, "{truth}: {edge:?}");
    }
}

#[test]
fn what_calls_take_beside_is_told_from_work() {
    let mut server = Server::new(2);
    server.beside_ms = 8.0;
    let replay = Replay::of(&all(&server.steps(false))).unwrap();
    let server = replay.server();
    assert_eq!(server.workers, 2);
    assert!((server.beside_s - 0.008).abs() < 0.0015, "{server:?}");
    assert!((server.service_s - 0.020).abs() < 0.001, "{server:?}");
}

#[test]
fn a_server_that_slows_down_when_busy_is_no_such_server() {
    for workers in [1, 2, 4, 8] {
        let mut server = Server::new(workers);
        server.slows = 0.2;
        let steps = server.steps(false);
        assert!(Replay::of(&all(&steps)).is_none(), "{workers}");
    }
}

#[test]
fn an_objective_without_a_share_or_a_limit_has_no_edge() {
    let steps = Server::new(1).steps(false);
    let replay = Replay::of(&all(&steps)).unwrap();
    for (share, limit_s) in [(None, Some(0.25)), (Some(0.01), None)] {
        assert_eq!(replay.edge(&Allowed { share, limit_s }), None);
    }
    // Nor has one that is broken at every rate, or at none.
    for limit_s in [0.001, 1e6] {
        let allowed = Allowed {
            share: Some(0.01),
            limit_s: Some(limit_s),
        };
        assert_eq!(replay.edge(&allowed), None, "{limit_s}");
    }
}

#[test]
fn too_few_calls_and_a_step_without_say_nothing() {
    let mut steps = Server::new(4).steps(false);
    assert!(Replay::of(&[]).is_none());
    assert!(Replay::of(&[&Server::new(4).step(190.0, 2.0, false)]).is_none());
    steps[0].calls.clear();
    assert!(Replay::of(&all(&steps)).is_none());
}

#[test]
fn arrivals_of_two_calls_each_are_not_replayed() {
    let mut steps = Server::new(4).steps(true);
    for step in &mut steps {
        step.plan.rate_per_s /= 2.0;
    }
    assert!(Replay::of(&all(&steps)).is_none());
}

#[test]
fn a_change_of_speed_is_seen_and_a_change_of_rate_is_none() {
    let mut server = Server::new(4);
    let early = server.steps(false);
    let same = server.steps(false);
    server.mean_ms = 23.0;
    let slower = [server.step(150.0, 20.0, false), server.step(190.0, 20.0, false)];
    assert!(changed(&all(&early), &all(&slower)).is_some_and(|by| by > 1.0));
    assert_eq!(changed(&all(&early), &all(&same)), None);
    assert_eq!(changed(&[], &all(&slower)), None);
}
