//! The circular block bootstrap: how often each cell is drawn.

use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;

/// Draws the cells of several runs anew, each run from its own, in blocks that keep the dependence of neighbours
/// (Politis and Romano 1992).
pub(crate) struct Resampler {
    lengths: Vec<usize>,
    block: usize,
    /// How often each cell was drawn, run after run.
    weights: Vec<f64>,
}

impl Resampler {
    /// Of runs of so many cells each, in blocks of so many.
    pub(crate) fn new(lengths: Vec<usize>, block: usize) -> Self {
        let cells = lengths.iter().sum();
        Self {
            lengths,
            block: block.max(1),
            weights: vec![0.0; cells],
        }
    }

    /// How often each cell was drawn, run after run.
    pub(crate) fn draw(&mut self, rng: &mut Xoshiro256PlusPlus) -> &[f64] {
        self.weights.fill(0.0);
        let mut rest = self.weights.as_mut_slice();
        for &length in &self.lengths {
            let (run, others) = rest.split_at_mut(length);
            rest = others;
            let mut left = length;
            while left > 0 {
                let start = rng.random_range(0..length);
                let drawn = self.block.min(left);
                (start..start + drawn).for_each(|cell| run[cell % length] += 1.0);
                left -= drawn;
            }
        }
        &self.weights
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn every_run_keeps_its_length_and_cells_are_drawn_alike() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let mut resampler = Resampler::new(vec![10, 1, 7], 3);
        let mut sums = vec![0.0; 18];
        for _ in 0..6000 {
            let weights = resampler.draw(&mut rng).to_vec();
            for (run, length) in [(0..10, 10.0), (10..11, 1.0), (11..18, 7.0)] {
                assert!((weights[run].iter().sum::<f64>() - length).abs() < 1e-9);
            }
            sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight);
        }
        assert!(sums.iter().all(|sum| (5_600.0..6_400.0).contains(sum)), "{sums:?}");
    }
}
