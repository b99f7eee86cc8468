//! Two looks at the same endpoint, one after the other: what counters grew by between them.

use crate::text::{Page, Sample};

/// A page, and the one before it.
pub(crate) struct Change<'a> {
    /// What is there now.
    pub(crate) now: &'a Page,
    before: Option<&'a Page>,
    /// Between the two, in seconds; above 0.
    length_s: f64,
}

impl<'a> Change<'a> {
    /// The change between two pages that lie so far apart, in seconds.
    pub(crate) fn new(before: Option<&'a Page>, now: &'a Page, length_s: f64) -> Self {
        Self {
            now,
            before: before.filter(|_| length_s > 0.0),
            length_s: length_s.max(f64::MIN_POSITIVE),
        }
    }

    /// How much each sample of a counter grew a second. None where there is nothing before, or where one of them went back: it was
    /// started anew, and what it counted meanwhile nobody knows.
    pub(crate) fn rates(&self, family: &str) -> Option<Vec<(&'a Sample, f64)>> {
        let before = self.before?;
        let mut rates = Vec::new();
        for sample in self.now.samples(family) {
            let Some(earlier) = before.sample(family, &sample.labels) else {
                continue;
            };
            if sample.value < earlier.value {
                return None;
            }
            rates.push((sample, (sample.value - earlier.value) / self.length_s));
        }
        (!rates.is_empty()).then_some(rates)
    }

    /// How much all samples of a counter together grew a second.
    pub(crate) fn rate(&self, family: &str) -> Option<f64> {
        let rates = self.rates(family)?;
        Some(rates.into_iter().map(|(_, rate)| rate).sum())
    }

    /// The sum of a gauge's samples.
    pub(crate) fn sum(&self, family: &str) -> Option<f64> {
        let samples = self.now.samples(family);
        (!samples.is_empty()).then(|| samples.iter().map(|sample| sample.value).sum())
    }

    /// The largest of a gauge's samples.
    pub(crate) fn largest(&self, family: &str) -> Option<f64> {
        let values = self.now.samples(family).iter().map(|sample| sample.value);
        values.reduce(f64::max)
    }

    /// The first family of several that the page has samples of.
    pub(crate) fn first<'f>(&self, families: &[&'f str]) -> Option<&'f str> {
        families
            .iter()
            .copied()
            .find(|family| !self.now.samples(family).is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Page {
        Page::read(text, |_| true)
    }

    #[test]
    fn counters_become_rates_and_a_reset_is_a_gap() {
        let (before, now) = (
            page("a{x=\"1\"} 10\na{x=\"2\"} 5\n"),
            page("a{x=\"1\"} 14\na{x=\"2\"} 5\na{x=\"3\"} 99\n"),
        );
        let change = Change::new(Some(&before), &now, 2.0);
        assert_eq!(change.rate("a"), Some(2.0));
        assert_eq!(change.rates("a").unwrap().len(), 2, "what is new has no rate yet");
        assert_eq!(change.rate("b"), None);
        assert_eq!(change.sum("a"), Some(118.0));
        let started_anew = page("a{x=\"1\"} 1\na{x=\"2\"} 6\n");
        assert_eq!(Change::new(Some(&now), &started_anew, 2.0).rate("a"), None);
        assert_eq!(Change::new(None, &now, 2.0).rate("a"), None);
        assert_eq!(Change::new(Some(&before), &now, 0.0).rate("a"), None);
    }
}
