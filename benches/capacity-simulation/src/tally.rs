//! What came of many searches.

use crate::Trial;
use proofload_capacity_search::End;

/// What came of many searches.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Searches.
    pub searches: u32,
    /// Of these, how many ended with a number.
    pub found: u32,
    /// Of these, how many within 5% of the truth.
    pub within: u32,
    /// Of the found ones, how many brackets hold the truth.
    pub covered: u32,
    /// Of the found ones, how many were confirmed.
    pub confirmed: u32,
    /// Of these, how many were off by more than 5%.
    pub confirmed_off: u32,
    /// Searches that said that the target moved.
    pub moved: u32,
    /// How far the answers were off, as shares of the truth.
    pub errors: Vec<f64>,
    /// Steps in all.
    pub steps: u32,
    /// The longest search, in simulated seconds.
    pub longest_s: f64,
    seconds: f64,
}

/// The head of the table whose rows [`Tally::row`] writes.
pub const HEAD: &str = "\
| target | truth | searches | within 5% | mean error | standard deviation | largest error | bracket holds the truth | confirmed | moved | other | steps | mean time | longest |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|";

impl Tally {
    /// Adds a search on a target with a known truth.
    pub fn add(&mut self, trial: &Trial, truth_per_s: f64) {
        self.searches += 1;
        self.steps += u32::try_from(trial.steps.len()).unwrap_or(u32::MAX);
        self.seconds += trial.elapsed_s;
        self.longest_s = self.longest_s.max(trial.elapsed_s);
        self.moved += u32::from(trial.finding.end == End::Moved);
        let (End::Found, Some(per_s)) = (trial.finding.end, trial.finding.sustained_per_s) else {
            return;
        };
        let error = per_s / truth_per_s - 1.0;
        self.found += 1;
        self.within += u32::from(error.abs() <= 0.05);
        self.confirmed += u32::from(trial.finding.confirmed);
        self.confirmed_off += u32::from(trial.finding.confirmed && error.abs() > 0.05);
        let holds = |(low, high)| (low..=high).contains(&truth_per_s);
        self.covered += u32::from(trial.finding.bracket_per_s.is_some_and(holds));
        self.errors.push(error);
    }

    /// Adds what another one counted.
    pub fn merge(&mut self, other: &Self) {
        self.searches += other.searches;
        self.found += other.found;
        self.within += other.within;
        self.covered += other.covered;
        self.confirmed += other.confirmed;
        self.confirmed_off += other.confirmed_off;
        self.moved += other.moved;
        self.errors.extend(&other.errors);
        self.steps += other.steps;
        self.longest_s = self.longest_s.max(other.longest_s);
        self.seconds += other.seconds;
    }

    /// The mean of the errors.
    pub fn mean_error(&self) -> f64 {
        self.errors.iter().sum::<f64>() / f64::from(self.found.max(1))
    }

    /// Their standard deviation.
    pub fn deviation(&self) -> f64 {
        let mean = self.mean_error();
        let squares: f64 = self.errors.iter().map(|error| (error - mean).powi(2)).sum();
        (squares / f64::from(self.found.max(2) - 1)).sqrt()
    }

    /// A row of the table.
    pub fn row(&self, name: &str, truth_per_s: Option<f64>) -> String {
        let share = |count: u32, of: u32| format!("{:.1}%", 100.0 * f64::from(count) / f64::from(of.max(1)));
        let largest = self.errors.iter().copied().fold(
            0.0,
            |most: f64, error| {
                if error.abs() > most.abs() { error } else { most }
            },
        );
        let searches = f64::from(self.searches.max(1));
        format!(
            "| {name} | {} | {} | {} | {:+.1}% | {:.1}% | {:+.1}% | {} | {} | {} | {} | {:.1} | {:.0} s | {:.0} s |",
            truth_per_s.map_or_else(|| "-".to_owned(), |truth| format!("{truth:.1}")),
            self.searches,
            share(self.within, self.searches),
            100.0 * self.mean_error(),
            100.0 * self.deviation(),
            100.0 * largest,
            share(self.covered, self.found),
            share(self.confirmed, self.found),
            share(self.moved, self.searches),
            share(self.searches - self.found - self.moved, self.searches),
            f64::from(self.steps) / searches,
            self.seconds / searches,
            self.longest_s,
        )
    }
}
