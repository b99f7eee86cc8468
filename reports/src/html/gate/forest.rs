//! The forest plot: the interval of each ratio, the line of no change, and what is tolerated.

use super::{said, tone};
use crate::html::table::{section, table};
use crate::html::units::shown;
use maud::{Markup, html};
use proofload_results::gate::words;
use proofload_results::gate::{Comparison, GateReport};

/// The drawing's own units.
const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 30.0;
/// Room on both sides.
const MARGIN: f64 = 12.0;
/// Ratios beyond these end in an arrow, so that one wild interval does not press all others together.
const FARTHEST: f64 = 4.0;

/// The plot; none when there is no ratio.
pub(super) fn render(report: &GateReport) -> Option<Markup> {
    let rows: Vec<&Comparison> = report.comparisons.iter().filter(|one| one.ratio.is_some()).collect();
    if rows.is_empty() {
        return None;
    }
    let scale = Scale::of(&rows);
    let head = html! {
        tr {
            th scope="col" { "Comparison" }
            th.forest scope="col" { "Candidate over baseline" (axis(&scale)) }
            th.number scope="col" { "Change" }
            th.number scope="col" { "Interval" }
            th scope="col" { "Verdict" }
        }
    };
    let body = html! { @for one in &rows { (row(one, &scale)) } };
    let content = html! {
        (table("Ratios with their intervals", &head, &body))
        ul.legend aria-label="What the signs mean" {
            li { "│ no change" } li { "┆ the limit: what is tolerated" } li { "■ the ratio, ├─┤ its interval" }
        }
    };
    let lead = "Wholly beyond its limit, an interval says regressed; wholly within, not regressed; across it, that these data cannot tell. Of throughput, less is worse, and the limit lies below 1.";
    Some(section("forest", "Intervals", Some(lead), &content))
}

fn row(one: &Comparison, scale: &Scale) -> Markup {
    html! {
        tr {
            th scope="row" {
                (shown(&one.operation, 120)) " " span.metric { (one.metric) }
                // Its own column is out of sight on a phone.
                span.on-phone aria-hidden="true" { (said(one)) }
            }
            td.forest { (drawing(one, scale)) }
            td.number { (words::change(one)) }
            td.number { (words::interval(one)) }
            td { (said(one)) }
        }
    }
}

fn drawing(one: &Comparison, scale: &Scale) -> Markup {
    let tip = format!(
        "{}: {} ({}), limit {}",
        words::name(one),
        words::change(one),
        words::interval(one),
        words::limit(one)
    );
    let middle = HEIGHT / 2.0;
    let ratio = one.ratio.map_or(1.0, proofload_results::gate::Finite::get);
    html! {
        svg.interval.(tone(one.verdict).class()) viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" tabindex="0" aria-label=(tip) data-tip=(tip) {
            (vertical("same", scale.place(1.0), 0.0, HEIGHT))
            @if let Some(limit) = one.limit_ratio { (vertical("limit", scale.place(limit.get()), 0.0, HEIGHT)) }
            @if let Some([low, high]) = one.interval {
                @let (from, to) = (scale.place(low.get()), scale.place(high.get()));
                line.span x1=(from) y1=(middle) x2=(to) y2=(middle) {}
                (end(from, middle, low.get() < scale.low, -1.0))
                (end(to, middle, high.get() > scale.high, 1.0))
            }
            rect.point x=(scale.place(ratio) - 5.0) y=(middle - 5.0) width="10" height="10" {}
        }
    }
}

fn vertical(class: &str, x: f64, from: f64, to: f64) -> Markup {
    html! { line class=(class) x1=(x) y1=(from) x2=(x) y2=(to) {} }
}

/// The end of an interval: a tick, or an arrow when it goes on.
fn end(x: f64, middle: f64, goes_on: bool, direction: f64) -> Markup {
    html! {
        @if goes_on {
            path.arrow d=(format!("M{} {} L{x} {middle} L{} {}", x - 7.0 * direction, middle - 6.0, x - 7.0 * direction, middle + 6.0)) {}
        } @else { (vertical("span", x, middle - 5.0, middle + 5.0)) }
    }
}

/// The ratios along the top.
fn axis(scale: &Scale) -> Markup {
    html! {
        svg.axis viewBox={ "0 0 " (WIDTH) " 22" } aria-hidden="true" {
            @let few = scale.ticks(80.0);
            @for ratio in scale.ticks(34.0) {
                text.many[!few.contains(&ratio)] x=(scale.place(ratio)) y="13" text-anchor="middle" { (ratio) }
                (vertical("tick", scale.place(ratio), 17.0, 22.0))
            }
        }
    }
}

/// From ratios to places, with equal factors at equal distances.
#[derive(Debug)]
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    fn of(rows: &[&Comparison]) -> Self {
        let ratios = rows.iter().flat_map(|one| {
            let ends = one.interval.into_iter().flatten();
            ends.chain(one.ratio)
                .chain(one.limit_ratio)
                .map(proofload_results::gate::Finite::get)
        });
        let (mut low, mut high) = (0.9_f64, 1.1_f64);
        for ratio in ratios.filter(|ratio| *ratio > 0.0) {
            low = low.min(ratio / 1.01);
            high = high.max(ratio * 1.01);
        }
        Self {
            low: low.max(1.0 / FARTHEST),
            high: high.min(FARTHEST),
        }
    }

    /// Where a ratio lies, in the drawing's units, to hundredths.
    fn place(&self, ratio: f64) -> f64 {
        let within = ratio.clamp(self.low, self.high).ln();
        let share = (within - self.low.ln()) / (self.high.ln() - self.low.ln());
        ((MARGIN + share * (WIDTH - 2.0 * MARGIN)) * 100.0).round() / 100.0
    }

    /// Round ratios within, so far apart in the drawing's units.
    fn ticks(&self, room: f64) -> Vec<f64> {
        let round = [
            0.25, 0.33, 0.5, 0.67, 0.8, 0.9, 0.95, 1.0, 1.05, 1.1, 1.25, 1.5, 2.0, 3.0, 4.0,
        ];
        let mut ticks = vec![1.0];
        for ratio in round {
            let apart = |other: &f64| (self.place(*other) - self.place(ratio)).abs() > room;
            if (self.low..=self.high).contains(&ratio) && ticks.iter().all(apart) {
                ticks.push(ratio);
            }
        }
        ticks
    }
}
