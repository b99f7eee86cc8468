//! How a measured figure is written beside its objective.

use proofload_results::objective::{Metric, Objective};

/// Significant digits that people read at a glance.
const DIGITS: u32 = 3;
/// More than a measured figure ever has.
const MOST_DIGITS: u32 = 12;
/// Below this share of errors two decimals of a percentage would hide what is left.
const RARE: f64 = 1e-4;

/// A measured figure, in the unit of its metric, with three significant digits: `62.6 ms`, `24%`, `99.8/s`. It has more of them
/// where the rounded figure would be the limit, or on its other side, and the true one is not: 250.3 ms and a limit of 250 ms.
pub(super) fn written(objective: &Objective, figure: f64) -> String {
    let holds = objective.holds(figure);
    let is_the_limit = |figure: f64| (figure - objective.limit).abs() <= f64::EPSILON * objective.limit.abs();
    let rounded = (fewest(objective.metric, figure)..=MOST_DIGITS)
        .map(|digits| to_digits(figure, digits))
        .find(|rounded| objective.holds(*rounded) == holds && is_the_limit(*rounded) == is_the_limit(figure))
        .unwrap_or(figure);
    with_unit(objective.metric, rounded)
}

/// A rate keeps its whole calls: people add them up.
fn fewest(metric: Metric, figure: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the digits of a positive number"
    )]
    let whole = figure.abs().max(1.0).log10().floor() as u32 + 1;
    if metric == Metric::Rate {
        whole.clamp(DIGITS, MOST_DIGITS)
    } else {
        DIGITS
    }
}

fn with_unit(metric: Metric, figure: f64) -> String {
    match metric {
        Metric::Quantile { .. } | Metric::Mean | Metric::Max | Metric::Min => time(figure),
        Metric::Errors if figure > 0.0 && figure < RARE => format!("{:e}%", tidy(figure * 100.0)),
        Metric::Errors => format!("{}%", tidy(figure * 100.0)),
        Metric::Rate => format!("{}/s", tidy(figure)),
    }
}

/// Microseconds in the unit that suits their size.
fn time(us: f64) -> String {
    match us {
        ..1e3 => format!("{} us", tidy(us)),
        1e3..1e6 => format!("{} ms", tidy(us / 1e3)),
        _ => format!("{} s", tidy(us / 1e6)),
    }
}

/// `figure` to so many significant digits.
fn to_digits(figure: f64, digits: u32) -> f64 {
    if figure == 0.0 || !figure.is_finite() {
        return figure;
    }
    let places = f64::from(digits) - 1.0 - figure.abs().log10().floor();
    if places >= 0.0 {
        let scale = 10_f64.powf(places);
        (figure * scale).round() / scale
    } else {
        let scale = 10_f64.powf(-places);
        (figure / scale).round() * scale
    }
}

/// Without the dust that a multiplication leaves behind the digits that count.
fn tidy(figure: f64) -> f64 {
    to_digits(figure, MOST_DIGITS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::objective::Comparison;

    fn shown(metric: Metric, must_be: Comparison, limit: f64, figure: f64) -> String {
        written(&Objective::new(None, metric, must_be, limit), figure)
    }

    #[test]
    fn three_digits_are_read_at_a_glance() {
        let p99 = Metric::Quantile { quantile: 0.99 };
        for (us, text) in [
            (0.0, "0 us"),
            (850.0, "850 us"),
            (2_363.0, "2.36 ms"),
            (62_623.0, "62.6 ms"),
            (201_487.0, "201 ms"),
            (999_960.0, "1 s"),
            (1_745_919.0, "1.75 s"),
            (125_400_000.0, "125 s"),
        ] {
            assert_eq!(shown(p99, Comparison::Less, 250e6, us), text);
        }
        for (share, text) in [
            (0.0, "0%"),
            (0.24, "24%"),
            (0.005, "0.5%"),
            (0.000_5, "0.05%"),
            (0.123_456, "12.3%"),
            (0.000_012_34, "1.23e-3%"),
        ] {
            assert_eq!(shown(Metric::Errors, Comparison::Less, 0.9, share), text);
        }
        assert_eq!(shown(Metric::Rate, Comparison::AtLeast, 1.0, 99.84), "99.8/s");
        assert_eq!(shown(Metric::Rate, Comparison::AtLeast, 1.0, 12_345.6), "12346/s");
    }

    #[test]
    fn rounding_never_puts_a_figure_on_the_other_side_of_its_limit() {
        let p99 = Metric::Quantile { quantile: 0.99 };
        for (metric, must_be, limit, figure, text) in [
            (p99, Comparison::Less, 250e3, 250_300.0, "250.3 ms"),
            (p99, Comparison::AtMost, 250e3, 250_001.0, "250.001 ms"),
            (p99, Comparison::Less, 250e3, 249_990.0, "249.99 ms"),
            (p99, Comparison::Less, 250e3, 250_000.0, "250 ms"),
            (Metric::Errors, Comparison::Less, 0.001, 0.001_000_4, "0.10004%"),
            (Metric::Rate, Comparison::AtLeast, 200.0, 199.96, "199.96/s"),
        ] {
            assert_eq!(shown(metric, must_be, limit, figure), text);
        }
    }
}
