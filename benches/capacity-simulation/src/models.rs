//! Servers as they are: one line and what else a server does, with parameters drawn at random.

use crate::{Drift, Setting};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

/// A kind of server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// It takes calls in batches.
    Batching,
    /// It refuses what is beyond a rate.
    RateLimited,
    /// It stands still for all again and again, for no longer than the objective bears.
    Pausing,
    /// Its connections are bound to workers.
    Bound,
    /// It refuses connections beyond some number.
    Connections,
    /// It serves two kinds of calls.
    Mixed,
    /// It is slow at first.
    WarmingUp,
    /// It gets workers while calls wait.
    Scaling,
    /// It gets slower by the minute.
    Leaking,
    /// It gets slow by much work.
    Throttling,
    /// Once too many wait it gets slow, and stays so.
    Collapsing,
    /// Another takes part of the machine now and then.
    Disturbed,
    /// It gets faster, at once or little by little.
    Growing,
}

impl Model {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Batching,
        Self::RateLimited,
        Self::Pausing,
        Self::Bound,
        Self::Connections,
        Self::Mixed,
        Self::WarmingUp,
        Self::Scaling,
        Self::Leaking,
        Self::Throttling,
        Self::Collapsing,
        Self::Disturbed,
        Self::Growing,
    ];

    /// As it is called in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Batching => "batching",
            Self::RateLimited => "rate-limit",
            Self::Pausing => "pausing",
            Self::Bound => "bound",
            Self::Connections => "connections",
            Self::Mixed => "mix",
            Self::WarmingUp => "warm-up",
            Self::Scaling => "autoscale",
            Self::Leaking => "leak",
            Self::Throttling => "throttle",
            Self::Collapsing => "collapse",
            Self::Disturbed => "neighbour",
            Self::Growing => "growing",
        }
    }

    /// One of the kind, and how it behaves in words.
    pub fn draw(self, seed: u64) -> (Setting, String) {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed ^ 0x0de1);
        let mut within = |low: f64, high: f64| low * (high / low).powf(rng.random::<f64>());
        let capacity_per_s = within(60.0, 900.0);
        let workers = within(1.0, 17.0).floor();
        let service = ["fixed", "exp", "exp", "lognormal"][index(within(1.0, 5.0)) - 1];
        let (few, some, more) = (within(1.0, 2.0), within(1.0, 2.0), within(1.0, 2.0));
        let (mut workers, mut share) = (workers, 1.0);
        let behaviour = match self {
            Self::Batching => {
                let size = (2.0_f64.powf(1.0 + 4.0 * few.log2())).floor();
                workers = workers.min(4.0);
                share = 1.0 / size;
                let wait_ms = 1.0 + 20.0 * (some - 1.0);
                format!("batch:size={size},wait={wait_ms:.1}ms,each={:.0}%", 10.0 * (more - 1.0))
            }
            Self::RateLimited => {
                let rate = capacity_per_s * 0.3 * few;
                format!("rate-limit:rate={rate:.1},burst={:.0}", 1.0 + rate * (some - 1.0))
            }
            Self::Pausing => {
                // So many calls are late as may be, or fewer.
                let (length_s, every_s) = (0.05 + 0.12 * (few - 1.0), 5.0 * more * some);
                format!(
                    "pause:for={length_s:.3}s,every={every_s:.2}s,from={:.2}s",
                    every_s * (some - 1.0) + 0.1
                )
            }
            Self::Bound => "bound".to_owned(),
            Self::Connections => format!("connections:most={:.0}", (capacity_per_s * 0.3 * few * 1.25).max(20.0)),
            Self::Mixed => format!(
                "mix:share={:.1}%,times={:.1}",
                2.0 + 30.0 * (few - 1.0),
                2.0 + 4.0 * (some - 1.0)
            ),
            Self::WarmingUp => format!(
                "warm-up:for={:.0}s,times={:.2}",
                20.0 * few * some,
                1.0 + 2.0 * (more - 0.8)
            ),
            Self::Scaling => format!(
                "autoscale:most={:.0},delay={:.1}s",
                workers + 1.0 + (4.0 * few - 4.0).floor(),
                5.0 * some * more
            ),
            Self::Leaking => format!("leak:by={:.0}%,every=1m", 6.0 + 30.0 * (few - 1.0)),
            Self::Throttling => format!(
                "throttle:after={:.0}s,times={:.2},rest={:.0}s",
                30.0 * few,
                1.15 + 0.6 * (some - 1.0),
                30.0 * more
            ),
            Self::Collapsing => format!(
                "collapse:waiting={:.0},times={:.2}",
                capacity_per_s * 0.25 * few,
                1.2 + some - 1.0
            ),
            Self::Disturbed => {
                let every_s = 10.0 * some * more;
                format!(
                    "neighbour:times={:.2},for={:.1}s,every={every_s:.1}s",
                    1.1 + 0.5 * (few - 1.0),
                    0.3 * every_s
                )
            }
            Self::Growing => String::new(),
        };
        // Of a mean service time that 250 ms are no less than three times of.
        let service_s = (workers / (capacity_per_s * share)).min(0.03);
        let us = (service_s * 1e6).round();
        let service = match service {
            "lognormal" => format!("lognormal:{us}us,0.5"),
            kind => format!("{kind}:{us}us"),
        };
        let service = if self == Self::Batching && seed.is_multiple_of(2) {
            format!("fixed:{us}us")
        } else {
            service
        };
        let poisson = seed.is_multiple_of(3);
        let described = format!(
            "{workers} x {service}{} {behaviour}",
            if poisson { " poisson" } else { "" }
        );
        let workers = u32::try_from(index(workers)).unwrap_or(1);
        let mut setting = Setting {
            poisson,
            ..Setting::queue(workers, &service)
        };
        if self == Self::Growing {
            let from_s = 60.0 * (few - 1.0);
            let drift = Drift {
                from_s,
                until_s: from_s + 60.0 * (some - 1.0),
                to: 1.3 + 2.2 * (more - 1.0),
            };
            setting.drift = Some(drift);
            return (setting, format!("{described} {drift:?}"));
        }
        (setting.with(&[&behaviour]), described)
    }
}

fn index(number: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "small and positive"
    )]
    let index = number as usize;
    index
}
