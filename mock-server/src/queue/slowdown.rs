//! How much longer a request takes for each that waits, as people write it.

use super::QueueSettings;
use super::behaviour::share;

impl QueueSettings {
    /// Reads a slowdown: a share such as `5%` or `0.05`, 10 at most.
    ///
    /// # Errors
    /// One sentence: it is none.
    pub fn slowdown_from(text: &str) -> Result<f64, String> {
        share(text)
            .filter(|share| *share <= 10.0)
            .ok_or_else(|| format!("'{text}' is not a share such as 5% or 0.05, 10 at most"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slowdown_is_a_share() {
        let slowdown = QueueSettings::slowdown_from;
        assert_eq!(slowdown("5%"), Ok(0.05));
        assert_eq!(slowdown("0.5"), Ok(0.5));
        for wrong in ["", "x", "-1%", "NaN", "2000%"] {
            assert!(slowdown(wrong).is_err(), "{wrong:?}");
        }
    }
}
