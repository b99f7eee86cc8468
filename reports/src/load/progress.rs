//! The one line that is drawn again and again on a terminal while a load run goes on.
//!
//! It stays calm: once a second, every figure in its own place with a width of its own, whatever the rate.

use proofload_results::events::LoadTick;
use proofload_results::figures::{in_seven_columns, on_clock, rate};

/// The line, cut to a terminal of so many columns: a line that wraps could not be drawn over.
pub fn progress_line(tick: &LoadTick, columns: usize) -> String {
    let left = tick.planned.saturating_sub(tick.elapsed);
    let left = if left.is_zero() {
        "draining".to_owned()
    } else {
        format!("{} left", on_clock(left))
    };
    let line = format!(
        "{:>8}/s  in flight {:>5}  p50 {}  p99 {}  errors {:>5}  lag {}  {left}",
        rate(tick.rate_per_s),
        tick.in_flight,
        in_seven_columns(tick.p50_us),
        in_seven_columns(tick.p99_us),
        tick.errors,
        in_seven_columns(tick.lag_p99_us),
    );
    // The last column is left free: some terminals wrap as soon as it is written.
    line.chars().take(columns.saturating_sub(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

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
            progress_line(&tick(), 200),
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
        let (calm, busy) = (progress_line(&tick(), 200), progress_line(&busy, 200));
        for word in ["in flight", "p50", "p99", "errors", "lag", "left"] {
            assert_eq!(calm.find(word), busy.find(word), "{word} stays where it is: {busy}");
        }
    }

    #[test]
    fn it_fits_the_terminal() {
        for columns in [0, 1, 20, 80] {
            assert!(progress_line(&tick(), columns).chars().count() <= columns.saturating_sub(1));
        }
    }

    #[test]
    fn what_goes_on_after_its_time_is_draining() {
        let over = LoadTick {
            elapsed: Duration::from_secs(61),
            ..tick()
        };
        assert!(progress_line(&over, 200).ends_with("draining"));
    }
}
