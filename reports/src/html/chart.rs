//! Charts: what is drawn, handed to the script as data, and the figure around it.

use super::units::{SHORT, shown};
use super::verdict::Tone;
use maud::{Markup, PreEscaped, html};
use serde::{Serialize, Serializer};

/// A chart of lines, points or cells over a common axis.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Chart {
    /// What it shows; names it everywhere.
    pub(super) title: String,
    /// Along.
    pub(super) x: Axis,
    /// Up.
    pub(super) y: Axis,
    /// The places along, in ascending order.
    pub(super) xs: Vec<f64>,
    /// The lines.
    pub(super) series: Vec<Series>,
    /// Stretches along that are coloured.
    pub(super) bands: Vec<Band>,
    /// Places along that are named.
    pub(super) marks: Vec<Mark>,
    /// Heights that are named.
    pub(super) limits: Vec<Limit>,
    /// Whether a line goes on over a place without a value.
    pub(super) span_gaps: bool,
    /// Cells under the lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) heat: Option<Heat>,
}

/// An axis.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Axis {
    /// In what its values are.
    pub(super) unit: Unit,
    /// What stands beside it.
    pub(super) label: String,
    /// What its values are called in a table.
    pub(super) name: String,
    /// Whether equal distances are equal factors.
    pub(super) log: bool,
    /// Where it begins, when the values do not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<f64>,
    /// Where it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) to: Option<f64>,
}

/// A unit that the script knows to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Unit {
    /// Microseconds.
    Us,
    /// Seconds since the start.
    S,
    /// A quantile by its number of nines: 99% is 2.
    Quantile,
    /// So many a second.
    PerS,
    /// A count.
    Count,
    /// A share, 0 to 1.
    Share,
}

/// A line.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Series {
    /// Its name.
    pub(super) label: String,
    /// Which of the eight colours, from 1.
    pub(super) colour: usize,
    /// How it is dashed: 0 not at all. Tells lines apart without colours.
    pub(super) dash: usize,
    /// Points instead of a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) points: Option<Points>,
    /// The unit of its values where it is not the axis's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unit: Option<Unit>,
    /// A value for each place along, or none.
    pub(super) values: Values,
}

/// How points are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Points {
    /// Filled.
    Full,
    /// A ring.
    Hollow,
    /// A cross: neither.
    Cross,
}

/// Values of a line.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(super) enum Values {
    /// Whole numbers.
    Whole(Vec<Option<u64>>),
    /// Numbers to thousandths.
    Real(#[serde(serialize_with = "to_thousandths")] Vec<Option<f64>>),
}

/// A stretch along.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Band {
    /// Where it begins.
    pub(super) from: f64,
    /// Where it ends.
    pub(super) to: f64,
    /// What it says.
    pub(super) label: String,
    /// How it is coloured.
    pub(super) tone: Tone,
}

/// A place along.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Mark {
    /// Where.
    pub(super) x: f64,
    /// What begins there.
    pub(super) label: String,
}

/// A height.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Limit {
    /// How high.
    pub(super) y: f64,
    /// What it says.
    pub(super) label: String,
}

/// Counts of latencies by column and bin; bin `b` reaches from `10^(b / bins_per_decade)` microseconds to the next.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Heat {
    /// How many bins make a factor of ten.
    pub(super) bins_per_decade: u32,
    /// Where each column begins.
    pub(super) starts: Vec<f64>,
    /// Where each column ends.
    pub(super) ends: Vec<f64>,
    /// Column, first bin, and the counts from there on.
    pub(super) columns: Vec<Vec<u64>>,
    /// The largest count.
    pub(super) largest: u64,
    /// From the lowest bin to the highest, in microseconds.
    pub(super) range: [f64; 2],
}

impl Chart {
    /// The same with coloured stretches.
    pub(super) fn coloured(self, bands: Vec<Band>) -> Self {
        Self { bands, ..self }
    }

    /// The same with named heights.
    pub(super) fn limited(self, limits: Vec<Limit>) -> Self {
        Self { limits, ..self }
    }
}

impl Axis {
    /// An axis with equal distances.
    pub(super) fn linear(unit: Unit, name: &str) -> Self {
        Self {
            unit,
            label: name.to_owned(),
            name: name.to_owned(),
            log: false,
            from: None,
            to: None,
        }
    }

    /// An axis with equal factors.
    pub(super) fn logarithmic(unit: Unit, name: &str) -> Self {
        Self {
            log: true,
            ..Self::linear(unit, name)
        }
    }
}

impl Series {
    /// A line; `place` gives it its colour and its dashes.
    pub(super) fn line(place: usize, label: &str, values: Values) -> Self {
        Self {
            label: shown(label, SHORT),
            colour: place % 8 + 1,
            dash: place % 4,
            points: None,
            unit: None,
            values,
        }
    }
}

/// The charts of a page, in order.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub(super) struct Charts {
    all: Vec<Chart>,
}

impl Charts {
    /// The figure of a chart: its title, what it shows in a sentence, the drawing, and the table behind it.
    pub(super) fn figure(&mut self, id: &str, chart: Chart, note: &str) -> Markup {
        let number = self.all.len();
        let title = shown(&chart.title, SHORT);
        let markup = html! {
            figure.chart #(id) {
                figcaption { strong { (title) } @if !note.is_empty() { " " span.note { (note) } } }
                div.plot data-chart=(number) tabindex="0" role="group"
                    aria-label={ (title) ". " (note) " Arrow keys read the values, plus and minus zoom, Escape shows everything." } {}
                p.said aria-live="polite" {}
                details.data data-chart=(number) {
                    summary { "Data table" }
                    div.scroll tabindex="0" role="region" aria-label={ "Data of " (title) } {}
                }
            }
        };
        self.all.push(chart);
        markup
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The data of all charts, as an element that no browser runs. Nothing in it can end the element.
    pub(super) fn island(&self) -> Markup {
        let json = serde_json::to_string(&self.all).expect("charts are plain data with text keys");
        html! { script #charts type="application/json" { (PreEscaped(json.replace('<', "\\u003c"))) } }
    }
}

fn to_thousandths<S: Serializer>(values: &[Option<f64>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(values.iter().map(|value| value.map(proofload_results::load::rounded)))
}
