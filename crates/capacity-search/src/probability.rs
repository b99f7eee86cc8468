//! What probabilities and weights are made of.

use super::evidence::number;

/// The standard normal distribution function, by the logistic approximation of Bowling et al. (2009); its error stays
/// below 0.02%.
///
/// The library of distributions that the gate uses would be exact, and no better here: the weights it goes into are bounded
/// at 1e-6, its tails decide between beliefs, and what is known of the search's answers was measured with these.
pub(super) fn normal(z: f64) -> f64 {
    let z = z.clamp(-12.0, 12.0);
    1.0 / (1.0 + (-0.070_56 * z.powi(3) - 1.5976 * z).exp())
}

/// Weights that add up to 1; even ones where there is none.
pub(super) fn normalised(mut weights: Vec<f64>) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    let even = 1.0 / number(weights.len() as u64);
    for weight in &mut weights {
        *weight = if sum > 0.0 { *weight / sum } else { even };
    }
    weights
}
