//! The words for a comparison, the same in every rendering and in the gate's own reasons, which are part of its result.

use super::{Comparison, Finite, Metric, Needs};
use crate::figures::{self, points};
use crate::text;

/// `publish.p99`.
pub fn name(comparison: &Comparison) -> String {
    format!("{}.{}", text::line(&comparison.operation), comparison.metric)
}

/// Its verdict; `not judged` of one that is left out of the verdict of the whole.
pub fn verdict(comparison: &Comparison) -> String {
    if comparison.judged {
        comparison.verdict.to_string()
    } else {
        "not judged".to_owned()
    }
}

/// A value with its unit: `20.14 ms`, `0.03%`, `199.8/s`; a dash when there is none.
pub fn value(metric: Metric, value: Option<Finite>) -> String {
    let Some(value) = value.map(Finite::get) else {
        return "-".to_owned();
    };
    match metric {
        Metric::ErrorRate => figures::percent(value),
        Metric::Throughput => format!("{value:.1}/s"),
        Metric::P50 | Metric::P90 | Metric::P99 => figures::millis_with_unit(value),
    }
}

/// How much worse or better: `+10.8%` of a ratio; of error rates the difference in percentage points, `+0.03 pp`.
pub fn change(comparison: &Comparison) -> String {
    if comparison.metric == Metric::ErrorRate {
        return comparison
            .difference
            .map_or_else(dash, |difference| points(difference.get()));
    }
    comparison
        .ratio
        .map_or_else(dash, |ratio| figures::change_of_ratio(ratio.get()))
}

/// The interval of that: `+8.9% to +12.6%`.
pub fn interval(comparison: &Comparison) -> String {
    let (ends, shown): (_, fn(f64) -> String) = if comparison.metric == Metric::ErrorRate {
        (comparison.difference_interval, points)
    } else {
        (comparison.interval, figures::change_of_ratio)
    };
    ends.map_or_else(dash, |[low, high]| {
        format!("{} to {}", shown(low.get()), shown(high.get()))
    })
}

/// How much the candidate may be worse, as [`change`] is written.
pub fn limit(comparison: &Comparison) -> String {
    if comparison.metric == Metric::ErrorRate {
        let allowed = comparison.limit.zip(comparison.baseline);
        return allowed.map_or_else(dash, |(limit, baseline)| points(limit.get() - baseline.get()));
    }
    comparison
        .limit_ratio
        .map_or_else(dash, |ratio| figures::change_of_ratio(ratio.get()))
}

/// The minimum detectable change, as [`change`] is written.
pub fn detectable(comparison: &Comparison) -> String {
    if comparison.metric == Metric::ErrorRate {
        let change = comparison.detectable.zip(comparison.baseline);
        return change.map_or_else(dash, |(value, baseline)| points(value.get() - baseline.get()));
    }
    comparison
        .detectable_ratio
        .map_or_else(dash, |ratio| figures::change_of_ratio(ratio.get()))
}

/// `about 4 minutes more on each side`.
pub fn needs(needs: Needs) -> String {
    match needs {
        Needs::Seconds { more } => format!("about {} more on each side", figures::rough_time(more.get())),
        Needs::Runs { more: 1 } => "about 1 run more on each side".to_owned(),
        Needs::Runs { more } => format!("about {more} runs more on each side"),
    }
}

fn dash() -> String {
    "-".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::gate as examples;

    #[test]
    fn figures_are_written_for_people() {
        let report = examples::regressed();
        let p50 = &report.comparisons[0];
        assert_eq!(
            [
                name(p50),
                value(p50.metric, p50.baseline),
                change(p50),
                interval(p50),
                limit(p50),
                detectable(p50)
            ],
            ["publish.p50", "20.14 ms", "+10.8%", "+8.9% to +12.6%", "+5.0%", "+7.2%"]
        );
        let errors = &report.comparisons[3];
        assert_eq!(
            [
                value(errors.metric, errors.candidate),
                change(errors),
                interval(errors),
                limit(errors)
            ],
            ["0.03%", "+0.03 pp", "-0.04 pp to +0.11 pp", "+0.50 pp"]
        );
    }

    #[test]
    fn times_are_rounded_up_to_what_can_be_done() {
        let shown = |more| {
            needs(Needs::Seconds {
                more: Finite::new(more).unwrap(),
            })
        };
        assert_eq!(shown(0.2), "about 1 second more on each side");
        assert_eq!(shown(240.0), "about 4 minutes more on each side");
        assert_eq!(shown(7201.0), "about 3 hours more on each side");
        assert_eq!(needs(Needs::Runs { more: 3 }), "about 3 runs more on each side");
    }
}
