//! Means, variances and correlations.

/// A sample, as far as it is needed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sample {
    pub(super) count: f64,
    sum: f64,
    squares: f64,
}

impl Sample {
    pub(super) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut sample = Self::default();
        values.into_iter().for_each(|value| sample.add(value));
        sample
    }

    pub(super) fn add(&mut self, value: f64) {
        self.count += 1.0;
        self.sum += value;
        self.squares += value * value;
    }

    /// Both samples as one.
    pub(super) fn and(self, other: &Self) -> Self {
        Self {
            count: self.count + other.count,
            sum: self.sum + other.sum,
            squares: self.squares + other.squares,
        }
    }

    pub(super) fn mean(&self) -> f64 {
        self.sum / self.count.max(1.0)
    }

    pub(super) fn variance(&self) -> f64 {
        let spread = self.squares - self.count * self.mean().powi(2);
        spread.max(0.0) / (self.count - 1.0).max(1.0)
    }

    pub(super) fn deviation(&self) -> f64 {
        self.variance().sqrt()
    }

    /// The variance of the mean.
    pub(super) fn error_squared(&self) -> f64 {
        self.variance() / self.count.max(1.0)
    }
}

/// How something depends on something else.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Dependence {
    on: Sample,
    of: Sample,
    products: f64,
}

impl Dependence {
    pub(super) fn add(&mut self, on: f64, of: f64) {
        self.on.add(on);
        self.of.add(of);
        self.products += on * of;
    }

    /// How large the correlation is, in standard errors. Neither a deviation of what depends nor a correlation that is no more
    /// than `no_matter`, as a share of the mean and of 1, counts for much.
    pub(super) fn errors(&self, no_matter: f64) -> f64 {
        let count = self.on.count.max(1.0);
        let covariance = self.products / count - self.on.mean() * self.of.mean();
        let least = (no_matter * self.of.mean()).powi(2);
        let deviations = (self.on.variance() * self.of.variance().max(least)).sqrt();
        if deviations <= 0.0 {
            return 0.0;
        }
        (covariance / deviations).abs() / (1.0 / count + no_matter.powi(2)).sqrt()
    }
}
