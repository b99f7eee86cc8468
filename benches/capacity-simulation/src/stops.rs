//! A server that stops for everybody, now and then.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

/// No search lasts longer, in seconds.
const LONGEST_S: f64 = 200.0;

/// From one instant a server does nothing for a while, and goes on where it was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stop {
    /// When, in seconds.
    pub at_s: f64,
    /// For how long, in seconds.
    pub length_s: f64,
}

impl Stop {
    /// One of 0.4 to 3 s at any moment of a search.
    pub fn once(seed: u64) -> Vec<Self> {
        let mut rng = rng(seed);
        vec![Self {
            at_s: 165.0 * rng.random::<f64>(),
            length_s: length_s(&mut rng),
        }]
    }

    /// Stops of 0.4 to 3 s that come at random, one in `mean_s` seconds on average.
    pub fn again_and_again(mean_s: f64, seed: u64) -> Vec<Self> {
        let mut rng = rng(seed);
        let (mut stops, mut at_s) = (Vec::new(), 0.0);
        loop {
            at_s -= mean_s * (1.0 - rng.random::<f64>()).ln();
            if at_s > LONGEST_S {
                return stops;
            }
            let length_s = length_s(&mut rng);
            stops.push(Self { at_s, length_s });
            at_s += length_s;
        }
    }
}

fn rng(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed ^ 0x570b)
}

fn length_s(rng: &mut Xoshiro256PlusPlus) -> f64 {
    0.4 + 2.6 * rng.random::<f64>()
}

/// For how long a server with these stops, the earliest first, was at work by an instant.
pub(crate) fn work(stops: &[Stop], at_s: f64) -> f64 {
    let stood = stops.iter().map(|stop| (at_s - stop.at_s).clamp(0.0, stop.length_s));
    at_s - stood.sum::<f64>()
}

/// When it was at work for so long.
pub(crate) fn when(stops: &[Stop], work_s: f64) -> f64 {
    stops.iter().fold(
        work_s,
        |at_s, stop| {
            if at_s > stop.at_s { at_s + stop.length_s } else { at_s }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_and_time_are_each_others_inverse_while_it_works() {
        let stops = [
            Stop {
                at_s: 2.0,
                length_s: 1.5,
            },
            Stop {
                at_s: 10.0,
                length_s: 0.5,
            },
        ];
        for (at_s, work_s) in [(1.0, 1.0), (4.0, 2.5), (9.0, 7.5), (12.0, 10.0)] {
            assert!((work(&stops, at_s) - work_s).abs() < 1e-9);
            assert!((when(&stops, work_s) - at_s).abs() < 1e-9);
        }
        assert!((work(&stops, 3.0) - 2.0).abs() < 1e-9, "it stands still");
        let many = Stop::again_and_again(20.0, 1);
        assert!(
            many.windows(2)
                .all(|pair| pair[0].at_s + pair[0].length_s <= pair[1].at_s)
        );
    }
}
