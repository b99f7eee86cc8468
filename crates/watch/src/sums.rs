//! Sums over looks, in bounded room: live, or read from a record.

use proofload_results::course::Course;
use proofload_results::load::rounded;
use proofload_results::watched::{Look, Near, SeriesName, SeriesRow, SourceRow, WatchedReport};
use std::collections::BTreeMap;

/// Reasons for gaps that are kept apart; all others are one.
const MOST_REASONS: usize = 10;
/// No run has more series.
const MOST_SERIES: usize = 1000;

/// What was seen in a run.
#[derive(Debug, Clone, Default)]
pub struct Sums {
    sources: Vec<Source>,
    series: BTreeMap<(usize, SeriesName), Seen>,
    /// Why lines of the record are missing, if they are.
    pub lost: Option<String>,
}

#[derive(Debug, Clone, Default)]
struct Source {
    row: SourceRow,
    took_ms: f64,
}

/// What was seen of a series.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    count: f64,
    sum: f64,
    min: f64,
    max: f64,
    near: f64,
    near_sum: f64,
    pub(crate) limit: Option<f64>,
    pub(crate) course: Course,
}

impl Sums {
    /// Nothing yet, of endpoints with these names and URLs.
    pub(crate) fn of(endpoints: &[(String, String)]) -> Self {
        let source = |(name, url): &(String, String)| Source {
            row: SourceRow {
                name: name.clone(),
                url: url.clone(),
                ..SourceRow::default()
            },
            took_ms: 0.0,
        };
        Self {
            sources: endpoints.iter().map(source).collect(),
            ..Self::default()
        }
    }

    /// The sums of looks that were recorded; none where there are none.
    pub fn recorded(looks: &[Look]) -> Option<Self> {
        let mut sums = Self::default();
        for look in looks {
            sums.add(look);
        }
        (!looks.is_empty()).then_some(sums)
    }

    /// Adds a look.
    pub fn add(&mut self, look: &Look) {
        let known = self.sources.iter().position(|source| source.row.name == look.source);
        let place = known.unwrap_or_else(|| {
            self.sources.push(Source {
                row: SourceRow {
                    name: look.source.clone(),
                    ..SourceRow::default()
                },
                took_ms: 0.0,
            });
            self.sources.len() - 1
        });
        let source = &mut self.sources[place];
        source.row.looks += 1;
        source.took_ms += look.took_ms;
        if let Some(why) = &look.gap {
            source.row.gaps += 1;
            let reasons = &mut source.row.gap_reasons;
            let room = reasons.len() < MOST_REASONS || reasons.contains_key(why);
            *reasons
                .entry(if room { why.clone() } else { "others".to_owned() })
                .or_default() += 1;
        }
        for (name, figure) in &look.values {
            let key = (place, name.clone());
            if self.series.len() < MOST_SERIES || self.series.contains_key(&key) {
                let seen = self.series.entry(key).or_default();
                seen.add(name, look.at_s, *figure, look.limits.get(name).copied());
            }
        }
    }

    /// Each series with the name of its endpoint.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&str, &SeriesName, &Seen)> {
        self.series
            .iter()
            .map(|((place, name), seen)| (self.sources[*place].row.name.as_str(), name, seen))
    }

    /// How each series went, with the name of its endpoint and how much there is of it, where that is known.
    pub fn courses(&self) -> impl Iterator<Item = (&str, &SeriesName, &Course, Option<f64>)> {
        self.each()
            .map(|(source, name, seen)| (source, name, &seen.course, seen.limit))
    }

    /// How many endpoints there are.
    pub(crate) fn sources(&self) -> usize {
        self.sources.len()
    }

    /// What was seen, in the order in which it is shown.
    pub fn report(&self) -> WatchedReport {
        let source = |source: &Source| {
            let mut row = source.row.clone();
            #[expect(clippy::cast_precision_loss, reason = "a number of seconds")]
            let looks = row.looks.max(1) as f64;
            row.took_ms = rounded(source.took_ms / looks);
            row
        };
        let mut series: Vec<SeriesRow> = self.each().map(|(source, name, seen)| seen.row(source, name)).collect();
        series.sort_by_key(|row| row.series.kind().place());
        WatchedReport {
            sources: self.sources.iter().map(source).collect(),
            series,
            lost: self.lost.clone(),
        }
    }
}

impl Seen {
    fn add(&mut self, name: &SeriesName, at_s: f64, figure: f64, limit: Option<f64>) {
        if self.count == 0.0 {
            (self.min, self.max) = (figure, figure);
        }
        self.count += 1.0;
        self.sum += figure;
        self.min = self.min.min(figure);
        self.max = self.max.max(figure);
        self.limit = limit.or(self.limit);
        if is_near(name, figure, self.limit) {
            self.near += 1.0;
            self.near_sum += figure;
        }
        self.course.add(at_s, figure);
    }

    /// In which share of the looks it was near its limit; none where it cannot be.
    pub(crate) fn near_share(&self, name: &SeriesName) -> Option<f64> {
        match name.near() {
            Near::Never => None,
            Near::Limit(_) if self.limit.is_none() && !is_one_thread(name) => None,
            Near::Limit(_) | Near::Figure(_) => Some(self.near / self.count),
        }
    }

    /// Its mean while it was near its limit, and in how many looks that was.
    pub(crate) fn near_mean(&self) -> Option<(f64, f64)> {
        (self.near > 0.0).then(|| (self.near_sum / self.near, self.near))
    }

    fn row(&self, source: &str, name: &SeriesName) -> SeriesRow {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count, kept as a double"
        )]
        let count = self.count as u64;
        SeriesRow {
            source: source.to_owned(),
            series: name.clone(),
            title: name.title(),
            unit: name.unit().word().to_owned(),
            count,
            mean: self.sum / self.count,
            min: self.min,
            max: self.max,
            limit: self.limit,
            near_share: self.near_share(name).map(rounded),
            near_mean: self.near_mean().map(|(mean, _)| mean),
        }
    }
}

/// A process whose limit nobody knows may still be at one: that of a single thread, which is one core.
fn is_one_thread(name: &SeriesName) -> bool {
    name.kind().id == "process.cpu"
}

fn is_near(name: &SeriesName, figure: f64, limit: Option<f64>) -> bool {
    match (name.near(), limit) {
        (Near::Never, _) => false,
        (Near::Figure(least), _) => figure >= least,
        (Near::Limit(share), Some(limit)) if limit > 0.0 && figure >= share * limit => true,
        _ => is_one_thread(name) && (0.96..=1.04).contains(&figure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(at_s: f64, values: &[(&str, f64)], gap: Option<&str>) -> Look {
        Look {
            at_s,
            source: "box".to_owned(),
            took_ms: 2.0,
            values: values
                .iter()
                .map(|(name, figure)| (name.parse().unwrap(), *figure))
                .collect(),
            limits: BTreeMap::from([("cpu".parse().unwrap(), 1.0)]),
            gap: gap.map(str::to_owned),
        }
    }

    #[test]
    fn series_and_gaps_are_summed_up() {
        let mut sums = Sums::of(&[("box".to_owned(), "http://box/".to_owned())]);
        for (at_s, cpu) in [(0.5, 0.5), (1.5, 0.98), (2.5, 1.0)] {
            sums.add(&look(at_s, &[("cpu", cpu), ("process.threads", 7.0)], None));
        }
        for number in 0..30 {
            sums.add(&look(3.5, &[], Some(&format!("reason {number}"))));
        }
        let report = sums.report();
        let source = &report.sources[0];
        assert_eq!(
            (source.looks, source.gaps, source.gap_reasons.len()),
            (33, 30, MOST_REASONS + 1)
        );
        assert_eq!((source.url.as_str(), source.took_ms), ("http://box/", 2.0));
        let cpu = &report.series[0];
        assert_eq!(
            (cpu.series.to_string().as_str(), cpu.count, cpu.limit),
            ("cpu", 3, Some(1.0))
        );
        assert_eq!((cpu.near_share, cpu.near_mean), (Some(0.667), Some(0.99)));
        assert_eq!((report.series[1].near_share, report.series[1].mean), (None, 7.0));
        assert!(Sums::recorded(&[]).is_none());
    }

    #[test]
    fn a_process_on_one_core_of_many_is_at_the_limit_of_a_thread() {
        let name: SeriesName = "process.cpu".parse().unwrap();
        assert!(is_near(&name, 0.99, Some(8.0)) && is_near(&name, 7.5, Some(8.0)) && is_near(&name, 1.0, None));
        assert!(!is_near(&name, 0.5, Some(8.0)) && !is_near(&name, 1.5, None));
        assert!(is_near(&name, 0.49, Some(0.5)), "a quota is one");
    }
}
