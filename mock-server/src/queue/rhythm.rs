//! A server that stands still or is slower at times, whatever it is asked: time as the server has it.

use std::time::Duration;

/// From some instant on, and again and again, a server's own time goes more slowly for a while.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rhythm {
    from_s: f64,
    length_s: f64,
    every_s: f64,
    /// How fast its time goes meanwhile: 0 when it stands still.
    speed: f64,
}

impl Rhythm {
    pub(super) fn new(from: Duration, length: Duration, every: Duration, speed: f64) -> Self {
        Self {
            from_s: from.as_secs_f64(),
            length_s: length.as_secs_f64(),
            every_s: every.as_secs_f64(),
            speed,
        }
    }

    /// How much of its own time has passed at an instant.
    pub(super) fn own_s(&self, at_s: f64) -> f64 {
        let since_s = at_s - self.from_s;
        if since_s <= 0.0 {
            return at_s;
        }
        let cycles = (since_s / self.every_s).floor();
        let within_s = (since_s - cycles * self.every_s).min(self.length_s);
        at_s - (cycles * self.length_s + within_s) * (1.0 - self.speed)
    }

    /// When so much of its own time has passed, the earliest instant at which it stands still then.
    pub(super) fn when_s(&self, own_s: f64) -> f64 {
        let since_s = own_s - self.from_s;
        if since_s <= 0.0 {
            return own_s;
        }
        let slow_s = self.length_s * self.speed;
        let cycle_s = self.every_s - self.length_s + slow_s;
        let whole = (since_s / cycle_s).floor();
        let left_s = since_s - whole * cycle_s;
        let begin_s = self.from_s + whole * self.every_s;
        if left_s < slow_s {
            begin_s + left_s / self.speed
        } else if left_s <= 0.0 {
            begin_s
        } else {
            begin_s + self.length_s + (left_s - slow_s)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_time_and_time_are_each_others_inverse() {
        for speed in [0.0, 0.25, 0.9] {
            let rhythm = Rhythm::new(
                Duration::from_secs(3),
                Duration::from_millis(1500),
                Duration::from_secs(10),
                speed,
            );
            for tenth in 0..500_u32 {
                let own_s = f64::from(tenth) / 10.0 + 0.05;
                let at_s = rhythm.when_s(own_s);
                assert!((rhythm.own_s(at_s) - own_s).abs() < 1e-9, "{speed}: {own_s} at {at_s}");
            }
            // Of each ten seconds, a second and a half is lost but for the speed meanwhile.
            let lost_s = 43.0 - 3.0 - (rhythm.own_s(43.0) - rhythm.own_s(3.0));
            assert!((lost_s - 4.0 * 1.5 * (1.0 - speed)).abs() < 1e-9, "{speed}: {lost_s}");
        }
    }
}
