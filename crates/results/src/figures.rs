//! How numbers are written for people in plain text: the one place for all terminals, tables and sentences.
//!
//! It stands beside [`crate::text`] and not in a rendering, because sentences that are part of a result name figures too,
//! and must write them as the tables beside them do. What is written to be read back has its own place: durations in the
//! `units` of a deployment, CSV and JSON in theirs.

use std::time::Duration;

/// `value` with so many decimals below `limit`, whole from there on.
fn below(limit: f64, decimals: usize, value: f64) -> String {
    let decimals = if value < limit { decimals } else { 0 };
    format!("{value:.decimals$}")
}

/// Microseconds as milliseconds with two decimals, whole from 100 ms on: `20.14`, `250`. The figures of load runs.
pub fn millis(us: u64) -> String {
    below(100.0, 2, in_millis(us))
}

/// As [`millis`] with one decimal: `20.1`, `250`. The steps of a capacity search, which are short.
pub fn millis_of_step(us: u64) -> String {
    below(100.0, 1, in_millis(us))
}

/// Estimated microseconds with their unit, as [`millis`] writes them but that nothing is rounded to `100.00`:
/// `20.14 ms`, `100 ms`. The figures of a gate.
pub fn millis_with_unit(us: f64) -> String {
    format!("{} ms", below(99.95, 2, us / 1e3))
}

/// A rate without its unit, one decimal below 100: `20.1`, `250`.
pub fn rate(per_s: f64) -> String {
    below(100.0, 1, per_s)
}

/// A number on an axis, one decimal below 10: `2.5`, `25`.
pub fn on_axis(value: f64) -> String {
    below(10.0, 1, value)
}

/// A rate in a sentence, with three significant digits or all its whole ones: `2.50`, `25.0`, `2500`.
pub fn three_digits(per_s: f64) -> String {
    // The limits are those at which rounding would add a digit.
    let decimals = if per_s < 9.995 { 2 } else { 1 };
    below(99.95, decimals, per_s)
}

/// A number in a table of a page: two decimals below ten, one below a hundred, none and groups of digits above.
pub fn in_table(figure: f64) -> String {
    let size = figure.abs();
    if !figure.is_finite() {
        "–".to_owned()
    } else if size < 10.0 {
        format!("{figure:.2}")
    } else if size < 100.0 {
        format!("{figure:.1}")
    } else if size < 1e15 {
        format!("{}{}", if figure < 0.0 { "-" } else { "" }, grouped(whole(size)))
    } else {
        format!("{figure:e}")
    }
}

/// Digits in groups of three, as in `12 345`, with narrow spaces that do not break.
pub fn grouped(figure: u64) -> String {
    let digits = figure.to_string();
    let mut out = String::with_capacity(digits.len() * 2);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// `1 case`, `2 cases`.
pub fn of(figure: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(figure as u64), if figure == 1 { one } else { many })
}

/// The whole number next to a positive one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts and times are positive; casts saturate"
)]
pub fn whole(figure: f64) -> u64 {
    figure.round() as u64
}

/// Beyond this share, or what is none, figures say nothing: a record of somebody else's may hold any number.
const MOST_TOLD: f64 = 1e6;

/// What is told of a share that is too much to be one.
fn beyond(share: f64) -> Option<&'static str> {
    match share {
        _ if share.is_nan() => Some("–"),
        _ if share > MOST_TOLD => Some("over 100000000%"),
        _ if share < -MOST_TOLD => Some("under -100000000%"),
        _ => None,
    }
}

/// A share, 0 to 1, as a percentage of three digits at most and without needless zeros: `5%`, `0.03%`, `130%`.
pub fn percent(share: f64) -> String {
    if let Some(beyond) = beyond(share) {
        return beyond.to_owned();
    }
    let decimals = match share.abs() {
        ..0.0095 => 2,
        0.0095..0.9995 => 1,
        _ => 0,
    };
    let text = format!("{:.decimals$}", share * 100.0);
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    format!("{text}%")
}

/// How much more or less, as a share of what was before: `+10.8%`.
pub fn change(share: f64) -> String {
    if let Some(beyond) = beyond(share) {
        return beyond.to_owned();
    }
    format!("{:+.1}%", share * 100.0)
}

/// As [`change`], of a ratio, with a factor where a percentage could not be read: `+10.8%`, `x12`.
pub fn change_of_ratio(ratio: f64) -> String {
    let share = ratio - 1.0;
    if (share * 100.0).abs() < 999.5 {
        change(share)
    } else {
        format!("x{ratio:.0}")
    }
}

/// A difference of two shares in percentage points: `+0.03 pp`.
pub fn points(difference: f64) -> String {
    format!("{:+.2} pp", difference * 100.0)
}

/// Bytes in mebibytes, whole.
pub fn mebibytes(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown without decimals")]
    let bytes = bytes as f64;
    format!("{:.0}", bytes / (1024.0 * 1024.0))
}

/// Microseconds with their unit in seven columns, whatever their size: ` 850 us`, `12.3 ms`.
pub fn in_seven_columns(us: u64) -> String {
    let (value, unit) = match us {
        0..1_000 => return format!("{us:>4} us"),
        1_000..1_000_000 => (in_millis(us), "ms"),
        _ => (Duration::from_micros(us).as_secs_f64(), "s "),
    };
    // The limits are those at which rounding would add a digit.
    let decimals = if value < 9.995 { 2 } else { usize::from(value < 99.95) };
    format!("{value:>4.decimals$} {unit}")
}

/// A time to wait as clocks show it: `48s`, `2m 05s`, `1h 00m`.
pub fn on_clock(time: Duration) -> String {
    let seconds = whole(time.as_secs_f64().ceil());
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h {:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}

/// A time that something will take, rounded up to what can be planned: `4 minutes`.
pub fn rough_time(seconds: f64) -> String {
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

fn in_millis(us: u64) -> f64 {
    Duration::from_micros(us).as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_end_where_they_say_nothing() {
        assert_eq!([20_140, 99_970, 250_400].map(millis), ["20.14", "99.97", "250"]);
        assert_eq!([20_140, 99_940, 250_400].map(millis_of_step), ["20.1", "99.9", "250"]);
        assert_eq!([20_140.0, 99_970.0].map(millis_with_unit), ["20.14 ms", "100 ms"]);
        assert_eq!([20.14, 250.4].map(rate), ["20.1", "250"]);
        assert_eq!([2.54, 25.4].map(on_axis), ["2.5", "25"]);
        assert_eq!(
            [2.5, 9.996, 25.0, 99.96, 2500.0].map(three_digits),
            ["2.50", "10.0", "25.0", "100", "2500"]
        );
        assert_eq!(mebibytes(52_428_800), "50");
    }

    #[test]
    fn what_is_no_share_is_no_figure() {
        assert_eq!(percent(f64::INFINITY), "over 100000000%");
        assert_eq!(change(-1e300), "under -100000000%");
        assert_eq!(change(f64::NAN), "–");
        assert_eq!(change(999_999.0), "+99999900.0%");
    }

    #[test]
    fn figures_of_tables_have_as_many_digits_as_can_be_read() {
        for (figure, text) in [
            (0.0, "0.00"),
            (0.316, "0.32"),
            (18.34, "18.3"),
            (250.4, "250"),
            (-1_210.2, "-1\u{202f}210"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(in_table(figure), text);
        }
    }

    #[test]
    fn digits_come_in_threes() {
        for (figure, text) in [(0, "0"), (999, "999"), (1_000, "1 000"), (1_234_567, "1 234 567")] {
            assert_eq!(grouped(figure).replace('\u{202f}', " "), text);
        }
        assert_eq!([of(1, "case", "cases"), of(2, "case", "cases")], ["1 case", "2 cases"]);
    }

    #[test]
    fn shares_and_changes() {
        assert_eq!(
            [0.05, 0.0003, 1.0, 0.105].map(percent),
            ["5%", "0.03%", "100%", "10.5%"]
        );
        assert_eq!([1.108, 0.9, 12.0].map(change_of_ratio), ["+10.8%", "-10.0%", "x12"]);
        assert_eq!([change(11.0), points(0.0003)], ["+1100.0%", "+0.03 pp"]);
    }

    #[test]
    fn times_of_any_size_take_seven_columns() {
        for (us, text) in [
            (850, " 850 us"),
            (9_994, "9.99 ms"),
            (9_996, "10.0 ms"),
            (99_960, " 100 ms"),
            (600_000_000, " 600 s "),
        ] {
            assert_eq!(in_seven_columns(us), text);
        }
    }

    #[test]
    fn times_to_wait_read_as_on_a_clock() {
        for (millis, text) in [
            (47_100, "48s"),
            (125_000, "2m 05s"),
            (3_600_000, "1h 00m"),
            (59_400, "1m 00s"),
        ] {
            assert_eq!(on_clock(Duration::from_millis(millis)), text);
        }
    }

    #[test]
    fn times_that_something_takes_are_rounded_up() {
        assert_eq!(
            [0.2, 240.0, 7201.0].map(rough_time),
            ["1 second", "4 minutes", "3 hours"]
        );
    }
}
