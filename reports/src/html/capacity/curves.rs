//! The capacity curve: latency and throughput over the offered rate; throughput over concurrency, with the law that was fitted.

use crate::html::chart::{Axis, Band, Chart, Charts, Mark, Points, Series, Unit, Values};
use crate::html::objective::Stated;
use crate::html::table::section;
use crate::html::verdict::Tone;
use maud::{Markup, html};
use proofload_results::capacity::{CapacityReport, StepRow, StepVerdict, UslFit};
use proofload_results::figures;

/// Points of the fitted curve.
const FIT_POINTS: u32 = 80;

/// The charts; none when nothing was measured.
pub(super) fn render(report: &CapacityReport, charts: &mut Charts) -> Option<Markup> {
    if report.steps.is_empty() {
        return None;
    }
    let content = html! {
        div.grid {
            (charts.figure("latency-curve", latency(report), "where it crosses the objective, the target has reached its capacity"))
            (charts.figure("throughput", throughput(report), "where it leaves the straight line, the target does not keep up"))
        }
    };
    let lead = "Every point is one step of the search. Filled points held every objective, rings did not. Crosses do neither: the generator was not healthy, or the target paused. The coloured stretch is where the capacity is believed to lie.";
    Some(section("curve", "The capacity curve", Some(lead), &content))
}

/// The steps that say something, in ascending order of `along`.
pub(super) fn sorted(report: &CapacityReport, along: fn(&StepRow) -> f64) -> Vec<&StepRow> {
    let counts = |step: &&StepRow| step.verdict != StepVerdict::Incomplete && step.calls > 0;
    let mut steps: Vec<&StepRow> = report.steps.iter().filter(counts).collect();
    steps.sort_by(|one, other| along(one).total_cmp(&along(other)));
    steps
}

/// What a step says of its rate, with how it is drawn, its colour and its word.
const SAYS: [(Points, usize, &str); 3] = [
    (Points::Full, 0, "held"),
    (Points::Hollow, 1, "broke"),
    (Points::Cross, 5, "not counted"),
];

fn says(step: &StepRow) -> Points {
    match step.verdict {
        _ if !step.counts() => Points::Cross,
        StepVerdict::Held => Points::Full,
        _ => Points::Hollow,
    }
}

/// A series for each thing that steps say; those that do not count are in the legend only where there are any.
fn dots(what: &str, places: &[Option<&StepRow>], of: impl Fn(&StepRow) -> f64) -> Vec<Series> {
    let any = |points: Points| places.iter().flatten().any(|step| says(step) == points);
    let drawn = SAYS
        .into_iter()
        .filter(|(points, ..)| *points != Points::Cross || any(*points));
    let series = drawn.map(|(points, place, word)| {
        let value = |step: Option<&StepRow>| step.filter(|step| says(step) == points).map(&of);
        let values = Values::Real(places.iter().copied().map(value).collect());
        Series {
            points: Some(points),
            dash: 0,
            ..Series::line(place, &format!("{what}, {word}"), values)
        }
    });
    series.collect()
}

fn all<'a>(steps: &[&'a StepRow]) -> Vec<Option<&'a StepRow>> {
    steps.iter().map(|step| Some(*step)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "2^53 us are never reached")]
fn p50(step: &StepRow) -> f64 {
    step.response_us.p50 as f64
}

#[expect(clippy::cast_precision_loss, reason = "2^53 us are never reached")]
fn p99(step: &StepRow) -> f64 {
    step.response_us.p99 as f64
}

/// Latency over the offered rate, with objectives, bracket, answer and need.
pub(in crate::html) fn latency(report: &CapacityReport) -> Chart {
    let steps = sorted(report, |step| step.rate_per_s);
    let mut series = dots("p99", &all(&steps), p99);
    series.push(Series {
        dash: 2,
        ..Series::line(
            7,
            "p50",
            Values::Real(steps.iter().map(|step| Some(p50(step))).collect()),
        )
    });
    // Every step was held against the same ones.
    let objectives = steps
        .first()
        .into_iter()
        .flat_map(|step| &step.slos)
        .filter_map(Stated::of);
    let latencies = objectives.filter(|stated| stated.objective.is_latency());
    Chart {
        limits: latencies.map(|stated| stated.line()).collect(),
        ..over_rate(
            report,
            &steps,
            "Latency over rate",
            Axis::logarithmic(Unit::Us, "response time"),
            series,
        )
    }
}

fn throughput(report: &CapacityReport) -> Chart {
    let steps = sorted(report, |step| step.rate_per_s);
    let mut series = dots("achieved", &all(&steps), |step| step.achieved_per_s);
    series.push(Series {
        dash: 2,
        ..Series::line(
            7,
            "offered",
            Values::Real(steps.iter().map(|step| Some(step.rate_per_s)).collect()),
        )
    });
    over_rate(
        report,
        &steps,
        "Achieved over offered",
        Axis::linear(Unit::PerS, "achieved"),
        series,
    )
}

/// A chart over the offered rate, with the bracket, the answer and the need.
pub(super) fn over_rate(
    report: &CapacityReport,
    steps: &[&StepRow],
    title: &str,
    y: Axis,
    series: Vec<Series>,
) -> Chart {
    let bracket = report.bracket_per_s.map(|[low, high]| Band {
        from: low,
        to: high,
        label: format!("bracket {} to {}/s", figures::in_table(low), figures::in_table(high)),
        tone: Tone::Good,
    });
    let answer = report.sustained_per_s.map(|rate| Mark {
        x: rate,
        label: format!("carries {}/s", figures::in_table(rate)),
    });
    let need = report.need.as_ref().map(|need| Mark {
        x: need.rate_per_s,
        label: format!("needs {}/s", figures::in_table(need.rate_per_s)),
    });
    let last = steps.last().map_or(1.0, |step| step.rate_per_s);
    Chart {
        title: title.to_owned(),
        x: Axis {
            from: Some(0.0),
            to: Some(last * 1.06),
            ..Axis::linear(Unit::PerS, "offered rate")
        },
        y,
        xs: steps.iter().map(|step| step.rate_per_s).collect(),
        series,
        bands: bracket.into_iter().collect(),
        marks: answer.into_iter().chain(need).collect(),
        limits: Vec::new(),
        span_gaps: true,
        heat: None,
    }
}

/// Throughput over concurrency, with the fitted curve between the points.
pub(super) fn scalability(report: &CapacityReport) -> Chart {
    let steps = sorted(report, |step| step.in_flight);
    let last = steps.last().map_or(1.0, |step| step.in_flight).max(1.0);
    let fit = report.usl.fit.as_ref();
    let mut places: Vec<(f64, Option<&StepRow>)> = steps.iter().map(|step| (step.in_flight, Some(*step))).collect();
    if fit.is_some() {
        places.extend((0..=FIT_POINTS).map(|place| (last * f64::from(place) / f64::from(FIT_POINTS), None)));
    }
    places.sort_by(|one, other| one.0.total_cmp(&other.0));
    let made: Vec<Option<&StepRow>> = places.iter().map(|(_, step)| *step).collect();
    let mut series = dots("achieved", &made, |step| step.achieved_per_s);
    series.extend(fit.map(|fit| {
        let curve = Values::Real(places.iter().map(|(in_flight, _)| Some(law(fit, *in_flight))).collect());
        Series {
            dash: 1,
            ..Series::line(2, "fitted law", curve)
        }
    }));
    let knee = fit.and_then(|fit| fit.knee_in_flight).map(|knee| Mark {
        x: knee.value,
        label: format!("knee at {}", figures::in_table(knee.value)),
    });
    Chart {
        title: "Throughput over concurrency".to_owned(),
        x: Axis {
            from: Some(0.0),
            to: Some(last * 1.06),
            ..Axis::linear(Unit::Count, "arrivals in flight")
        },
        y: Axis::linear(Unit::PerS, "achieved"),
        xs: places.iter().map(|(in_flight, _)| *in_flight).collect(),
        series,
        bands: Vec::new(),
        marks: knee.into_iter().filter(|knee| knee.x <= last * 1.06).collect(),
        limits: Vec::new(),
        span_gaps: true,
        heat: None,
    }
}

/// X(N) of the Universal Scalability Law (Gunther 2007), calls per second.
fn law(fit: &UslFit, in_flight: f64) -> f64 {
    let (gamma, alpha, beta) = (fit.gamma.value, fit.alpha.value, fit.beta.value);
    gamma * in_flight / (1.0 + alpha * (in_flight - 1.0) + beta * in_flight * (in_flight - 1.0))
}
