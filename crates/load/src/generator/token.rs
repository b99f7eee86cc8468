//! When a token is renewed: a pure function of the token and the time.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use std::time::Duration;

/// The claims that say how long a token lives. They are read, not verified: verifying is the server's business.
#[derive(Deserialize)]
struct Claims {
    exp: Option<f64>,
    iat: Option<f64>,
    nbf: Option<f64>,
}

/// How long after it was handed out a token is to be renewed; `None` when it says nothing of its end.
///
/// Renewal falls between 50% and 75% of the lifetime, where `jitter` (0 to 1) says, so that users who logged in
/// together do not renew together. Claims count whole seconds: one second is taken off first.
/// `now_unix_s` stands in for the time of issue when the token does not say it.
pub(crate) fn renew_after(token: &str, now_unix_s: f64, jitter: f64) -> Option<Duration> {
    let payload = token.split('.').nth(1)?;
    let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
    let claims: Claims = serde_json::from_slice(&payload).ok()?;
    let issued = claims.iat.or(claims.nbf).unwrap_or(now_unix_s);
    let lifetime = claims.exp? - issued;
    let certain = (lifetime - 1.0).max(lifetime / 2.0);
    let after = certain * 0.25f64.mul_add(jitter.clamp(0.0, 1.0), 0.5);
    // A server that hands out dead tokens is not asked for new ones more than five times a second.
    Duration::try_from_secs_f64(after.max(0.2)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn renewal_is_jittered_between_half_and_three_quarters() {
        for (claims, now, jitter, after_ms) in [
            (r#"{"exp":4600,"iat":1000}"#, 9e9, 0.0, 1_799_500),
            (r#"{"exp":4600,"iat":1000}"#, 9e9, 1.0, 2_699_250),
            (r#"{"exp":1005,"nbf":1000}"#, 9e9, 0.0, 2_000),
            (r#"{"exp":1005,"nbf":1000}"#, 9e9, 1.0, 3_000),
            (r#"{"exp":1005}"#, 1000.0, 0.5, 2_500),
            (r#"{"exp":1001,"iat":1000}"#, 0.0, 0.0, 250),
            (r#"{"exp":900,"iat":1000}"#, 0.0, 0.0, 200),
        ] {
            let after = renew_after(&token(claims), now, jitter).unwrap();
            assert_eq!(after.as_millis(), after_ms, "{claims} {jitter}");
        }
    }

    #[test]
    fn two_thousand_users_spread_their_renewals_and_none_is_late() {
        // Simulated time: 5 s tokens for a minute; a renewal answered within a second always comes before the end.
        let mut most_in_a_tenth = 0;
        let mut counts = vec![0_u32; 700];
        for user in 0..2000_u32 {
            let mut now = 0.0_f64;
            let mut jitter = f64::from(user) / 2000.0;
            while now < 60.0 {
                let issued = now.floor();
                let claims = format!(r#"{{"iat":{issued},"exp":{}}}"#, issued + 5.0);
                let after = renew_after(&token(&claims), now, jitter).unwrap().as_secs_f64();
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
        for count in &counts[100..600] {
            most_in_a_tenth = most_in_a_tenth.max(*count);
        }
        // 2,000 users over 2 to 3 s are 80 a tenth of a second on average; no herd beyond a few times that.
        assert!(most_in_a_tenth < 320, "{most_in_a_tenth}");
    }

    #[test]
    fn what_says_nothing_of_its_end_is_not_renewed() {
        for text in [
            "",
            "opaque",
            "a.b.c",
            &token("{}"),
            &token("[1]"),
            &token(r#"{"exp":"soon"}"#),
        ] {
            assert_eq!(renew_after(text, 0.0, 0.5), None, "{text}");
        }
    }
}
