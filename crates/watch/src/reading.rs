//! The series that one look gave.

use proofload_results::watched::{Kind, SeriesName, Unit};
use std::collections::BTreeMap;

/// No endpoint gives more series; which are taken stays the same from look to look.
pub(crate) const MOST_SERIES: usize = 96;

/// The series that one look gave, and how much there is of each where that is known.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Reading {
    pub(crate) values: BTreeMap<SeriesName, f64>,
    pub(crate) limits: BTreeMap<SeriesName, f64>,
}

impl Reading {
    /// Takes a figure of the only series of a kind, where there is a figure.
    pub(crate) fn add(&mut self, kind: &str, figure: Option<f64>, limit: Option<f64>) {
        self.add_of(kind, "", figure, limit);
    }

    /// Takes a figure of one of several series of a kind. What cannot be (a share above all there is, a negative size) is left out:
    /// an exporter may lie.
    pub(crate) fn add_of(&mut self, kind: &str, of: &str, figure: Option<f64>, limit: Option<f64>) {
        let (Some(kind), Some(figure)) = (Kind::of(kind), figure) else {
            return;
        };
        self.add_named(SeriesName::of(kind, of), figure, limit);
    }

    /// Takes a figure of a series.
    pub(crate) fn add_named(&mut self, name: SeriesName, figure: f64, limit: Option<f64>) {
        let (figure, limit) = match name.unit() {
            // Two clocks that tick apart may find a little more than everything.
            Unit::Share if (-0.01..1.25).contains(&figure) => (figure.clamp(0.0, 1.0), Some(1.0)),
            Unit::Share => return,
            Unit::Plain if figure.is_finite() => (figure, limit),
            _ if (0.0..1e18).contains(&figure) => (figure, limit),
            _ => return,
        };
        let limit = limit.filter(|limit| limit.is_finite() && *limit > 0.0);
        self.values.insert(name.clone(), figure);
        if let Some(limit) = limit {
            self.limits.insert(name, limit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_is_left_out() {
        let mut reading = Reading::default();
        reading.add("cpu", Some(1.02), None);
        reading.add("cpu.core", Some(7.0), None);
        reading.add("memory", Some(-5.0), Some(10.0));
        reading.add("files", Some(3.0), Some(0.0));
        reading.add("nothing", Some(1.0), None);
        reading.add("cpu.steal", None, None);
        let values: Vec<_> = reading
            .values
            .iter()
            .map(|(name, value)| (name.to_string(), *value))
            .collect();
        assert_eq!(values, [("cpu".to_owned(), 1.0), ("files".to_owned(), 3.0)]);
        assert_eq!(reading.limits.len(), 1);
    }
}
