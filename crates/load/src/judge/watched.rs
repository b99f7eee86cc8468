//! What the machines under test did meanwhile, and whether it would have gone on like this.

use crate::judge::drift;
use proofload_results::load::{LoadReport, LoadVerdict, SloState};
use proofload_results::record::{RunInfo, Totals};
use proofload_results::watched::{SourceRow, WatchedReport};
use proofload_watch::{NO_EXPORTER, Sums, ran_out};

/// A rate is known from so many looks on.
const LOOKS_OF_A_RATE: u64 = 2;

/// Adds what was seen of the machines to a report, and what was at its limit where an objective was missed.
pub(crate) fn add(report: &mut LoadReport, seen: Option<&Sums>, totals: &Totals, run: &RunInfo) {
    report.drift = drift::rows(run, totals, seen);
    report.findings.extend(drift::told(&report.drift, totals));
    // Of a run whose generator gave out it is not known what was missed, and a part of a load judges nothing.
    let missed = matches!(report.verdict, LoadVerdict::Fail | LoadVerdict::Incomplete)
        && report.slos.iter().any(|slo| slo.state() == SloState::Missed);
    let Some(seen) = seen else {
        if missed {
            report.findings.push(NO_EXPORTER.to_owned());
        }
        return;
    };
    let watched = seen.report();
    report.findings.extend(watched.sources.iter().filter_map(gaps));
    report
        .findings
        .extend(watched.sources.iter().filter_map(|source| unknown(source, &watched)));
    let lost = watched.lost.as_ref();
    report
        .findings
        .extend(lost.map(|why| format!("what the exporters told is not recorded whole: {why}")));
    report.watched = Some(watched);
    if missed {
        let ran_out = ran_out(seen, &totals.courses.under_way);
        report
            .findings
            .push(format!("an objective was missed; {}", ran_out.sentence));
        report.ran_out = Some(ran_out);
    }
}

/// That an exporter told nothing, or not always.
fn gaps(source: &SourceRow) -> Option<String> {
    let (why, _) = source.gap_reasons.iter().max_by_key(|(_, count)| **count)?;
    Some(if source.gaps == source.looks {
        format!("the exporter {} told nothing: {why}", source.name)
    } else {
        format!(
            "the exporter {} told nothing in {} of {} looks: {why}",
            source.name, source.gaps, source.looks
        )
    })
}

/// That an exporter answered, and nothing of it is known.
fn unknown(source: &SourceRow, watched: &WatchedReport) -> Option<String> {
    let answered = source.looks.saturating_sub(source.gaps) >= LOOKS_OF_A_RATE;
    let known = watched.series.iter().any(|row| row.source == source.name);
    (answered && !known).then(|| {
        format!(
            "the exporter {} answers, but with no figure that is known: its families have other names, or their figures are no numbers; series can be named for it",
            source.name
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::examples::load::missed;
    use proofload_results::examples::load_record;
    use proofload_results::watched::Look;

    fn seen(cpu: f64, gaps: u32) -> Sums {
        let mut sums = Sums::default();
        for second in 0..10 {
            let at_s = f64::from(second);
            sums.add(&Look {
                at_s,
                source: "box".to_owned(),
                values: [("cpu".parse().unwrap(), cpu)].into(),
                limits: [("cpu".parse().unwrap(), 1.0)].into(),
                gap: (second < gaps).then(|| "no answer".to_owned()),
                ..Look::default()
            });
        }
        sums
    }

    #[test]
    fn a_miss_is_told_with_what_was_at_its_limit_or_how_one_would_know() {
        let mut report = missed();
        report.verdict = LoadVerdict::Fail;
        add(
            &mut report,
            Some(&seen(0.98, 3)),
            &Totals::default(),
            &load_record::run(0),
        );
        let told = report.findings.join("\n");
        assert!(
            told.contains("an objective was missed; together with it was at its limit: CPU of all cores 98%"),
            "{told}"
        );
        assert!(told.contains("the exporter box told nothing in 3 of 10 looks: no answer"));
        assert_eq!(report.ran_out.as_ref().map(|ran| ran.at_limit.len()), Some(1));
        let mut report = missed();
        report.verdict = LoadVerdict::Fail;
        add(&mut report, None, &Totals::default(), &load_record::run(0));
        assert!(report.findings.contains(&NO_EXPORTER.to_owned()));
    }

    #[test]
    fn an_exporter_without_a_known_figure_is_told() {
        let mut sums = Sums::default();
        for second in 0..10 {
            sums.add(&Look {
                at_s: f64::from(second),
                source: "box".to_owned(),
                ..Look::default()
            });
        }
        let mut report = missed();
        report.verdict = LoadVerdict::Pass;
        add(&mut report, Some(&sums), &Totals::default(), &load_record::run(0));
        let told = report.findings.last().unwrap();
        assert!(
            told.starts_with("the exporter box answers, but with no figure that is known"),
            "{told}"
        );
    }

    #[test]
    fn where_nothing_was_missed_or_the_generator_decided_nothing_ran_out() {
        for verdict in [LoadVerdict::Pass, LoadVerdict::Invalid] {
            let mut report = missed();
            report.verdict = verdict;
            add(
                &mut report,
                Some(&seen(0.98, 10)),
                &Totals::default(),
                &load_record::run(0),
            );
            assert_eq!(report.ran_out, None);
            assert!(report.watched.is_some());
            let told = report.findings.last().unwrap();
            assert_eq!(told, "the exporter box told nothing: no answer");
            let mut report = missed();
            report.verdict = verdict;
            let before = report.findings.len();
            add(&mut report, None, &Totals::default(), &load_record::run(0));
            assert_eq!(report.findings.len(), before);
        }
    }
}
