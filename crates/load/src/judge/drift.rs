//! Whether a run would have gone on like this: response time, errors, and every series of the machines under test.

use proofload_drift::{Drift, drift};
use proofload_results::course::Course;
use proofload_results::figures::{millis_with_unit, percent};
use proofload_results::load::{DriftRow, rounded};
use proofload_results::record::{RunInfo, Totals};
use proofload_results::watched::Unit;
use proofload_watch::Sums;

/// What happens at first is getting warm: this share of the time is left out...
const WARM_UP: f64 = 0.1;
/// ...but no more than this, in seconds.
const LONGEST_WARM_UP_S: f64 = 900.0;
/// Of what is left, so much is needed, in seconds.
const LEAST_S: f64 = 240.0;
/// A drift is beyond chance when chance makes one as steep in fewer than this share of runs: many figures are looked at, and few
/// runs in a hundred may be called wrongly.
const CHANCE: f64 = 0.001;
/// Before a limit is reached in this many hours, nobody need be told when.
const FAR_HOURS: f64 = 24.0 * 365.0;

/// A figure that is looked at.
struct Figure<'a> {
    what: String,
    unit: &'static str,
    course: &'a Course,
    /// How it is written.
    shown: fn(f64) -> String,
    /// How much it has to change over the run to matter: as a share of what it is, and at least.
    matters: (f64, f64),
    limit: Option<f64>,
}

/// Looks at every figure of a run; nothing for a run that is short, or whose load never stays the same.
pub(crate) fn rows(run: &RunInfo, totals: &Totals, seen: Option<&Sums>) -> Vec<DriftRow> {
    let Some((from_s, to_s)) = steady(run, totals.duration_s) else {
        return Vec::new();
    };
    let each = figures(totals, seen);
    each.iter().filter_map(|figure| row(figure, from_s, to_s)).collect()
}

/// What there is to say of them: each that drifts, or that none does.
pub(crate) fn told(rows: &[DriftRow], totals: &Totals) -> Vec<String> {
    let drifting: Vec<String> = rows
        .iter()
        .filter(|row| row.drifts)
        .map(|row| row.sentence.clone())
        .collect();
    if !drifting.is_empty() || rows.is_empty() {
        return drifting;
    }
    let minutes = totals.duration_s / 60.0;
    let figures = rows.len();
    vec![format!(
        "over {minutes:.0} minutes none of {figures} figures that were looked at drifts"
    )]
}

/// From when to when the load stayed the same and the machines were warm, in seconds.
fn steady(run: &RunInfo, duration_s: f64) -> Option<(f64, f64)> {
    let whole = (0.0, duration_s.min(run.planned_s));
    let (from_s, to_s) = if run.stages.is_empty() {
        whole
    } else {
        let held = run.stages.iter().filter(|stage| stage.what.starts_with("hold"));
        let longest = held.max_by(|one, other| one.length_s.total_cmp(&other.length_s))?;
        (longest.start_s, (longest.start_s + longest.length_s).min(whole.1))
    };
    let from_s = from_s + ((to_s - from_s) * WARM_UP).min(LONGEST_WARM_UP_S);
    (to_s - from_s >= LEAST_S).then_some((from_s, to_s))
}

fn figures<'a>(totals: &'a Totals, seen: Option<&'a Sums>) -> Vec<Figure<'a>> {
    let courses = &totals.courses;
    let response = |what: &str, course: &'a Course| Figure {
        what: what.to_owned(),
        unit: "us",
        course,
        shown: |us| millis_with_unit(us.abs()),
        matters: (0.05, 500.0),
        limit: None,
    };
    let mut figures = vec![
        response("response time, p50", &courses.p50_us),
        response("response time, p99", &courses.p99_us),
        Figure {
            what: "share of failed calls".to_owned(),
            unit: "share",
            course: &courses.errors,
            shown: |share| percent(share.abs()),
            matters: (0.0, 0.001),
            limit: None,
        },
    ];
    let sources = seen.map_or(0, |seen| seen.report().sources.len());
    for (source, name, course, limit) in seen.into_iter().flat_map(Sums::courses) {
        let unit = name.unit();
        figures.push(Figure {
            what: if sources > 1 {
                format!("{} on {source}", name.title())
            } else {
                name.title()
            },
            unit: unit.word(),
            course,
            shown: shown(unit),
            // A share of everything has to change by two hundredths of it, a number by one hundredth of itself.
            matters: if unit == Unit::Share { (0.0, 0.02) } else { (0.01, 0.0) },
            limit: limit.filter(|_| unit != Unit::Share),
        });
    }
    figures
}

fn shown(unit: Unit) -> fn(f64) -> String {
    match unit {
        Unit::Share => |figure| Unit::Share.shown(figure.abs()),
        Unit::Bytes => |figure| Unit::Bytes.shown(figure.abs()),
        Unit::BytesPerS => |figure| Unit::BytesPerS.shown(figure.abs()),
        Unit::PerS => |figure| Unit::PerS.shown(figure.abs()),
        Unit::Cores => |figure| Unit::Cores.shown(figure.abs()),
        Unit::Celsius => |figure| Unit::Celsius.shown(figure.abs()),
        Unit::Watts => |figure| Unit::Watts.shown(figure.abs()),
        Unit::Seconds => |figure| Unit::Seconds.shown(figure.abs()),
        Unit::Count | Unit::Plain => |figure| Unit::Plain.shown(figure.abs()),
    }
}

fn row(figure: &Figure<'_>, from_s: f64, to_s: f64) -> Option<DriftRow> {
    let points = figure
        .course
        .points()
        .filter(|(at_s, _)| (from_s..=to_s).contains(at_s));
    let found = drift(&points.collect::<Vec<_>>())?;
    let change = (found.to - found.from).abs();
    let (share, least) = figure.matters;
    let matters = change >= share * found.from.abs() && change >= least && change > 0.0;
    let drifts = found.p < CHANCE && found.goes_on && matters;
    let per_hour = found.slope_per_s * 3600.0;
    let (low, high) = found.interval_per_s;
    Some(DriftRow {
        what: figure.what.clone(),
        unit: figure.unit.to_owned(),
        per_hour: rounded(per_hour),
        interval_per_hour: [rounded(low * 3600.0), rounded(high * 3600.0)],
        from_to: [rounded(found.from), rounded(found.to)],
        drifts,
        sentence: sentence(figure, &found, drifts),
    })
}

/// `memory in use grows by 1.20 GB an hour (0.90 to 1.50): full in 9 h`.
fn sentence(figure: &Figure<'_>, found: &Drift, drifts: bool) -> String {
    if !drifts {
        return format!("{} does not drift as far as can be told", figure.what);
    }
    let per_hour = found.slope_per_s * 3600.0;
    let (low, high) = found.interval_per_s;
    let (verb, ends) = if per_hour > 0.0 {
        ("grows", (low, high))
    } else {
        ("falls", (-high, -low))
    };
    let signed = |per_s: f64| {
        let shown = (figure.shown)(per_s * 3600.0);
        if per_s < 0.0 { format!("-{shown}") } else { shown }
    };
    let left = figure.limit.map(|limit| (limit - found.to) / per_hour);
    let left = left.filter(|hours| per_hour > 0.0 && (0.0..FAR_HOURS).contains(hours));
    let full = left.map_or_else(String::new, |hours| format!(": full in {}", time(hours)));
    format!(
        "{} {verb} by {} an hour ({} to {}){full}",
        figure.what,
        (figure.shown)(per_hour),
        signed(ends.0),
        signed(ends.1)
    )
}

fn time(hours: f64) -> String {
    match hours {
        short if short < 1.5 => format!("{:.0} min", short * 60.0),
        middle if middle < 48.0 => format!("{middle:.0} h"),
        long => format!("{:.0} days", long / 24.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::examples::load_record;
    use proofload_results::record::{Counters, Second, StageSpan};
    use proofload_results::watched::Look;
    use std::f64::consts::TAU;

    /// Two hours, and the memory of a machine that leaks so much of itself in them: a course of seconds that sway.
    fn two_hours(leak: f64, phase: f64) -> (RunInfo, Totals, Sums) {
        let mut run = load_record::run(0);
        (run.planned_s, run.stages) = (7200.0, Vec::new());
        let (mut totals, mut sums) = (Totals::default(), Sums::default());
        for second in 0..7200 {
            let at_s = f64::from(second) + 0.5;
            // Slow sways that look like drifts for a while, and quick ones.
            let sway = (TAU * (at_s / 700.0 + phase)).sin() + (TAU * (at_s / 37.0 + 3.0 * phase)).sin();
            totals.add(&Second::new(Counters {
                start_s: f64::from(second),
                length_s: 1.0,
                due: 10,
                ..Counters::default()
            }));
            totals.courses.p50_us.add(at_s, 20_000.0 + 400.0 * sway);
            sums.add(&Look {
                at_s,
                source: "box".to_owned(),
                values: [(
                    "memory".parse().unwrap(),
                    8e9 * (1.0 + leak * at_s / 7200.0 + 0.01 * sway),
                )]
                .into(),
                limits: [("memory".parse().unwrap(), 16e9)].into(),
                ..Look::default()
            });
        }
        (run, totals, sums)
    }

    #[test]
    fn a_leak_of_one_per_cent_in_ten_minutes_is_called_and_ten_runs_without_are_not() {
        let (run, totals, sums) = two_hours(0.12, 0.0);
        let found = rows(&run, &totals, Some(&sums));
        let told = told(&found, &totals);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].starts_with("memory in use grows by 4") && told[0].contains(" MB an hour ("),
            "{told:?}"
        );
        assert!(told[0].ends_with(": full in 15 h"), "{told:?}");
        for number in 0..10 {
            let (run, totals, sums) = two_hours(0.0, f64::from(number) / 10.0);
            let found = rows(&run, &totals, Some(&sums));
            let told = super::told(&found, &totals);
            assert_eq!(
                told,
                [format!(
                    "over 120 minutes none of {} figures that were looked at drifts",
                    found.len()
                )]
            );
        }
    }

    #[test]
    fn a_short_run_says_nothing_and_a_ramp_is_no_drift() {
        let (mut run, totals, sums) = two_hours(0.12, 0.0);
        run.planned_s = 200.0;
        assert!(rows(&run, &totals, Some(&sums)).is_empty());
        run.planned_s = 7200.0;
        let stage = |what: &str, start_s, length_s| StageSpan {
            start_s,
            length_s,
            what: what.to_owned(),
        };
        run.stages = vec![stage("ramp to 50/s", 0.0, 7200.0)];
        assert!(rows(&run, &totals, Some(&sums)).is_empty());
        run.stages = vec![
            stage("ramp to 50/s", 0.0, 300.0),
            stage("hold", 300.0, 6600.0),
            stage("ramp to 10/s", 6900.0, 300.0),
        ];
        assert!(rows(&run, &totals, Some(&sums)).iter().any(|row| row.drifts));
    }

    #[test]
    fn a_run_that_was_killed_after_a_while_still_says_it() {
        let (mut run, totals, sums) = two_hours(0.12, 0.0);
        run.planned_s = 8.0 * 3600.0;
        run.stages = vec![StageSpan {
            start_s: 0.0,
            length_s: run.planned_s,
            what: "hold".to_owned(),
        }];
        assert!(rows(&run, &totals, Some(&sums)).iter().any(|row| row.drifts));
    }
}
