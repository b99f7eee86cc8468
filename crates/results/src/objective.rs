//! An objective as data: what stands beside its text in a record, so that nobody has to read the text again.

use serde::{Deserialize, Serialize};

/// A limit that a measured figure must keep.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Objective {
    /// Whose calls count; none for all operations together.
    pub operation: Option<String>,
    /// What is measured.
    #[serde(flatten)]
    pub metric: Metric,
    /// How the figure must compare with the limit.
    pub must_be: Comparison,
    /// The limit, in its unit.
    pub limit: f64,
    /// The unit of the limit.
    pub unit: LimitUnit,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "metric", rename_all = "lowercase")]
pub enum Metric {
    /// A quantile of the response time.
    Quantile {
        /// Which one, 0 to 1.
        quantile: f64,
    },
    /// The mean response time.
    Mean,
    /// The largest response time.
    Max,
    /// The smallest response time.
    Min,
    /// The share of calls that failed.
    Errors,
    /// Successes per second.
    Rate,
}

/// How a figure must compare with its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// Below the limit.
    #[serde(rename = "<")]
    Less,
    /// The limit or below.
    #[serde(rename = "<=")]
    AtMost,
    /// Above the limit.
    #[serde(rename = ">")]
    More,
    /// The limit or above.
    #[serde(rename = ">=")]
    AtLeast,
}

/// The unit of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitUnit {
    /// Microseconds.
    Us,
    /// A share, 0 to 1.
    Share,
    /// Calls per second.
    PerS,
}

impl Objective {
    /// An objective, whose limit is in the unit of its metric.
    pub fn new(operation: Option<String>, metric: Metric, must_be: Comparison, limit: f64) -> Self {
        Self {
            operation,
            metric,
            must_be,
            limit,
            unit: metric.unit(),
        }
    }

    /// Whether the limit is a response time.
    pub fn is_latency(&self) -> bool {
        self.unit == LimitUnit::Us
    }

    /// Whether calls of this operation count.
    pub fn speaks_of(&self, operation: &str) -> bool {
        self.operation.as_deref().is_none_or(|name| name == operation)
    }

    /// Whether a figure in the limit's unit keeps it.
    pub fn holds(&self, figure: f64) -> bool {
        self.must_be.holds(figure, self.limit)
    }
}

impl Metric {
    /// The unit of its figures.
    pub fn unit(self) -> LimitUnit {
        match self {
            Self::Quantile { .. } | Self::Mean | Self::Max | Self::Min => LimitUnit::Us,
            Self::Errors => LimitUnit::Share,
            Self::Rate => LimitUnit::PerS,
        }
    }
}

impl Comparison {
    /// Whether a figure compares so with a limit.
    pub fn holds(self, figure: f64, limit: f64) -> bool {
        match self {
            Self::Less => figure < limit,
            Self::AtMost => figure <= limit,
            Self::More => figure > limit,
            Self::AtLeast => figure >= limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_objective_reads_as_it_was_written() {
        for (objective, document) in [
            (
                Objective::new(
                    Some("publish".to_owned()),
                    Metric::Quantile { quantile: 0.99 },
                    Comparison::Less,
                    250_000.0,
                ),
                json!({"operation": "publish", "metric": "quantile", "quantile": 0.99, "must_be": "<", "limit": 250_000.0, "unit": "us"}),
            ),
            (
                Objective::new(None, Metric::Errors, Comparison::AtMost, 0.001),
                json!({"operation": null, "metric": "errors", "must_be": "<=", "limit": 0.001, "unit": "share"}),
            ),
            (
                Objective::new(None, Metric::Rate, Comparison::AtLeast, 200.0),
                json!({"operation": null, "metric": "rate", "must_be": ">=", "limit": 200.0, "unit": "per_s"}),
            ),
        ] {
            assert_eq!(serde_json::to_value(&objective).expect("JSON"), document);
            let read: Objective = serde_json::from_value(document).expect("an objective");
            assert_eq!(read, objective);
        }
    }

    #[test]
    fn the_limit_itself_is_kept_where_it_is_allowed() {
        for (comparison, below, at, above) in [
            (Comparison::Less, true, false, false),
            (Comparison::AtMost, true, true, false),
            (Comparison::More, false, false, true),
            (Comparison::AtLeast, false, true, true),
        ] {
            let held = [1.0, 2.0, 3.0].map(|figure| comparison.holds(figure, 2.0));
            assert_eq!(held, [below, at, above], "{comparison:?}");
        }
    }
}
