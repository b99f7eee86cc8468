//! A limit on the rate: a token bucket.

/// Tokens that come at a rate, up to some; every call takes one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bucket {
    rate_per_s: f64,
    burst: f64,
    tokens: f64,
    at_s: f64,
}

impl Bucket {
    /// A full one.
    pub(super) fn new(rate_per_s: f64, burst: f64) -> Self {
        Self {
            rate_per_s,
            burst,
            tokens: burst,
            at_s: 0.0,
        }
    }

    /// Takes a token, or says in how many seconds there is one.
    pub(super) fn take(&mut self, at_s: f64) -> Result<(), f64> {
        self.tokens = (self.tokens + (at_s - self.at_s).max(0.0) * self.rate_per_s).min(self.burst);
        self.at_s = self.at_s.max(at_s);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            Ok(())
        } else {
            Err((1.0 - self.tokens) / self.rate_per_s)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_at_once_and_then_so_many_a_second() {
        let mut bucket = Bucket::new(10.0, 3.0);
        let taken =
            |bucket: &mut Bucket, at_s: f64, calls: u32| (0..calls).filter(|_| bucket.take(at_s).is_ok()).count();
        assert_eq!(taken(&mut bucket, 0.0, 10), 3);
        assert_eq!(taken(&mut bucket, 1.0, 10), 3, "it holds no more than the burst");
        let wait_s = bucket.take(1.05).unwrap_err();
        assert!((wait_s - 0.05).abs() < 1e-9, "{wait_s}");
        let over: usize = (0..1000_u32)
            .map(|n| taken(&mut bucket, 2.0 + f64::from(n) / 100.0, 1))
            .sum();
        assert!(
            (102..=104).contains(&over),
            "{over} in ten seconds at ten a second and three at once"
        );
    }
}
