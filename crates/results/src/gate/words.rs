//! How the figures of a gate are written for people, the same in every rendering.

use super::{Comparison, Finite, Metric, Needs};
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
        Metric::ErrorRate => percent(value),
        Metric::Throughput => format!("{value:.1}/s"),
        Metric::P50 | Metric::P90 | Metric::P99 if value < 99_950.0 => format!("{:.2} ms", value / 1e3),
        Metric::P50 | Metric::P90 | Metric::P99 => format!("{:.0} ms", value / 1e3),
    }
}

/// How much worse or better: `+10.8%` of a ratio; of error rates the difference in percentage points, `+0.03 pp`.
pub fn change(comparison: &Comparison) -> String {
    if comparison.metric == Metric::ErrorRate {
        return comparison
            .difference
            .map_or_else(dash, |difference| points(difference.get()));
    }
    comparison.ratio.map_or_else(dash, |ratio| signed(ratio.get()))
}

/// The interval of that: `+8.9% to +12.6%`.
pub fn interval(comparison: &Comparison) -> String {
    let (ends, shown): (_, fn(f64) -> String) = if comparison.metric == Metric::ErrorRate {
        (comparison.difference_interval, points)
    } else {
        (comparison.interval, signed)
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
    comparison.limit_ratio.map_or_else(dash, |ratio| signed(ratio.get()))
}

/// The minimum detectable change, as [`change`] is written.
pub fn detectable(comparison: &Comparison) -> String {
    if comparison.metric == Metric::ErrorRate {
        let change = comparison.detectable.zip(comparison.baseline);
        return change.map_or_else(dash, |(value, baseline)| points(value.get() - baseline.get()));
    }
    comparison
        .detectable_ratio
        .map_or_else(dash, |ratio| signed(ratio.get()))
}

/// `about 4 minutes more on each side`.
pub fn needs(needs: Needs) -> String {
    match needs {
        Needs::Seconds { more } => format!("about {} more on each side", time(more.get())),
        Needs::Runs { more: 1 } => "about 1 run more on each side".to_owned(),
        Needs::Runs { more } => format!("about {more} runs more on each side"),
    }
}

/// A share as a percentage: `5%`, `0.03%`.
pub fn percent(share: f64) -> String {
    let decimals = if share.abs() < 0.0095 { 2 } else { 1 };
    let text = format!("{:.decimals$}", share * 100.0);
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    format!("{text}%")
}

fn time(seconds: f64) -> String {
    let many = |figure: f64, unit: &str| {
        let figure = figure.ceil().max(1.0);
        format!("{figure} {unit}{}", if figure > 1.0 { "s" } else { "" })
    };
    if seconds <= 90.0 {
        many(seconds, "second")
    } else if seconds <= 5400.0 {
        many(seconds / 60.0, "minute")
    } else {
        many(seconds / 3600.0, "hour")
    }
}

fn signed(ratio: f64) -> String {
    let share = (ratio - 1.0) * 100.0;
    if share.abs() < 999.5 {
        format!("{share:+.1}%")
    } else {
        format!("x{ratio:.0}")
    }
}

fn points(difference: f64) -> String {
    format!("{:+.2} pp", difference * 100.0)
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
        assert_eq!(
            [percent(0.05), percent(0.0003), percent(1.0), percent(0.105)],
            ["5%", "0.03%", "100%", "10.5%"]
        );
    }
}
