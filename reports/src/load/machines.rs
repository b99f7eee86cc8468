//! What the machines under test did meanwhile, for people at a terminal.

use proofload_results::text;
use proofload_results::watched::{SeriesRow, Unit, WatchedReport};
use std::fmt::Write as _;

/// So many series of a machine stand in its line; the page has all.
const IN_A_LINE: usize = 12;

/// A line for each endpoint that told anything.
pub(super) fn console(out: &mut String, watched: Option<&WatchedReport>) {
    let Some(watched) = watched else { return };
    for source in &watched.sources {
        let own = || watched.series.iter().filter(|row| row.source == source.name);
        let shown: Vec<String> = own().take(IN_A_LINE).map(words).collect();
        if shown.is_empty() {
            continue;
        }
        let more = own().count() - shown.len();
        let more = if more > 0 {
            format!(", and {more} more on the page and in JSON")
        } else {
            String::new()
        };
        let line = format!("{}{more}", shown.join(", "));
        let _ = writeln!(out, "watched {}  {}", text::line(&source.name), text::line(&line));
    }
}

/// `CPU of all cores 43% (most 97%)`, `memory in use 6.20 GB of 16.0 GB`.
pub(crate) fn words(row: &SeriesRow) -> String {
    let unit = Unit::named(&row.unit);
    let limit = row.limit.filter(|_| unit != Unit::Share);
    let limit = limit.map_or_else(String::new, |limit| format!(" of {}", unit.shown(limit)));
    let most = if row.max > row.mean * 1.05 {
        format!(" (most {})", unit.shown(row.max))
    } else {
        String::new()
    };
    format!("{} {}{limit}{most}", row.title, unit.shown(row.mean))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::watched::SourceRow;

    #[test]
    fn a_machine_has_a_line_and_nothing_of_it_is_taken_for_a_colour() {
        let series = |series: &str, title: &str, unit: Unit, mean: f64, max: f64, limit: Option<f64>| SeriesRow {
            source: "box".to_owned(),
            series: series.parse().unwrap(),
            title: title.to_owned(),
            unit: unit.word().to_owned(),
            count: 9,
            mean,
            min: 0.0,
            max,
            limit,
            near_share: None,
            near_mean: None,
        };
        let watched = WatchedReport {
            sources: vec![SourceRow {
                name: "box".to_owned(),
                ..SourceRow::default()
            }],
            series: vec![
                series("cpu", "CPU of all cores", Unit::Share, 0.43, 0.97, Some(1.0)),
                series("memory", "memory in use", Unit::Bytes, 6.2e9, 6.2e9, Some(16e9)),
                series("own[x]", "\u{1b}[31mred", Unit::Plain, 1.0, 1.0, None),
            ],
            lost: None,
        };
        let mut out = String::new();
        console(&mut out, Some(&watched));
        assert_eq!(
            out,
            "watched box  CPU of all cores 43% (most 97%), memory in use 6.20 GB of 16.0 GB, \\u{1b}[31mred 1\n"
        );
        console(&mut out, None);
        console(&mut out, Some(&WatchedReport::default()));
        assert_eq!(out.lines().count(), 1);
    }
}
