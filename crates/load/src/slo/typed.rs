//! Objectives as people type them.

use super::Slo;
use proofload_deployment::nearest::advice;
use proofload_deployment::units::{Rate, span};
use proofload_results::load::rounded;
use proofload_results::objective::{Comparison, Metric, Objective};

/// Why a text is no objective.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{text:?} is not an SLO: {why}; one looks like publish.p99 < 250ms, errors < 0.1% or publish.rate >= 200/s")]
pub struct SloError {
    text: String,
    why: String,
}

impl Slo {
    /// Reads an objective on `operations`, the ones that the workload calls.
    ///
    /// # Errors
    /// The text is no objective, or names an operation that the workload never calls.
    pub fn parse(text: &str, operations: &[&str]) -> Result<Self, SloError> {
        let wrong = |why: String| SloError {
            text: text.to_owned(),
            why,
        };
        let at = text
            .find(['<', '>'])
            .ok_or_else(|| wrong("it has none of <, <=, >, >=".to_owned()))?;
        let (subject, rest) = text.split_at(at);
        let (comparison, limit) = match rest.as_bytes() {
            [b'<', b'=', ..] => (Comparison::AtMost, &rest[2..]),
            [b'<', ..] => (Comparison::Less, &rest[1..]),
            [b'>', b'=', ..] => (Comparison::AtLeast, &rest[2..]),
            _ => (Comparison::More, &rest[1..]),
        };
        let (operation, measure) = parts(subject);
        if let Some(name) = operation
            && !operations.contains(&name)
        {
            let nearest = advice(name, operations.iter().copied());
            return Err(wrong(format!("the scenario calls no operation {name:?}{nearest}")));
        }
        let metric = metric(measure).map_err(wrong)?;
        let limit = limit_of(metric, limit.trim()).map_err(wrong)?;
        Ok(Self {
            text: text.trim().to_owned(),
            objective: Objective::new(operation.map(str::to_owned), metric, comparison, limit),
        })
    }

    /// Reads an objective from a record: it was checked against the workload when the run was made.
    ///
    /// # Errors
    /// The text is no objective.
    pub(crate) fn recorded(text: &str) -> Result<Self, SloError> {
        let (operation, _) = parts(text.split(['<', '>']).next().unwrap_or_default());
        Self::parse(text, operation.as_slice())
    }
}

/// The operation, if one is named, and the measure. Operations have no dot in their names; `p99.9` has.
fn parts(subject: &str) -> (Option<&str>, &str) {
    let subject = subject.trim();
    match subject.split_once('.') {
        Some((operation, measure)) if metric(subject).is_err() => (Some(operation.trim()), measure.trim()),
        _ => (None, subject),
    }
}

/// Reads `p99`, `p99.9`, `mean`, `errors`.
fn metric(name: &str) -> Result<Metric, String> {
    let quantile = || quantile(name.strip_prefix('p')?).map(|quantile| Metric::Quantile { quantile });
    match name {
        "mean" => Some(Metric::Mean),
        "max" => Some(Metric::Max),
        "min" => Some(Metric::Min),
        "errors" => Some(Metric::Errors),
        "rate" => Some(Metric::Rate),
        _ => quantile(),
    }
    .ok_or_else(|| {
        format!("{name:?} is none of p50, p90, p95, p99, p99.9 (any percentile of two digits and more behind a dot), min, mean, max, errors, rate")
    })
}

/// Reads the percentile behind the `p`: two digits, and more behind a dot. `999` is 99.9 to many, and nothing else to anybody.
fn quantile(percent: &str) -> Option<f64> {
    let (whole, fraction) = match percent.split_once('.') {
        Some((whole, fraction)) => (whole, fraction),
        None if percent.len() > 2 && percent.bytes().all(|byte| byte == b'9') => percent.split_at(2),
        None => (percent, "0"),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 2 || !digits(whole) || !digits(fraction) {
        return None;
    }
    // One number read once: a quotient of two would be a little beside 0.999.
    let quantile: f64 = format!("0.{whole}{fraction}").parse().ok()?;
    (quantile > 0.0 && quantile < 1.0).then_some(quantile)
}

/// Reads a limit in the unit of its metric.
fn limit_of(metric: Metric, text: &str) -> Result<f64, String> {
    match metric {
        Metric::Quantile { .. } | Metric::Mean | Metric::Max | Metric::Min => span::parse(text)
            .map(|limit| rounded(limit.as_secs_f64() * 1e6))
            .map_err(|error| error.to_string()),
        Metric::Rate => text.parse::<Rate>().map(Rate::get).map_err(|error| error.to_string()),
        Metric::Errors => {
            let (number, unit) = text.strip_suffix('%').map_or((text, 1.0), |number| (number, 100.0));
            let share = number.trim().parse::<f64>().ok().map(|number| number / unit);
            share
                .filter(|share| (0.0..=1.0).contains(share))
                .ok_or_else(|| format!("{text:?} is not a share such as 0.1% or 0.001"))
        }
    }
}
