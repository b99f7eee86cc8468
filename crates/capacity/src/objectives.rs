//! The objectives of a search: ceilings that load can break, and nothing that contradicts them.

use super::CapacityError;
use proofload_capacity_search::Allowed;
use proofload_deployment::units::span;
use proofload_load::{Ceiling, Slo};
use std::time::Duration;

/// Beyond this no latency is told apart any more.
const LONGEST: Duration = Duration::from_secs(600);
/// Without an objective on latency, calls that wait this long and still pile up are hopeless.
const PATIENCE: Duration = Duration::from_secs(1);

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
    pub fn new(slos: &[Slo], timeout: Duration) -> Result<Self, CapacityError> {
        let refuse = |sentence: String| Err(CapacityError::Options(sentence));
        if slos.is_empty() {
            return refuse(
                "a search needs an objective that load can break: give one, such as --slo 'publish.p99 < 250ms'"
                    .to_owned(),
            );
        }
        let mut ceilings = Vec::new();
        for slo in slos {
            let Some(ceiling) = slo.ceiling() else {
                return refuse(floor(slo, slos));
            };
            if let Some(why) = never(ceiling, timeout) {
                return refuse(format!("{slo} {why}"));
            }
            ceilings.push(ceiling);
        }
        Ok(Self {
            slos: slos.to_vec(),
            ceilings,
        })
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
fn floor(slo: &Slo, slos: &[Slo]) -> String {
    if slo.is_about_rate() {
        return format!("{slo} is about the rate, which the search sets itself: give --need to say what rate you need");
    }
    let (subject, least) = slo.limit_on();
    let contradicted = slos.iter().find(|other| {
        let (of, most) = other.limit_on();
        other.ceiling().is_some() && of == subject && most <= least
    });
    match contradicted {
        Some(other) => format!("{slo} and {other} contradict each other: no rate can hold both; leave one out"),
        None => format!(
            "{slo} can never be what load breaks: it only gets easier with more of it; leave it out, or turn it round"
        ),
    }
}

/// Why an objective can never fail, or never hold.
fn never(ceiling: Ceiling, timeout: Duration) -> Option<String> {
    match ceiling {
        Ceiling::Share { allowed, .. } if allowed >= 1.0 => {
            Some("can never fail: every call may; state a lower share".to_owned())
        }
        Ceiling::Share { allowed, limit: None } if allowed <= 0.0 => {
            Some("can never hold: no share is below 0%; state a higher one, such as 0.1%".to_owned())
        }
        Ceiling::Share { limit: Some(limit), .. } | Ceiling::Time { limit } if limit.is_zero() => {
            Some("can never hold: no call takes no time; state a longer one".to_owned())
        }
        Ceiling::Share { limit: Some(limit), .. } | Ceiling::Time { limit } if limit >= timeout.min(LONGEST) => {
            Some(format!(
                "can never fail: a call is given up after {}; state a shorter time, or a longer --timeout",
                span::display(timeout.min(LONGEST))
            ))
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
        assert!(!objectives(&["errors < 0.1%"]).unwrap().speak_of_latency());
    }

    #[test]
    fn what_no_search_can_look_for_is_refused() {
        for (texts, why) in [
            (&[][..], "needs an objective"),
            (&["publish.rate >= 200/s"], "--need"),
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
