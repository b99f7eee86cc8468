//! Many machines in one line, while they make a load together.

use proofload_results::figures::{millis, rate};
use proofload_results::record::Live;

/// How all shards stand, in a line such as
/// `00:41      4001/s  p99 12.1 ms  errors 0.00%  in flight 48  lag 0.3 ms  8/8 shards`.
pub fn live_line(live: &Live) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "seconds of a run, from 0 on; a cast saturates"
    )]
    let elapsed_s = live.elapsed_s as u64;
    #[expect(clippy::cast_precision_loss, reason = "a share that a person looks at")]
    let errors = live.errors as f64 * 100.0 / live.calls.max(1) as f64;
    format!(
        "{:02}:{:02}      {}/s  p99 {} ms  errors {errors:.2}%  in flight {}  lag {} ms  {}/{} shards",
        elapsed_s / 60,
        elapsed_s % 60,
        rate(live.rate_per_s),
        millis(live.p99_us),
        live.in_flight,
        millis(live.lag_p99_us),
        live.going,
        live.shards,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_all_shards_stand() {
        let live = Live {
            shards: 8,
            going: 7,
            lost: 1,
            elapsed_s: 101.2,
            rate_per_s: 4001.2,
            p99_us: 12_100,
            lag_p99_us: 300,
            in_flight: 48,
            calls: 20_000,
            errors: 1,
        };
        assert_eq!(
            live_line(&live),
            "01:41      4001/s  p99 12.10 ms  errors 0.01%  in flight 48  lag 0.30 ms  7/8 shards"
        );
        assert!(live_line(&Live::default()).contains("00:00"));
    }
}
