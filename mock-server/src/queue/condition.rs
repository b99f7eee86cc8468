//! How a server fares: cold at first, older by the minute, hot after much work, collapsed once too many waited.

use super::behaviour::Behaviour;
use super::rhythm::Rhythm;

/// How a server fares; its instants are seconds since the first call.
#[derive(Debug, Clone, Default)]
pub(super) struct Condition {
    /// Until it is warm, in seconds, and how many times as long it takes at first.
    warm_up: Option<(f64, f64)>,
    /// Growth by the second, as a share of the service time.
    leak_per_s: f64,
    throttle: Option<Throttle>,
    collapse: Option<Collapse>,
    rhythms: Vec<Rhythm>,
}

/// Heat comes with work and goes with time.
#[derive(Debug, Clone)]
struct Throttle {
    /// Busy time of all workers until it is hot, in seconds.
    after_s: f64,
    times: f64,
    /// What it cools down in a second in which nothing is done.
    cools: f64,
    heat_s: f64,
    at_s: f64,
    is_hot: bool,
}

/// A server that does less once too many waited.
#[derive(Debug, Clone)]
struct Collapse {
    waiting: f64,
    times: f64,
    rest_s: f64,
    last_call_s: f64,
    is_down: bool,
}

impl Condition {
    pub(super) fn of(behaviours: &[Behaviour]) -> Self {
        let mut condition = Self::default();
        for behaviour in behaviours {
            match *behaviour {
                Behaviour::WarmUp { length, times } => condition.warm_up = Some((length.as_secs_f64(), times)),
                Behaviour::Leak { by, every } => condition.leak_per_s = by / every.as_secs_f64(),
                Behaviour::Throttle { after, times, rest } => {
                    condition.throttle = Some(Throttle {
                        after_s: after.as_secs_f64(),
                        times,
                        cools: after.as_secs_f64() / rest.as_secs_f64(),
                        heat_s: 0.0,
                        at_s: 0.0,
                        is_hot: false,
                    });
                }
                Behaviour::Collapse { waiting, times, rest } => {
                    condition.collapse = Some(Collapse {
                        waiting: f64::from(waiting),
                        times,
                        rest_s: rest.as_secs_f64(),
                        last_call_s: 0.0,
                        is_down: false,
                    });
                }
                Behaviour::Pause { length, every, from } => {
                    condition.rhythms.push(Rhythm::new(from, length, every, 0.0));
                }
                Behaviour::Neighbour {
                    times,
                    length,
                    every,
                    from,
                } => condition.rhythms.push(Rhythm::new(from, length, every, 1.0 / times)),
                _ => {}
            }
        }
        condition
    }

    /// Whether its own time goes as all time does.
    pub(super) fn keeps_time(&self) -> bool {
        self.rhythms.is_empty()
    }

    /// When work of so many seconds is done that is begun at an instant.
    pub(super) fn done_s(&self, at_s: f64, takes_s: f64) -> f64 {
        let own_s = self.rhythms.iter().fold(at_s, |at_s, rhythm| rhythm.own_s(at_s));
        let done_s = own_s + takes_s;
        self.rhythms
            .iter()
            .rev()
            .fold(done_s, |own_s, rhythm| rhythm.when_s(own_s))
    }

    /// A call comes while so many wait.
    pub(super) fn called(&mut self, at_s: f64, waiting: f64) {
        if let Some(collapse) = &mut self.collapse {
            let rested = at_s - collapse.last_call_s >= collapse.rest_s;
            collapse.is_down = (collapse.is_down && !rested) || waiting >= collapse.waiting;
            collapse.last_call_s = at_s;
        }
    }

    /// How many times as long work takes that is begun at an instant.
    pub(super) fn factor(&mut self, at_s: f64) -> f64 {
        let cold = self.warm_up.map_or(1.0, |(length_s, times)| {
            1.0 + (times - 1.0) * (1.0 - at_s / length_s).max(0.0)
        });
        let down = self
            .collapse
            .as_ref()
            .map_or(1.0, |collapse| if collapse.is_down { collapse.times } else { 1.0 });
        let hot = self.throttle.as_mut().map_or(1.0, |throttle| throttle.factor(at_s));
        cold * down * hot * (1.0 + self.leak_per_s * at_s)
    }

    /// Work of so many seconds was begun, by one of so many workers.
    pub(super) fn worked(&mut self, takes_s: f64, workers: f64) {
        if let Some(throttle) = &mut self.throttle {
            throttle.heat_s += takes_s / workers * (1.0 + throttle.cools);
        }
    }
}

impl Throttle {
    fn factor(&mut self, at_s: f64) -> f64 {
        // Busy time heats as much more as it would have cooled meanwhile.
        let since_s = (at_s - self.at_s).max(0.0);
        self.at_s = self.at_s.max(at_s);
        self.heat_s = (self.heat_s - since_s * self.cools).clamp(0.0, self.after_s);
        self.is_hot = self.heat_s >= self.after_s || (self.is_hot && self.heat_s > self.after_s / 2.0);
        if self.is_hot { self.times } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Condition {
        Condition::of(&[text.parse().unwrap()])
    }

    #[test]
    fn it_grows_warm_and_old() {
        let mut cold = of("warm-up:for=30s,times=3");
        let factors: Vec<f64> = [0.0, 15.0, 30.0, 90.0]
            .into_iter()
            .map(|at_s| cold.factor(at_s))
            .collect();
        assert_eq!(factors, [3.0, 2.0, 1.0, 1.0]);
        let mut leaking = of("leak:by=10%,every=1m");
        assert!((leaking.factor(120.0) - 1.2).abs() < 1e-9);
    }

    #[test]
    fn it_is_hot_after_so_much_work_and_cool_again_after_a_rest() {
        let mut server = of("throttle:after=10s,times=2,rest=20s");
        let mut busy = |from: u32, until: u32, share: f64| {
            let mut last = 1.0;
            for tenth in from * 10..until * 10 {
                last = server.factor(f64::from(tenth) / 10.0);
                server.worked(0.2 * share, 2.0);
            }
            last
        };
        assert!(busy(0, 9, 1.0) < 1.5, "not yet");
        assert!(busy(9, 12, 1.0) > 1.5, "hot");
        assert!(busy(12, 40, 0.9) > 1.5, "and stays so under load");
        assert!(busy(40, 60, 0.0) < 1.5, "but not when it is idle");
        assert!(busy(60, 200, 0.3) < 1.5, "nor under little load");
    }

    #[test]
    fn what_collapsed_stays_down_until_nobody_calls() {
        let mut server = of("collapse:waiting=5,times=3,rest=10s");
        server.called(1.0, 4.0);
        assert!(server.factor(1.0) < 2.0);
        server.called(2.0, 5.0);
        assert!(server.factor(2.0) > 2.0);
        for second in 3..60 {
            server.called(f64::from(second), 0.0);
            assert!(server.factor(f64::from(second)) > 2.0, "{second}");
        }
        server.called(69.0, 0.0);
        assert!(server.factor(69.0) < 2.0);
        let mut for_good = of("collapse:waiting=5,times=3");
        for_good.called(1.0, 5.0);
        for_good.called(50_000.0, 0.0);
        assert!(for_good.factor(50_000.0) > 2.0);
    }

    #[test]
    fn work_takes_longer_by_the_pause_it_meets() {
        let server = of("pause:for=500ms,every=10s");
        assert!((server.done_s(9.99, 0.02) - 10.51).abs() < 1e-9);
        assert!((server.done_s(10.2, 0.02) - 10.52).abs() < 1e-9);
        assert!((server.done_s(11.0, 0.02) - 11.02).abs() < 1e-9);
        assert!(!server.keeps_time() && of("leak:by=1%,every=1m").keeps_time());
    }
}
