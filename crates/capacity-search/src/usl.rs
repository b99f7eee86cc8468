//! The Universal Scalability Law over the steps of a search.
//!
//! X(N) = gamma N / (1 + alpha (N - 1) + beta N (N - 1)) (Gunther, Guerrilla Capacity Planning, 2007), N being the calls
//! under way and X the throughput. It is fitted by nonlinear least squares on the logarithm of X (Gauss-Newton with
//! Levenberg's damping, alpha and beta held at 0 or above); the intervals come from resampling the residuals.

use super::evidence::number;
use proofload_results::capacity::{Estimate, Usl, UslFit};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

/// Fewer points than this determine no curve with three parameters.
const FEWEST: usize = 6;
/// Concurrency must vary by this factor at least.
const SPREAD: f64 = 4.0;
/// With fewer calls under way than this, calls hardly met: how they share the target was not seen.
const SHARED: f64 = 2.0;
/// A knee further beyond the most calls under way than this is a guess.
const FORESEEN: f64 = 3.0;
/// A step with fewer calls is too uncertain.
const CALLS: u64 = 20;
/// Resamples behind an interval.
const RESAMPLES: usize = 400;

const METHOD: &str =
    "least squares on ln X by Gauss-Newton, alpha and beta >= 0; 95% intervals by residual bootstrap, 400 resamples";

/// What a step says of the law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UslPoint {
    /// Calls under way on average.
    pub in_flight: f64,
    /// Calls done per second.
    pub per_s: f64,
    /// Calls that it was measured on.
    pub calls: u64,
}

/// gamma, alpha, beta.
type Law = [f64; 3];

/// Fits the law, or says why the points determine none.
pub fn fit_usl(points: &[UslPoint], seed: u64) -> Usl {
    match fitted(points, seed) {
        Ok(fit) => Usl {
            fit: Some(fit),
            why_not: None,
            method: METHOD.to_owned(),
        },
        Err(why) => Usl {
            fit: None,
            why_not: Some(why),
            method: METHOD.to_owned(),
        },
    }
}

fn fitted(points: &[UslPoint], seed: u64) -> Result<UslFit, String> {
    let usable = points
        .iter()
        .filter(|point| point.in_flight > 0.0 && point.per_s > 0.0 && point.calls >= CALLS);
    let points: Vec<(f64, f64)> = usable.map(|point| (point.in_flight, point.per_s.ln())).collect();
    if points.len() < FEWEST {
        return Err(format!(
            "{} usable steps are too few for a curve with three parameters; {FEWEST} are needed",
            points.len()
        ));
    }
    let least = points.iter().map(|point| point.0).fold(f64::INFINITY, f64::min);
    let most = points.iter().map(|point| point.0).fold(0.0, f64::max);
    if most / least < SPREAD {
        return Err(format!(
            "the calls under way hardly differed between the steps ({least:.1} to {most:.1})"
        ));
    }
    if most < SHARED {
        return Err(format!(
            "there were never more than {most:.1} calls under way, so how calls share the target was not seen"
        ));
    }
    let law = solve(&points);
    let rests: Vec<f64> = points.iter().map(|(n, ln_x)| ln_x - ln_law(&law, *n)).collect();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    // Three parameters were fitted: the residuals are a little too small.
    let inflate = (number(points.len() as u64) / number(points.len() as u64 - 3)).sqrt();
    let laws: Vec<Law> = (0..RESAMPLES)
        .map(|_| {
            let resampled: Vec<(f64, f64)> = points
                .iter()
                .map(|(n, _)| (*n, ln_law(&law, *n) + inflate * rests[rng.random_range(0..rests.len())]))
                .collect();
            solve(&resampled)
        })
        .collect();
    let estimate = |of: &dyn Fn(&Law) -> f64| {
        let mut values: Vec<f64> = laws.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        let at = |share: f64| values[index(share, values.len())];
        Estimate {
            value: of(&law),
            low: at(0.025).min(of(&law)),
            high: at(0.975).max(of(&law)),
        }
    };
    let (alpha, beta) = (estimate(&|law| law[1]), estimate(&|law| law[2]));
    if alpha.low <= 1e-9 && beta.low <= 1e-9 && most * alpha.value + most * most * beta.value < 0.2 {
        return Err("throughput grows in proportion to the calls under way: the steps show no curvature".to_owned());
    }
    let knee = |law: &Law| ((1.0 - law[1]).max(0.0) / law[2].max(1e-15)).sqrt().max(1.0);
    let peaks = beta.low > 1e-12 && knee(&law) <= FORESEEN * most && laws.iter().chain([&law]).all(|law| law[1] < 1.0);
    Ok(UslFit {
        gamma: estimate(&|law| law[0]),
        alpha,
        beta,
        knee_in_flight: peaks.then(|| estimate(&knee)),
        knee_per_s: peaks.then(|| estimate(&|law| ln_law(law, knee(law)).exp())),
        points: points.len() as u64,
        r_squared: explained(&points, &law),
    })
}

fn ln_law(law: &Law, n: f64) -> f64 {
    let [gamma, alpha, beta] = *law;
    // Below one call under way the law is a straight line: there is nobody to share with.
    let others = (n - 1.0).max(0.0);
    (gamma * n).ln() - (alpha * others + beta * n * others).ln_1p()
}

/// The least-squares law; parameters are kept as ln gamma, alpha, beta.
fn solve(points: &[(f64, f64)]) -> Law {
    let lightest = points.iter().min_by(|one, other| one.0.total_cmp(&other.0));
    let gamma = lightest.map_or(1.0, |(n, ln_x)| ln_x.exp() / n);
    let mut best: Option<(f64, Law)> = None;
    for start in [
        [gamma, 0.01, 1e-6],
        [gamma, 0.1, 1e-4],
        [gamma, 0.5, 1e-3],
        [gamma, 0.9, 1e-9],
    ] {
        let law = descend(points, start);
        let cost = cost(points, &law);
        if best.is_none_or(|(least, _)| cost < least) {
            best = Some((cost, law));
        }
    }
    best.map_or([gamma, 0.0, 0.0], |(_, law)| law)
}

fn cost(points: &[(f64, f64)], law: &Law) -> f64 {
    points.iter().map(|(n, ln_x)| (ln_x - ln_law(law, *n)).powi(2)).sum()
}

fn descend(points: &[(f64, f64)], start: Law) -> Law {
    let mut law = start;
    let mut damping = 1e-3;
    let mut least = cost(points, &law);
    for _ in 0..60 {
        let (normal, gradient) = linearised(points, &law);
        let Some(step) = solve3(normal, gradient, damping) else {
            break;
        };
        let next = [
            law[0] * step[0].clamp(-2.0, 2.0).exp(),
            (law[1] + step[1]).max(0.0),
            (law[2] + step[2]).max(0.0),
        ];
        let after = cost(points, &next);
        if after < least {
            let done = least - after < 1e-12 * least;
            (law, least, damping) = (next, after, damping / 3.0);
            if done {
                break;
            }
        } else {
            damping *= 4.0;
            if damping > 1e9 {
                break;
            }
        }
    }
    law
}

/// The normal equations of one Gauss-Newton step.
fn linearised(points: &[(f64, f64)], law: &Law) -> ([[f64; 3]; 3], [f64; 3]) {
    let (mut normal, mut gradient) = ([[0.0; 3]; 3], [0.0; 3]);
    for (n, ln_x) in points {
        let others = (n - 1.0).max(0.0);
        let denominator = 1.0 + law[1] * others + law[2] * n * others;
        let slope = [1.0, -others / denominator, -n * others / denominator];
        let rest = ln_x - ln_law(law, *n);
        for (row, by) in slope.iter().enumerate() {
            gradient[row] += by * rest;
            for (column, with) in slope.iter().enumerate() {
                normal[row][column] += by * with;
            }
        }
    }
    (normal, gradient)
}

/// Solves three equations, damped, by Cramer's rule; `None` when they are singular.
fn solve3(mut normal: [[f64; 3]; 3], gradient: [f64; 3], damping: f64) -> Option<[f64; 3]> {
    for (row, line) in normal.iter_mut().enumerate() {
        line[row] = line[row].mul_add(damping, line[row]) + 1e-12;
    }
    let all = determinant(&normal);
    if !all.is_normal() {
        return None;
    }
    let mut solution = [0.0; 3];
    for (column, value) in solution.iter_mut().enumerate() {
        let mut replaced = normal;
        for (row, line) in replaced.iter_mut().enumerate() {
            line[column] = gradient[row];
        }
        *value = determinant(&replaced) / all;
    }
    Some(solution)
}

fn determinant(m: &[[f64; 3]; 3]) -> f64 {
    m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
        + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
}

fn explained(points: &[(f64, f64)], law: &Law) -> f64 {
    let count = number(points.len() as u64);
    let mean = points.iter().map(|(_, ln_x)| ln_x.exp()).sum::<f64>() / count;
    let whole: f64 = points.iter().map(|(_, ln_x)| (ln_x.exp() - mean).powi(2)).sum();
    let rest: f64 = points
        .iter()
        .map(|(n, ln_x)| (ln_x.exp() - ln_law(law, *n).exp()).powi(2))
        .sum();
    (1.0 - rest / whole.max(1e-12)).clamp(0.0, 1.0)
}

fn index(share: f64, count: usize) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index into a few hundred values"
    )]
    let at = (share * number(count as u64)) as usize;
    at.min(count.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(law: Law, noise: f64) -> Vec<UslPoint> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(3);
        let each = [0.5, 1.0, 2.0, 4.0, 8.0, 12.0, 20.0, 32.0, 64.0].map(|n: f64| UslPoint {
            in_flight: n,
            per_s: ln_law(&law, n).exp() * (1.0 + noise * (rng.random::<f64>() - 0.5)),
            calls: 1000,
        });
        each.to_vec()
    }

    #[test]
    fn a_law_is_found_again_with_its_knee() {
        let fit = fit_usl(&points([50.0, 0.05, 0.002], 0.02), 1).fit.expect("a fit");
        for (estimate, truth) in [(fit.gamma, 50.0), (fit.alpha, 0.05), (fit.beta, 0.002)] {
            assert!(
                (estimate.value / truth - 1.0).abs() < 0.2,
                "{estimate:?} is not {truth}"
            );
            assert!(estimate.low <= estimate.value && estimate.value <= estimate.high);
        }
        let knee = fit.knee_in_flight.expect("it falls again");
        assert!((knee.value - (0.95_f64 / 0.002).sqrt()).abs() < 3.0, "{knee:?}");
        assert!(fit.r_squared > 0.98);
    }

    #[test]
    fn without_coherency_there_is_no_knee() {
        let fit = fit_usl(&points([50.0, 0.2, 0.0], 0.05), 1).fit.expect("a fit");
        assert!((fit.alpha.value - 0.2).abs() < 0.05, "{fit:?}");
        assert_eq!(fit.knee_in_flight, None);
    }

    #[test]
    fn what_determines_no_law_is_said() {
        let straight = fit_usl(&points([50.0, 0.0, 0.0], 0.01), 1);
        assert!(straight.fit.is_none() && straight.why_not.is_some_and(|why| why.contains("no curvature")));
        let few = fit_usl(&points([50.0, 0.1, 0.0], 0.0)[..4], 1);
        assert!(few.why_not.is_some_and(|why| why.contains("too few")));
        let close: Vec<UslPoint> = (0..8)
            .map(|n| UslPoint {
                in_flight: 4.0 + f64::from(n) / 10.0,
                per_s: 100.0,
                calls: 1000,
            })
            .collect();
        assert!(
            fit_usl(&close, 1)
                .why_not
                .is_some_and(|why| why.contains("hardly differed"))
        );
    }
}
