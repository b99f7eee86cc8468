//! The page of several load runs: what each came to, what differs between them, and their curves over each other.

mod charts;
mod curves;
mod differences;
mod figures;
mod headline;
mod runs;
#[cfg(test)]
mod tests;

use super::chart::{Charts, Series, Values};
use super::load::columns::{Columns, MAX_COLUMNS, length};
use super::objective::Stated;
use super::page::{self, Page};
use super::units::shown;
use maud::{Markup, html};
use proofload_results::load::LoadReport;
use proofload_results::record::{RecordError, RecordReader, RunInfo};

/// The most runs on one page: more lines than this nobody can tell apart.
pub const MAX_RUNS: usize = 16;
/// The most points of all lines of one chart together: a page of many long runs stays small.
const MAX_POINTS: f64 = 2_400.0;
/// The most characters of a run's name beside its line.
const LABEL: usize = 32;

/// A run of an overlay.
#[derive(Debug, Clone, Copy)]
pub struct Overlaid<'a> {
    /// What it is called: its directory.
    pub name: &'a str,
    /// Its record.
    pub record: &'a RecordReader,
    /// Its result.
    pub report: &'a LoadReport,
}

/// A run as the parts of the page see it.
#[derive(Debug)]
struct Run<'a> {
    /// From 1.
    number: usize,
    name: String,
    /// What stands beside its lines.
    label: String,
    info: &'a RunInfo,
    report: &'a LoadReport,
    columns: Columns,
    objectives: Vec<Stated>,
}

/// Renders load runs over each other, at most [`MAX_RUNS`] of them. Each record is read once, second by second.
///
/// # Errors
/// A record cannot be read.
pub fn render(overlaid: &[Overlaid<'_>]) -> Result<String, RecordError> {
    let overlaid = &overlaid[..overlaid.len().min(MAX_RUNS)];
    let mut longest_s = 0.0_f64;
    for one in overlaid {
        longest_s = longest_s.max(one.record.measured_s()?);
    }
    #[expect(clippy::cast_precision_loss, reason = "they are at most sixteen")]
    let max_columns = (MAX_POINTS / overlaid.len().max(1) as f64).min(MAX_COLUMNS);
    let length_s = length(longest_s, max_columns);
    let labels = labels(overlaid);
    let runs: Result<Vec<Run<'_>>, RecordError> = (1..)
        .zip(overlaid)
        .zip(labels)
        .map(|((number, one), label)| {
            Ok(Run {
                number,
                name: shown(one.name, super::units::SHORT),
                label: format!("{number} {label}"),
                info: &one.record.run,
                report: one.report,
                columns: Columns::of_length(length_s, one.record, &[])?,
                objectives: one.report.slos.iter().filter_map(Stated::of).collect(),
            })
        })
        .collect();
    Ok(page(&runs?, overlaid))
}

/// The last part of each directory's name, or all of it where two would be called alike.
fn labels(overlaid: &[Overlaid<'_>]) -> Vec<String> {
    let last = |name: &str| {
        name.trim_end_matches(['/', '\\'])
            .rsplit(['/', '\\'])
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let short: Vec<String> = overlaid.iter().map(|one| last(one.name)).collect();
    let alike = |name: &String| short.iter().filter(|other| *other == name).count() > 1;
    let label = |(name, one): (&String, &Overlaid<'_>)| {
        let label = if name.is_empty() || alike(name) { one.name } else { name };
        shown(label, LABEL)
    };
    short.iter().zip(overlaid).map(label).collect()
}

fn page(runs: &[Run<'_>], overlaid: &[Overlaid<'_>]) -> String {
    let mut charts = Charts::default();
    let parts = [
        ("runs", "Runs", Some(runs::render(runs))),
        ("differences", "What differs", Some(differences::render(runs))),
        ("figures", "Figures", figures::render(runs, overlaid)),
        ("together", "Over time", charts::render(runs, &mut charts)),
        ("operations", "Operations", curves::render(runs, &mut charts)),
    ];
    let sections = page::present(&parts);
    let page = Page {
        command: "load",
        title: &headline::title(runs),
        sections: &sections,
    };
    let body = html! {
        (headline::render(runs))
        @for (_, _, part) in &parts { @if let Some(part) = part { (part) } }
    };
    page.render_with(&body, &charts)
}

impl Run<'_> {
    /// Its line on a chart, in its colour and its dashes everywhere.
    fn line(&self, values: Values) -> Series {
        Series {
            dash: self.dash(),
            ..Series::line(self.number - 1, &self.label, values)
        }
    }

    /// After eight runs the colours begin anew, with other dashes.
    fn dash(&self) -> usize {
        let place = self.number - 1;
        (place + place / 8) % 4
    }

    /// Its number, underlined as its lines are drawn.
    fn key(&self) -> Markup {
        html! { span class={ "key c" ((self.number - 1) % 8 + 1) " d" (self.dash()) } { (self.number) } }
    }
}
