//! Why a verdict is what it is, in sentences.

use super::options::GateOptions;
use proofload_results::figures;
use proofload_results::gate::{Comparison, Finite, GateVerdict, Metric, words};

/// One sentence for each comparison that decided, the weightiest first.
pub(super) fn reasons(comparisons: &[Comparison], options: &GateOptions) -> Vec<String> {
    let of = |verdict| {
        comparisons
            .iter()
            .filter(move |comparison| comparison.verdict == verdict)
    };
    let mut reasons: Vec<String> = of(GateVerdict::Regressed).map(|one| regressed(one, options)).collect();
    reasons.extend(undecided(of(GateVerdict::Inconclusive).filter(|one| one.judged)));
    let left_out: Vec<&Comparison> = comparisons.iter().filter(|one| !one.judged).collect();
    if reasons.is_empty() {
        reasons.push(format!(
            "nothing of {} comparisons is worse by more than is tolerated",
            comparisons.len() - left_out.len()
        ));
    }
    reasons.extend(left_out.into_iter().map(not_judged));
    reasons
}

fn regressed(comparison: &Comparison, options: &GateOptions) -> String {
    let metric = comparison.metric;
    let up = match metric {
        Metric::ErrorRate => comparison.difference.map_or(0.0, Finite::get) >= 0.0,
        _ => comparison.ratio.map_or(1.0, Finite::get) >= 1.0,
    };
    format!(
        "{} is {} than the baseline: {} instead of {}, {} ({} interval {}), and the limit is {}",
        words::name(comparison),
        if up { "higher" } else { "lower" },
        words::value(metric, comparison.candidate),
        words::value(metric, comparison.baseline),
        words::change(comparison),
        figures::percent(options.settings.confidence),
        words::interval(comparison),
        words::value(metric, comparison.limit),
    )
}

/// Why a comparison is left out of the verdict, and what it would have shown.
fn not_judged(comparison: &Comparison) -> String {
    let found = match comparison.detectable_ratio {
        Some(_) => format!(
            "; a change of {} would have been found four times out of five",
            words::detectable(comparison)
        ),
        None => String::new(),
    };
    format!(
        "{} cannot be decided: {}, and is not judged: it does not look worse than its limit{found}",
        words::name(comparison),
        why_undecided(comparison)
    )
}

/// One sentence for all comparisons that cannot be decided for the same reason.
fn undecided<'a>(comparisons: impl Iterator<Item = &'a Comparison>) -> Vec<String> {
    let mut causes: Vec<(String, Vec<String>)> = Vec::new();
    for comparison in comparisons {
        let (name, why) = (words::name(comparison), why_undecided(comparison));
        match causes.iter_mut().find(|(known, _)| *known == why) {
            Some((_, names)) => names.push(name),
            None => causes.push((why, vec![name])),
        }
    }
    let sentences = causes
        .into_iter()
        .map(|(why, names)| format!("{} cannot be decided: {why}", names.join(", ")));
    sentences.collect()
}

fn why_undecided(comparison: &Comparison) -> String {
    // A comparison with an interval was measured well enough, and the interval holds the limit.
    let measured = comparison.difference_interval.is_some();
    match (&comparison.note, comparison.needs.map(words::needs)) {
        (_, Some(needs)) if measured => format!(
            "the interval of the change, {}, holds the limit, {}; {needs} would settle it, if things are as they look",
            words::interval(comparison),
            words::limit(comparison)
        ),
        (Some(note), Some(needs)) => format!("{note}; {needs} would do"),
        (Some(note), None) => note.clone(),
        (None, _) => "the data do not tell".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::examples;

    #[test]
    fn what_cannot_be_decided_for_one_reason_is_one_sentence() {
        let mut comparisons = examples::gate::regressed().comparisons;
        comparisons.truncate(3);
        for comparison in &mut comparisons {
            comparison.verdict = GateVerdict::Inconclusive;
            comparison.difference_interval = None;
            comparison.needs = None;
            comparison.note = Some("too short".to_owned());
        }
        let said = undecided(comparisons.iter());
        assert_eq!(
            said,
            ["publish.p50, publish.p90, publish.p99 cannot be decided: too short"]
        );
        comparisons[1].note = None;
        let said = undecided(comparisons.iter());
        assert_eq!(said.len(), 2, "{said:?}");
    }
}
