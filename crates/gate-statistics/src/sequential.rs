//! Looking more than once without being wrong more often.

/// The looks that are planned at an interleaved comparison, and what each may spend of the error rate.
///
/// Lan and `DeMets` (1983): the error rate is spent over the looks by a function of how much of the planned measurement is
/// in, here the one that is like Pocock's, `alpha * ln(1 + (e - 1) * share)`, which is generous early on, where most
/// answers are sure. Each look is made at the level that it adds. That gives up a little power against
/// boundaries from the joint distribution of the looks, and in return holds whatever that distribution is: the chance of any
/// false regression over all looks is at most the sum of the levels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Looks {
    alpha: f64,
    planned: usize,
    every: usize,
}

/// More looks than this gain no time and cost power.
const MOST: usize = 8;

impl Looks {
    /// Over at most so many pairs, the first look after at least `first`.
    pub fn new(alpha: f64, planned: usize, first: usize) -> Self {
        Self {
            alpha,
            planned: planned.max(1),
            every: planned.div_ceil(MOST).max(first).max(1),
        }
    }

    /// Whether the data are looked at after so many pairs.
    pub fn due(&self, pairs: usize) -> bool {
        pairs == self.planned || (pairs < self.planned && pairs.is_multiple_of(self.every))
    }

    /// What a look after so many pairs may spend.
    pub fn level(&self, pairs: usize) -> f64 {
        let before = (pairs.saturating_sub(1) / self.every) * self.every;
        self.spent(pairs) - self.spent(before)
    }

    /// What may be spent up to so many pairs.
    fn spent(&self, pairs: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "numbers of pairs")]
        let share = (pairs as f64 / self.planned as f64).min(1.0);
        self.alpha * ((std::f64::consts::E - 1.0) * share).ln_1p()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_looks_spend_the_error_rate_and_no_more() {
        for (planned, first) in [(40, 10), (37, 6), (6, 10), (1, 1), (500, 10)] {
            let looks = Looks::new(0.025, planned, first);
            let at: Vec<usize> = (1..=planned + 5).filter(|pairs| looks.due(*pairs)).collect();
            let spent: f64 = at.iter().map(|pairs| looks.level(*pairs)).sum();
            assert!((spent - 0.025).abs() < 1e-12, "{planned}: {spent}");
            assert!(at.len() <= MOST && at.last() == Some(&planned), "{planned}: {at:?}");
            assert!(
                at[0] >= first.min(planned) && at.iter().all(|pairs| looks.level(*pairs) > 0.0),
                "{at:?}"
            );
        }
    }
}
