//! The one line that is drawn again and again on a terminal while a load run goes on.
//!
//! It stays calm: once a second, every figure in its own place with a width of its own, whatever the rate.

use proofload_results::events::LoadTick;
use std::time::Duration;

/// The line, cut to a terminal of so many columns: a line that wraps could not be drawn over.
pub fn line(tick: &LoadTick, columns: usize) -> String {
    let left = tick.planned.saturating_sub(tick.elapsed);
    let left = if left.is_zero() {
        "draining".to_owned()
    } else {
        format!("{} left", clock(left))
    };
    let line = format!(
        "{:>8}/s  in flight {:>5}  p50 {}  p99 {}  errors {:>5}  lag {}  {left}",
        rate(tick.rate_per_s),
        tick.in_flight,
        span(tick.p50_us),
        span(tick.p99_us),
        tick.errors,
        span(tick.lag_p99_us),
    );
    // The last column is left free: some terminals wrap as soon as it is written.
    line.chars().take(columns.saturating_sub(1)).collect()
}

fn rate(per_s: f64) -> String {
    if per_s < 100.0 {
        format!("{per_s:.1}")
    } else {
        format!("{per_s:.0}")
    }
}

/// Microseconds in seven columns.
fn span(us: u64) -> String {
    let seconds = Duration::from_micros(us).as_secs_f64();
    let (value, unit) = match us {
        0..1_000 => return format!("{us:>4} us"),
        1_000..1_000_000 => (seconds * 1e3, "ms"),
        _ => (seconds, "s "),
    };
    // The limits are those at which rounding would add a digit.
    let decimals = if value < 9.995 { 2 } else { usize::from(value < 99.95) };
    format!("{value:>4.decimals$} {unit}")
}

/// A time to wait as clocks show it: `48s`, `2m 05s`, `1h 00m`.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs_f64().ceil();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a duration is positive; casts saturate"
    )]
    let seconds = seconds as u64;
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h {:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tick() -> LoadTick {
        LoadTick {
            elapsed: Duration::from_secs(12),
            planned: Duration::from_secs(60),
            rate_per_s: 200.0,
            in_flight: 4,
            done: 2400,
            errors: 0,
            p50_us: 850,
            p99_us: 12_345,
            lag_p99_us: 40,
        }
    }

    #[test]
    fn every_figure_has_its_place_whatever_its_size() {
        assert_eq!(
            line(&tick(), 200),
            "     200/s  in flight     4  p50  850 us  p99 12.3 ms  errors     0  lag   40 us  48s left"
        );
        let busy = LoadTick {
            rate_per_s: 48_211.7,
            in_flight: 9_999,
            errors: 12_345,
            p50_us: 1_234_567,
            p99_us: 600_000_000,
            lag_p99_us: 999_999,
            ..tick()
        };
        let (calm, busy) = (line(&tick(), 200), line(&busy, 200));
        for word in ["in flight", "p50", "p99", "errors", "lag", "left"] {
            assert_eq!(calm.find(word), busy.find(word), "{word} stays where it is: {busy}");
        }
    }

    #[test]
    fn it_fits_the_terminal() {
        for columns in [0, 1, 20, 80] {
            assert!(line(&tick(), columns).chars().count() <= columns.saturating_sub(1));
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
            assert_eq!(clock(Duration::from_millis(millis)), text);
        }
        let over = LoadTick {
            elapsed: Duration::from_secs(61),
            ..tick()
        };
        assert!(line(&over, 200).ends_with("draining"));
    }
}
