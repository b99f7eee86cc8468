//! A server whose speed changes while it is measured.

/// From one instant to another a server's speed goes evenly to a multiple of what it was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drift {
    /// When it begins, in seconds.
    pub from_s: f64,
    /// When it is over, in seconds; the same instant for a jump.
    pub until_s: f64,
    /// The speed from then on, as a multiple of the one before.
    pub to: f64,
}

impl Drift {
    /// What a server has done by an instant: seconds of work at its first speed.
    pub(crate) fn work(&self, at_s: f64) -> f64 {
        if at_s <= self.from_s {
            at_s
        } else if at_s < self.until_s {
            let since = at_s - self.from_s;
            at_s + self.bend() * since * since
        } else {
            self.whole() + self.to * (at_s - self.until_s)
        }
    }

    /// When it has done so much.
    pub(crate) fn when(&self, work_s: f64) -> f64 {
        if work_s <= self.from_s {
            work_s
        } else if work_s < self.whole() {
            let left = work_s - self.from_s;
            // The root of x + bend x^2 = left, written so that no bend divides by zero.
            self.from_s + 2.0 * left / (1.0 + (1.0 + 4.0 * self.bend() * left).sqrt())
        } else {
            self.until_s + (work_s - self.whole()) / self.to
        }
    }

    fn bend(&self) -> f64 {
        (self.to - 1.0) / (2.0 * (self.until_s - self.from_s).max(1e-9))
    }

    /// What it has done by the end of the change.
    fn whole(&self) -> f64 {
        self.from_s + (self.until_s - self.from_s) * f64::midpoint(1.0, self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_and_time_are_each_others_inverse() {
        for drift in [
            Drift {
                from_s: 60.0,
                until_s: 60.0,
                to: 0.7,
            },
            Drift {
                from_s: 20.0,
                until_s: 120.0,
                to: 1.4,
            },
        ] {
            for tenth in 0..2000_u32 {
                let at_s = f64::from(tenth) / 10.0;
                assert!(
                    (drift.when(drift.work(at_s)) - at_s).abs() < 1e-6,
                    "{drift:?} at {at_s}"
                );
            }
            assert!((drift.work(201.0) - drift.work(200.0) - drift.to).abs() < 1e-9);
        }
    }
}
