//! What servers do beside serving one call after the other, each with its parameters: they batch, pause, grow warm and hot, limit
//! and collapse. Every one can be had together with the others but for two that contradict each other.

mod parameters;

pub(super) use parameters::share;

use parameters::Parameters;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// Something that a server does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Behaviour {
    /// `batch:size=8,wait=5ms,each=10%`: a worker takes up to `size` calls at once, and waits for them to be so many for `wait` at
    /// most. A batch takes one service time, and `each` of it more for every call after the first.
    Batch {
        /// Calls of a batch at most.
        size: u32,
        /// How long the first of them waits for the others.
        wait: Duration,
        /// What each further call adds, as a share of the service time.
        each: f64,
    },
    /// `rate-limit:rate=100,burst=20`: beyond that, a call is answered with 429 and `Retry-After` (token bucket). Logins and
    /// renewals are not limited.
    RateLimit {
        /// Calls per second.
        rate: f64,
        /// Calls that may come at once.
        burst: f64,
    },
    /// `pause:for=500ms,every=20s,from=5s`: stands still for all.
    Pause {
        /// For how long.
        length: Duration,
        /// From the begin of one to the begin of the next.
        every: Duration,
        /// When the first begins, from the first call on.
        from: Duration,
    },
    /// `bound`: a connection belongs to one worker, in turn, and its calls wait for that one.
    Bound,
    /// `connections:most=64,answer=close`: what connects beyond is closed at once, or answered 503.
    Connections {
        /// Connections at the same time.
        most: u32,
        /// Whether those beyond are answered 503, and not closed.
        answers: bool,
    },
    /// `collapse:waiting=50,times=3,rest=30s`: once so many wait, every call takes `times` as long, until nobody called for `rest`.
    Collapse {
        /// Calls that wait.
        waiting: u32,
        /// How many times as long.
        times: f64,
        /// Without any call; never where it is not stated.
        rest: Duration,
    },
    /// `warm-up:for=30s,times=3`: from the first call on it takes `times` as long, and evenly less until it takes what it should.
    WarmUp {
        /// Until it is warm.
        length: Duration,
        /// How many times as long at first.
        times: f64,
    },
    /// `leak:by=10%,every=1m`: service grows evenly, from the first call on.
    Leak {
        /// The growth, as a share of the service time...
        by: f64,
        /// ...in so long.
        every: Duration,
    },
    /// `throttle:after=60s,times=1.5,rest=30s`: hot after so long a time with all workers busy, it takes `times` as long until it is
    /// half cool; an idle server cools down in `rest`.
    Throttle {
        /// Busy time of all workers.
        after: Duration,
        /// How many times as long when it is hot.
        times: f64,
        /// From hot to cool when nothing is done.
        rest: Duration,
    },
    /// `autoscale:most=8,delay=15s`: a worker more whenever calls waited for a worker and the last one came so long ago.
    Autoscale {
        /// Workers at most.
        most: u32,
        /// Until a further one is there.
        delay: Duration,
    },
    /// `neighbour:times=1.5,for=10s,every=40s,from=5s`: everything takes `times` as long now and then.
    Neighbour {
        /// How many times as long.
        times: f64,
        /// For how long.
        length: Duration,
        /// From one begin to the next.
        every: Duration,
        /// When the first begins, from the first call on.
        from: Duration,
    },
    /// `mix:share=10%,times=10`: so many of the calls are of a kind that takes `times` as long.
    Mix {
        /// The share of all calls.
        share: f64,
        /// How many times as long as the others.
        times: f64,
    },
}

/// Why a text is no behaviour, or some do not go together.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct BehaviourError(String);

/// The names, each with its parameters.
const FORMS: [(&str, &str); 12] = [
    ("batch", "batch:size=8,wait=5ms,each=10%"),
    ("rate-limit", "rate-limit:rate=100,burst=20"),
    ("pause", "pause:for=500ms,every=20s,from=5s"),
    ("bound", "bound"),
    ("connections", "connections:most=64,answer=503"),
    ("collapse", "collapse:waiting=50,times=3,rest=30s"),
    ("warm-up", "warm-up:for=30s,times=3"),
    ("leak", "leak:by=10%,every=1m"),
    ("throttle", "throttle:after=60s,times=1.5,rest=30s"),
    ("autoscale", "autoscale:most=8,delay=15s"),
    ("neighbour", "neighbour:times=1.5,for=10s,every=40s,from=5s"),
    ("mix", "mix:share=10%,times=10"),
];

/// Longer than any mock lives.
const NEVER: Duration = Duration::from_secs(1_000_000_000);

impl FromStr for Behaviour {
    type Err = BehaviourError;

    fn from_str(text: &str) -> Result<Self, BehaviourError> {
        let (name, rest) = text.split_once(':').unwrap_or((text, ""));
        let Some((_, form)) = FORMS.iter().find(|(known, _)| *known == name.trim()) else {
            let names: Vec<&str> = FORMS.iter().map(|(known, _)| *known).collect();
            let names = names.join(", ");
            return Err(BehaviourError(format!(
                "{:?} is no behaviour; there are {names}",
                name.trim()
            )));
        };
        let read = Parameters::of(rest).and_then(|mut parameters| {
            let behaviour = Self::read(name.trim(), &mut parameters)?;
            parameters.end()?;
            behaviour.sensible()
        });
        read.map_err(|why| BehaviourError(format!("{text:?}: {why}; write it like {form}")))
    }
}

impl Behaviour {
    fn read(name: &str, given: &mut Parameters<'_>) -> Result<Self, String> {
        Ok(match name {
            "batch" => Self::Batch {
                size: given.count("size")?,
                wait: given.time_or("wait", Some(Duration::ZERO))?,
                each: given.share_or("each", Some(0.0))?,
            },
            "rate-limit" => {
                let rate = given.number_or("rate", 0.1, None)?;
                Self::RateLimit {
                    rate,
                    burst: given.number_or("burst", 1.0, Some(rate.max(1.0)))?,
                }
            }
            "pause" => {
                let (length, every) = (given.time("for")?, given.time("every")?);
                Self::Pause {
                    length,
                    every,
                    from: given.time_or("from", Some(every))?,
                }
            }
            "connections" => Self::Connections {
                most: given.count("most")?,
                answers: given.read("answer", Some(false), |value| match value {
                    "close" => Ok(false),
                    "503" => Ok(true),
                    other => Err(format!("answer={other} is neither close nor 503")),
                })?,
            },
            "collapse" => Self::Collapse {
                waiting: given.count("waiting")?,
                times: given.number_or("times", 1.0, None)?,
                rest: given.time_or("rest", Some(NEVER))?,
            },
            "warm-up" => Self::WarmUp {
                length: given.time("for")?,
                times: given.number_or("times", 1.0, None)?,
            },
            "leak" => Self::Leak {
                by: given.share_or("by", None)?,
                every: given.time("every")?,
            },
            "throttle" => Self::Throttle {
                after: given.time("after")?,
                times: given.number_or("times", 1.0, None)?,
                rest: given.time("rest")?,
            },
            "autoscale" => Self::Autoscale {
                most: given.count("most")?,
                delay: given.time("delay")?,
            },
            "neighbour" => {
                let (times, length) = (given.number_or("times", 1.0, None)?, given.time("for")?);
                let every = given.time("every")?;
                Self::Neighbour {
                    times,
                    length,
                    every,
                    from: given.time_or("from", Some(every))?,
                }
            }
            "mix" => Self::Mix {
                share: given.share_or("share", None)?,
                times: given.number_or("times", 0.001, None)?,
            },
            _ => Self::Bound,
        })
    }

    fn sensible(self) -> Result<Self, String> {
        match self {
            Self::Pause { length, every, .. } | Self::Neighbour { length, every, .. } if length >= every => {
                Err("for= is no shorter than every=".to_owned())
            }
            Self::Mix { share, .. } if share > 1.0 => Err("share= is more than all calls".to_owned()),
            other => Ok(other),
        }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        let at = match self {
            Self::Batch { .. } => 0,
            Self::RateLimit { .. } => 1,
            Self::Pause { .. } => 2,
            Self::Bound => 3,
            Self::Connections { .. } => 4,
            Self::Collapse { .. } => 5,
            Self::WarmUp { .. } => 6,
            Self::Leak { .. } => 7,
            Self::Throttle { .. } => 8,
            Self::Autoscale { .. } => 9,
            Self::Neighbour { .. } => 10,
            Self::Mix { .. } => 11,
        };
        FORMS[at].0
    }

    /// Looks whether some go together on so many workers.
    ///
    /// # Errors
    /// One sentence: one is there twice, two contradict each other, or one changes nothing.
    pub fn check(all: &[Self], workers: u32) -> Result<(), BehaviourError> {
        let has = |name: &str| all.iter().filter(|one| one.name() == name).count();
        if let Some((twice, _)) = FORMS.iter().find(|(name, _)| has(name) > 1) {
            return Err(BehaviourError(format!(
                "the behaviour {twice} is there twice: give it once"
            )));
        }
        if has("bound") > 0 && has("autoscale") > 0 {
            let why =
                "bound and autoscale do not go together: a connection that is bound finds no worker that came later";
            return Err(BehaviourError(why.to_owned()));
        }
        match all
            .iter()
            .find(|one| matches!(one, Self::Autoscale { most, .. } if *most <= workers))
        {
            Some(_) => Err(BehaviourError(format!(
                "autoscale needs a most= above the {workers} workers there are at first"
            ))),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Behaviour {
    /// As it is written on the command line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name())?;
        match self {
            Self::Batch { size, wait, each } => write!(f, ":size={size},wait={wait:?},each={}%", each * 100.0),
            Self::RateLimit { rate, burst } => write!(f, ":rate={rate},burst={burst}"),
            Self::Pause { length, every, from } => write!(f, ":for={length:?},every={every:?},from={from:?}"),
            Self::Bound => Ok(()),
            Self::Connections { most, answers } => {
                write!(f, ":most={most},answer={}", if *answers { "503" } else { "close" })
            }
            Self::Collapse { waiting, times, rest } if *rest == NEVER => write!(f, ":waiting={waiting},times={times}"),
            Self::Collapse { waiting, times, rest } => write!(f, ":waiting={waiting},times={times},rest={rest:?}"),
            Self::WarmUp { length, times } => write!(f, ":for={length:?},times={times}"),
            Self::Leak { by, every } => write!(f, ":by={}%,every={every:?}", by * 100.0),
            Self::Throttle { after, times, rest } => write!(f, ":after={after:?},times={times},rest={rest:?}"),
            Self::Autoscale { most, delay } => write!(f, ":most={most},delay={delay:?}"),
            Self::Neighbour {
                times,
                length,
                every,
                from,
            } => write!(f, ":times={times},for={length:?},every={every:?},from={from:?}"),
            Self::Mix { share, times } => write!(f, ":share={}%,times={times}", share * 100.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_and_written_again() {
        for (name, form) in FORMS {
            let read: Behaviour = form.parse().expect(form);
            assert_eq!(read.name(), name);
            assert_eq!(read.to_string().parse(), Ok(read), "{form}");
        }
        let usual: Behaviour = "rate-limit:rate=50".parse().unwrap();
        assert_eq!(
            usual,
            Behaviour::RateLimit {
                rate: 50.0,
                burst: 50.0
            }
        );
    }

    #[test]
    fn what_is_none_is_refused_in_one_sentence_that_shows_one() {
        for (text, why) in [
            ("", "is no behaviour; there are batch,"),
            ("sleep:for=1s", "is no behaviour"),
            ("batch", "needs size="),
            ("batch:size=0", "no count from 1"),
            ("batch:size=8,size=9", "twice"),
            ("batch:size", "is not NAME=VALUE"),
            (
                "batch:size=8,colour=red",
                "colour is none of its parameters: size, wait, each",
            ),
            ("bound:to=2", "it has none"),
            ("rate-limit:rate=-1", "no number from 0.1"),
            ("rate-limit:rate=NaN", "no number from 0.1"),
            ("pause:for=2s,every=1s", "no shorter"),
            ("pause:for=2,every=10s", "no time above 0"),
            ("pause:for=0s,every=10s", "no time above 0"),
            ("connections:most=4,answer=shrug", "neither close nor 503"),
            ("mix:share=120%,times=2", "more than all calls"),
            ("leak:by=5000%,every=1m", "10 at most"),
            ("warm-up:for=40d,times=2", "no time above 0"),
        ] {
            let error = text.parse::<Behaviour>().expect_err(text).to_string();
            assert!(error.contains(why), "{text}: {error}");
            assert!(!error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn contradictions_are_refused() {
        let of = |texts: &[&str]| -> Vec<Behaviour> { texts.iter().map(|text| text.parse().unwrap()).collect() };
        let check = |texts: &[&str]| Behaviour::check(&of(texts), 4).map_err(|error| error.to_string());
        assert_eq!(check(&["bound", "leak:by=1%,every=1m"]), Ok(()));
        assert!(check(&["bound", "bound"]).unwrap_err().contains("twice"));
        assert!(
            check(&["bound", "autoscale:most=8,delay=5s"])
                .unwrap_err()
                .contains("together")
        );
        assert!(
            check(&["autoscale:most=4,delay=5s"])
                .unwrap_err()
                .contains("above the 4 workers")
        );
    }
}
