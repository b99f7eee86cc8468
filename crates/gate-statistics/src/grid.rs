//! The grid that response times are counted on.
//!
//! Every point is a quarter of a per cent above the one before, over the whole range of a record's histograms, so that a
//! quantile interpolated within a bin is as good as the histogram it came from.

/// The width of a bin, as the logarithm of the ratio of its ends.
const STEP: f64 = 0.0025;

/// The bin of a response time in microseconds.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "ln(u64::MAX) / STEP is below 18000"
)]
pub(crate) fn bin(us: u64) -> u16 {
    ((us.max(1) as f64).ln() / STEP) as u16
}

/// The logarithm of a bin's lower end, in microseconds.
pub(crate) fn lower_end(bin: u16) -> f64 {
    f64::from(bin) * STEP
}

/// The logarithm of the response time that lies at `share` (0 to 1) of a bin.
pub(crate) fn within(bin: u16, share: f64) -> f64 {
    lower_end(bin) + STEP * share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_holds_what_falls_into_it() {
        for us in [1, 2, 1_000, 20_140, 600_000_000, u64::MAX] {
            #[expect(clippy::cast_precision_loss, reason = "a test of orders of magnitude")]
            let log = (us as f64).ln();
            let bin = bin(us);
            assert!(lower_end(bin) <= log + 1e-9 && log < within(bin, 1.0) + 1e-9, "{us}");
        }
    }
}
