//! Whether a figure drifts over hours: pure, no clock, no network.
//!
//! The seconds of a run are not independent: a slow second is followed by slow ones. A test that takes them as such finds a drift in
//! every other run. So:
//!
//! 1. The course is cut into batches, and each batch is its mean (the method of batch means, Conway 1963): so long that what is left
//!    of the dependence between neighbours, once the line is taken off, is small.
//! 2. The slope is the median of the slopes of all pairs (Theil 1950, Sen 1968): odd batches do not bend it.
//! 3. That it is more than chance is tested by Mann and Kendall's S with the variance corrected for the dependence that is left
//!    (Hamed and Rao 1998); the interval comes from the same variance (Sen 1968, Gilbert 1987).
//! 4. What rose at first and then stood is no drift: the second half has to go on in the same direction, at a quarter of the slope at
//!    least.

/// Fewer batches say nothing.
const LEAST_BATCHES: usize = 14;
/// More are not needed, and take time: pairs grow with the square.
const MOST_BATCHES: usize = 120;
/// Neighbours whose correlation is below this are near enough to independent for the correction.
const NEARLY_INDEPENDENT: f64 = 0.3;
/// At the shortest list of batches that is left, more than this is too much to say anything.
const TOO_DEPENDENT: f64 = 0.6;
/// 1.96 standard errors hold 95%.
const NORMAL_95: f64 = 1.959_964;
/// The second half has to go on with this share of the slope.
const GOES_ON: f64 = 0.25;

/// A drift, or the lack of one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drift {
    /// How much the figure changes a second.
    pub slope_per_s: f64,
    /// The 95% interval of that.
    pub interval_per_s: (f64, f64),
    /// What the figure is at the beginning and at the end, by the line through all of it.
    pub from: f64,
    /// See [`Self::from`].
    pub to: f64,
    /// The two-sided probability of a slope as steep by chance.
    pub p: f64,
    /// Whether the second half goes on in the same direction.
    pub goes_on: bool,
}

/// Looks for a drift in a course of times in seconds, ascending, and figures; none where it is too short, or its seconds depend on
/// each other for too long to say anything.
pub fn drift(points: &[(f64, f64)]) -> Option<Drift> {
    let mut batches = batched(points, MOST_BATCHES);
    loop {
        if batches.len() < LEAST_BATCHES {
            return None;
        }
        let line = Line::through(&batches);
        let residuals: Vec<f64> = batches.iter().map(|(t, v)| v - line.at(*t)).collect();
        let dependence = autocorrelation(&residuals, 1);
        let coarser = batches.len() / 2;
        if dependence > NEARLY_INDEPENDENT && coarser >= LEAST_BATCHES {
            batches = batched(points, coarser);
            continue;
        }
        return (dependence <= TOO_DEPENDENT).then(|| judged(&batches, &line, &residuals));
    }
}

fn judged(batches: &[(f64, f64)], line: &Line, residuals: &[f64]) -> Drift {
    let variance = variance_of_s(batches, residuals);
    let s = kendall(batches);
    let z = if variance > 0.0 {
        (s.abs() - 1.0).max(0.0) / variance.sqrt()
    } else {
        0.0
    };
    let (first, last) = (batches[0].0, batches[batches.len() - 1].0);
    let half = &batches[batches.len() / 2..];
    let later = Line::through(half).slope;
    Drift {
        slope_per_s: line.slope,
        interval_per_s: interval(batches, variance),
        from: line.at(first),
        to: line.at(last),
        p: two_sided(z),
        goes_on: later.signum() == line.slope.signum() && later.abs() >= GOES_ON * line.slope.abs(),
    }
}

/// Means over so many stretches of equal time at most; stretches without a point are left out.
fn batched(points: &[(f64, f64)], most: usize) -> Vec<(f64, f64)> {
    let (Some((first, _)), Some((last, _))) = (points.first(), points.last()) else {
        return Vec::new();
    };
    let count = most.min(points.len());
    let width = (last - first).max(f64::MIN_POSITIVE) * (1.0 + 1e-9) / real(count);
    let mut sums = vec![(0.0, 0.0, 0.0); count];
    for (t, v) in points {
        let sum = &mut sums[place((t - first) / width).min(count - 1)];
        *sum = (sum.0 + t, sum.1 + v, sum.2 + 1.0);
    }
    let filled = sums.into_iter().filter(|(_, _, n)| *n > 0.0);
    filled.map(|(t, v, n)| (t / n, v / n)).collect()
}

/// A line by the medians of Theil and Sen.
struct Line {
    slope: f64,
    offset: f64,
}

impl Line {
    fn through(points: &[(f64, f64)]) -> Self {
        let mut slopes = slopes(points);
        let slope = median(&mut slopes);
        let mut offsets: Vec<f64> = points.iter().map(|(t, v)| v - slope * t).collect();
        Self {
            slope,
            offset: median(&mut offsets),
        }
    }

    fn at(&self, t: f64) -> f64 {
        self.slope.mul_add(t, self.offset)
    }
}

fn slopes(points: &[(f64, f64)]) -> Vec<f64> {
    let mut slopes = Vec::with_capacity(points.len() * points.len() / 2);
    for (place, (t, v)) in points.iter().enumerate() {
        slopes.extend(points[place + 1..].iter().map(|(later, w)| (w - v) / (later - t)));
    }
    slopes
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    match values.len() {
        0 => 0.0,
        count if count % 2 == 1 => values[count / 2],
        count => f64::midpoint(values[count / 2 - 1], values[count / 2]),
    }
}

/// Mann and Kendall's S: pairs that rise less pairs that fall.
fn kendall(points: &[(f64, f64)]) -> f64 {
    let mut s = 0.0;
    for (place, (_, v)) in points.iter().enumerate() {
        for (_, later) in &points[place + 1..] {
            if later > v {
                s += 1.0;
            } else if later < v {
                s -= 1.0;
            }
        }
    }
    s
}

/// The variance of S, with ties taken off, times what the dependence between batches makes of it (Hamed and Rao): the
/// autocorrelations of the residuals' ranks that are beyond chance. It is never taken to be less than that of independent ones.
fn variance_of_s(points: &[(f64, f64)], residuals: &[f64]) -> f64 {
    let n = real(points.len());
    let mut values: Vec<f64> = points.iter().map(|(_, v)| *v).collect();
    values.sort_unstable_by(f64::total_cmp);
    let ties = values.chunk_by(|one, other| one.total_cmp(other).is_eq());
    let equal: f64 = ties
        .map(|tie| real(tie.len()))
        .map(|t| t * (t - 1.0) * (2.0 * t + 5.0))
        .sum();
    let plain = (n * (n - 1.0) * (2.0 * n + 5.0) - equal) / 18.0;
    let ranks = ranks(residuals);
    let bound = NORMAL_95 / n.sqrt();
    let lags = points.len() / 4;
    let more: f64 = (1..=lags)
        .map(|lag| (real(lag), autocorrelation(&ranks, lag)))
        .filter(|(_, correlation)| correlation.abs() > bound)
        .map(|(i, correlation)| (n - i) * (n - i - 1.0) * (n - i - 2.0) * correlation)
        .sum();
    plain * (1.0 + 2.0 / (n * (n - 1.0) * (n - 2.0)) * more).max(1.0)
}

/// The 95% interval of the slope: the slopes of pairs as far from their median as the variance of S is wide.
fn interval(points: &[(f64, f64)], variance: f64) -> (f64, f64) {
    let mut slopes = slopes(points);
    slopes.sort_unstable_by(f64::total_cmp);
    let (count, wide) = (real(slopes.len()), NORMAL_95 * variance.max(0.0).sqrt());
    let at = |rank: f64| slopes[place(rank.max(0.0)).min(slopes.len() - 1)];
    (
        at(((count - wide) / 2.0).floor()),
        at(f64::midpoint(count, wide).ceil()),
    )
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|one, other| values[*one].total_cmp(&values[*other]));
    let mut ranks = vec![0.0; values.len()];
    for (rank, place) in order.into_iter().enumerate() {
        ranks[place] = real(rank);
    }
    ranks
}

fn autocorrelation(values: &[f64], lag: usize) -> f64 {
    let mean = values.iter().sum::<f64>() / real(values.len().max(1));
    let spread: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let pairs = values.iter().zip(values.iter().skip(lag));
    let together: f64 = pairs.map(|(one, other)| (one - mean) * (other - mean)).sum();
    if spread > 0.0 { together / spread } else { 0.0 }
}

/// The probability of so many standard errors or more, on either side (Abramowitz and Stegun 7.1.26, to 1e-7).
fn two_sided(z: f64) -> f64 {
    const FACTORS: [f64; 5] = [
        1.061_405_429,
        -1.453_152_027,
        1.421_413_741,
        -0.284_496_736,
        0.254_829_592,
    ];
    let x = z / std::f64::consts::SQRT_2;
    let t = 1.0 / 0.327_591_1_f64.mul_add(x, 1.0);
    let polynomial = FACTORS.iter().fold(0.0, |sum, factor| (sum + factor) * t);
    (polynomial * (-x * x).exp()).clamp(0.0, 1.0)
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred at most")]
fn real(count: usize) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative, and bounded by its user"
)]
fn place(figure: f64) -> usize {
    figure as usize
}

#[cfg(test)]
mod tests;
