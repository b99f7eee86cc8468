//! When a token is to be renewed: a pure function of its life.

use std::time::Duration;

/// Assumed where a token does not say how long it lives.
const UNSTATED_LIFE: Duration = Duration::from_secs(6 * 60);
/// A token is renewed this long before its end, or a fifth of its life before when that is shorter...
const MARGIN: Duration = Duration::from_secs(60);
/// ...but never in its last two seconds, as far as it has them to spare: claims count whole seconds, and an answer takes a
/// while.
const LEAST_MARGIN: Duration = Duration::from_secs(2);
/// Tokens are never renewed more often, however short-lived a server makes them.
pub const LEAST_LIFE: Duration = Duration::from_millis(250);

/// How long after it was received a token that lives for `life` is to be renewed; six minutes are assumed where it does not
/// say.
///
/// `jitter`, 0 to 1, is how much earlier than it must, up to a third: holders that logged in together and have different
/// ones do not renew together. An hour ends in a renewal after 39 to 59 minutes, five seconds after 2 to 3.
pub fn renew_after(life: Option<Duration>, jitter: f64) -> Duration {
    let life = life.unwrap_or(UNSTATED_LIFE);
    let least = LEAST_MARGIN.min(life * 2 / 3);
    let latest = life.saturating_sub(MARGIN.min(life / 5).max(least));
    latest.mul_f64(1.0 - jitter.clamp(0.0, 1.0) / 3.0).max(LEAST_LIFE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renewal_comes_before_the_end_and_jitter_brings_it_forward() {
        for (life_ms, jitter, after_ms) in [
            (Some(3_600_000), 0.0, 3_540_000),
            (Some(3_600_000), 1.0, 2_360_000),
            (Some(100_000), 0.0, 80_000),
            (Some(10_000), 0.0, 8_000),
            (Some(5_000), 0.0, 3_000),
            (Some(5_000), 1.0, 2_000),
            (Some(3_000), 0.0, 1_000),
            (Some(1_500), 0.0, 500),
            // Jitter beyond its range is as much as there is.
            (Some(5_000), 7.0, 2_000),
            (Some(5_000), -7.0, 3_000),
            // However short it lives.
            (Some(100), 1.0, 250),
            (Some(0), 0.0, 250),
            (None, 0.0, 300_000),
            (None, 1.0, 200_000),
        ] {
            let after = renew_after(life_ms.map(Duration::from_millis), jitter);
            assert_eq!(after.as_millis(), after_ms, "{life_ms:?} {jitter}");
        }
    }

    #[test]
    fn two_thousand_users_spread_their_renewals_and_none_is_late() {
        // Simulated time: 5 s tokens for a minute; a renewal answered within a second always comes before the end.
        let mut counts = vec![0_u32; 700];
        for user in 0..2000_u32 {
            let mut now = 0.0_f64;
            let mut jitter = f64::from(user) / 2000.0;
            while now < 60.0 {
                // Claims count whole seconds.
                let issued = now.floor();
                let after = renew_after(Some(Duration::from_secs(5)), jitter).as_secs_f64();
                assert!(now + after + 1.0 <= issued + 5.0 + 1e-9);
                now += after;
                jitter = (jitter * 7.13 + 0.37).fract();
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a minute in tenths"
                )]
                let tenth = (now * 10.0) as usize;
                counts[tenth] += 1;
            }
        }
        let most = counts[100..600].iter().max().copied().unwrap_or_default();
        // 2,000 users over 2 to 3 s are 80 a tenth of a second on average; no herd beyond a few times that.
        assert!(most < 320, "{most}");
    }
}
