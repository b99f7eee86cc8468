//! The objectives of a search: ceilings that load can break, and nothing that contradicts them.

use proofload_capacity_search::Allowed;
use proofload_deployment::units::span;
use proofload_load::{Ceiling, Slo};
use std::time::Duration;

/// Beyond this no latency is told apart any more.
const LONGEST: Duration = Duration::from_secs(600);
/// Without an objective on latency, calls that wait this long and still pile up are hopeless.
const PATIENCE: Duration = Duration::from_secs(1);

/// What errors are allowed where nobody says: a server that refuses its callers carries nothing, however quick it is about it.
const ERRORS: &str = "errors < 1%";

/// Why objectives make no search; they are named as they were stated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ObjectiveError {
    /// There is none.
    #[error("a search needs an objective that load can break, such as publish.p99 < 250ms")]
    None,
    /// It speaks of the rate.
    #[error("{0} is about the rate, which the search sets itself")]
    AboutTheRate(String),
    /// Two contradict each other.
    #[error("{0} and {1} contradict each other: no rate can hold both; leave one out")]
    Contradiction(String, String),
    /// More load does not break it.
    #[error("{0} can never be what load breaks: it only gets easier with more of it; leave it out, or turn it round")]
    EasierWithLoad(String),
    /// It can never fail.
    #[error("{0} can never fail: every call may; state a lower share")]
    EveryCallMayFail(String),
    /// It can never hold.
    #[error("{0} can never hold: no share is below 0%; state a higher one, such as 0.1%")]
    NoCallMayFail(String),
    /// It can never hold.
    #[error("{0} can never hold: no call takes no time; state a longer one")]
    NoTime(String),
    /// A call that takes so long is given up, and then it has failed.
    #[error("{slo} can never fail: a call is given up after {}; state a shorter time", span::display(*given_up))]
    BeyondTimeout {
        /// The objective.
        slo: String,
        /// When calls are given up.
        given_up: Duration,
    },
}

/// The objectives of a search.
#[derive(Debug, Clone)]
pub struct Objectives {
    slos: Vec<Slo>,
    ceilings: Vec<Ceiling>,
}

impl Objectives {
    /// Takes objectives that a search can look for the limit of. Calls that take longer than `timeout` are errors.
    ///
    /// # Errors
    /// There is none, one can never fail or never hold, or two contradict each other.
    pub fn new(slos: &[Slo], timeout: Duration) -> Result<Self, ObjectiveError> {
        if slos.is_empty() {
            return Err(ObjectiveError::None);
        }
        let usual = Slo::parse(ERRORS, &[])
            .ok()
            .filter(|_| !slos.iter().any(Slo::is_about_errors));
        let slos: Vec<Slo> = slos.iter().cloned().chain(usual).collect();
        let mut ceilings = Vec::new();
        for slo in &slos {
            let Some(ceiling) = slo.ceiling() else {
                return Err(floor(slo, &slos));
            };
            if let Some(error) = never(slo, ceiling, timeout) {
                return Err(error);
            }
            ceilings.push(ceiling);
        }
        Ok(Self { slos, ceilings })
    }

    /// As they were stated.
    pub fn slos(&self) -> &[Slo] {
        &self.slos
    }

    /// What each of them allows.
    pub(super) fn allowed(&self) -> Vec<Allowed> {
        let allowed = self.ceilings.iter().map(|ceiling| match ceiling {
            Ceiling::Share { allowed, limit } => Allowed {
                share: Some(*allowed),
                limit_s: limit.map(|limit| limit.as_secs_f64()),
            },
            Ceiling::Time { limit } => Allowed {
                share: None,
                limit_s: Some(limit.as_secs_f64()),
            },
        });
        allowed.collect()
    }

    /// The longest latency that any of them allows.
    pub(super) fn longest(&self) -> Duration {
        let limits = self.ceilings.iter().filter_map(|ceiling| match ceiling {
            Ceiling::Share { limit, .. } => *limit,
            Ceiling::Time { limit } => Some(*limit),
        });
        limits.max().unwrap_or(PATIENCE)
    }

    /// Whether any speaks of latency.
    pub(super) fn speak_of_latency(&self) -> bool {
        self.on_latency().next().is_some()
    }

    /// Those that speak of latency.
    pub(super) fn on_latency(&self) -> impl Iterator<Item = &Slo> {
        let of_latency = |ceiling: &Ceiling| !matches!(ceiling, Ceiling::Share { limit: None, .. });
        let both = self.slos.iter().zip(&self.ceilings);
        both.filter(move |(_, ceiling)| of_latency(ceiling)).map(|(slo, _)| slo)
    }
}

/// Why an objective that more load does not break is none for a search.
fn floor(slo: &Slo, slos: &[Slo]) -> ObjectiveError {
    if slo.is_about_rate() {
        return ObjectiveError::AboutTheRate(slo.to_string());
    }
    let (subject, least) = slo.limit_on();
    let contradicted = slos.iter().find(|other| {
        let (of, most) = other.limit_on();
        other.ceiling().is_some() && of == subject && most <= least
    });
    match contradicted {
        Some(other) => ObjectiveError::Contradiction(slo.to_string(), other.to_string()),
        None => ObjectiveError::EasierWithLoad(slo.to_string()),
    }
}

/// Why an objective can never fail, or never hold.
fn never(slo: &Slo, ceiling: Ceiling, timeout: Duration) -> Option<ObjectiveError> {
    let given_up = timeout.min(LONGEST);
    match ceiling {
        Ceiling::Share { allowed, .. } if allowed >= 1.0 => Some(ObjectiveError::EveryCallMayFail(slo.to_string())),
        Ceiling::Share { allowed, limit: None } if allowed <= 0.0 => {
            Some(ObjectiveError::NoCallMayFail(slo.to_string()))
        }
        Ceiling::Share { limit: Some(limit), .. } | Ceiling::Time { limit } if limit.is_zero() => {
            Some(ObjectiveError::NoTime(slo.to_string()))
        }
        Ceiling::Share { limit: Some(limit), .. } | Ceiling::Time { limit } if limit >= given_up => {
            Some(ObjectiveError::BeyondTimeout {
                slo: slo.to_string(),
                given_up,
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objectives(texts: &[&str]) -> Result<Objectives, String> {
        let slos: Vec<Slo> = texts
            .iter()
            .map(|text| Slo::parse(text, &["publish"]).unwrap())
            .collect();
        Objectives::new(&slos, Duration::from_secs(10)).map_err(|error| error.to_string())
    }

    #[test]
    fn ceilings_are_taken() {
        let taken = objectives(&["publish.p99 < 250ms", "errors < 0.1%", "mean < 1s"]).unwrap();
        assert_eq!(taken.longest(), Duration::from_secs(1));
        let allowed = taken.allowed();
        assert!(allowed[0].share.is_some_and(|share| (share - 0.01).abs() < 1e-9));
        assert_eq!(allowed[0].limit_s, Some(0.25));
        assert_eq!((allowed[1].share, allowed[1].limit_s), (Some(0.001), None));
        assert_eq!((allowed[2].share, allowed[2].limit_s), (None, Some(1.0)));
        assert!(taken.speak_of_latency());
        assert_eq!(taken.slos().len(), 3, "errors were spoken of");
        let usual = objectives(&["publish.p99 < 250ms"]).unwrap();
        assert_eq!(usual.slos()[1].to_string(), "errors < 1%");
        assert!(!objectives(&["errors < 0.1%"]).unwrap().speak_of_latency());
    }

    #[test]
    fn what_no_search_can_look_for_is_refused() {
        for (texts, why) in [
            (&[][..], "needs an objective"),
            (&["publish.rate >= 200/s"], "sets itself"),
            (&["publish.p99 < 100ms", "publish.p99 > 200ms"], "contradict each other"),
            (&["publish.p99 > 200ms"], "only gets easier"),
            (&["errors <= 100%"], "never fail"),
            (&["errors < 0%"], "never hold"),
            (&["publish.p99 < 0s"], "never hold"),
            (&["publish.p99 < 20s"], "given up after 10s"),
            (&["publish.max <= 11m"], "never fail"),
        ] {
            let error = objectives(texts).expect_err(why);
            assert!(error.contains(why), "{texts:?}: {error}");
        }
    }
}
