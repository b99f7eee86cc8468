//! What users of a run did for their tokens beside their journeys, in sentences: a target that forgets tokens, or gives them out for
//! a moment, is loaded by that too, and nobody asked for it.

use crate::generator::script::AUTHENTICATE;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Of the calls of a scenario, so many in a hundred are worth a sentence when they are made for tokens beside it.
const MUCH_PERCENT: u64 = 20;

/// Something that is counted by all threads.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What was done for tokens while a run went on.
#[derive(Debug, Default)]
pub(crate) struct TokenTraffic {
    logins: Count,
    renewals: Count,
    /// Renewals that were made to see whether a token that was refused is still good.
    pub(crate) trials: Count,
    /// Calls that were answered 401 with a token whose own end was over.
    pub(crate) refused_over: Count,
    /// The same, with a token that says nothing of its end that could be held against the target.
    pub(crate) refused_unstated: Count,
    /// The shortest life that was learnt and gone by, in milliseconds; 0 for none.
    learnt_ms: AtomicU64,
}

impl TokenTraffic {
    /// A token was asked for with that operation.
    pub(crate) fn asked(&self, operation: usize) {
        let count = if operation == AUTHENTICATE {
            &self.logins
        } else {
            &self.renewals
        };
        count.add();
    }

    /// A token is renewed by a life that was learnt.
    pub(crate) fn goes_by(&self, learnt: Duration) {
        let millis = u64::try_from(learnt.as_millis()).unwrap_or(u64::MAX);
        let known = self.learnt_ms.load(Ordering::Relaxed);
        if known == 0 || millis < known {
            self.learnt_ms.store(millis, Ordering::Relaxed);
        }
    }

    /// What is worth saying beside so many calls, those for tokens among them.
    pub(crate) fn told(&self, calls: u64) -> Vec<String> {
        let [logins, renewals, trials] = [&self.logins, &self.renewals, &self.trials].map(Count::get);
        let mut said = Vec::new();
        let mut say = |figure: u64, one: &str, many: &str| {
            if figure > 0 {
                said.push(format!("{figure} {}", if figure == 1 { one } else { many }));
            }
        };
        say(
            self.refused_over.get(),
            "call was answered 401 with a token whose own end was over, or less than a second ahead: no other had come in time",
            "calls were answered 401 with tokens whose own end was over, or less than a second ahead: no other had come in time",
        );
        say(
            self.refused_unstated.get(),
            "call was answered 401 with a token whose end the target does not state, or not so that its own clock tells it",
            "calls were answered 401 with tokens whose end the target does not state, or not so that its own clock tells it",
        );
        say(
            logins,
            "login was made while the run went on, beside the scenario: a token was refused, or could not be renewed in time",
            "logins were made while the run went on, beside the scenario: tokens were refused, or could not be renewed in time",
        );
        say(
            trials,
            "renewal was made to see whether a token that was answered 401 is still good",
            "renewals were made to see whether tokens that were answered 401 are still good",
        );
        match self.learnt_ms.load(Ordering::Relaxed) {
            0 => {}
            millis => said.push(format!(
                "tokens that do not say when they end were refused at about the same age more than once: they were taken to live for {:.1} s from then on, and renewed before that",
                Duration::from_millis(millis).as_secs_f64()
            )),
        }
        let asked = logins + renewals;
        let others = calls.saturating_sub(asked);
        if asked * 100 > others * MUCH_PERCENT {
            said.push(format!(
                "tokens are no small part of this load: {renewals} renewals and {logins} logins beside {others} calls of the scenario"
            ));
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generator::script::RENEW;

    fn asked(traffic: &TokenTraffic, operation: usize, times: u64) {
        (0..times).for_each(|_| traffic.asked(operation));
    }

    #[test]
    fn renewals_that_are_few_are_not_worth_a_word() {
        let traffic = TokenTraffic::default();
        assert_eq!(traffic.told(0), Vec::<String>::new());
        asked(&traffic, RENEW, 20);
        assert_eq!(traffic.told(120), Vec::<String>::new());
        let told = traffic.told(119).join("\n");
        assert!(
            told.contains("20 renewals and 0 logins beside 99 calls of the scenario"),
            "{told}"
        );
    }

    #[test]
    fn logins_trials_and_what_was_learnt_are_told() {
        let traffic = TokenTraffic::default();
        asked(&traffic, AUTHENTICATE, 1);
        traffic.trials.add();
        traffic.trials.add();
        traffic.refused_unstated.add();
        for seconds in [9, 2, 5] {
            traffic.goes_by(Duration::from_secs(seconds));
        }
        let told = traffic.told(1000).join("\n");
        for words in [
            "1 login was made",
            "2 renewals were made",
            "1 call was answered 401",
            "live for 2.0 s",
        ] {
            assert!(told.contains(words), "{told}");
        }
        assert!(
            !told.contains("no small part") && !told.contains("own end was over"),
            "{told}"
        );
    }
}
