//! From evidence to verdicts.

use crate::evidence::{Effect, Evidence, Shift};
use crate::finite;
use crate::proportion;
use crate::settings::Settings;
use proofload_results::gate::{Comparison, GateVerdict, Metric};

/// Judges all comparisons of a gate together.
///
/// *Regressed* is said of those whose interval lies beyond the limit; over all of them, it is said in error with probability
/// `alpha` at most (Holm 1979). *Not regressed* is said of those whose interval lies within it; that end needs no
/// correction, because a gate passes only when all do (an intersection-union test, Berger 1982).
pub fn judge(evidence: &[Evidence], settings: &Settings, alpha: f64) -> Vec<Comparison> {
    let limits: Vec<Limit> = evidence.iter().map(|one| Limit::of(one, settings)).collect();
    let p_values: Vec<Option<f64>> = evidence
        .iter()
        .zip(&limits)
        .map(|(one, limit)| one.effect.as_ref().ok().map(|effect| effect.p_value(limit.effect)))
        .collect();
    let levels = holm(&p_values, alpha);
    let all = evidence.iter().zip(&limits).zip(levels);
    let judged = all.map(|((one, limit), level)| {
        let mut comparison = comparison(one, *limit, level, alpha);
        comparison.judged = counts(&comparison, settings);
        comparison
    });
    judged.collect()
}

/// Whether a comparison counts in the verdict of the whole.
///
/// A p99 within a few per cent takes minutes where the others take seconds, and an answer that is nearly always
/// *inconclusive* is soon not read any more. So a p99 that cannot be decided is left out, unless somebody named it, or it
/// looks worse than its limit: what may well be a regression holds up a pass, and what surely is one is red as ever.
fn counts(comparison: &Comparison, settings: &Settings) -> bool {
    let looks_worse = match (comparison.candidate, comparison.limit) {
        (Some(candidate), Some(limit)) => candidate > limit,
        _ => true,
    };
    comparison.verdict != GateVerdict::Inconclusive
        || settings.demands(&comparison.operation, comparison.metric)
        || looks_worse
}

/// The verdict over all comparisons that count.
pub fn overall(comparisons: &[Comparison]) -> GateVerdict {
    let any = |verdict| comparisons.iter().any(|one| one.judged && one.verdict == verdict);
    if any(GateVerdict::Regressed) {
        GateVerdict::Regressed
    } else if any(GateVerdict::Inconclusive) || !any(GateVerdict::NotRegressed) {
        GateVerdict::Inconclusive
    } else {
        GateVerdict::NotRegressed
    }
}

/// The verdict while there is time left to measure: what does not count yet may still be decided.
pub fn so_far(comparisons: &[Comparison]) -> GateVerdict {
    let open = comparisons.iter().any(|one| one.verdict == GateVerdict::Inconclusive);
    match overall(comparisons) {
        GateVerdict::NotRegressed if open => GateVerdict::Inconclusive,
        verdict => verdict,
    }
}

/// At which level each hypothesis is tested, by Holm's steps: the smallest p value at alpha / m, the next at alpha /
/// (m - 1), and from the first that is not rejected on, all at the level of that one.
fn holm(p_values: &[Option<f64>], alpha: f64) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = p_values
        .iter()
        .enumerate()
        .filter_map(|(index, p)| Some((index, (*p)?)))
        .collect();
    order.sort_by(|(_, a), (_, b)| a.total_cmp(b));
    let mut levels = vec![alpha; p_values.len()];
    let mut left = order.len();
    let mut stopped = false;
    for (index, p) in order {
        #[expect(clippy::cast_precision_loss, reason = "a number of comparisons")]
        let level = alpha / left as f64;
        levels[index] = level;
        stopped |= p >= level;
        if !stopped {
            left -= 1;
        }
    }
    levels
}

/// What the candidate must not exceed.
#[derive(Debug, Clone, Copy)]
struct Limit {
    /// On the effect's scale.
    effect: f64,
    /// In the metric's unit.
    value: Option<f64>,
}

impl Limit {
    /// As much worse than the baseline as is tolerated, or as nobody cares about, whichever is more.
    fn of(evidence: &Evidence, settings: &Settings) -> Self {
        let tolerance = settings.tolerance_of(&evidence.operation, evidence.metric);
        let baseline = evidence.baseline;
        let floor = match evidence.metric {
            Metric::ErrorRate => settings.error_floor,
            Metric::Throughput => 0.0,
            Metric::P50 | Metric::P90 | Metric::P99 => settings.floor_us,
        };
        let more = baseline.map(|baseline| (baseline * tolerance).max(floor));
        match evidence.metric {
            Metric::ErrorRate => Self {
                effect: more.unwrap_or(floor),
                value: baseline.zip(more).map(|(baseline, more)| baseline + more),
            },
            Metric::Throughput => Self {
                effect: tolerance.ln_1p(),
                value: baseline.map(|baseline| baseline / (1.0 + tolerance)),
            },
            Metric::P50 | Metric::P90 | Metric::P99 => {
                let share = baseline.zip(more).filter(|(baseline, _)| *baseline > 0.0);
                Self {
                    effect: share.map_or(tolerance, |(baseline, more)| more / baseline).ln_1p(),
                    value: baseline.zip(more).map(|(baseline, more)| baseline + more),
                }
            }
        }
    }
}

/// `level` is what the end that decides on a regression leaves out, `alpha` the other one.
fn comparison(evidence: &Evidence, limit: Limit, level: f64, alpha: f64) -> Comparison {
    let (baseline, candidate) = (evidence.baseline, evidence.candidate);
    let ratio_of = |value: Option<f64>| Some(value? / baseline.filter(|baseline| *baseline > 0.0)?);
    let mut comparison = Comparison {
        operation: evidence.operation.clone(),
        metric: evidence.metric,
        baseline: baseline.and_then(finite),
        candidate: candidate.and_then(finite),
        ratio: ratio_of(candidate).and_then(finite),
        interval: None,
        difference: candidate
            .zip(baseline)
            .and_then(|(candidate, baseline)| finite(candidate - baseline)),
        difference_interval: None,
        limit: limit.value.and_then(finite),
        limit_ratio: ratio_of(limit.value).and_then(finite),
        verdict: GateVerdict::Inconclusive,
        judged: true,
        detectable: None,
        detectable_ratio: None,
        block_s: None,
        needs: None,
        note: None,
    };
    match &evidence.effect {
        Ok(effect) => weigh(&mut comparison, evidence, effect, limit, [level, alpha]),
        Err(lack) => {
            comparison.needs = lack.needs;
            comparison.note = Some(lack.note.clone());
        }
    }
    comparison
}

fn weigh(comparison: &mut Comparison, evidence: &Evidence, effect: &Effect, limit: Limit, [level, alpha]: [f64; 2]) {
    let (low, high) = (effect.lower(level), effect.upper(alpha));
    comparison.verdict = if low > limit.effect {
        GateVerdict::Regressed
    } else if high < limit.effect {
        GateVerdict::NotRegressed
    } else {
        GateVerdict::Inconclusive
    };
    let baseline = evidence.baseline.unwrap_or_default();
    let both = |ends: [f64; 2]| Some([finite(ends[0])?, finite(ends[1])?]);
    let detectable = effect.detectable(limit.effect, level);
    let detectable = match effect {
        Effect::Log(shift) => {
            let up = evidence.metric.more_is_worse();
            let ratios = if up {
                [low.exp(), high.exp()]
            } else {
                [(-high).exp(), (-low).exp()]
            };
            comparison.interval = both(ratios);
            comparison.difference_interval = both(ratios.map(|ratio| (ratio - 1.0) * baseline));
            comparison.block_s = finite(shift.block_s);
            comparison.note = drifted(shift);
            baseline * if up { detectable } else { -detectable }.exp()
        }
        Effect::Difference {
            candidate,
            baseline: other,
        } => {
            comparison.interval = proportion::ratio_bounds(*candidate, *other, level, alpha).and_then(both);
            comparison.difference_interval = both([low, high]);
            comparison.note = no_ratio(comparison);
            (baseline + detectable).min(1.0)
        }
    };
    comparison.detectable = finite(detectable);
    comparison.detectable_ratio = (baseline > 0.0).then(|| detectable / baseline).and_then(finite);
    if comparison.verdict == GateVerdict::Inconclusive {
        let side = if effect.size() > limit.effect { level } else { alpha };
        comparison.needs = effect.needs(limit.effect, side, evidence.measured_s, evidence.runs);
        if comparison.needs.is_none() {
            comparison.note = Some(
                "it varies so much, or lies so near the limit, that no sensible measurement would settle it".to_owned(),
            );
        }
    }
}

fn drifted(shift: &Shift) -> Option<String> {
    let percent = |moved: f64| format!("{:+.1}%", moved.exp_m1() * 100.0);
    let sides = [
        ("the baseline's run", shift.moved[0]),
        ("the candidate's", shift.moved[1]),
    ];
    let moved = sides.iter().filter(|(_, moved)| moved.abs() > 0.0);
    let moved: Vec<String> = moved
        .map(|(side, moved)| format!("{} within {side}", percent(*moved)))
        .collect();
    (!moved.is_empty()).then(|| {
        format!(
            "it drifted, {}, and may have moved as much between the two: the interval allows for that; compare interleaved, or \
             several runs a side",
            moved.join(" and ")
        )
    })
}

fn no_ratio(comparison: &Comparison) -> Option<String> {
    let zero = |figure: Option<proofload_results::gate::Finite>| figure.is_some_and(|figure| figure.get() <= 0.0);
    match (zero(comparison.baseline), zero(comparison.candidate)) {
        (true, true) => Some("no call failed on either side".to_owned()),
        (true, false) => Some("no call of the baseline failed, so there is no ratio".to_owned()),
        (false, true) => Some("no call of the candidate failed, so the ratio has no interval".to_owned()),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests;
